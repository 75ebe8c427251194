//! Going through a JSON value once, keeping what a map wants of it.

mod picked;

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use picked::Picked;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::record::Slots;
use super::tree::Node;
use crate::draft::convert;
use crate::quality::shorten;
use crate::scalar::Scalar;

/// How values are kept longer than the text they stand in.
pub(super) trait Keep<'de, 'a> {
    fn keep(value: Scalar<'de>) -> Scalar<'a>;
}

/// They need not be: the text is there as long.
#[derive(Debug)]
pub(super) struct Borrowed;

impl<'a> Keep<'a, 'a> for Borrowed {
    #[inline]
    fn keep(value: Scalar<'a>) -> Scalar<'a> {
        value
    }
}

/// As copies: the text was unescaped on the way.
#[derive(Debug)]
pub(super) struct Copied;

impl<'a> Keep<'_, 'a> for Copied {
    fn keep(value: Scalar<'_>) -> Scalar<'a> {
        match value {
            Scalar::Null => Scalar::Null,
            Scalar::Bool(value) => Scalar::Bool(value),
            Scalar::Unsigned(value) => Scalar::Unsigned(value),
            Scalar::Negative(value) => Scalar::Negative(value),
            Scalar::Float(value) => Scalar::Float(value),
            Scalar::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Scalar::Nested => Scalar::Nested,
        }
    }
}

/// Goes through a value, of which `node` says what is wanted.
pub(super) struct Walk<'s, 'a, K> {
    node: &'s Node,
    slots: &'s mut Slots<'a>,
    keep: PhantomData<K>,
}

impl<'s, 'a, K> Walk<'s, 'a, K> {
    pub(super) fn new(node: &'s Node, slots: &'s mut Slots<'a>) -> Self {
        Self { node, slots, keep: PhantomData }
    }

    /// Takes a text as it stands in a cell of a table.
    pub(super) fn take_cell(self, text: &'a str) {
        if let Some(slot) = self.node.raw {
            self.slots.put(slot, Scalar::Text(Cow::Borrowed(text)));
        }
        Walk::<Borrowed>::new(self.node, self.slots).take_text(text);
    }

    /// Takes a value as it stands in a cell of a table.
    #[cfg(feature = "parquet")]
    pub(super) fn take_scalar(self, value: Scalar<'a>) {
        match value {
            Scalar::Text(Cow::Borrowed(text)) => self.take_cell(text),
            value => self.put::<Borrowed>(value),
        }
    }

    fn put<'de, Kept: Keep<'de, 'a>>(self, value: Scalar<'de>) {
        if let Some(slot) = self.node.slot {
            self.slots.put(slot, Kept::keep(value));
        }
    }
}

impl<'a, K> Walk<'_, 'a, K> {
    /// Takes a text; where the paths go on inside it, it is JSON.
    fn take_text<'de>(self, text: &'de str)
    where
        K: Keep<'de, 'a>,
    {
        if self.node.goes_on() && text.trim_start().starts_with(['{', '[']) {
            let walk = Walk::<K>::new(self.node, &mut *self.slots);
            let mut json = serde_json::Deserializer::from_str(text);
            if walk.deserialize(&mut json).and_then(|()| json.end()).is_err() {
                self.slots.broken.get_or_insert_with(|| shorten(text).into());
            }
        }
        self.put::<K>(Scalar::Text(Cow::Borrowed(text)));
    }

    /// Takes what stands at `raw`, as JSON text and as what it is.
    fn take_raw<'de>(self, raw: &'de RawValue) -> Result<(), serde_json::Error>
    where
        K: Keep<'de, 'a>,
    {
        if let (Some(slot), Some(text)) = (self.node.raw, convert::data(raw.get())) {
            self.slots.put(slot, K::keep(Scalar::Text(text)));
        }
        if self.node.slot.is_none() && !self.node.goes_on() {
            return Ok(());
        }
        self.deserialize(&mut serde_json::Deserializer::from_str(raw.get()))
    }
}

impl<'de, 'a, K: Keep<'de, 'a>> DeserializeSeed<'de> for Walk<'_, 'a, K> {
    type Value = ();

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'a, K: Keep<'de, 'a>> Visitor<'de> for Walk<'_, 'a, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put::<K>(Scalar::Bool(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.put::<K>(Scalar::Unsigned(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.put::<K>(u64::try_from(value).map_or(Scalar::Negative(value), Scalar::Unsigned));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put::<K>(Scalar::Float(value));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.take_text(text);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        Walk::<Copied>::new(self.node, self.slots).take_text(text);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(wanted) = map.next_key_seed(Key(self.node))? {
            match wanted {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(node) if node.raw.is_some() => {
                    let raw: &'de RawValue = map.next_value()?;
                    Walk::<K>::new(node, &mut *self.slots).take_raw(raw).map_err(serde::de::Error::custom)?;
                }
                Some(node) => map.next_value_seed(Walk::<K>::new(node, &mut *self.slots))?,
            }
        }
        self.put::<K>(Scalar::Nested);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        loop {
            let item = self.node.item(index);
            index += 1;
            let taken = match (item, &self.node.pick) {
                (Some(node), _) => seq.next_element_seed(Walk::<K>::new(node, &mut *self.slots))?,
                (None, Some(pick)) => seq.next_element_seed(Picked::<K>::new(pick, &mut *self.slots))?,
                (None, None) => seq.next_element::<IgnoredAny>()?.map(|_| ()),
            };
            if taken.is_none() {
                break;
            }
        }
        self.put::<K>(Scalar::Nested);
        Ok(())
    }
}

/// What is wanted of the value of a key.
struct Key<'s>(&'s Node);

impl<'de, 's> DeserializeSeed<'de> for Key<'s> {
    type Value = Option<&'s Node>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'s> Visitor<'_> for Key<'s> {
    type Value = Option<&'s Node>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(self.0.key(key))
    }
}
