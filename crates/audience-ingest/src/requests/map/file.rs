//! Maps as files.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::{RequestMap, Syntax};
use crate::error::Error;
use crate::requests::found;
use crate::requests::part::{Column, Encoding, Moment, Part};
use crate::requests::time::{TimeFormat, Unit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    syntax: Syntax,
    delimiter: Option<char>,
    columns: Option<Vec<String>>,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    unencoded: Vec<String>,
    time: When,
    duration: Option<Duration>,
    first_byte: Option<FirstByte>,
    aborted: Option<Aborted>,
    fields: BTreeMap<FieldPart, Names>,
    #[serde(default)]
    cmcd_keys: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct When {
    field: Option<String>,
    format: Option<TimeFormat>,
    date: Option<String>,
    time_of_day: Option<String>,
    is: Moment,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duration {
    field: Names,
    unit: Unit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstByte {
    field: String,
    unit: Unit,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Aborted {
    field: String,
    when: Vec<String>,
}

/// One name, or several.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected the name of a field, or a list of names")]
enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::One(name) => std::slice::from_ref(name).iter(),
            Self::Several(names) => names.iter(),
        }
        .map(String::as_str)
    }
}

#[derive(Clone, Copy, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
enum FieldPart {
    Request,
    Method,
    Host,
    Path,
    Query,
    Url,
    Status,
    Bytes,
    Id,
    ClientIp,
    UserAgent,
    Country,
    Cache,
    Cmcd,
    CmcdFound,
    Headers,
    ContentType,
    Body,
}

impl FieldPart {
    const fn part(self) -> Part {
        match self {
            Self::Request => Part::RequestLine,
            Self::Method => Part::Method,
            Self::Host => Part::Host,
            Self::Path => Part::Path,
            Self::Query => Part::Query,
            Self::Url => Part::Url,
            Self::Status => Part::Status,
            Self::Bytes => Part::Bytes,
            Self::Id => Part::Id,
            Self::ClientIp => Part::ClientIp,
            Self::UserAgent => Part::UserAgent,
            Self::Country => Part::Country,
            Self::Cache => Part::Cache,
            Self::Cmcd => Part::Cmcd,
            Self::CmcdFound => Part::CmcdFound,
            Self::Headers => Part::Headers,
            Self::ContentType => Part::ContentType,
            Self::Body => Part::Body,
        }
    }
}

impl RequestMap {
    /// Reads a map from the text of a TOML file; `path` is for what is said of errors.
    ///
    /// # Errors
    ///
    /// [`Error::RequestMap`] says what is wrong with which key.
    pub fn from_toml(text: &str, path: &Path) -> Result<Self, Error> {
        let wrong = |reason: String| Error::RequestMap { path: path.to_owned(), reason };
        let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
        file.map().map_err(wrong)
    }
}

impl File {
    fn map(self) -> Result<RequestMap, String> {
        let mut map = RequestMap::new(self.syntax, self.time.is);
        if let Some(delimiter) = self.delimiter {
            if self.syntax != Syntax::Delimited {
                return Err("delimiter is of no use unless syntax is \"delimited\"".to_owned());
            }
            let ascii = u8::try_from(delimiter).ok().filter(|byte| byte.is_ascii() && !b"\"\r\n".contains(byte));
            map.delimiter = ascii.ok_or_else(|| format!("delimiter is {delimiter:?}, which separates nothing"))?;
        }
        let parts = self.parts()?;
        for &(ref name, part) in &parts {
            let encoding = if self.unencoded.contains(name) { Encoding::None } else { self.encoding };
            if !map.fields.add(name, Column { part, encoding }) {
                return Err(format!("the field {name:?} is named twice"));
            }
        }
        let used = |name: &String| parts.iter().any(|(used, _)| used == name);
        if let Some(name) = self.unencoded.iter().find(|name| !used(name)) {
            return Err(format!("unencoded names {name:?}, which is used nowhere"));
        }
        if let Some(columns) = &self.columns {
            if self.syntax != Syntax::Delimited {
                return Err("columns is of no use unless syntax is \"delimited\"".to_owned());
            }
            if let Some((name, _)) = parts.iter().find(|(name, _)| !columns.contains(name)) {
                return Err(format!("columns does not have {name:?}"));
            }
            map.columns = Some(map.columns(columns.iter().map(String::as_str)));
        }
        map.aborted = self.aborted.into_iter().flat_map(|aborted| aborted.when).map(Cow::Owned).collect();
        Ok(map)
    }

    /// The names of all fields, and what they say.
    fn parts(&self) -> Result<Vec<(String, Part)>, String> {
        let mut parts = Vec::new();
        let When { field, format, date, time_of_day, .. } = &self.time;
        match (field, format, date, time_of_day) {
            (Some(field), Some(format), None, None) => parts.push((field.clone(), Part::Time(*format))),
            (None, None, Some(date), Some(time)) => {
                parts.extend([(date.clone(), Part::Date), (time.clone(), Part::TimeOfDay)]);
            }
            _ => return Err("time has either field and format, or date and time_of_day".to_owned()),
        }
        if let Some(duration) = &self.duration {
            parts.extend(duration.field.iter().map(|name| (name.to_owned(), Part::Duration(duration.unit))));
        }
        if let Some(FirstByte { field, unit }) = &self.first_byte {
            // It may be one of those whose sum is the duration.
            match parts.iter_mut().find(|(name, part)| name == field && *part == Part::Duration(*unit)) {
                Some((_, part)) => *part = Part::DurationToFirstByte(*unit),
                None => parts.push((field.clone(), Part::FirstByte(*unit))),
            }
        }
        if let Some(aborted) = &self.aborted {
            parts.push((aborted.field.clone(), Part::Aborted));
        }
        let has = |part| self.fields.contains_key(&part);
        if ![FieldPart::Path, FieldPart::Url, FieldPart::Request].into_iter().any(has) {
            return Err("fields has none of path, url and request".to_owned());
        }
        for (part, names) in &self.fields {
            parts.extend(names.iter().map(|name| (name.to_owned(), part.part())));
        }
        for (key, name) in &self.cmcd_keys {
            let known = found::KEYS.iter().find(|known| *known == key);
            let known = known.ok_or_else(|| format!("cmcd_keys has {key:?}, which is no key of CMCD"))?;
            parts.push((name.clone(), Part::CmcdKey(known)));
        }
        Ok(parts)
    }
}
