//! Addresses of the web, and texts with addresses in them.

use std::borrow::Cow;

use super::Urls;

/// Stands in a text for an address that was left out.
const LEFT_OUT: &str = "[url]";

/// What is left of a text.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Left {
    /// All of it.
    All,
    /// This.
    Part(String),
    /// Nothing.
    Nothing,
}

impl Left {
    fn of(kept: &[&str], whole: &str) -> Self {
        let length: usize = kept.iter().map(|part| part.len()).sum();
        if length == whole.len() { Self::All } else { Self::Part(kept.concat()) }
    }
}

/// What is left of a text that is an address, be it relative.
pub(super) fn of_address(address: &str, urls: Urls) -> Left {
    match urls {
        Urls::Keep => Left::All,
        Urls::Drop => Left::Nothing,
        Urls::Strip => {
            let path = &address[..address.find(['?', '#']).unwrap_or(address.len())];
            let start = match path.find("//") {
                Some(slashes) if slashes == 0 || path[..slashes].ends_with(':') => slashes + 2,
                _ => return Left::of(&[path], address),
            };
            Left::of(&[&path[..start], without_user(&path[start..])], address)
        }
    }
}

/// What is left of an attribute: an address as a whole, or a text with addresses in it.
pub(super) fn of_value(value: &str, urls: Urls) -> Left {
    // Hardly any value gets past this, and looking for more takes longer.
    if !value.as_bytes().contains(&b':') {
        return Left::All;
    }
    let is_address = value.find("://").is_some_and(|at| scheme_start(value, at) == Some(0));
    if is_address { of_address(value, urls) } else { of_text(value, urls) }
}

/// What is left of a text with addresses in it.
pub(super) fn of_text(text: &str, urls: Urls) -> Left {
    if urls == Urls::Keep {
        return Left::All;
    }
    let mut kept = Vec::new();
    let mut done = 0;
    while let Some((start, end)) = next_address(text, done) {
        kept.push(&text[done..start]);
        let address = &text[start..end];
        match urls {
            Urls::Drop => kept.push(LEFT_OUT),
            Urls::Strip | Urls::Keep => {
                let path = &address[..address.find(['?', '#']).unwrap_or(address.len())];
                let slashes = path.find("//").map_or(path.len(), |slashes| slashes + 2);
                kept.push(&path[..slashes]);
                kept.push(without_user(&path[slashes..]));
            }
        }
        done = end;
    }
    if done == 0 {
        return Left::All;
    }
    kept.push(&text[done..]);
    if urls == Urls::Drop { Left::Part(kept.concat()) } else { Left::of(&kept, text) }
}

/// Where the first address from `from` on is.
fn next_address(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut search = from;
    loop {
        let colon = search + text[search..].find("://")?;
        search = colon + 3;
        let Some(start) = scheme_start(text, colon).filter(|start| *start >= from) else { continue };
        // What opens before an address closes after it.
        let closing = match text[..start].chars().next_back() {
            Some('\'') => '\'',
            Some('(') => ')',
            Some('[') => ']',
            _ => '"',
        };
        let ends = |char: char| char.is_whitespace() || "\"<>`\\".contains(char) || char == closing;
        return Some((start, text[search..].find(ends).map_or(text.len(), |length| search + length)));
    }
}

/// Where the scheme begins that ends at a colon.
fn scheme_start(text: &str, colon: usize) -> Option<usize> {
    let scheme =
        text.as_bytes()[..colon].iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte));
    let start = colon - scheme.count();
    (start < colon).then_some(start)
}

/// A host with path, without the user name and password before it.
fn without_user(host: &str) -> &str {
    let authority = &host[..host.find(['/', '\\']).unwrap_or(host.len())];
    &host[authority.rfind('@').map_or(0, |at| at + 1)..]
}

