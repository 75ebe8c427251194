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
const SMALLEST: f64 = 1e-30;
const LARGEST: f64 = 1e30;

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
