//! Logs of values between separators: W3C extended, whose directives name the fields wherever they stand, and tables.

use std::borrow::Cow;

use super::draft::Draft;
use super::part::Column;
use super::{RequestMap, known, telemetry};
use crate::batch::Batch;
use crate::quality::{Ignored, Problem, Reason};

/// What stands in the lines to come.
#[derive(Debug)]
struct Columns<'m> {
    map: &'m RequestMap,
    columns: Cow<'m, [Option<Column>]>,
}

/// Names the fields of a W3C extended log.
pub(crate) const FIELDS: &str = "#Fields:";

/// Reads a W3C extended log.
#[derive(Debug)]
pub(super) struct W3c<'m> {
    map: Option<&'m RequestMap>,
    columns: Option<Columns<'m>>,
}

impl<'m> W3c<'m> {
    /// A reader of lines that come after the directive, if there was one.
    pub(super) fn new(map: Option<&'m RequestMap>, directive: Option<&str>) -> Self {
        let mut reader = Self { map, columns: None };
        if let Some(directive) = directive {
            reader.obey(directive);
        }
        reader
    }

    fn obey(&mut self, directive: &str) {
        let Some(names) = directive.strip_prefix(FIELDS) else { return };
        let names = || names.split_ascii_whitespace();
        // Both call the duration time-taken, and mean seconds and milliseconds.
        let known: &'static RequestMap =
            if names().any(|name| name.starts_with("x-edge-")) { &known::CLOUDFRONT_STANDARD } else { &known::IIS_W3C };
        let map = self.map.unwrap_or(known);
        self.columns = Some(Columns { map, columns: Cow::Owned(map.columns(names())) });
    }

    pub(super) fn read_line(&mut self, line: &str, offset: u64, batch: &mut Batch) {
        if line.starts_with('#') {
            self.obey(line);
            return batch.quality.ignore(Ignored::Header);
        }
        let Some(columns) = &self.columns else {
            return batch.reject(Problem::detailed(Reason::NotLog, "no #Fields line before it names its fields"), line);
        };
        // CloudFront has tabs between values, though its directive has spaces between names.
        let separator = if memchr::memchr(b'\t', line.as_bytes()).is_some() { '\t' } else { ' ' };
        columns.read_line(line, separator, offset, batch);
    }
}

/// Reads a table.
#[derive(Debug)]
pub(super) struct Table<'m> {
    map: &'m RequestMap,
    columns: Option<Columns<'m>>,
}

impl<'m> Table<'m> {
    /// A reader of lines, the first of which is the header unless that is given, or the map names the columns.
    pub(super) fn new(map: &'m RequestMap, header: Option<&str>) -> Self {
        let mut reader = Self { map, columns: None };
        if let Some(columns) = &map.columns {
            reader.columns = Some(Columns { map, columns: Cow::Borrowed(columns) });
        } else if let Some(header) = header {
            reader.obey(header);
        }
        reader
    }

    fn obey(&mut self, header: &str) {
        let names: Vec<Cow<'_, str>> = Values { rest: Some(header), separator: self.map.delimiter }.collect();
        let columns = self.map.columns(names.iter().map(Cow::as_ref));
        self.columns = Some(Columns { map: self.map, columns: Cow::Owned(columns) });
    }

    pub(super) fn read_line(&mut self, line: &str, offset: u64, batch: &mut Batch) {
        if let Some(columns) = &self.columns {
            return columns.read_line(line, self.map.delimiter, offset, batch);
        }
        // Only the first line can be the header; a byte order mark may come before it.
        if offset > 3 {
            return batch.reject(Problem::detailed(Reason::NotLog, "the first line does not name its columns"), line);
        }
        self.obey(line);
        batch.quality.ignore(Ignored::Header);
    }
}

/// What a line of `CloudFront`'s real-time log says.
pub(super) fn realtime_draft(line: &str) -> Result<Draft<'static, '_>, Problem> {
    let map: &'static RequestMap = &known::CLOUDFRONT_REALTIME;
    let columns = Columns { map, columns: Cow::Borrowed(map.columns.as_deref().unwrap_or_default()) };
    columns.draft(line, map.delimiter, 0)
}

impl<'m> Columns<'m> {
    fn read_line(&self, line: &str, separator: char, offset: u64, batch: &mut Batch) {
        match self.draft(line, separator, offset) {
            Ok(draft) => telemetry::take(draft, line, batch),
            Err(problem) => batch.reject(problem, line),
        }
    }

    fn draft<'a>(&self, line: &'a str, separator: char, offset: u64) -> Result<Draft<'m, 'a>, Problem> {
        let mut draft = Draft::new(self.map, offset);
        let mut values = Values { rest: Some(line), separator };
        let mut read = 0;
        for (column, value) in self.columns.iter().zip(&mut values) {
            read += 1;
            if let Some(column) = column {
                draft.set(*column, value)?;
            }
        }
        let found = read + values.count();
        if found != self.columns.len() {
            let expected = self.columns.len();
            return Err(Problem::detailed(Reason::NotLog, format_args!("it has {found} values for {expected} fields")));
        }
        Ok(draft)
    }
}

/// The values of a line, which may stand in quotation marks.
struct Values<'a> {
    rest: Option<&'a str>,
    separator: char,
}

impl<'a> Iterator for Values<'a> {
    type Item = Cow<'a, str>;

    #[inline]
    fn next(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.rest?;
        if rest.starts_with('"')
            && let Some(end) = self.end_of_quoted(rest)
        {
            let value = &rest[1..end];
            self.rest = rest[end + 1..].strip_prefix(self.separator);
            return Some(if value.contains('"') {
                Cow::Owned(value.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(value)
            });
        }
        let (value, rest) = match rest.split_once(self.separator) {
            Some((value, rest)) => (value, Some(rest)),
            None => (rest, None),
        };
        self.rest = rest;
        Some(Cow::Borrowed(value))
    }
}

impl Values<'_> {
    /// Where the quotation mark is that ends the value: one before a separator, or the end, that is not doubled.
    fn end_of_quoted(&self, text: &str) -> Option<usize> {
        let mut at = 1;
        loop {
            at += memchr::memchr(b'"', &text.as_bytes()[at..])?;
            let after = &text[at + 1..];
            if after.is_empty() || after.starts_with(self.separator) {
                return Some(at);
            }
            at += if after.starts_with('"') { 2 } else { 1 };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<Cow<'_, str>> {
        Values { rest: Some(line), separator: ';' }.collect()
    }

    #[test]
    fn values_may_stand_in_quotation_marks() {
        assert_eq!(values("a;;b;"), ["a", "", "b", ""]);
        assert_eq!(values("\"a;b\";\"c \"\"d\"\"\";e"), ["a;b", "c \"d\"", "e"]);
        assert_eq!(values("\"\";\"\"\"\""), ["", "\""]);
    }

    #[test]
    fn a_quotation_mark_without_an_end_is_one() {
        assert_eq!(values("\"a;b"), ["\"a", "b"]);
        assert_eq!(values("\""), ["\""]);
        assert_eq!(values("\"a\"b;c"), ["\"a\"b", "c"]);
    }
}
