//! Regression, looked at again and again.

use audience_stats::{Confidence, Interval, PValue};

use super::{ln_inverse_alpha, positive};
use crate::error::Error;
use crate::solve::Orthogonal;

/// How standard errors of a regression take the residuals.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum StandardErrors {
    /// Of one variance for all rows: what [`AnytimeT`]'s exact results ask for.
    Classic,
    /// Each row of its own, e² / (1 − h) with h its leverage: unbiased where they are alike, right where they are not.
    #[default]
    Hc2,
    /// The same with (1 − h)², which is close to the jackknife and errs on the side of caution.
    Hc3,
}

/// A linear regression by least squares. With an intercept, the arm as 0 or 1, and what was known of units before, the arm's
/// coefficient is the effect, adjusted.
///
/// By an orthogonal decomposition, so that no digits are lost to squares. Agrees with `statsmodels.api.OLS`, its `HC2_se` and
/// `HC3_se`. Errors of J. G. MacKinnon, H. White, Journal of Econometrics 29 (1985).
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::{LinearFit, StandardErrors};
///
/// let design = [[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]].map(Vec::from);
/// let fit = LinearFit::new(&design, &[1.0, 3.0, 4.0, 8.0])?;
/// assert!((fit.coefficients()[1] - 4.0).abs() < 1e-14);
/// assert!((fit.standard_errors(StandardErrors::Hc2).unwrap()[1] - 5.0_f64.sqrt()).abs() < 1e-14);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LinearFit {
    coefficients: Vec<f64>,
    residuals: Vec<f64>,
    leverages: Vec<f64>,
    /// Of each coefficient, what each response weighs in it.
    weights: Vec<Vec<f64>>,
}

impl LinearFit {
    /// Of a row of the design, and a response, for each unit.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewRows`] without more rows than columns, and one column; [`Error::Statistics`] when a row has not the length of
    /// the first, there is not a response for each, or something is not finite; [`Error::DependentColumn`] when a column is made up
    /// by those before it.
    pub fn new(design: &[Vec<f64>], response: &[f64]) -> Result<Self, Error> {
        let (rows, columns) = (design.len(), design.first().map_or(0, Vec::len));
        if rows <= columns || columns == 0 {
            return Err(Error::TooFewRows { rows, columns });
        }
        let lengths = design.iter().map(|row| (columns, row.len())).chain([(rows, response.len())]);
        for (expected, found) in lengths {
            if expected != found {
                return Err(audience_stats::Error::LengthsDiffer { expected, found }.into());
            }
        }
        let by_column: Vec<Vec<f64>> = (0..columns).map(|at| design.iter().map(|row| row[at]).collect()).collect();
        let by_row = design.iter().zip(response).map(|(row, response)| row.iter().chain([response]));
        for (at, value) in by_row.enumerate().flat_map(|(at, row)| row.map(move |value| (at, *value))) {
            if !value.is_finite() {
                return Err(audience_stats::Error::NotFinite { at, value }.into());
            }
        }
        let orthogonal = Orthogonal::new(by_column).map_err(|column| Error::DependentColumn { column })?;
        let (coefficients, residuals) = orthogonal.solve(response);
        let leverages = (0..rows).map(|row| orthogonal.leverage(row)).collect();
        Ok(Self { coefficients, residuals, leverages, weights: orthogonal.weights() })
    }

    /// The coefficients, in the order of columns.
    pub fn coefficients(&self) -> &[f64] {
        &self.coefficients
    }

    /// How many units there are.
    pub const fn units(&self) -> usize {
        self.residuals.len()
    }

    /// Degrees of freedom: units less coefficients.
    pub const fn degrees(&self) -> usize {
        self.residuals.len() - self.coefficients.len()
    }

    /// The standard error of each coefficient. None of HC2 and HC3 where a row has a coefficient to itself, and so no residual.
    pub fn standard_errors(&self, kind: StandardErrors) -> Option<Vec<f64>> {
        let squares = || self.residuals.iter().map(|residual| residual * residual);
        let robust = |power: i32| -> Option<Vec<f64>> {
            let rest = self.leverages.iter().map(|leverage| 1.0 - leverage);
            squares().zip(rest).map(|(square, rest)| (rest > 1e-12).then(|| square / rest.powi(power))).collect()
        };
        let variances = match kind {
            StandardErrors::Classic => {
                let pooled = squares().sum::<f64>() / self.degrees() as f64;
                vec![pooled; self.units()]
            }
            StandardErrors::Hc2 => robust(1)?,
            StandardErrors::Hc3 => robust(2)?,
        };
        let squared = |weights: &Vec<f64>| weights.iter().zip(&variances).map(|(w, v)| w * w * v).sum::<f64>();
        Some(self.weights.iter().map(|weights| squared(weights).sqrt()).collect())
    }
}

