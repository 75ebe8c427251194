//! Two proportions by every method, against `SciPy` and mpmath.

use audience_stats::{Alternative, Confidence, DifferenceInterval, Interval, Proportion, RateInterval};
use proptest::prelude::*;

const DIFFERENCES: [DifferenceInterval; 4] = [
    DifferenceInterval::Newcombe,
    DifferenceInterval::Wald,
    DifferenceInterval::AgrestiCaffo,
    DifferenceInterval::MiettinenNurminen,
];

fn proportion(successes: u64, trials: u64) -> Proportion {
    Proportion::new(successes, trials).unwrap()
}

/// The likeliest rates by bisection and the interval by another, in 40 digits (mpmath).
#[test]
fn score_intervals_agree_with_mpmath() {
    for (x2, n2, x1, n1, alpha, low, high) in [
        (56, 70, 48, 80, 0.05, 0.052_829_713_245_844_6, 0.338_172_940_015_868_34),
        (9, 10, 3, 10, 0.05, 0.170_025_016_424_398_74, 0.840_649_543_943_328_2),
        (4, 12, 9, 25, 0.05, -0.320_936_225_529_939_83, 0.307_047_548_939_372_1),
        (10, 25, 10, 25, 0.05, -0.265_565_005_435_282_55, 0.265_565_005_435_282_55),
        (0, 2, 0, 4, 0.05, -0.535_410_467_401_175_1, 0.697_416_721_806_523_9),
        (9, 9, 9, 9, 0.05, -0.311_264_565_762_094_3, 0.311_264_565_762_094_3),
        (3, 1600, 0, 800, 0.05, -0.002_908_852_560_232_031_7, 0.005_499_432_948_330_788),
        (2, 4, 3, 4, 0.05, -0.741_840_555_074_780_3, 0.414_977_537_278_474_36),
        (1, 9, 0, 9, 0.05, -0.219_702_408_439_490_82, 0.445_218_611_461_041_75),
        (0, 1, 1, 1, 0.05, -1.0, 0.586_901_371_245_525_2),
        (0, 20, 10, 10, 0.05, -1.0, -0.715_618_660_465_622_6),
        (3, 100, 90000, 100_000, 0.01, -0.892_598_005_564_766_2, -0.789_104_507_709_805_3),
        (10780, 500_000, 19972, 1_000_000, 0.05, 0.001_102_801_216_700_575_5, 0.002_077_051_836_797_475_4),
        (7, 49, 7, 49, 0.1, -0.121_305_953_837_891_29, 0.121_305_953_837_891_29),
        (9, 1_000_609_147, 3, 1_000_609_147, 0.05, -9.338_361_156_123_574e-10, 1.443_734_682_230_917_9e-8),
    ] {
        let confidence = Confidence::new(1.0 - alpha).unwrap();
        let method = DifferenceInterval::MiettinenNurminen;
        let found = proportion(x2, n2).difference_interval(&proportion(x1, n1), method, confidence).unwrap();
        // What is left of the rates, where these are larger, or of the reach of the interval.
        let scale = (high - low) * 1e-12_f64;
        let near = |a: f64, b: f64| (a - b).abs() <= scale.max(4e-16 * (x1 as f64 / n1 as f64));
        assert!(near(found.low, low) && near(found.high, high), "{x2} {n2} {x1} {n1}: {found:?}, not {low} to {high}");
    }
}

/// `scipy.stats.fisher_exact` (1.17), two-sided and less.
#[test]
fn fisher_agrees_with_scipy_on_every_side() {
    for (x2, n2, x1, n1, two_sided, less) in [
        (8, 10, 1, 6, 0.034_965_034_965_034_975, 0.999_125_874_125_874_2),
        (3, 3, 0, 3, 0.100_000_000_000_000_02, 1.0),
        (0, 9, 3, 9, 0.205_882_352_941_176_46, 0.102_941_176_470_588_23),
        (7, 20, 7, 20, 1.0, 0.629_473_188_427_582_2),
        (50, 1000, 80, 1000, 0.008_308_448_377_756_92, 0.004_154_224_188_878_46),
        (500, 1000, 600, 1000, 8.453_719_674_485_626e-6, 4.226_859_837_242_813e-6),
        (2, 5, 9, 30, 0.639_943_074_003_795_2, 0.833_898_075_359_175_9),
        (12, 500, 40, 700, 0.005_869_685_163_480_028_5, 0.003_363_765_636_296_393),
        (90000, 1_000_000, 91500, 1_000_000, 0.000_224_273_684_206_714_4, 0.000_112_136_842_103_357_2),
        (0, 49, 3, 160, 1.0, 0.446_677_654_915_641_26),
        (5, 49, 0, 160, 0.000_602_149_697_953_379_4, 1.0),
    ] {
        let of = |alternative| proportion(x2, n2).fisher(&proportion(x1, n1), alternative).value();
        for (found, expected) in [(of(Alternative::TwoSided), two_sided), (of(Alternative::Less), less)] {
            assert!((found - expected).abs() <= 1e-9 * expected, "{x2} {n2} {x1} {n1}: {found}, not {expected}");
        }
    }
}

#[test]
fn fisher_has_logarithms_of_what_is_too_small() {
    let p = proportion(5000, 5000).fisher(&proportion(0, 5000), Alternative::TwoSided);
    // Two tables of all that there are: ln of 2 / C(10000, 5000).
    assert!((p.ln() - -6_925.947_671_880_26).abs() < 1e-6, "{}", p.ln());
}

