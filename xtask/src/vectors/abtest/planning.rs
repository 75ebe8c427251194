//! How many units it takes, and bandits.

use audience_abtest::bandits::{Allocation, TopTwo};
use audience_abtest::planning::{Criterion, Midway, PlannedMetric, TestDesign, cohens_h};
use audience_abtest::{ArmEstimate, Effect, NormalEffects, Scale, chances_to_be_best, welch};
use audience_stats::{Alternative, Confidence, Divisor, Moments};
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use crate::vectors::comparison::{Comparison, Failure, read};
use crate::vectors::retention::{BOUND, SUM};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] =
    &[("gb_bandit", bandit), ("gb_midpower", midway), ("power", power), ("spotify_sample_size", spotify_sample_size)];

/// How near probabilities are that are drawn there, ten thousand times.
const DRAWN: f64 = 0.02;

/// How near roots are.
const ROOT: f64 = 1e-6;

#[derive(Clone, Copy, Deserialize)]
enum Side {
    #[serde(rename = "two-sided")]
    Both,
    #[serde(rename = "larger")]
    Larger,
    #[serde(rename = "smaller")]
    Smaller,
}

impl From<Side> for Alternative {
    fn from(side: Side) -> Self {
        match side {
            Side::Both => Self::TwoSided,
            Side::Larger => Self::Greater,
            Side::Smaller => Self::Less,
        }
    }
}

fn power(case: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Plan {
        Proportions {
            diff: f64,
            p_control: f64,
            alpha: f64,
            power: f64,
            #[serde(rename = "ratio_n_treat_over_n_control_inverse_see_readme")]
            ratio: f64,
            nobs1: f64,
        },
        Rates {
            p_control: f64,
            p_treatment: f64,
            #[serde(flatten)]
            test: Test,
        },
        Means {
            effect_size: f64,
            #[serde(flatten)]
            test: Test,
        },
    }
    #[derive(Deserialize)]
    struct Test {
        alpha: f64,
        power: f64,
        ratio: f64,
        alternative: Side,
        nobs1_for_power: f64,
    }
    let (metric, effect, test) = match read(case)? {
        Plan::Proportions { diff, p_control, alpha, power, ratio, nobs1 } => {
            // Their first group is the treatment.
            let design =
                TestDesign { confidence: Confidence::new(1.0 - alpha)?, ratio: ratio.recip(), ..TestDesign::default() };
            let metric = PlannedMetric::Rate { control: p_control };
            compare.check("power", BOUND, design.power(&metric, diff, nobs1 * ratio)?);
            let one_sided = TestDesign {
                // Halved for two sides by whoever called it and by it.
                confidence: Confidence::new(1.0 - alpha / 4.0)?,
                alternative: if diff > 0.0 { Alternative::Greater } else { Alternative::Less },
                ..design
            };
            let units = one_sided.units(&metric, diff, power)?;
            compare.check("samplesize_nobs1_one_tail_alpha_half", ROOT, units.treatment);
            // What it is made of there.
            for field in ["p_pooled", "std_null", "std_alt"] {
                compare.pass_over(field);
            }
            return Ok(());
        }
        Plan::Rates { p_control, p_treatment, test } => {
            let h = cohens_h(p_control, p_treatment);
            compare.near("cohens_h", SUM, 1e-2, h);
            (PlannedMetric::mean(1.0), h, test)
        }
        Plan::Means { effect_size, test } => (PlannedMetric::FewMeans { variance: 1.0 }, effect_size, test),
    };
    let Test { alpha, power, ratio, alternative, nobs1_for_power } = test;
    let confidence = Confidence::new(1.0 - alpha)?;
    let design = TestDesign { confidence, alternative: alternative.into(), ratio, ..TestDesign::default() };
    compare.check("power_at_nobs1_for_power", BOUND, design.power(&metric, effect, nobs1_for_power)?);
    if compare.expected("nobs1").is_some() {
        compare.check("nobs1", ROOT, design.units(&metric, effect, power)?.control);
    }
    if let Some(theirs) = compare.expected("mde_effect_size").and_then(Value::as_f64) {
        // Its root of effects ends up to some 0.00006 of power off, which ours need not.
        let reached = design.power(&metric, theirs, nobs1_for_power)?;
        compare.check_against("power with mde_effect_size", 1e-4, reached, &Value::from(power));
        let ours = design.detectable(&metric, power, nobs1_for_power)?;
        compare.check_against("power", 1e-12, design.power(&metric, ours, nobs1_for_power)?, &Value::from(power));
        compare.roughly("mde_effect_size", 2e-4, 0.0, ours);
    }
    Ok(())
}

