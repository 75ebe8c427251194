//! How sketches are written and read.

use super::DistinctSketch;
use super::registers::{Registers, largest, most_apart, unpack};
use crate::error::Error;

/// Registers one by one, or all: one of the two lists is empty, and which depends on how many are set.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Form {
    precision: u8,
    apart: Vec<u32>,
    all: Vec<u8>,
}

impl From<DistinctSketch> for Form {
    fn from(sketch: DistinctSketch) -> Self {
        let (apart, all) = match sketch.registers {
            Registers::Apart(apart) => (apart, Vec::new()),
            Registers::All(all) => (Vec::new(), all),
        };
        Self { precision: sketch.precision, apart, all }
    }
}

impl TryFrom<Form> for DistinctSketch {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let Form { precision, apart, all } = form;
        let empty = Self::new(precision)?;
        let (registers, most) = (1_usize << precision, most_apart(precision));
        let largest = largest(precision);
        if all.is_empty() {
            let each = |packed: &u32| {
                let (register, value) = unpack(*packed);
                (register as usize) < registers && (1..=largest).contains(&value)
            };
            let ordered = apart.is_sorted_by(|a, b| unpack(*a).0 < unpack(*b).0);
            if apart.len() <= most && ordered && apart.iter().all(each) {
                return Ok(Self { registers: Registers::Apart(apart), ..empty });
            }
        } else if apart.is_empty() {
            let set = all.iter().filter(|value| **value > 0).count();
            if all.len() == registers && set > most && all.iter().all(|value| *value <= largest) {
                return Ok(Self { registers: Registers::All(all), ..empty });
            }
        }
        Err(Error::Inconsistent)
    }
}
