//! Models of repeat visits.

use audience_cohort::{BgNbd, Error, ParetoNbd, RepeatHistory};
use audience_stats::FloatSum;
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::Family;
use crate::vectors::comparison::{Comparison, Failure, Number, read};

pub(super) const FAMILIES: &[(&str, Family)] =
    &[("bg_nbd", bg_nbd), ("bg_nbd_pareto_nbd_fit", fits), ("pareto_nbd", pareto_nbd)];

/// How near probabilities, likelihoods and expectations are.
const NEAR: f64 = 1e-9;
/// The same of what is too small for a fixed number of digits after the point.
const SMALL: f64 = 1e-15;
/// How near parameters are.
const PARAMETERS: f64 = 1e-3;
/// How far the likelihood may be from the largest, as a number.
const LIKELIHOOD: f64 = 1e-6;

/// What is asked of a viewer, or of a new one.
#[derive(Deserialize)]
struct Asked {
    frequency: Option<i64>,
    recency: Option<Number>,
    age: Option<Number>,
    t: Number,
}

impl Asked {
    fn history(&self) -> Result<Option<RepeatHistory>, Failure> {
        let (Some(frequency), Some(recency), Some(age)) = (self.frequency, self.recency, self.age) else {
            return Ok(None);
        };
        history(frequency, recency.0, age.0).map(Some)
    }
}

fn history(frequency: i64, recency: f64, age: f64) -> Result<RepeatHistory, Failure> {
    let frequency = u64::try_from(frequency).map_err(Failure::refused)?;
    Ok(RepeatHistory::new(frequency, recency, age)?)
}

fn bg_nbd(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Parameters {
        r: Number,
        alpha: Number,
        a: Number,
        b: Number,
    }
    let (given, asked): (Parameters, Asked) = (read(input)?, read(input)?);
    let (model, t) = (BgNbd::new(given.r.0, given.alpha.0, given.a.0, given.b.0)?, asked.t.0);
    let Some(history) = asked.history()? else {
        compare.check("expected_purchases_new_viewer", NEAR, model.expected_visits_of_new(t)?);
        let visits: Vec<f64> = (0..=5).map(|n| model.probability_of_visits(n, t)).collect::<Result<_, _>>()?;
        compare.check("probability_of_n", NEAR, visits);
        return Ok(());
    };
    compare.check("probability_alive", NEAR, model.probability_alive(&history));
    compare.check("log_likelihood", NEAR, model.log_likelihood(&history));
    compare.check("expected_purchases_next_t", NEAR, model.expected_visits(&history, t)?);
    Ok(())
}

fn pareto_nbd(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Parameters {
        r: Number,
        alpha: Number,
        s: Number,
        beta: Number,
    }
    let (given, asked): (Parameters, Asked) = (read(input)?, read(input)?);
    let (model, t) = (ParetoNbd::new(given.r.0, given.alpha.0, given.s.0, given.beta.0)?, asked.t.0);
    let Some(history) = asked.history()? else {
        compare.check("expected_purchases_new_viewer", NEAR, model.expected_visits_of_new(t)?);
        return Ok(());
    };
    // What is below the smallest double in one of us and not in the other is compared as a logarithm.
    compare.near("probability_alive", NEAR, SMALL, model.probability_alive(&history));
    compare.check("ln_probability_alive", NEAR, model.ln_probability_alive(&history));
    compare.check("log_likelihood", NEAR, model.log_likelihood(&history));
    compare.near("expected_purchases_next_t", NEAR, SMALL, model.expected_visits(&history, t)?);
    Ok(())
}

fn fits(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Rows {
        model: String,
        rows: Vec<(i64, Number, Number)>,
    }
    let given: Rows = read(input)?;
    let row = |(frequency, recency, age): &(i64, Number, Number)| history(*frequency, recency.0, age.0);
    let histories: Vec<RepeatHistory> = given.rows.iter().map(row).collect::<Result<_, _>>()?;
    match given.model.as_str() {
        "bg_nbd" => {
            let fit = BgNbd::fit(&histories)?;
            let model = |[r, alpha, a, b]: [f64; 4]| BgNbd::new(r, alpha, a, b);
            let fitted = (fit.model.parameters(), fit.log_likelihood, fit.converged);
            check_fit(&histories, ["r", "alpha", "a", "b"], fitted, model, BgNbd::log_likelihood, compare)
        }
        "pareto_nbd" => {
            let fit = ParetoNbd::fit(&histories)?;
            let model = |[r, alpha, s, beta]: [f64; 4]| ParetoNbd::new(r, alpha, s, beta);
            let fitted = (fit.model.parameters(), fit.log_likelihood, fit.converged);
            check_fit(&histories, ["r", "alpha", "s", "beta"], fitted, model, ParetoNbd::log_likelihood, compare)
        }
        model => Err(Failure::Unreadable(format!("{model} is no model"))),
    }
}

/// Our maximum, and the likelihood at the parameters of the other program and at those that histories were drawn with.
fn check_fit<M>(
    histories: &[RepeatHistory],
    names: [&str; 4],
    (ours, most, converged): ([f64; 4], f64, bool),
    model: impl Fn([f64; 4]) -> Result<M, Error>,
    of_one: impl Fn(&M, &RepeatHistory) -> f64,
    compare: &mut Comparison,
) -> Result<(), Failure> {
    if !converged {
        return Err(Failure::refused("it has no maximum"));
    }
    compare.check("parameter_names", 0.0, names.map(str::to_owned).to_vec());
    compare.check("parameters", PARAMETERS, ours.to_vec());
    let likelihood = |parameters: [f64; 4], histories: &[RepeatHistory]| {
        let model = model(parameters)?;
        Ok::<f64, Failure>(histories.iter().map(|history| of_one(&model, history)).collect::<FloatSum>().value())
    };
    let parameters = |field: &str| compare.expected(field).map(read::<[f64; 4]>).transpose();
    let (theirs, drawn_with) = (parameters("parameters")?, parameters("simulated_with")?);
    if let Some(theirs) = theirs {
        let reached = likelihood(theirs, histories)?;
        compare.check("log_likelihood", NEAR, reached);
        // Higher is nearer to the maximum than they are.
        compare.check("log_likelihood", LIKELIHOOD / reached.abs(), most.min(reached));
        let first = &histories[..histories.len().min(60)];
        compare.check("log_likelihood_of_first_60_rows_mpmath", NEAR, likelihood(theirs, first)?);
    }
    if let Some(drawn_with) = drawn_with {
        compare.check("simulated_with", 0.0, drawn_with.to_vec());
        compare.check("log_likelihood_at_true_parameters", NEAR, likelihood(drawn_with, histories)?);
    }
    // How near they got, which is not asked of us.
    compare.pass_over("largest_gradient_in_log_parameters");
    Ok(())
}
