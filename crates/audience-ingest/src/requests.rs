//! Logs of HTTP requests, of CDNs and servers: CMCD that requests carry about themselves, and reports that they post.
//!
//! Each line becomes a [`Request`]: a reader splits it, a [`RequestMap`] says what its fields are, a draft puts the request
//! together. What becomes of requests does not depend on the log.

mod cache;
mod combined;
mod delimited;
mod draft;
mod escapes;
mod found;
mod headers;
mod json;
mod known;
mod map;
mod part;
mod request;
mod telemetry;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use cache::{NotKnown, cache_result};
pub(crate) use delimited::FIELDS;
pub use map::RequestMap;
pub(crate) use request::Request;

use draft::Draft;

use crate::batch::Batch;
use crate::cmcd;
use crate::format::Format;
use crate::quality::{Ignored, Problem, Reason};

/// Reads the lines of a log.
#[derive(Debug)]
pub(crate) struct LogReader<'m> {
    syntax: Syntax<'m>,
    cmcd: cmcd::Reader,
}

#[derive(Debug)]
enum Syntax<'m> {
    W3c(delimited::W3c<'m>),
    Table(delimited::Table<'m>),
    Combined,
    Json(&'m RequestMap),
}

impl<'m> LogReader<'m> {
    /// A reader of lines of this format, if that is a log; with the map if it is for such logs. `header` is the line before
    /// these that names their fields.
    pub(crate) fn of(format: Format, header: Option<&str>, map: Option<&'m RequestMap>) -> Option<Self> {
        let map = map.filter(|map| map.format() == format);
        let syntax = match format {
            Format::W3c => Syntax::W3c(delimited::W3c::new(map, header)),
            Format::CloudfrontRealtime => Syntax::Table(delimited::Table::new(&known::CLOUDFRONT_REALTIME, header)),
            Format::Delimited => Syntax::Table(delimited::Table::new(map?, header)),
            Format::Combined => Syntax::Combined,
            Format::Akamai => Syntax::Json(&known::AKAMAI_DATASTREAM),
            Format::Fastly => Syntax::Json(&known::FASTLY_JSON),
            Format::Requests => Syntax::Json(map.unwrap_or(&known::CAPTURES_JSON)),
            Format::Ndjson | Format::Cmcd | Format::Parquet | Format::Mapped(_) | Format::Map => return None,
        };
        Some(Self { syntax, cmcd: cmcd::Reader::default() })
    }

    /// Reads the line at the offset into the batch.
    pub(crate) fn read_line(&mut self, line: &str, offset: u64, batch: &mut Batch) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match self.draft(line, offset) {
            Ok(Some(draft)) => telemetry::take(draft, line, &mut self.cmcd, batch),
            Ok(None) => batch.quality.ignore(Ignored::Header),
            Err(problem) => batch.reject(problem, line),
        }
    }

    /// What the line says of a request; nothing if it is about the log.
    fn draft<'a>(&mut self, line: &'a str, offset: u64) -> Result<Option<Draft<'m, 'a>>, Problem> {
        match &mut self.syntax {
            Syntax::W3c(reader) => reader.draft(line, offset),
            Syntax::Table(reader) => reader.draft(line, offset),
            Syntax::Combined => combined::draft(line, &known::COMBINED, offset).map(Some),
            Syntax::Json(map) => json::draft(line, map, offset).map(Some),
        }
    }
}

/// The format of the log that a line seems to be of.
pub(crate) fn detect(line: &str) -> Option<Format> {
    let is_request = |draft: Result<Draft<'_, '_>, Problem>| draft.is_ok_and(|draft| draft.looks_like_request());
    if line.starts_with(FIELDS) {
        return Some(Format::W3c);
    }
    if line.starts_with('{') {
        let json = |map| is_request(json::draft(line, map, 0));
        return [
            (Format::Akamai, &*known::AKAMAI_DATASTREAM),
            (Format::Fastly, &*known::FASTLY_JSON),
            (Format::Requests, &*known::CAPTURES_JSON),
        ]
        .into_iter()
        .find_map(|(format, map)| json(map).then_some(format));
    }
    let realtime = delimited::Table::new(&known::CLOUDFRONT_REALTIME, None).draft(line, 0);
    if is_request(realtime.and_then(|draft| draft.ok_or(Problem::new(Reason::NotLog)))) {
        return Some(Format::CloudfrontRealtime);
    }
    is_request(combined::draft(line, &known::COMBINED, 0)).then_some(Format::Combined)
}
