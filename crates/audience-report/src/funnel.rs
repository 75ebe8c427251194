//! How far they come: through steps that are events, and past places in the content.
//!
//! A [`FunnelState`] is an accumulator over sessions, [`FunnelFindings`] are what follows from it, and a [`FunnelReport`] is a report on nothing
//! else. What is counted and how is said in `audience_cohort`.

mod csv;
mod findings;
mod names;
mod places;
mod report;
mod state;
mod text;
pub(crate) mod words;

pub use findings::{
    EventFindings, FunnelFindings, FunnelGroup, FunnelGroups, FunnelStepRow, GroupComparison, StepAsked,
    StepDifference, TimeDifference, TimeFindings, TimeQuantile, UnknownStep,
};
pub use names::EventNames;
pub use places::{MilestoneAt, MilestoneRow, PositionFindings, PositionGroup, PositionGroups};
pub use report::FunnelReport;
pub use state::{FunnelReportSpec, FunnelState, PositionsAsked};
