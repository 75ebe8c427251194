//! The report as one page of HTML that needs nothing else.

mod comparison;
mod glossary;
mod markup;
mod overview;
mod page;
mod plot;
mod quality;
mod slices;
mod streams;
mod table;
mod title;
mod verdict;

use crate::report::Report;

impl Report {
    /// The report as a page of HTML: one file, without any reference to another one. All of it is there without script;
    /// the page's own script adds read-outs on plots, sorting, search, CSV of its tables and a choice of light and dark.
    ///
    /// Whatever telemetry says is text in it, and its content security policy lets no script run but its own.
    pub fn to_html(&self) -> String {
        page::write(self).into_string()
    }
}
