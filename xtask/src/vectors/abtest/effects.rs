//! Differences between arms, from sums of units.

use audience_abtest::{
    Adjusted, ArmEstimate, ConfidenceSequence, Effect, Functional, NormalEffects, QuantileSample, Refusal, Scale,
    cuped, post_stratified, welch,
};
use audience_stats::{Alternative, Confidence, Divisor, Interval, Moments};
use serde::Deserialize;
use serde_json::Value;

use super::super::Family;
use super::super::comparison::{Comparison, Failure, read};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("gb_ttest", growthbook),
    ("gb_sequential", growthbook),
    ("gb_ratio", growthbook),
    ("gb_cuped", growthbook),
    ("gb_bayes", growthbook),
    ("gb_quantile", growthbook),
    ("gb_poststrat", growthbook),
];

/// A case of gbstats: strata of a control and a treatment each.
#[derive(Deserialize)]
struct Case {
    test: Test,
    config: Config,
    pairs: Vec<(Statistic, Statistic)>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Test {
    TwoSided,
    Greater,
    Lesser,
    SeqTwoSided,
    SeqGreater,
    SeqLesser,
    Bayes,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Config {
    difference_type: Scale,
    alpha: f64,
    test_value: f64,
    sequential_tuning_parameter: f64,
    inverse: bool,
    prior_type: Scale,
    prior_effect: Option<Prior>,
    post_stratify: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            difference_type: Scale::Relative,
            alpha: 0.05,
            test_value: 0.0,
            sequential_tuning_parameter: 5000.0,
            inverse: false,
            prior_type: Scale::Relative,
            prior_effect: None,
            post_stratify: false,
        }
    }
}

#[derive(Deserialize)]
struct Prior {
    mean: f64,
    variance: f64,
    proper: bool,
}

/// What is known of one arm.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Statistic {
    Proportion {
        n: u64,
        sum: f64,
    },
    Mean {
        n: u64,
        sum: f64,
        sum_squares: f64,
    },
    Ratio {
        n: u64,
        numerator: Part,
        denominator: Part,
        sum_of_products: f64,
    },
    Cuped {
        n: u64,
        post: Part,
        pre: Part,
        post_pre_sum_of_products: f64,
    },
    CupedRatio {
        n: u64,
        m_statistic_post: Part,
        d_statistic_post: Part,
        m_statistic_pre: Part,
        d_statistic_pre: Part,
        m_post_m_pre_sum_of_products: f64,
        d_post_d_pre_sum_of_products: f64,
        m_pre_d_pre_sum_of_products: f64,
        m_post_d_post_sum_of_products: f64,
        m_post_d_pre_sum_of_products: f64,
        m_pre_d_post_sum_of_products: f64,
    },
    Quantile(Quantile),
    QuantileClustered {
        #[serde(flatten)]
        quantile: Quantile,
        main_sum: f64,
        main_sum_squares: f64,
        denominator_sum: f64,
        denominator_sum_squares: f64,
        main_denominator_sum_product: f64,
        n_clusters: u64,
    },
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "the fields of the other program")]
struct Quantile {
    n: u64,
    n_star: u64,
    nu: f64,
    quantile_hat: f64,
    quantile_lower: f64,
    quantile_upper: f64,
}

/// Sums of one quantity.
#[derive(Clone, Copy, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Part {
    Proportion { sum: f64 },
    Mean { sum: f64, sum_squares: f64 },
}

impl Part {
    fn sums(self) -> (f64, f64) {
        match self {
            Self::Proportion { sum } => (sum, sum),
            Self::Mean { sum, sum_squares } => (sum, sum_squares),
        }
    }

    const fn divisor(self) -> Divisor {
        match self {
            Self::Proportion { .. } => Divisor::Units,
            Self::Mean { .. } => Divisor::UnitsLessOne,
        }
    }
}

