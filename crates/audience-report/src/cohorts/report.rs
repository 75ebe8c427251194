//! A report on who comes back, as data.

use serde::Serialize;

use super::findings::CohortsFindings;
use super::state::{CohortsSpec, CohortsState};
use crate::error::Error;
use crate::report::Asked;

/// A report on who comes back: plain data. Its JSON form is `docs/cohorts.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CohortsReport {
    /// [`CohortsReport::SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub asked: Asked,
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Of these, sessions that passed the filter.
    pub sessions: u64,
    /// What was found.
    #[serde(flatten)]
    pub findings: CohortsFindings,
}

impl CohortsReport {
    /// The version of the JSON form.
    pub const SCHEMA: &str = "audience.cohorts/1";

    /// The report of what was accumulated.
    ///
    /// # Errors
    ///
    /// [`Error::Cohort`] when too many periods are asked for, or loyalty cannot be scored as asked for.
    pub fn new(state: CohortsState, spec: &CohortsSpec) -> Result<Self, Error> {
        Ok(Self {
            schema: Self::SCHEMA,
            asked: Asked::of_filter(&spec.filter, &spec.zone, spec.top),
            sessions_read: state.sessions_read,
            sessions: state.sessions,
            findings: CohortsFindings::new(state, spec)?,
        })
    }
}
