//! From where to where viewers seek.

use audience_core::{Jump, MediaTime, SessionFacts};
use audience_stats::{Accumulator, Merge};

use crate::error::Error;

/// Which seeks are counted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum SeekSource {
    /// Those that the player reported.
    #[default]
    Reported,
    /// Those too that were inferred from where the playhead was found.
    All,
}

/// From which part of a title to which part viewers seek: a matrix of counts.
///
/// A seek from position f to position t counts in row ⌊f · n / duration⌋ and column ⌊t · n / duration⌋, the end of the content
/// in the last ones. Short seeks are on the diagonal, skips above it, returns below. Seeks while paused count like all
/// others; those of live streams, of content whose duration is unknown and those whose ends are unknown do not, and are
/// counted apart.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_retention::{SeekMatrix, SeekSource};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let session = Session::new("s1", "clip", [
///     Event::new(at(0), EventKind::load_of(secs(100))),
///     Event::new(at(0), EventKind::Play).at(secs(0)),
///     Event::new(at(5), EventKind::seek_from(secs(5))).at(secs(45)),
///     Event::new(at(9), EventKind::Pause).at(secs(49)),
/// ]);
/// let mut matrix = SeekMatrix::new(10, SeekSource::Reported)?;
/// matrix.observe(&session.facts(&Rules::default(), None));
/// let seeks = matrix.summary();
/// assert_eq!((seeks.count(0, 4), seeks.total()), (1, 1));
/// # Ok::<(), audience_retention::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Form"))]
pub struct SeekMatrix {
    parts: u32,
    source: SeekSource,
    /// Row by row; empty before the first seek.
    counts: Vec<u64>,
    unplaced: u64,
}

/// What a [`SeekMatrix`] has seen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SeekCounts {
    /// Row by row: from which part, to which parts.
    pub rows: Vec<Vec<u64>>,
    /// Seeks that are in no row: of live streams, without a duration, with unknown ends, or past the most a row of facts
    /// keeps.
    pub unplaced: u64,
}

impl SeekMatrix {
    /// The most parts.
    pub const MAX_PARTS: u32 = 100;

    /// No seek yet, in so many equal parts of the content.
    ///
    /// # Errors
    ///
    /// [`Error::PartsOutOfRange`] for none or more than [`MAX_PARTS`](Self::MAX_PARTS).
    pub fn new(parts: u32, source: SeekSource) -> Result<Self, Error> {
        let most = Self::MAX_PARTS;
        if !(1..=most).contains(&parts) {
            return Err(Error::PartsOutOfRange { parts, most });
        }
        Ok(Self { parts, source, counts: Vec::new(), unplaced: 0 })
    }

    fn count(&mut self, jump: &Jump, duration: MediaTime) {
        let parts = u128::from(self.parts);
        let part = |position: MediaTime| {
            let part = u128::from(position.as_millis()) * parts / u128::from(duration.as_millis());
            part.min(parts - 1) as usize
        };
        let at = part(jump.from) * self.parts as usize + part(jump.to);
        if self.counts.is_empty() {
            self.counts.resize((self.parts * self.parts) as usize, 0);
        }
        if let Some(count) = self.counts.get_mut(at) {
            count.merge(1);
        }
    }
}

/// # Panics
///
/// When the two have other parts or count other seeks.
impl Merge for SeekMatrix {
    fn merge(&mut self, other: Self) {
        let (mine, theirs) = ((self.parts, self.source), (other.parts, other.source));
        assert!(mine == theirs, "seek matrices of {mine:?} and {theirs:?} do not merge");
        self.unplaced.merge(other.unplaced);
        if self.counts.is_empty() {
            self.counts = other.counts;
        } else {
            self.counts.iter_mut().zip(other.counts).for_each(|(count, other)| count.merge(other));
        }
    }
}

impl Accumulator for SeekMatrix {
    type Item = SessionFacts;
    type Summary = SeekCounts;

    fn observe(&mut self, facts: &SessionFacts) {
        let wanted = |jump: &&Jump| self.source == SeekSource::All || !jump.inferred;
        let seeks = match self.source {
            SeekSource::All => facts.seeks.reported() + facts.seeks.inferred(),
            SeekSource::Reported => facts.seeks.reported(),
        };
        let known = facts.jumps.iter().filter(wanted).count() as u64;
        match facts.duration.filter(|duration| !facts.is_live && !duration.is_zero()) {
            None => self.unplaced.merge(seeks),
            Some(duration) => {
                self.unplaced.merge(seeks.saturating_sub(known));
                for jump in &facts.jumps {
                    if self.source == SeekSource::All || !jump.inferred {
                        self.count(jump, duration);
                    }
                }
            }
        }
    }

    fn summary(&self) -> SeekCounts {
        let parts = self.parts as usize;
        let rows = if self.counts.is_empty() {
            vec![vec![0; parts]; parts]
        } else {
            self.counts.chunks(parts).map(<[u64]>::to_vec).collect()
        };
        SeekCounts { rows, unplaced: self.unplaced }
    }
}

impl SeekCounts {
    /// Seeks from one part to another; 0 where there is no such part.
    pub fn count(&self, from: usize, to: usize) -> u64 {
        self.rows.get(from).and_then(|row| row.get(to)).copied().unwrap_or_default()
    }

    /// All seeks in the matrix.
    pub fn total(&self) -> u64 {
        self.rows.iter().flatten().fold(0, |sum: u64, count| sum.saturating_add(*count))
    }
}

/// How a matrix is written.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    parts: u32,
    source: SeekSource,
    counts: Vec<u64>,
    unplaced: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for SeekMatrix {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let matrix = Self::new(form.parts, form.source)?;
        let (found, expected) = (form.counts.len(), (form.parts * form.parts) as usize);
        if found != 0 && found != expected {
            return Err(Error::OtherGrid { ours: expected, theirs: found });
        }
        Ok(Self { counts: form.counts, unplaced: form.unplaced, ..matrix })
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for SeekMatrix {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.seek_matrix/1", &(self.parts, self.source))
    }

    fn size_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u64>()
    }
}