impl Statistic {
    /// The moments of the quantities, where the statistic is made of sums.
    fn moments(&self) -> Result<Moments, Failure> {
        let (n, parts, products) = match *self {
            Self::Proportion { n, sum } => (n, vec![Part::Proportion { sum }], vec![]),
            Self::Mean { n, sum, sum_squares } => (n, vec![Part::Mean { sum, sum_squares }], vec![]),
            Self::Ratio { n, numerator, denominator, sum_of_products } => {
                (n, vec![numerator, denominator], vec![sum_of_products])
            }
            Self::Cuped { n, post, pre, post_pre_sum_of_products } => {
                (n, vec![post, pre], vec![post_pre_sum_of_products])
            }
            Self::CupedRatio {
                n,
                m_statistic_post,
                d_statistic_post,
                m_statistic_pre,
                d_statistic_pre,
                m_post_m_pre_sum_of_products,
                d_post_d_pre_sum_of_products,
                m_pre_d_pre_sum_of_products,
                m_post_d_post_sum_of_products,
                m_post_d_pre_sum_of_products,
                m_pre_d_post_sum_of_products,
            } => {
                let parts = vec![m_statistic_post, d_statistic_post, m_statistic_pre, d_statistic_pre];
                let products = vec![
                    m_post_d_post_sum_of_products,
                    m_post_m_pre_sum_of_products,
                    m_post_d_pre_sum_of_products,
                    m_pre_d_post_sum_of_products,
                    d_post_d_pre_sum_of_products,
                    m_pre_d_pre_sum_of_products,
                ];
                (n, parts, products)
            }
            Self::Quantile(_) | Self::QuantileClustered { .. } => {
                return Err(Failure::Unreadable("a quantile is not made of sums".to_owned()));
            }
        };
        let sums: Vec<f64> = parts.iter().map(|part| part.sums().0).collect();
        let mut rest = products.into_iter();
        let mut triangle = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            triangle.push(part.sums().1);
            triangle.extend(rest.by_ref().take(parts.len() - at - 1));
        }
        Ok(Moments::from_sums(n, &sums, &triangle)?.divided_by(parts[0].divisor()))
    }

    /// The metric, and the covariates of the same.
    const fn metric(&self) -> (Functional, &'static [usize]) {
        match self {
            Self::Ratio { .. } => (Functional::Ratio(0, 1), &[]),
            Self::Cuped { .. } => (Functional::Mean(0), &[1]),
            Self::CupedRatio { .. } => (Functional::Ratio(0, 1), &[2, 3]),
            _ => (Functional::Mean(0), &[]),
        }
    }

    fn of_quantile(&self) -> Option<Result<ArmEstimate, Failure>> {
        let (quantile, clusters) = match self {
            Self::Quantile(quantile) => (quantile, None),
            Self::QuantileClustered {
                quantile,
                main_sum,
                main_sum_squares,
                denominator_sum,
                denominator_sum_squares,
                main_denominator_sum_product,
                n_clusters,
            } => {
                let products = [*main_sum_squares, *main_denominator_sum_product, *denominator_sum_squares];
                (quantile, Some(Moments::from_sums(*n_clusters, &[*main_sum, *denominator_sum], &products)))
            }
            _ => return None,
        };
        let sample = QuantileSample {
            values: quantile.n,
            taken_for: quantile.n_star,
            level: quantile.nu,
            quantile: quantile.quantile_hat,
            lower: quantile.quantile_lower,
            upper: quantile.quantile_upper,
        };
        let clusters = match clusters.transpose() {
            Ok(clusters) => clusters,
            Err(error) => return Some(Err(error.into())),
        };
        Some(ArmEstimate::quantile(&sample, clusters.as_ref()).map_err(refused))
    }
}

fn refused(refusal: Refusal) -> Failure {
    Failure::refused(refusal)
}

/// The arms of all strata together, adjusted if there is anything to adjust for.
fn together(pairs: &[(Statistic, Statistic)], adjust: bool) -> Result<Adjusted, Failure> {
    let (control, treatment) = pairs.first().ok_or_else(|| Failure::Unreadable("it has no arms".to_owned()))?;
    if let Some((control, treatment)) = control.of_quantile().zip(treatment.of_quantile()) {
        return Ok(Adjusted { control: control?, treatment: treatment?, coefficients: vec![] });
    }
    let (metric, covariates) = control.metric();
    let covariates: Vec<Functional> = match covariates {
        _ if !adjust => vec![],
        [] => vec![],
        [one] => vec![Functional::Mean(*one)],
        [one, other, ..] => vec![Functional::Ratio(*one, *other)],
    };
    let all = |arm: fn(&(Statistic, Statistic)) -> &Statistic| {
        pairs.iter().map(|pair| arm(pair).moments()).reduce(|all, next| Ok(joined(&all?, &next?))).transpose()
    };
    let (control, treatment) = (all(|pair| &pair.0)?, all(|pair| &pair.1)?);
    let (control, treatment) = control.zip(treatment).ok_or_else(|| Failure::Unreadable("no arms".to_owned()))?;
    cuped(&control, &treatment, metric, &covariates).map_err(refused)
}

/// Of two strata; gbstats takes what is put together for a sample of numbers, also of proportions.
fn joined(one: &Moments, other: &Moments) -> Moments {
    let of = |moments: &Moments| moments.clone().divided_by(Divisor::UnitsLessOne);
    of(one).pooled(&of(other))
}

