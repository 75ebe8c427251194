//! Items of a list that are found by one of their keys.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::{Keep, Walk};
use crate::map::record::Slots;
use crate::map::tree::{Node, Pick};
use crate::scalar::Scalar;

/// Goes through an item of a list that is found by one of its keys.
pub(super) struct Picked<'s, 'a, K> {
    pick: &'s Pick,
    slots: &'s mut Slots<'a>,
    keep: PhantomData<K>,
}

impl<'s, 'a, K> Picked<'s, 'a, K> {
    pub(super) fn new(pick: &'s Pick, slots: &'s mut Slots<'a>) -> Self {
        Self { pick, slots, keep: PhantomData }
    }
}

impl<'de, 'a, K: Keep<'de, 'a>> DeserializeSeed<'de> for Picked<'_, 'a, K> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'a, K: Keep<'de, 'a>> Visitor<'de> for Picked<'_, 'a, K> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        // What stands before the key that decides; mostly nothing.
        let mut before: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::new();
        let mut item = None;
        while let Some(key) = map.next_key::<Scalar<'de>>()? {
            let Scalar::Text(key) = key else { continue };
            match item {
                None if *key == *self.pick.key => {
                    let value = map.next_value::<Scalar<'de>>()?;
                    item = Some(value.as_text().and_then(|value| self.pick.item(&value)));
                }
                None => before.push((key, map.next_value()?)),
                Some(item) => match item.and_then(|item: &Node| item.key(&key)) {
                    Some(node) => map.next_value_seed(Walk::<K>::new(node, &mut *self.slots))?,
                    None => {
                        map.next_value::<IgnoredAny>()?;
                    }
                },
            }
        }
        for (key, raw) in before {
            if let Some(node) = item.flatten().and_then(|item| item.key(&key)) {
                Walk::<K>::new(node, &mut *self.slots).take_raw(raw).map_err(serde::de::Error::custom)?;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
