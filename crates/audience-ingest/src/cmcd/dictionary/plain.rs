//! Dictionaries as players write them: numbers, tokens, truth values, texts without escapes, lists of those.
//!
//! Any other text is declined, and the parser of structured fields reads it. What is accepted is valid there, and means here
//! what it means there.

use std::borrow::Cow;

use super::{Dictionary, Item, Value};

/// Reads the text if it is plain; what is in the dictionary means nothing if not.
pub(super) fn read<'a>(text: &'a str, dictionary: &mut Dictionary<'a>) -> Option<()> {
    let mut cursor = Cursor { text, at: 0 };
    loop {
        let key = cursor.key()?;
        cursor.member(key, dictionary)?;
        if cursor.at == text.len() {
            return Some(());
        }
        cursor.pass(b',')?;
        while cursor.pass(b' ').is_some() {}
    }
}

/// What a byte may be part of.
const KEY: u8 = 1;
const TOKEN: u8 = 2;
const DIGIT: u8 = 4;

/// All that each byte may be part of.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let is = byte as u8;
        let word = is.is_ascii_lowercase() || is.is_ascii_digit();
        let key = word || matches!(is, b'_' | b'-' | b'.' | b'*');
        let token = word
            || is.is_ascii_uppercase()
            || matches!(is, b'!' | b'#'..=b'\'' | b'*' | b'+' | b'-'..=b'/' | b':' | b'^'..=b'`' | b'|' | b'~');
        classes[byte] =
            if key { KEY } else { 0 } | if token { TOKEN } else { 0 } | if is.is_ascii_digit() { DIGIT } else { 0 };
        byte += 1;
    }
    classes
};

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// The next byte; zero, which stands nowhere in a dictionary, at the end.
    #[inline]
    fn next(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn pass(&mut self, byte: u8) -> Option<()> {
        (self.next() == byte).then(|| self.at += 1)
    }

    /// The bytes from here that may be part of this; all of them are ASCII.
    #[inline]
    fn take(&mut self, class: u8) -> &'a str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = rest.iter().position(|byte| CLASSES[usize::from(*byte)] & class == 0).unwrap_or(rest.len());
        let start = self.at;
        self.at += length;
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    fn key(&mut self) -> Option<&'a str> {
        let first = self.next();
        let key = self.take(KEY);
        (first.is_ascii_lowercase() || first == b'*').then_some(key)
    }

    /// What a key has.
    #[inline]
    fn member(&mut self, key: &'a str, dictionary: &mut Dictionary<'a>) -> Option<()> {
        let has_value = self.pass(b'=').is_some();
        let is_list = has_value && self.pass(b'(').is_some();
        let place = dictionary.begin(key, is_list)?;
        if !has_value {
            dictionary.push(place, Item { value: Value::Truth(true), object: None });
            return Some(());
        }
        // One place where values are read: what is read is kept without a copy.
        loop {
            while is_list && self.pass(b' ').is_some() {}
            if is_list && self.pass(b')').is_some() {
                return Some(());
            }
            dictionary.push(place, self.item()?);
            match (is_list, self.next()) {
                (false, _) => return Some(()),
                (true, b' ' | b')') => {}
                (true, _) => return None,
            }
        }
    }

    /// A value, perhaps with the object it is for.
    #[inline]
    fn item(&mut self) -> Option<Item<'a>> {
        let value = match self.next() {
            b'"' => self.quoted()?,
            b'0'..=b'9' | b'-' => self.number()?,
            b'a'..=b'z' | b'A'..=b'Z' | b'*' => Value::Token(self.take(TOKEN)),
            b'?' => {
                self.at += 1;
                let truth = self.next();
                self.at += 1;
                match truth {
                    b'0' => Value::Truth(false),
                    b'1' => Value::Truth(true),
                    _ => return None,
                }
            }
            _ => return None,
        };
        let object = if self.pass(b';').is_some() { Some(self.key()?) } else { None };
        Some(Item { value, object })
    }

    #[inline]
    fn quoted(&mut self) -> Option<Value<'a>> {
        let rest = self.text.get(self.at + 1..)?;
        let text = rest.get(..memchr::memchr(b'"', rest.as_bytes())?)?;
        // All are looked at, which is faster than to stop at the first that is not plain.
        let other = text.bytes().fold(false, |other, byte| other | !matches!(byte, b' '..=b'[' | b']'..=b'~'));
        self.at += text.len() + 2;
        (!other).then_some(Value::Text(Cow::Borrowed(text)))
    }

    #[inline]
    fn number(&mut self) -> Option<Value<'a>> {
        let sign = if self.pass(b'-').is_some() { -1 } else { 1 };
        let start = self.at;
        let mut sum = 0_i64;
        loop {
            let digit = self.next().wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            // Of more digits than fit, nothing is made.
            sum = sum.wrapping_mul(10).wrapping_add(i64::from(digit));
            self.at += 1;
        }
        let length = self.at - start;
        if self.pass(b'.').is_none() {
            return matches!(length, 1..=15).then_some(Value::Integer(sign * sum));
        }
        let whole = self.text.get(start..start + length)?;
        let fraction = self.take(DIGIT);
        if !matches!((length, fraction.len()), (1..=12, 1..=3)) {
            return None;
        }
        let thousandths = fraction.bytes().chain(*b"00").take(3);
        Some(Value::Decimal((sign * digits(whole.bytes().chain(thousandths))) as f64 / 1000.0))
    }
}

