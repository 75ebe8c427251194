//! A report on funnels, as data.

use serde::Serialize;

use super::findings::FunnelFindings;
use super::state::{FunnelReportSpec, FunnelState};
use crate::error::Error;
use crate::report::Asked;

/// A report on funnels: plain data. Its JSON form is `docs/funnel.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelReport {
    /// [`FunnelReport::SCHEMA`].
    pub schema: &'static str,
    /// What was asked for.
    pub asked: Asked,
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Of these, sessions that passed the filter.
    pub sessions: u64,
    /// What was found.
    #[serde(flatten)]
    pub findings: FunnelFindings,
}

impl FunnelReport {
    /// The version of the JSON form.
    pub const SCHEMA: &str = "audience.funnel/1";

    /// The report of what was accumulated.
    ///
    /// # Errors
    ///
    /// [`Error::Cohort`] when no unit has the baseline that is asked for.
    pub fn new(state: &FunnelState, spec: &FunnelReportSpec) -> Result<Self, Error> {
        Ok(Self {
            schema: Self::SCHEMA,
            asked: Asked::of_filter(&spec.filter, &spec.zone, spec.top),
            sessions_read: state.sessions_read(),
            sessions: state.sessions(),
            findings: FunnelFindings::new(state, spec)?,
        })
    }
}
