//! Ratios of sums over clusters. Expected values were computed with statsmodels 0.15.0:
//! `WLS(part, whole, weights=1 / whole).fit(cov_type="cluster", cov_kwds={"groups": cluster}).bse`.

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, ClusterSums, ClusteredRatio, Confidence};

/// Eighty pairs in clusters that `of` names by their number.
fn pairs(of: impl Fn(u64) -> Option<u64>) -> ClusterSums {
    let mut ratio = ClusteredRatio::default();
    for i in 0..80 {
        ratio.observe(&(of(i).map(|name| name.to_string()), i * 7 % 23, 50 + i * 13 % 101));
    }
    ratio.summary()
}

fn close(a: f64, b: f64) {
    assert!((a - b).abs() < 1e-12, "{a} and {b}");
}

#[test]
fn the_standard_error_is_that_of_statsmodels() {
    let grouped = pairs(|i| Some((i * i + 3 * i) % 37));
    assert_eq!(grouped.clusters, 19);
    close(grouped.standard_error().unwrap(), 0.007_200_609_909_624_058);

    let alone = pairs(|_| None);
    assert_eq!((alone.clusters, alone.ratio()), (80, grouped.ratio()));
    close(alone.standard_error().unwrap(), 0.008_600_046_385_653_957);
    // Nobody has two: it is the same with names and without.
    assert_eq!(pairs(Some), alone);
}

#[test]
fn the_interval_is_that_of_statsmodels_and_takes_some_clusters() {
    // `.conf_int(0.1)`
    let interval = pairs(|_| None).interval(Confidence::new(0.9).unwrap()).unwrap();
    assert!((interval.low - 0.095_560_96).abs() < 1e-8 && (interval.high - 0.123_852_59).abs() < 1e-8, "{interval:?}");
    assert_eq!(pairs(|i| Some(i % 29)).interval(Confidence::new(0.9).unwrap()), None);
    assert!(pairs(|i| Some(i % 30)).interval(Confidence::new(0.9).unwrap()).is_some());
}

#[test]
fn one_viewer_who_tries_again_and_again_is_one() {
    let mut retries = ClusteredRatio::default();
    for _ in 0..1000 {
        retries.observe_pair(Some("ann"), 1, 1);
    }
    retries.observe_pair(Some("bob"), 0, 0);
    assert_eq!((retries.summary().clusters, retries.summary().ratio()), (1, Some(1.0)));
    assert_eq!(retries.summary().standard_error(), None);
}

#[test]
fn degenerate_sums_have_no_ratio_and_the_largest_do_not_overflow() {
    let nothing = ClusteredRatio::default().summary();
    assert_eq!((nothing.ratio(), nothing.standard_error()), (None, None));
    let mut large = ClusteredRatio::default();
    for cluster in [Some("a"), Some("a"), Some("b"), None, None] {
        large.observe_pair(cluster, u64::MAX, u64::MAX);
    }
    assert!(large.summary().ratio().unwrap().is_finite() && large.summary().standard_error().unwrap().is_finite());
}

#[test]
fn states_merge_by_the_laws() {
    let items: Vec<_> =
        [(Some("a"), 1, 9), (None, 0, 4), (Some("b"), 3, 3), (Some("a"), 5, 5), (None, 0, 0), (Some("b"), 2, 0)]
            .map(|(cluster, part, whole)| (cluster.map(str::to_owned), part, whole))
            .into();
    check_merge_laws(&ClusteredRatio::default(), &items);
}
