//! Answers that stay right however often one looks.
//!
//! A test for one look, looked at again and again, finds sooner or later whatever it looks for: of experiments without any effect,
//! looked at a hundred times at 5 %, more than a third have p below 0.05 at some look. What is here holds at *all* looks at once.
//! The price is width: some 1.5 times that of the interval for one look.
//!
//! | for | use | from which look on |
//! |---|---|---|
//! | any effect and its standard error | [`ConfidenceSequence`](crate::ConfidenceSequence), [`Msprt`] | when the mean is nearly normal: some hundred units of each arm, more where they are skewed |
//! | means, adjusted by covariates | [`LinearFit`] with [`AnytimeT`] | the first, if residuals are normal; with robust errors as above |
//! | a proportion | [`BernoulliSequence`] | the first |
//! | a mean of values between bounds, such as a stall ratio | [`BettingSequence`] | the first |
//! | whether a quantile differs | [`QuantileTest`] | the first |
//! | sums of your own, with a bound on how they vary | [`Mixture`], [`PolynomialStitching`] | the first |
//! | all quantiles, a distribution function | [`DoubleStitching`], [`EmpiricalProcess`] | the smallest number they are tuned for |
//! | a few looks, planned before | [`GroupSequential`] | the first, as for [`Msprt`] |
//! | evidence of several sources, of many hypotheses | [`EValue`], [`RunningMinimum`] | |
//!
//! All but the last need no plan of when to look: after every unit, or every day, or when someone asks. They need one for what they
//! are tuned by, chosen before the data: a sequence is valid for any number of units, and narrowest near one of them.

pub(crate) mod asymptotic;
mod bernoulli;
mod betting;
mod evidence;
mod group_sequential;
mod linear;
mod mixture;
mod msprt;
mod quantile;
mod stitching;

pub use bernoulli::BernoulliSequence;
pub use betting::BettingSequence;
pub use evidence::{EValue, RunningMinimum, e_benjamini_hochberg};
pub use group_sequential::{GroupSequential, Spending};
pub use linear::{AnytimeT, LinearFit, StandardErrors};
pub use mixture::{Mixture, Sides, Tuning};
pub use msprt::Msprt;
pub use quantile::QuantileTest;
pub use stitching::{DoubleStitching, EmpiricalProcess, PolynomialStitching};

use audience_stats::Confidence;

use crate::error::Error;

/// ln 1 / α.
pub(crate) fn ln_inverse_alpha(confidence: Confidence) -> f64 {
    -(1.0 - confidence.as_f64()).ln()
}

/// The value, if it is finite and above 0.
pub(crate) fn positive(what: &'static str, value: f64) -> Result<f64, Error> {
    if value.is_finite() && value > 0.0 { Ok(value) } else { Err(Error::NotATuning { what, value }) }
}

/// The same of what comes from elsewhere.
#[cfg(feature = "serde")]
fn positive_from<'de, D: serde::Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let value = serde::Deserialize::deserialize(from)?;
    positive("number that was written", value).map_err(serde::de::Error::custom)
}

/// Where a function changes its sign between two values, by halving: at the first value it must be of one sign, at the second of
/// the other, which `is_before` tells apart.
pub(crate) fn halving(mut before: f64, mut after: f64, is_before: impl Fn(f64) -> bool) -> f64 {
    // A double has no more than some thousand halvings in it, and some sixty where the ends are of one size.
    for _ in 0..1100 {
        let middle = before.midpoint(after);
        if middle == before || middle == after {
            break;
        }
        if is_before(middle) {
            before = middle;
        } else {
            after = middle;
        }
    }
    before.midpoint(after)
}
