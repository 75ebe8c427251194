//! Who comes back: cohorts, days after the first visit, how long viewers stay away, who the core of the audience is.
//!
//! A [`CohortsState`] is an accumulator over session facts, [`CohortsFindings`] are what follows from it, and a [`CohortsReport`] is a
//! report on nothing else. What is counted and how is said in `audience_cohort`.

mod csv;
mod findings;
mod report;
mod returns;
mod state;
mod text;
pub(crate) mod words;

pub use findings::{AttributeCohorts, CohortRow, CohortsFindings, DayRow, OffsetRow, Rate, ValueCohorts};
pub use report::CohortsReport;
pub use returns::{AliveBand, ChurnModel, ReturnFindings, ReturnPoint, SilenceBand, ViewerRow};
pub use state::{CohortsSpec, CohortsState};

pub(crate) use csv::TABLES as CSV_TABLES;
