//! The same figures for every group of sessions, with a floor under the number of viewers they are about.
//!
//! A [`GroupsState`] is an accumulator over session facts, [`GroupsFindings`] are what may be shown of it, and a [`GroupsReport`] is a report
//! on nothing else. What is counted and which groups are shown is said in `audience_cohort::Breakdown`.

mod csv;
mod findings;
mod report;
mod state;
mod text;
pub(crate) mod words;

pub use findings::{GroupChange, GroupRow, GroupTable, GroupsFindings, GroupsVersus};
pub use report::GroupsReport;
pub use state::{GroupOrder, GroupsSpec, GroupsState, Measured, Versus};
