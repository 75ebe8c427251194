//! Viewers over time: who comes back, where journeys break, who is about to leave, and the same figures for any slice.
//!
//! # Examples
//!
//! Who is back the day after, of those for whom that day is over:
//!
//! ```
//! use audience_cohort::{Calendar, DayCount, Visits};
//! use audience_core::Timestamp;
//!
//! let noon = |day: i64| Timestamp::from_millis(day * 86_400_000 + 43_200_000);
//! let mut visits = Visits::new().until(noon(2));
//! for (viewer, day) in [("ann", 0), ("ann", 1), ("bob", 0), ("cid", 2)] {
//!     visits.visit(viewer, noon(day));
//! }
//! let day = visits.into_history().day_retention(&[1], DayCount::Calendar(&Calendar::utc()))[0];
//! assert_eq!((day.on_day, day.eligible), (1, 2)); // cid's next day has not come yet
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | days, weeks and months of a time zone | [`Calendar`], [`Period`] |
//! | when each viewer was there | [`Visits`], [`VisitHistory`] |
//! | who comes back, by first visit and by days since | [`CohortMatrix`], [`VisitHistory::day_retention`] |
//! | how long viewers stay away | [`ReturnCurve`], [`VisitHistory::returns`] |
//! | how attached they are | [`Loyalty`], [`FrequencyBand`] |
//! | who is still there, and how often they will come | [`BgNbd`], [`ParetoNbd`] |
//! | how many come through steps that are events | [`EventFunnel`], [`FunnelSpec`] |
//! | how many come past positions of the content | [`PositionFunnel`], [`Milestones`] |
//! | the same figures for each group of sessions | [`Breakdown`], [`Dimension`], [`Slice`] |
//! | which groups may be shown | [`PublishSpec`], [`Published`] |
//! | by how much a figure changed | [`Delta`] |
//!
//! `docs/methods/cohorts.md` in the repository has the definitions and their sources, and how they differ from those of others.
//!
//! # What is not here
//!
//! No clock and no data base of time zones: what is not known yet follows from the last instant that was observed, and a time zone is given.
//! Survival curves and sketches are in `audience-stats`; what single titles keep is in `audience-retention`.
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
