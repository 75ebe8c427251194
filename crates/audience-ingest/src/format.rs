//! Which format a file is in.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::cmcd;
use crate::error::Error;
use crate::map::{self, Preset};
use crate::ndjson;
use crate::read::Layout;
use crate::requests;

/// A format of telemetry.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Format {
    /// Canonical events, one JSON object a line.
    Ndjson,
    /// CMCD v2 reports as they are posted, one a line.
    Cmcd,
    /// HTTP requests, one JSON object a line: as a proxy or collector writes them, or as a
    /// [`RequestMap`](crate::RequestMap) says.
    Requests,
    /// A W3C extended log of HTTP requests: of `CloudFront` (standard), of IIS, or as a map says.
    W3c,
    /// A real-time log of `CloudFront`, with all its fields.
    CloudfrontRealtime,
    /// The combined log of nginx and Apache.
    Combined,
    /// Akamai `DataStream` 2, one JSON object a line.
    Akamai,
    /// A log of Fastly with the usual names, one JSON object a line.
    Fastly,
    /// A log of HTTP requests, values between separators, as a map says.
    Delimited,
    /// A table of events or sessions in Parquet, from a file; with feature `parquet`.
    Parquet,
    /// Lines of JSON, or a table, of another system.
    Mapped(Preset),
    /// Lines of JSON, or a table, as [`Options::map`](crate::Options::map) says.
    Map,
}

impl Format {
    /// All of them that have a name; [`Map`](Self::Map) needs more than one.
    pub fn all() -> impl Iterator<Item = Self> {
        let own = [
            Self::Ndjson,
            Self::Cmcd,
            Self::Requests,
            Self::W3c,
            Self::CloudfrontRealtime,
            Self::Combined,
            Self::Akamai,
            Self::Fastly,
            Self::Delimited,
            Self::Parquet,
        ];
        own.into_iter().chain(Preset::ALL.into_iter().map(Self::Mapped))
    }

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::Cmcd => "cmcd",
            Self::Requests => "requests",
            Self::W3c => "w3c",
            Self::CloudfrontRealtime => "cloudfront-realtime",
            Self::Combined => "combined",
            Self::Akamai => "akamai",
            Self::Fastly => "fastly",
            Self::Delimited => "delimited",
            Self::Parquet => "parquet",
            Self::Mapped(preset) => preset.as_str(),
            Self::Map => "map",
        }
    }

    /// How a file of it that starts so makes lines.
    pub(crate) fn layout(self, start: &[u8]) -> Layout {
        match self {
            Self::W3c => Layout::Directives(requests::FIELDS),
            Self::Delimited => Layout::Table,
            Self::Mapped(_) | Self::Map if !map::looks_like_json(start) => Layout::QuotedTable,
            Self::Ndjson
            | Self::Cmcd
            | Self::Requests
            | Self::CloudfrontRealtime
            | Self::Combined
            | Self::Akamai
            | Self::Fastly
            | Self::Parquet
            | Self::Mapped(_)
            | Self::Map => Layout::Lines,
        }
    }

    /// Why a table in Parquet is not read.
    pub(crate) const NO_PARQUET: &str = if cfg!(feature = "parquet") {
        "it is Parquet, which can only be read from a file, not from a stream, nor compressed once more"
    } else {
        "it is Parquet, which this build cannot read"
    };

    /// Why a log with separators is not read without a map.
    pub(crate) const NO_MAP: &str = "nothing says what its columns are; a map of its fields would";

    /// The format of a file by its first lines: the first of them that looks like something decides.
    pub(crate) fn detect(start: &[u8], path: &Path) -> Result<Self, Error> {
        const LINES: usize = 50;
        let unknown = |hint| Error::UnknownFormat { path: path.to_owned(), hint };
        let mut json = false;
        // Has a type, as events have, but so have the records of other systems: one of them may follow.
        let mut typed = false;
        let lines = start.split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line));
        for line in lines.filter(|line| !line.trim().is_empty()).take(LINES) {
            let line = line.trim();
            if ndjson::looks_like_event(line) {
                return Ok(Self::Ndjson);
            }
            if let Some(format) = requests::detect(line) {
                return Ok(format);
            }
            if let Some(preset) = map::preset_of_line(line) {
                return Ok(Self::Mapped(preset));
            }
            match line.as_bytes().first() {
                _ if typed => {}
                Some(b'{') => json = true,
                Some(b'[') if line[1..].trim_start().starts_with(['{', '[']) || line == "[" => {
                    return Err(unknown("it is a JSON array; events must be one JSON object a line"));
                }
                _ if cmcd::looks_like_report(line) => return Ok(Self::Cmcd),
                _ => {}
            }
            typed |= json && line.contains("\"type\"");
        }
        if json || start.iter().all(u8::is_ascii_whitespace) {
            // An empty file is an empty file of events.
            return Ok(Self::Ndjson);
        }
        if let Some(preset) = map::preset_of_table(start) {
            return Ok(Self::Mapped(preset));
        }
        if start.starts_with(b"PAR1") {
            return Err(unknown(Self::NO_PARQUET));
        }
        Err(unknown(
            "it is neither JSON objects, CMCD reports nor a known log, one a line, nor a table of a known system (say which with a format or a map if it is)",
        ))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for Format {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormatName;

    fn from_str(name: &str) -> Result<Self, UnknownFormatName> {
        Self::all().find(|format| format.as_str() == name).ok_or_else(|| UnknownFormatName(name.into()))
    }
}

/// No format has this name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownFormatName(Box<str>);

impl fmt::Display for UnknownFormatName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Format::all().map(Format::as_str).collect();
        write!(f, "{:?} is not one of {}", self.0, names.join(", "))
    }
}

impl std::error::Error for UnknownFormatName {}
