//! Samples that were resampled, and how.

use audience_abtest::samples::{StallRatio, Stream};
use audience_stats::{Confidence, Interval, Replicates, jackknife, jackknife_of_two, percentile_interval};
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::comparison::{Comparison, Failure, Number, read};
use crate::vectors::retention::{BOUND, SUM, floats};

/// So many resamples, each of as many values as there are, at the places given.
fn drawn<T: Copy>(values: &[T], places: &[usize], resamples: usize) -> Result<Vec<Vec<T>>, Failure> {
    let rows = places.chunks(values.len()).map(|row| row.iter().map(|at| values.get(*at).copied()).collect());
    let rows: Option<Vec<Vec<T>>> = rows.collect();
    rows.filter(|rows| rows.len() == resamples && places.len() == resamples * values.len())
        .ok_or_else(|| Failure::Unreadable("indices are not those of resamples".to_owned()))
}

/// Added up as there, one by one: whether a resample is equal to the sample is decided by the last digit there.
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn difference(values: &[f64], baseline: &[f64]) -> f64 {
    mean(values) - mean(baseline)
}

pub(super) fn bootstrap(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Resampled {
        control: Vec<Number>,
        indices_control: Vec<usize>,
        treatment: Option<Vec<Number>>,
        indices_treatment: Option<Vec<usize>>,
        resamples: usize,
        confidence_level: f64,
    }
    let given: Resampled = read(input)?;
    let confidence = Confidence::new(given.confidence_level)?;
    let control = floats(&given.control);
    let of_control = drawn(&control, &given.indices_control, given.resamples)?;
    let (replicates, without_each) = if let (Some(treatment), Some(places)) = (given.treatment, given.indices_treatment)
    {
        let treatment = floats(&treatment);
        let of_treatment = drawn(&treatment, &places, given.resamples)?;
        let values = of_treatment.iter().zip(&of_control).map(|(drawn, control)| difference(drawn, control));
        let replicates = Replicates::new(difference(&treatment, &control), values.collect())?;
        (replicates, jackknife_of_two(&treatment, &control, difference).to_vec())
    } else {
        let replicates = Replicates::new(mean(&control), of_control.iter().map(|drawn| mean(drawn)).collect())?;
        (replicates, vec![jackknife(&control, mean)])
    };
    let without_each: Vec<&[f64]> = without_each.iter().map(Vec::as_slice).collect();
    // Differences of means are exact to the digits of these.
    let scale = replicates.values().iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    compare.near("estimate", SUM, scale, replicates.estimate());
    compare.near("percentile", SUM, scale, replicates.percentile(confidence));
    compare.near("basic", SUM, scale, replicates.basic(confidence));
    compare.near("BCa", BOUND, scale, replicates.bca(&without_each, confidence));
    compare.check("standard_error", SUM, replicates.standard_error());
    Ok(())
}

pub(super) fn stall_ratio(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Streams {
        watch_seconds: Vec<f64>,
        stall_seconds: Vec<f64>,
        indices: Vec<usize>,
        resamples: usize,
    }
    let given: Streams = read(input)?;
    let streams = given.watch_seconds.iter().zip(&given.stall_seconds);
    let streams: Vec<_> =
        streams.map(|(&watch_seconds, &stall_seconds)| Stream { watch_seconds, stall_seconds }).collect();
    let observed = StallRatio::of(&streams)?;
    compare.check("observed_ratio", SUM, observed.ratio);
    compare.check("delta_method_se", SUM, observed.standard_error);
    let resamples = drawn(&streams, &given.indices, given.resamples)?;
    let ratios = resamples.iter().map(|drawn| StallRatio::of(drawn).map(|stalls| stalls.ratio));
    let mut ratios: Vec<f64> = ratios.collect::<Result<_, _>>()?;
    compare.check("mean_of_resamples", SUM, mean(&ratios));
    let interval: Option<Interval> = percentile_interval(&mut ratios);
    compare.check("lower_2.5_floor_index", SUM, interval.map(|interval| interval.low));
    compare.check("upper_97.5_floor_index", SUM, interval.map(|interval| interval.high));
    Ok(())
}
