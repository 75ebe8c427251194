//! How content was played: in which order, in which rendition, how far behind the live edge.

use super::SessionFacts;
use crate::event::Rendition;
use crate::time::{Elapsed, MediaTime};

/// Content played in one go.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stretch {
    /// Its first position.
    pub start: MediaTime,
    /// The position after its last.
    pub end: MediaTime,
}

impl Stretch {
    /// The same, with those put together that go on where the one before ends.
    pub(crate) fn joined(stretches: impl Iterator<Item = Self>) -> Vec<Self> {
        let mut joined: Vec<Self> = Vec::new();
        for stretch in stretches {
            match joined.last_mut() {
                Some(last) if last.end == stretch.start => last.end = stretch.end,
                _ => joined.push(stretch),
            }
        }
        joined
    }

    /// How much content it is.
    pub fn length(&self) -> MediaTime {
        self.end.saturating_sub(self.start)
    }
}

/// Content played in one rendition.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RenditionTime {
    /// The rendition.
    pub rendition: Rendition,
    /// How much was played in it, every pass counted.
    pub played: MediaTime,
}

impl RenditionTime {
    /// Adds to a list of different renditions, as long as there is room in it.
    pub(crate) fn add(list: &mut Vec<Self>, rendition: Rendition, played: MediaTime) {
        if let Some(known) = list.iter_mut().find(|known| known.rendition == rendition) {
            known.played = known.played.saturating_add(played);
        } else if list.len() < SessionFacts::MAX_RENDITIONS {
            list.push(Self { rendition, played });
        }
    }
}

/// How far behind the live edge a session was played. A reported latency holds, while frames move, until the next one.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LiveLatency {
    /// The sum over the time frames moved of the latency then, in square milliseconds.
    pub square_ms: u128,
    /// How long frames moved while the latency was known.
    pub over: Elapsed,
    /// The largest reported.
    pub most: Elapsed,
}

impl LiveLatency {
    /// The average latency over the time frames moved; `None` when they never did while it was known.
    pub fn average(&self) -> Option<Elapsed> {
        let average = self.square_ms.checked_div(u128::from(self.over.as_millis()))?;
        Some(Elapsed::from_millis(u64::try_from(average).unwrap_or(u64::MAX)))
    }

    /// The latency was `latency` while frames moved for `over`.
    pub(crate) fn add(&mut self, latency: Elapsed, over: Elapsed) {
        let product = u128::from(latency.as_millis()) * u128::from(over.as_millis());
        self.square_ms = self.square_ms.saturating_add(product);
        self.over = self.over.saturating_add(over);
        self.most = self.most.max(latency);
    }
}
