//! Viewers over time: who comes back, where journeys break, who is about to leave, and the same figures for any slice.
//!
//! # Features
#![doc = document_features::document_features!()]

mod calendar;
mod error;
mod funnel;

pub use calendar::{Calendar, Period, PeriodBounds};
pub use error::Error;
pub use funnel::{
    Chain, EventFunnel, EventFunnelSummary, FunnelComparison, FunnelFigures, FunnelSpec, FunnelStep, FunnelUnit,
    MilestoneReading, Milestones, PositionFunnel, PositionFunnelSummary, PositionUnit, StepComparison, StepOrder, Ties,
    TimeToConvert,
};
