//! A request as it comes together from the fields of a log.

use std::borrow::Cow;

use super::part::{Column, Encoding, Moment, Part};
use super::time::{self, Instant, Unit};
use super::{Request, RequestMap, found, headers, telemetry};
use crate::quality::Problem;
use crate::split::split_once;

/// The longest a request may take, in microseconds: a year.
const MAX_DURATION: u64 = 366 * 86_400 * 1_000_000;

/// What is known of a request so far.
#[derive(Debug)]
pub(super) struct Draft<'m, 'a> {
    map: &'m RequestMap,
    request: Request<'a>,
    moment: Moment,
    time: Option<Instant>,
    date: Option<i64>,
    time_of_day: Option<Instant>,
    end: Option<Instant>,
    micros: Option<u64>,
    headers: Option<(Cow<'a, str>, Encoding)>,
    found: Option<Cow<'a, str>>,
    keys: Vec<(&'static str, Cow<'a, str>)>,
}

impl<'m, 'a> Draft<'m, 'a> {
    /// Nothing is known of the request of the line at the offset.
    pub(super) fn new(map: &'m RequestMap, offset: u64) -> Self {
        Self {
            map,
            request: Request { offset, ..Request::default() },
            moment: map.moment,
            time: None,
            date: None,
            time_of_day: None,
            end: None,
            micros: None,
            headers: None,
            found: None,
            keys: Vec::new(),
        }
    }

    /// The time of this log is another instant than the map says.
    pub(super) fn timed_at(&mut self, moment: Moment) {
        self.moment = moment;
    }

    /// Takes the value of a field.
    pub(super) fn set(&mut self, column: Column, text: Cow<'a, str>) -> Result<(), Problem> {
        if matches!(text.as_ref(), "" | "-" | "(null)") {
            return Ok(());
        }
        if self.set_number(column.part, &text)? {
            return Ok(());
        }
        if column.part == Part::Headers {
            // Nearly all headers are of no use, and there are many of them to decode.
            self.headers = headers::have_cmcd(&text).then_some((text, column.encoding));
            return Ok(());
        }
        let text = column.encoding.undo(text);
        let request = &mut self.request;
        match column.part {
            Part::Method => request.method = text,
            Part::Host => request.host = Some(text),
            Part::Path if text.starts_with('/') => request.path = text,
            Part::Path => request.path = Cow::Owned(format!("/{text}")),
            Part::Query => request.query = text,
            Part::Id => request.id = Some(text),
            Part::ClientIp => request.client_ip = Some(text),
            Part::UserAgent => request.user_agent = Some(text),
            Part::Country => request.country = Some(text),
            Part::Cache => request.cache = Some(text),
            Part::ContentType => request.content_type = Some(text),
            Part::Body => request.body = Some(text),
            Part::Cmcd => request.cmcd.push(text),
            Part::Aborted => request.aborted |= self.map.aborted.contains(&text),
            Part::CmcdFound => self.found = Some(text),
            Part::CmcdKey(key) => {
                if self.keys.is_empty() {
                    self.keys.reserve(found::KEYS.len());
                }
                self.keys.push((key, text));
            }
            Part::RequestLine => self.set_request_line(text),
            Part::Url => self.set_url(text),
            // The rest was taken above.
            _ => {}
        }
        Ok(())
    }

