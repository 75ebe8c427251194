//! Student's t of means that differ.

use audience_stats::{NoncentralT, StudentT};

/// Degrees of freedom, δ, t, and the logarithm of the probability above t, by mpmath in 40 digits: a normal tail integrated over the
/// density of √(χ² / ν).
const NONCENTRAL: [(f64, f64, f64, f64); 8] = [
    (1.0, 0.0, 3.0, -2.278_708_595_294_194),
    (1.0, 2.0, 12.0, -2.021_332_922_941_935),
    (8.0, 3.5, 2.306, -0.146_024_632_785_919_4),
    (38.0, 1.581_138_830_084_189_8, 2.024_394_163_911_97, -1.085_572_579_722_552_8),
    (38.0, -6.0, 2.024_394_163_911_97, -33.552_901_915_120_714),
    (198.0, 0.5, 8.0, -27.176_037_230_467_358),
    (9_998.0, 2.8, 1.96, -0.223_722_558_982_429_07),
    (1_000_000.0, 4.0, -3.0, -1.279_963_274_446_774_3e-12),
];

#[test]
fn noncentral_tails_are_those_in_many_digits() {
    for (degrees, noncentrality, t, ln) in NONCENTRAL {
        let found = NoncentralT::new(degrees, noncentrality).unwrap().ln_upper_tail(t);
        assert!((found - ln).abs() <= 1e-10 * f64::max(1.0, -ln), "{degrees} {noncentrality} {t}: {found}, not {ln}");
    }
    let central = NoncentralT::new(7.0, 0.0).unwrap();
    let student = StudentT::new(7.0).unwrap();
    assert!((central.ln_upper_tail(2.5) - student.ln_upper_tail(2.5)).abs() < 1e-12);
    assert!((central.upper_tail(1.0) + central.lower_tail(1.0) - 1.0).abs() < 1e-13);
    assert!(NoncentralT::new(0.5, 1.0).is_err() && NoncentralT::new(5.0, f64::NAN).is_err());
}
