//! Models of repeat visits: who is still there, and how often they will come.

mod bg_nbd;
mod fit;
mod history;
mod jet;
mod leaving;
mod pareto_nbd;

pub use bg_nbd::BgNbd;
pub use fit::Fit;
pub use history::RepeatHistory;
pub use pareto_nbd::ParetoNbd;

use crate::error::Error;

/// What parameters and times are between, those of 0 aside: far more than anybody measures, and few enough that nothing overflows.
const SMALLEST: f64 = 1e-12;
const LARGEST: f64 = 1e12;

/// The parameters in this order, if all are positive numbers of a size that can be computed with.
fn parameters(named: [(&'static str, f64); 4]) -> Result<[f64; 4], Error> {
    match named.into_iter().find(|(_, value)| !(SMALLEST..=LARGEST).contains(value)) {
        Some((name, value)) => Err(Error::NotAModelParameter { name, value, least: SMALLEST, most: LARGEST }),
        None => Ok(named.map(|(_, value)| value)),
    }
}

/// The horizon, if it is one.
fn horizon(horizon: f64) -> Result<f64, Error> {
    if (0.0..=LARGEST).contains(&horizon) { Ok(horizon) } else { Err(Error::NotAHorizon { horizon, most: LARGEST }) }
}

/// ln (1 + eˣ).
fn ln_one_plus_exp(x: f64) -> f64 {
    x.max(0.0) + libm::log1p(libm::exp(-x.abs()))
}

#[cfg(test)]
mod tests {
    use super::fit::Model;
    use super::*;

    /// Derivatives are those that differences show: of the function the slopes, of the slopes the curvatures.
    fn check<M: Model>(at: [f64; 4], history: &RepeatHistory, log_likelihood: impl Fn(&M) -> f64) {
        let jet = |at: [f64; 4]| {
            let model = M::of(at).unwrap();
            let mut jet = model.jet_of_frequency(history.frequency());
            jet.add(1.0, &model.jet_of_times(history));
            assert!((jet.value - log_likelihood(&model)).abs() <= 1e-12 * jet.value.abs().max(1.0));
            jet.in_logarithms(at)
        };
        let middle = jet(at);
        let near = |found: f64, expected: f64| {
            assert!(
                (found - expected).abs() <= 1e-6 * (1.0 + expected.abs()),
                "{at:?} {history:?}: {found} {expected}"
            );
        };
        for i in 0..4 {
            let moved = |by: f64| {
                let mut moved = at;
                moved[i] *= libm::exp(by);
                jet(moved)
            };
            let (below, above) = (moved(-1e-5), moved(1e-5));
            near(middle.gradient[i], (above.value - below.value) / 2e-5);
            for j in 0..4 {
                near(middle.hessian[i][j], (above.gradient[j] - below.gradient[j]) / 2e-5);
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_likelihood() {
        for history in
            [(0, 0.0, 0.0), (0, 0.0, 40.0), (1, 3.0, 40.0), (4, 40.0, 40.0), (9, 25.0, 31.0), (60, 20.0, 90.0)]
        {
            let history = RepeatHistory::new(history.0, history.1, history.2).unwrap();
            for at in [[0.3, 4.0, 0.8, 2.5], [2.0, 11.0, 1.0, 1.0], [5.0, 0.1, 0.01, 30.0], [0.5, 1e3, 2.0, 0.02]] {
                check::<BgNbd>(at, &history, |model| model.log_likelihood(&history));
                check::<ParetoNbd>(at, &history, |model| model.log_likelihood(&history));
            }
        }
    }
}
