//! Viewers over time: who comes back, where journeys break, who is about to leave, and the same figures for any slice.
//!
//! # Features
#![doc = document_features::document_features!()]

mod breakdown;
mod calendar;
mod cohorts;
mod day_retention;
mod delta;
mod device;
mod dimension;
mod error;
mod funnel;
mod loyalty;
mod region;
mod repeat;
mod returns;
mod unit_index;
mod visits;

pub use breakdown::{Breakdown, Group, PublishSpec, Published, Slice, SliceSummary};
pub use calendar::{Calendar, Period, PeriodBounds};
pub use cohorts::{Cohort, CohortMatrix, CohortPeriod, CohortSpec};
pub use day_retention::DayRetention;
pub use delta::Delta;
pub use device::DeviceClass;
pub use dimension::{Dimension, Grouping, Value};
pub use error::Error;
pub use funnel::{
    Chain, EventFunnel, EventFunnelSummary, FunnelComparison, FunnelFigures, FunnelSpec, FunnelStep, FunnelUnit,
    MilestoneReading, Milestones, PositionFunnel, PositionFunnelSummary, PositionUnit, StepComparison, StepOrder, Ties,
    TimeToConvert,
};
pub use loyalty::{FrequencyBand, Loyalty, LoyaltySpec};
pub use region::WorldRegion;
pub use repeat::{BgNbd, Fit, ParetoNbd, RepeatHistory};
pub use returns::{Gaps, ReturnCurve, VisitDays};
pub use visits::{DayCount, ViewerVisits, VisitCounts, VisitHistory, Visits};
