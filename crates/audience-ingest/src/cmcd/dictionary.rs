//! A line as keys and values: strictly by RFC 9651 first, key by key when that fails.

mod json;
mod key;
mod plain;
mod strict;
mod tolerant;

use std::borrow::Cow;
use std::fmt;

pub(super) use key::Key;
pub(crate) use tolerant::without_last;

use crate::batch::Batch;
use crate::quality::{Problem, Repair};

/// A single value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Integer(i64),
    Decimal(f64),
    Text(Cow<'a, str>),
    Token(&'a str),
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
    pub(super) object: Option<&'a str>,
}

/// What a key has: one value, or a list.
#[derive(Clone, Copy, Debug)]
pub(super) enum Member<'s, 'a> {
    Single(&'s Item<'a>),
    List(&'s [Item<'a>]),
}

impl<'s, 'a> Member<'s, 'a> {
    /// The one value; of a list, the first.
    pub(super) fn first(self) -> Option<&'s Value<'a>> {
        match self {
            Self::Single(item) => Some(&item.value),
            Self::List(items) => items.first().map(|item| &item.value),
        }
    }
}

/// Keys with what they have, in order; a repeated key is there once, with its last value.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Dictionary<'a> {
    entries: Vec<Entry<'a>>,
    /// The values of all keys, one key after the other.
    items: Vec<Item<'a>>,
    /// Where in `entries` the keys that are read are, from 1.
    places: [u16; Key::COUNT],
}

#[derive(Debug, PartialEq)]
struct Entry<'a> {
    key: &'a str,
    first: u32,
    end: u32,
    is_list: bool,
    /// Whether it is one of the keys that are read.
    is_read: bool,
}

/// The most keys a line may have.
const MAX_KEYS: usize = 256;

impl<'a> Dictionary<'a> {
    /// The same memory, empty, for keys from elsewhere.
    pub(super) fn reuse<'b>(mut self) -> Dictionary<'b> {
        self.clear();
        // No item is made: the lists keep their memory and change what they may hold.
        let none = Entry { key: "", first: 0, end: 0, is_list: false, is_read: false };
        let entries = self.entries.into_iter().map(|_| Entry { ..none }).collect();
        let items = self.items.into_iter().map(|_| Item { value: Value::Other, object: None }).collect();
        Dictionary { entries, items, places: self.places }
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.items.clear();
        self.places = [0; Key::COUNT];
    }

    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn has(&self, key: Key) -> bool {
        self.places[key as usize] > 0
    }

    /// What a key has.
    #[inline]
    pub(super) fn get(&self, key: Key) -> Option<Member<'_, 'a>> {
        let place = usize::from(self.places[key as usize]).checked_sub(1)?;
        self.entries.get(place).and_then(|entry| self.member(entry))
    }

    /// The sender's own keys, which have a hyphen, with what they have, in order.
    pub(super) fn own(&self) -> impl Iterator<Item = (&'a str, Member<'_, 'a>)> {
        let own = self.entries.iter().filter(|entry| !entry.is_read && entry.key.contains('-'));
        own.filter_map(|entry| Some((entry.key, self.member(entry)?)))
    }

    /// All keys with what they have, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&'a str, Member<'_, 'a>)> {
        self.entries.iter().filter_map(|entry| Some((entry.key, self.member(entry)?)))
    }

    #[inline]
    fn member(&self, entry: &Entry<'a>) -> Option<Member<'_, 'a>> {
        let items = self.items.get(entry.first as usize..entry.end as usize)?;
        if entry.is_list { Some(Member::List(items)) } else { items.first().map(Member::Single) }
    }

    /// The value of a key as text, if it is some; of a list, the first.
    pub(super) fn text(&self, key: Key) -> Option<&str> {
        match self.get(key)?.first()? {
            Value::Text(text) => Some(text),
            Value::Token(text) => Some(text),
            _ => None,
        }
    }

    /// Where a key is.
    #[inline]
    fn place(&self, key: &str, read: Option<Key>) -> Option<usize> {
        match read {
            Some(read) => usize::from(self.places[read as usize]).checked_sub(1),
            None => self.entries.iter().position(|entry| entry.key == key),
        }
    }

    /// Begins a key, which has nothing then. Where it is; `None` if there are too many.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost loop of reports, and the compiler decides otherwise")]
    fn begin(&mut self, key: &'a str, is_list: bool) -> Option<usize> {
        let read = Key::of(key);
        let known = self.place(key, read);
        let at = self.items.len() as u32;
        let new = Entry { key, first: at, end: at, is_list, is_read: read.is_some() };
        if let Some(known) = known {
            self.entries[known] = new;
            return Some(known);
        }
        if self.entries.len() >= MAX_KEYS {
            return None;
        }
        self.entries.push(new);
        if let Some(read) = read {
            self.places[read as usize] = self.entries.len() as u16;
        }
        Some(self.entries.len() - 1)
    }

    /// Adds a value to what the key that was begun last has.
    #[inline]
    fn push(&mut self, place: usize, item: Item<'a>) {
        self.items.push(item);
        self.entries[place].end = self.items.len() as u32;
    }

    /// Takes the keys of another dictionary that this one has not.
    pub(super) fn complete(&mut self, other: &Self) {
        for (key, member) in other.iter() {
            if self.place(key, Key::of(key)).is_some() {
                continue;
            }
            let (items, is_list) = match member {
                Member::Single(item) => (std::slice::from_ref(item), false),
                Member::List(items) => (items, true),
            };
            let Some(place) = self.begin(key, is_list) else { return };
            for item in items {
                self.push(place, item.clone());
            }
        }
    }
}

/// Reads a line into a dictionary. It is empty if the line cannot be read.
pub(super) fn read<'a>(line: &'a str, dictionary: &mut Dictionary<'a>, batch: &mut Batch) -> Result<(), Problem> {
    let text = line.trim();
    for read in [plain::read, strict::read, json::read] {
        dictionary.clear();
        if read(text, dictionary).is_some() {
            return Ok(());
        }
    }
    dictionary.clear();
    if let Err(problem) = tolerant::read(line, dictionary) {
        dictionary.clear();
        return Err(problem);
    }
    batch.repair("(syntax)", Repair::Resyntaxed, line);
    Ok(())
}
