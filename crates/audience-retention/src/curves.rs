//! The three curves of a title: reach, plays and survival.

mod clusters;
mod counts;
mod summary;

pub use summary::{Independent, IntervalCounts, Placement, PointCounts, RetentionSummary, Survival};

use audience_core::{ExitReason, Jump, MediaTime, PlaybackMap, SessionFacts};
use audience_stats::{Accumulator, Merge, merge_fields};

use crate::error::Error;
use crate::grid::Grid;
pub(crate) use clusters::Clusters;
pub(crate) use counts::Counts;

/// Where viewers of a title are, from its start to its end: how many sessions watched each point (*reach*), how often it
/// was played (*plays*), and where views ended (*survival*).
///
/// An accumulator over session facts; its [summary](RetentionSummary) has the curves, their bands, and what follows from
/// them. One pass of a session costs time in proportion to its runs, whatever the length of the content.
///
/// Each session is placed by its own duration. Sessions that cannot be placed are counted apart and are in no curve: live
/// streams, those without a duration, and those that played at positions nobody reported. Everything else is in the
/// denominator, also sessions in which no frame was seen.
///
/// # Examples
///
/// Two sessions, of which one leaves in the middle:
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_retention::{Grid, RetentionCurves};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let watched = |id: &str, until: u64| {
///     let session = Session::new(id, "clip", [
///         Event::new(at(0), EventKind::load_of(secs(100))),
///         Event::new(at(0), EventKind::Play).at(secs(0)),
///         Event::new(at(until as i64), EventKind::Pause).at(secs(until)),
///     ]);
///     session.facts(&Rules::default(), None)
/// };
///
/// let mut curves = RetentionCurves::new(Grid::with_end(5)?); // at 0, 25, 50, 75 and 100 %
/// curves.observe_all(&[watched("s1", 100), watched("s2", 50)]);
/// let summary = curves.summary();
/// assert_eq!(summary.points.iter().map(|point| point.sessions).collect::<Vec<_>>(), [2, 2, 1, 1, 1]);
/// assert_eq!(summary.average_view_duration_ms(), Some(75_000.0));
/// assert_eq!(summary.intervals[1].left, 1);
/// # Ok::<(), audience_retention::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RetentionCurves {
    grid: Grid,
    sessions: u64,
    placement: Placement,
    counts: Counts,
    clusters: Clusters,
}

impl RetentionCurves {
    /// Curves of no session yet, at the points of `grid`.
    pub fn new(grid: Grid) -> Self {
        Self { grid, ..Self::default() }
    }

    /// Takes in what one session played of content of this `duration`, for data that are no session facts. The view is
    /// taken to be over, and to be one of nobody known, so that it adds nothing to what is known of viewers who repeat.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroDuration`].
    pub fn observe_map(&mut self, map: &PlaybackMap, duration: MediaTime) -> Result<(), Error> {
        if duration.is_zero() {
            return Err(Error::ZeroDuration);
        }
        if self.grid.fits(duration) {
            self.sessions.merge(1);
            let left = map.furthest().is_some_and(|furthest| furthest < duration);
            self.counts.observe(&self.grid, &View { map, duration, left, active: false, skips: &[] }, 1);
        } else {
            self.placement.too_long.merge(1);
        }
        Ok(())
    }
}

/// What of a session can be placed on a curve.
pub(crate) fn place(facts: &SessionFacts, grid: &Grid, placement: &mut Placement) -> Option<MediaTime> {
    let without = match facts.duration {
        _ if facts.is_live => &mut placement.live,
        None => &mut placement.unknown_duration,
        Some(duration) if duration.is_zero() => &mut placement.unknown_duration,
        Some(_) if facts.inferred.positions_missing => &mut placement.unknown_positions,
        Some(duration) if !grid.fits(duration) => &mut placement.too_long,
        Some(duration) => return Some(duration),
    };
    without.merge(1);
    None
}

/// What curves need to know of a session that can be placed.
pub(crate) struct View<'f> {
    map: &'f PlaybackMap,
    /// Not 0, and not too long for the grid.
    duration: MediaTime,
    /// The view is over, and was not at the end of the content.
    left: bool,
    /// The view may go on.
    active: bool,
    /// Jumps of the playhead, if any of them may be forwards.
    skips: &'f [Jump],
}

impl<'f> View<'f> {
    pub(crate) fn of(facts: &'f SessionFacts, duration: MediaTime) -> Self {
        let active = facts.exit.reason == ExitReason::Active;
        let left = !active && facts.reached_end != Some(true);
        let forward = facts.seeks.forward + facts.seeks.inferred_forward;
        let skips = if forward > 0 { &facts.jumps[..] } else { &[] };
        Self { map: &facts.map, duration, left, active, skips }
    }
}

/// # Panics
///
/// When the two have other points.
impl Merge for RetentionCurves {
    fn merge(&mut self, other: Self) {
        assert!(self.grid == other.grid, "curves at {:?} and at {:?} do not merge", self.grid, other.grid);
        self.sessions.merge(other.sessions);
        self.placement.merge(other.placement);
        self.counts.merge(other.counts);
        self.clusters.merge(other.clusters);
    }
}

merge_fields!(Placement { live, unknown_duration, unknown_positions, too_long });

impl Accumulator for RetentionCurves {
    type Item = SessionFacts;
    type Summary = RetentionSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        let group = self.clusters.group_of(facts);
        let Some(duration) = place(facts, &self.grid, &mut self.placement) else { return };
        let view = View::of(facts, duration);
        self.sessions.merge(1);
        self.counts.observe(&self.grid, &view, 1);
        self.clusters.observe(group, &view, 1);
    }

    fn summary(&self) -> RetentionSummary {
        let numbers = (self.sessions, self.sessions, self.sessions as f64);
        RetentionSummary { placement: self.placement, ..self.counts.summary(&self.grid, &self.clusters, numbers) }
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for RetentionCurves {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.retention_curves/1", &(&self.grid, self.clusters.groups()))
    }

    fn size_bytes(&self) -> usize {
        self.counts.size_bytes() + self.clusters.size_bytes()
    }
}
