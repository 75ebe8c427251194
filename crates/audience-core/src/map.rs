//! Which parts of the content were played, and how often.

use audience_stats::Merge;
use smallvec::SmallVec;

use crate::ratio::Ratio;
use crate::time::MediaTime;

/// Which parts of the content were played, and how often: sorted disjoint runs in exact milliseconds.
///
/// Takes memory in proportion to the number of runs, whatever the length of the content; a position from a broken
/// player costs nothing.
///
/// # Examples
///
/// ```
/// use audience_core::{MediaTime, PlaybackMap};
///
/// let secs = MediaTime::from_secs;
/// let mut map = PlaybackMap::new();
/// map.mark(secs(0), secs(60));
/// map.mark(secs(50), secs(80)); // ten seconds again, then on
///
/// assert_eq!(map.unique(), secs(80));
/// assert_eq!(map.total(), secs(90));
/// assert_eq!(map.replayed(), secs(10));
/// assert_eq!(map.plays_at(secs(55)), 2);
/// assert_eq!(map.coverage(secs(100)).unwrap().as_f64(), 0.8);
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<Run>", into = "Vec<Run>"))]
pub struct PlaybackMap {
    /// Sorted, disjoint, none empty, none played 0 times; neighbours that touch differ in plays.
    runs: Vec<Run>,
}

/// A stretch of content that was played the same number of times throughout.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Run {
    /// Its first position.
    pub start: MediaTime,
    /// The position after its last.
    pub end: MediaTime,
    /// How often it was played.
    pub plays: u32,
}

impl Run {
    fn once((start, end): (MediaTime, MediaTime)) -> Self {
        Self { start, end, plays: 1 }
    }

    /// How much content it is.
    pub fn length(&self) -> MediaTime {
        self.end.saturating_sub(self.start)
    }
}

impl PlaybackMap {
    /// Nothing played.
    pub const fn new() -> Self {
        Self { runs: Vec::new() }
    }

    /// What is played by playing each of `intervals` (start, end) once. Empty and backward intervals are nothing.
    /// Takes time O(n log n).
    pub fn from_intervals(intervals: impl IntoIterator<Item = (MediaTime, MediaTime)>) -> Self {
        let intervals = intervals.into_iter();
        let mut runs: Vec<Run> = Vec::with_capacity(intervals.size_hint().0.min(FEW));
        let mut intervals = intervals.filter(|(start, end)| start < end);
        let mut may_touch = false;
        while let Some((start, end)) = intervals.next() {
            match runs.last_mut() {
                // On from where it was.
                Some(last) if last.end == start && last.plays == 1 => last.end = end,
                // Back a little, and on past where it was.
                Some(last) if last.start < start && start < last.end && last.end < end => {
                    let again = Run { start, plays: last.plays.saturating_add(1), ..*last };
                    last.end = start;
                    runs.extend([again, Run::once((again.end, end))]);
                }
                Some(last) if start < last.end => {
                    if runs.len() >= FEW {
                        runs.extend([(start, end)].into_iter().chain(intervals).map(Run::once));
                        return Self { runs: overlay_runs(&runs) };
                    }
                    lay(&mut runs, start, end);
                    may_touch = true;
                }
                _ => runs.push(Run::once((start, end))),
            }
        }
        if may_touch {
            join(&mut runs);
        }
        Self { runs }
    }

    /// Plays `[start, end)` once more; nothing when `start >= end`.
    pub fn mark(&mut self, start: MediaTime, end: MediaTime) {
        if start < end {
            self.add(Run { start, end, plays: 1 });
        }
    }

    fn add(&mut self, run: Run) {
        let appends = self.runs.last().is_none_or(|last| last.end < run.start);
        self.runs.push(run);
        if !appends {
            self.runs = overlay_runs(&self.runs);
        }
    }

    /// The runs in order.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The stretches that were played at all, in order, as (start, end): runs that touch are one.
    pub fn covered(&self) -> impl Iterator<Item = (MediaTime, MediaTime)> + Clone + '_ {
        self.runs.chunk_by(|a, b| a.end == b.start).map(|touching| {
            let (first, last) = (touching[0], touching[touching.len() - 1]);
            (first.start, last.end)
        })
    }

    /// How much content was played, each part counted once.
    pub fn unique(&self) -> MediaTime {
        // Disjoint runs are no longer than all the time there is.
        MediaTime::from_millis(self.runs.iter().map(|run| run.end.as_millis() - run.start.as_millis()).sum())
    }

    /// How much content was played, each pass counted.
    pub fn total(&self) -> MediaTime {
        let played = |run: &Run| run.length().as_millis().saturating_mul(u64::from(run.plays));
        MediaTime::from_millis(self.runs.iter().map(played).fold(0, u64::saturating_add))
    }

    /// How much content was played beyond its first pass.
    pub fn replayed(&self) -> MediaTime {
        self.total().saturating_sub(self.unique())
    }

    /// How often the millisecond at `position` was played.
    pub fn plays_at(&self, position: MediaTime) -> u32 {
        let next = self.runs.partition_point(|run| run.start <= position);
        match next.checked_sub(1).map(|at| self.runs[at]) {
            Some(run) if position < run.end => run.plays,
            _ => 0,
        }
    }

    /// The share of content of this `duration` that was played; `None` when the duration is zero.
    pub fn coverage(&self, duration: MediaTime) -> Option<Ratio> {
        Ratio::of(self.unique().as_millis(), duration.as_millis())
    }

    /// The position after the last one played.
    pub fn furthest(&self) -> Option<MediaTime> {
        self.runs.last().map(|run| run.end)
    }

    /// Whether nothing was played.
    pub fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// The view of earlier systems: whether any part of a second of content was played. Nothing is allocated.
    pub fn seconds(&self) -> Seconds<'_> {
        Seconds { map: self }
    }
}

