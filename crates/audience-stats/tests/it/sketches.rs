//! Quantile sketches, against sorted lists.

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Error, Merge, Portable, QuantileSketch};
use proptest::prelude::*;

fn of(values: &[f64]) -> QuantileSketch {
    let mut sketch = QuantileSketch::new(0.01).unwrap();
    sketch.observe_all(values);
    sketch
}

/// That every quantile is within the relative error of the order statistic.
fn is_within_the_error(sketch: &QuantileSketch, mut values: Vec<f64>, error: f64) {
    values.sort_unstable_by(f64::total_cmp);
    let summary = sketch.summary();
    let last = (values.len() - 1) as f64;
    for q in (0..=1000).map(|q| f64::from(q) / 1000.0).chain([1e-9, 0.9999, 1.0 - 1e-12]) {
        let truth = values[(q * last) as usize];
        let found = sketch.quantile(q).unwrap().unwrap();
        assert!((found - truth).abs() <= error * truth.abs(), "{q}: {found}, not {truth}");
        assert_eq!(summary.quantile(q).unwrap(), Some(found));
    }
    assert_eq!((sketch.min(), sketch.max()), (values.first().copied(), values.last().copied()));
    assert_eq!(sketch.count(), values.len() as u64);
}

fn bytes_survive(sketch: &QuantileSketch) {
    let bytes = sketch.encode();
    let back = QuantileSketch::decode(&bytes, sketch).unwrap();
    assert_eq!((back.summary(), back.encode()), (sketch.summary(), bytes));
}

const ODD: [f64; 13] =
    [5.0, -3.0, 0.0, -0.0, 1e300, 1e-300, -1e-320, f64::NAN, f64::INFINITY, 5.0, f64::MIN, f64::MIN_POSITIVE, 0.1];

#[test]
fn obeys_the_laws() {
    check_merge_laws(&of(&[]), &ODD);
    for bins in [1, 2, 3, 100] {
        let empty = QuantileSketch::with_bins(0.05, bins).unwrap();
        check_merge_laws(&empty, &ODD);
        check_merge_laws(&empty, &[1.0, 1.05, 1.2, -1.3, 1.4, -1.1, 1e9, 1.0, 2.0, -7.0, 0.0]);
    }
}

#[test]
fn merging_keeps_the_median() {
    let all: Vec<f64> = (0..10_000).map(f64::from).collect();
    let (mut first, second) = (of(&all[..5000]), of(&all[5000..]));
    first.merge(second);
    let median = first.quantile(0.5).unwrap().unwrap();
    assert!((median - 5000.0).abs() <= 50.0, "{median}");
    is_within_the_error(&first, all, 0.01);
}

#[test]
fn weights_are_counts() {
    let mut sketch = of(&[]);
    sketch.insert_times(1.0, 99).unwrap();
    sketch.insert_times(1000.0, 1).unwrap();
    sketch.insert_times(7.0, 0).unwrap();
    let median = sketch.quantile(0.5).unwrap().unwrap();
    assert!((median - 1.0).abs() <= 0.01, "{median}");
    assert_eq!((sketch.count(), sketch.sum(), sketch.mean()), (100, 1099.0, Some(10.99)));
}

#[test]
fn what_is_not_a_number_changes_nothing() {
    let values: Vec<f64> = (0..2000).map(|n| f64::from(n).sqrt()).collect();
    let mut with = of(&values[..1000]);
    with.observe(&f64::NAN);
    with.observe_all(&values[1000..]);
    assert!(matches!(with.insert(f64::NEG_INFINITY), Err(Error::NotFinite { .. })));
    assert_eq!((with.refused(), of(&values).refused()), (1, 0));
    assert_eq!(audience_stats::SketchedDistribution { refused: 0, ..with.summary() }, of(&values).summary());
}

#[test]
fn memory_is_bounded_whatever_the_range() {
    let mut sketch = of(&[]);
    for n in 0..60_000_i32 {
        let value = 10.0_f64.powf(f64::from(n) / 100.0 - 300.0);
        sketch.insert(value).unwrap();
        sketch.insert(-value).unwrap();
    }
    assert!(sketch.size_bytes() < 64_000, "{}", sketch.size_bytes());
    assert!(sketch.collapsed() > 100_000);
    // What is far from 0 is as near as ever, on both sides.
    for (q, truth) in [(0.0001, -1e300), (0.01, -1e288), (0.99, 1e288)] {
        let found = sketch.quantile(q).unwrap().unwrap();
        assert!((found / truth).log10().abs() < 0.3, "{q}: {found:e}");
    }
    bytes_survive(&sketch);
    // A billion milliseconds beside one do not collapse.
    assert_eq!(of(&[1e-3, 1.0, 1e12, -1e9, -1.0]).collapsed(), 0);
}

