//! What is kept of one bucket of one window.

use audience_core::{Activity, Bitrate, Doing, Merge};
use audience_stats::DistinctSketch;
use smallvec::SmallVec;

use crate::multiset::Multiset;

/// A number of players or viewers that rises and falls.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Level {
    /// Different viewers who are there.
    Viewers,
    Playing,
    Starting,
    SeekWaiting,
    Stalled,
    Paused,
    InAds,
}

/// How many levels there are.
pub(crate) const LEVELS: usize = 7;

impl Level {
    /// The level of players who do this.
    pub(crate) const fn of(doing: Doing) -> Self {
        match doing.activity {
            Activity::Playing => Self::Playing,
            Activity::SeekWait => Self::SeekWaiting,
            Activity::Stall => Self::Stalled,
            Activity::Paused => Self::Paused,
            Activity::Ad | Activity::AdWait => Self::InAds,
            // The others are not told of.
            Activity::StartUp | Activity::Idle | Activity::Ended | Activity::Failed => Self::Starting,
        }
    }
}

/// Something that happens so often.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Count {
    Events,
    Joins,
    Leaves,
    Starts,
    Stalls,
    Seeks,
    QualityChanges,
    Errors,
    Failures,
}

/// How many counts there are.
pub(crate) const COUNTS: usize = 9;

/// What changed in one bucket, and what happened in it. All of it may be taken back.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Cell {
    /// Of each level, by how much it is higher at the end of the bucket than at its start.
    pub(crate) steps: [i64; LEVELS],
    /// Of each level, the time in milliseconds spent in the bucket by those who came in it, less that of those who left.
    pub(crate) areas: [i64; LEVELS],
    pub(crate) counts: [i64; COUNTS],
    /// The same as of levels, of those who play at each bit rate.
    pub(crate) rates: Rates,
    /// Start-up times in milliseconds.
    pub(crate) startups: Multiset,
    /// Viewers of whom there is an event.
    pub(crate) viewers: Option<Box<DistinctSketch>>,
}

/// Steps and areas by bit rate, in order.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Rates(pub(crate) SmallVec<[(Bitrate, i64, i64); 4]>);

impl Rates {
    #[inline]
    pub(crate) fn add(&mut self, bitrate: Bitrate, step: i64, area: i64) {
        // All of them, as they are few, and which one it is cannot be guessed.
        let mut found = None;
        for (at, (other, ..)) in self.0.iter().enumerate() {
            if *other == bitrate {
                found = Some(at);
            }
        }
        if let Some(at) = found {
            let (_, steps, areas) = &mut self.0[at];
            add(steps, step);
            add(areas, area);
            if *steps == 0 && *areas == 0 {
                self.0.remove(at);
            }
        } else {
            let at = self.0.partition_point(|(other, ..)| *other < bitrate);
            self.0.insert(at, (bitrate, step, area));
        }
    }
}

impl Cell {
    /// From some time on, `left` milliseconds before the bucket ends, the level is higher by `by`.
    #[inline]
    pub(crate) fn step(&mut self, level: Level, by: i64, left: i64) {
        add(&mut self.steps[level as usize], by);
        add(&mut self.areas[level as usize], by * left);
    }

    #[inline]
    pub(crate) fn count(&mut self, count: Count, times: i64) {
        add(&mut self.counts[count as usize], times);
    }
}

/// Adds to a number, which stays at the largest there is.
#[inline]
pub(crate) fn add(number: &mut i64, by: i64) {
    *number = number.saturating_add(by);
}

#[cfg(feature = "serde")]
impl Rates {
    pub(crate) fn is_whole(&self) -> bool {
        self.0.is_sorted_by(|a, b| a.0 < b.0)
    }
}

#[cfg(feature = "serde")]
impl Cell {
    /// Whether it can have come of steps.
    pub(crate) fn is_whole(&self, precision: u8) -> bool {
        let viewers = self.viewers.as_ref().is_none_or(|viewers| viewers.precision() == precision);
        viewers && self.rates.is_whole() && self.startups.is_whole()
    }
}

impl Cell {
    /// Bytes held, about.
    pub(crate) fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.viewers.as_ref().map_or(0, |viewers| viewers.size_bytes())
    }
}

impl Merge for Cell {
    fn merge(&mut self, other: Self) {
        let sums = [(&mut self.steps, other.steps), (&mut self.areas, other.areas)];
        for (mine, theirs) in sums {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| add(mine, theirs));
        }
        self.counts.iter_mut().zip(other.counts).for_each(|(mine, theirs)| add(mine, theirs));
        for (bitrate, step, area) in other.rates.0 {
            self.rates.add(bitrate, step, area);
        }
        self.startups.merge(&other.startups);
        match (&mut self.viewers, other.viewers) {
            (Some(mine), Some(theirs)) => mine.merge(*theirs),
            (mine @ None, theirs) => *mine = theirs,
            (Some(_), None) => {}
        }
    }
}
