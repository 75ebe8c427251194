//! Means and covariances: exact, centred, the same however they are merged.

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, CrossSums, Divisor, Error, Moments};
use proptest::prelude::*;

#[test]
fn a_large_mean_costs_no_digits() {
    let mut sums = CrossSums::new(2);
    for value in [1, 2, 4] {
        sums.observe(&[100_000_000_000_000 + value, -value]);
    }
    let moments = sums.summary().unwrap();
    assert_eq!((moments.units(), moments.quantities(), moments.mean(1)), (3, 2, -7.0 / 3.0));
    let (variance, covariance) = (moments.variance(0).unwrap(), moments.covariance(0, 1).unwrap());
    assert!((variance - 7.0 / 3.0).abs() < 1e-15 && (covariance + 7.0 / 3.0).abs() < 1e-15, "{moments:?}");
    // Sums of floats have lost it.
    let (sum, square) = (3e14 + 7.0, 3e28 + 1.4e15 + 21.0);
    let lost = Moments::from_sums(3, &[sum], &[square]).unwrap().variance(0).unwrap();
    assert!((lost - 7.0 / 3.0).abs() > 1.0, "{lost}");
}

#[test]
fn merging_loses_nothing() {
    let items: Vec<[i64; 3]> = (0..9).map(|i| [i, i * i - 4, i64::MAX - i]).collect();
    let items: Vec<Vec<i64>> = items.iter().map(|item| item.to_vec()).collect();
    check_merge_laws(&CrossSums::new(3), &items);
}

#[test]
fn what_cannot_be_is_refused() {
    assert_eq!(Moments::of(&[]), Err(Error::NoValues));
    assert_eq!(Moments::of(&[&[1.0], &[]]), Err(Error::LengthsDiffer { expected: 1, found: 0 }));
    assert!(matches!(Moments::of(&[&[1.0, f64::NAN]]), Err(Error::NotFinite { at: 1, .. })));
    assert_eq!(Moments::from_sums(0, &[1.0], &[1.0]), Err(Error::NoValues));
    assert_eq!(Moments::from_sums(2, &[1.0, 2.0], &[1.0]), Err(Error::LengthsDiffer { expected: 3, found: 1 }));
    let one = Moments::of(&[&[2.0]]).unwrap();
    assert_eq!((one.variance(0), one.divided_by(Divisor::Units).variance(0)), (None, Some(0.0)));
    assert_eq!(CrossSums::new(1).summary(), None);
}

proptest! {
    /// NumPy's definition, straight.
    #[test]
    fn moments_are_what_they_are_defined_to_be(values in prop::collection::vec((-1000_i64..1000, -1000_i64..1000), 2..40)) {
        let mut sums = CrossSums::new(2);
        for (x, y) in &values {
            sums.observe(&[*x, *y]);
        }
        let columns: [Vec<f64>; 2] =
            [values.iter().map(|pair| pair.0 as f64).collect(), values.iter().map(|pair| pair.1 as f64).collect()];
        let n = values.len() as f64;
        let means = columns.each_ref().map(|column| column.iter().sum::<f64>() / n);
        let expected: f64 = values.iter().map(|(x, y)| (*x as f64 - means[0]) * (*y as f64 - means[1])).sum();
        let direct = Moments::of(&[&columns[0], &columns[1]]).unwrap();
        for moments in [sums.summary().unwrap(), direct.clone()] {
            prop_assert!((moments.covariance(0, 1).unwrap() - expected / (n - 1.0)).abs() <= 1e-9 * (1.0 + expected.abs()));
            prop_assert!((moments.mean(0) - means[0]).abs() <= 1e-10);
        }
        let (some, rest) = values.split_at(values.len() / 2);
        let of = |part: &[(i64, i64)]| {
            let columns = [part.iter().map(|pair| pair.0 as f64).collect::<Vec<_>>(), part.iter().map(|pair| pair.1 as f64).collect()];
            Moments::of(&[&columns[0], &columns[1]]).unwrap()
        };
        let pooled = of(some).pooled(&of(rest));
        prop_assert!((pooled.scatter(0, 1) - direct.scatter(0, 1)).abs() <= 1e-8 * (1.0 + direct.scatter(0, 1).abs()));
        prop_assert!((pooled.variance_of(&[1.0, -2.0]).unwrap() - direct.variance_of(&[1.0, -2.0]).unwrap()).abs() <= 1e-8 * (1.0 + direct.scatter(0, 0)));
    }
}