#[test]
fn nothing_seen_has_no_quantiles() {
    let empty = of(&[f64::NAN]);
    assert_eq!((empty.quantile(0.5), empty.min(), empty.mean(), empty.sum()), (Ok(None), None, None, 0.0));
    assert_eq!(of(&[3.0]).quantile(0.3), Ok(Some(3.0)));
    assert!(matches!(of(&[1.0]).quantile(1.1), Err(Error::QuantileOutOfRange { .. })));
    assert!(matches!(QuantileSketch::new(0.0), Err(Error::OutOfRange { .. })));
    assert!(QuantileSketch::new(f64::NAN).is_err() && QuantileSketch::new(0.9).is_err());
    assert_eq!(QuantileSketch::with_bins(0.01, 0).unwrap_err().to_string(), "count in 0 bins: there are 1 to 1048576");
}

#[test]
fn counts_stay_at_the_largest() {
    let mut sketch = of(&[]);
    for value in [2.0, 2.0, -1.0, 0.0] {
        sketch.insert_times(value, u64::MAX).unwrap();
    }
    assert_eq!(sketch.count(), u64::MAX);
    bytes_survive(&sketch);
}

#[test]
fn states_that_fit_together_are_read_and_no_others() {
    for values in [&ODD[..], &[], &[1.0], &[-1.0], &[0.0], &[-1e-310, 3.0], &[-5.0, 1e-310], &[-5.0, 0.0, 4.0]] {
        bytes_survive(&of(values));
    }
    let like = of(&[]);
    let other = QuantileSketch::with_bins(0.01, 100).unwrap();
    assert!(matches!(QuantileSketch::decode(&other.encode(), &like), Err(Error::ForeignState { .. })));
    let json = serde_json::to_string(&of(&[-2.0, 0.0, 3.0, 3.0])).unwrap();
    let read = |json: &str| serde_json::from_str::<QuantileSketch>(json);
    assert!(read(&json).is_ok());
    for (from, to) in [
        ("\"ends\":[-2.0,3.0]", "\"ends\":[-2.0,4.0]"),
        ("\"ends\":[-2.0,3.0]", "\"ends\":[2.0,3.0]"),
        ("\"ends\":[-2.0,3.0]", "\"ends\":null"),
        ("\"relative_error\":0.01", "\"relative_error\":-1"),
        ("\"most_bins\":2048", "\"most_bins\":0"),
        ("\"most_bins\":2048", "\"most_bins\":4294967295"),
        (",[2],false]", ",[2,0],false]"),
        (",[2],false]", ",[0,2],false]"),
        (",[2],false]", ",[2],true]"),
        (
            "\"sum_above\":[",
            "\"sum_above\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,",
        ),
        ("\"sum_below\":[", "\"sum_above_\":1,\"sum_below\":[], \"x\":["),
    ] {
        let changed = json.replacen(from, to, 1);
        assert_ne!(changed, json, "{from}");
        assert!(read(&changed).is_err(), "{changed}");
    }
}

proptest! {
    #[test]
    fn the_error_holds_at_all_quantiles(
        normals in proptest::collection::vec(-4.0..4.0_f64, 1..300), spread in 0.01..5.0_f64, kind in 0..4
    ) {
        let values: Vec<f64> = normals.iter().map(|z| match kind {
            0 => (z * spread).exp(),
            // Within the ratio that the bins span.
            1 => ((z + 4.001) / 8.002).powf(-spread.min(4.0)),
            2 => z * spread,
            _ => z.round(),
        }).collect();
        is_within_the_error(&of(&values), values, 0.01);
    }

    #[test]
    fn any_split_gives_the_same_bytes(
        values in proptest::collection::vec((-40.0..40.0_f64, any::<bool>()), 0..200), at in 0..200_usize, bins in 1..200_u32
    ) {
        let values: Vec<f64> = values.into_iter().map(|(ln, below)| if below { -ln.exp() } else { ln.exp() }).collect();
        let (left, right) = values.split_at(at.min(values.len()));
        let fold = |values: &[f64]| {
            let mut sketch = QuantileSketch::with_bins(0.02, bins).unwrap();
            sketch.observe_all(values);
            sketch
        };
        let (mut one, mut other) = (fold(left), fold(right));
        one.merge(fold(right));
        other.merge(fold(left));
        prop_assert_eq!(one.encode(), fold(&values).encode());
        prop_assert_eq!(other.encode(), one.encode());
        bytes_survive(&one);
    }

    /// Whatever is read, it is refused or works.
    #[test]
    fn damaged_bytes_do_no_harm(at in 0..300_usize, with in any::<u8>(), values in proptest::collection::vec(-9.0..9.0_f64, 0..9)) {
        let sketch = of(&values);
        let mut bytes = sketch.encode();
        let at = at % bytes.len();
        bytes[at] = with;
        if let Ok(mut read) = QuantileSketch::decode(&bytes, &sketch) {
            read.merge(sketch.clone());
            read.insert(3.0).unwrap();
            read.quantile(0.4).unwrap();
            read.summary();
        }
    }
}
