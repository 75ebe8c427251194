//! Tests of means where Welch's is not the one that is asked for.

use audience_stats::{FloatSum, trimmed_mean, winsorize};

use crate::effect::{ArmEstimate, Effect, Scale};
use crate::error::Error;
use crate::refusal::Refusal;

/// What Yuen trims from either end by default: a fifth.
pub const TRIM: f64 = 0.2;

/// What an arm says of its trimmed mean: the mean of the middle, without the lowest and the highest part `trim` of the values.
/// With [`welch`](crate::welch) on the absolute scale it makes Yuen's test, which long tails and strays hardly touch.
///
/// With g = ⌊trim · n⌋ and h = n − 2 g, its squared error is the winsorised sum of squares by h (h − 1), and the arm counts for h
/// units. The question is another one than that of means: an effect that lies in the tail, such as of the longest stalls, is
/// trimmed away.
///
/// K. K. Yuen, "The two-sample trimmed t for unequal population variances", Biometrika 61 (1974). Agrees with
/// `scipy.stats.ttest_ind(equal_var=False, trim=…)`.
///
/// # Errors
///
/// [`Error::Statistics`] for a value that is not finite, and when `trim` is not from 0 to below a half; [`Error::Refused`] when
/// fewer than two values are left.
///
/// # Examples
///
/// ```
/// use audience_abtest::samples::{TRIM, trimmed};
/// use audience_abtest::{Alternative, Scale, welch};
///
/// let control = trimmed(&[3.1, 2.9, 3.3, 3.0, 90.0, 2.8], TRIM)?;
/// let treatment = trimmed(&[3.9, 4.1, 4.4, 4.0, 0.1, 4.2], TRIM)?;
/// assert!((control.value - 3.075).abs() < 1e-12);
/// let effect = welch(&control, &treatment, Scale::Absolute)?;
/// assert!(effect.p_value(0.0, Alternative::TwoSided).value() < 0.001);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn trimmed(values: &[f64], trim: f64) -> Result<ArmEstimate, Error> {
    let mean = trimmed_mean(values, trim)?;
    let pulled_in = winsorize(values, trim, trim)?;
    let kept = values.len() - 2 * ((trim * values.len() as f64) as usize);
    let (Some(value), true) = (mean, kept > 1) else {
        return Err(Refusal::TooFewUnits { units: kept as u64, needed: 2 }.into());
    };
    let center = pulled_in.iter().copied().collect::<FloatSum>().value() / pulled_in.len() as f64;
    let squares: FloatSum = pulled_in.iter().map(|value| (value - center) * (value - center)).collect();
    Ok(ArmEstimate::new(kept as u64, value, squares.value() / (kept as f64 - 1.0)))
}

/// The difference of two arms by Student's test, which takes their variances to be equal: SE² = s² (1 / n₁ + 1 / n₂) with the
/// variance pooled over n₁ + n₂ − 2 degrees of freedom.
///
/// Where variances differ and sizes too, it rejects too often or too seldom; [`welch`](crate::welch) does not, and loses next to
/// nothing where they are equal. It is here to agree with those who use it.
///
/// Student, "The probable error of a mean", Biometrika 6 (1908). Agrees with `scipy.stats.ttest_ind`.
///
/// # Errors
///
/// [`Refusal::TooFewUnits`] when the arms have less than three units together or one has none; [`Refusal::NoVariance`] when
/// units do not vary in either.
pub fn student(control: &ArmEstimate, treatment: &ArmEstimate) -> Result<Effect, Refusal> {
    let (m, n) = (control.units as f64, treatment.units as f64);
    let least = control.units.min(treatment.units);
    let degrees = m + n - 2.0;
    if least == 0 || degrees < 1.0 {
        return Err(Refusal::TooFewUnits { units: least, needed: 2 });
    }
    let pooled = ((m - 1.0) * control.variance + (n - 1.0) * treatment.variance) / degrees;
    let squared = pooled * (1.0 / m + 1.0 / n);
    if !(squared > 0.0 && squared.is_finite()) {
        return Err(Refusal::NoVariance);
    }
    Ok(Effect {
        scale: Scale::Absolute,
        estimate: treatment.value - control.value,
        standard_error: squared.sqrt(),
        degrees: Some(degrees),
    })
}