/// The number that so few digits are that it fits.
#[inline]
fn digits(digits: impl Iterator<Item = u8>) -> i64 {
    digits.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample;

    use super::super::strict as structured;
    use super::*;

    fn read(text: &str) -> Option<Dictionary<'_>> {
        let mut dictionary = Dictionary::default();
        super::read(text, &mut dictionary).map(|()| dictionary)
    }

    fn strict(text: &str) -> Option<Dictionary<'_>> {
        let mut dictionary = Dictionary::default();
        structured::read(text, &mut dictionary).map(|()| dictionary)
    }

    #[test]
    fn what_players_send_is_read() {
        for text in [
            r#"ab=(604;v 96;a),br=(603;v),cid="film",com.example-tier=gold,d=2000,nor=("2.m4s"),ot=v,sn=3,su,tpb=(1808.189;v)"#,
            r#"bl=0,nor="..%2Fhls%2Fs0_001.m4s",pr=1.5,sid="2a",bg=?0, e=ps,a=-12,b=-0.5,c=(),br=1,br=2,x"#,
        ] {
            assert_eq!(read(text), strict(text), "{text}");
            assert!(read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_declined() {
        for text in [
            "",
            ",",
            "a,",
            "a,,b",
            "A=1",
            "a=",
            "a=1 ,b",
            "a=é",
            "a=\"b",
            "a=\"b\\\"\"",
            "a=(1",
            "a=(1)(2)",
            "a=(1\"b\")",
            "a;b",
            "a=1;b=2",
            "a=1;b;c",
            "a=(1);b",
            "a=1.",
            "a=1.2345",
            "a=1234567890123456",
            "a=1234567890123.5",
            "a=-",
            "a=?2",
            "a=?",
            "a=:YQ==:",
            "a=@1",
            "a b",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_what_structured_fields_say(
            tokens in vec(prop_oneof![
                4 => sample::select(vec!["a", "br", "sid", "b-c", "=", "=", ",", ",", "(", ")", ";", " ", "\""]).prop_map(str::to_owned),
                2 => sample::select(vec!["-", ".", "?1", "?0", "\\", "\t", "*", "A", "=(", "=\"", "\","]).prop_map(str::to_owned),
                2 => "[0-9]{1,17}",
                1 => "\\PC{0,5}",
            ], 0..16),
        ) {
            let text = format!("a={}", tokens.concat());
            if let Some(plain) = read(text.trim()) {
                prop_assert_eq!(Some(plain), strict(text.trim()));
            }
        }
    }
}
