//! What stays right however often one looks.

use audience_abtest::anytime::{
    AnytimeT, BernoulliSequence, BettingSequence, DoubleStitching, EmpiricalProcess, GroupSequential, LinearFit,
    Mixture, Msprt, PolynomialStitching, QuantileTest, Sides, Spending, StandardErrors, Tuning,
};
use audience_abtest::{Effect, Scale};
use audience_stats::Confidence;
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use crate::vectors::comparison::{Answer, Comparison, Failure, read};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("anytime_linear", anytime_linear),
    ("betting_cs", betting_cs),
    ("confseq", confseq),
    ("msprt", msprt),
    ("spotify_group_sequential", spotify_group_sequential),
];

/// Roots, of which the other program stops at a relative 10⁻¹².
const ROOT: f64 = 1e-10;

fn confidence(alpha: f64) -> Result<Confidence, Failure> {
    Ok(Confidence::new(1.0 - alpha)?)
}

fn msprt(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Arms {
        n_per_arm: f64,
        sigma2_per_arm: f64,
        tau2: f64,
        diff: f64,
        alpha: f64,
    }
    let arms: Arms = read(input)?;
    let test = Msprt::new(arms.tau2)?;
    let standard_error = (2.0 * arms.sigma2_per_arm / arms.n_per_arm).sqrt();
    let effect = Effect { scale: Scale::Absolute, estimate: arms.diff, standard_error, degrees: None };
    // A difference of two terms, of which each is about 1.
    compare.near("ln_lambda", 1e-12, 1.0, test.ln_likelihood_ratio(&effect, 0.0));
    compare.check("p_value_at_n", 1e-12, test.p_value(&effect, 0.0).value());
    compare.check("ci_half_width", 1e-12, test.half_width(standard_error, confidence(arms.alpha)?));
    Ok(())
}

fn anytime_linear(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Data {
        Rows { design_rows: Vec<Vec<f64>>, response: Vec<f64>, g: f64, alpha: f64 },
        Numbers { n: u64, coefficients: u64, g: f64, alpha: f64 },
    }
    let (design, response, g, alpha) = match read(input)? {
        Data::Rows { design_rows, response, g, alpha } => (design_rows, response, g, alpha),
        Data::Numbers { n, coefficients, g, alpha } => {
            let (test, confidence) = (AnytimeT::new(g)?, confidence(alpha)?);
            // There it is 1 − w of numbers near 1, which of ten million units leaves eight digits.
            compare.check(
                "t_radius",
                1e-15 * (n as f64).max(1e3),
                test.t_radius(n, (n - coefficients) as f64, confidence),
            );
            compare.check("z_radius", 1e-12, test.z_radius(n, confidence));
            return Ok(());
        }
    };
    let (test, confidence) = (AnytimeT::new(g)?, confidence(alpha)?);
    let fit = LinearFit::new(&design, &response)?;
    let (units, degrees) = (fit.units() as u64, fit.degrees() as f64);
    compare.near("coef", 1e-12, 1.0, fit.coefficients().to_vec());
    for (field, kind) in
        [("se_classic", StandardErrors::Classic), ("se_hc2", StandardErrors::Hc2), ("se_hc3", StandardErrors::Hc3)]
    {
        compare.check(field, 1e-11, fit.standard_errors(kind));
    }
    compare.check("nu", 0.0, fit.degrees());
    let errors = fit.standard_errors(StandardErrors::Classic).unwrap_or_default();
    let t: Vec<f64> = fit.coefficients().iter().zip(errors).map(|(estimate, error)| estimate / error).collect();
    compare.near("log_e_value", 1e-11, 1.0, t.iter().map(|t| test.ln_e_value(*t, units, degrees)).collect::<Vec<_>>());
    let p: Vec<f64> = t.iter().map(|t| test.p_value(*t, units, degrees).value()).collect();
    compare.check("p_anytime", 1e-10, p);
    compare.check("t_radius", 1e-12, test.t_radius(units, degrees, confidence));
    compare.check("z_radius", 1e-12, test.z_radius(units, confidence));
    let intervals: Vec<_> = (0..t.len()).map(|at| test.interval(&fit, at, confidence)).collect();
    compare.near("ci_anytime", 1e-11, 1.0, intervals);
    Ok(())
}

fn betting_cs(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Sample {
        values: Vec<f64>,
        alpha: f64,
        breaks: u32,
    }
    let case: Sample = read(input)?;
    let mut sequence = BettingSequence::with_grid(confidence(case.alpha)?, case.breaks)?;
    let (mut lower, mut upper) = (Vec::new(), Vec::new());
    for value in case.values {
        sequence.observe(value)?;
        let interval = sequence.interval();
        lower.push(interval.low);
        upper.push(interval.high);
    }
    compare.near("lower", 1e-12, 1.0, lower);
    compare.near("upper", 1e-12, 1.0, upper);
    Ok(())
}