/// Playing everything that was played in either.
impl Merge for PlaybackMap {
    fn merge(&mut self, other: Self) {
        match (self.runs.last(), other.runs.first()) {
            (_, None) => {}
            (None, _) => self.runs = other.runs,
            (Some(last), Some(first)) => {
                let appends = last.end < first.start;
                self.runs.extend(other.runs);
                if !appends {
                    self.runs = overlay_runs(&self.runs);
                }
            }
        }
    }
}

/// So many runs are laid over each other one by one; of more, all at once.
const FEW: usize = 32;

/// Plays `[start, end)` once more on sorted disjoint runs, which stay so.
fn lay(runs: &mut Vec<Run>, mut start: MediaTime, end: MediaTime) {
    let mut at = runs.len() - runs.iter().rev().take_while(|run| run.end > start).count();
    while start < end {
        let Some(run) = runs.get_mut(at).filter(|run| run.start < end) else {
            runs.insert(at, Run::once((start, end)));
            return;
        };
        let before = Run { end: start.max(run.start), ..*run };
        if start < run.start {
            // What was not played before.
            let new = Run::once((start, run.start));
            start = run.start;
            runs.insert(at, new);
        } else if before.start < before.end {
            run.start = start;
            runs.insert(at, before);
        } else {
            let after = Run { start: end, ..*run };
            run.plays = run.plays.saturating_add(1);
            start = run.end;
            if after.start < after.end {
                run.end = end;
                runs.insert(at + 1, after);
                return;
            }
        }
        at += 1;
    }
}

/// Makes one of neighbours that touch and are played equally often.
fn join(runs: &mut Vec<Run>) {
    runs.dedup_by(|next, kept| {
        let same = kept.end == next.start && kept.plays == next.plays;
        if same {
            kept.end = next.end;
        }
        same
    });
}

/// Runs in any order, laid over each other.
fn overlay_runs(runs: &[Run]) -> Vec<Run> {
    let mut starts: Vec<_> = runs.iter().map(|run| (run.start, run.plays)).collect();
    let mut ends: Vec<_> = runs.iter().map(|run| (run.end, run.plays)).collect();
    overlay(&mut starts, &mut ends)
}

/// Runs with these starts and ends, laid over each other.
fn overlay(starts: &mut [(MediaTime, u32)], ends: &mut [(MediaTime, u32)]) -> Vec<Run> {
    // Both are nearly in order already: playback mostly goes forwards.
    starts.sort_unstable();
    ends.sort_unstable();
    let mut out: SmallVec<[Run; 32]> = SmallVec::new();
    let (mut starts, mut ends) = (starts.iter().peekable(), ends.iter().peekable());
    let (mut plays, mut since) = (0_u64, MediaTime::ZERO);
    while let Some(&&(end, _)) = ends.peek() {
        let at = starts.peek().map_or(end, |(start, _)| end.min(*start));
        if plays > 0 && since < at {
            let plays = u32::try_from(plays).unwrap_or(u32::MAX);
            match out.last_mut() {
                Some(last) if last.end == since && last.plays == plays => last.end = at,
                _ => out.push(Run { start: since, end: at, plays }),
            }
        }
        since = at;
        while let Some((_, more)) = starts.next_if(|(start, _)| *start == at) {
            plays += u64::from(*more);
        }
        while let Some((_, fewer)) = ends.next_if(|(end, _)| *end == at) {
            plays -= u64::from(*fewer);
        }
    }
    out.to_vec()
}

/// A [`PlaybackMap`] by whole seconds.
#[derive(Clone, Copy, Debug)]
pub struct Seconds<'a> {
    map: &'a PlaybackMap,
}

impl<'a> Seconds<'a> {
    /// Whether any part of the second `second` (from 0) was played.
    pub fn watched(&self, second: u64) -> bool {
        let (start, end) = (MediaTime::from_secs(second), MediaTime::from_secs(second.saturating_add(1)));
        let next = self.map.runs.partition_point(|run| run.end <= start);
        self.map.runs.get(next).is_some_and(|run| run.start < end)
    }

    /// How many seconds were played in any part.
    pub fn count(&self) -> u64 {
        let mut counted_to = 0;
        self.map.covered().fold(0, |count, (start, end)| {
            let first = (start.as_millis() / 1000).max(counted_to);
            counted_to = end.as_millis().div_ceil(1000);
            count + counted_to.saturating_sub(first)
        })
    }

    /// Whether each of the seconds of content of this `duration` was played, one by one; the last one may be short.
    pub fn iter(self, duration: MediaTime) -> impl Iterator<Item = bool> + 'a {
        (0..duration.as_millis().div_ceil(1000)).map(move |second| self.watched(second))
    }
}

impl From<PlaybackMap> for Vec<Run> {
    fn from(map: PlaybackMap) -> Self {
        map.runs
    }
}

/// Runs in any order, overlapping or not; those that are empty or played 0 times are nothing.
impl From<Vec<Run>> for PlaybackMap {
    fn from(mut runs: Vec<Run>) -> Self {
        runs.retain(|run| run.start < run.end && run.plays > 0);
        Self { runs: overlay_runs(&runs) }
    }
}
