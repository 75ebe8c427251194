//! χ², beta, normal and t distributions and Fisher's exact test, against mpmath and `SciPy`.

use std::num::NonZeroU32;

use audience_stats::{Beta, ChiSquared, Normal, PValue, Proportion, StudentT};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture<T> {
    cases: Vec<T>,
}

#[derive(Deserialize)]
struct Beyond {
    degrees: NonZeroU32,
    x: f64,
    tail: f64,
    ln_tail: f64,
}

#[test]
fn chi_squared_agrees_with_mpmath() {
    let fixture: Fixture<Beyond> = serde_json::from_str(include_str!("../fixtures/chi_squared.json")).unwrap();
    assert!(fixture.cases.len() > 100);
    for Beyond { degrees, x, tail, ln_tail } in fixture.cases {
        let found = ChiSquared::new(degrees);
        let (p, ln_p) = (found.upper_tail(x), found.ln_upper_tail(x));
        assert!(
            (p - tail).abs() <= 1e-12 * tail.max(1e-290) * ln_tail.abs().max(1.0),
            "{degrees} {x}: {p}, not {tail}"
        );
        assert!((ln_p - ln_tail).abs() <= 1e-12 * ln_tail.abs() + 1e-16, "{degrees} {x}: {ln_p}, not {ln_tail}");
    }
}

#[test]
fn chi_squared_takes_any_number() {
    for degrees in [1, 2, 1000, u32::MAX] {
        let chi_squared = ChiSquared::new(NonZeroU32::new(degrees).unwrap());
        for x in [0.0, -0.0, -1.0, f64::NEG_INFINITY, f64::NAN, f64::MIN_POSITIVE] {
            assert!(chi_squared.upper_tail(x) > 1.0 - 1e-15, "{degrees} {x}");
        }
        assert_eq!((chi_squared.upper_tail(f64::INFINITY), chi_squared.upper_tail(1e300)), (0.0, 0.0));
        assert!(chi_squared.ln_upper_tail(1e300) < -1e299);
        // Near the middle half lies above, the more degrees the nearer.
        let middle = chi_squared.upper_tail(f64::from(degrees));
        assert!((0.3..0.5).contains(&middle), "{degrees}: {middle}");
    }
}

#[derive(Deserialize)]
struct Table {
    own: (u64, u64),
    baseline: (u64, u64),
    p: f64,
}

fn proportion((successes, trials): (u64, u64)) -> Proportion {
    Proportion::new(successes, trials).unwrap()
}

#[test]
fn fisher_agrees_with_fractions_and_scipy() {
    let fixture: Fixture<Table> = serde_json::from_str(include_str!("../fixtures/fisher.json")).unwrap();
    assert!(fixture.cases.len() > 20);
    for Table { own, baseline, p } in fixture.cases {
        let found = proportion(own).fisher_greater(&proportion(baseline));
        let tolerance = if own.1 + baseline.1 < 100_000 { 1e-12 } else { 1e-8 };
        assert!((found - p).abs() <= tolerance * p, "{own:?} {baseline:?}: {found}, not {p}");
    }
}

#[test]
fn fisher_counts_every_table_of_small_groups() {
    let choose = |n: u64, k: u64| (0..k).fold(1.0, |ways, i| ways * (n - i) as f64 / (i + 1) as f64);
    for (n1, n2) in [(1, 1), (3, 5), (7, 2), (6, 6)] {
        for (a, b) in (0..=n1).flat_map(|a| (0..=n2).map(move |b| (a, b))) {
            let ways: f64 = (a..=n1.min(a + b))
                .map(|k| choose(n1, k) * if a + b - k <= n2 { choose(n2, a + b - k) } else { 0.0 })
                .sum();
            let expected = ways / choose(n1 + n2, a + b);
            let found = proportion((a, n1)).fisher_greater(&proportion((b, n2)));
            assert!((found - expected).abs() < 1e-13, "{a} of {n1}, {b} of {n2}: {found}, not {expected}");
        }
    }
}

#[test]
fn fisher_takes_any_counts() {
    let (none, all) = (proportion((0, 0)), proportion((7, 7)));
    for (own, baseline) in [(none, none), (none, all), (all, none), (all, all)] {
        assert_eq!(own.fisher_greater(&baseline), 1.0);
    }
    // Too small for a number.
    assert_eq!(proportion((5000, 5000)).fisher_greater(&proportion((0, 5000))), 0.0);
    assert_eq!(proportion((0, 5000)).fisher_greater(&proportion((5000, 5000))), 1.0);
    let large = proportion((u64::MAX / 2, u64::MAX));
    assert_eq!(large.fisher_greater(&proportion((u64::MAX, u64::MAX))), 1.0);
}

