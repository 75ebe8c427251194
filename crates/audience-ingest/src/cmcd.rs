//! CMCD: what players say of themselves with each request (CTA-5004, both versions), and the reports that they post to a
//! collector (version 2, CTA-5004-B).
//!
//! A report is one line, an RFC 9651 dictionary: `cid="film",e=ps,sid="…",sn=15,sta=p,ts=1795204690750,v=2`. Real players
//! send single values for lists, decimals for integers and characters that RFC 9651 does not allow; such lines are read
//! key by key and counted.

mod dictionary;
mod report;
mod request;
mod response;

pub(crate) use dictionary::without_last;
use dictionary::{Dictionary, Key};
pub use response::CmcdResponse;

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

/// Reads CMCD; its memory is used again from text to text.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    keys: Dictionary<'static>,
    more: Dictionary<'static>,
}

impl Reader {
    /// Reads one line of reports into the batch.
    pub(crate) fn read_line(&mut self, line: &str, carrier: Carrier<'_>, batch: &mut Batch) {
        let mut keys = std::mem::take(&mut self.keys).reuse();
        if let Err(problem) = read_report(line, &mut keys, carrier, batch) {
            batch.reject(problem, line);
        }
        self.keys = keys.reuse();
    }

    /// Takes what a request says of itself into the batch. A key counts as the first of the texts that has it says.
    pub(crate) fn read_request<'a>(
        &mut self,
        texts: impl Iterator<Item = &'a str>,
        request: &Request<'_>,
        batch: &mut Batch,
    ) {
        let mut keys = std::mem::take(&mut self.keys).reuse();
        let mut more = std::mem::take(&mut self.more).reuse();
        let mut unreadable = None;
        for text in texts {
            let first = keys.is_empty();
            let read = dictionary::read(text, if first { &mut keys } else { &mut more }, batch);
            match read {
                Ok(()) if first => {}
                Ok(()) => keys.complete(&more),
                Err(_) => unreadable = Some(text),
            }
        }
        take_request(&keys, unreadable, request, batch);
        self.keys = keys.reuse();
        self.more = more.reuse();
    }
}

fn read_report<'a>(
    line: &'a str,
    keys: &mut Dictionary<'a>,
    carrier: Carrier<'_>,
    batch: &mut Batch,
) -> Result<(), Problem> {
    dictionary::read(line, keys, batch)?;
    if !keys.has(Key::Event) {
        if keys.has(Key::Session) {
            batch.quality.ignore(Ignored::RequestMode);
            return Ok(());
        }
        return Err(Problem::detailed(Reason::NotCmcd, "there is neither e nor sid"));
    }
    report::push(keys, carrier, batch)
}

fn take_request(keys: &Dictionary<'_>, unreadable: Option<&str>, request: &Request<'_>, batch: &mut Batch) {
    if keys.is_empty() {
        return batch.quality.ignore(Ignored::UnreadableCmcd);
    }
    if let Some(text) = unreadable {
        batch.repair("CMCD", Repair::Dropped, text);
    }
    if keys.text(Key::Session).is_none_or(str::is_empty) {
        return batch.quality.ignore(Ignored::NoSession);
    }
    request::push(keys, request, batch);
}

/// Whether a line looks like a CMCD report.
pub(crate) fn looks_like_report(line: &str) -> bool {
    let mut keys = Dictionary::default();
    let known = [Key::Session, Key::Event, Key::Content, Key::Version, Key::State];
    dictionary::read(line, &mut keys, &mut Batch::default()).is_ok()
        && known.into_iter().filter(|key| keys.has(*key)).count() >= 2
}
