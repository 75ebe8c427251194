//! Changes of the mean.

use std::num::NonZeroUsize;

use audience_stats::{Error, Pelt};
use proptest::prelude::*;

use crate::noise::{Noise, share};

fn starts(pelt: &Pelt, values: &[f64]) -> Vec<usize> {
    pelt.find(values).unwrap().segments.iter().map(|segment| segment.start).collect()
}

#[test]
fn flat_noise_has_no_change() {
    for (seed, count, worlds) in [(1, 50, 1000), (2, 150, 1000), (3, 500, 300)] {
        let mut noise = Noise::new(seed);
        let none = share(worlds, || starts(&Pelt::default(), &noise.normals(count)) == [0]);
        assert!(none >= 0.95, "{none} of series of {count}");
    }
}

#[test]
fn few_values_and_dependent_ones_have_the_changes_that_are_documented() {
    for (count, part, documented) in [(20, 0.0, 0.13), (30, 0.0, 0.10), (100, 0.3, 0.33), (100, 0.6, 0.95)] {
        let (worlds, mut noise) = (1000, Noise::new(5));
        let found = share(worlds, || starts(&Pelt::default(), &noise.following(count, part)) != [0]);
        // Three errors, and what the documented share is rounded by.
        let error: f64 = (documented * (1.0 - documented) / f64::from(worlds)).sqrt();
        assert!((found - documented).abs() < 3.0 * error + 0.005, "{found}, not {documented}");
    }
}

#[test]
fn a_step_is_found_at_its_place() {
    let mut noise = Noise::new(4);
    let found = share(1000, || {
        let mut values = noise.normals(100);
        values[60..].iter_mut().for_each(|value| *value += 3.0);
        matches!(starts(&Pelt::default(), &values)[..], [0, 59..=61])
    });
    assert!(found >= 0.93, "{found}");
}

#[test]
fn segments_are_the_series_with_their_means() {
    let values: Vec<f64> = (0..90).map(|at| f64::from((at / 30) * 10 + at % 2)).collect();
    let found = Pelt::default().find(&values).unwrap();
    let segments: Vec<_> = found.segments.iter().map(|segment| (segment.start, segment.end, segment.mean)).collect();
    assert_eq!(segments, [(0, 30, 0.5), (30, 60, 10.5), (60, 90, 20.5)]);
    // Where most differences are 0, their mean square stands for noise.
    let step: Vec<f64> = (0..50).map(|at| if at < 20 { 7.0 } else { 9.0 }).collect();
    assert_eq!(starts(&Pelt::default(), &step), [0, 20]);
}

#[test]
fn one_outlier_is_no_segment_of_two() {
    let mut values = Noise::new(9).normals(80);
    values[40] = 6.5;
    assert_eq!(starts(&Pelt::default(), &values), [0, 40, 41]);
    let least = Pelt::default().with_least_length(NonZeroUsize::new(10).unwrap());
    assert_eq!(starts(&least, &values), [0]);
}

#[test]
fn a_value_far_out_makes_and_hides_no_other_changes() {
    let mut values = Noise::new(9).normals(600);
    values[300..].iter_mut().for_each(|value| *value += 6.0);
    values[40] = 1e12;
    assert_eq!(starts(&Pelt::default(), &values), [0, 40, 41, 300]);
}

#[test]
fn series_too_short_or_without_noise_are_one_segment() {
    for values in [&[3.0][..], &[3.0, 4.0], &[0.1; 40]] {
        assert_eq!(starts(&Pelt::default(), values), [0], "{values:?}");
    }
    let least = Pelt::default().with_least_length(NonZeroUsize::new(100).unwrap());
    assert_eq!(starts(&least, &[1.0, 2.0, 50.0, 51.0]), [0]);
    assert_eq!(Pelt::default().find(&[]), Err(Error::NoValues));
    assert!(matches!(Pelt::default().find(&[1.0, f64::NAN]), Err(Error::NotFinite { at: 1, .. })));
    assert!(matches!(Pelt::default().find(&vec![0.0; 70_000]), Err(Error::TooManyValues { found: 70_000, .. })));
    assert!(Pelt::default().with_penalty(0.0).is_err());
}

#[test]
fn many_values_far_from_zero_keep_their_changes() {
    let mut noise = Noise::new(7);
    let values: Vec<f64> = (0..4000).map(|at| 1e9 + if at >= 1500 { 5.0 } else { 0.0 } + noise.normal()).collect();
    let found = starts(&Pelt::default(), &values);
    assert!(matches!(found[..], [0, 1499..=1501]), "{found:?}");
}

/// What segments that start there cost, with a penalty each.
fn cost(values: &[f64], starts: &[usize], penalty: f64) -> f64 {
    let ends = starts[1..].iter().copied().chain([values.len()]);
    let squares = |(start, end): (usize, usize)| {
        let part = &values[start..end];
        let mean = part.iter().sum::<f64>() / part.len() as f64;
        part.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    starts.iter().copied().zip(ends).map(squares).sum::<f64>() + penalty * starts.len() as f64
}

proptest! {
    #[test]
    fn no_segments_cost_less(
        values in prop::collection::vec((0..3_u8, -1.0..1.0).prop_map(|(level, noise)| 2.0 * f64::from(level) + noise), 2..11),
        least in 1..4_usize,
        c in 0.05..3.0,
    ) {
        let pelt = Pelt::default().with_penalty(c).unwrap().with_least_length(NonZeroUsize::new(least).unwrap());
        let found = pelt.find(&values).unwrap();
        let ours: Vec<_> = found.segments.iter().map(|segment| segment.start).collect();
        prop_assert!(ours.len() == 1 || found.segments.iter().all(|segment| segment.end - segment.start >= least));
        let ours = cost(&values, &ours, found.penalty);
        // Every set of places to start at, as the bits of a number.
        for set in 0..1_u32 << (values.len() - 1) {
            let starts: Vec<_> =
                std::iter::once(0).chain((1..values.len()).filter(|at| set >> (at - 1) & 1 == 1)).collect();
            let ends = starts[1..].iter().copied().chain([values.len()]);
            if starts.iter().copied().zip(ends).all(|(start, end)| end - start >= least) {
                prop_assert!(ours <= cost(&values, &starts, found.penalty) + 1e-9, "{starts:?}");
            }
        }
    }
}
