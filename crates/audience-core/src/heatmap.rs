//! Which parts of a title get attention.

mod sampled;
#[cfg(feature = "serde")]
mod written;

pub use sampled::{Algorithm, HeatmapSample, SampledHeatmap, sampled_heatmap};

use std::collections::BTreeMap;

use audience_stats::{Accumulator, Merge, RangeCounts};

use crate::error::Error;
use crate::facts::SessionFacts;
use crate::map::PlaybackMap;
use crate::ratio::Ratio;
use crate::time::MediaTime;

/// The attention heatmap of one title: in each bucket of content, how many sessions watched any part of it, and how
/// much of it was watched, exactly.
///
/// Observing a session takes time in proportion to its runs, not to the length of the content. A heatmap has at most
/// [`MAX_BUCKETS`](Self::MAX_BUCKETS) buckets: for longer content (27 hours at 5 s) the width is doubled until they
/// fit. Sessions that disagree so much about the duration that they need different widths are kept apart, and the
/// summary is of the width that most sessions have.
///
/// # Examples
///
/// ```
/// use audience_core::{
///     Accumulator, AttentionHeatmap, Event, EventKind, MediaTime, Rules, Session, Timestamp,
/// };
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let session = Session::new("s1", "clip", [
///     Event::new(at(0), EventKind::load_of(secs(20))),
///     Event::new(at(0), EventKind::Play).at(secs(0)),
///     Event::new(at(12), EventKind::Pause).at(secs(12)),
/// ]);
///
/// let mut heatmap = AttentionHeatmap::new(secs(5))?;
/// heatmap.observe(&session.facts(&Rules::default(), None));
/// let summary = heatmap.summary();
/// let watched: Vec<u64> = summary.buckets.iter().map(|bucket| bucket.watched_ms).collect();
/// assert_eq!(watched, [5000, 5000, 2000, 0]);
/// # Ok::<(), audience_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "written::Heatmap"))]
pub struct AttentionHeatmap {
    width: MediaTime,
    /// With buckets of that width.
    plain: Layout,
    /// With wider ones, by how often the width was doubled.
    wide: BTreeMap<u32, Layout>,
    /// Live sessions.
    live: u64,
}

#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Layout {
    sessions: u64,
    /// The longest duration reported or position watched, in milliseconds.
    length: u64,
    watching: RangeCounts,
    watched_ms: RangeCounts,
    replayed_ms: RangeCounts,
}

/// What an [`AttentionHeatmap`] has seen.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HeatmapSummary {
    /// The width of a bucket.
    pub width: MediaTime,
    /// The buckets in order, from the start of the content to the longest duration reported or position watched.
    pub buckets: Vec<HeatBucket>,
    /// Sessions observed, whether they watched anything or not, live ones aside.
    pub sessions: u64,
    /// Sessions not in the buckets, because their duration asks for another width.
    pub sessions_elsewhere: u64,
    /// Sessions of live streams: not in the buckets, because positions in them have no common start.
    pub live: u64,
}

/// One bucket of content.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HeatBucket {
    /// Sessions that watched any part of it.
    pub sessions: u64,
    /// Content watched in it, each pass of each session counted, in milliseconds.
    pub watched_ms: u64,
    /// The part of [`watched_ms`](Self::watched_ms) beyond each session's first pass.
    pub replayed_ms: u64,
    /// How much was watched per millisecond of the bucket, as a share of the bucket with most; 0 when nothing was watched.
    /// The last bucket of a title is mostly shorter than the others, and no less intense for that.
    pub intensity: Ratio,
}

impl AttentionHeatmap {
    /// The most buckets a heatmap has.
    pub const MAX_BUCKETS: u32 = 20_000;

    /// A heatmap with buckets of this `width`.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroWidth`].
    pub fn new(width: MediaTime) -> Result<Self, Error> {
        if width.is_zero() {
            Err(Error::ZeroWidth)
        } else {
            Ok(Self { width, plain: Layout::default(), wide: BTreeMap::new(), live: 0 })
        }
    }

    /// Takes in what one session played of content of a `duration`, if that is known.
    pub fn observe_map(&mut self, map: &PlaybackMap, duration: Option<MediaTime>) {
        let length = duration.unwrap_or_default().max(map.furthest().unwrap_or_default());
        let doublings = self.doublings(length);
        let width = self.width.as_millis().saturating_mul(1 << doublings);
        let layout = if doublings == 0 { &mut self.plain } else { self.wide.entry(doublings).or_default() };
        layout.observe(map, length.as_millis(), width);
    }

    /// How often the width must be doubled for content of this length.
    fn doublings(&self, length: MediaTime) -> u32 {
        let mut doublings = 0;
        let mut reach = self.width.as_millis().saturating_mul(u64::from(Self::MAX_BUCKETS));
        while reach < length.as_millis() {
            reach = reach.saturating_mul(2);
            doublings += 1;
        }
        doublings
    }
}

