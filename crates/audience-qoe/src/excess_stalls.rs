//! Which slice of sessions excess stall time goes with.

mod cells;
mod slice;
mod standardised;
mod summary;

use std::sync::Arc;

use audience_core::SessionFacts;
use audience_stats::{Accumulator, Merge, RandomGroups};

use crate::error::Error;
use crate::playback::LeftOut;
use cells::Cells;
pub use slice::{SliceDimension, SliceValue};
pub use summary::{ExcessStallsSummary, StallComparison, StallSlice};

/// Which CDN, ISP, device or title excess stall time goes with.
///
/// Each value of each dimension (a slice) is compared with all other values *where all other dimensions are the same*, so
/// that a CDN is not blamed for the slow devices that happen to use it. In each such stratum s where both the slice and
/// others have played, the time the slice is expected to stall is its time played × (time others stalled / time others
/// played); excess is what it stalled beyond the sum of that, and what it stalled over that sum is the relative measure
/// (indirect standardisation: N. E. Breslow, N. E. Day, "Statistical Methods in Cancer Research" II, 1987, chapter 2).
/// Intervals come from the delete-a-group jackknife over random groups of viewers, with Student's t.
///
/// What is found is an association. Others may differ in what is no dimension here, viewers choose what they use, and a
/// CDN may be given the viewers that are hard to serve. It tells where to look.
///
/// Memory grows with the number of different combinations of values, and the groups each has: some 100 bytes for a
/// combination and 26 for each of its groups, 2 kB at the most with 64 groups. Titles make many; so do addresses, which
/// are no dimension.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_qoe::{SliceDimension, SliceValue, ExcessStalls};
///
/// let view = |viewer: &str, cdn: &str, stalled: i64| {
///     let at = |secs: i64| Timestamp::from_millis(secs * 1000);
///     let session = Session::new(viewer, "film", [
///         Event::new(at(0), EventKind::Play).at(MediaTime::ZERO),
///         Event::new(at(50), EventKind::BufferStart).at(MediaTime::from_secs(50)),
///         Event::new(at(50 + stalled), EventKind::buffer_end()).at(MediaTime::from_secs(50)),
///         Event::new(at(100 + stalled), EventKind::Pause).at(MediaTime::from_secs(100)),
///     ]);
///     session.with_viewer(viewer).with_attribute("cdn", cdn).facts(&Rules::default(), None)
/// };
/// let mut stalls = ExcessStalls::new([SliceDimension::attribute("cdn"), SliceDimension::Title])?.with_min_sessions(20);
/// for number in 0..21 {
///     stalls.observe(&view(&format!("a{number}"), "a", 1 + number % 3));
///     stalls.observe(&view(&format!("b{number}"), "b", 5 + number % 3));
/// }
///
/// let summary = stalls.summary();
/// let b = &summary.slices[0];
/// assert_eq!(b.value, SliceValue::Named("b".into()));
/// let comparison = b.comparison.unwrap();
/// assert_eq!((comparison.excess_ms, comparison.relative), (84_000.0, Some(3.0))); // 126 s, not 42 s
/// assert!(comparison.is_finding);
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form", into = "Form"))]
pub struct ExcessStalls {
    dimensions: Arc<[SliceDimension]>,
    min_sessions: u64,
    left_out: LeftOut,
    cells: Cells,
}

impl ExcessStalls {
    /// The share of findings that are false, on average, where slices hang together no worse than positively.
    pub const FALSE_DISCOVERY_RATE: f64 = 0.05;

    /// Of no session yet, told apart by these; slices have at least 100 sessions, and viewers are in 64 groups.
    ///
    /// # Errors
    ///
    /// [`Error::RepeatedDimension`] when one is there twice: nothing differs in it where it is the same.
    pub fn new(dimensions: impl IntoIterator<Item = SliceDimension>) -> Result<Self, Error> {
        let dimensions: Arc<[SliceDimension]> = dimensions.into_iter().collect();
        for (number, dimension) in dimensions.iter().enumerate() {
            if dimensions[..number].contains(dimension) {
                return Err(Error::RepeatedDimension(dimension.clone()));
            }
        }
        let cells = Cells::new(dimensions.len(), RandomGroups::default());
        Ok(Self { dimensions, min_sessions: 100, left_out: LeftOut::default(), cells })
    }

    /// The same, of no session, with slices of at least so many sessions.
    #[must_use]
    pub fn with_min_sessions(self, min_sessions: u64) -> Self {
        Self { min_sessions, ..self }
    }

    /// The same, of no session, with viewers in these groups.
    #[must_use]
    pub fn with_groups(self, groups: RandomGroups) -> Self {
        let cells = Cells::new(self.dimensions.len(), groups);
        Self { cells, left_out: LeftOut::default(), ..self }
    }
}

/// # Panics
///
/// When the two are told apart by something else, which is a bug in the program.
impl Merge for ExcessStalls {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.dimensions, other.dimensions, "sessions told apart by dimensions that are not the same");
        self.left_out.merge(other.left_out);
        self.cells.merge(other.cells);
    }
}

impl Accumulator for ExcessStalls {
    type Item = SessionFacts;
    type Summary = ExcessStallsSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        let Some(playback) = self.left_out.sift(facts) else { return };
        let values = self.dimensions.iter().map(|dimension| dimension.value_of(facts));
        self.cells.add(values, facts.unit(), [1, playback.stalled_ms, playback.playing_ms]);
    }

    fn summary(&self) -> ExcessStallsSummary {
        ExcessStallsSummary::new(self)
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for ExcessStalls {
    fn fingerprint(&self) -> u64 {
        let made_with = (&self.dimensions, self.min_sessions, self.cells.groups());
        audience_stats::fingerprint_of("audience.excess_stalls/1", &made_with)
    }

    fn size_bytes(&self) -> usize {
        self.cells.size_bytes()
    }
}

/// How the state is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    dimensions: Vec<SliceDimension>,
    min_sessions: u64,
    left_out: LeftOut,
    cells: cells::Form,
}

#[cfg(feature = "serde")]
impl From<ExcessStalls> for Form {
    fn from(state: ExcessStalls) -> Self {
        Self {
            dimensions: state.dimensions.to_vec(),
            min_sessions: state.min_sessions,
            left_out: state.left_out,
            cells: (&state.cells).into(),
        }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for ExcessStalls {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let made = Self::new(form.dimensions)?.with_min_sessions(form.min_sessions);
        let cells = Cells::of(form.cells, made.dimensions.len())?;
        Ok(Self { left_out: form.left_out, cells, ..made })
    }
}
