//! How much leaving adds up, over time.

use libm::log1p;

use super::{RiskRow, RiskTable};
use crate::float_sum::FloatSum;

/// The cumulative hazard up to and including one time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HazardStep {
    /// The time.
    pub time: f64,
    /// Σ d / n.
    pub hazard: f64,
    /// Aalen's variance of it, Σ d / n²: that of counts that could have been larger. R gives this one.
    pub variance_aalen: f64,
    /// The binomial variance of it, Σ d (n − d) / n³: that of parts of n. lifelines gives this one.
    pub variance_binomial: f64,
    /// As if those that left at the same time had left one after the other. `None` from the first row on whose numbers are
    /// not whole.
    pub tie_corrected: Option<TieCorrected>,
}

/// The cumulative hazard of units that leave one after the other, also those that leave at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TieCorrected {
    /// Σ 1 / n + 1 / (n − 1) + … + 1 / (n − d + 1). R gives it for `ctype = 2`, and lifelines unless told otherwise.
    pub hazard: f64,
    /// Σ 1 / n² + 1 / (n − 1)² + … + 1 / (n − d + 1)².
    pub variance: f64,
}

/// The cumulative hazard over time: the sum of the parts of those at risk that leave.
///
/// Above 0 without bound. e to minus this is near the survival, and above it. At times with nobody at risk it stays as it
/// is.
///
/// O. Aalen, "Nonparametric inference for a family of counting processes", Annals of Statistics 6 (1978). Agrees with
/// R's `survival::survfit(stype = 2)` and lifelines' `NelsonAalenFitter`; for which variance, see [`HazardStep`].
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NelsonAalen {
    steps: Vec<HazardStep>,
}

impl RiskTable {
    /// The cumulative hazard: see [`NelsonAalen`].
    pub fn nelson_aalen(&self) -> NelsonAalen {
        let (mut hazard, mut aalen, mut binomial) = <(FloatSum, FloatSum, FloatSum)>::default();
        let mut corrected = Some((FloatSum::default(), FloatSum::default()));
        let mut steps = Vec::with_capacity(self.rows.len());
        for (row, staying) in self.with_staying() {
            let RiskRow { time, at_risk, events, .. } = *row;
            if events > 0.0 {
                let leaving = events / at_risk;
                hazard.add(leaving);
                aalen.add(leaving / at_risk);
                binomial.add(leaving / at_risk * (staying / at_risk));
            }
            corrected = corrected.filter(|_| at_risk.fract() == 0.0 && events.fract() == 0.0);
            if let Some((hazard, variance)) = &mut corrected {
                let (sum, squares) = harmonic(staying, events);
                hazard.add(sum);
                variance.add(squares);
            }
            steps.push(HazardStep {
                time,
                hazard: hazard.value(),
                variance_aalen: aalen.value(),
                variance_binomial: binomial.value(),
                tie_corrected: corrected
                    .map(|(hazard, variance)| TieCorrected { hazard: hazard.value(), variance: variance.value() }),
            });
        }
        NelsonAalen { steps }
    }
}

impl NelsonAalen {
    /// The cumulative hazard just after each time of the table.
    pub fn steps(&self) -> &[HazardStep] {
        &self.steps
    }

    /// The cumulative hazard at a time: 0 before the first, and as it was last after the last.
    pub fn at(&self, time: f64) -> f64 {
        let number = self.steps.partition_point(|step| step.time <= time);
        number.checked_sub(1).map_or(0.0, |at| self.steps[at].hazard)
    }
}

/// Σ 1 / k and Σ 1 / k² over the `number` whole numbers above `above`.
fn harmonic(above: f64, number: f64) -> (f64, f64) {
    /// So many are added one by one; the formula for the rest is exact from here on.
    const FEW: f64 = 64.0;
    let (mut sum, mut squares) = (FloatSum::default(), FloatSum::default());
    let one_by_one = if number <= FEW { number } else { (FEW - above).clamp(0.0, number) };
    let mut k = above;
    for _ in 0..one_by_one as u64 {
        k += 1.0;
        sum.add(1.0 / k);
        squares.add(1.0 / (k * k));
    }
    let rest = number - one_by_one;
    if rest > 0.0 {
        // Euler and Maclaurin's formula (DLMF 2.10.1) for the numbers above k, up to k + rest.
        let (a, b) = (k.recip(), (k + rest).recip());
        let difference = |power: i32| b.powi(power) - a.powi(power);
        sum.extend([log1p(rest * a), -rest * a * b / 2.0, -difference(2) / 12.0, difference(4) / 120.0]);
        sum.add(-difference(6) / 252.0);
        squares.extend([rest * a * b, difference(2) / 2.0, -difference(3) / 6.0, difference(5) / 30.0]);
        squares.add(-difference(7) / 42.0);
    }
    (sum.value(), squares.value())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_of_many_are_those_one_by_one() {
        for (above, number) in [(0.0, 1000.0), (3.0, 65.0), (64.0, 100.0), (1e6, 70.0), (1e9, 5000.0), (0.0, 64.0)] {
            let (sum, squares) = harmonic(above, number);
            let each = || (1..=number as u32).map(|k| (above + f64::from(k)).recip());
            let (one, two) =
                (each().collect::<FloatSum>().value(), each().map(|x| x * x).collect::<FloatSum>().value());
            assert!((sum - one).abs() <= 1e-14 * one, "{above} {number}: {sum}, not {one}");
            assert!((squares - two).abs() <= 1e-14 * two, "{above} {number}: {squares}, not {two}");
        }
        assert_eq!(harmonic(5.0, 0.0), (0.0, 0.0));
    }
}