impl Layout {
    fn observe(&mut self, map: &PlaybackMap, length: u64, width: u64) {
        self.sessions += 1;
        self.length = self.length.max(length);
        let mut counted_to = 0;
        for stretch in map.runs().chunk_by(|a, b| a.end == b.start) {
            let first = Place::of(stretch[0].start, width);
            let (mut place, mut plays) = (first, 0);
            for run in stretch {
                self.change_plays(place, width, plays, run.plays);
                place = Place::of(run.end, width);
                plays = run.plays;
            }
            self.change_plays(place, width, plays, 0);
            // In each bucket of the stretch the session watched something; in the first it may be counted already.
            let end = place.bucket + u32::from(place.rest > 0);
            self.watching.add(first.bucket.max(counted_to), end, 1);
            counted_to = end;
        }
    }

    /// The buckets of this width, up to the length.
    fn buckets(&self, width: u64) -> Vec<HeatBucket> {
        let count = self.length.div_ceil(width) as usize;
        let (watching, watched) = (self.watching.values(count), self.watched_ms.values(count));
        let density = |bucket: usize| {
            let length = width.min(self.length - bucket as u64 * width);
            watched[bucket] as f64 / length as f64
        };
        let peak = (0..count).map(density).fold(0.0, f64::max);
        let intensity =
            |bucket| if peak > 0.0 { Ratio::new(density(bucket) / peak).unwrap_or_default() } else { Ratio::ZERO };
        let replayed = self.replayed_ms.values(count);
        let bucket = |bucket: usize| HeatBucket {
            sessions: watching[bucket] as u64,
            watched_ms: watched[bucket] as u64,
            replayed_ms: replayed[bucket] as u64,
            intensity: intensity(bucket),
        };
        (0..count).map(bucket).collect()
    }

    /// From `place` on, content is played `after` times instead of `before`.
    fn change_plays(&mut self, place: Place, width: u64, before: u32, after: u32) {
        step(&mut self.watched_ms, place, width, i64::from(after) - i64::from(before));
        let again = |plays: u32| i64::from(plays.saturating_sub(1));
        if before > 1 || after > 1 {
            step(&mut self.replayed_ms, place, width, again(after) - again(before));
        }
    }
}

/// Adds `times` a full bucket to every bucket after `place`, and of the bucket it is in what lies after it. Sums wrap like
/// those of [`RangeCounts`].
fn step(counts: &mut RangeCounts, place: Place, width: u64, times: i64) {
    let part = times.wrapping_mul(place.rest as i64);
    counts.change(place.bucket, times.wrapping_mul(width as i64).wrapping_sub(part));
    if part != 0 {
        counts.change(place.bucket + 1, part);
    }
}

/// A position as a bucket and what is left.
#[derive(Clone, Copy, Debug)]
struct Place {
    bucket: u32,
    rest: u64,
}

impl Place {
    fn of(position: MediaTime, width: u64) -> Self {
        let millis = position.as_millis();
        // Most positions and widths fit in 32 bits, where dividing is quicker.
        if let (Ok(millis), Ok(width)) = (u32::try_from(millis), u32::try_from(width)) {
            return Self { bucket: millis / width, rest: u64::from(millis % width) };
        }
        Self { bucket: (millis / width) as u32, rest: millis % width }
    }
}

impl Merge for AttentionHeatmap {
    /// # Panics
    ///
    /// When the two heatmaps differ in width.
    fn merge(&mut self, other: Self) {
        assert!(self.width == other.width, "heatmaps of {} and {} do not merge", self.width, other.width);
        self.plain.merge(other.plain);
        Merge::merge(&mut self.wide, other.wide);
        self.live.merge(other.live);
    }
}

impl Merge for Layout {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.length = self.length.max(other.length);
        self.watching.merge(other.watching);
        self.watched_ms.merge(other.watched_ms);
        self.replayed_ms.merge(other.replayed_ms);
    }
}

impl Accumulator for AttentionHeatmap {
    type Item = SessionFacts;
    type Summary = HeatmapSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        if facts.is_live {
            self.live.merge(1);
        } else {
            self.observe_map(&facts.map, facts.duration);
        }
    }

    fn summary(&self) -> HeatmapSummary {
        let wide = self.wide.iter().map(|(doublings, layout)| (*doublings, layout));
        let layouts = || std::iter::once((0, &self.plain)).chain(wide.clone());
        let sessions = layouts().fold(0, |sum: u64, (_, layout)| sum.saturating_add(layout.sessions));
        // Of layouts with as many sessions, the finest.
        let (doublings, layout) = layouts()
            .reduce(|best, next| if next.1.sessions > best.1.sessions { next } else { best })
            .unwrap_or((0, &self.plain));
        let width = self.width.saturating_mul(1 << doublings);
        HeatmapSummary {
            width,
            buckets: layout.buckets(width.as_millis()),
            sessions,
            sessions_elsewhere: sessions - layout.sessions,
            live: self.live,
        }
    }
}
