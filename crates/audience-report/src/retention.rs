//! Where viewers of titles leave, what they watch again, and how sure that is: retention as data.
//!
//! A [`Retention`] is what a report says of one title; a [`RetentionReport`] is a report on nothing else, at any resolution,
//! with weights and by groups.

mod chapters;
mod csv;
mod curve;
mod groups;
mod report;
mod state;
mod text;

pub use chapters::{ChapterReport, ShareWithInterval, chapter_index};
pub use curve::{CatalogueComparison, Retention, SurvivalCurve};
pub use groups::{GroupRetention, GroupsCompared};
pub use report::{RetentionReport, TitleRetention};
pub use state::{RetentionSeen, RetentionSpec, RetentionState};

pub(crate) use csv::{Subject, TABLES as CSV_TABLES};
pub(crate) use curve::{Around, independent};
pub(crate) use groups::Grouped;
pub(crate) use report::{by_title, catalogue};
pub(crate) use state::seek_matrix;
