//! Registers, of which those that are set are kept one by one, or all side by side.

use std::cmp::Ordering;

/// How many registers are kept one by one at the most.
const MOST_APART: usize = 4096;

/// Registers of a sketch. Which of the two it is depends on how many are set, and so on what was seen alone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Registers {
    /// Those that are set, in order: the number of the register in the upper bits, its value in the lower six.
    Apart(Vec<u32>),
    /// All of them; 0 of one that is not set.
    All(Vec<u8>),
}

/// Bits of a value.
const VALUE_BITS: u32 = 6;

/// How many registers may be set for these to be kept one by one: so many that all side by side take no more room.
pub(super) fn most_apart(precision: u8) -> usize {
    ((1_usize << precision) / 4).min(MOST_APART)
}

/// The largest value: all bits of the hash that do not choose the register are 0.
#[cfg(feature = "serde")]
pub(super) const fn largest(precision: u8) -> u8 {
    65 - precision
}

pub(super) const fn pack(register: u32, value: u8) -> u32 {
    register << VALUE_BITS | value as u32
}

pub(super) const fn unpack(packed: u32) -> (u32, u8) {
    (packed >> VALUE_BITS, (packed & ((1 << VALUE_BITS) - 1)) as u8)
}

impl Default for Registers {
    fn default() -> Self {
        Self::Apart(Vec::new())
    }
}

impl Registers {
    /// Those that are set, in order, with their values.
    pub(super) fn set(&self) -> impl Iterator<Item = (u32, u8)> {
        let (apart, all) = match self {
            Self::Apart(apart) => (apart.as_slice(), [].as_slice()),
            Self::All(all) => ([].as_slice(), all.as_slice()),
        };
        let all = (0_u32..).zip(all).filter(|(_, value)| **value > 0).map(|(register, value)| (register, *value));
        apart.iter().map(|packed| unpack(*packed)).chain(all)
    }

    /// Gives a register at least this value.
    pub(super) fn raise(&mut self, precision: u8, register: u32, value: u8) {
        match self {
            Self::All(all) => {
                let known = &mut all[register as usize];
                *known = value.max(*known);
            }
            Self::Apart(apart) => {
                let at = apart.partition_point(|packed| unpack(*packed).0 < register);
                match apart.get_mut(at) {
                    Some(known) if unpack(*known).0 == register => *known = (*known).max(pack(register, value)),
                    _ => {
                        apart.insert(at, pack(register, value));
                        self.join(precision);
                    }
                }
            }
        }
    }

    /// Gives each register the larger of two values.
    pub(super) fn merge(&mut self, precision: u8, other: Self) {
        match (&mut *self, other) {
            (Self::Apart(_), other @ Self::All(_)) => {
                let mine = std::mem::replace(self, other);
                self.merge(precision, mine);
            }
            (Self::All(all), Self::All(others)) => {
                all.iter_mut().zip(others).for_each(|(known, value)| *known = value.max(*known));
            }
            (Self::All(all), Self::Apart(others)) => {
                for (register, value) in others.into_iter().map(unpack) {
                    let known = &mut all[register as usize];
                    *known = value.max(*known);
                }
            }
            (Self::Apart(apart), Self::Apart(others)) => {
                *apart = merged(apart, &others);
                self.join(precision);
            }
        }
    }

    /// Keeps all side by side where too many are set.
    fn join(&mut self, precision: u8) {
        if let Self::Apart(apart) = self
            && apart.len() > most_apart(precision)
        {
            let mut all = vec![0; 1 << precision];
            for (register, value) in apart.iter().map(|packed| unpack(*packed)) {
                all[register as usize] = value;
            }
            *self = Self::All(all);
        }
    }

    pub(super) fn size_bytes(&self) -> usize {
        match self {
            Self::Apart(apart) => apart.capacity() * size_of::<u32>(),
            Self::All(all) => all.capacity(),
        }
    }
}

/// Two lists in order as one, with the larger value of registers in both.
fn merged(one: &[u32], other: &[u32]) -> Vec<u32> {
    let mut merged = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one, other);
    while let ([mine, my_rest @ ..], [theirs, their_rest @ ..]) = (one, other) {
        match unpack(*mine).0.cmp(&unpack(*theirs).0) {
            Ordering::Less => {
                merged.push(*mine);
                one = my_rest;
            }
            Ordering::Greater => {
                merged.push(*theirs);
                other = their_rest;
            }
            Ordering::Equal => {
                merged.push(*mine.max(theirs));
                (one, other) = (my_rest, their_rest);
            }
        }
    }
    merged.extend_from_slice(one);
    merged.extend_from_slice(other);
    merged
}
