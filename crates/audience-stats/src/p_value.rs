//! Probabilities of tests.

use libm::exp;

/// The probability of data at least this far from a hypothesis, if the hypothesis holds.
///
/// It is kept as its logarithm: that of evidence beyond any doubt is below the least number there is, and still says which
/// of two is the stronger.
///
/// # Examples
///
/// ```
/// use audience_stats::PValue;
///
/// let (strong, stronger) = (PValue::from_ln(-900.0), PValue::from_ln(-1000.0));
/// assert_eq!(stronger.value(), 0.0);
/// assert!(stronger < strong);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(from = "Form", into = "Form"))]
pub struct PValue {
    ln: f64,
}

impl PValue {
    /// Nothing speaks against the hypothesis.
    pub const ONE: Self = Self { ln: 0.0 };

    /// Of this natural logarithm. More than 0, and what is no number, is 0: a probability is at most 1.
    pub fn from_ln(ln: f64) -> Self {
        Self { ln: if ln < 0.0 { ln } else { 0.0 } }
    }

    /// The probability, 0–1; 0 where it is below the least number there is.
    pub fn value(self) -> f64 {
        exp(self.ln)
    }

    /// Its natural logarithm, at most 0.
    pub const fn ln(self) -> f64 {
        self.ln
    }

    /// Of either of two events that exclude each other and are as probable as this one: twice it, at most 1.
    #[must_use]
    pub fn doubled(self) -> Self {
        Self::from_ln(self.ln + std::f64::consts::LN_2)
    }
}

/// How a probability is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    p: f64,
    ln_p: f64,
}

#[cfg(feature = "serde")]
impl From<PValue> for Form {
    fn from(p: PValue) -> Self {
        Self { p: p.value(), ln_p: p.ln }
    }
}

#[cfg(feature = "serde")]
impl From<Form> for PValue {
    fn from(form: Form) -> Self {
        Self::from_ln(form.ln_p)
    }
}
