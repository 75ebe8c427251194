//! Dictionaries as players write them: numbers, tokens, truth values, texts without escapes, lists of those.
//!
//! Any other text is declined, and the parser of structured fields reads it. What is accepted is valid there, and means here
//! what it means there.

use std::borrow::Cow;

use super::{Dictionary, Item, MAX_KEYS, Member, Value, member};

/// The dictionary of the text, if it is plain.
pub(super) fn read(text: &str) -> Option<Dictionary<'_>> {
    let mut cursor = Cursor { text, at: 0 };
    // As many as players send.
    let mut dictionary = Dictionary::with_capacity(16);
    let mut sorted = true;
    loop {
        let key = cursor.key()?;
        let value = if cursor.pass(b'=').is_some() { cursor.value()? } else { truth() };
        // Players sort the keys, so that none has to be looked for.
        sorted &= dictionary.last().is_none_or(|(last, _)| last.as_ref() < key) && dictionary.len() < MAX_KEYS;
        if sorted {
            dictionary.push((Cow::Borrowed(key), value));
        } else {
            *member(&mut dictionary, Cow::Borrowed(key))? = value;
        }
        if cursor.at == text.len() {
            return Some(dictionary);
        }
        cursor.pass(b',')?;
        while cursor.pass(b' ').is_some() {}
    }
}

const fn truth() -> Member<'static> {
    Member::Single(Item { value: Value::Truth(true), object: None })
}

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

    /// The bytes from here for which this is so; all of them are ASCII.
    #[inline]
    fn take_while(&mut self, so: impl Fn(u8) -> bool) -> &'a str {
        let start = self.at;
        while so(self.next()) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    #[inline]
    fn key(&mut self) -> Option<&'a str> {
        let first = self.next();
        let key = self.take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-.*".contains(&byte));
        (first.is_ascii_lowercase() || first == b'*').then_some(key)
    }

    #[inline]
    fn value(&mut self) -> Option<Member<'a>> {
        if self.pass(b'(').is_none() {
            return self.item().map(Member::Single);
        }
        let mut items = Vec::new();
        loop {
            while self.pass(b' ').is_some() {}
            if self.pass(b')').is_some() {
                return Some(Member::List(items));
            }
            items.push(self.item()?);
            if !matches!(self.next(), b' ' | b')') {
                return None;
            }
        }
    }

    /// A value, perhaps with the object it is for.
    #[inline]
    fn item(&mut self) -> Option<Item<'a>> {
        let value = match self.next() {
            b'"' => self.quoted()?,
            b'0'..=b'9' | b'-' => self.number()?,
            b'a'..=b'z' | b'A'..=b'Z' | b'*' => {
                let token =
                    self.take_while(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:/".contains(&byte));
                Value::Token(Cow::Borrowed(token))
            }
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
        let object = if self.pass(b';').is_some() { Some(Cow::Borrowed(self.key()?)) } else { None };
        Some(Item { value, object })
    }

    #[inline]
    fn quoted(&mut self) -> Option<Value<'a>> {
        self.at += 1;
        let text = self.take_while(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\');
        self.pass(b'"')?;
        Some(Value::Text(Cow::Borrowed(text)))
    }

    #[inline]
    fn number(&mut self) -> Option<Value<'a>> {
        let sign = if self.pass(b'-').is_some() { -1 } else { 1 };
        let whole = self.take_while(|byte| byte.is_ascii_digit());
        if self.pass(b'.').is_none() {
            return match whole.len() {
                1..=15 => whole.parse::<i64>().ok().map(|number| Value::Integer(sign * number)),
                _ => None,
            };
        }
        let fraction = self.take_while(|byte| byte.is_ascii_digit());
        if !matches!((whole.len(), fraction.len()), (1..=12, 1..=3)) {
            return None;
        }
        let thousandths = fraction.bytes().chain(*b"00").take(3);
        let number = whole.bytes().chain(thousandths).fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        Some(Value::Decimal((sign * number) as f64 / 1000.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample;

    use super::super::strict;
    use super::*;

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
