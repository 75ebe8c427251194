//! What curves count, in weights of sessions.

use audience_core::MediaTime;
use audience_stats::{Merge, RangeCounts, merge_fields};

use super::View;
use super::clusters::Clusters;
use super::summary::{IntervalCounts, PointCounts, RetentionSummary};
use crate::grid::Grid;

/// What curves count. A session counts as much as its weight says.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Counts {
    /// At each point, sessions that played it.
    reach: RangeCounts,
    /// At each point, how often it was played.
    plays: RangeCounts,
    /// At each point, sessions that played it more than once.
    again: RangeCounts,
    /// By interval, all sessions whose first watched position is in it or before.
    entered: RangeCounts,
    /// By interval, all sessions whose last watched position is in it or before.
    exits: RangeCounts,
    /// Of these, those that left.
    left: RangeCounts,
    /// Of these, those that may go on.
    active: RangeCounts,
    /// At each point, how often viewers sought from before it to past it.
    skipped: RangeCounts,
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

merge_fields!(Counts {
    reach,
    plays,
    again,
    entered,
    exits,
    left,
    active,
    skipped,
    never_watched,
    watched_ms,
    unique_ms,
    duration_ms,
    longest,
});

impl Counts {
    /// One session; `duration` is not 0 and fits the grid.
    pub(crate) fn observe(&mut self, grid: &Grid, view: &View<'_>, weight: i64) {
        let duration = view.duration;
        self.longest.merge(Longest(duration));
        self.duration_ms.merge(u128::from(duration.as_millis()) * u128::from(weight.unsigned_abs()));
        let (mut unique, mut watched) = (0_u64, 0_u64);
        // The position up to which it was played so often, so far.
        let (mut end, mut plays) = (None, 0);
        let mut first = None;
        for run in view.map.runs() {
            let (start, stop) = (run.start, run.end.min(duration));
            if start >= stop {
                break;
            }
            first = first.or(Some(start));
            if end != Some(start) {
                if let Some(end) = end {
                    self.change(grid.point_from(end, duration), plays, 0, weight);
                }
                plays = 0;
            }
            self.change(grid.point_from(start, duration), plays, run.plays, weight);
            (end, plays) = (Some(stop), run.plays);
            let length = stop.as_millis() - start.as_millis();
            unique = unique.saturating_add(length);
            watched = watched.saturating_add(length.saturating_mul(u64::from(run.plays)));
        }
        let (Some(first), Some(last)) = (first, end) else {
            self.never_watched.merge(weight.unsigned_abs());
            return;
        };
        self.change(grid.point_from(last, duration), plays, 0, weight);
        self.watched_ms.merge(u128::from(watched) * u128::from(weight.unsigned_abs()));
        self.unique_ms.merge(u128::from(unique) * u128::from(weight.unsigned_abs()));
        self.entered.change(grid.interval_of(first, duration), weight);
        let exit = grid.interval_of(last.saturating_sub(MediaTime::from_millis(1)), duration);
        self.exits.change(exit, weight);
        if view.left {
            self.left.change(exit, weight);
        }
        if view.active {
            self.active.change(exit, weight);
        }
        for jump in view.jumps.iter().filter(|jump| jump.from < jump.to) {
            let (from, to) = (grid.point_from(jump.from, duration), grid.point_from(jump.to.min(duration), duration));
            self.skipped.add(from, to, weight);
        }
    }

    /// From a point on, the session played the content `after` times instead of `before`.
    #[inline]
    fn change(&mut self, point: u32, before: u32, after: u32, weight: i64) {
        let steps = |least: u32| i64::from(after >= least) - i64::from(before >= least);
        let reach = steps(1);
        if reach != 0 {
            self.reach.change(point, reach * weight);
        }
        if before != after {
            self.plays.change(point, (i64::from(after) - i64::from(before)).wrapping_mul(weight));
        }
        let again = steps(2);
        if again != 0 {
            self.again.change(point, again * weight);
        }
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
        let (reach, plays, again) = (self.reach.values(points), self.plays.values(points), self.again.values(points));
        let skipped = self.skipped.values(points);
        let point = |at: usize| PointCounts {
            position: grid.position(at, longest),
            sessions: reach[at] as u64,
            plays: plays[at] as u64,
            again: again[at] as u64,
            skipped: skipped[at] as u64,
        };
        let entered = self.entered.values(intervals);
        let (exits, left) = (self.exits.values(intervals), self.left.values(intervals));
        let active = self.active.values(intervals);
        let before = |counts: &[i64], at: usize| at.checked_sub(1).map_or(0, |before| counts[before]);
        let interval = |at: usize| IntervalCounts {
            start: grid.border(at, longest),
            end: grid.border(at + 1, longest),
            at_risk: entered[at].wrapping_sub(before(&exits, at)) as u64,
            exits: exits[at].wrapping_sub(before(&exits, at)) as u64,
            left: left[at].wrapping_sub(before(&left, at)) as u64,
            active: active[at].wrapping_sub(before(&active, at)) as u64,
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
        let points = [&self.reach, &self.plays, &self.again, &self.skipped];
        let intervals = [&self.entered, &self.exits, &self.left, &self.active];
        points.into_iter().chain(intervals).map(RangeCounts::size_bytes).sum()
    }
}
