//! What may be shown of a line that could not be read.

use std::net::IpAddr;

/// What stands where something is not shown.
pub(super) const WITHHELD: &str = "(withheld for privacy)";

/// What there is in lines that have an address of the web, or a secret that goes with requests, in them.
const SUSPECTS: [&str; 12] =
    ["//", "\\/", "\\u", "@", "%3f", "%2f", "query", "cookie", "auth", "token", "secret", "password"];

/// Whether a text has no address, of the web or of the internet, in it as far as can be told of a text of no known form.
pub(super) fn is_harmless(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let query = lower.as_bytes().windows(2).any(|pair| pair[0] == b'?' && pair[1].is_ascii_alphanumeric());
    if query || SUSPECTS.iter().any(|suspect| lower.contains(suspect)) {
        return false;
    }
    let words = lower.split(|char: char| !(char.is_ascii_hexdigit() || char == '.' || char == ':'));
    // A key and its value have a colon between them too.
    let parses = |word: &str| word.parse::<IpAddr>().is_ok();
    !words.into_iter().any(|word| {
        let word = word.trim_matches('.');
        parses(word)
            || word.split(':').any(parses)
            || word.trim_end_matches(':') != word && parses(word.trim_end_matches(':'))
            || word.starts_with(':') && parses(&word[1..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_an_address_is_not_harmless() {
        for text in [
            r#"{"url":"https:\/\/h\/a"}"#,
            "GET /a?b",
            "https%3A%2F%2Fh",
            "ann:secret@h",
            "ip=203.0.113.7,",
            "at 203.0.113.7:80.",
            r#"{"ip":"2001:db8::1"}"#,
            "{ip:2001:db8::1}",
            "ip:203.0.113.7",
            "Authorization: Basic abc",
        ] {
            assert!(!is_harmless(text), "{text}");
        }
        for text in
            ["", "oops", "???", r#"{"ts":"soon","session_id":"s1"}"#, "12:30:00.5", "version 4.12.1", "e=ps,v=2"]
        {
            assert!(is_harmless(text), "{text}");
        }
    }
}
