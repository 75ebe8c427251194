//! Many hypotheses at once.

use audience_stats::{Correction, Error, PValue};
use proptest::prelude::*;

const ALL: [Correction; 8] = [
    Correction::Bonferroni,
    Correction::Sidak,
    Correction::Holm,
    Correction::HolmSidak,
    Correction::Hochberg,
    Correction::Hommel,
    Correction::BenjaminiHochberg,
    Correction::BenjaminiYekutieli,
];

/// How many are rejected at a level.
fn rejected(correction: Correction, p_values: &[f64], alpha: f64) -> usize {
    correction.adjust(p_values).unwrap().into_iter().filter(|p| *p <= alpha).count()
}

/// statsmodels' `multipletests` of values that lie on their thresholds.
#[test]
fn values_on_the_threshold_are_rejected() {
    let p_values = [0.01, 0.02, 0.03, 0.04, 0.05];
    let found = ALL.map(|correction| rejected(correction, &p_values, 0.05));
    assert_eq!(found, [1, 1, 1, 1, 5, 1, 5, 0]);
}

#[test]
fn the_level_matters() {
    let p_values = [0.004, 0.02, 0.03, 0.2];
    for correction in ALL {
        assert!(rejected(correction, &p_values, 0.2) > rejected(correction, &p_values, 0.01), "{correction:?}");
    }
}

#[test]
fn what_is_too_small_for_a_number_is_not_lost() {
    let p_values: Vec<PValue> = [-2000.0, -1500.0, -3.0].map(PValue::from_ln).to_vec();
    for correction in ALL {
        let adjusted = correction.adjust_p(&p_values);
        assert!(adjusted[0] < adjusted[1] && adjusted[1] < adjusted[2], "{correction:?}: {adjusted:?}");
        assert!((-2000.0..-1995.0).contains(&adjusted[0].ln()), "{correction:?}: {adjusted:?}");
    }
}

#[test]
fn only_probabilities_are_adjusted() {
    for correction in ALL {
        assert_eq!(correction.adjust(&[]), Ok(Vec::new()));
        assert_eq!(correction.adjust(&[0.5, 1.5]), Err(Error::NotAProbability { value: 1.5 }));
        assert!(correction.adjust(&[f64::NAN]).is_err());
        assert_eq!(correction.adjust(&[0.0, 1.0]).unwrap(), [0.0, 1.0]);
        assert_eq!(correction.adjust(&[0.3]).unwrap().len(), 1);
    }
}

proptest! {
    #[test]
    fn adjusting_keeps_the_order_and_makes_nothing_smaller(
        p_values in proptest::collection::vec(prop_oneof![0.0..=1.0_f64, 0.0..0.05_f64], 1..20)
    ) {
        for correction in ALL {
            let adjusted = correction.adjust(&p_values).unwrap();
            for (a, (p, adjusted_a)) in p_values.iter().zip(&adjusted).enumerate() {
                prop_assert!(*adjusted_a >= *p * (1.0 - 1e-12) && *adjusted_a <= 1.0, "{correction:?}");
                for b in 0..p_values.len() {
                    prop_assert!(p_values[b] < *p || adjusted[b] >= *adjusted_a, "{:?} {} {}", correction, a, b);
                }
            }
            // The same in any order.
            let backwards: Vec<f64> = p_values.iter().rev().copied().collect();
            let mut of_backwards = correction.adjust(&backwards).unwrap();
            of_backwards.reverse();
            prop_assert_eq!(&of_backwards, &adjusted);
            // The same by logarithm.
            let logarithms: Vec<PValue> = p_values.iter().map(|p| PValue::new(*p).unwrap()).collect();
            for (p, ln) in adjusted.iter().zip(correction.adjust_p(&logarithms)) {
                prop_assert!((ln.value() - p).abs() <= 1e-12 * p, "{correction:?}: {} {p}", ln.value());
            }
        }
    }

    #[test]
    fn some_are_never_less_powerful_than_others(p_values in proptest::collection::vec(0.0..=1.0_f64, 1..20)) {
        let of = |correction: Correction| correction.adjust(&p_values).unwrap();
        let chain = [Correction::BenjaminiHochberg, Correction::Hommel, Correction::Hochberg, Correction::Holm, Correction::Bonferroni];
        for pair in chain.windows(2) {
            for (better, worse) in of(pair[0]).iter().zip(of(pair[1])) {
                prop_assert!(*better <= worse * (1.0 + 1e-12), "{pair:?}: {better} {worse}");
            }
        }
        for (better, worse) in of(Correction::HolmSidak).iter().zip(of(Correction::Sidak)) {
            prop_assert!(*better <= worse * (1.0 + 1e-12));
        }
    }
}
