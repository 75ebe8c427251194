//! Dictionaries that keep to RFC 9651.

use std::borrow::Cow;
use std::convert::Infallible;

use sfv::visitor::{DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ParameterVisitor};
use sfv::{BareItemFromInput, KeyRef, Parser};

use super::{Dictionary, Item, Value};

/// Reads a text if it keeps to RFC 9651; what is in the dictionary means nothing if not.
pub(super) fn read<'a>(text: &'a str, dictionary: &mut Dictionary<'a>) -> Option<()> {
    Parser::new(text).parse_dictionary_with_visitor(Collector { dictionary }).ok()
}

struct Collector<'s, 'a> {
    dictionary: &'s mut Dictionary<'a>,
}

impl<'a> DictionaryVisitor<'a> for Collector<'_, 'a> {
    type Out = ();
    type Error = Infallible;

    fn entry(&mut self, key: &'a KeyRef) -> Result<impl EntryVisitor<'a>, Infallible> {
        Ok(Entry { dictionary: &mut *self.dictionary, key: key.as_str() })
    }

    fn finish(self) -> Result<(), Infallible> {
        Ok(())
    }
}

struct Entry<'s, 'a> {
    dictionary: &'s mut Dictionary<'a>,
    key: &'a str,
}

impl<'a> EntryVisitor<'a> for Entry<'_, 'a> {
    type Error = Infallible;

    fn item(self) -> Result<impl ItemVisitor<'a>, Infallible> {
        let place = self.dictionary.begin(self.key, false);
        Ok(Slot { dictionary: self.dictionary, place })
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'a>, Infallible> {
        let place = self.dictionary.begin(self.key, true);
        Ok(List { dictionary: self.dictionary, place })
    }
}

struct List<'s, 'a> {
    dictionary: &'s mut Dictionary<'a>,
    place: Option<usize>,
}

impl<'a> InnerListVisitor<'a> for List<'_, 'a> {
    type Error = Infallible;

    fn item(&mut self) -> Result<impl ItemVisitor<'a>, Infallible> {
        Ok(Slot { dictionary: &mut *self.dictionary, place: self.place })
    }

    fn finish(self) -> Result<impl ParameterVisitor<'a>, Infallible> {
        Ok(Ignored)
    }
}

/// The place of a value; none if there were too many keys.
struct Slot<'s, 'a> {
    dictionary: &'s mut Dictionary<'a>,
    place: Option<usize>,
}

impl<'a> ItemVisitor<'a> for Slot<'_, 'a> {
    type Out = ();
    type Error = Infallible;

    fn bare_item(self, value: BareItemFromInput<'a>) -> Result<impl ParameterVisitor<'a, Out = ()>, Infallible> {
        let Self { dictionary, place } = self;
        if let Some(place) = place {
            dictionary.push(place, Item { value: Value::from(value), object: None });
        }
        Ok(Parameters(place.and_then(|_| dictionary.items.last_mut())))
    }
}

struct Parameters<'s, 'a>(Option<&'s mut Item<'a>>);

impl<'a> ParameterVisitor<'a> for Parameters<'_, 'a> {
    type Out = ();
    type Error = Infallible;

    fn parameter(&mut self, key: &'a KeyRef, _: BareItemFromInput<'a>) -> Result<(), Infallible> {
        if let Some(item) = &mut self.0 {
            item.object = Some(key.as_str());
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
            BareItemFromInput::Token(value) => Self::Token(value.as_str()),
            BareItemFromInput::Boolean(value) => Self::Truth(value),
            BareItemFromInput::ByteSequence(_) | BareItemFromInput::Date(_) | BareItemFromInput::DisplayString(_) => {
                Self::Other
            }
        }
    }
}
