//! Evidence as what a fair bet against the hypothesis would have won.

use audience_stats::PValue;

/// Evidence against a hypothesis: what a bet of 1 against it has grown to, where the bet is fair if the hypothesis holds, so that its
/// expected value is then at most 1. From 1 / α on the hypothesis is rejected at the level α. Unlike p values, evidence of several
/// sources is put together by multiplying or by taking the mean.
///
/// That whose logarithm is [`Msprt::ln_likelihood_ratio`](super::Msprt::ln_likelihood_ratio),
/// [`AnytimeT::ln_e_value`](super::AnytimeT::ln_e_value), [`Mixture::ln_mixture`](super::Mixture::ln_mixture) or
/// [`QuantileTest::ln_evidence`](super::QuantileTest::ln_evidence), is an e value at any look.
///
/// It is kept as its logarithm. V. Vovk, R. Wang, "E-values: calibration, combination and applications", Annals of Statistics 49
/// (2021).
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::EValue;
///
/// let days = [2.0, 4.0, 5.0].map(|won: f64| EValue::from_ln(won.ln()));
/// assert!((EValue::product(&days).p_value().value() - 0.025).abs() < 1e-15);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EValue {
    ln: f64,
}

impl EValue {
    /// No evidence.
    pub const ONE: Self = Self { ln: 0.0 };

    /// Of this natural logarithm; what is no number is no evidence.
    pub const fn from_ln(ln: f64) -> Self {
        if ln.is_nan() { Self::ONE } else { Self { ln } }
    }

    /// From a p value of *one* look: κ p^(κ − 1), with κ between 0 and 1, and a half otherwise. 1 / p itself is no e value.
    pub fn calibrated(p: PValue, kappa: f64) -> Self {
        let kappa = if kappa > 0.0 && kappa < 1.0 { kappa } else { 0.5 };
        Self::from_ln(kappa.ln() + (kappa - 1.0) * p.ln())
    }

    /// From a p value of *one* look, without a κ: the mean of [`calibrated`](Self::calibrated) over all of them,
    /// (1 − p + p ln p) / (p ln² p), which is a half for 1.
    pub fn calibrated_over_all(p: PValue) -> Self {
        let ln = p.ln();
        if ln > -0.01 {
            // The first terms of the series around p = 1.
            let series = [0.5, 1.0 / 3.0, 1.0 / 8.0, 1.0 / 30.0, 1.0 / 144.0, 1.0 / 840.0];
            return Self::from_ln(series.iter().rev().fold(0.0, |rest, term| term + rest * ln).ln() - ln);
        }
        let of_p = p.value();
        Self::from_ln((if of_p > 0.0 { 1.0 - of_p + of_p * ln } else { 1.0 }).ln() - ln - 2.0 * ln.abs().ln())
    }

    /// What the bet has grown to: from 0, 1 at the start; infinite where it is too much for a number.
    pub fn value(self) -> f64 {
        self.ln.exp()
    }

    /// Its natural logarithm.
    pub const fn ln(self) -> f64 {
        self.ln
    }

    /// 1 / e, at most 1: a p value, however many looks there were, if the e value is one at any look.
    pub fn p_value(self) -> PValue {
        PValue::from_ln(-self.ln)
    }

    /// Of sources that are independent, or of which each was bet on after those before it were known; of none, no evidence.
    pub fn product(values: &[Self]) -> Self {
        Self::from_ln(values.iter().map(|value| value.ln).sum())
    }

    /// Of sources that hang together in whatever way: the mean; of none, no evidence.
    pub fn mean(values: &[Self]) -> Self {
        let most = values.iter().map(|value| value.ln).fold(f64::NEG_INFINITY, f64::max);
        if values.is_empty() || most.is_infinite() {
            return if values.is_empty() { Self::ONE } else { Self { ln: most } };
        }
        let sum: f64 = values.iter().map(|value| (value.ln - most).exp()).sum();
        Self::from_ln(most + (sum / values.len() as f64).ln())
    }
}

