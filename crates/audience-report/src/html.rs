//! Reports as pages of HTML that need nothing else.

mod cohorts;
mod comparison;
mod engagement;
mod experiment;
mod funnel;
mod glossary;
mod groups;
mod markup;
mod overview;
mod page;
mod plot;
mod quality;
mod session;
mod slices;
mod streams;
mod table;
mod title;
mod verdict;

use crate::cohorts::CohortsReport;
use crate::engagement::EngagementReport;
use crate::experiment::ExperimentReport;
use crate::funnel::FunnelReport;
use crate::groups::GroupsReport;
use crate::report::Report;
use crate::session::SessionReport;

impl Report {
    /// The report as a page of HTML: one file, without any reference to another one. All of it is there without script;
    /// the page's own script adds read-outs on plots, sorting, search, CSV of its tables and a choice of light and dark.
    ///
    /// Whatever telemetry says is text in it, and its content security policy lets no script run but its own.
    pub fn to_html(&self) -> String {
        page::write(self).into_string()
    }
}

impl SessionReport {
    /// The session as a page of HTML, of the same kind as that of a [`Report`]: what the player did over time, which parts
    /// of the content were watched, waits, how the stream felt, and all that happened.
    pub fn to_html(&self) -> String {
        session::write(self).into_string()
    }
}

impl ExperimentReport {
    /// The experiment as a page of HTML, of the same kind as that of a [`Report`]: what to beware of, what it comes to, arms, and
    /// differences with their intervals.
    pub fn to_html(&self) -> String {
        experiment::write_page(self).into_string()
    }
}

impl CohortsReport {
    /// Who comes back, as a page of HTML, of the same kind as that of a [`Report`]: cohorts as a table of shades, days, how long viewers
    /// stay away, and who is still there.
    pub fn to_html(&self) -> String {
        cohorts::write_page(self).into_string()
    }
}

impl GroupsReport {
    /// Groups as a page of HTML, of the same kind as that of a [`Report`]: one table of them, and one for each dimension where asked for.
    pub fn to_html(&self) -> String {
        groups::write_page(self).into_string()
    }
}

impl EngagementReport {
    /// Engagement as a page of HTML, of the same kind as that of a [`Report`]: scores with their intervals, days, and what parts of titles
    /// and sessions earned.
    pub fn to_html(&self) -> String {
        engagement::write_page(self).into_string()
    }
}

impl FunnelReport {
    /// Funnels as a page of HTML, of the same kind as that of a [`Report`]: how many come to each step or milestone, where most are lost, how
    /// long it takes, and groups beside each other.
    pub fn to_html(&self) -> String {
        funnel::write_page(self).into_string()
    }
}
