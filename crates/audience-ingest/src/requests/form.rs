//! Arguments of a query, decoded as forms are.

use std::borrow::Cow;

/// The text that `%XX` and `+` stand for; `None` if there is a `%` that stands for nothing. An escape that the end of the
/// text cuts off is left out, and what is no UTF-8 is replaced.
pub(super) fn decode(text: &str) -> Option<Cow<'_, str>> {
    let bytes = text.as_bytes();
    let Some(mut at) = memchr::memchr2(b'%', b'+', bytes) else { return Some(Cow::Borrowed(text)) };
    let mut decoded = Vec::with_capacity(bytes.len());
    decoded.extend_from_slice(&bytes[..at]);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => match bytes.get(at..at + 2) {
                Some(&[high, low]) => {
                    at += 2;
                    digit(high)? << 4 | digit(low)?
                }
                _ if bytes[at..].iter().all(u8::is_ascii_hexdigit) => break,
                _ => return None,
            },
            other => other,
        });
    }
    Some(Cow::Owned(match String::from_utf8(decoded) {
        Ok(text) => text,
        Err(error) => String::from_utf8_lossy(error.as_bytes()).into_owned(),
    }))
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_once() {
        let decoded = |text| decode(text).unwrap();
        assert_eq!(decoded("plain"), Cow::Borrowed("plain"));
        assert_eq!(decoded("br%3D%28328%3bv+96%29"), "br=(328;v 96)");
        assert_eq!(decoded("nor%3D%22..%252Fs.m4s%22"), "nor=\"..%2Fs.m4s\"");
        assert_eq!(decoded("%c3%9f%ff"), "ß\u{fffd}");
    }

    #[test]
    fn what_stands_for_nothing_is_refused_unless_it_is_cut_off() {
        assert_eq!(decode("%ZZbr%3D%22"), None);
        assert_eq!(decode("a%3Db%é"), None);
        assert_eq!(decode("a%3Db%Z"), None);
        assert_eq!(decode("a%3Db%2").unwrap(), "a=b");
        assert_eq!(decode("a%3Db%").unwrap(), "a=b");
    }
}
