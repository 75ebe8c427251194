//! Sums for each combination of values.

use std::collections::HashMap;
use std::sync::Arc;

use audience_stats::{GroupedSums, Merge, RandomGroups};
use foldhash::fast::RandomState;
use smallvec::SmallVec;

use super::slice::SliceValue;

/// Sessions, stalled and playing milliseconds by random group of viewers, for each combination of values that was seen.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    groups: RandomGroups,
    values: Vec<Values>,
    sums: HashMap<Key, GroupedSums<3>, RandomState>,
}

/// The numbers of the values of a cell. As many dimensions as there mostly are take no memory of their own.
type Key = SmallVec<[u32; 4]>;

/// Values of a dimension by number, from 1; 0 is nothing.
#[derive(Clone, Debug, Default)]
struct Values {
    numbers: HashMap<Arc<str>, u32, RandomState>,
}

/// Cells in an order that does not depend on how they came about: by the values, in the order of the dimensions.
#[derive(Debug)]
pub(super) struct Ordered<'a> {
    /// The values of each dimension in order; that of number n is the nth, from 1.
    pub(super) values: Vec<Vec<Arc<str>>>,
    /// The numbers of the values of each cell, and its sums.
    pub(super) cells: Vec<(Vec<u32>, &'a GroupedSums<3>)>,
}

impl Cells {
    pub(super) fn new(dimensions: usize, groups: RandomGroups) -> Self {
        Self { groups, values: vec![Values::default(); dimensions], sums: HashMap::default() }
    }

    #[cfg(feature = "serde")]
    pub(super) fn groups(&self) -> RandomGroups {
        self.groups
    }

    /// Adds amounts of a unit to the cell of these values, one for each dimension.
    pub(super) fn add<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>, unit: &str, amounts: [u64; 3]) {
        let key: Key = self.values.iter_mut().zip(values).map(|(known, value)| known.number(value)).collect();
        let group = self.groups.group_of(unit);
        if let Some(sums) = self.sums.get_mut(&key) {
            return sums.add(group, amounts);
        }
        let mut sums = GroupedSums::new(self.groups);
        sums.add(group, amounts);
        self.sums.insert(key, sums);
    }

    pub(super) fn ordered(&self) -> Ordered<'_> {
        let mut values = Vec::new();
        let mut ranks = Vec::new();
        for known in &self.values {
            let mut texts: Vec<(&Arc<str>, u32)> = known.numbers.iter().map(|(text, number)| (text, *number)).collect();
            texts.sort_unstable();
            let mut rank = vec![0; texts.len() + 1];
            for (place, (_, number)) in (1..).zip(&texts) {
                rank[*number as usize] = place;
            }
            values.push(texts.into_iter().map(|(text, _)| text.clone()).collect());
            ranks.push(rank);
        }
        let renumbered = |key: &[u32]| ranks.iter().zip(key).map(|(rank, number)| rank[*number as usize]).collect();
        let mut cells: Vec<(Vec<u32>, _)> = self.sums.iter().map(|(key, sums)| (renumbered(key), sums)).collect();
        cells.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ordered { values, cells }
    }

    #[cfg(feature = "serde")]
    pub(super) fn size_bytes(&self) -> usize {
        let values: usize = self.values.iter().map(Values::size_bytes).sum();
        let key = size_of::<Key>() + size_of::<GroupedSums<3>>();
        values + self.sums.capacity() * key + self.sums.values().map(GroupedSums::size_bytes).sum::<usize>()
    }
}

impl Merge for Cells {
    fn merge(&mut self, other: Self) {
        let numbers: Vec<Vec<u32>> =
            self.values.iter_mut().zip(other.values).map(|(known, other)| known.numbers_of(other)).collect();
        for (mut key, sums) in other.sums {
            for (number, numbers) in key.iter_mut().zip(&numbers) {
                *number = numbers[*number as usize];
            }
            self.sums.entry(key).or_insert_with(|| GroupedSums::new(self.groups)).merge(sums);
        }
    }
}

impl Values {
    fn number(&mut self, value: Option<&str>) -> u32 {
        let Some(text) = value else { return 0 };
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.insert(text.into())
    }

    fn insert(&mut self, text: Arc<str>) -> u32 {
        let next = self.numbers.len() as u32 + 1;
        *self.numbers.entry(text).or_insert(next)
    }

    /// The numbers here of the values there, by their numbers there.
    fn numbers_of(&mut self, other: Self) -> Vec<u32> {
        let mut numbers = vec![0; other.numbers.len() + 1];
        for (text, number) in other.numbers {
            numbers[number as usize] = self.insert(text);
        }
        numbers
    }

    #[cfg(feature = "serde")]
    fn size_bytes(&self) -> usize {
        self.numbers.capacity() * size_of::<(Arc<str>, u32)>()
            + self.numbers.keys().map(|text| text.len()).sum::<usize>()
    }
}

impl Ordered<'_> {
    /// The value of a dimension that has this number.
    pub(super) fn value(&self, dimension: usize, number: u32) -> SliceValue {
        let named = |place: usize| SliceValue::Named(self.values[dimension][place].clone());
        (number as usize).checked_sub(1).map_or(SliceValue::Missing, named)
    }
}

/// How cells are written: in order, so that the same sessions give the same bytes.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Form {
    groups: RandomGroups,
    values: Vec<Vec<Arc<str>>>,
    cells: Vec<(Vec<u32>, GroupedSums<3>)>,
}

#[cfg(feature = "serde")]
impl From<&Cells> for Form {
    fn from(cells: &Cells) -> Self {
        let Ordered { values, cells: ordered } = cells.ordered();
        Self {
            groups: cells.groups,
            values,
            cells: ordered.into_iter().map(|(key, sums)| (key, sums.clone())).collect(),
        }
    }
}

#[cfg(feature = "serde")]
impl Cells {
    /// What was written, for so many dimensions.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownCell`](crate::Error::UnknownCell) when a cell has other values than these dimensions.
    pub(super) fn of(form: Form, dimensions: usize) -> Result<Self, crate::Error> {
        let mut state = Self::new(dimensions, form.groups);
        let mut numbers: Vec<Vec<u32>> = Vec::new();
        for (known, texts) in state.values.iter_mut().zip(form.values) {
            numbers.push([0].into_iter().chain(texts.into_iter().map(|text| known.insert(text))).collect());
        }
        for (key, sums) in form.cells {
            let number = |(numbers, place): (&Vec<u32>, &u32)| numbers.get(*place as usize).copied();
            let known: Option<Key> = numbers.iter().zip(&key).map(number).collect();
            let known = known.filter(|known| known.len() == dimensions && key.len() == dimensions);
            let Some(known) = known.filter(|_| sums.groups() == form.groups) else {
                return Err(crate::Error::UnknownCell { key });
            };
            state.sums.entry(known).or_insert_with(|| GroupedSums::new(form.groups)).merge(sums);
        }
        Ok(state)
    }
}
