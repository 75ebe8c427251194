//! Places in the content that viewers come past.

use audience_core::MediaTime;

use crate::error::Error;

/// Places in the content that viewers come past, in order: shares of its duration, or positions.
///
/// # Examples
///
/// ```
/// use audience_cohort::Milestones;
/// use audience_core::MediaTime;
///
/// let milestones = Milestones::percents([25, 100])?;
/// let of = |at, millis| milestones.position(at, Some(MediaTime::from_millis(millis)));
/// assert_eq!(of(0, 1001), Some(MediaTime::from_millis(251)));
/// // The last millisecond there is: the one after it is never played.
/// assert_eq!(of(1, 1001), Some(MediaTime::from_millis(1000)));
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Places", into = "Places"))]
pub struct Milestones(Places);

#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Places {
    /// In millionths of the duration.
    Shares(Vec<u64>),
    Positions(Vec<MediaTime>),
}

const MILLION: u64 = 1_000_000;

impl Milestones {
    /// The most there can be.
    pub const MAX: usize = 64;

    /// At these hundredths of the duration, 0–100, rising: the share m of a duration D is at the millisecond ⌈m D⌉, but at most at
    /// the last there is, D − 1.
    ///
    /// # Errors
    ///
    /// [`Error::MilestonesOutOfRange`], [`Error::MilestonesNotRising`], [`Error::MilestonePastTheEnd`].
    pub fn percents(percents: impl IntoIterator<Item = u32>) -> Result<Self, Error> {
        Self::shares(percents.into_iter().map(|percent| u64::from(percent) * (MILLION / 100)))
    }

    /// The same, at these millionths of the duration, 0–1,000,000.
    ///
    /// # Errors
    ///
    /// Those of [`percents`](Self::percents).
    pub fn millionths(millionths: impl IntoIterator<Item = u32>) -> Result<Self, Error> {
        Self::shares(millionths.into_iter().map(u64::from))
    }

    /// At these positions, rising.
    ///
    /// # Errors
    ///
    /// [`Error::MilestonesOutOfRange`], [`Error::MilestonesNotRising`].
    pub fn positions(positions: impl IntoIterator<Item = MediaTime>) -> Result<Self, Error> {
        Self::try_from(Places::Positions(positions.into_iter().take(Self::MAX + 1).collect()))
    }

    fn shares(millionths: impl Iterator<Item = u64>) -> Result<Self, Error> {
        Self::try_from(Places::Shares(millionths.take(Self::MAX + 1).collect()))
    }

    /// How many there are: at least one.
    #[expect(clippy::len_without_is_empty, reason = "there are always some")]
    pub fn len(&self) -> usize {
        match &self.0 {
            Places::Shares(shares) => shares.len(),
            Places::Positions(positions) => positions.len(),
        }
    }

    /// Whether the duration of the content says where they are.
    pub const fn are_shares(&self) -> bool {
        matches!(self.0, Places::Shares(_))
    }

    /// The share of the duration at which the one at this place in the list is, in millionths. `None` without such a milestone, and of
    /// positions.
    pub fn millionths_at(&self, at: usize) -> Option<u64> {
        match &self.0 {
            Places::Shares(shares) => shares.get(at).copied(),
            Places::Positions(_) => None,
        }
    }

    /// Where the one at this place in the list is in content of this duration. `None` without such a milestone, and of a share when
    /// the duration is not known or 0.
    pub fn position(&self, at: usize, duration: Option<MediaTime>) -> Option<MediaTime> {
        self.place(at, duration).map(|place| place.crossed)
    }

    fn place(&self, at: usize, duration: Option<MediaTime>) -> Option<Place> {
        match &self.0 {
            Places::Shares(shares) => {
                let duration = duration.filter(|duration| !duration.is_zero())?.as_millis();
                let share = *shares.get(at)?;
                let exact = match share.checked_mul(duration) {
                    Some(product) => product.div_ceil(MILLION),
                    // A share is no more than all, so it fits.
                    None => (u128::from(share) * u128::from(duration)).div_ceil(u128::from(MILLION)) as u64,
                };
                let crossed = MediaTime::from_millis(exact.min(duration - 1));
                Some(Place { crossed, reached: MediaTime::from_millis(exact) })
            }
            Places::Positions(positions) => {
                let position = *positions.get(at)?;
                Some(Place { crossed: position, reached: position })
            }
        }
    }

    /// Where all of them are in content of this duration. `None` as above.
    pub(super) fn places(&self, duration: Option<MediaTime>) -> Option<Vec<Place>> {
        (0..self.len()).map(|at| self.place(at, duration)).collect()
    }
}

/// Where a milestone is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// What is played past it has this millisecond.
    pub(super) crossed: MediaTime,
    /// What comes as far is played up to here: to m D, rounded up, since no end is between two milliseconds.
    pub(super) reached: MediaTime,
}

impl TryFrom<Places> for Milestones {
    type Error = Error;

    fn try_from(places: Places) -> Result<Self, Error> {
        let values: Vec<u64> = match &places {
            Places::Shares(shares) => shares.clone(),
            Places::Positions(positions) => positions.iter().map(|position| position.as_millis()).collect(),
        };
        if values.is_empty() || values.len() > Self::MAX {
            return Err(Error::MilestonesOutOfRange { milestones: values.len(), most: Self::MAX });
        }
        if let Some(before) = values.windows(2).position(|pair| pair[0] >= pair[1]) {
            return Err(Error::MilestonesNotRising { at: before + 1, value: values[before + 1] });
        }
        let last = values[values.len() - 1];
        if matches!(places, Places::Shares(_)) && last > MILLION {
            return Err(Error::MilestonePastTheEnd { millionths: last });
        }
        Ok(Self(places))
    }
}

impl From<Milestones> for Places {
    fn from(milestones: Milestones) -> Self {
        milestones.0
    }
}
