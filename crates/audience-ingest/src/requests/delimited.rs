//! Logs of values between separators: W3C extended, whose directives name the fields wherever they stand, and tables.

use std::borrow::Cow;

use super::draft::Draft;
use super::part::Column;
use super::{RequestMap, known};
use crate::quality::{Problem, Reason};

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

    /// What the line says; nothing for a directive.
    pub(super) fn draft<'a>(&mut self, line: &'a str, offset: u64) -> Result<Option<Draft<'m, 'a>>, Problem> {
        if line.starts_with('#') {
            self.obey(line);
            return Ok(None);
        }
        let Some(columns) = &self.columns else {
            return Err(Problem::detailed(Reason::NotLog, "no #Fields line before it names its fields"));
        };
        // CloudFront has tabs between values, though its directive has spaces between names.
        let separator = if memchr::memchr(b'\t', line.as_bytes()).is_some() { b'\t' } else { b' ' };
        columns.draft(line, separator, offset).map(Some)
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

    /// What the line says; nothing for the header.
    pub(super) fn draft<'a>(&mut self, line: &'a str, offset: u64) -> Result<Option<Draft<'m, 'a>>, Problem> {
        if let Some(columns) = &self.columns {
            return columns.draft(line, self.map.delimiter, offset).map(Some);
        }
        // Only the first line can be the header; a byte order mark may come before it.
        if offset > 3 {
            return Err(Problem::detailed(Reason::NotLog, "the first line does not name its columns"));
        }
        self.obey(line);
        Ok(None)
    }
}

impl<'m> Columns<'m> {
    fn draft<'a>(&self, line: &'a str, separator: u8, offset: u64) -> Result<Draft<'m, 'a>, Problem> {
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
    separator: u8,
}

impl<'a> Iterator for Values<'a> {
    type Item = Cow<'a, str>;

    #[inline]
    fn next(&mut self) -> Option<Cow<'a, str>> {
        let rest = self.rest?;
        if rest.as_bytes().first() == Some(&b'"')
            && let Some(end) = self.end_of_quoted(rest)
        {
            let value = &rest[1..end];
            self.rest = rest.get(end + 2..);
            return Some(if value.contains('"') {
                Cow::Owned(value.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(value)
            });
        }
        let end = memchr::memchr(self.separator, rest.as_bytes());
        self.rest = end.map(|end| &rest[end + 1..]);
        Some(Cow::Borrowed(&rest[..end.unwrap_or(rest.len())]))
    }
}

impl Values<'_> {
    /// Where the quotation mark is that ends the value: one before a separator, or the end, that is not doubled.
    fn end_of_quoted(&self, text: &str) -> Option<usize> {
        let mut at = 1;
        loop {
            at += memchr::memchr(b'"', &text.as_bytes()[at..])?;
            at += match text.as_bytes().get(at + 1) {
                None => return Some(at),
                Some(&after) if after == self.separator => return Some(at),
                Some(b'"') => 2,
                Some(_) => 1,
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<Cow<'_, str>> {
        Values { rest: Some(line), separator: b';' }.collect()
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
