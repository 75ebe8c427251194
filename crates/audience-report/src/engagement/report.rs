//! A report on engagement, as data.

use audience_ingest::Catalog;
use serde::Serialize;

use super::findings::EngagementFindings;
use super::state::{EngagementSpec, EngagementState};
use crate::error::Error;
use crate::report::Asked;

/// A report on how much viewers cared: plain data. Its JSON form is `docs/engagement.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EngagementReport {
    /// [`EngagementReport::SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub asked: Asked,
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Of these, sessions that passed the filter.
    pub sessions: u64,
    /// What was found.
    #[serde(flatten)]
    pub findings: EngagementFindings,
}

impl EngagementReport {
    /// The version of the JSON form.
    pub const SCHEMA: &str = "audience.engagement/1";

    /// The report of what was accumulated, with names from `catalog`.
    ///
    /// # Errors
    ///
    /// [`Error::Engagement`] when weights are none.
    pub fn new(state: &EngagementState, spec: &EngagementSpec, catalog: &Catalog) -> Result<Self, Error> {
        Ok(Self {
            schema: Self::SCHEMA,
            asked: Asked::of_filter(&spec.filter, &spec.zone, spec.top),
            sessions_read: state.sessions_read,
            sessions: state.sessions,
            findings: EngagementFindings::new(state, spec, catalog)?,
        })
    }
}
