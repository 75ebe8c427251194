//! Whether to believe an experiment: are units in the arms as they were to be divided?

mod balance;
mod sample_ratio;
mod sequential;

pub use balance::{Imbalance, covariate_balance};
pub use sample_ratio::{
    LEAST_EXPECTED, MISMATCH, SampleRatio, SliceRatio, SlicedRatios, sample_ratio, sample_ratio_by,
};
pub use sequential::{CONCENTRATION, SequentialRatio};