/// Which hypotheses are rejected so that false findings are at most a part `alpha` of all, however they hang together: the k with the
/// largest e, for the largest k with e₍ₖ₎ ≥ m / (k α). With e values of any look, it holds at any look.
///
/// R. Wang, A. Ramdas, "False discovery rate control with e-values", JRSS B 84 (2022).
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::{EValue, e_benjamini_hochberg};
///
/// let values = [100.0, 1.0, 30.0, 2.0].map(|e: f64| EValue::from_ln(e.ln()));
/// assert_eq!(e_benjamini_hochberg(&values, 0.1), [true, false, true, false]);
/// ```
pub fn e_benjamini_hochberg(values: &[EValue], alpha: f64) -> Vec<bool> {
    let mut falling: Vec<usize> = (0..values.len()).collect();
    falling.sort_by(|a, b| values[*b].ln.total_cmp(&values[*a].ln));
    let ln_needed = |rank: usize| (values.len() as f64 / (rank as f64 * alpha)).ln();
    let rejected = (1..=values.len()).rev().find(|rank| values[falling[rank - 1]].ln >= ln_needed(*rank)).unwrap_or(0);
    let mut is_rejected = vec![false; values.len()];
    for at in &falling[..rejected] {
        is_rejected[*at] = true;
    }
    is_rejected
}

/// The least of the p values so far. Of p values that are right at any look it is one itself, and what to report: evidence once found
/// stays. Of p values for one look each it is nothing of the kind.
///
/// Start to observe at the look from which on the method holds, not before.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RunningMinimum {
    p: PValue,
}

impl Default for RunningMinimum {
    fn default() -> Self {
        Self { p: PValue::ONE }
    }
}

impl RunningMinimum {
    /// Takes in the p value of a look, and gives the least of all so far.
    pub fn observe(&mut self, p: PValue) -> PValue {
        if p < self.p {
            self.p = p;
        }
        self.p
    }

    /// The least of all so far; 1 before the first.
    pub const fn p(&self) -> PValue {
        self.p
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calibrators_have_their_values() {
        let p = PValue::from_ln(0.01_f64.ln());
        assert!((EValue::calibrated(p, 0.5).value() - 5.0).abs() < 1e-12);
        let expected = (1.0 - 0.01 + 0.01 * 0.01_f64.ln()) / (0.01 * 0.01_f64.ln().powi(2));
        assert!((EValue::calibrated_over_all(p).value() - expected).abs() < 1e-12);
        assert!((EValue::calibrated_over_all(PValue::ONE).value() - 0.5).abs() < 1e-15);
        let near = |ln: f64| EValue::calibrated_over_all(PValue::from_ln(ln)).value();
        assert!((near(-0.010_000_1) - near(-0.009_999_9)).abs() < 1e-6);
        assert!(EValue::calibrated_over_all(PValue::from_ln(-2000.0)).ln() > 1900.0);
    }

    #[test]
    fn evidence_is_put_together() {
        let values = [1.0, 3.0, 5.0].map(|e: f64| EValue::from_ln(e.ln()));
        assert!((EValue::mean(&values).value() - 3.0).abs() < 1e-14);
        assert!((EValue::product(&values).value() - 15.0).abs() < 1e-13);
        assert_eq!((EValue::mean(&[]), EValue::product(&[])), (EValue::ONE, EValue::ONE));
        assert_eq!(EValue::from_ln(f64::NAN), EValue::ONE);
        assert_eq!(e_benjamini_hochberg(&[], 0.05), [] as [bool; 0]);
    }

    #[test]
    fn the_least_p_value_stays() {
        let mut least = RunningMinimum::default();
        for (p, expected) in [(0.5, 0.5), (0.02, 0.02), (0.7, 0.02)] {
            let found = least.observe(PValue::from_ln(f64::ln(p))).value();
            assert!((found - expected).abs() < 1e-15);
        }
        assert_eq!(least.p(), least.observe(PValue::ONE));
    }
}
