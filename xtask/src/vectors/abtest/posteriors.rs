//! What to believe after data, and which arm is the best.

use audience_abtest::{BetaPosterior, BetaPrior, NormalEffects, chances_to_be_best};
use audience_stats::{Confidence, Proportion};
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use crate::vectors::comparison::{Comparison, Failure, read};
use crate::vectors::retention::{BOUND, SUM};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("best_arm_probability", best_arm_probability),
    ("beta_posterior", beta_posterior),
    ("gaussian_posterior", gaussian_posterior),
];

fn gaussian_posterior(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Normal {
        posterior_mean: f64,
        posterior_sd: f64,
    }
    let Normal { posterior_mean: mean, posterior_sd: sd } = read(input)?;
    let posterior = NormalEffects { mean, sd };
    compare.check("chance_to_win", SUM, posterior.chance_to_win());
    compare.check("chance_to_lose", SUM, posterior.ln_chance_to_lose().exp());
    // The input is rounded: a tail at z has z² times the error of z.
    let tail = BOUND.min(SUM * (1.0 + (mean / sd).powi(2)));
    compare.check("expected_loss_choose_treatment", tail, posterior.loss_of_treatment());
    compare.check("expected_loss_choose_control", tail, posterior.loss_of_control());
    compare.near("ci95", SUM, sd, posterior.interval(Confidence::P95));
    compare.check("rope_0.005_prob_inside", BOUND, posterior.probability_within(-0.005, 0.005));
    Ok(())
}

fn beta_posterior(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Arm {
        successes: u64,
        n: u64,
    }
    #[derive(Deserialize)]
    struct Arms {
        a: Arm,
        b: Arm,
        prior_alpha: f64,
        prior_beta: f64,
    }
    let Arms { a, b, prior_alpha: alpha, prior_beta: beta } = read(input)?;
    let of = |arm: &Arm| BetaPosterior::after(&Proportion::new(arm.successes, arm.n)?, BetaPrior { alpha, beta });
    let (one, other) = (of(&a)?, of(&b)?);
    let chances = [("p_b_gt_a", other.chance_to_beat(&one)), ("p_a_gt_b", one.chance_to_beat(&other))];
    let losses =
        [("expected_loss_choose_b", other.expected_loss(&one)), ("expected_loss_choose_a", one.expected_loss(&other))];
    // Of very many trials SciPy's own distribution function has fewer digits, and its quadrature an absolute error of its own; the
    // normal limit has even fewer.
    let many = a.n.max(b.n) > 10_000_000;
    for (program, tolerance, least) in
        [("exact", BOUND, 0.0), ("scipy_quad", if many { 1e-6 } else { 1e-8 }, 1e-6), ("normal_limit", 1e-5, 1e-6)]
    {
        compare.within(program, |part| {
            for (field, chance) in chances {
                part.near(field, tolerance, least, chance);
            }
            for (field, loss) in losses {
                part.near(field, tolerance, least * one.sd().max(other.sd()), loss);
            }
            // How it was computed there.
            part.pass_over("method");
            part.pass_over("note");
            Ok::<_, Failure>(())
        })?;
    }
    for (field, posterior) in [("posterior_a", one), ("posterior_b", other)] {
        compare.within(field, |part| {
            part.check("mean", SUM, posterior.mean());
            part.check("sd", SUM, posterior.sd());
            part.check("ci95", BOUND, posterior.interval(Confidence::P95));
            Ok::<_, Failure>(())
        })?;
    }
    Ok(())
}

fn best_arm_probability(case: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Arms {
        Normal { means: Vec<f64>, sds: Vec<f64> },
        Beta { posteriors: Vec<Rate> },
    }
    #[derive(Deserialize)]
    struct Rate {
        alpha: f64,
        beta: f64,
    }
    let best = match read(case)? {
        Arms::Normal { means, sds } => {
            let arms: Vec<_> = means.into_iter().zip(sds).map(|(mean, sd)| NormalEffects { mean, sd }).collect();
            chances_to_be_best(&arms)?
        }
        Arms::Beta { posteriors } => {
            let arms: Result<Vec<_>, _> =
                posteriors.iter().map(|rate| BetaPosterior::new(rate.alpha, rate.beta)).collect();
            chances_to_be_best(&arms?)?
        }
    };
    compare.near("sum", BOUND, 0.0, best.iter().sum::<f64>());
    // SciPy's quadrature has an absolute error.
    compare.near("p_best", BOUND, 1e-4, best);
    Ok(())
}
