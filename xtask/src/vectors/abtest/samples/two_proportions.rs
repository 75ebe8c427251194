//! Two proportions, and each of them.

use audience_stats::{Alternative, DifferenceInterval, PValue, Proportion, RateInterval};
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::comparison::{Answer, Comparison, Failure, Number, read};
use crate::vectors::retention::{BOUND, SUM, confidence};

#[derive(Deserialize)]
struct Arm {
    successes: u64,
    n: u64,
}

impl Arm {
    fn proportion(&self) -> Result<Proportion, Failure> {
        Ok(Proportion::new(self.successes, self.n)?)
    }
}

/// The logarithm of 10⁻¹⁵, below which probabilities are compared by theirs.
const LN_FAR: f64 = -34.5;

pub(super) fn two_proportions(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Arms {
        control: Arm,
        treatment: Arm,
        alpha: Number,
    }
    let arms: Arms = read(input)?;
    let (control, treatment) = (arms.control.proportion()?, arms.treatment.proportion()?);
    let confidence = confidence(arms.alpha)?;
    tests(&treatment, &control, compare);

    // Their ends are differences of rates, and of squares of rates.
    let scale = treatment.rate().unwrap_or(0.0).max(control.rate().unwrap_or(0.0));
    for (field, method) in [
        ("ci_diff_wald", DifferenceInterval::Wald),
        ("ci_diff_newcomb", DifferenceInterval::Newcombe),
        ("ci_diff_agresti-caffo", DifferenceInterval::AgrestiCaffo),
    ] {
        compare.near(field, SUM, scale, treatment.difference_interval(&control, method, confidence));
    }
    // Its cubic equation has a coefficient that is not Miettinen's and Nurminen's: equal groups have intervals there that are
    // not symmetric. So both are only alike, to a part of their width; ours are compared with the definition, in 40 digits, by
    // the tests of `audience-stats`.
    if let Some(score) = treatment.difference_interval(&control, DifferenceInterval::MiettinenNurminen, confidence) {
        compare.roughly("ci_diff_score", 0.06, score.high - score.low, score);
    }
    compare.check("ci_ratio_log", SUM, treatment.ratio_interval(&control, confidence));
    for (arm, proportion) in [("control", control), ("treatment", treatment)] {
        for (method, field, tolerance) in [
            (RateInterval::Wilson, "wilson", SUM),
            (RateInterval::AgrestiCoull, "agresti_coull", SUM),
            (RateInterval::ClopperPearson, "beta", BOUND),
            (RateInterval::Jeffreys, "jeffreys", BOUND),
            (RateInterval::Wald, "normal", SUM),
        ] {
            let found = proportion.interval(method, confidence);
            // Of a few in 10⁹ the other program's quantiles have 8 digits; ours have those of the binomial distribution summed up in
            // 40 (mpmath), as the tests of `audience-stats` show.
            let tolerance =
                if field == "beta" && proportion.rate().is_some_and(|rate| rate < 1e-7) { 1e-8 } else { tolerance };
            // An end of 0 is the difference of what is as large as the interval.
            let width = found.map_or(0.0, |interval| interval.high);
            compare.near(&format!("{arm}_ci_{field}"), tolerance, width, found);
        }
    }
    Ok(())
}

fn tests(treatment: &Proportion, control: &Proportion, compare: &mut Comparison) {
    let pooled = |alternative| treatment.pooled_test(control, alternative);
    let z = pooled(Alternative::TwoSided).map(|test| test.z);
    // The rates of large groups differ in their last digits.
    let rounding = treatment.rate().unwrap_or(0.0) / (treatment.rate().unwrap_or(0.0) - control.rate().unwrap_or(0.0));
    let z_error = SUM.max(4.0 * f64::EPSILON * rounding.abs().min(1e6));
    compare.check("mpmath_pooled_z", z_error, z);
    compare.check("pooled_z", z_error, z);
    let p = pooled(Alternative::TwoSided).map(|test| test.p);
    compare.near("mpmath_pooled_ln_p_two_sided", BOUND, 1.0, p.map(PValue::ln));
    let far = p.is_some_and(|p| p.ln() < LN_FAR);
    if far {
        // Compared by its logarithm, which stands beside it, and by these only where they have one.
        compare.pass_over("mpmath_pooled_p_two_sided");
        compare.pass_over("pooled_p_two_sided");
        // One of them is 0 there, or has lost its digits.
        compare.pass_over("pooled_p_larger");
        compare.pass_over("pooled_p_smaller");
    } else {
        let value = |alternative| pooled(alternative).map(|test| test.p.value());
        compare.check("mpmath_pooled_p_two_sided", BOUND, p.map(PValue::value));
        compare.check("pooled_p_two_sided", BOUND, p.map(PValue::value));
        compare.check("pooled_p_larger", BOUND, value(Alternative::Greater));
        compare.check("pooled_p_smaller", BOUND, value(Alternative::Less));
    }
    let wald = treatment.wald_test(control, Alternative::TwoSided);
    let (z, p): (Answer, Answer) = (wald.map(|test| test.z).into(), wald.map(|test| test.p.value()).into());
    compare.near("unpooled_wald_z_p", BOUND, 1e-15, vec![z, p]);
    let fisher = treatment.fisher(control, Alternative::TwoSided);
    compare.check("fisher_p_two_sided", BOUND, fisher.value());
}
