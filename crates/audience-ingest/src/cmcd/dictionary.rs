//! A line as keys and values: strictly by RFC 9651 first, key by key when that fails.

mod plain;

use std::borrow::Cow;
use std::convert::Infallible;
use std::fmt;

use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ParameterVisitor};
use sfv::{BareItemFromInput, KeyRef, Parser};

use crate::batch::Batch;
use crate::quality::{Problem, Reason, Repair};

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Integer(i64),
    Decimal(f64),
    Text(Cow<'a, str>),
    Token(Cow<'a, str>),
    Truth(bool),
    /// A kind of value that CMCD has no use for.
    Other,
}

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Text(value) => write!(f, "{value:?}"),
            Self::Token(value) => f.write_str(value),
            Self::Truth(value) => f.write_str(if *value { "true" } else { "false" }),
            Self::Other => f.write_str("a value of a kind that CMCD does not have"),
        }
    }
}

/// A single value with the object type it is for (`;v`, `;a`).
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item<'a> {
    pub(super) value: Value<'a>,
    pub(super) object: Option<Cow<'a, str>>,
}

/// What a key has: one value, or a list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Member<'a> {
    Single(Item<'a>),
    List(Vec<Item<'a>>),
}

/// Keys with what they have, in order; a repeated key is there once, with its last value.
pub(super) type Dictionary<'a> = Vec<(Cow<'a, str>, Member<'a>)>;

/// The value of a key as text, if it is some; of a list, the first.
pub(super) fn text<'s>(dictionary: &'s Dictionary<'_>, key: &str) -> Option<&'s str> {
    let (_, member) = dictionary.iter().find(|(known, _)| known == key)?;
    let item = match member {
        Member::Single(item) => item,
        Member::List(items) => items.first()?,
    };
    match &item.value {
        Value::Text(text) | Value::Token(text) => Some(text),
        _ => None,
    }
}

/// The most keys a line may have.
const MAX_KEYS: usize = 256;

/// Reads a line.
pub(super) fn read<'a>(line: &'a str, batch: &mut Batch) -> Result<Dictionary<'a>, Problem> {
    let text = line.trim();
    if let Some(dictionary) = plain::read(text).or_else(|| strict(text)) {
        return Ok(dictionary);
    }
    let dictionary = read_tolerantly(line)?;
    batch.repair("(syntax)", Repair::Resyntaxed, line);
    Ok(dictionary)
}

/// The dictionary of a text that keeps to RFC 9651.
fn strict(text: &str) -> Option<Dictionary<'_>> {
    Parser::new(text).parse_dictionary_with_visitor(Collector::default()).ok()
}

/// The text without its last member, which may have been cut off.
pub(crate) fn without_last(text: &str) -> &str {
    let last = split_outside(text, b',').last().map_or(0, str::len);
    text[..text.len() - last].trim_end_matches(',').trim()
}

/// What the key has, which is nothing yet if the key is new; `None` if there are too many.
fn member<'s, 'a>(dictionary: &'s mut Dictionary<'a>, key: Cow<'a, str>) -> Option<&'s mut Member<'a>> {
    let known = dictionary.iter().position(|(known, _)| *known == key);
    if known.is_none() {
        if dictionary.len() >= MAX_KEYS {
            return None;
        }
        dictionary.push((key, Member::List(Vec::new())));
    }
    let at = known.unwrap_or(dictionary.len() - 1);
    dictionary.get_mut(at).map(|(_, member)| member)
}

#[derive(Default)]
struct Collector<'a> {
    dictionary: Dictionary<'a>,
}

impl<'a> DictionaryVisitor<'a> for Collector<'a> {
    type Out = Dictionary<'a>;
    type Error = Infallible;

    fn entry(&mut self, key: &'a KeyRef) -> Result<impl EntryVisitor<'a>, Infallible> {
        Ok(member(&mut self.dictionary, Cow::Borrowed(key.as_str())).map(|member| Entry { member }))
    }

    fn finish(self) -> Result<Dictionary<'a>, Infallible> {
        Ok(self.dictionary)
    }
}

struct Entry<'s, 'a> {
    member: &'s mut Member<'a>,
}

impl<'a> EntryVisitor<'a> for Entry<'_, 'a> {
    type Error = Infallible;

