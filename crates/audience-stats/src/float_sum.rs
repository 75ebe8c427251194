//! Sums of floats that keep what rounding drops.

/// A sum of floats that carries along what rounding drops, so that it is off by about one rounding however many there are.
///
/// A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974). Of whole numbers
/// use whole numbers: their sums are exact.
///
/// # Examples
///
/// ```
/// use audience_stats::FloatSum;
///
/// let sum: FloatSum = [1e16, 1.0, -1e16].into_iter().collect();
/// assert_eq!(sum.value(), 1.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FloatSum {
    sum: f64,
    dropped: f64,
}

impl FloatSum {
    /// Adds a number.
    pub fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.dropped += if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
    }

    /// The sum. Past the largest number it is infinite, and of what is not a number, not a number.
    pub fn value(&self) -> f64 {
        if self.sum.is_finite() { self.sum + self.dropped } else { self.sum }
    }

    /// The sum, and what rounding still drops of it.
    pub(crate) fn parts(&self) -> (f64, f64) {
        let value = self.value();
        if value.is_finite() { (value, self.dropped - (value - self.sum)) } else { (value, 0.0) }
    }

    /// This sum less `other`, which keep their last digits where most of them cancel.
    pub(crate) fn less(&self, other: &Self) -> f64 {
        let mut difference = *self;
        difference.add(-other.sum);
        difference.dropped -= other.dropped;
        difference.value()
    }
}

impl Extend<f64> for FloatSum {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl FromIterator<f64> for FloatSum {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sum = Self::default();
        sum.extend(values);
        sum
    }
}
