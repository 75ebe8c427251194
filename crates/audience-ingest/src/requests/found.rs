//! CMCD that a CDN has taken from a request itself, put into fields of its own.

use std::borrow::Cow;

/// What the values of a key are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Text,
    Truth,
    /// Numbers, tokens, lists.
    Other,
}

/// The keys that may have a field of their own.
pub(super) const KEYS: &[&str] = &[
    "br", "bl", "bs", "cid", "d", "dl", "mtp", "nor", "nrr", "ot", "pr", "rtp", "sf", "sid", "st", "su", "tb", "v",
    "ab", "lab", "tab", "lb", "tpb", "pb", "tbl", "bsa", "bsd", "bsda", "dfa", "bg", "cdn", "ltc", "msd", "pt", "sn",
    "sta", "cs", "ec",
];

fn kind(key: &str) -> Kind {
    match key {
        "cid" | "nor" | "nrr" | "sid" | "cdn" | "cs" => Kind::Text,
        "bs" | "su" | "bg" => Kind::Truth,
        _ => Kind::Other,
    }
}

/// Whether a text begins as CMCD does. Cookies may look alike, but have spaces between them, and no quotation marks.
pub(super) fn reads_as_cmcd(text: &str) -> bool {
    let end = memchr::memchr3(b',', b'=', b';', text.as_bytes());
    let (key, rest) = text.split_at(end.unwrap_or(text.len()));
    match kind(key) {
        _ if memchr::memchr_iter(b';', text.as_bytes()).any(|at| text[at + 1..].starts_with(' ')) => false,
        Kind::Text => rest.starts_with("=\"") || rest.starts_with("=("),
        _ => KEYS.contains(&key) || (key.contains('-') && text.contains("sid=\"")),
    }
}

/// The dictionary in a field that has it whole. Akamai puts `//1.0@V/` before it.
pub(super) fn text(field: Cow<'_, str>) -> Cow<'_, str> {
    let start = field.strip_prefix("//").and_then(|rest| rest.find('/')).map_or(0, |end| end + 3);
    match field {
        Cow::Borrowed(text) => Cow::Borrowed(&text[start..]),
        Cow::Owned(text) => Cow::Owned(text[start..].to_owned()),
    }
}

/// The dictionary of which each key had a field of its own, without the quotation marks of its values.
pub(super) fn text_of_keys(keys: &[(&'static str, Cow<'_, str>)]) -> String {
    let mut text = String::with_capacity(keys.iter().map(|(key, value)| key.len() + value.len() + 4).sum());
    for (key, value) in keys {
        let quoted = kind(key) == Kind::Text && !value.starts_with(['"', '(']);
        if kind(key) == Kind::Truth && matches!(value.as_ref(), "false" | "?0" | "0") {
            continue;
        }
        if !text.is_empty() {
            text.push(',');
        }
        text.push_str(key);
        if kind(key) == Kind::Truth {
            continue;
        }
        text.push('=');
        if !quoted {
            text.push_str(value);
            continue;
        }
        text.push('"');
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_before_the_data_is_left_out() {
        assert_eq!(text(Cow::Borrowed("//1.0@V/bl=0,nor=\"/a/b\"")), "bl=0,nor=\"/a/b\"");
        assert_eq!(text(Cow::Owned("bl=0,nor=\"//a/b\"".to_owned())), "bl=0,nor=\"//a/b\"");
        assert_eq!(text(Cow::Borrowed("//")), "//");
    }

    #[test]
    fn what_looks_like_cmcd_is_told_from_cookies() {
        for cmcd in
            ["ot=m", "bs", "su,v=2", "sid=\"s\",v=2", "nor=(\"a\")", "br=(96;a 604;v)", "com.example-x=1,sid=\"s\""]
        {
            assert!(reads_as_cmcd(cmcd), "{cmcd}");
        }
        for other in ["", "-", "gzip", "192.0.2.1", "sid=abc", "sid=abc; theme=dark", "v=2; sid=\"s\"", "x-y=1", "a b"]
        {
            assert!(!reads_as_cmcd(other), "{other}");
        }
    }

    #[test]
    fn keys_with_fields_of_their_own_are_a_dictionary() {
        let value = Cow::Borrowed;
        let keys = [
            ("br", value("(603;v)")),
            ("bs", value("true")),
            ("su", value("false")),
            ("cid", value("a \"b\" \\")),
            ("nor", value("(\"c.m4s\")")),
            ("ot", value("v")),
        ];
        assert_eq!(text_of_keys(&keys), r#"br=(603;v),bs,cid="a \"b\" \\",nor=("c.m4s"),ot=v"#);
    }
}
