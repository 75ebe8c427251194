//! What became of every line and field: nothing is lost silently.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::format::Format;

/// What a source calls a field: a word of its format, or what somebody's map says.
pub(crate) type Name = Cow<'static, str>;

/// Why a line could not be used.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Reason {
    /// It is longer than [`MAX_LINE`](crate::MAX_LINE).
    TooLong,
    /// It is not UTF-8.
    NotUtf8,
    /// It is not a JSON object.
    NotJson,
    /// It is not a CMCD report.
    NotCmcd,
    /// It is not a line of such a log.
    NotLog,
    /// It does not have the cells of its table.
    NotRow,
    /// A field it needs is missing.
    MissingField,
    /// A field it needs has a value that cannot be used.
    BadValue,
    /// It is of a version of the format that is not known.
    UnknownSchema,
}

impl Reason {
    /// The reason as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::NotCmcd => "not_cmcd",
            Self::NotLog => "not_log",
            Self::NotRow => "not_row",
            Self::MissingField => "missing_field",
            Self::BadValue => "bad_value",
            Self::UnknownSchema => "unknown_schema",
        }
    }
}

/// What was wrong with a line.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Problem {
    /// Why it could not be used.
    pub reason: Reason,
    /// The field, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// What stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Box<str>>,
    /// What should have stood there, or what the parser said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<Box<str>>,
}

impl Problem {
    pub(crate) fn new(reason: Reason) -> Self {
        Self { reason, field: None, value: None, detail: None }
    }

    pub(crate) fn missing(field: impl Into<Name>) -> Self {
        Self { field: Some(field.into()), ..Self::new(Reason::MissingField) }
    }

    pub(crate) fn bad(field: impl Into<Name>, value: impl fmt::Display, detail: &str) -> Self {
        Self {
            field: Some(field.into()),
            value: Some(shorten(&value.to_string()).into()),
            detail: Some(detail.into()),
            ..Self::new(Reason::BadValue)
        }
    }

    pub(crate) fn detailed(reason: Reason, detail: impl fmt::Display) -> Self {
        Self { detail: Some(shorten(&detail.to_string()).into()), ..Self::new(reason) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field.as_deref().unwrap_or("the line");
        let value = self.value.as_deref().unwrap_or_default();
        let detail = self.detail.as_deref().unwrap_or_default();
        match self.reason {
            Reason::TooLong => write!(f, "longer than {} bytes", crate::MAX_LINE),
            Reason::NotUtf8 => write!(f, "not UTF-8"),
            Reason::NotJson => write!(f, "not a JSON object: {detail}"),
            Reason::NotCmcd => write!(f, "not a CMCD report: {detail}"),
            Reason::NotLog => write!(f, "not a line of this log: {detail}"),
            Reason::NotRow => write!(f, "not a row of the table: {detail}"),
            Reason::MissingField => write!(f, "{field} is missing"),
            Reason::BadValue => write!(f, "{field} is {value}, which is not {detail}"),
            Reason::UnknownSchema => write!(f, "schema {value} is not known: {detail}"),
        }
    }
}

/// A line that could not be used.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Reject {
    /// The how-manieth file it is.
    #[serde(skip)]
    pub(crate) file_index: usize,
    /// The file; `-` for standard input.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: u64,
    /// What was wrong.
    #[serde(flatten)]
    pub problem: Problem,
    /// The line, shortened.
    pub text: Box<str>,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.problem)
    }
}

/// How a field was repaired so that its event could be used.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Repair {
    /// A number or truth value was written as text, or the other way round.
    Retyped,
    /// A fraction stood where a whole number belongs, and was rounded.
    Rounded,
    /// The value could not be used, and was left out.
    Dropped,
    /// A single value stood where a list belongs.
    Listed,
    /// The same key stood there twice; the last one counts.
    Repeated,
    /// The line broke the format's syntax, and was read key by key.
    Resyntaxed,
    /// A missing time was taken from the request that carried the report.
    TakenFromRequest,
}

impl Repair {
    /// The repair as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Retyped => "retyped",
            Self::Rounded => "rounded",
            Self::Dropped => "dropped",
            Self::Listed => "listed",
            Self::Repeated => "repeated",
            Self::Resyntaxed => "resyntaxed",
            Self::TakenFromRequest => "taken_from_request",
        }
    }
}

/// A field that had to be repaired.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Repaired {
    /// The file; `-` for standard input.
    pub file: Arc<str>,
    /// Its line, from 1.
    pub line: u64,
    /// The field.
    pub field: Cow<'static, str>,
    /// What stood there.
    pub value: Box<str>,
    /// What was done.
    pub repair: Repair,
}

