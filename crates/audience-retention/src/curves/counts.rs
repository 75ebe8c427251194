//! What curves count, in weights of sessions.

use audience_core::MediaTime;
use audience_stats::{Merge, RangeCounts, merge_fields};

use super::View;
use super::clusters::Clusters;
use super::summary::{IntervalCounts, PointCounts, RetentionSummary};
use crate::grid::{Grid, Scale};

/// What curves count. A session counts as much as its weight says.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Counts {
    /// At each point: sessions that played it, how often it was played, sessions that played it more than once, and how often
    /// viewers sought from before it to past it.
    points: RangeCounts<[i64; 4]>,
    /// By interval, all sessions up to it: those whose first watched position is in it or before, those whose last one is, of
    /// these those that left, and those that may go on.
    intervals: RangeCounts<[i64; 4]>,
    /// Sessions that watched nothing.
    never_watched: u64,
    watched_ms: u128,
    unique_ms: u128,
    duration_ms: u128,
    longest: Longest,
}

/// The longest content seen.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Longest(MediaTime);

impl Merge for Longest {
    fn merge(&mut self, other: Self) {
        self.0 = self.0.max(other.0);
    }
}

merge_fields!(Counts { points, intervals, never_watched, watched_ms, unique_ms, duration_ms, longest });

impl Counts {
    /// One session; `duration` is not 0 and fits the grid.
    pub(crate) fn observe(&mut self, grid: &Grid, view: &View<'_>, weight: i64) {
        self.longest.merge(Longest(view.duration));
        self.duration_ms.merge(u128::from(view.duration.as_millis()) * u128::from(weight.unsigned_abs()));
        let scale = grid.scale(view.duration);
        // What most curves have is worth a loop of its own.
        let watched = match scale {
            Scale::Shares(parts) => self.watch(view, weight, |position| parts.up(position)),
            scale => self.watch(view, weight, |position| scale.point_from(position)),
        };
        let Some((first, last)) = watched else {
            self.never_watched.merge(weight.unsigned_abs());
            return;
        };
        let exit = scale.interval_of(last.saturating_sub(MediaTime::from_millis(1)));
        self.intervals.change(scale.interval_of(first), [weight, 0, 0, 0]);
        let counts = |yes: bool| if yes { weight } else { 0 };
        self.intervals.change(exit, [0, weight, counts(view.left), counts(view.active)]);
        for jump in view.skips.iter().filter(|jump| jump.from < jump.to) {
            let (from, to) = (scale.point_from(jump.from), scale.point_from(jump.to.min(view.duration)));
            self.points.add(from, to, [0, 0, 0, weight]);
        }
    }

    /// What the session played, at points that `point_from` knows; its first position and the one after its last, if it
    /// played anything.
    #[inline]
    fn watch(
        &mut self,
        view: &View<'_>,
        weight: i64,
        point_from: impl Fn(MediaTime) -> u32,
    ) -> Option<(MediaTime, MediaTime)> {
        let (mut unique, mut watched) = (0_u64, 0_u64);
        // The position up to which it was played so often, so far.
        let (mut end, mut plays) = (None, 0);
        let mut first = None;
        for run in view.map.runs() {
            let (start, stop) = (run.start, run.end.min(view.duration));
            if start >= stop {
                break;
            }
            first = first.or(Some(start));
            if end != Some(start) {
                if let Some(end) = end {
                    self.change(point_from(end), plays, 0, weight);
                }
                plays = 0;
            }
            self.change(point_from(start), plays, run.plays, weight);
            (end, plays) = (Some(stop), run.plays);
            let length = stop.as_millis() - start.as_millis();
            unique = unique.saturating_add(length);
            watched = watched.saturating_add(length.saturating_mul(u64::from(run.plays)));
        }
        let last = end?;
        self.change(point_from(last), plays, 0, weight);
        self.watched_ms.merge(u128::from(watched) * u128::from(weight.unsigned_abs()));
        self.unique_ms.merge(u128::from(unique) * u128::from(weight.unsigned_abs()));
        Some((first?, last))
    }

    /// From a point on, the session played the content `after` times instead of `before`.
    #[inline]
    fn change(&mut self, point: u32, before: u32, after: u32, weight: i64) {
        let steps = |least: u32| i64::from(after >= least) - i64::from(before >= least);
        let plays = i64::from(after) - i64::from(before);
        self.points.change(point, [steps(1) * weight, plays.wrapping_mul(weight), steps(2) * weight, 0]);
    }

    /// What was counted of so many sessions of this total weight, which say as much as `effective` of equal weight.
    pub(crate) fn summary(
        &self,
        grid: &Grid,
        clusters: &Clusters,
        (sessions, total, effective): (u64, u64, f64),
    ) -> RetentionSummary {
        let longest = self.longest.0;
        // A state from elsewhere may speak of any length.
        let most = Grid::MAX_POINTS as usize + 1;
        let (points, intervals) = (grid.points(longest).min(most), grid.intervals(longest).min(most));
        let counts = self.points.values(points);
        let point = |at: usize| {
            let [sessions, plays, again, skipped] = counts[at].map(|count| count as u64);
            PointCounts { position: grid.position(at, longest), sessions, plays, again, skipped }
        };
        let counts = self.intervals.values(intervals);
        let interval = |at: usize| {
            let [entered, exits, left, active] = counts[at];
            let before = at.checked_sub(1).map_or([0; 4], |before| counts[before]);
            let since = |count: i64, which: usize| count.wrapping_sub(before[which]) as u64;
            IntervalCounts {
                start: grid.border(at, longest),
                end: grid.border(at + 1, longest),
                at_risk: since(entered, 1),
                exits: since(exits, 1),
                left: since(left, 2),
                active: since(active, 3),
            }
        };
        RetentionSummary {
            sessions,
            placement: super::Placement::default(),
            longest,
            never_watched: self.never_watched,
            watched_ms: self.watched_ms,
            unique_ms: self.unique_ms,
            duration_ms: self.duration_ms,
            total,
            unit: 1,
            effective_sessions: effective,
            points: (0..points).map(point).collect(),
            intervals: (0..intervals).map(interval).collect(),
            design_effect: clusters.of_reach(effective),
            survival_design_effect: clusters.of_survival(total, effective),
            hazard_design_effects: clusters.of_hazards(total, effective).to_vec(),
        }
    }

    #[cfg(feature = "serde")]
    pub(crate) fn size_bytes(&self) -> usize {
        self.points.size_bytes() + self.intervals.size_bytes()
    }
}
