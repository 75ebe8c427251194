//! What audiences are told apart by.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use audience_core::LiveSession;
use foldhash::fast::RandomState;

/// What audiences are told apart by.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Per {
    /// Nothing: all are one.
    All,
    /// What they watch.
    Title,
    /// The value of an attribute of their sessions, as it is at the time: device, country, CDN.
    Attribute(Arc<str>),
}

impl fmt::Display for Per {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::All => "all",
            Self::Title => "title",
            Self::Attribute(name) => name,
        })
    }
}

/// One of the audiences that are told apart.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Key {
    /// By what.
    pub per: Per,
    /// Which one; `None` is all, or those without a value.
    pub value: Option<Arc<str>>,
}

impl Key {
    /// Everybody.
    pub const ALL: Self = Self { per: Per::All, value: None };

    /// Those who watch this.
    pub fn title(id: &str) -> Self {
        Self { per: Per::Title, value: Some(id.into()) }
    }

    /// Those whose attribute of this name has this value.
    pub fn attribute(name: &str, value: &str) -> Self {
        Self { per: Per::Attribute(name.into()), value: Some(value.into()) }
    }
}

/// As [`Watch`](crate::Watch) and [`Table`](crate::Table) take keys.
impl From<&Self> for Key {
    fn from(key: &Self) -> Self {
        key.clone()
    }
}

/// Keys by number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys {
    /// `None` where one was let go of.
    by_number: Vec<Option<Key>>,
    free: Vec<u32>,
    numbers: HashMap<Key, u32, RandomState>,
    /// How many there may be.
    most: usize,
    /// How often one was refused.
    pub(crate) refused: u64,
}

impl Keys {
    pub(crate) fn new(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// These by their places; `None` if one is there twice.
    #[cfg(feature = "serde")]
    pub(crate) fn of(keys: Vec<Option<Key>>, most: usize, refused: u64) -> Option<Self> {
        let mut made = Self { most, refused, ..Self::default() };
        for (key, number) in keys.iter().zip(0..) {
            match key {
                None => made.free.push(number),
                Some(key) if made.numbers.insert(key.clone(), number).is_some() => return None,
                Some(_) => {}
            }
        }
        made.by_number = keys;
        Some(made)
    }

    /// All keys by number.
    pub(crate) fn all(&self) -> &[Option<Key>] {
        &self.by_number
    }

    /// The number of a key; `None` if there are too many.
    pub(crate) fn number(&mut self, key: &Key) -> Option<u32> {
        if let Some(number) = self.numbers.get(key) {
            return Some(*number);
        }
        if self.numbers.len() >= self.most {
            self.refused += 1;
            return None;
        }
        let number = self.free.pop().unwrap_or(self.by_number.len() as u32);
        if number as usize == self.by_number.len() {
            self.by_number.push(None);
        }
        self.by_number[number as usize] = Some(key.clone());
        self.numbers.insert(key.clone(), number);
        Some(number)
    }

    /// The number of a key that is known.
    pub(crate) fn known(&self, key: &Key) -> Option<u32> {
        self.numbers.get(key).copied()
    }

    /// All keys with their numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Key)> {
        self.by_number.iter().zip(0..).filter_map(|(key, number)| Some((number, key.as_ref()?)))
    }

    /// Lets go of a key that nothing is kept of.
    pub(crate) fn remove(&mut self, number: u32) {
        if let Some(key) = self.by_number.get_mut(number as usize).and_then(Option::take) {
            self.numbers.remove(&key);
            self.free.push(number);
        }
    }
}

/// The key of a view of a session.
pub(crate) fn key_of(per: &Per, session: &LiveSession, view: usize) -> Key {
    let value = match per {
        Per::All => None,
        Per::Title => session.content_id(view).map(|id| Arc::from(id.as_str())),
        Per::Attribute(name) => session.attributes().get(name).map(Arc::from),
    };
    Key { per: per.clone(), value }
}
