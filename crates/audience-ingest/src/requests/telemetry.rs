//! What is telemetry in a request.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::{Request, form};
use crate::batch::Batch;
use crate::cmcd::{self, Carrier};
use crate::quality::Ignored;

/// Reads the reports of a body that was posted.
pub(super) fn read_reports(reports: &str, carrier: Carrier<'_>, batch: &mut Batch) {
    for report in reports.lines().filter(|report| !report.trim().is_empty()) {
        cmcd::read_line(report, carrier, batch);
    }
}

/// Reads the CMCD that a request carries about itself, or counts why there is none.
pub(super) fn read(request: &Request<'_>, batch: &mut Batch) {
    let mut arguments = arguments(&request.query).peekable();
    if arguments.peek().is_none() && request.cmcd.is_empty() {
        return batch.quality.ignore(Ignored::OtherRequest);
    }
    // Nearly always there is one.
    let query: SmallVec<[Cow<'_, str>; 1]> = arguments.filter_map(form::decode).collect();
    let texts = query.iter().map(Cow::as_ref);
    cmcd::read_request(texts.chain(request.cmcd.iter().map(Cow::as_ref)), request, batch);
}

/// The values of the query's arguments that are CMCD.
fn arguments(query: &str) -> impl Iterator<Item = &str> {
    query.split('&').filter_map(|argument| argument.strip_prefix("CMCD="))
}
