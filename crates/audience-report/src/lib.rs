//! Reports on playback.
//!
//! A [`ReportState`] is an accumulator over session facts; a [`Report`] is what it has seen, as plain data that
//! serialises to documented, versioned JSON, prints as text, and makes a page of HTML ([`Report::to_html`]) and tables of
//! CSV ([`Report::to_csv`]). A [`ComparedState`] makes two reports in one pass.
//!
//! A [`SessionReport`] is about one session: what its player did, from moment to moment, as text, JSON and a page of HTML.
//!
//! A [`CohortsReport`](cohorts::CohortsReport) is about who comes back.
//!
//! A [`GroupsReport`](groups::GroupsReport) has the same figures for every group of sessions, and shows none that is about too few viewers.
//!
//! An [`EngagementReport`](engagement::EngagementReport) is about how much viewers cared, for itself or as a section of a report.
//!
//! A [`FunnelReport`](funnel::FunnelReport) is about how far they come: through steps that are events, and past places in the content.
//!
//! An [`ExperimentReport`](experiment::ExperimentReport) is about the arms of one experiment, for itself or in a report.
//!
//! A [`LiveMonitor`](live::LiveMonitor) is about what is watched right now.
//!
//! [`check`] judges rules on the same facts: what fails a build or a scheduled job.
//!
//! # Examples
//!
//! ```
//! use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
//! use audience_ingest::{Catalog, Quality};
//! use audience_report::{Report, ReportSpec, ReportState};
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let secs = MediaTime::from_secs;
//! let session = Session::new("s1", "clip", [
//!     Event::new(at(0), EventKind::load_of(secs(60))),
//!     Event::new(at(1), EventKind::Play).at(secs(0)),
//!     Event::new(at(31), EventKind::Pause).at(secs(30)),
//! ]);
//!
//! let spec = ReportSpec::default();
//! let mut state = ReportState::new(&spec);
//! state.observe(&session.facts(&Rules::default(), None));
//! let report = Report::new(&state, &spec, &Quality::default(), &Catalog::new());
//! assert_eq!(report.totals.watched_ms, 30_000);
//! assert_eq!(report.titles[0].retention.reached.iter().sum::<u64>(), 50);
//! ```

pub mod check;
pub mod cohorts;
mod csv;
pub mod engagement;
mod error;
pub mod experiment;
mod filter;
mod format;
pub mod funnel;
pub mod groups;
mod html;
mod json;
pub mod live;
mod report;
pub mod retention;
mod session;
mod spec;
mod state;
mod text;
mod versus;

pub use audience_cohort::{Dimension, Grouping, Value};
pub use csv::CsvTable;
pub use error::Error;
pub use filter::{Filter, parse_attribute, parse_time};
pub use format::{printable, utc};
pub use json::to_json;
pub use report::{
    Asked, AudienceOverTime, Breakdown, Comparison, Difference, DurationRange, ExcessStallsReport, GoodStreamsReport,
    Heatmap, Limits, LongestWait, Peak, QualityReport, Report, RetentionComparison, Row, RungOverTime, SCHEMA, Share,
    ShareDifference, Side, Slice, StreamsOverTime, StreamsReport, TitleComparison, TitleReport,
};
pub use session::{SessionReport, SessionView};
pub use spec::{ReportSpec, parse_slices, parse_zone};
pub use state::{
    Attendance, AttendanceSummary, ComparedState, Group, Moment, Quarter, ReportState, ReportSummary, SessionQuality,
    Streams, StreamsSummary, Title, TitleSummary, Totals, TotalsSummary,
};
pub use text::TextOptions;
pub use versus::parse_versus;
