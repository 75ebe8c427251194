//! Student's t and many hypotheses, against `SciPy`.

use std::num::NonZeroU16;

use audience_stats::{Correction, Error, StudentT};
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture<T> {
    cases: Vec<T>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Student {
    Tail { degrees: NonZeroU16, t: f64, two_sided: f64 },
    Quantile { degrees: NonZeroU16, q: f64, quantile: f64 },
}

#[test]
fn student_agrees_with_scipy() {
    let fixture: Fixture<Student> = serde_json::from_str(include_str!("../fixtures/student_t.json")).unwrap();
    assert!(fixture.cases.len() > 100);
    for case in fixture.cases {
        match case {
            // Logarithms of gamma functions are near 10⁵ where there are many degrees.
            Student::Tail { degrees, t, two_sided } => {
                let found = StudentT::from(degrees).two_sided(t);
                assert!((found - two_sided).abs() <= 1e-9 * two_sided, "{degrees} {t}: {found}, not {two_sided}");
                assert_eq!(StudentT::from(degrees).two_sided(-t), found);
            }
            Student::Quantile { degrees, q, quantile } => {
                let found = StudentT::from(degrees).quantile(q).unwrap();
                assert!((found - quantile).abs() <= 1e-9 * quantile.abs(), "{degrees} {q}: {found}, not {quantile}");
            }
        }
    }
}

#[test]
fn student_takes_any_number() {
    for degrees in [1, 63, u16::MAX] {
        let student = StudentT::from(NonZeroU16::new(degrees).unwrap());
        for t in [f64::INFINITY, f64::NEG_INFINITY, 1e300, f64::MAX] {
            assert!((0.0..1e-290).contains(&student.two_sided(t)), "{degrees} {t}");
        }
        assert_eq!((student.two_sided(f64::NAN), student.two_sided(0.0)), (1.0, 1.0));
        assert_eq!(student.two_sided(f64::MIN_POSITIVE), 1.0);
        for q in [0.0, 1.0, -0.5, f64::NAN] {
            assert!(matches!(student.quantile(q), Err(Error::QuantileOutOfRange { .. })));
        }
        assert!(student.quantile(1e-300).unwrap() < -30.0);
    }
}

#[derive(Deserialize)]
struct Discovery {
    p_values: Vec<f64>,
    adjusted: Vec<f64>,
}

#[test]
fn false_discoveries_agree_with_scipy() {
    let fixture: Fixture<Discovery> = serde_json::from_str(include_str!("../fixtures/false_discovery.json")).unwrap();
    assert!(fixture.cases.len() > 5);
    for Discovery { p_values, adjusted } in fixture.cases {
        for (found, expected) in Correction::BenjaminiHochberg.adjust(&p_values).unwrap().into_iter().zip(adjusted) {
            assert!((found - expected).abs() <= 1e-14 * expected, "{p_values:?}: {found}, not {expected}");
        }
    }
    assert_eq!(Correction::BenjaminiHochberg.adjust(&[]), Ok(Vec::new()));
    assert_eq!(Correction::BenjaminiHochberg.adjust(&[0.5, 1.5]), Err(Error::NotAProbability { value: 1.5 }));
    assert!(Correction::BenjaminiHochberg.adjust(&[f64::NAN]).is_err());
}
