//! Resampling: intervals of whatever a statistic is, from how it varies over resamples of the data.

mod poisson;
mod replicates;

pub use poisson::{PoissonBootstrap, PoissonReplicates};
pub use replicates::{Replicates, jackknife, jackknife_of_two};
