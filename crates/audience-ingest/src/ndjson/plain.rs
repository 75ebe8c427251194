//! Lines as players write them: one flat object of plain text, numbers without a sign or exponent, and truth values.
//!
//! Any other line is declined, and the JSON parser reads it. What is accepted is valid JSON and means here what it means
//! there.

/// A value of such a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Plain<'a> {
    Text(&'a str),
    Whole(u64),
    /// With a decimal point.
    Decimal(f64),
    Truth(bool),
    Null,
}

/// Gives the keys and values of the first line of `text` to `take`, until it declines one. Where the line ends, if all of
/// it was read and nothing declined; otherwise what was given so far means nothing.
#[inline]
pub(super) fn read<'a>(text: &'a str, mut take: impl FnMut(&'a str, Plain<'a>) -> bool) -> Option<usize> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.object(&mut take)?;
    Some(cursor.at)
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    #[inline]
    fn object(&mut self, take: &mut impl FnMut(&'a str, Plain<'a>) -> bool) -> Option<()> {
        self.pass_space();
        self.pass(b'{')?;
        loop {
            self.pass_space();
            self.pass(b'"')?;
            let key = self.text()?;
            self.pass_space();
            self.pass(b':')?;
            self.pass_space();
            let value = self.value()?;
            if !take(key, value) {
                return None;
            }
            self.pass_space();
            if self.pass(b',').is_none() {
                break;
            }
        }
        self.pass(b'}')?;
        self.pass_space();
        (self.at == self.text.len() || self.next() == b'\n').then_some(())
    }

    #[inline]
    fn value(&mut self) -> Option<Plain<'a>> {
        match self.next() {
            b'"' => {
                self.at += 1;
                self.text().map(Plain::Text)
            }
            b'0'..=b'9' => self.number(),
            b't' => self.word("true", Plain::Truth(true)),
            b'f' => self.word("false", Plain::Truth(false)),
            b'n' => self.word("null", Plain::Null),
            _ => None,
        }
    }

    /// The text up to the next quotation mark, which is passed. Nothing when it has anything to be unescaped.
    #[inline]
    fn text(&mut self) -> Option<&'a str> {
        let (bytes, start) = (self.text.as_bytes(), self.at);
        let mut end = start;
        while let Some(eight) = bytes.get(end..end + 8) {
            let special = special(u64::from_le_bytes(eight.try_into().expect("it has eight")));
            if special != 0 {
                end += (special.trailing_zeros() / 8) as usize;
                break;
            }
            end += 8;
        }
        // The last few bytes of the text; none if the end was found.
        while bytes.get(end).is_some_and(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            end += 1;
        }
        self.at = end;
        self.pass(b'"')?;
        self.text.get(start..end)
    }

    #[inline]
    fn number(&mut self) -> Option<Plain<'a>> {
        let (bytes, start) = (self.text.as_bytes(), self.at);
        let mut number = 0u64;
        if let Some(eight) = bytes.get(start..start + 8)
            && let Some(eight) = eight_digits(u64::from_le_bytes(eight.try_into().expect("it has eight")))
        {
            number = eight;
            self.at += 8;
        }
        while let Some(digit) = bytes.get(self.at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
            number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
            self.at += 1;
        }
        // Nineteen digits fit into 64 bits. A zero at the start stands alone.
        let digits = self.at - start;
        if digits > 19 || (digits > 1 && bytes[start] == b'0') {
            return None;
        }
        match self.next() {
            b'.' => {
                self.at += 1;
                let fraction = self.at;
                while self.next().is_ascii_digit() {
                    self.at += 1;
                }
                let whole = self.at > fraction && !matches!(self.next(), b'e' | b'E');
                let number = self.text.get(start..self.at).filter(|_| whole)?;
                number.parse().ok().map(Plain::Decimal)
            }
            b'e' | b'E' => None,
            _ => Some(Plain::Whole(number)),
        }
    }

    fn word(&mut self, word: &str, value: Plain<'a>) -> Option<Plain<'a>> {
        self.text.as_bytes()[self.at..].starts_with(word.as_bytes()).then(|| {
            self.at += word.len();
            value
        })
    }

    /// The next byte; zero, which stands nowhere in JSON, at the end.
    #[inline]
    fn next(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    fn pass(&mut self, byte: u8) -> Option<()> {
        (self.next() == byte).then(|| self.at += 1)
    }

    #[inline]
    fn pass_space(&mut self) {
        while matches!(self.next(), b' ' | b'\t' | b'\r') {
            self.at += 1;
        }
    }
}

/// Marks bytes that end plain text (quotation marks, backslashes, control characters) in their high bits. The lowest mark
/// is right; those above it need not be.
// Subtracting from each byte at once borrows from the byte above, which is why.
#[inline]
fn special(eight: u64) -> u64 {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let below = |bytes: u64, limit: u8| bytes.wrapping_sub(ONES * u64::from(limit)) & !bytes;
    let equal = |byte: u8| below(eight ^ (ONES * u64::from(byte)), 1);
    (below(eight, b' ') | equal(b'"') | equal(b'\\')) & HIGH
}

/// The number that eight digits are, the first one in the lowest byte. Nothing when there is anything else among them.
#[inline]
fn eight_digits(eight: u64) -> Option<u64> {
    const ZEROS: u64 = u64::from_ne_bytes([b'0'; 8]);
    // The digits are 0x30 to 0x39: their high halves are 3, also after 6 was added.
    let high = |bytes: u64| bytes & u64::from_ne_bytes([0xf0; 8]);
    if high(eight) != ZEROS || high(eight.wrapping_add(u64::from_ne_bytes([6; 8]))) != ZEROS {
        return None;
    }
    // Neighbours are put together: digits to pairs, pairs to fours, fours to the eight.
    let pairs = (eight - ZEROS).wrapping_mul(10 * 256 + 1) >> 8 & 0x00ff_00ff_00ff_00ff;
    let fours = pairs.wrapping_mul(100 * 65_536 + 1) >> 16 & 0x0000_ffff_0000_ffff;
    Some(fours.wrapping_mul(10_000 * 4_294_967_296 + 1) >> 32)
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample;
    use serde_json::{Map, Value, json};

    use super::*;

    /// What is read of the text, up to where.
    fn pairs(text: &str) -> Option<(Vec<(String, Value)>, usize)> {
        let mut pairs = Vec::new();
        let end = read(text, |key, value| {
            let value = match value {
                Plain::Text(text) => json!(text),
                Plain::Whole(number) => json!(number),
                Plain::Decimal(number) => json!(number),
                Plain::Truth(truth) => json!(truth),
                Plain::Null => Value::Null,
            };
            pairs.push((key.to_owned(), value));
            true
        })?;
        Some((pairs, end))
    }

    fn object(pairs: &[(String, Value)]) -> Map<String, Value> {
        pairs.iter().cloned().collect()
    }

    #[test]
    fn plain_lines_are_read_to_their_end() {
        let line = "{ \"a\":\"é\" ,\t\"b\" : 12345678901,\"c\":0.125,\"d\":true,\"e\":null}\r";
        let (pairs, end) = pairs(&format!("{line}\n{{\"next\":1}}")).unwrap();
        assert_eq!(end, line.len());
        let expected = json!({"a": "é", "b": 12_345_678_901_u64, "c": 0.125, "d": true, "e": null});
        assert_eq!(json!(object(&pairs)), expected);
    }

    #[test]
    fn anything_else_is_declined() {
        for line in [
            "",
            "{}",
            "[1]",
            r#"{"a":1"#,
            r#"{"a":1}}"#,
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            "{a:1}",
            r#"{"a":-1}"#,
            r#"{"a":01}"#,
            r#"{"a":00000001}"#,
            r#"{"a":1e3}"#,
            r#"{"a":1.}"#,
            r#"{"a":.5}"#,
            r#"{"a":1.5e3}"#,
            r#"{"a":18446744073709551616}"#,
            r#"{"a":tru}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":[]}"#,
            r#"{"a":"b\n"}"#,
            "{\"a\":\"tab\there\"}",
            "{\"a\":\"no end",
            "{\"a\":1,\n\"b\":2}",
        ] {
            assert_eq!(pairs(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_what_json_says(
            tokens in vec(prop_oneof![
                6 => sample::select(vec!["\"", "\"", "\"", ":", ",", "\":", ",\"", "{", "}"]).prop_map(str::to_owned),
                2 => sample::select(vec![" ", ".", "-", "e", "\\", "\r", "\n", "true", "false", "null", "\u{7}"])
                    .prop_map(str::to_owned),
                2 => "[0-9]{1,21}",
                1 => "\\PC{0,9}",
            ], 0..16),
        ) {
            let text = format!("{{{}}}", tokens.concat());
            if let Some((pairs, end)) = pairs(&text) {
                let expected: Map<String, Value> = serde_json::from_str(&text[..end]).unwrap();
                prop_assert_eq!(object(&pairs), expected);
            }
        }

        #[test]
        fn plain_objects_are_accepted(
            fields in vec(("[a-zé_]{0,20}", prop_oneof![
                "[^\"\\\\\\p{Cc}]{0,30}".prop_map(|text| json!(text)),
                (0..10_u64.pow(19)).prop_map(|number| json!(number)),
                (0.001..1e9_f64).prop_map(|number| json!(number)),
                any::<bool>().prop_map(|truth| json!(truth)),
                Just(Value::Null),
            ]), 1..12),
        ) {
            let fields: Map<String, Value> = fields.into_iter().collect();
            let text = serde_json::to_string(&fields).unwrap();
            let (pairs, end) = pairs(&text).unwrap();
            prop_assert_eq!(end, text.len());
            prop_assert_eq!(object(&pairs), fields);
        }

        #[test]
        fn eight_digits_are_a_number(text in "[0-9]{8}|[ -~]{8}|[/-:]{8}") {
            let eight = u64::from_le_bytes(text.as_bytes().try_into().unwrap());
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(eight_digits(eight), if digits { text.parse().ok() } else { None });
        }

        #[test]
        fn the_lowest_mark_is_the_first_special_byte(bytes: [u8; 8]) {
            let first = bytes.iter().position(|byte| *byte < b' ' || matches!(byte, b'"' | b'\\'));
            let mark = special(u64::from_le_bytes(bytes));
            prop_assert_eq!((mark != 0).then(|| (mark.trailing_zeros() / 8) as usize), first);
        }
    }

    #[test]
    fn every_byte_is_marked_rightly_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for place in 0..8 {
                let mut bytes = *b"plaintxt";
                bytes[place] = byte;
                let special_byte = byte < b' ' || matches!(byte, b'"' | b'\\');
                let mark = special(u64::from_le_bytes(bytes));
                assert_eq!(mark != 0, special_byte, "{byte} at {place}");
                assert!(mark == 0 || (mark.trailing_zeros() / 8) as usize == place, "{byte} at {place}");
            }
        }
    }
}
