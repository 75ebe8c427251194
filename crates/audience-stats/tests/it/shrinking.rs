//! Rates and means drawn together, and the order that follows.

use audience_stats::{
    BetaPrior, Confidence, Error, MeanEstimate, Proportion, ShrunkMeans, best_first, rank_by_shrunk_means, shrink_means,
};
use proptest::prelude::*;

fn items(counts: &[(u64, u64)]) -> Vec<Proportion> {
    counts.iter().map(|(successes, trials)| Proportion::new(*successes, *trials).unwrap()).collect()
}

fn watched(mean: f64, sd: f64, units: f64) -> MeanEstimate {
    MeanEstimate { mean, standard_error: sd / units.sqrt(), units }
}

fn order(estimates: &[MeanEstimate]) -> Vec<usize> {
    let ranked = rank_by_shrunk_means(estimates, Confidence::P95).unwrap();
    assert!(ranked.is_sorted_by(|a, b| a.at_least >= b.at_least));
    ranked.iter().map(|ranked| ranked.item).collect()
}

#[test]
fn three_perfect_views_do_not_outrank_300_000_good_ones() {
    let (perfect, good) = (watched(1.0, 0.0, 3.0), watched(0.8, 0.3, 300_000.0));
    for sd in [0.1_f64, 0.3, 0.5] {
        let good = watched(0.8, sd.max(0.2), 300_000.0);
        let others =
            [watched(0.5, sd, 40.0), watched(0.4, sd, 2000.0), watched(0.7, sd, 90.0), watched(0.55, sd, 500.0)];
        assert_eq!(order(&[perfect, good]), [1, 0]);
        assert_eq!(order(&[&[perfect, good], &others[..]].concat())[0], 1);
        // One view alone says even less.
        assert_eq!(order(&[&[watched(1.0, 0.0, 1.0), good], &others[..]].concat())[0], 1);
    }
    // By the mean and its own standard error, it would be the first.
    assert!(perfect.mean - 2.0 * perfect.standard_error > good.mean);

    let rates = items(&[(3, 3), (240_000, 300_000), (2069, 4705), (115, 146), (0, 4), (106, 268)]);
    for prior in [BetaPrior::of(&rates).unwrap(), BetaPrior::maximum_likelihood(&rates).unwrap().unwrap()] {
        assert_eq!(prior.rank(&rates, 0.05).unwrap()[0].item, 1);
    }
}

/// Two items whose variances are known: τ² is half of what is left of the squared difference, by hand.
#[test]
fn two_items_by_hand() {
    let ShrunkMeans { mean, standard_error, between_variance, q, items, .. } =
        shrink_means(&[watched(1.0, 1.0, 101.0), watched(2.0, 1.0, 101.0)]).unwrap();
    let v = 1.0 / 101.0;
    assert!((q - 0.5 / v).abs() < 1e-9, "{q}");
    assert!((between_variance - (0.5 - v)).abs() < 1e-12, "{between_variance}");
    assert!((mean - 1.5).abs() < 1e-12 && (standard_error - 0.5).abs() < 1e-12, "{mean} {standard_error}");
    let weight = between_variance / (between_variance + v);
    assert!((items[0].weight - weight).abs() < 1e-12 && (items[0].mean - (1.5 - 0.5 * weight)).abs() < 1e-12);
    let variance = weight * v + (1.0 - weight) * (1.0 - weight) * 0.25;
    assert!((items[1].sd - variance.sqrt()).abs() < 1e-12, "{}", items[1].sd);
}

fn near(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-11 * expected.abs(), "{what}: {found}, not {expected}");
}

