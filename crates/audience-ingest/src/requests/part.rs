//! What a field of a log says of a request.

use std::borrow::Cow;

use super::escapes;
use super::time::{TimeFormat, Unit};

/// What a field says of a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// When it was received or over, as the map's [`Moment`] says.
    Time(TimeFormat),
    /// The day of that time, in UTC.
    Date,
    /// The time of day of that time.
    TimeOfDay,
    /// When the response was over, besides the time it was received.
    End(TimeFormat),
    /// How long it took, or a part of that.
    Duration(Unit),
    /// How long its first byte took.
    FirstByte(Unit),
    /// How long its first byte took, which is a part of how long it took.
    DurationToFirstByte(Unit),
    /// Method, address and protocol: `GET /a?b HTTP/1.1`.
    RequestLine,
    Method,
    Host,
    Path,
    Query,
    /// Path and query, perhaps with scheme and host.
    Url,
    Status,
    /// Of several, the least: some count what surrounds the body, or what would have been sent.
    Bytes,
    /// One of the map's words, if the client did not wait for the end.
    Aborted,
    Id,
    ClientIp,
    UserAgent,
    Country,
    Cache,
    /// A header with CMCD.
    Cmcd,
    /// CMCD that the log's maker has found in the query or headers.
    CmcdFound,
    /// The value of one key of it.
    CmcdKey(&'static str),
    /// All headers, `name:value` one a line.
    Headers,
    ContentType,
    Body,
}

/// Which instant the time of a log is.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Moment {
    /// The request was received.
    Start,
    /// The response was over.
    End,
}

/// What a log does to values so that they stand in its lines.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Encoding {
    #[default]
    None,
    /// `%XX`.
    Percent,
    /// `+` for a space.
    Plus,
}

impl Encoding {
    pub(super) fn undo(self, text: Cow<'_, str>) -> Cow<'_, str> {
        let undo = match self {
            Self::None => return text,
            Self::Percent => escapes::percent,
            Self::Plus => escapes::plus,
        };
        match text {
            Cow::Borrowed(text) => undo(text),
            Cow::Owned(text) => Cow::Owned(undo(&text).into_owned()),
        }
    }
}

/// A field of a log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Column {
    pub(super) part: Part,
    pub(super) encoding: Encoding,
}