fn spotify_sample_size(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Plan {
        binary: bool,
        non_inferiority: bool,
        control_mean: f64,
        control_variance: f64,
        absolute_effect: f64,
        alpha: f64,
        power: f64,
        kappa_control_over_treatment: f64,
    }
    let plan: Plan = read(input)?;
    // They count one side also where they test both.
    let (alpha, margin) =
        if plan.non_inferiority { (plan.alpha, plan.absolute_effect) } else { (plan.alpha / 2.0, 0.0) };
    let design = TestDesign {
        confidence: Confidence::new(1.0 - alpha)?,
        alternative: Alternative::Greater,
        null: -margin,
        ratio: plan.kappa_control_over_treatment.recip(),
        ..TestDesign::default()
    };
    let metric = if plan.binary && !plan.non_inferiority {
        PlannedMetric::RateUnpooled { control: plan.control_mean }
    } else {
        PlannedMetric::mean(plan.control_variance)
    };
    let units = design.units(&metric, plan.absolute_effect - margin, plan.power)?;
    // Units of the control are counted from those of the treatment there.
    let treatment = units.treatment.ceil();
    let total = (treatment * (1.0 + plan.kappa_control_over_treatment)).ceil();
    compare.check("total_sample_size", 0.0, total);
    Ok(())
}

/// Sums of units of one arm.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Sums {
    Proportion { n: u64, sum: f64 },
    Mean { n: u64, sum: f64, sum_squares: f64 },
}

impl Sums {
    fn estimate(&self) -> Result<ArmEstimate, Failure> {
        let moments = match *self {
            Self::Proportion { n, sum } => Moments::from_sums(n, &[sum], &[sum])?.divided_by(Divisor::Units),
            Self::Mean { n, sum, sum_squares } => Moments::from_sums(n, &[sum], &[sum_squares])?,
        };
        ArmEstimate::mean(&moments, 0).map_err(Failure::refused)
    }
}

#[derive(Deserialize)]
struct Prior {
    mean: f64,
    variance: f64,
    proper: bool,
}

fn midway(case: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        config: Config,
        power: Power,
        pairs: Vec<(Sums, Sums)>,
    }
    #[derive(Deserialize)]
    struct Config {
        difference_type: Scale,
        alpha: f64,
    }
    #[derive(Deserialize)]
    struct Power {
        #[serde(rename = "target_power")]
        target: f64,
        target_mde: f64,
        num_goal_metrics: u32,
        num_variations: u32,
        p_value_corrected: bool,
        sequential: bool,
        prior_effect: Option<Prior>,
    }
    let Case { config, power, pairs } = read(case)?;
    let [(control, treatment)] = &pairs[..] else {
        return Err(Failure::Unreadable("it is not of one pair".to_owned()));
    };
    let (control, treatment) = (control.estimate()?, treatment.estimate()?);
    let effect = welch(&control, &treatment, config.difference_type).map_err(Failure::refused)?;
    let units = control.units + treatment.units;
    let tests = if power.p_value_corrected { power.num_goal_metrics * (power.num_variations - 1) } else { 1 };
    let criterion = match power.prior_effect.filter(|prior| prior.proper) {
        Some(prior) => Criterion::Posterior(NormalEffects { mean: prior.mean, sd: prior.variance.sqrt() }),
        None if power.sequential => Criterion::Sequence { tuned_for: 5000.0 },
        None => Criterion::OneLook,
    };
    let confidence = Confidence::new(1.0 - config.alpha / f64::from(tests))?;
    let design = TestDesign { confidence, criterion, ..TestDesign::default() };
    let midway = Midway::of(&effect, units)?;
    compare.check("standard_error", BOUND, effect.standard_error);
    compare.check("pairwise_sample_size", 0.0, units);
    // One less the distribution function there.
    compare.near("power_now", BOUND, 1e-4, midway.power(&design, power.target_mde, 0.0)?);
    compare.check("target_power", 0.0, power.target);
    // All goals are to be found.
    let each = power.target.powf(f64::from(power.num_goal_metrics).recip());
    let further = midway.further_units(&design, power.target_mde, each)?;
    if let Some(theirs) = compare.expected("additional_users").and_then(Value::as_f64) {
        // They halve until the power is within 0.00001, that is within 0.0000125 of it: that of theirs is, and ours is near.
        let reached = midway.power(&design, power.target_mde, theirs)?;
        compare.check_against("power with additional_users", 1.3e-5, reached, &Value::from(each));
        compare.roughly("additional_users", 1e-3, units as f64 * 1e-2, further);
        compare.roughly("scaling_factor", 1e-3, 1e-2, further / units as f64);
    } else {
        compare.check("additional_users", 0.0, (further > 0.0).then_some(further));
        compare.check("scaling_factor", 0.0, further / units as f64);
    }
    compare.check("error", 0.0, None::<f64>);
    compare.check("upper_bound_achieved", 0.0, false);
    // How it went there.
    compare.pass_over("update_message");
    Ok(())
}