/// JSON in which slashes and ASCII stand for themselves, so that addresses in it are found.
pub(super) fn unescaped(json: &str) -> Cow<'_, str> {
    if !json.contains('\\') {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let code = escape.get(2..6).filter(|_| escape[1..].starts_with('u'));
        let char = code.and_then(|code| u8::from_str_radix(code, 16).ok()).map(char::from);
        let char = char.filter(|char| (' '..='~').contains(char) && !"\"\\".contains(*char));
        rest = match char {
            Some(char) => {
                out.push(char);
                &escape[6..]
            }
            None if escape[1..].starts_with('/') => {
                out.push('/');
                &escape[2..]
            }
            None => {
                let length = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
                out.push_str(&escape[..length]);
                &escape[length..]
            }
        };
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Whether it is a path of which nothing can be stripped, as logs have them.
pub(super) fn is_plain_path(address: &str) -> bool {
    let plain = |byte: &u8| !matches!(byte, b'?' | b'#' | b'@' | b':' | b'\\');
    address.starts_with('/') && !address.starts_with("//") && address.as_bytes().iter().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(left: Left, whole: &str) -> String {
        match left {
            Left::All => whole.to_owned(),
            Left::Part(part) => part,
            Left::Nothing => "nothing".to_owned(),
        }
    }

    #[track_caller]
    fn address(address: &str, expected: &str) {
        assert_eq!(stripped(of_address(address, Urls::Strip), address), expected);
        assert_eq!(of_address(address, Urls::Keep), Left::All);
        assert_eq!(of_address(address, Urls::Drop), Left::Nothing);
    }

    #[test]
    fn addresses_lose_query_fragment_and_user() {
        address("https://h.example/a/b.m3u8", "https://h.example/a/b.m3u8");
        address("https://h.example/a?token=s#t", "https://h.example/a");
        address("https://h.example#t?x", "https://h.example");
        address("https://ann:secret@h.example:8443/a?x", "https://h.example:8443/a");
        address("https://ann@x:se@cret@h.example", "https://h.example");
        address("https://h.example/@ann", "https://h.example/@ann");
        address("//ann@h.example/a", "//h.example/a");
        address("/a/b.ts?token=s", "/a/b.ts");
        address("a//b@c", "a//b@c");
        address("blob:https://h.example/1?x", "blob:https://h.example/1");
        address("", "");
        address("?é", "");
    }

    #[track_caller]
    fn text(text: &str, strip: &str, drop: &str) {
        assert_eq!(stripped(of_text(text, Urls::Strip), text), strip);
        assert_eq!(stripped(of_text(text, Urls::Drop), text), drop);
        assert_eq!(of_text(text, Urls::Keep), Left::All);
    }

    #[test]
    fn addresses_are_found_in_texts() {
        text("Who? What #1 a:b", "Who? What #1 a:b", "Who? What #1 a:b");
        text("GET https://h/a?t=s failed: 403", "GET https://h/a failed: 403", "GET [url] failed: 403");
        text("(http://u:p@h/a?x) (http://h/b?y)", "(http://h/a) (http://h/b)", "([url]) ([url])");
        text("'wss://h?x' no", "'wss://h' no", "'[url]' no");
        text("https://h?a='s' no", "https://h no", "[url] no");
        text(r#"{"u":"https://h/a?b=c","q":1}"#, r#"{"u":"https://h/a","q":1}"#, r#"{"u":"[url]","q":1}"#);
        text("://x?y é://?é", "://x?y é://?é", "://x?y é://?é");
        text("HTTPS://h?a HTTP://h?b", "HTTPS://h HTTP://h", "[url] [url]");
        text("https://h/a?u=https://i/b?c d", "https://h/a d", "[url] d");
    }

    #[test]
    fn a_value_that_begins_as_an_address_is_one() {
        assert_eq!(of_value("https://h/a?b c d", Urls::Strip), Left::Part("https://h/a".to_owned()));
        assert_eq!(of_value("see https://h/a?b c", Urls::Strip), Left::Part("see https://h/a c".to_owned()));
        assert_eq!(of_value("https://h/a?b c d", Urls::Drop), Left::Nothing);
        assert_eq!(of_value("what?", Urls::Drop), Left::All);
    }

    #[test]
    fn escapes_of_json_do_not_hide_addresses() {
        assert_eq!(unescaped(r#"{"u":"https:\/\/h\/a\u003ft"}"#), r#"{"u":"https://h/a?t"}"#);
        assert_eq!(unescaped(r#""a\"b\\/c\u0022\u00e9\n""#), r#""a\"b\\/c\u0022\u00e9\n""#);
        assert_eq!(unescaped("\\"), "\\");
        assert_eq!(unescaped("\\u00"), "\\u00");
        assert_eq!(unescaped("\\é"), "\\é");
        assert_eq!(unescaped("\\u12é"), "\\u12é");
    }
}
