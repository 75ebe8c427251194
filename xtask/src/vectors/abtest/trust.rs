//! Whether to believe an experiment.

use audience_abtest::Error;
use audience_abtest::trust::{SequentialRatio, sample_ratio};
use audience_stats::{Correction, PValue, goodness_of_fit};
use serde::Deserialize;
use serde_json::Value;

use super::Family;
use crate::vectors::comparison::{Answer, Comparison, Failure, Number, read};
use crate::vectors::retention::{BOUND, SUM, floats};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] =
    &[("multiple_testing", multiple_testing), ("sequential_srm", sequential_srm), ("srm", srm)];

fn multiple_testing(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Hypotheses {
        p_values: Vec<Number>,
        alpha: f64,
    }
    let Hypotheses { p_values, alpha } = read(input)?;
    let p_values = floats(&p_values);
    let by_logarithm: Vec<PValue> = p_values.iter().map(|p| PValue::new(*p)).collect::<Result<_, _>>()?;
    for (field, correction) in [
        ("bonferroni", Correction::Bonferroni),
        ("sidak", Correction::Sidak),
        ("holm", Correction::Holm),
        ("holm-sidak", Correction::HolmSidak),
        ("simes-hochberg", Correction::Hochberg),
        ("hommel", Correction::Hommel),
        ("fdr_bh", Correction::BenjaminiHochberg),
        ("fdr_by", Correction::BenjaminiYekutieli),
    ] {
        compare.within(field, |compare| {
            let adjusted = correction.adjust(&p_values)?;
            compare.check("reject", 0.0, adjusted.iter().map(|p| *p <= alpha).collect::<Vec<_>>());
            let by_logarithm = correction.adjust_p(&by_logarithm);
            compare.check("adjusted", SUM, by_logarithm.into_iter().map(PValue::value).collect::<Vec<_>>());
            compare.check("adjusted", SUM, adjusted);
            Ok::<_, Failure>(())
        })?;
    }
    Ok(())
}

/// What stands beside the answer, as an answer of its own.
fn beside(
    case: &Value,
    field: &str,
    compare: &mut Comparison,
    answer: impl FnOnce(&mut Comparison) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let Some(expected) = case.get(field) else { return Ok(()) };
    let mut inner = Comparison::with(expected);
    answer(&mut inner)?;
    compare.absorb(field, inner);
    Ok(())
}

fn srm(case: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Division {
        users: Vec<u64>,
        weights: Vec<Number>,
    }
    let division: Division = read(case)?;
    let (users, weights) = (division.users, floats(&division.weights));
    // Of few units, of which the other programs say something all the same, we compare the bare statistic.
    let (statistic, degrees, p) = match sample_ratio(&users, &weights) {
        Ok(ratio) => (ratio.statistic, ratio.degrees, ratio.p),
        Err(Error::TooFewUnits { .. }) if users.iter().any(|count| *count > 0) => {
            let fit = goodness_of_fit(&users, &weights)?;
            (fit.statistic, fit.degrees, fit.p)
        }
        Err(Error::TooFewUnits { .. }) => {
            // No unit at all is probable, or nothing to test: 1 there, refused here.
            compare.check("p_value", 0.0, 1.0);
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    beside(case, "mpmath_exact", compare, |compare| {
        compare.near("statistic", SUM, 1.0, statistic);
        compare.near("ln_p_value", SUM, 1e-3, p.ln());
        compare.check("p_value", if p.ln() < -30.0 { BOUND } else { SUM }, p.value());
        Ok(())
    })?;
    beside(case, "scipy", compare, |compare| {
        // It is off where large counts cancel, and by more than it says: the exact one has the digits.
        compare.near("statistic", 1e-7, 1.0, statistic);
        compare.near("p_value", 1e-7, 1e-300, p.value());
        compare.check("dof", 0.0, u64::from(degrees.get()));
        Ok(())
    })?;
    if weights.contains(&0.0) {
        // An arm that cannot have units has a degree of freedom there.
        compare.pass_over("p_value");
    } else if p.ln() < -650.0 {
        // It has no logarithm, and few digits so far out.
        compare.pass_over("p_value");
    } else {
        // With the digits of the statistic it comes from.
        compare.check(
            "p_value",
            if statistic < 1e3 && users.iter().sum::<u64>() > 10_000_000 { 1e-9 } else { BOUND },
            p.value(),
        );
    }
    Ok(())
}

fn sequential_srm(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Looks {
        counts_by_step: Vec<Vec<u64>>,
        null_probabilities: Vec<Number>,
        dirichlet_concentration: f64,
    }
    let looks: Looks = read(input)?;
    let weights = floats(&looks.null_probabilities);
    let mut ratio = SequentialRatio::with_concentration(&weights, looks.dirichlet_concentration)?;
    let (mut factors, mut p_values) = (Vec::<Answer>::new(), Vec::<Answer>::new());
    for units in &looks.counts_by_step {
        ratio.observe(units)?;
        factors.push(ratio.ln_bayes_factor().into());
        p_values.push(ratio.p().value().into());
    }
    // There it is the difference of logarithms of gamma functions of all units.
    compare.near("log_bayes_factor", 1e-9, 1.0, factors);
    compare.check("sequential_p_value", 1e-9, p_values);
    Ok(())
}
