//! The mean of many ratios, exactly.

/// The mean of ratios of whole numbers.
///
/// Each ratio is held in 2⁻⁶⁴ steps, rounded down, and their sum exactly, so that the order of the items does not show;
/// the mean is off by less than 10⁻¹⁹ before it becomes an `f64`.
///
/// The mean of ratios weighs every item alike, however small it is. For a ratio over everything, divide the sums.
///
/// # Examples
///
/// ```
/// use audience_stats::MeanRatio;
///
/// let mut mean = MeanRatio::new();
/// mean.observe_ratio(1, 2);
/// mean.observe_ratio(0, 0); // nothing of nothing: 0
/// assert_eq!(mean.mean(), Some(0.25));
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Written"))]
pub struct MeanRatio {
    sum: u128,
    count: u64,
}

/// As it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Written {
    sum: u128,
    count: u64,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for MeanRatio {
    type Error = crate::Error;

    fn try_from(Written { sum, count }: Written) -> Result<Self, Self::Error> {
        // Past the largest count there may have been more ratios than it says.
        if count < u64::MAX && sum > u128::from(count) << 64 {
            let value = Self { sum, count }.mean().unwrap_or(f64::INFINITY);
            return Err(crate::Error::NotAProbability { value });
        }
        Ok(Self { sum, count })
    }
}

impl MeanRatio {
    /// No ratio yet.
    pub const fn new() -> Self {
        Self { sum: 0, count: 0 }
    }

    /// Takes in `part` of `whole`: 1 at the most, and 0 when `whole` is 0.
    pub fn observe_ratio(&mut self, part: u64, whole: u64) {
        self.count = self.count.saturating_add(1);
        // Nothing of something is the most frequent, and needs no division.
        if whole > 0 && part > 0 {
            self.sum = self.sum.saturating_add((u128::from(part.min(whole)) << 64) / u128::from(whole));
        }
    }

    /// The mean, 0–1; `None` without ratios.
    pub fn mean(&self) -> Option<f64> {
        const ONE: f64 = 18_446_744_073_709_551_616.0;
        (self.count > 0).then(|| self.sum as f64 / ONE / self.count as f64)
    }
}

crate::merge_fields!(MeanRatio { sum, count });

#[cfg(feature = "serde")]
impl crate::Portable for MeanRatio {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.mean_ratio/1", &())
    }

    fn size_bytes(&self) -> usize {
        0
    }
}
