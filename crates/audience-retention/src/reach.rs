//! The reach curve.

use audience_core::{Error, MediaTime, PlaybackMap, Ratio, SessionFacts};
use audience_stats::{Accumulator, Merge, RangeCounts};

/// How many sessions watched each part of a title.
///
/// With n points, point k (from 0) is at k/n of the content: it counts the sessions that played the millisecond
/// ⌊k · duration / n⌋, once each. Each session is placed by its own duration. There is no point at the very end, past
/// the last millisecond, so a curve of sessions that watched everything is 1 throughout.
///
/// The share at a point is of all sessions with a known duration whose positions are known, whether they watched
/// anything or not. Sessions without a duration, or with content played at unknown positions, cannot be placed: they
/// are counted apart and are in no point.
///
/// Observing a session takes time in proportion to its runs.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReachCurve {
    #[cfg_attr(feature = "serde", serde(deserialize_with = "points"))]
    points: u32,
    sessions: u64,
    unknown_duration: u64,
    unknown_positions: u64,
    reached: RangeCounts,
}

/// What a [`ReachCurve`] has seen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReachSummary {
    /// The points, from the start of the content.
    pub points: Vec<ReachPoint>,
    /// Sessions in the curve.
    pub sessions: u64,
    /// Sessions left out because the content's duration is unknown (live streams among them).
    pub unknown_duration: u64,
    /// Sessions left out because it is not known where in the content they were.
    pub unknown_positions: u64,
}

/// One point of a [`ReachSummary`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ReachPoint {
    /// Where in the content.
    pub position: Ratio,
    /// Sessions that watched it.
    pub sessions: u64,
    /// These as a share of the sessions in the curve; `None` when there are none.
    pub share: Option<Ratio>,
}

impl ReachCurve {
    /// The most points a curve has.
    pub const MAX_POINTS: u32 = 20_000;

    /// A curve of `points` points.
    ///
    /// # Errors
    ///
    /// [`Error::PointsOutOfRange`] for none or more than [`MAX_POINTS`](Self::MAX_POINTS).
    pub fn new(points: u32) -> Result<Self, Error> {
        if !(1..=Self::MAX_POINTS).contains(&points) {
            return Err(Error::PointsOutOfRange { points, most: Self::MAX_POINTS });
        }
        Ok(Self { points, sessions: 0, unknown_duration: 0, unknown_positions: 0, reached: RangeCounts::new() })
    }

    fn observe_map(&mut self, map: &PlaybackMap, duration: MediaTime) {
        self.sessions += 1;
        // A position lies at or after point k when position · points ≥ k · duration.
        let (points, duration) = (u64::from(self.points), duration.as_millis());
        let point_from = |position: MediaTime| {
            let point = match position.as_millis().checked_mul(points) {
                Some(scaled) => scaled.div_ceil(duration),
                None => (u128::from(position.as_millis()) * u128::from(points)).div_ceil(u128::from(duration)) as u64,
            };
            point.min(points) as u32
        };
        for (start, end) in map.covered() {
            self.reached.add(point_from(start), point_from(end), 1);
        }
    }
}

impl Merge for ReachCurve {
    /// # Panics
    ///
    /// When the two curves differ in the number of points.
    fn merge(&mut self, other: Self) {
        assert!(self.points == other.points, "curves of {} and {} points do not merge", self.points, other.points);
        self.sessions.merge(other.sessions);
        self.unknown_duration.merge(other.unknown_duration);
        self.unknown_positions.merge(other.unknown_positions);
        self.reached.merge(other.reached);
    }
}

impl Accumulator for ReachCurve {
    type Item = SessionFacts;
    type Summary = ReachSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        match facts.duration {
            None => self.unknown_duration += 1,
            Some(_) if facts.inferred.positions_missing => self.unknown_positions += 1,
            Some(duration) => self.observe_map(&facts.map, duration),
        }
    }

    fn summary(&self) -> ReachSummary {
        let reached = self.reached.values(self.points as usize);
        let points = reached.into_iter().zip(0..).map(|(sessions, k)| ReachPoint {
            position: Ratio::of(k, u64::from(self.points)).unwrap_or_default(),
            sessions: sessions as u64,
            share: Ratio::of(sessions as u64, self.sessions),
        });
        ReachSummary {
            points: points.collect(),
            sessions: self.sessions,
            unknown_duration: self.unknown_duration,
            unknown_positions: self.unknown_positions,
        }
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for ReachCurve {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.reach_curve/1", &self.points)
    }

    fn size_bytes(&self) -> usize {
        self.reached.size_bytes()
    }
}

/// A number of points that a curve can have.
#[cfg(feature = "serde")]
fn points<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let points = serde::Deserialize::deserialize(deserializer)?;
    ReachCurve::new(points).map(|curve| curve.points).map_err(serde::de::Error::custom)
}