/// The arguments of all functions of that library.
#[derive(Deserialize)]
#[serde(default)]
struct Arguments {
    s: f64,
    v: f64,
    v_opt: f64,
    alpha: f64,
    alpha_opt: f64,
    is_one_sided: bool,
    c: f64,
    g: f64,
    h: f64,
    v_min: f64,
    eta: f64,
    num_successes: f64,
    num_trials: u64,
    t: f64,
    t_opt: f64,
    t_min: f64,
    #[serde(rename = "A")]
    a: f64,
    quantile_p: f64,
    delta: f64,
    a_values: Vec<f64>,
    b_values: Vec<f64>,
}

impl Default for Arguments {
    fn default() -> Self {
        let of_number = 0.0;
        Self {
            s: of_number,
            v: of_number,
            v_opt: of_number,
            alpha: 0.05,
            alpha_opt: 0.05,
            is_one_sided: true,
            c: of_number,
            g: of_number,
            h: of_number,
            v_min: of_number,
            eta: 2.0,
            num_successes: of_number,
            num_trials: 0,
            t: of_number,
            t_opt: of_number,
            t_min: of_number,
            a: 0.85,
            quantile_p: 0.5,
            delta: 0.5,
            a_values: Vec::new(),
            b_values: Vec::new(),
        }
    }
}

impl Arguments {
    fn mixture(&self, function: &str) -> Result<Option<Mixture>, Failure> {
        let tuning = || Ok::<_, Failure>(Tuning::new(self.v_opt, confidence(self.alpha_opt)?)?);
        let sides = if self.is_one_sided { Sides::One } else { Sides::Two };
        Ok(Some(match function.split_once("_mixture").or(function.split_once("_log_mixture")).map(|(name, _)| name) {
            Some("normal" | "normal_log") => Mixture::normal(tuning()?, sides)?,
            Some("gamma_exponential" | "gamma_exponential_log") => Mixture::gamma_exponential(tuning()?, self.c)?,
            Some("gamma_poisson" | "gamma_poisson_log") => Mixture::gamma_poisson(tuning()?, self.c)?,
            Some("beta_binomial" | "beta_binomial_log") => Mixture::beta_binomial(tuning()?, self.g, self.h, sides)?,
            _ => return Ok(None),
        }))
    }
}

fn confseq(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let function = compare.beside("fn").and_then(Value::as_str).unwrap_or_default();
    let of: Arguments = read(input)?;
    let level = confidence(of.alpha)?;
    if let Some(mixture) = of.mixture(function)? {
        if function.ends_with("_bound") {
            compare.check_all(ROOT, mixture.bound(of.v, level));
        } else {
            // There it is a difference of logarithms of gamma functions of all units.
            compare.check_all(1e-9, mixture.ln_mixture(of.s, of.v));
        }
        return Ok(());
    }
    let (tolerance, ours): (f64, Answer) = match function {
        "poly_stitching_bound" => {
            (1e-12, PolynomialStitching::with_epochs(of.v_min, of.c, of.s, of.eta)?.bound(of.v, level).into())
        }
        "double_stitching_bound" => {
            let bound = DoubleStitching::with_epochs(of.t_opt, of.delta, of.s, of.eta)?;
            (1e-12, bound.bound(of.quantile_p, of.t, level)?.into())
        }
        "empirical_process_lil_bound" => {
            (ROOT, EmpiricalProcess::with_factor(of.t_min, level, of.a)?.bound(of.t).into())
        }
        "bernoulli_confidence_interval" => {
            let sequence = BernoulliSequence::tuned_for(level, of.t_opt, confidence(of.alpha_opt)?)?;
            (1e-9, sequence.interval(of.num_successes as u64, of.num_trials)?.into())
        }
        "quantile_ab_p_value" => {
            let test = QuantileTest::new(of.quantile_p, of.t_opt as u64, confidence(of.alpha_opt)?)?;
            (1e-9, test.p_value(&of.a_values, &of.b_values)?.value().into())
        }
        other => return Err(Failure::Unreadable(format!("no function {other}"))),
    };
    compare.check_all(tolerance, ours);
    Ok(())
}

fn spotify_group_sequential(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Plan {
        information_fractions: Vec<f64>,
        alpha: f64,
        sides: u8,
    }
    let case: Plan = read(input)?;
    let sides = if case.sides == 1 { Sides::One } else { Sides::Two };
    let plan = GroupSequential::new(&case.information_fractions, confidence(case.alpha)?, sides, Spending::Power(2.0))?;
    // At the first look there is nothing to integrate.
    if let (Some(expected), Some(ours)) =
        (compare.expected("z_bound").map(|bounds| &bounds[0]), plan.z_bounds().first())
    {
        compare.check_against("z_bound[0]", 1e-12, *ours, expected);
    }
    // After it, a search stops there at a probability of 10⁻⁷, and the integral is by the trapezoid rule: off by up to 8 · 10⁻⁴ of z. The crate's
    // own tests compare with exact bounds.
    compare.roughly("z_bound", 1e-3, 1.0, plan.z_bounds().to_vec());
    compare.roughly("adjusted_alpha", 3e-3, 1e-4, plan.nominal_levels());
    Ok(())
}
