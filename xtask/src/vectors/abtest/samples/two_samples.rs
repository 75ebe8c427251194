//! Two samples, by their means and by their ranks.

use audience_abtest::samples::{TRIM, student, trimmed};
use audience_abtest::{ArmEstimate, Effect, Refusal, Scale, welch};
use audience_stats::{Alternative, MannWhitney, Moments};
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::comparison::{Comparison, Failure, Number, read};
use crate::vectors::retention::{BOUND, SUM, confidence, floats};

#[derive(Deserialize)]
#[serde(untagged)]
enum Sample {
    Values(Vec<Number>),
    Summary { mean: f64, sd: f64, n: u64 },
}

impl Sample {
    fn estimate(&self) -> Result<ArmEstimate, Failure> {
        match self {
            Self::Values(values) => {
                let moments = Moments::of(&[&floats(values)])?;
                ArmEstimate::mean(&moments, 0).map_err(Failure::refused)
            }
            Self::Summary { mean, sd, n } => Ok(ArmEstimate::new(*n, *mean, sd * sd)),
        }
    }
}

pub(super) fn two_samples(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Samples {
        control: Sample,
        treatment: Sample,
        alpha: Number,
    }
    let samples: Samples = read(input)?;
    let confidence = confidence(samples.alpha)?;
    let (control, treatment) = (samples.control.estimate()?, samples.treatment.estimate()?);
    let effect = match welch(&control, &treatment, Scale::Absolute) {
        Ok(effect) => effect,
        Err(Refusal::NoVariance) => {
            // Two constants: there t is infinite and p is 0, of one degree of freedom that is made up.
            for field in ["t", "p_two_sided", "df"] {
                compare.pass_over(field);
            }
            return Ok(());
        }
        Err(refusal) => return Err(Failure::refused(refusal)),
    };
    // Digits of the means that the difference does not have; variances are of values off by as much.
    let size = control.value.abs().max(treatment.value.abs());
    let lost = f64::EPSILON * size / effect.standard_error;
    compare.near("t", SUM.max(2.0 * lost), 1.0, effect.statistic(0.0));
    compare.check("df", SUM.max(2.0 * lost), effect.degrees);
    compare.near("diff", SUM, size, effect.estimate);
    compare.near("ci", BOUND, size, effect.interval(confidence, Alternative::TwoSided));
    compare.near("statsmodels_ci", BOUND, size, effect.interval(confidence, Alternative::TwoSided));
    let p = |effect: &Effect, alternative| effect.p_value(0.0, alternative).value();
    let bound = BOUND.max(20.0 * lost);
    compare.check("p_two_sided", bound, p(&effect, Alternative::TwoSided));
    compare.check("p_greater", bound, p(&effect, Alternative::Greater));
    let pooled = student(&control, &treatment).map_err(Failure::refused)?;
    compare.near("student_t", SUM, 1.0, pooled.statistic(0.0));
    compare.check("student_p", BOUND, p(&pooled, Alternative::TwoSided));
    if let (Sample::Values(control), Sample::Values(treatment)) = (&samples.control, &samples.treatment) {
        let (control, treatment) = (floats(control), floats(treatment));
        let ranks = MannWhitney::new(&treatment, &control)?;
        compare.check("mannwhitney_u", 0.0, ranks.u);
        compare.check("mannwhitney_p_asymptotic", BOUND, ranks.p_value(Alternative::TwoSided).value());
        let middle = welch(&trimmed(&control, TRIM)?, &trimmed(&treatment, TRIM)?, Scale::Absolute);
        if let Ok(middle) = middle {
            compare.near("yuen_trim20_t", SUM, 1.0, middle.statistic(0.0));
            compare.check("yuen_trim20_df", SUM, middle.degrees);
            compare.check("yuen_trim20_p", BOUND, p(&middle, Alternative::TwoSided));
        }
    }
    Ok(())
}