fn growthbook(input: &Value, comparison: &mut Comparison) -> Result<(), Failure> {
    let Case { test, config, pairs } = read(input)?;
    let scale = config.difference_type;
    let arms = together(&pairs, true)?;
    let mut effect = welch(&arms.control, &arms.treatment, scale).map_err(refused)?;
    if config.post_stratify {
        let strata: Vec<(Moments, Moments)> =
            pairs.iter().map(|(a, b)| Ok((a.moments()?, b.moments()?))).collect::<Result<_, Failure>>()?;
        let (metric, covariates) = pairs[0].0.metric();
        effect = post_stratified(&strata, metric, covariates, scale).map_err(refused)?;
    }
    let units = arms.control.units + arms.treatment.units;
    let confidence = Confidence::new(1.0 - config.alpha)?;
    let alternative = match test {
        Test::TwoSided | Test::SeqTwoSided | Test::Bayes => Alternative::TwoSided,
        Test::Greater | Test::SeqGreater => Alternative::Greater,
        Test::Lesser | Test::SeqLesser => Alternative::Less,
    };
    // Of differences of what is much larger, digits are lost on both sides: as many as it is larger.
    let plain = together(&pairs, false)?;
    let size = effect.estimate.abs().max(match scale {
        Scale::Absolute => arms.control.value.abs() * 1e-3,
        Scale::Relative => 1e-3,
    });
    let per_arm = [("stat_a", &arms.control, &plain.control), ("stat_b", &arms.treatment, &plain.treatment)];
    for (field, arm, plain) in per_arm {
        comparison.within(field, |part| {
            part.near("mean", 1e-12, plain.value.abs(), arm.value);
            part.near("variance", 1e-10, 0.0, arm.variance);
            part.near("unadjusted_mean", 1e-12, 0.0, plain.value);
            // What the variance is made of.
            part.pass_over("covariance");
            Ok::<_, Failure>(())
        })?;
    }
    comparison.check("theta", 1e-9, arms.coefficients.first().copied());
    if test == Test::Bayes {
        let prior = config.prior_effect.filter(|prior| prior.proper);
        // A prior of relative effects, in the metric's unit. One of absolute effects is taken as it is, also for relative ones.
        let unit = if (config.prior_type, scale) == (Scale::Relative, Scale::Absolute) {
            arms.control.level.abs()
        } else {
            1.0
        };
        let prior = prior.map(|prior| NormalEffects { mean: unit * prior.mean, sd: unit * prior.variance.sqrt() });
        return bayes(&NormalEffects::after(&effect, prior), &effect, confidence, config.inverse, comparison);
    }
    comparison.near("expected", 1e-12, size, effect.estimate);
    comparison.check("standard_error", 1e-10, effect.standard_error);
    comparison.within("uplift", |part| {
        part.near("mean", 1e-12, size, effect.estimate);
        part.check("stddev", 1e-10, effect.standard_error);
        part.pass_over("dist");
        Ok::<_, Failure>(())
    })?;
    comparison.check("error", 0.0, None::<f64>);
    comparison.pass_over("p_value_error");
    comparison.check("dof", 1e-10, effect.degrees);
    let (interval, p) = match test {
        Test::SeqTwoSided | Test::SeqGreater | Test::SeqLesser => {
            let sequence = ConfidenceSequence::new(confidence, alternative)?;
            let sequence = sequence.tuned_for(config.sequential_tuning_parameter);
            comparison.check("rho", 1e-12, sequence.rho());
            (sequence.interval(&effect, units), sequence.p_value(&effect, units, config.test_value))
        }
        _ => (effect.interval(confidence, alternative), effect.p_value(config.test_value, alternative)),
    };
    comparison.near("ci", 1e-10, size, interval);
    if matches!(test, Test::SeqGreater | Test::SeqLesser) {
        // gbstats bisects, with a tolerance on the scale of the interval and inside 0.00001 to 0.4999 only.
        comparison.pass_over("p_value");
    } else {
        // gbstats takes 1 less the distribution function, and so loses the tail.
        let p = p.value();
        comparison.near("p_value", 1e-10, 1e-5, p);
    }
    Ok(())
}

fn bayes(
    posterior: &NormalEffects,
    effect: &Effect,
    confidence: Confidence,
    inverse: bool,
    comparison: &mut Comparison,
) -> Result<(), Failure> {
    let chance = posterior.chance_to_win();
    let chance = if inverse { posterior.ln_chance_to_lose().exp() } else { chance };
    let size = effect.standard_error;
    comparison.near("chance_to_win", 1e-10, 1e-3, chance);
    let mut losses = [posterior.loss_of_control(), posterior.loss_of_treatment()];
    if inverse {
        losses.swap(0, 1);
    }
    comparison.near("risk", 1e-8, size * 1e-3, losses.to_vec());
    let Interval { low, high } = posterior.interval(confidence);
    comparison.near("ci", 1e-10, size, Interval { low, high });
    comparison.near("expected", 1e-10, size, posterior.mean);
    comparison.within("uplift", |part| {
        part.near("mean", 1e-10, size, posterior.mean);
        part.check("stddev", 1e-10, posterior.sd);
        part.pass_over("dist");
        Ok::<_, Failure>(())
    })?;
    comparison.check("standard_error", 1e-10, effect.standard_error);
    comparison.check("error", 0.0, None::<f64>);
    comparison.pass_over("risk_type");
    Ok(())
}