/// A t test that stays right however often one looks: evidence for a coefficient spread as N(0, σ² / g) over none. With
/// r = g / (g + n), ln E = ½ ln r + ½ (ν + 1) (ln(1 + t² / ν) − ln(1 + r t² / ν)), for n units and ν degrees of freedom.
///
/// Exact from the first look on where residuals are normal with one variance, and units come in the order in which they are analysed.
/// With robust standard errors use [`z_radius`](Self::z_radius), from some hundred units of each arm on.
///
/// M. Lindon, D. W. Ham, M. Tingley, I. Bojinov, "Anytime-valid linear models and regression adjusted causal inference in randomized
/// experiments", arXiv 2210.08589. Agrees with the formulas of the R package avlm.
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::AnytimeT;
/// use audience_stats::Confidence;
///
/// let test = AnytimeT::new(1.0)?;
/// assert!((test.t_radius(30, 27.0, Confidence::P95) - 3.364_055_806_566_538).abs() < 1e-12);
/// assert!((test.z_radius(30, Confidence::P95) - 3.120_838_585_484).abs() < 1e-9);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AnytimeT {
    #[cfg_attr(feature = "serde", serde(deserialize_with = "super::positive_from"))]
    g: f64,
}

impl AnytimeT {
    /// With this weight of the prior, in units: the larger, the smaller the effects it is best at finding.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when it is not finite and above 0.
    pub fn new(g: f64) -> Result<Self, Error> {
        Ok(Self { g: positive("weight of the prior", g)? })
    }

    /// With the weight that makes intervals of this confidence narrowest at so many units, at least 1:
    /// g = n / (−2 ln α + ln(1 − 2 ln α)), nearly.
    pub fn tuned_for(units: u64, confidence: Confidence) -> Self {
        let twice = 2.0 * ln_inverse_alpha(confidence);
        Self { g: units.max(1) as f64 / (twice + twice.ln_1p()) }
    }

    /// g, the weight of the prior.
    pub const fn g(&self) -> f64 {
        self.g
    }

    /// ln E of a t statistic on so many units, with `degrees` above 0.
    pub fn ln_e_value(&self, t: f64, units: u64, degrees: f64) -> f64 {
        let r = self.g / (self.g + units as f64);
        let square = t * t / degrees;
        r.ln() / 2.0 + degrees.midpoint(1.0) * (square.ln_1p() - (r * square).ln_1p())
    }

    /// 1 / E, at most 1: right at any number of looks, as is the least of all so far.
    pub fn p_value(&self, t: f64, units: u64, degrees: f64) -> PValue {
        PValue::from_ln(-self.ln_e_value(t, units, degrees))
    }

    /// How many classic standard errors the interval reaches to each side; infinite where there are too few units to exclude
    /// anything.
    pub fn t_radius(&self, units: u64, degrees: f64, confidence: Confidence) -> f64 {
        let n = units as f64;
        let ln_r = -(n / self.g).ln_1p();
        // √(ν (1 − w) / (w − r)), with w = (r α²)^(1 / (ν + 1)).
        let ln_w = (ln_r - 2.0 * ln_inverse_alpha(confidence)) / (degrees + 1.0);
        if ln_w <= ln_r {
            return f64::INFINITY;
        }
        (degrees * -ln_w.exp_m1() / (ln_r.exp() * (ln_w - ln_r).exp_m1())).sqrt()
    }

    /// How many standard errors the interval reaches to each side where t is nearly normal:
    /// √((g + n) / n · ln((g + n) / (g α²))).
    pub fn z_radius(&self, units: u64, confidence: Confidence) -> f64 {
        let n = units as f64;
        ((self.g + n) / n * ((n / self.g).ln_1p() + 2.0 * ln_inverse_alpha(confidence))).sqrt()
    }

    /// The values of a coefficient that are not rejected, with its classic standard error; none of a coefficient that is not there.
    pub fn interval(&self, fit: &LinearFit, coefficient: usize, confidence: Confidence) -> Option<Interval> {
        let estimate = *fit.coefficients().get(coefficient)?;
        let error = *fit.standard_errors(StandardErrors::Classic)?.get(coefficient)?;
        let radius = self.t_radius(fit.units() as u64, fit.degrees() as f64, confidence);
        // Even of no error at all, an infinite number of them.
        let reach = if radius.is_finite() { radius * error } else { radius };
        Some(Interval { low: estimate - reach, high: estimate + reach })
    }

    /// The same with a standard error of any kind, where t is nearly normal: right from some hundred units of each arm on, also where
    /// rows vary differently.
    pub fn asymptotic_interval(
        &self,
        fit: &LinearFit,
        coefficient: usize,
        kind: StandardErrors,
        confidence: Confidence,
    ) -> Option<Interval> {
        let estimate = *fit.coefficients().get(coefficient)?;
        let error = *fit.standard_errors(kind)?.get(coefficient)?;
        let reach = self.z_radius(fit.units() as u64, confidence) * error;
        Some(Interval { low: estimate - reach, high: estimate + reach })
    }
}
