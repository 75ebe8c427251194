//! CMCD: what players say of themselves with each request (CTA-5004, both versions), and the reports that they post to a
//! collector (version 2, CTA-5004-B).
//!
//! A report is one line, an RFC 9651 dictionary: `cid="film",e=ps,sid="…",sn=15,sta=p,ts=1795204690750,v=2`. Real players
//! send single values for lists, decimals for integers and characters that RFC 9651 does not allow; such lines are read
//! key by key and counted.

mod dictionary;
mod report;
mod request;

pub(crate) use dictionary::without_last;
use dictionary::{Dictionary, Key};

use crate::batch::Batch;
use crate::quality::{Ignored, Problem, Reason, Repair};
use crate::requests::Request;

/// Where a report came from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Carrier<'a> {
    /// The address it was posted to.
    pub(crate) target: Option<&'a str>,
    /// When it was received: milliseconds since 1970.
    pub(crate) received: Option<i64>,
}

/// Reads one line of reports into the batch.
pub(crate) fn read_line(line: &str, carrier: Carrier<'_>, batch: &mut Batch) {
    if let Err(problem) = try_line(line, carrier, batch) {
        batch.reject(problem, line);
    }
}

fn try_line(line: &str, carrier: Carrier<'_>, batch: &mut Batch) -> Result<(), Problem> {
    let keys = dictionary::read(line, batch)?;
    if !keys.has(Key::Event) {
        if keys.has(Key::Session) {
            batch.quality.ignore(Ignored::RequestMode);
            return Ok(());
        }
        return Err(Problem::detailed(Reason::NotCmcd, "there is neither e nor sid"));
    }
    report::push(&keys, carrier, batch)
}

/// Takes what a request says of itself into the batch. A key counts as the first of the texts that has it says.
pub(crate) fn read_request<'a>(texts: impl Iterator<Item = &'a str>, request: &Request<'_>, batch: &mut Batch) {
    let mut keys: Option<Dictionary<'_>> = None;
    let mut unreadable = None;
    for text in texts {
        match (dictionary::read(text, batch), &mut keys) {
            (Ok(more), Some(keys)) => keys.complete(&more),
            (Ok(more), None) => keys = Some(more).filter(|keys| !keys.is_empty()),
            (Err(_), _) => unreadable = Some(text),
        }
    }
    let Some(keys) = keys else { return batch.quality.ignore(Ignored::UnreadableCmcd) };
    if let Some(text) = unreadable {
        batch.repair("CMCD", Repair::Dropped, text);
    }
    if keys.text(Key::Session).is_none_or(str::is_empty) {
        return batch.quality.ignore(Ignored::NoSession);
    }
    request::push(&keys, request, batch);
}

/// Whether a line looks like a CMCD report.
pub(crate) fn looks_like_report(line: &str) -> bool {
    let mut batch = Batch::default();
    dictionary::read(line, &mut batch).is_ok_and(|keys| {
        [Key::Session, Key::Event, Key::Content, Key::Version, Key::State].iter().filter(|key| keys.has(**key)).count()
            >= 2
    })
}