    fn item(self) -> Result<impl ItemVisitor<'a>, Infallible> {
        *self.member = Member::Single(Item { value: Value::Other, object: None });
        let item = match self.member {
            Member::Single(item) => Some(Slot { item }),
            Member::List(_) => None,
        };
        Ok(OptionalSlot(item))
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'a>, Infallible> {
        *self.member = Member::List(Vec::new());
        Ok(List { member: self.member })
    }
}

struct List<'s, 'a> {
    member: &'s mut Member<'a>,
}

impl<'a> InnerListVisitor<'a> for List<'_, 'a> {
    type Error = Infallible;

    fn item(&mut self) -> Result<impl ItemVisitor<'a>, Infallible> {
        let item = match self.member {
            Member::List(items) => {
                items.push(Item { value: Value::Other, object: None });
                items.last_mut().map(|item| Slot { item })
            }
            Member::Single(_) => None,
        };
        Ok(OptionalSlot(item))
    }

    fn finish(self) -> Result<impl ParameterVisitor<'a>, Infallible> {
        Ok(Ignored)
    }
}

struct Slot<'s, 'a> {
    item: &'s mut Item<'a>,
}

struct OptionalSlot<'s, 'a>(Option<Slot<'s, 'a>>);

impl<'a> ItemVisitor<'a> for OptionalSlot<'_, 'a> {
    type Out = ();
    type Error = Infallible;

    fn bare_item(self, value: BareItemFromInput<'a>) -> Result<impl ParameterVisitor<'a, Out = ()>, Infallible> {
        Ok(Parameters(self.0.map(|slot| {
            slot.item.value = Value::from(value);
            slot
        })))
    }
}

struct Parameters<'s, 'a>(Option<Slot<'s, 'a>>);

impl<'a> ParameterVisitor<'a> for Parameters<'_, 'a> {
    type Out = ();
    type Error = Infallible;

    fn parameter(&mut self, key: &'a KeyRef, _: BareItemFromInput<'a>) -> Result<(), Infallible> {
        if let Some(slot) = &mut self.0 {
            slot.item.object = Some(Cow::Borrowed(key.as_str()));
        }
        Ok(())
    }

    fn finish(self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl<'a> From<BareItemFromInput<'a>> for Value<'a> {
    fn from(value: BareItemFromInput<'a>) -> Self {
        match value {
            BareItemFromInput::Integer(value) => Self::Integer(value.into()),
            BareItemFromInput::Decimal(value) => Self::Decimal(value.into()),
            BareItemFromInput::String(Cow::Borrowed(value)) => Self::Text(Cow::Borrowed(value.as_str())),
            BareItemFromInput::String(Cow::Owned(value)) => Self::Text(Cow::Owned(value.into())),
            BareItemFromInput::Token(value) => Self::Token(Cow::Borrowed(value.as_str())),
            BareItemFromInput::Boolean(value) => Self::Truth(value),
            BareItemFromInput::ByteSequence(_) | BareItemFromInput::Date(_) | BareItemFromInput::DisplayString(_) => {
                Self::Other
            }
        }
    }
}

/// Reads `key`, `key=value` and `key=(value value;v)` between commas that stand outside quotes and parentheses.
fn read_tolerantly(line: &str) -> Result<Dictionary<'_>, Problem> {
    let mut dictionary = Dictionary::new();
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
        let new = match value.strip_prefix('(') {
            Some(list) => {
                let list = list.split_once(')').map_or(list, |(list, _)| list);
                Member::List(split_outside(list, b' ').filter(|item| !item.is_empty()).map(item).collect())
            }
            None if value.is_empty() => Member::Single(Item { value: Value::Truth(true), object: None }),
            None => Member::Single(item(value)),
        };
        if let Some(member) = member(&mut dictionary, Cow::Borrowed(key)) {
            *member = new;
        }
    }
    Ok(dictionary)
}

/// A value and its first parameter.
fn item(text: &str) -> Item<'_> {
    let mut parts = split_outside(text, b';');
    let value = single(parts.next().unwrap_or_default().trim());
    let object = parts
        .next()
        .map(|parameter| Cow::Borrowed(parameter.split_once('=').map_or(parameter, |(name, _)| name).trim()));
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
        _ => Value::Token(Cow::Borrowed(text)),
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
