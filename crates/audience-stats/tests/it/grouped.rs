//! Sums by random group, against statsmodels, NumPy and Puffer's formulas.

use audience_stats::{
    Bootstrap, Error, Estimate, GroupedSums, Interval, Merge, Portable, RandomGroups, percentile_interval,
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture<T> {
    cases: Vec<T>,
}

#[derive(Deserialize)]
struct Grouped {
    groups: u32,
    units: Vec<(u16, u64, u64)>,
    ratio: f64,
    clustered_error: f64,
    jackknife_error_of_ratio: f64,
    jackknife_error_of_excess_over_1_percent: f64,
}

/// The same formulas in another order.
fn close(found: f64, expected: f64) -> bool {
    (found - expected).abs() <= 1e-10 * expected.abs()
}

fn of<'a>(groups: u32, amounts: impl IntoIterator<Item = &'a (u16, u64, u64)>) -> GroupedSums<2> {
    let mut sums = GroupedSums::new(RandomGroups::new(groups, 0).unwrap());
    for (group, first, second) in amounts {
        sums.add(*group, [*first, *second]);
    }
    sums
}

fn ratio(&[y, x]: &[f64; 2]) -> Option<f64> {
    (x > 0.0).then(|| y / x)
}

#[test]
fn errors_agree_with_statsmodels_and_numpy() {
    let fixture: Fixture<Grouped> = serde_json::from_str(include_str!("../fixtures/grouped_sums.json")).unwrap();
    assert_eq!(fixture.cases.len(), 4);
    for case in fixture.cases {
        let sums = of(case.groups, &case.units);
        let linear = sums.ratio().unwrap();
        assert!(close(linear.value, case.ratio), "{} not {}", linear.value, case.ratio);
        assert!(close(linear.standard_error, case.clustered_error), "{linear:?} not {}", case.clustered_error);
        let again = sums.jackknife(ratio).unwrap();
        assert_eq!((again.value, again.degrees), (linear.value, linear.degrees));
        assert_eq!(usize::from(again.degrees.get()) + 1, sums.len());
        assert!(close(again.standard_error, case.jackknife_error_of_ratio), "{again:?}");
        // Totals too, which need the groups that are left to weigh more.
        let excess = sums.jackknife(|[y, x]| Some(y - 0.01 * x)).unwrap();
        assert!(close(excess.standard_error, case.jackknife_error_of_excess_over_1_percent), "{excess:?}");
    }
}

/// Of a mean, the jackknife's error is the textbook's s / √n.
#[test]
fn the_jackknife_of_a_mean_is_the_textbook_s() {
    let sums = of(4, &[(0, 2, 1), (1, 4, 1), (2, 4, 1), (3, 6, 1)]);
    let mean = sums.jackknife(ratio).unwrap();
    assert_eq!(mean.value, 4.0);
    assert!(close(mean.standard_error, (8.0_f64 / 3.0 / 4.0).sqrt()));
    // t at 0.975 with three degrees of freedom is 3.182446 in the tables.
    let Interval { low, high } = mean.interval_95().unwrap();
    assert!((high - 4.0 - 3.182_446 * mean.standard_error).abs() < 1e-6 && close(8.0 - high, low));
    assert!((mean.p_value(high).unwrap() - 0.05).abs() < 1e-10);
}

#[derive(Deserialize)]
struct Resampled {
    watch_seconds: Vec<f64>,
    stall_seconds: Vec<f64>,
    indices: Vec<usize>,
    resamples: usize,
    ratio: f64,
    mean: f64,
    low: f64,
    high: f64,
    standard_error: f64,
}

/// The same resamples give the same bounds, and the error of the linearised ratio is Puffer's when each session is a group.
#[test]
fn stall_ratios_agree_with_puffer_s_formulas() {
    let fixture: Fixture<Resampled> =
        serde_json::from_str(include_str!("../fixtures/stall_ratio_bootstrap.json")).unwrap();
    assert_eq!(fixture.cases.len(), 3);
    for case in fixture.cases {
        let millis = |secs: f64| (secs * 1000.0).round() as u64;
        let sessions: Vec<(u16, u64, u64)> = (0..)
            .zip(case.stall_seconds.iter().zip(&case.watch_seconds))
            .map(|(group, (stalled, watched))| (group, millis(*stalled), millis(*watched)))
            .collect();
        let sums = of(64, &sessions);
        let linear = sums.ratio().unwrap();
        assert!(close(linear.value, case.ratio) && close(linear.standard_error, case.standard_error), "{linear:?}");

        let each = case.indices.len() / case.resamples;
        let mut replicates: Vec<f64> = case
            .indices
            .chunks(each)
            .map(|resample| {
                let sum = |values: &[f64]| resample.iter().map(|at| values[*at]).sum::<f64>();
                sum(&case.stall_seconds) / sum(&case.watch_seconds)
            })
            .collect();
        assert_eq!(replicates.len(), case.resamples);
        assert!(close(replicates.iter().sum::<f64>() / replicates.len() as f64, case.mean));
        let Interval { low, high } = percentile_interval(&mut replicates).unwrap();
        assert!((low - case.low).abs() <= 1e-15 && close(high, case.high), "{low} to {high}");
    }
}

