//! Intervals of confidence.

/// The normal quantile of 0.975: what makes an interval one of 95 %.
pub const Z_95: f64 = 1.959_963_984_540_054;

/// An interval of confidence around an estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Its lower end.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
}

impl Interval {
    /// Whether it has `value` in it, ends included.
    pub fn contains(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}
