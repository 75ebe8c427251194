//! The combined log of nginx and Apache, with what is often appended to it.
//!
//! `192.0.2.1 - - [20/Nov/2026:20:00:04 +0000] "GET /a?b HTTP/1.1" 200 4694 "referer" "user agent"`, then durations and
//! headers.

use std::borrow::Cow;

use super::draft::Draft;
use super::part::{Column, Encoding, Moment, Part};
use super::time::{TimeFormat, Unit};
use super::{RequestMap, escapes, found};
use crate::quality::{Problem, Reason};
use crate::split::split_once;

/// What a line says.
pub(super) fn draft<'m, 'a>(line: &'a str, map: &'m RequestMap, offset: u64) -> Result<Draft<'m, 'a>, Problem> {
    let not = |what| Problem::detailed(Reason::NotLog, what);
    let mut draft = Draft::new(map, offset);
    let mut set = |part, text| draft.set(Column { part, encoding: Encoding::None }, text);
    // Names of users may hold anything, but hardly a bracket.
    let mut brackets = memchr::memchr_iter(b'[', line.as_bytes());
    let bracket = brackets.find(|at| line[..*at].ends_with(' ')).ok_or_else(|| not("there is no time in brackets"))?;
    let (who, rest) = (&line[..bracket - 1], &line[bracket + 1..]);
    let (time, rest) = split_once(rest, b']').ok_or_else(|| not("there is no time in brackets"))?;
    let mut words = Words { rest };
    let client = split_once(who, b' ').map_or(who, |(client, _)| client);
    set(Part::ClientIp, Cow::Borrowed(client))?;
    set(Part::Time(TimeFormat::Clf), Cow::Borrowed(time))?;
    let Some(Word::Quoted(request)) = words.next() else { return Err(not("there is no request in quotation marks")) };
    set(Part::RequestLine, request)?;
    for part in [Part::Status, Part::Bytes] {
        let Some(Word::Bare(number)) = words.next() else { return Err(not("there is no status and size")) };
        set(part, Cow::Borrowed(number))?;
    }
    let mut quoted = 0;
    let mut duration = None;
    for word in words {
        match word {
            Word::Bare(number) => duration = duration.or_else(|| Duration::of(number)),
            Word::Quoted(text) => {
                quoted += 1;
                match quoted {
                    // The referer.
                    1 => {}
                    2 => set(Part::UserAgent, text)?,
                    // Nobody knows the names of the others.
                    _ if found::reads_as_cmcd(&text) => set(Part::Cmcd, text)?,
                    _ => {}
                }
            }
            Word::Open => return Err(not("a quotation mark has no end")),
        }
    }
    if let Some(Duration { text, unit, moment }) = duration {
        set(Part::Duration(unit), Cow::Borrowed(text))?;
        draft.timed_at(moment);
    }
    Ok(draft)
}

/// How long a request took. It shows whose log it is, and so which instant its time is.
struct Duration<'a> {
    text: &'a str,
    unit: Unit,
    moment: Moment,
}

impl<'a> Duration<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        match text.contains('.') {
            _ if !number || text.is_empty() => None,
            // nginx's $request_time: it writes the line at the end.
            true => Some(Self { text, unit: Unit::Seconds, moment: Moment::End }),
            // Apache's %D: its time is when the request was received.
            false => Some(Self { text, unit: Unit::Micros, moment: Moment::Start }),
        }
    }
}

/// A word of the rest of a line.
enum Word<'a> {
    Bare(&'a str),
    Quoted(Cow<'a, str>),
    /// It begins with a quotation mark, and no other follows.
    Open,
}

struct Words<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Words<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let text = self.rest.trim_start_matches(' ');
        let Some(quoted) = text.strip_prefix('"') else {
            let (word, rest) = split_once(text, b' ').unwrap_or((text, ""));
            self.rest = rest;
            return (!word.is_empty()).then_some(Word::Bare(word));
        };
        let mut at = 0;
        loop {
            let Some(next) = memchr::memchr2(b'"', b'\\', &quoted.as_bytes()[at..]) else {
                self.rest = "";
                return Some(Word::Open);
            };
            at += next;
            if quoted.as_bytes()[at] == b'"' {
                break;
            }
            // What a backslash is before is no end.
            at = (at + 2).min(quoted.len());
        }
        self.rest = &quoted[at + 1..];
        Some(Word::Quoted(escapes::backslash(&quoted[..at])))
    }
}