impl fmt::Display for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, field, value, repair } = self;
        write!(f, "{file}:{line}: {field} is {value} and would have to be {}", repair.as_str().replace('_', " "))
    }
}

/// Why a line that is no telemetry, or an event that is not to be counted, was passed over.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Ignored {
    /// Nothing but white space, or a list of nothing.
    Blank,
    /// A request that carries no telemetry: pages, segments, pre-flight requests.
    OtherRequest,
    /// A request or report of CMCD request mode: it describes a download, not playback.
    RequestMode,
    /// A request whose CMCD is empty or cannot be decoded.
    UnreadableCmcd,
    /// A request whose CMCD names no session.
    NoSession,
    /// A line of a log about the log: its version, its fields.
    Header,
    /// A record of an event that the map has no use for: see [`Quality::ignored_events`].
    OtherEvent,
    /// An event, or row of a table of sessions, of a session whose viewer [opted out](crate::Privacy::without_viewers).
    OptedOut,
    /// One of a session that was [excluded](crate::Privacy::without).
    Excluded,
    /// One of a session of a [program](crate::Privacy::without_bots) and no viewer.
    Bot,
}

impl Ignored {
    /// The reason as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::OtherRequest => "other_request",
            Self::RequestMode => "request_mode",
            Self::UnreadableCmcd => "unreadable_cmcd",
            Self::NoSession => "no_session",
            Self::Header => "header",
            Self::OtherEvent => "other_event",
            Self::OptedOut => "opted_out",
            Self::Excluded => "excluded",
            Self::Bot => "bot",
        }
    }
}

/// What was taken out of events because nobody needs to see it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Removed {
    /// An attribute with IP addresses was left out.
    IpDropped,
    /// Of IP addresses in an attribute, the networks were kept.
    IpTruncated,
    /// Query, fragment, user name or password of a URL were left out.
    UrlStripped,
    /// A URL was left out.
    UrlDropped,
}

impl Removed {
    /// What it was, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IpDropped => "ip_dropped",
            Self::IpTruncated => "ip_truncated",
            Self::UrlStripped => "url_stripped",
            Self::UrlDropped => "url_dropped",
        }
    }
}

/// What became of every line and field.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Quality {
    /// Files read.
    pub files: u64,
    /// These by their format; files without a line have none.
    pub formats: BTreeMap<Format, u64>,
    /// Bytes read, before decompression.
    pub bytes: u64,
    /// Lines read.
    pub lines: u64,
    /// Events found in them, repeats included; without those of sessions that were left out.
    pub events: u64,
    /// Rows of tables of sessions, whose events were read another time.
    #[serde(skip_serializing_if = "is_zero")]
    pub session_rows: u64,
    /// Lines that could not be used, by reason.
    pub rejects: BTreeMap<Reason, u64>,
    /// The first rejects of each reason, in order of file and line.
    pub examples: Vec<Reject>,
    /// Lines that are no telemetry, and events of sessions that were left out, by reason.
    pub ignored: BTreeMap<Ignored, u64>,
    /// Events of other formats that their map has no use for, by the name they have there.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ignored_events: BTreeMap<Box<str>, u64>,
    /// Repaired fields, by field and repair.
    #[serde(serialize_with = "by_field")]
    pub repairs: BTreeMap<(Cow<'static, str>, Repair), u64>,
    /// Fields, attributes and texts something was [taken out](crate::Privacy) of, by what it was.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub removed: BTreeMap<Removed, u64>,
    /// Attributes that are not named as IP addresses, but have values like them, by name, with the number of events: they
    /// are kept, and not counted where addresses are.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub ip_like: BTreeMap<Box<str>, u64>,
    /// Fields of events that have no use for them, by name.
    pub unused_fields: BTreeMap<&'static str, u64>,
    /// Attributes, by name, with the number of events that carried them: a typo in a field's name shows here.
    pub attributes: BTreeMap<Box<str>, u64>,
    /// Events that carried attributes whose names are past the first [`MAX_NAMES`](Self::MAX_NAMES).
    pub further_attributes: u64,
    /// Values of unknown fields that are no scalars, and were dropped.
    pub nested_values: u64,
    /// Events more than a week after all others, and no more than one in a hundred: clocks that are wrong. They are kept,
    /// but do not decide up to when the data reaches.
    pub clocks_ahead: u64,
    /// Types of events outside the vocabulary, kept as custom events, by name.
    pub custom_types: BTreeMap<Box<str>, u64>,
}

impl Quality {
    /// The most names of attributes and of custom types that are listed; of more, the alphabetically first.
    pub const MAX_NAMES: usize = 1000;
    /// The most examples of each reason to reject.
    pub const MAX_EXAMPLES: usize = 3;

    /// Lines that could not be used.
    pub fn rejected(&self) -> u64 {
        self.rejects.values().sum()
    }

