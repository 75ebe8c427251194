//! Texts split at a byte, with the search that is made for processors.

/// The parts of a text between bytes that are ASCII.
pub(crate) fn split(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    debug_assert!(separator.is_ascii(), "other bytes are parts of characters");
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = memchr::memchr(separator, text.as_bytes()) else { return rest.take() };
        rest = text.get(end + 1..);
        text.get(..end)
    })
}

/// What is before the first such byte, which is ASCII, and what is after it.
#[inline]
pub(crate) fn split_once(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = memchr::memchr(separator, text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// The lines of a text, of which the last may be without its end.
pub(crate) fn lines(text: &str) -> impl Iterator<Item = &str> {
    split(text.strip_suffix('\n').unwrap_or(text), b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_are_those_of_the_standard_library(text in "[a&é\n]{0,20}") {
            prop_assert_eq!(split_once(&text, b'&'), text.split_once('&'));
            prop_assert_eq!(split(&text, b'&').collect::<Vec<_>>(), text.split('&').collect::<Vec<_>>());
            let expected: Vec<&str> = text.strip_suffix('\n').unwrap_or(&text).split('\n').collect();
            prop_assert_eq!(lines(&text).collect::<Vec<_>>(), expected);
        }
    }
}
