//! Heatmaps of a sample of sessions, in bounded memory.

use audience_stats::sample::{BottomK, algorithm_l, algorithm_r};
use audience_stats::{Accumulator, Merge};

use super::{AttentionHeatmap, HeatmapSummary};
use crate::error::Error;
use crate::facts::SessionFacts;
use crate::map::PlaybackMap;
use crate::rules::Rules;
use crate::session::Session;
use crate::time::MediaTime;

/// How to draw a sample from an iterator.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Algorithm {
    /// Vitter's Algorithm R: a random number for each session.
    R,
    /// Li's Algorithm L: random numbers for the sessions that enter the sample only.
    #[default]
    L,
}

/// The heatmap of a sample.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SampledHeatmap {
    /// The heatmap of the sampled sessions; its counts are the sample's.
    pub heatmap: HeatmapSummary,
    /// How many sessions were sampled.
    pub sampled: u64,
    /// How many there were.
    pub seen: u64,
}

/// The heatmap of `size` sessions drawn at random from `sessions`, which are taken one by one and dropped: memory is
/// that of `size` sessions, however many there are. The same sessions in the same order with the same `seed` give the
/// same heatmap.
///
/// All sessions are taken to be of one title. For parts of the data that are sampled apart and then put together,
/// see [`HeatmapSample`].
///
/// # Errors
///
/// [`Error::EmptyReservoir`] when `size` is 0, [`Error::ZeroWidth`] when `width` is.
///
/// # Examples
///
/// ```
/// use audience_core::{Algorithm, Event, EventKind, MediaTime, Rules, Session, Timestamp, sampled_heatmap};
///
/// let sessions = (0..10_000).map(|n| {
///     let event = |secs: i64, kind| {
///         Event::new(Timestamp::from_millis(secs * 1000), kind).at(MediaTime::from_secs(secs as u64))
///     };
///     Session::new(format!("s{n}"), "clip", [event(0, EventKind::Play), event(10, EventKind::Pause)])
/// });
/// let sampled = sampled_heatmap(sessions, MediaTime::from_secs(5), 100, Algorithm::L, 42, &Rules::default())?;
/// assert_eq!((sampled.seen, sampled.sampled), (10_000, 100));
/// assert_eq!(sampled.heatmap.buckets[1].sessions, 100);
/// # Ok::<(), audience_core::Error>(())
/// ```
pub fn sampled_heatmap(
    sessions: impl IntoIterator<Item = Session>,
    width: MediaTime,
    size: usize,
    algorithm: Algorithm,
    seed: u64,
    rules: &Rules,
) -> Result<SampledHeatmap, Error> {
    let mut heatmap = AttentionHeatmap::new(width)?;
    let drawn = match algorithm {
        Algorithm::R => algorithm_r(sessions, size, seed),
        Algorithm::L => algorithm_l(sessions, size, seed),
    };
    // The samplers refuse nothing but a size of 0.
    let drawn = drawn.map_err(|_| Error::EmptyReservoir)?;
    for session in &drawn.items {
        heatmap.observe(&session.facts(rules, None));
    }
    Ok(SampledHeatmap { heatmap: heatmap.summary(), sampled: drawn.items.len() as u64, seen: drawn.seen })
}

/// A sampled heatmap that can be merged: keeps the maps of the sessions with the smallest seeded hashes of their ids, so
/// that the sample depends on the sessions and the seed alone, not on their order or how they were split.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HeatmapSample {
    #[cfg_attr(feature = "serde", serde(deserialize_with = "width"))]
    pub(super) width: MediaTime,
    seen: u64,
    live: u64,
    pub(super) sample: BottomK<(PlaybackMap, Option<MediaTime>)>,
}

impl HeatmapSample {
    /// An empty sample of up to `size` sessions, for buckets of `width`.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyReservoir`] when `size` is 0, [`Error::ZeroWidth`] when `width` is.
    pub fn new(width: MediaTime, size: usize, seed: u64) -> Result<Self, Error> {
        AttentionHeatmap::new(width)?;
        let sample = BottomK::new(size, seed).map_err(|_| Error::EmptyReservoir)?;
        Ok(Self { width, seen: 0, live: 0, sample })
    }
}

impl Merge for HeatmapSample {
    /// # Panics
    ///
    /// When the two samples differ in width, size or seed.
    fn merge(&mut self, other: Self) {
        assert!(self.width == other.width, "heatmaps of {} and {} do not merge", self.width, other.width);
        self.seen.merge(other.seen);
        self.live.merge(other.live);
        self.sample.merge(other.sample);
    }
}

impl Accumulator for HeatmapSample {
    type Item = SessionFacts;
    type Summary = SampledHeatmap;

    fn observe(&mut self, facts: &SessionFacts) {
        self.seen.merge(1);
        if facts.is_live {
            self.live.merge(1);
            return;
        }
        self.sample.offer(facts.identity.session_id.as_str(), || (facts.map.clone(), facts.duration));
    }

    fn summary(&self) -> SampledHeatmap {
        let mut heatmap = AttentionHeatmap::new(self.width).expect("checked when the sample was made");
        for (_, (map, duration)) in self.sample.items() {
            heatmap.observe_map(map, *duration);
        }
        let heatmap = HeatmapSummary { live: self.live, ..heatmap.summary() };
        SampledHeatmap { heatmap, sampled: self.sample.len() as u64, seen: self.seen }
    }
}

/// A width is not zero.
#[cfg(feature = "serde")]
fn width<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<MediaTime, D::Error> {
    let width = serde::Deserialize::deserialize(deserializer)?;
    AttentionHeatmap::new(width).map(|heatmap| heatmap.width).map_err(serde::de::Error::custom)
}
