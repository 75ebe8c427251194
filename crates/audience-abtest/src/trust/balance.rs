//! Whether arms were alike before anything was done to them.

use audience_stats::{Alternative, Correction, PValue};

use super::sample_ratio::MISMATCH;
use crate::effect::{ArmEstimate, Effect, Scale, welch};
use crate::error::Error;
use crate::refusal::Refusal;

/// How one arm differs from the control in something that was measured before the experiment.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Imbalance {
    /// The place of the covariate in the list, from 0.
    pub covariate: usize,
    /// The place of the arm in the covariate's list, from 1: 0 is the control.
    pub arm: usize,
    /// How much more of it the arm has than the control.
    pub effect: Effect,
    /// The probability of a difference at least this large by chance.
    pub p: PValue,
    /// The same, adjusted for all covariates and arms that were tested.
    pub adjusted: PValue,
}

impl Imbalance {
    /// Whether arms differ by more than chance: adjusted p below [`MISMATCH`]. Then units were not assigned at random, or not
    /// all of them are seen, or what was measured before the experiment was not.
    pub fn is_mismatch(&self) -> bool {
        self.adjusted.value() < MISMATCH
    }
}

/// Tests whether arms differ in what was measured before they were treated (pre-exposure bias), such as last month's watch time: for
/// each covariate its value in each arm, the control first. Each arm is compared with the control by Welch's test, adjusted by
/// Bonferroni for all comparisons. Those that differ most come first.
///
/// The covariate must be known *before* the unit is assigned. Adjust for those that matter by [`cuped`](crate::cuped), whatever this says:
/// a difference that is no mismatch still shifts the effect. Covariates that do not vary in either of two arms, and are equal
/// there, are passed over; where they are not equal it is a mismatch with p = 0.
///
/// # Errors
///
/// [`Error::TooFewArms`] for a covariate with fewer than two arms; [`Error::Refused`] for an arm of fewer than two units.
///
/// # Examples
///
/// ```
/// use audience_abtest::ArmEstimate;
/// use audience_abtest::trust::covariate_balance;
///
/// // Minutes watched last month, and whether on a television.
/// let minutes = vec![ArmEstimate::new(5000, 312.0, 9e4), ArmEstimate::new(5000, 316.0, 9e4)];
/// let television = vec![ArmEstimate::new(5000, 0.40, 0.24), ArmEstimate::new(5000, 0.45, 0.2475)];
/// let found = covariate_balance(&[minutes, television])?;
/// assert!(found[0].covariate == 1 && found[0].is_mismatch());
/// assert!(!found[1].is_mismatch());
/// # Ok::<(), audience_abtest::Error>(())
/// ```
pub fn covariate_balance(covariates: &[Vec<ArmEstimate>]) -> Result<Vec<Imbalance>, Error> {
    let mut found = Vec::new();
    for (covariate, arms) in covariates.iter().enumerate() {
        let [control, others @ ..] = arms.as_slice() else {
            return Err(Error::TooFewArms { needed: 2, found: 0 });
        };
        if others.is_empty() {
            return Err(Error::TooFewArms { needed: 2, found: 1 });
        }
        for (at, arm) in others.iter().enumerate() {
            let (effect, p) = match welch(control, arm, Scale::Absolute) {
                Ok(effect) => (effect, effect.p_value(0.0, Alternative::TwoSided)),
                Err(Refusal::NoVariance) if arm.value != control.value => {
                    let estimate = arm.value - control.value;
                    (Effect { scale: Scale::Absolute, estimate, standard_error: 0.0, degrees: None }, PValue::ZERO)
                }
                Err(Refusal::NoVariance) => continue,
                Err(refusal) => return Err(refusal.into()),
            };
            found.push(Imbalance { covariate, arm: at + 1, effect, p, adjusted: p });
        }
    }
    let p_values: Vec<PValue> = found.iter().map(|imbalance| imbalance.p).collect();
    for (imbalance, adjusted) in found.iter_mut().zip(Correction::Bonferroni.adjust_p(&p_values)) {
        imbalance.adjusted = adjusted;
    }
    // Of equal ones, the order given.
    found.sort_by(|a, b| a.p.ln().total_cmp(&b.p.ln()));
    Ok(found)
}