    /// Fields that were repaired.
    pub fn repaired(&self) -> u64 {
        self.repairs.values().sum()
    }

    /// A file of this format begins.
    pub(crate) fn found(&mut self, format: Format) {
        *self.formats.entry(format).or_default() += 1;
    }

    /// Whether a line that is rejected for this reason would be one of the examples.
    pub(crate) fn wants_example(&self, reason: Reason) -> bool {
        self.examples.iter().filter(|example| example.problem.reason == reason).count() < Self::MAX_EXAMPLES
    }

    pub(crate) fn reject(&mut self, reject: Reject) {
        let reason = reject.problem.reason;
        *self.rejects.entry(reason).or_default() += 1;
        if self.wants_example(reason) {
            self.examples.push(reject);
        }
    }

    pub(crate) fn ignore(&mut self, why: Ignored) {
        *self.ignored.entry(why).or_default() += 1;
    }

    pub(crate) fn remove(&mut self, what: Removed, count: u64) {
        *self.removed.entry(what).or_default() += count;
    }

    pub(crate) fn name_ip_like(&mut self, name: &str) {
        count_name(&mut self.ip_like, name, 1, &mut 0);
    }

    pub(crate) fn ignore_event(&mut self, name: &str) {
        self.ignore(Ignored::OtherEvent);
        count_name(&mut self.ignored_events, shorten(name), 1, &mut 0);
    }

    pub(crate) fn name_attribute(&mut self, name: &str, times: u64) {
        count_name(&mut self.attributes, name, times, &mut self.further_attributes);
    }

    pub(crate) fn name_custom_type(&mut self, name: &str) {
        count_name(&mut self.custom_types, name, 1, &mut 0);
    }

    /// Takes in what became of other lines.
    pub(crate) fn merge(&mut self, other: Self) {
        self.files += other.files;
        add_counts(&mut self.formats, other.formats);
        self.bytes += other.bytes;
        self.lines += other.lines;
        self.events += other.events;
        self.session_rows += other.session_rows;
        add_counts(&mut self.rejects, other.rejects);
        self.examples.extend(other.examples);
        self.examples.sort_by_key(|reject| (reject.problem.reason, reject.file_index, reject.line));
        let mut kept = BTreeMap::<Reason, usize>::new();
        self.examples.retain(|reject| {
            let count = kept.entry(reject.problem.reason).or_default();
            *count += 1;
            *count <= Self::MAX_EXAMPLES
        });
        add_counts(&mut self.ignored, other.ignored);
        add_counts(&mut self.ignored_events, other.ignored_events);
        shrink(&mut self.ignored_events);
        add_counts(&mut self.repairs, other.repairs);
        add_counts(&mut self.removed, other.removed);
        add_counts(&mut self.ip_like, other.ip_like);
        shrink(&mut self.ip_like);
        add_counts(&mut self.unused_fields, other.unused_fields);
        add_counts(&mut self.attributes, other.attributes);
        self.further_attributes += other.further_attributes + shrink(&mut self.attributes);
        self.nested_values += other.nested_values;
        self.clocks_ahead += other.clocks_ahead;
        add_counts(&mut self.custom_types, other.custom_types);
        shrink(&mut self.custom_types);
    }
}

fn add_counts<K: Ord>(counts: &mut BTreeMap<K, u64>, other: BTreeMap<K, u64>) {
    for (key, count) in other {
        *counts.entry(key).or_default() += count;
    }
}

/// Keeps the alphabetically first names: which these are does not depend on the order of the lines, and a name among them
/// was never dropped on the way, so that its count is whole.
fn count_name(names: &mut BTreeMap<Box<str>, u64>, name: &str, times: u64, further: &mut u64) {
    if let Some(count) = names.get_mut(name) {
        *count += times;
        return;
    }
    names.insert(name.into(), times);
    *further += shrink(names);
}

fn shrink(names: &mut BTreeMap<Box<str>, u64>) -> u64 {
    let mut dropped = 0;
    while names.len() > Quality::MAX_NAMES {
        dropped += names.pop_last().map_or(0, |(_, count)| count);
    }
    dropped
}

/// The start of a text that may be long.
pub(crate) fn shorten(text: &str) -> &str {
    const MOST: usize = 200;
    if text.len() <= MOST { text } else { &text[..text.floor_char_boundary(MOST)] }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

fn by_field<S: serde::Serializer>(
    repairs: &BTreeMap<(Cow<'static, str>, Repair), u64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(serde::Serialize)]
    struct Row<'a> {
        field: &'a str,
        repair: Repair,
        count: u64,
    }
    serializer.collect_seq(repairs.iter().map(|((field, repair), &count)| Row { field, repair: *repair, count }))
}
