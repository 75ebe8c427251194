//! Scores of sessions.

mod kino;
mod mux;
mod viewing;

/// Equal but for what floating-point arithmetic leaves.
#[track_caller]
fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{found} is not {expected}");
}