#[derive(Deserialize)]
#[serde(untagged)]
enum BetaCase {
    Tail { a: f64, b: f64, x: f64, ln_lower: f64 },
    Quantile { a: f64, b: f64, q: f64, quantile: f64 },
}

#[test]
fn beta_agrees_with_mpmath() {
    let fixture: Fixture<BetaCase> = serde_json::from_str(include_str!("../fixtures/beta.json")).unwrap();
    assert!(fixture.cases.len() > 80);
    for case in fixture.cases {
        match case {
            BetaCase::Tail { a, b, x, ln_lower } => {
                let found = Beta::new(a, b).unwrap().ln_lower_tail(x);
                assert!(
                    (found - ln_lower).abs() <= 1e-12 * ln_lower.abs().max(1e-3),
                    "{a} {b} {x}: {found}, not {ln_lower}"
                );
                if x < 1e-3 {
                    continue;
                }
                let mirrored = Beta::new(b, a).unwrap().ln_upper_tail(1.0 - x);
                assert!(
                    (found - mirrored).abs() <= 1e-10 * found.abs().max(1e-3),
                    "{a} {b} {x}: {found}, not {mirrored}"
                );
            }
            BetaCase::Quantile { a, b, q, quantile } => {
                let found = Beta::new(a, b).unwrap().quantile(q).unwrap();
                assert!((found - quantile).abs() <= 1e-10 * quantile, "{a} {b} {q}: {found}, not {quantile}");
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum StudentCase {
    Tail { degrees: f64, t: f64, ln_p: f64 },
    Quantile { degrees: f64, q: f64, quantile: f64 },
}

/// Broken degrees of freedom, and so many that the incomplete beta function takes long.
#[test]
fn broken_degrees_agree_with_mpmath() {
    let fixture: Fixture<StudentCase> =
        serde_json::from_str(include_str!("../fixtures/student_t_broken.json")).unwrap();
    assert!(fixture.cases.len() > 100);
    for case in fixture.cases {
        match case {
            StudentCase::Tail { degrees, t, ln_p } => {
                let found = StudentT::new(degrees).unwrap().ln_two_sided(t);
                assert!((found - ln_p).abs() <= 1e-11 * ln_p.abs().max(1e-4), "{degrees} {t}: {found}, not {ln_p}");
            }
            StudentCase::Quantile { degrees, q, quantile } => {
                let found = StudentT::new(degrees).unwrap().quantile(q).unwrap();
                assert!((found - quantile).abs() <= 1e-10 * quantile.abs(), "{degrees} {q}: {found}, not {quantile}");
            }
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum NormalCase {
    Tail { z: f64, ln_upper: f64 },
    Quantile { q: f64, quantile: f64 },
}

#[test]
fn normal_agrees_with_mpmath() {
    let fixture: Fixture<NormalCase> = serde_json::from_str(include_str!("../fixtures/normal.json")).unwrap();
    assert!(fixture.cases.len() > 20);
    for case in fixture.cases {
        match case {
            NormalCase::Tail { z, ln_upper } => {
                let found = Normal::ln_upper_tail(z);
                assert!((found - ln_upper).abs() <= 1e-14 * ln_upper.abs() + 1e-300, "{z}: {found}, not {ln_upper}");
            }
            NormalCase::Quantile { q, quantile } => {
                let found = Normal::quantile(q).unwrap();
                assert!((found - quantile).abs() <= 1e-14 * quantile.abs().max(0.01), "{q}: {found}, not {quantile}");
            }
        }
    }
}

#[test]
fn distributions_refuse_what_is_none() {
    assert!(StudentT::new(0.0).is_err() && StudentT::new(f64::NAN).is_err() && StudentT::new(f64::INFINITY).is_err());
    assert!(Beta::new(1.0, 0.0).is_err() && Beta::new(f64::INFINITY, 1.0).is_err());
    for q in [0.0, 1.0, f64::NAN] {
        assert!(Normal::quantile(q).is_err() && Beta::new(1.0, 1.0).unwrap().quantile(q).is_err());
    }
    let (p, none) = (PValue::from_ln(-2000.0), PValue::from_ln(f64::NAN));
    assert_eq!((p.value(), p.ln(), none, PValue::from_ln(0.3)), (0.0, -2000.0, PValue::ONE, PValue::ONE));
    assert_eq!(PValue::from_ln(-0.1).doubled(), PValue::ONE);
}