/// Means and orders by their own and by the root of the sum of squares that SciPy 1.17.1 finds (`brentq`), which is the τ² of
/// `combine_effects(…, method_re="iterated")` of statsmodels 0.15.0 to the 6 digits it stops at.
#[test]
fn families_agree_with_scipy() {
    let titles = [(0.62, 0.3, 90_000.0), (1.0, 0.0, 3.0), (0.4, 0.25, 400.0), (0.5, 0.3, 80.0), (0.71, 0.2, 12.0)];
    let titles = titles.map(|(mean, sd, units)| watched(mean, sd, units));
    let family = shrink_means(&titles).unwrap();
    near(family.unit_variance, 0.089_870_676_317_825_17, "s²");
    near(family.q, 328.131_681_595_754_34, "Q");
    near(family.between_variance, 0.041_823_715_883_366_51, "τ²");
    near(family.mean, 0.620_552_564_514_628_8, "μ");
    near(family.standard_error, 0.095_866_016_862_367_93, "its error");
    for (item, (mean, sd, at_least)) in family.items.iter().zip([
        (0.620_000_013_211_434_2, 0.000_999_990_640_211_342, 0.618_040_041_213_950_4),
        (0.877_367_963_290_843_9, 0.120_319_367_933_344_29, 0.582_957_075_972_470_7),
        (0.400_824_454_496_350_07, 0.012_508_835_795_205_24, 0.376_233_735_343_502_2),
        (0.503_157_544_679_344_1, 0.033_192_810_926_785_8, 0.437_138_378_755_008_55),
        (0.701_412_846_895_171_4, 0.064_030_239_622_069_91, 0.564_935_621_750_627),
    ]) {
        near(item.mean, mean, "mean");
        near(item.sd, sd, "sd");
        let ranked = family.rank(Confidence::P95);
        assert!(ranked.iter().any(|ranked| (ranked.at_least - at_least).abs() < 1e-10), "{at_least}");
    }
    assert_eq!(order(&titles), [0, 1, 4, 3, 2]);

    let other = [(-3.0, 20.0, 1.0), (12.5, 35.0, 17.0), (4.25, 10.0, 2000.0), (7.0, 1.5, 150.0)];
    let other = other.map(|(mean, sd, units)| watched(mean, sd, units));
    let family = shrink_means(&other).unwrap();
    near(family.q, 93.391_348_968_795, "Q");
    near(family.between_variance, 2.454_377_080_162_508, "τ²");
    near(family.items[1].mean, 5.938_762_544_380_857, "mean");
    near(family.items[1].sd, 1.862_767_032_312_739_7, "sd");
    assert_eq!(order(&other), [3, 2, 1, 0]);
}

#[test]
fn items_that_are_alike_are_one() {
    let alike = [watched(0.5, 0.3, 100.0), watched(0.51, 0.3, 100.0), watched(0.5, 0.3, 100.0)];
    let family = shrink_means(&alike).unwrap();
    assert_eq!(family.between_variance, 0.0);
    assert!(family.items.iter().all(|item| item.mean == family.mean && item.weight == 0.0));
    // Ties are in the order given.
    assert_eq!(order(&alike), [0, 1, 2]);
    let equal = [watched(0.5, 0.0, 5.0), watched(0.5, 0.0, 9.0)];
    let family = shrink_means(&equal).unwrap();
    assert_eq!((family.mean, family.between_variance, family.q, family.items[0].sd), (0.5, 0.0, 0.0, 0.0));
    let certain = shrink_means(&[watched(0.5, 0.0, 5.0), watched(1.5, 0.0, 9.0)]).unwrap();
    assert_eq!((certain.items[1].mean, certain.between_variance, certain.q), (1.5, 0.5, f64::INFINITY));
    let one = shrink_means(&[watched(2.5, 1.0, 16.0)]).unwrap();
    assert_eq!((one.mean, one.items[0].mean, one.items[0].sd, one.between_variance), (2.5, 2.5, 0.25, 0.0));
}

#[test]
fn what_says_nothing_is_refused() {
    assert_eq!(shrink_means(&[]), Err(Error::NoValues));
    assert_eq!(shrink_means(&[watched(1.0, 0.0, 1.0), watched(2.0, 0.0, 0.5)]), Err(Error::NoWeight));
    let good = watched(1.0, 1.0, 9.0);
    for (wrong, text) in [
        (MeanEstimate { mean: f64::NAN, ..good }, "compute with value 1: NaN is not finite"),
        (MeanEstimate { standard_error: -1.0, ..good }, "weigh item 1: -1 is not finite or below 0"),
        (MeanEstimate { units: 0.0, ..good }, "compute with value 1: 0 is not finite and above 0"),
    ] {
        assert_eq!(shrink_means(&[good, wrong]).unwrap_err().to_string(), text);
    }
    assert_eq!(BetaPrior::maximum_likelihood(&items(&[(0, 0)])), Err(Error::NoValues));
    assert!(matches!(BetaPrior::new(0.0, 1.0), Err(Error::NotPositive { at: 0, .. })));
    assert!(BetaPrior { alpha: 1.0, beta: -1.0 }.ln_likelihood(&items(&[(1, 2)])).is_err());
}

