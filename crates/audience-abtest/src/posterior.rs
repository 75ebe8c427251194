//! What to believe after data: of effects, of rates, and of which arm is the best.

mod best;
mod beta;
mod normal;

pub use best::{ArmBelief, chances_to_be_best, chances_to_be_second};
pub use beta::BetaPosterior;
pub use normal::NormalEffects;
