//! Logs of HTTP requests, of CDNs and servers: CMCD that requests carry about themselves, and reports that they post.
//!
//! Each line becomes a [`Request`]: a reader splits it, a [`RequestMap`] says what its fields are, a draft puts the request
//! together. What becomes of requests does not depend on the log.

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
mod time;

pub(crate) use delimited::FIELDS;
pub use map::RequestMap;
pub(crate) use request::Request;

use crate::batch::Batch;
use crate::format::Format;
use crate::read::Lines;

/// Reads the lines of a log.
#[derive(Debug)]
pub(crate) struct LogReader<'m> {
    syntax: Syntax<'m>,
}

#[derive(Debug)]
enum Syntax<'m> {
    W3c(delimited::W3c<'m>),
    Table(delimited::Table<'m>),
    Combined,
    Json(&'m RequestMap),
}

impl<'m> LogReader<'m> {
    /// A reader of these lines, if they are a log; with the map if it is for logs of this format.
    pub(crate) fn of(lines: &Lines, map: Option<&'m RequestMap>) -> Option<Self> {
        let map = map.filter(|map| map.format() == lines.format);
        let header = lines.header.as_deref();
        let syntax = match lines.format {
            Format::W3c => Syntax::W3c(delimited::W3c::new(map, header)),
            Format::CloudfrontRealtime => Syntax::Table(delimited::Table::new(&known::CLOUDFRONT_REALTIME, header)),
            Format::Delimited => Syntax::Table(delimited::Table::new(map?, header)),
            Format::Combined => Syntax::Combined,
            Format::Akamai => Syntax::Json(&known::AKAMAI_DATASTREAM),
            Format::Fastly => Syntax::Json(&known::FASTLY_JSON),
            Format::Requests => Syntax::Json(map.unwrap_or(&known::CAPTURES_JSON)),
            Format::Ndjson | Format::Cmcd | Format::Parquet => return None,
        };
        Some(Self { syntax })
    }

    /// Reads the line at the offset into the batch.
    pub(crate) fn read_line(&mut self, line: &str, offset: u64, batch: &mut Batch) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        match &mut self.syntax {
            Syntax::W3c(reader) => reader.read_line(line, offset, batch),
            Syntax::Table(reader) => reader.read_line(line, offset, batch),
            Syntax::Combined => combined::read_line(line, &known::COMBINED, offset, batch),
            Syntax::Json(map) => json::read_line(line, map, offset, batch),
        }
    }
}

/// The format of the log that a line seems to be of.
pub(crate) fn detect(line: &str) -> Option<Format> {
    let is_request = |draft: Result<draft::Draft<'_, '_>, _>| draft.is_ok_and(|draft| draft.looks_like_request());
    if line.starts_with(FIELDS) {
        return Some(Format::W3c);
    }
    if line.starts_with('{') {
        let of = |map| is_request(json::draft(line, map, 0));
        return [
            (Format::Akamai, &*known::AKAMAI_DATASTREAM),
            (Format::Fastly, &*known::FASTLY_JSON),
            (Format::Requests, &*known::CAPTURES_JSON),
        ]
        .into_iter()
        .find_map(|(format, map)| of(map).then_some(format));
    }
    if is_request(delimited::realtime_draft(line)) {
        return Some(Format::CloudfrontRealtime);
    }
    is_request(combined::draft(line, &known::COMBINED, 0)).then_some(Format::Combined)
}