/// Every table of two small groups: all that is no more probable, added up.
#[test]
fn fisher_adds_up_all_that_is_no_more_probable() {
    let choose = |n: u64, k: u64| (0..k).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64);
    for (n1, n2) in [(3, 5), (7, 2), (6, 6), (1, 9)] {
        for (a, b) in (0..=n1).flat_map(|a| (0..=n2).map(move |b| (a, b))) {
            let ways = |k: u64| if k <= a + b && a + b - k <= n2 { choose(n1, k) * choose(n2, a + b - k) } else { 0.0 };
            let all: f64 = (0..=n1).map(ways).sum();
            let as_far: f64 = (0..=n1).map(ways).filter(|other| *other <= ways(a) * 1.000_000_1).sum();
            let found = proportion(a, n1).fisher(&proportion(b, n2), Alternative::TwoSided).value();
            assert!((found - as_far / all).abs() < 1e-12, "{a} of {n1}, {b} of {n2}: {found}");
        }
    }
}

/// Three of 10⁹: the upper end by the binomial distribution, summed up in 40 digits (mpmath), where SciPy's has 8.
#[test]
fn exact_intervals_of_rare_successes_keep_their_digits() {
    let rare = proportion(3, 1_000_609_147).interval(RateInterval::ClopperPearson, Confidence::P95).unwrap();
    assert!((rare.high / 8.761_935_737_607_332e-9 - 1.0).abs() < 1e-11, "{:e}", rare.high);
    let all = proportion(7, 7).interval(RateInterval::ClopperPearson, Confidence::P95).unwrap();
    assert!((all.low - 0.025_f64.powf(1.0 / 7.0)).abs() < 1e-14 && all.high == 1.0);
}

#[test]
fn without_successes_there_is_an_interval_and_no_statistic() {
    let (none, neither) = (proportion(0, 40), proportion(0, 60));
    assert_eq!(none.pooled_test(&neither, Alternative::TwoSided), None);
    assert_eq!(none.wald_test(&neither, Alternative::TwoSided), None);
    assert_eq!(none.ratio_interval(&proportion(3, 60), Confidence::P95), None);
    for method in
        [DifferenceInterval::Newcombe, DifferenceInterval::AgrestiCaffo, DifferenceInterval::MiettinenNurminen]
    {
        let interval = none.difference_interval(&neither, method, Confidence::P95).unwrap();
        assert!(interval.low < -0.02 && interval.high > 0.02, "{method:?} {interval:?}");
    }
    // Not to be believed, and said so.
    let wald = none.difference_interval(&neither, DifferenceInterval::Wald, Confidence::P95);
    assert_eq!(wald, Some(Interval { low: 0.0, high: 0.0 }));
    let nothing = proportion(0, 0);
    for method in DIFFERENCES {
        assert_eq!(nothing.difference_interval(&none, method, Confidence::P95), None);
    }
    assert_eq!(nothing.interval(RateInterval::Wald, Confidence::P95), None);
    assert_eq!(nothing.ratio_interval(&none, Confidence::P95), None);
}

proptest! {
    #[test]
    fn swapping_groups_mirrors_differences((n1, n2) in (1..80_u64, 1..80_u64), (a, b) in (0.0..=1.0_f64, 0.0..=1.0_f64)) {
        let one = proportion((a * n1 as f64).round() as u64, n1);
        let other = proportion((b * n2 as f64).round() as u64, n2);
        let failures = |proportion: Proportion| Proportion::new(proportion.trials() - proportion.successes(), proportion.trials()).unwrap();
        for method in DIFFERENCES {
            let interval = one.difference_interval(&other, method, Confidence::P95).unwrap();
            let swapped = other.difference_interval(&one, method, Confidence::P95).unwrap();
            let of_failures = failures(other).difference_interval(&failures(one), method, Confidence::P95).unwrap();
            let scale = 1e-12;
            prop_assert!((interval.low + swapped.high).abs() < scale && (interval.high + swapped.low).abs() < scale);
            prop_assert!((interval.low - of_failures.low).abs() < scale && (interval.high - of_failures.high).abs() < scale);
            if method != DifferenceInterval::AgrestiCaffo {
                let difference = one.rate().unwrap() - other.rate().unwrap();
                prop_assert!(interval.low <= difference + scale && difference <= interval.high + scale);
            }
            let wider = one.difference_interval(&other, method, Confidence::new(0.99).unwrap()).unwrap();
            prop_assert!(wider.low <= interval.low && interval.high <= wider.high, "{method:?}");
        }
        for alternative in [Alternative::TwoSided, Alternative::Greater, Alternative::Less] {
            let mirrored = match alternative {
                Alternative::TwoSided => Alternative::TwoSided,
                Alternative::Greater => Alternative::Less,
                Alternative::Less => Alternative::Greater,
            };
            let (p, q) = (one.fisher(&other, alternative), other.fisher(&one, mirrored));
            prop_assert!((p.value() - q.value()).abs() <= 1e-11, "{alternative:?}: {} {}", p.value(), q.value());
            prop_assert_eq!(
                one.pooled_test(&other, alternative).map(|test| test.p),
                other.pooled_test(&one, mirrored).map(|test| test.p)
            );
        }
        // Two sides have no less than each.
        let sides = [Alternative::Greater, Alternative::Less].map(|side| one.fisher(&other, side).value());
        prop_assert!(one.fisher(&other, Alternative::TwoSided).value() >= sides[0].min(sides[1]) * (1.0 - 1e-9));
    }
}