#[test]
fn what_is_too_little_says_nothing() {
    let plan = Bootstrap::default();
    let nothing = of(64, &[]);
    let one = of(64, &[(3, 1, 10), (3, 5, 20)]);
    for sums in [nothing, one] {
        assert_eq!((sums.ratio(), sums.jackknife(ratio), sums.bootstrap(plan, ratio)), (None, None, None));
    }
    let without_whole = of(64, &[(3, 1, 0), (4, 1, 0)]);
    assert_eq!((without_whole.ratio(), without_whole.bootstrap(plan, ratio)), (None, None));
    // Only one group has a denominator, so that the ratio without it is undefined.
    assert_eq!(of(64, &[(3, 1, 0), (4, 1, 5)]).jackknife(ratio), None);
    // Groups that do not vary say nothing of how sure it is.
    let without_stalls = of(64, &[(3, 0, 9), (4, 0, 5)]);
    let estimate = without_stalls.ratio().unwrap();
    assert_eq!((estimate.value, estimate.interval_95(), estimate.p_value(0.0)), (0.0, None, None));
    assert_eq!(without_stalls.bootstrap(plan, ratio), None);
    let all_alike = of(64, &[(3, 1, 3), (4, 7, 21), (5, 100, 300), (9, 13, 39)]);
    assert_eq!((all_alike.ratio().unwrap().interval_95(), all_alike.bootstrap(plan, ratio)), (None, None));
    assert_eq!(all_alike.jackknife(ratio).unwrap().interval_95(), None);
    assert_eq!(percentile_interval(&mut []), None);
    assert_eq!(Estimate::from_jackknife(1.0, &[1.0, f64::NAN]), None);
}

#[test]
fn the_bootstrap_follows_from_its_seed() {
    let sums = of(64, &[(3, 1, 10), (4, 5, 20), (5, 0, 10), (9, 2, 31)]);
    let plan = Bootstrap { replicates: 500, seed: 1 };
    assert_eq!(sums.bootstrap(plan, ratio), sums.bootstrap(plan, ratio));
    assert_ne!(sums.bootstrap(plan, ratio), sums.bootstrap(Bootstrap { seed: 2, ..plan }, ratio));
    assert_eq!(sums.bootstrap(Bootstrap { replicates: 0, ..plan }, ratio), None);
}

/// With many groups and no skew, all three errors are the same but for chance.
#[test]
fn the_bootstrap_is_as_wide_as_the_jackknife() {
    let units: Vec<(u16, u64, u64)> = (0..1024).map(|unit| (unit, u64::from(unit) * 7919 % 100, 100)).collect();
    let sums = of(1024, &units);
    let Interval { low, high } = sums.bootstrap(Bootstrap { replicates: 20_000, seed: 5 }, ratio).unwrap();
    let jackknife = sums.jackknife(ratio).unwrap();
    let width = high - low;
    // A percentile of 20,000 replicates is off by about 1.5 %.
    assert!((width / (2.0 * 1.962 * jackknife.standard_error) - 1.0).abs() < 0.05, "{width} {jackknife:?}");
    assert!((jackknife.standard_error / sums.ratio().unwrap().standard_error - 1.0).abs() < 0.01);
}

#[test]
fn groups_are_as_even_as_chance_makes_them() {
    let groups = RandomGroups::new(64, 3).unwrap();
    let mut sums = GroupedSums::new(groups);
    for viewer in 0..64_000 {
        sums.observe(&format!("viewer {viewer}"), [1]);
    }
    let square: f64 = sums.iter().map(|(_, [units])| (*units as f64 - 1000.0).powi(2) / 1000.0).sum();
    // Chi-squared with 63 degrees of freedom: beyond these with a probability of one in a thousand each.
    assert!((31.0..104.0).contains(&square), "{square}");
    assert_ne!((0..9).map(|i| groups.group_of(&i.to_string())).collect::<Vec<_>>(), {
        let other = RandomGroups::new(64, 4).unwrap();
        (0..9).map(|i| other.group_of(&i.to_string())).collect::<Vec<_>>()
    });
    for wrong in [0, 1, 3, 100, RandomGroups::MAX * 2] {
        assert_eq!(RandomGroups::new(wrong, 0), Err(Error::NumberOfGroups { groups: wrong }));
    }
}

#[test]
fn sums_survive_outside_and_others_are_refused() {
    let sums = of(64, &[(3, 1, 10), (63, u64::MAX, 20)]);
    let empty = of(64, &[]);
    assert_eq!(GroupedSums::decode(&sums.encode(), &empty), Ok(sums.clone()));
    assert!(GroupedSums::decode(&of(32, &[(3, 1, 10)]).encode(), &empty).is_err());
    let three = GroupedSums::<3>::new(sums.groups());
    assert!(GroupedSums::decode(&sums.encode(), &three).is_err());
    let json = serde_json::to_string(&sums).unwrap();
    assert_eq!(serde_json::from_str::<GroupedSums<2>>(&json).unwrap(), sums);
    let error = serde_json::from_str::<GroupedSums<3>>(&json).unwrap_err().to_string();
    assert!(error.starts_with("read 2 sums of a group that has 3"), "{error}");
    assert!(serde_json::from_str::<RandomGroups>("[3,0]").is_err());
    assert!(sums.size_bytes() > 0);
}

proptest! {
    #[test]
    fn any_split_and_order_gives_the_same_state(
        mut units in proptest::collection::vec((any::<u16>(), any::<u64>(), any::<u64>()), 0..40),
        cut in 0_usize..40,
    ) {
        let whole = of(16, &units);
        let (left, right) = units.split_at(cut.min(units.len()));
        let mut merged = of(16, right);
        merged.merge(of(16, left));
        prop_assert_eq!(&merged, &whole);
        units.reverse();
        prop_assert_eq!(of(16, &units).encode(), whole.encode());
        // Whatever the numbers are, what is said of them is finite.
        if let Some(interval) = whole.ratio().and_then(|ratio| ratio.interval_95()) {
            prop_assert!(interval.low.is_finite() && interval.high.is_finite());
        }
        if let Some(interval) = whole.bootstrap(Bootstrap { replicates: 10, seed: 0 }, ratio) {
            prop_assert!(interval.low.is_finite() && interval.high.is_finite());
        }
    }
}
