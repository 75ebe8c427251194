//! Simulations through their public face.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod determinism;
mod faults;
mod model;
mod refused;
mod truth;

use audience_simulate::{Scenario, Simulation};

/// The default scenario without faults, with so many sessions.
fn faultless(sessions: u64) -> Scenario {
    let scenario = Scenario { sessions, ..Scenario::default() };
    Scenario { faults: scenario.faults.times(0.0), ..scenario }
}

fn simulation(scenario: Scenario) -> Simulation {
    Simulation::new(scenario, 11).unwrap()
}

/// Whether a count of n trials lies within five standard deviations of its expectation.
fn expected(count: usize, n: usize, probability: f64) -> bool {
    let n = n as f64;
    let deviation = (n * probability * (1.0 - probability)).sqrt();
    (count as f64 - n * probability).abs() <= 5.0 * deviation
}
