//! Values capped, pulled in or left out.

use audience_stats::{Accumulator, Cap, Capped, Error, Merge, QuantileRule, Quantiles, Zeros, trimmed_mean, winsorize};
use proptest::prelude::*;

const RULES: [QuantileRule; 3] = [QuantileRule::Linear, QuantileRule::InvertedCdf, QuantileRule::MedianUnbiased];

#[test]
fn extremes_have_no_quantile_but_themselves() {
    for rule in RULES {
        assert_eq!(rule.of_sorted(&[], 0.5), Ok(None));
        assert_eq!((rule.of_sorted(&[7.0], 0.0), rule.of_sorted(&[7.0], 0.9)), (Ok(Some(7.0)), Ok(Some(7.0))));
        let sorted = [1.0, 2.0, 9.0];
        assert_eq!((rule.of_sorted(&sorted, 0.0), rule.of_sorted(&sorted, 1.0)), (Ok(Some(1.0)), Ok(Some(9.0))));
        assert!(matches!(rule.of_sorted(&sorted, 1.01), Err(Error::QuantileOutOfRange { .. })));
        assert!(rule.of_sorted(&sorted, f64::NAN).is_err());
    }
}

#[test]
fn zeros_may_not_count() {
    let cap = |zeros| Cap { level: 0.5, rule: QuantileRule::InvertedCdf, zeros };
    let values = [0.0, 0.0, 0.0, 4.0, 10.0];
    assert_eq!(cap(Zeros::Counted).of(&values).unwrap(), Some(Capped { cap: 0.0, above: 2, mean: 0.0 }));
    assert_eq!(cap(Zeros::Ignored).of(&values).unwrap(), Some(Capped { cap: 4.0, above: 1, mean: 1.6 }));
    assert_eq!(cap(Zeros::Ignored).of(&[0.0, 0.0]), Ok(None));
    assert!(matches!(cap(Zeros::Counted).of(&[1.0, f64::NAN]), Err(Error::NotFinite { at: 1, .. })));
}

#[test]
fn something_is_left() {
    assert_eq!(winsorize(&[3.0, 1.0, 2.0], 0.4, 0.4), Ok(vec![2.0, 2.0, 2.0]));
    assert_eq!(winsorize(&[], 0.1, 0.1), Ok(Vec::new()));
    assert_eq!(winsorize(&[1.0], 0.6, 0.4), Err(Error::NothingLeft { low: 0.6, high: 0.4 }));
    assert!(winsorize(&[1.0], -0.1, 0.0).is_err() && winsorize(&[1.0], f64::NAN, 0.0).is_err());
    assert_eq!(trimmed_mean(&[100.0, 1.0, 2.0, 3.0, -50.0], 0.2), Ok(Some(2.0)));
    assert_eq!((trimmed_mean(&[], 0.2), trimmed_mean(&[5.0], 0.49)), (Ok(None), Ok(Some(5.0))));
    assert!(trimmed_mean(&[1.0], 0.5).is_err());
}

proptest! {
    /// A multiset has the caps and means of its values, and merged parts those of the whole.
    #[test]
    fn multisets_are_capped_as_their_values(
        values in proptest::collection::vec(prop_oneof![Just(0), 0..5000_u64], 1..60), level in 0.0..=1.0_f64, cut in 0..60_usize
    ) {
        let (left, right) = values.split_at(cut.min(values.len()));
        let (mut seen, mut rest) = (Quantiles::new(), Quantiles::new());
        seen.observe_all(left);
        rest.observe_all(right);
        seen.merge(rest);
        let floats: Vec<f64> = values.iter().map(|value| *value as f64).collect();
        for rule in RULES {
            for zeros in [Zeros::Counted, Zeros::Ignored] {
                let cap = Cap { level, rule, zeros };
                let (of_values, of_multiset) = (cap.of(&floats).unwrap(), cap.of_distribution(&seen.summary()).unwrap());
                prop_assert_eq!(of_values.is_some(), of_multiset.is_some());
                if let Some((a, b)) = of_values.zip(of_multiset) {
                    prop_assert!((a.cap - b.cap).abs() <= 1e-9 && (a.mean - b.mean).abs() <= 1e-9 && a.above == b.above);
                }
            }
        }
    }

    #[test]
    fn winsorizing_keeps_the_order_and_the_range(values in proptest::collection::vec(-1e6..1e6_f64, 1..40), low in 0.0..0.5_f64, high in 0.0..0.5_f64) {
        let pulled_in = winsorize(&values, low, high).unwrap();
        for (a, b) in values.iter().zip(&pulled_in) {
            for (c, d) in values.iter().zip(&pulled_in) {
                prop_assert!(a > c || b <= d);
            }
            prop_assert!(values.contains(b));
        }
        let mirrored: Vec<f64> = values.iter().map(|value| -value).collect();
        let back: Vec<f64> = winsorize(&mirrored, high, low).unwrap().into_iter().map(|value| -value).collect();
        prop_assert_eq!(back, pulled_in);
    }
}
