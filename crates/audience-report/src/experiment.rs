//! What an experiment comes to: warnings first, then arms, then what differs between them.
//!
//! An [`ExperimentState`] is an accumulator over session facts; an [`ExperimentReport`] is what follows from it, as data, text, CSV
//! and HTML. A [`Baseline`] is what the same sessions say before there are arms, to plan an experiment by. What is counted and how arms are compared is said in `audience_abtest`.

mod baseline;
mod csv;
mod plot;
mod report;
mod state;
mod text;
pub(crate) mod words;

pub use baseline::Baseline;
pub use report::ExperimentReport;
pub use state::{ExperimentSpec, ExperimentState};

pub(crate) use csv::to_csv;
pub(crate) use plot::{Bar, End, Scale};
