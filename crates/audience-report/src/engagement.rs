//! How much viewers cared, whether that changes, and which titles, parts of titles and sessions earned it.
//!
//! An [`EngagementState`] is an accumulator over session facts; [`EngagementFindings`] are what follows from it, as part of a report;
//! an [`EngagementReport`] is a report on nothing else. What is counted and how is said in `audience_engagement`.

mod csv;
mod findings;
mod report;
mod series;
mod state;
mod text;
pub(crate) mod words;

pub use findings::{
    EngagementFindings, JourneyCredit, JourneyFindings, SegmentFindings, ShrunkScore, SimilarTitle, TitleEngagement,
};
pub use report::EngagementReport;
pub use series::{DailyAnomaly, DailyFigure, DailyFigures, DailyTrend, DayFigures, Shift};
pub use state::{EngagementSpec, EngagementState};

pub(crate) use csv::TABLES as CSV_TABLES;
