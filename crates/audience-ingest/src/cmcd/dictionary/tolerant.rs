//! Dictionaries that do not keep to RFC 9651, key by key.

use std::borrow::Cow;

use super::{Dictionary, Item, Value};
use crate::quality::{Problem, Reason};

/// Reads `key`, `key=value` and `key=(value value;v)` between commas that stand outside quotes and parentheses.
pub(super) fn read<'a>(line: &'a str, dictionary: &mut Dictionary<'a>) -> Result<(), Problem> {
    for part in split_outside(line.trim(), b',') {
        let part = part.trim();
        if part.is_empty() {
            continue;
        }
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let key = key.trim();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte)) {
            return Err(Problem::detailed(
                Reason::NotCmcd,
                format_args!("{:?} is no key", crate::quality::shorten(key)),
            ));
        }
        let value = value.trim();
        let list = value.strip_prefix('(');
        let Some(place) = dictionary.begin(key, list.is_some()) else { continue };
        match list {
            Some(list) => {
                let list = list.split_once(')').map_or(list, |(list, _)| list);
                for text in split_outside(list, b' ').filter(|text| !text.is_empty()) {
                    dictionary.push(place, item(text));
                }
            }
            None if value.is_empty() => dictionary.push(place, Item { value: Value::Truth(true), object: None }),
            None => dictionary.push(place, item(value)),
        }
    }
    Ok(())
}

/// A value and its first parameter.
fn item(text: &str) -> Item<'_> {
    let mut parts = split_outside(text, b';');
    let value = single(parts.next().unwrap_or_default().trim());
    let object = parts.next().map(|parameter| parameter.split_once('=').map_or(parameter, |(name, _)| name).trim());
    Item { value, object }
}

fn single(text: &str) -> Value<'_> {
    if let Some(quoted) = text.strip_prefix('"') {
        let quoted = quoted.strip_suffix('"').unwrap_or(quoted);
        return Value::Text(if quoted.contains('\\') {
            Cow::Owned(quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
        } else {
            Cow::Borrowed(quoted)
        });
    }
    match text {
        "?1" | "true" => return Value::Truth(true),
        "?0" | "false" => return Value::Truth(false),
        _ => {}
    }
    if let Ok(value) = text.parse::<i64>() {
        return Value::Integer(value);
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Value::Decimal(value),
        _ => Value::Token(text),
    }
}

/// Splits at each `separator` outside quotes and parentheses.
fn split_outside(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (mut quoted, mut escaped, mut depth) = (false, false, 0_u32);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if quoted => escaped = true,
                b'"' => quoted = !quoted,
                _ if quoted => {}
                byte if byte == separator && depth == 0 => {
                    rest = Some(&text[at + 1..]);
                    return Some(&text[..at]);
                }
                b'(' => depth += 1,
                b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        rest = None;
        Some(text)
    })
}

/// The text without its last member, which may have been cut off.
pub(crate) fn without_last(text: &str) -> &str {
    let last = split_outside(text, b',').last().map_or(0, str::len);
    text[..text.len() - last].trim_end_matches(',').trim()
}
