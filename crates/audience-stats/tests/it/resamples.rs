//! Resampling.

use audience_stats::test_util::check_merge_laws;
use audience_stats::{
    Accumulator, Bootstrap, Confidence, Error, PoissonBootstrap, Portable, Replicates, jackknife, jackknife_of_two,
};

const PLAN: Bootstrap = Bootstrap { replicates: 400, seed: 7 };

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn difference(values: &[f64], baseline: &[f64]) -> f64 {
    mean(values) - mean(baseline)
}

#[test]
fn poisson_resamples_obey_the_laws() {
    let items: Vec<(String, [u64; 2])> = (0..9_u64).map(|n| (format!("viewer {}", n % 5), [n * 100, 1 + n])).collect();
    // Kept as items, as replicates, and as both.
    for replicates in [20, 7, 3, 0] {
        check_merge_laws(&PoissonBootstrap::<2>::new(Bootstrap { replicates, seed: 1 }), &items);
    }
}

#[test]
#[should_panic(expected = "resamples by plans that are not the same")]
fn resamples_by_different_plans_do_not_merge() {
    use audience_stats::Merge;
    PoissonBootstrap::<1>::new(PLAN).merge(PoissonBootstrap::new(Bootstrap::default()));
}

/// The standard error of a mean of counts of units is that of the units.
#[test]
fn poisson_resamples_are_as_far_apart_as_the_truth() {
    let mut sums = PoissonBootstrap::<2>::new(Bootstrap { replicates: 2000, seed: 5 });
    let amounts: Vec<u64> = (0..300_u64).map(|n| n * 7919 % 101).collect();
    for (unit, amount) in amounts.iter().enumerate() {
        sums.add(&unit.to_string(), [*amount, 1]);
    }
    // As long as there are fewer items than replicates, the items.
    assert!(sums.size_bytes() <= 512 * 24, "{}", sums.size_bytes());
    for _ in 0..2000 {
        sums.add("again", [0, 0]);
    }
    assert_eq!(sums.size_bytes(), 2000 * 16);
    let of_sums = sums.summary().replicates(|[sum, units]| sum / units).unwrap();
    let floats: Vec<f64> = amounts.iter().map(|amount| *amount as f64).collect();
    assert!((of_sums.estimate() - mean(&floats)).abs() < 1e-12);
    let squares: f64 = floats.iter().map(|value| (value - mean(&floats)).powi(2)).sum();
    let expected = (squares / 300.0 / 300.0).sqrt();
    // 2000 replicates know it to 1.6 %.
    let found = of_sums.standard_error().unwrap();
    assert!((found / expected - 1.0).abs() < 0.05, "{found}, not {expected}");
}

#[test]
fn poisson_resamples_travel() {
    let mut sums = PoissonBootstrap::<2>::new(Bootstrap { replicates: 30, seed: 1 });
    sums.add("ann", [7, 1]);
    let bytes = sums.encode();
    assert_eq!(
        PoissonBootstrap::decode(&bytes, &PoissonBootstrap::new(Bootstrap { replicates: 30, seed: 1 })),
        Ok(sums)
    );
    let other_plan = PoissonBootstrap::<2>::new(Bootstrap { replicates: 30, seed: 2 });
    assert!(matches!(PoissonBootstrap::decode(&bytes, &other_plan), Err(Error::ForeignState { .. })));
    let text = r#"{"plan":{"replicates":2,"seed":1},"totals":[1,2],"replicates":[[1,2],[1]]}"#;
    assert!(serde_json::from_str::<PoissonBootstrap<2>>(text).unwrap_err().to_string().contains("1 sums of a group"));
    assert!(serde_json::from_str::<PoissonBootstrap<2>>(&text.replace(",[1]]", "]")).is_err());
}

#[test]
fn nothing_seen_has_no_ratio() {
    let sums = PoissonBootstrap::<2>::new(PLAN);
    assert_eq!(sums.summary().replicates(|[a, b]| a / b), Err(Error::NoValues));
}

#[test]
fn same_seed_same_answer() {
    let values = [1.0, 4.0, 9.0, 16.0];
    let of = |seed| Replicates::of_one(&values, Bootstrap { seed, ..PLAN }, mean).unwrap();
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    assert_eq!((of(1).estimate(), of(1).values().len()), (7.5, 400));
}

#[test]
fn what_does_not_vary_has_no_corrected_interval() {
    let values = [2.0; 5];
    let replicates = Replicates::of_one(&values, PLAN, mean).unwrap();
    assert_eq!(replicates.bca(&[&jackknife(&values, mean)], Confidence::P95), None);
    assert_eq!(replicates.standard_error(), Some(0.0));
    // All on one side.
    let one_sided = Replicates::new(0.0, vec![1.0, 2.0, 3.0]).unwrap();
    assert_eq!(one_sided.bca(&[&[1.0, 2.0]], Confidence::P95), None);
    assert_eq!(Replicates::new(0.0, vec![1.0]).unwrap().standard_error(), None);
}

#[test]
fn what_has_no_statistic_is_refused() {
    assert_eq!(Replicates::of_one(&[], PLAN, mean), Err(Error::NoValues));
    assert_eq!(Replicates::new(1.0, Vec::new()), Err(Error::NoValues));
    assert!(matches!(Replicates::new(f64::NAN, vec![1.0]), Err(Error::NotFinite { at: 1, .. })));
    assert!(Replicates::of_two(&[1.0], &[], PLAN, difference).is_err());
}

#[test]
fn swapping_and_scaling_swap_and_scale() {
    let (a, b) = ([1.0, 2.0, 4.0, 8.0, 16.0], [3.0, 5.0, 5.5, 7.0]);
    let replicates = Replicates::of_two(&a, &b, PLAN, difference).unwrap();
    let negative = |values: &[f64]| values.iter().map(|value| -4.0 * value).collect::<Vec<_>>();
    let (na, nb) = (negative(&a), negative(&b));
    let mirrored = Replicates::of_two(&na, &nb, PLAN, difference).unwrap();
    let lists = jackknife_of_two(&a, &b, difference);
    let mirrored_lists = jackknife_of_two(&na, &nb, difference);
    let bca = |replicates: &Replicates, lists: &[Vec<f64>; 2]| {
        replicates.bca(&[&lists[0], &lists[1]], Confidence::P95).unwrap()
    };
    for (one, other) in [
        (replicates.percentile(Confidence::P95), mirrored.percentile(Confidence::P95)),
        (replicates.basic(Confidence::P95), mirrored.basic(Confidence::P95)),
        (bca(&replicates, &lists), bca(&mirrored, &mirrored_lists)),
    ] {
        assert!(
            (one.low + other.high / 4.0).abs() < 1e-9 && (one.high + other.low / 4.0).abs() < 1e-9,
            "{one:?} {other:?}"
        );
    }
}