fn bandit(case: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Case {
        stats: Vec<Sums>,
        config: Config,
    }
    #[derive(Deserialize)]
    struct Config {
        top_two: bool,
        inverse: bool,
        min_variation_weight: f64,
        prior_distribution: Prior,
    }
    let Case { stats, config } = read(case)?;
    let prior = config.prior_distribution;
    let before = prior.proper.then(|| NormalEffects { mean: prior.mean, sd: prior.variance.sqrt() });
    let estimates: Vec<ArmEstimate> = stats.iter().map(Sums::estimate).collect::<Result<_, _>>()?;
    let posteriors: Vec<NormalEffects> = estimates
        .iter()
        .map(|arm| {
            let standard_error = (arm.variance / arm.units as f64).sqrt();
            let seen = Effect { scale: Scale::Absolute, estimate: arm.value, standard_error, degrees: None };
            NormalEffects::after(&seen, before)
        })
        .collect();
    let each = |of: fn(&NormalEffects) -> f64| posteriors.iter().map(of).collect::<Vec<_>>();
    compare.check("posterior_mean", SUM, each(|posterior| posterior.mean));
    compare.check("posterior_variance", BOUND, each(|posterior| posterior.sd * posterior.sd));
    let units: Vec<u64> = estimates.iter().map(|arm| arm.units).collect();
    compare.check("users", 0.0, units.clone());
    compare.check("cr", SUM, estimates.iter().map(|arm| arm.value).collect::<Vec<_>>());
    // Around the mean of the sample there, with the deviation of the posterior.
    let centred = posteriors.iter().zip(&estimates).map(|(posterior, arm)| {
        let interval = NormalEffects { mean: arm.value, ..*posterior }.interval(Confidence::P95);
        vec![interval.low, interval.high]
    });
    compare.near("ci", BOUND, 1.0, centred.collect::<Vec<_>>());
    // Where less is better.
    let side = if config.inverse { -1.0 } else { 1.0 };
    let arms: Vec<_> =
        posteriors.iter().map(|posterior| NormalEffects { mean: side * posterior.mean, ..*posterior }).collect();
    compare.near("best_arm_probabilities", DRAWN, 1.0, chances_to_be_best(&arms)?);
    let top_two = if config.top_two { TopTwo::BestAndSecond } else { TopTwo::Best };
    let allocation = Allocation { floor: config.min_variation_weight, least_units: 100, top_two };
    let shares = allocation.shares(&arms, &units)?;
    compare.check("enough_units", 0.0, shares.is_some());
    compare.near("bandit_weights", DRAWN, 1.0, shares);
    // Of the draws, and how it went there.
    compare.pass_over("seed");
    compare.pass_over("bandit_update_message");
    Ok(())
}
