//! The same figures for each stream, server or whatever there is, as many as there is room for.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use audience_core::{Accumulator, Merge};

/// An accumulator for each key, up to a number of keys: for keys that come from outside, which may be any.
///
/// Keys that come when there is no room are left out and their items counted, so that the total is right. Up to the bound
/// the answer does not depend on order or sharding; which keys are left out past it does, as those that were there first
/// stay. [`retain`](Self::retain) makes room. [`Keyed`](audience_stats::Keyed) has no bound.
///
/// # Examples
///
/// ```
/// use audience_core::{Elapsed, Timestamp};
/// use audience_realtime::{Numbering, Packet, StreamHealth, StreamSpec, Table, Track, Window};
///
/// let window = Window::new(Elapsed::from_secs(10), Elapsed::from_secs(1))?;
/// let mut streams = Table::<Box<str>, _>::new(1000, StreamHealth::new(StreamSpec::new(window, Numbering::Bits16)));
/// let packet = Packet { bytes: 1200, ..Packet::new(Timestamp::from_millis(500), Track::Video) };
/// assert!(streams.observe("cam-1", &packet));
/// assert_eq!(streams.get("cam-1").unwrap().summary_until(Timestamp::from_millis(1000)).video.bytes, 1200);
/// assert_eq!((streams.len(), streams.left_out()), (1, 0));
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "Form<K, A>",
        bound(
            serialize = "K: serde::Serialize, A: serde::Serialize",
            deserialize = "K: Ord + serde::Deserialize<'de>, A: audience_stats::Portable"
        )
    )
)]
pub struct Table<K, A> {
    prototype: A,
    most: usize,
    left_out: u64,
    /// How many items each has seen, and what is known of them.
    states: BTreeMap<K, (u64, A)>,
}

/// A table as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "K: Ord + serde::Deserialize<'de>, A: audience_stats::Portable"))]
struct Form<K, A> {
    prototype: A,
    most: usize,
    left_out: u64,
    states: BTreeMap<K, (u64, A)>,
}

#[cfg(feature = "serde")]
impl<K: Ord, A: audience_stats::Portable> TryFrom<Form<K, A>> for Table<K, A> {
    type Error = crate::Error;

    fn try_from(Form { prototype, most, left_out, states }: Form<K, A>) -> Result<Self, crate::Error> {
        let alike = states.values().all(|(_, state)| state.fingerprint() == prototype.fingerprint());
        if alike && states.len() <= most {
            Ok(Self { prototype, most, left_out, states })
        } else {
            Err(crate::Error::Inconsistent)
        }
    }
}

impl<K: Ord, A: Accumulator + Clone> Table<K, A> {
    /// No keys yet, and room for `most`; each will start as a clone of `prototype`, which must not have observed anything.
    pub const fn new(most: usize, prototype: A) -> Self {
        Self { prototype, most, left_out: 0, states: BTreeMap::new() }
    }

    /// Takes an item of this key in. Whether there was room.
    pub fn observe<Q: ?Sized + Ord>(&mut self, key: &Q, item: &A::Item) -> bool
    where
        K: Borrow<Q> + for<'q> From<&'q Q>,
    {
        if let Some((items, state)) = self.states.get_mut(key) {
            *items = items.saturating_add(1);
            state.observe(item);
            return true;
        }
        if self.states.len() >= self.most {
            self.left_out = self.left_out.saturating_add(1);
            return false;
        }
        let mut state = self.prototype.clone();
        state.observe(item);
        self.states.insert(K::from(key), (1, state));
        true
    }

    /// What is known of a key.
    pub fn get<Q: ?Sized + Ord>(&self, key: &Q) -> Option<&A>
    where
        K: Borrow<Q>,
    {
        self.states.get(key).map(|(_, state)| state)
    }

    /// Keys and what is known of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &A)> {
        self.states.iter().map(|(key, (_, state))| (key, state))
    }

    /// Leaves out the keys for which `stays` says no, for which it may change what is known of the others.
    pub fn retain(&mut self, mut stays: impl FnMut(&K, &mut A) -> bool) {
        self.states.retain(|key, (_, state)| stays(key, state));
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// How many items were of keys for which there was no room.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }
}

/// # Panics
///
/// When the tables have room for another number of keys, or their states do not merge, which is a bug in the program.
impl<K: Ord, A: Merge> Merge for Table<K, A> {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.most, other.most, "tables with room for other numbers of keys do not merge");
        self.left_out = self.left_out.saturating_add(other.left_out);
        for (key, (items, state)) in other.states {
            if let Some((own, known)) = self.states.get_mut(&key) {
                *own = own.saturating_add(items);
                known.merge(state);
            } else if self.states.len() < self.most {
                self.states.insert(key, (items, state));
            } else {
                self.left_out = self.left_out.saturating_add(items);
            }
        }
    }
}

#[cfg(feature = "serde")]
impl<K, A> audience_stats::Portable for Table<K, A>
where
    K: Ord + serde::Serialize + serde::de::DeserializeOwned,
    A: audience_stats::Portable,
{
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.table/1", &(self.prototype.fingerprint(), self.most as u64))
    }

    fn size_bytes(&self) -> usize {
        self.states.values().map(|(_, state)| size_of::<(K, u64, A)>() + state.size_bytes()).sum()
    }
}
