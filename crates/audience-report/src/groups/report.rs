//! A report on groups, as data.

use audience_ingest::Catalog;
use serde::Serialize;

use super::findings::GroupsFindings;
use super::state::{GroupsSpec, GroupsState};
use crate::error::Error;
use crate::report::Asked;

/// A report on groups: plain data. Its JSON form is `docs/breakdown.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupsReport {
    /// [`GroupsReport::SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub asked: Asked,
    /// Sessions in the data. With a floor only when all of them passed, since those that did not may be of a few viewers.
    pub sessions_read: Option<u64>,
    /// Of these, sessions that passed the filter; `None` when they are of too few viewers.
    pub sessions: Option<u64>,
    /// What was found.
    #[serde(flatten)]
    pub findings: GroupsFindings,
}

impl GroupsReport {
    /// The version of the JSON form.
    pub const SCHEMA: &str = "audience.breakdown/1";

    /// The report of what was accumulated, with names from `catalog`.
    ///
    /// # Errors
    ///
    /// [`Error::NoDimension`] and [`Error::NoClass`] when no session has what they are grouped by.
    pub fn new(state: &GroupsState, spec: &GroupsSpec, catalog: &Catalog) -> Result<Self, Error> {
        let findings = GroupsFindings::new(state, spec, catalog)?;
        let shown = findings.table.total.is_some();
        let all_passed = state.sessions == state.sessions_read;
        Ok(Self {
            schema: Self::SCHEMA,
            asked: Asked::of_filter(&spec.filter, &spec.zone, spec.top),
            sessions_read: (shown && (all_passed || spec.min_viewers <= 1)).then_some(state.sessions_read),
            sessions: shown.then_some(state.sessions),
            findings,
        })
    }
}
