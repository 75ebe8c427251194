//! Viewers over time: who comes back, where journeys break, who is about to leave, and the same figures for any slice.
//!
//! # Features
#![doc = document_features::document_features!()]

mod calendar;
mod cohorts;
mod day_retention;
mod error;
mod returns;
mod visits;

pub use calendar::{Calendar, Period, PeriodBounds};
pub use cohorts::{Cohort, CohortMatrix, CohortPeriod, CohortSpec};
pub use day_retention::DayRetention;
pub use error::Error;
pub use returns::{Gaps, ReturnCurve, VisitDays};
pub use visits::{DayCount, ViewerVisits, VisitCounts, VisitHistory, Visits};