/// Where the likelihood has no maximum, the search ends, and says so.
#[test]
fn without_a_maximum_there_is_no_prior() {
    for counts in [
        vec![(2, 4), (20, 40), (200, 400)],
        vec![(5, 9)],
        vec![(0, 9), (0, 5)],
        vec![(9, 9), (5, 5)],
        vec![(0, 1), (1, 1), (1, 1), (0, 1)],
        vec![(0, 5), (7, 7), (9, 9)],
        vec![(499, 1000), (501, 1000), (500, 1000)],
        vec![(1_000_000_000, 3_000_000_000), (1_000_000_001, 3_000_000_003)],
    ] {
        assert_eq!(BetaPrior::maximum_likelihood(&items(&counts)), Ok(None), "{counts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// No other prior near it makes what was seen more probable.
    #[test]
    fn the_maximum_is_one(counts in proptest::collection::vec((0_u64..1000, 0.0..=1.0_f64), 2..20)) {
        let counts: Vec<(u64, u64)> = counts.iter().map(|(n, part)| ((*n as f64 * part) as u64, *n)).collect();
        let items = items(&counts);
        if let Ok(Some(prior)) = BetaPrior::maximum_likelihood(&items) {
            let most = prior.ln_likelihood(&items).unwrap();
            for (a, b) in [(1.001, 1.0), (0.999, 1.0), (1.0, 1.001), (1.0, 0.999), (1.01, 1.01), (0.99, 0.99), (2.0, 2.0), (0.5, 0.5)] {
                let other = BetaPrior { alpha: prior.alpha * a, beta: prior.beta * b };
                let other = other.ln_likelihood(&items).unwrap();
                prop_assert!(other <= most + 1e-10 * most.abs(), "{prior:?} {a} {b}: {other}, {most}");
            }
        }
    }
}

proptest! {
    #[test]
    fn means_are_drawn_together(
        estimates in proptest::collection::vec((-5.0..5.0_f64, 0.0..3.0_f64, 1.0..1000.0_f64), 1..30)
    ) {
        let estimates: Vec<MeanEstimate> = estimates.iter().map(|(mean, sd, units)| watched(*mean, *sd, *units)).collect();
        if let Ok(family) = shrink_means(&estimates) {
            for (own, item) in estimates.iter().zip(&family.items) {
                let (low, high) = (own.mean.min(family.mean), own.mean.max(family.mean));
                prop_assert!(low - 1e-12 <= item.mean && item.mean <= high + 1e-12);
                prop_assert!(item.sd.is_finite() && (0.0..=1.0).contains(&item.weight));
            }
            // At τ² the sum of squares is what it should be.
            if family.between_variance > 0.0 && family.unit_variance > 1e-6 {
                let squares: f64 = estimates.iter().zip(&family.items).map(|(own, item)| {
                    let total = family.between_variance / item.weight;
                    (own.mean - family.mean).powi(2) / total
                }).sum();
                prop_assert!((squares - (estimates.len() - 1) as f64).abs() < 1e-6 * estimates.len() as f64, "{squares}");
            }
        }
    }

    #[test]
    fn orders_are_of_scores_and_places(scores in proptest::collection::vec(0_u8..5, 0..20)) {
        let scores: Vec<f64> = scores.into_iter().map(f64::from).collect();
        let order = best_first(&scores);
        let right = order.windows(2).all(|pair| {
            scores[pair[0]] > scores[pair[1]] || (scores[pair[0]] == scores[pair[1]] && pair[0] < pair[1])
        });
        prop_assert!(right);
    }
}