    /// Takes what is a number or a time; whether it is one.
    fn set_number(&mut self, part: Part, text: &str) -> Result<bool, Problem> {
        match part {
            Part::Time(format) => {
                let time = format.read(text).ok_or_else(|| Problem::bad("time", text, format.expected()))?;
                // Where the time is there twice, the finer one is meant.
                if self.time.is_none_or(|known| time.precision < known.precision) {
                    self.time = Some(time);
                }
            }
            Part::End(format) => {
                let time = format.read(text).ok_or_else(|| Problem::bad("end", text, format.expected()))?;
                self.end = Some(time);
            }
            Part::Date => {
                let date = time::date(text).ok_or_else(|| Problem::bad("date", text, "a date such as 2026-11-20"))?;
                self.date = Some(date);
            }
            Part::TimeOfDay => {
                let time = time::time_of_day(text).ok_or_else(|| Problem::bad("time", text, "a time of day"))?;
                self.time_of_day = Some(time);
            }
            Part::Duration(unit) => self.take_longer(duration("duration", text, unit)?),
            Part::FirstByte(unit) => self.set_first_byte(duration("first_byte", text, unit)?),
            Part::DurationToFirstByte(unit) => {
                let micros = duration("duration", text, unit)?;
                self.take_longer(micros);
                self.set_first_byte(micros);
            }
            Part::Status => {
                let status = text.parse().map_err(|_| Problem::bad("status", text, "a status code"))?;
                self.request.status = Some(status);
            }
            Part::Bytes => {
                let bytes = text.parse::<u64>().map_err(|_| Problem::bad("bytes", text, "a number of bytes"))?;
                self.request.bytes = Some(self.request.bytes.map_or(bytes, |known| known.min(bytes)));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn take_longer(&mut self, micros: u64) {
        self.micros = Some(self.micros.map_or(micros, |known| known.saturating_add(micros).min(MAX_DURATION)));
    }

    fn set_first_byte(&mut self, micros: u64) {
        self.request.first_byte = Some(in_millis(micros));
    }

    fn set_request_line(&mut self, line: Cow<'a, str>) {
        let (method, url) = parts_of(line, |line| {
            let (method, rest) = split_once(line, b' ').unwrap_or((line, ""));
            let mut spaces = memchr::memrchr_iter(b' ', rest.as_bytes());
            let url = spaces.find(|at| rest[*at..].starts_with(" HTTP/")).map_or(rest, |end| &rest[..end]);
            (method, url)
        });
        self.request.method = method;
        self.set_url(url);
    }

    fn set_url(&mut self, url: Cow<'a, str>) {
        let (address, query) = parts_of(url, |url| split_once(url, b'?').unwrap_or((url, "")));
        let (host, path) = parts_of(address, |address| {
            let Some((_, rest)) = address.split_once("://") else { return ("", address) };
            rest.split_at(rest.find('/').unwrap_or(rest.len()))
        });
        if !host.is_empty() && self.request.host.is_none() {
            self.request.host = Some(host);
        }
        self.request.path = path;
        self.request.query = query;
    }

    /// Whether the line seems to be of this log: nothing else has a method and a path.
    pub(super) fn looks_like_request(&self) -> bool {
        !self.request.method.is_empty() && !self.request.path.is_empty()
    }

    /// The request, and when it was received if the log says so.
    pub(super) fn finish(mut self) -> (Request<'a>, Option<i64>) {
        let split = self.date.zip(self.time_of_day);
        let split = split.map(|(date, time)| Instant { millis: date + time.millis, ..time });
        let time = self.time.or(split);
        let request = &mut self.request;
        let received = time.map(|time| match (self.moment, self.micros) {
            (Moment::End, Some(micros)) => time.millis - micros.div_ceil(1000) as i64,
            _ => time.millis,
        });
        request.received = received.unwrap_or_default();
        request.precision = time.map_or(1, |time| time.precision);
        let until = self.end.zip(received).and_then(|(end, received)| u64::try_from(end.millis - received).ok());
        request.elapsed = self.micros.map(in_millis).or(until);
        // nginx says 499, CloudFront 000.
        request.aborted |= matches!(request.status, Some(499 | 0));
        if let Some((headers, encoding)) = self.headers {
            headers::take_cmcd(headers, encoding, &mut request.cmcd);
        }
        // What was found in a query that is there as a whole is nothing new.
        let found = self.found.is_some() || !self.keys.is_empty();
        if found && telemetry::arguments(&request.query).next().is_none() {
            request.cmcd.extend(self.found.map(found::text));
            if !self.keys.is_empty() {
                request.cmcd.push(Cow::Owned(found::text_of_keys(&self.keys)));
            }
        }
        (self.request, received)
    }
}

/// A duration in microseconds.
fn duration(field: &'static str, text: &str, unit: Unit) -> Result<u64, Problem> {
    let micros = time::duration(text, unit).filter(|micros| *micros <= MAX_DURATION);
    micros.ok_or_else(|| Problem::bad(field, text, "a duration of at most a year"))
}

/// To the nearest.
fn in_millis(micros: u64) -> u64 {
    (micros + 500) / 1000
}

/// Two parts of a text, in its memory if that is the line's.
fn parts_of(text: Cow<'_, str>, parts: impl Fn(&str) -> (&str, &str)) -> (Cow<'_, str>, Cow<'_, str>) {
    match text {
        Cow::Borrowed(text) => {
            let (left, right) = parts(text);
            (Cow::Borrowed(left), Cow::Borrowed(right))
        }
        Cow::Owned(text) => {
            let (left, right) = parts(&text);
            (Cow::Owned(left.to_owned()), Cow::Owned(right.to_owned()))
        }
    }
}
