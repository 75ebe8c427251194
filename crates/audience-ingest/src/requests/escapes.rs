//! Texts as logs and forms write them, back as they were.

use std::borrow::Cow;

/// What an escape stands for.
enum Undone {
    /// A byte, which so many bytes stood for.
    Byte(u8, usize),
    /// It is none: its mark stands for itself.
    Kept,
    /// The text was cut off in the middle of it.
    Cut,
    /// Nothing.
    Wrong,
}

/// Undoes the escapes, each of which begins with one of the marks; `None` if one stands for nothing.
///
/// What is no UTF-8 then is replaced.
#[inline]
fn undo(text: &str, marks: [u8; 2], escape: impl Fn(&[u8]) -> Undone) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let Some(first) = memchr::memchr2(marks[0], marks[1], bytes) else { return Some(Cow::Borrowed(text)) };
    let mut undone = vec![0; bytes.len()];
    undone[..first].copy_from_slice(&bytes[..first]);
    let (mut at, mut end) = (first, first);
    while let Some(&byte) = bytes.get(at) {
        let (byte, length) = if marks.contains(&byte) {
            match escape(&bytes[at..]) {
                Undone::Byte(byte, length) => (byte, length),
                Undone::Kept => (byte, 1),
                Undone::Cut => break,
                Undone::Wrong => return None,
            }
        } else {
            (byte, 1)
        };
        undone[end] = byte;
        end += 1;
        at += length;
    }
    undone.truncate(end);
    Some(Cow::Owned(match String::from_utf8(undone) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }))
}

/// The value of a query's argument, decoded as forms are: `%XX` and `+`. `None` if a `%` stands for nothing; an escape that
/// the end of the text cuts off is left out.
pub(super) fn form(text: &str) -> Option<Cow<'_, str>> {
    undo(text, *b"%+", |escape| match escape {
        [b'+', ..] => Undone::Byte(b' ', 1),
        [_, high, low, ..] => hex(*high, *low).map_or(Undone::Wrong, |byte| Undone::Byte(byte, 3)),
        [_, rest @ ..] if rest.iter().all(u8::is_ascii_hexdigit) => Undone::Cut,
        _ => Undone::Wrong,
    })
}

/// `%XX`; any other `%` stands for itself.
pub(super) fn percent(text: &str) -> Cow<'_, str> {
    let undone = undo(text, *b"%%", |escape| match escape {
        [_, high, low, ..] => hex(*high, *low).map_or(Undone::Kept, |byte| Undone::Byte(byte, 3)),
        _ => Undone::Kept,
    });
    undone.unwrap_or(Cow::Borrowed(text))
}

/// `+` for a space.
pub(super) fn plus(text: &str) -> Cow<'_, str> {
    undo(text, *b"++", |_| Undone::Byte(b' ', 1)).unwrap_or(Cow::Borrowed(text))
}

/// `\"`, `\\`, `\xXX`, and the letters that C has for white space; any other `\` stands for itself.
pub(super) fn backslash(text: &str) -> Cow<'_, str> {
    let undone = undo(text, *b"\\\\", |escape| match escape {
        [_, b'x', high, low, ..] => hex(*high, *low).map_or(Undone::Kept, |byte| Undone::Byte(byte, 4)),
        [_, byte @ (b'"' | b'\\'), ..] => Undone::Byte(*byte, 2),
        [_, b'n', ..] => Undone::Byte(b'\n', 2),
        [_, b'r', ..] => Undone::Byte(b'\r', 2),
        [_, b't', ..] => Undone::Byte(b'\t', 2),
        _ => Undone::Kept,
    });
    undone.unwrap_or(Cow::Borrowed(text))
}

#[inline]
fn hex(high: u8, low: u8) -> Option<u8> {
    let (high, low) = (DIGITS[usize::from(high)], DIGITS[usize::from(low)]);
    (high | low < 16).then_some(high << 4 | low)
}

/// What a byte is as a hexadecimal digit; 16 if it is none.
const DIGITS: [u8; 256] = {
    let mut digits = [16; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digits[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        assert_eq!(form("plain").unwrap(), "plain");
        assert!(matches!(form("plain"), Some(Cow::Borrowed(_))));
        assert_eq!(form("br%3D%28328%3bv+96%29").unwrap(), "br=(328;v 96)");
        assert_eq!(form("nor%3D%22..%252Fs.m4s%22").unwrap(), "nor=\"..%2Fs.m4s\"");
        assert_eq!(form("%c3%9f%ff").unwrap(), "ß\u{fffd}");
        assert_eq!(percent("CMCD=%25ZZbr%253D+%2522"), "CMCD=%ZZbr%3D+%22");
        assert_eq!(plus("Mozilla/5.0+(X11;+Linux)%20"), "Mozilla/5.0 (X11; Linux)%20");
        assert_eq!(backslash(r#"sid=\"a\\b\",cid=\"\xc3\x9F\"\t"#), "sid=\"a\\b\",cid=\"ß\"\t");
    }

    #[test]
    fn what_stands_for_nothing_is_refused_in_a_form_unless_it_is_cut_off() {
        assert_eq!(form("%ZZbr%3D%22"), None);
        assert_eq!(form("a%3Db%é"), None);
        assert_eq!(form("a%3Db%Z"), None);
        assert_eq!(form("a%3Db%2").unwrap(), "a=b");
        assert_eq!(form("a%3Db%").unwrap(), "a=b");
    }

    #[test]
    fn what_stands_for_nothing_stays_elsewhere() {
        assert_eq!(percent("100%,%2x%4"), "100%,%2x%4");
        assert_eq!(backslash(r"\x4\xzz\q\"), r"\x4\xzz\q\");
    }
}
