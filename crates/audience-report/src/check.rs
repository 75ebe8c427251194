//! Rules about how streams must feel: what fails a build or wakes someone up.
//!
//! A [`Rule`] says what must hold of a [`Metric`]. A [`CheckState`] accumulates session facts for all rules of a [`CheckSpec`]
//! in one pass, and a [`CheckReport`] has their verdicts.

mod error;
mod figures;
mod judge;
mod measures;
mod metric;
mod parse;
mod rule;
mod state;
mod text;
mod unit;
mod verdict;

pub use error::{Clause, LineError, RuleError};
pub use metric::{Better, Metric, MetricHelp, metrics, metrics_text};
pub use parse::parse_rules;
pub use rule::{Operator, Rule};
pub use state::{CheckSpec, CheckState, CheckSummary};
pub use unit::Unit;
pub use verdict::{CheckReport, Checked, Outcome, RuleReport, SCHEMA, Unjudged, Verdict};
