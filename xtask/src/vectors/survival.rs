//! How long units stay.

use std::collections::BTreeMap;

use audience_stats::{BandScale, Confidence, Lifetime, RiskTable, TieCorrected};
use serde::Deserialize;
use serde_json::Value;

use super::comparison::{Answer, Comparison, Failure, Number, read};
use super::retention::{BOUND, SUM, confidence};

#[derive(Deserialize)]
struct Lifetimes {
    durations: Vec<Number>,
    observed: Vec<u8>,
    weights: Option<Vec<Number>>,
    groups: Option<Vec<i64>>,
    alpha: Option<Number>,
}

impl Lifetimes {
    /// Each with its group, where there are groups.
    fn grouped(&self) -> Result<Vec<(i64, Lifetime)>, Failure> {
        let number = self.durations.len();
        let lengths =
            [Some(self.observed.len()), self.weights.as_ref().map(Vec::len), self.groups.as_ref().map(Vec::len)];
        if lengths.into_iter().flatten().any(|length| length != number) {
            return Err(Failure::refused("lists of different lengths"));
        }
        let lifetime = |at: usize| Lifetime {
            entry: None,
            exit: self.durations[at].0,
            observed: self.observed[at] == 1,
            weight: self.weights.as_ref().map_or(1.0, |weights| weights[at].0),
        };
        let group = |at: usize| self.groups.as_ref().map_or(0, |groups| groups[at]);
        Ok((0..number).map(|at| (group(at), lifetime(at))).collect())
    }

    fn table(&self) -> Result<RiskTable, Failure> {
        let lifetimes: Vec<_> = self.grouped()?.into_iter().map(|(_, lifetime)| lifetime).collect();
        Ok(RiskTable::of_lifetimes(&lifetimes)?)
    }

    fn confidence(&self) -> Result<Confidence, Failure> {
        confidence(self.alpha.unwrap_or(Number(0.05)))
    }
}

/// One number of each of some steps.
fn each<T, A: Into<Answer>>(steps: &[T], of: impl Fn(&T) -> A) -> Vec<A> {
    steps.iter().map(of).collect()
}

pub(super) fn kaplan_meier(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let lifetimes: Lifetimes = read(input)?;
    let (table, confidence) = (lifetimes.table()?, lifetimes.confidence()?);
    let rows = table.rows();
    compare.check("times", 0.0, each(rows, |row| row.time));
    // Sums of whole numbers are exact.
    let exact = if rows.iter().all(|row| row.at_risk.fract() == 0.0) { 0.0 } else { SUM };
    compare.check("at_risk", exact, each(rows, |row| row.at_risk));
    compare.check("events", exact, each(rows, |row| row.events));
    compare.check("censored", exact, each(rows, |row| row.censored));

    let curve = table.kaplan_meier();
    let steps = curve.steps();
    compare.check("survival", SUM, each(steps, |step| step.survival));
    compare.check("greenwood_variance", SUM, each(steps, |step| step.variance));
    for (field, scale) in [("ci_plain", BandScale::Plain), ("ci_log", BandScale::Log), ("ci_loglog", BandScale::LogLog)]
    {
        let bands = (0..steps.len()).map(|step| match curve.interval(step, scale, confidence) {
            Some(band) => band.into(),
            None => Answer::List(vec![Answer::Undefined, Answer::Undefined]),
        });
        compare.check(field, BOUND, bands.collect::<Vec<Answer>>());
    }
    compare.check("median_lifelines", 0.0, curve.median().unwrap_or(f64::INFINITY));
    compare.check("median_r", 0.0, curve.median_middle());
    let median = curve.median_interval(confidence);
    compare.check("median_ci_r_loglog", 0.0, vec![median.low, median.high]);
    let last = rows.last().map_or(0.0, |row| row.time);
    compare.check("restricted_mean_to_last_time", SUM, curve.restricted_mean(last));
    Ok(())
}

pub(super) fn nelson_aalen(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let lifetimes: Lifetimes = read(input)?;
    let hazard = lifetimes.table()?.nelson_aalen();
    lifetimes.confidence()?;
    let steps = hazard.steps();
    compare.check("times", 0.0, each(steps, |step| step.time));
    compare.check("cumulative_hazard", SUM, each(steps, |step| step.hazard));
    compare.check("variance_aalen", SUM, each(steps, |step| step.variance_aalen));
    compare.check("variance_binomial", SUM, each(steps, |step| step.variance_binomial));
    let tie_corrected = |of: fn(TieCorrected) -> f64| each(steps, |step| step.tie_corrected.map(of));
    compare.check("tie_corrected_hazard", SUM, tie_corrected(|sums| sums.hazard));
    compare.check("tie_corrected_variance", SUM, tie_corrected(|sums| sums.variance));
    Ok(())
}

pub(super) fn log_rank(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let mut groups = BTreeMap::<i64, Vec<Lifetime>>::new();
    for (group, lifetime) in read::<Lifetimes>(input)?.grouped()? {
        groups.entry(group).or_default().push(lifetime);
    }
    let tables: Vec<RiskTable> =
        groups.values().map(|lifetimes| RiskTable::of_lifetimes(lifetimes)).collect::<Result<_, _>>()?;
    let test = audience_stats::log_rank(&tables)?;
    compare.check("observed", 0.0, test.observed);
    compare.check("expected", SUM, test.expected);
    compare.check("variance_matrix", SUM, test.variance);
    compare.check("statistic", SUM, test.statistic);
    compare.check("degrees_of_freedom", 0.0, test.degrees_of_freedom);
    compare.check("p", BOUND, test.p);
    // As near as the p value is.
    compare.near("ln_p", BOUND, 1.0, test.ln_p);
    if let [baseline, other] = tables.as_slice() {
        let (baseline, other) = (baseline.kaplan_meier(), other.kaplan_meier());
        compare.within("at_time", |compare| {
            let time = compare.expected("t").and_then(Value::as_f64).unwrap_or_default();
            let there = other.difference(&baseline, time, Confidence::new(0.95)?);
            compare.check("t", 0.0, time);
            compare.check("survival", SUM, vec![there.baseline, there.survival]);
            compare.near("difference_1_minus_0", SUM, there.survival, there.difference);
            compare.check("standard_error", SUM, there.standard_error);
            compare.near("ci95", BOUND, there.survival, there.interval);
            Ok::<_, Failure>(())
        })?;
    }
    Ok(())
}
