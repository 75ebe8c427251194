//! What is telemetry in a request.

use std::borrow::Cow;

use smallvec::SmallVec;

use super::draft::Draft;
use super::{Request, escapes};
use crate::batch::Batch;
use crate::cmcd::{Carrier, Reader};
use crate::quality::{Ignored, Problem};
use crate::split::split;

/// Takes the request of a line into the batch: the reports it posts, or what it says of itself.
pub(super) fn take(draft: Draft<'_, '_>, line: &str, cmcd: &mut Reader, batch: &mut Batch) {
    let (request, received) = draft.finish();
    match (request.reports(), received) {
        (Some(reports), received) => {
            let carrier = Carrier { target: Some(&request.path), received };
            for report in reports.lines().filter(|report| !report.trim().is_empty()) {
                cmcd.read_line(report, carrier, batch);
            }
        }
        (None, Some(_)) => take_request(&request, cmcd, batch),
        (None, None) => batch.reject(Problem::missing("time"), line),
    }
}

/// Takes the CMCD that a request carries about itself, or counts why there is none.
fn take_request(request: &Request<'_>, cmcd: &mut Reader, batch: &mut Batch) {
    let mut arguments = arguments(&request.query).peekable();
    if arguments.peek().is_none() && request.cmcd.is_empty() {
        return batch.quality.ignore(Ignored::OtherRequest);
    }
    // Nearly always there is one.
    let query: SmallVec<[Cow<'_, str>; 1]> = arguments.filter_map(escapes::form).collect();
    let texts = query.iter().map(Cow::as_ref);
    cmcd.read_request(texts.chain(request.cmcd.iter().map(Cow::as_ref)), request, batch);
}

/// The values of the query's arguments that are CMCD.
pub(super) fn arguments(query: &str) -> impl Iterator<Item = &str> {
    split(query, b'&').filter_map(|argument| argument.strip_prefix("CMCD="))
}
