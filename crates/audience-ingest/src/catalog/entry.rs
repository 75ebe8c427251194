//! One title of a catalogue.

use std::collections::BTreeMap;

use audience_core::MediaTime;
use serde_json::Value;

use super::Row;

/// One title of a [`Catalog`](super::Catalog).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CatalogEntry {
    /// Its name.
    pub title: Option<String>,
    /// How long it is.
    pub duration: Option<MediaTime>,
    /// Whether it is a live stream.
    pub live: bool,
    /// Its chapters, in order of where they begin. Whether they fit the title is for those who use them to say.
    pub chapters: Vec<Chapter>,
    /// Whatever else is said of it, by name.
    pub extra: BTreeMap<String, String>,
}

/// A part of a title, up to where the next one begins unless it says where it ends.
#[derive(Clone, Debug, Eq, PartialEq, serde::Serialize)]
pub struct Chapter {
    /// Where it begins.
    #[serde(rename = "start_ms")]
    pub start: MediaTime,
    /// Where it ends, where that is not where the next one begins.
    #[serde(rename = "end_ms", skip_serializing_if = "Option::is_none")]
    pub end: Option<MediaTime>,
    /// Its name.
    pub title: String,
}

impl CatalogEntry {
    /// The duration, unless it is a live stream: those have none.
    pub fn known_duration(&self) -> Option<MediaTime> {
        self.duration.filter(|_| !self.live)
    }
}

/// Takes what is known and keeps the rest. The error says which field has which value.
pub(super) fn read(mut row: Row) -> Result<(Box<str>, CatalogEntry), String> {
    let id = row.remove("content_id").and_then(text).filter(|id| !id.is_empty()).ok_or("content_id is missing")?;
    let mut entry = CatalogEntry {
        title: row.remove("title").and_then(text).filter(|title| !title.is_empty()),
        duration: row.remove("duration_ms").map_or(Ok(None), |value| millis("duration_ms", &value))?,
        live: row.remove("live").map_or(Ok(false), |value| truth("live", &value))?,
        chapters: row.remove("chapters").map_or(Ok(Vec::new()), chapters)?,
        extra: BTreeMap::new(),
    };
    entry.extra = row.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect();
    Ok((id.into(), entry))
}

/// A value as people would write it; what is nested stays JSON.
fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn millis(field: &str, value: &Value) -> Result<Option<MediaTime>, String> {
    let number = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        other => other.as_f64(),
    };
    match number {
        Some(millis) if (0.0..9e15).contains(&millis) => Ok(Some(MediaTime::from_millis(millis.round() as u64))),
        _ => Err(format!("{field} is {value}, which is not a number of milliseconds")),
    }
}

fn truth(field: &str, value: &Value) -> Result<bool, String> {
    let word = match value {
        Value::Null => return Ok(false),
        Value::String(text) => text.trim().to_ascii_lowercase(),
        other => other.to_string(),
    };
    match word.as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
        _ => Err(format!("{field} is {value}, which is neither true nor false")),
    }
}

fn chapters(value: Value) -> Result<Vec<Chapter>, String> {
    let mut chapters = match value {
        Value::Null => Vec::new(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(at, chapter)| listed(at + 1, chapter)).collect::<Result<_, _>>()?
        }
        Value::String(text) => {
            let parts = text.split(';').filter(|part| !part.trim().is_empty());
            parts.map(written).collect::<Result<Vec<_>, _>>()?
        }
        other => return Err(format!("chapters is {other}, which is not a list of chapters")),
    };
    chapters.sort_by_key(|chapter| chapter.start);
    if let Some(pair) = chapters.windows(2).find(|pair| pair[0].start == pair[1].start) {
        let (start, first, second) = (pair[0].start.as_millis(), &pair[0].title, &pair[1].title);
        return Err(format!("chapters: {first:?} and {second:?} both begin at {start} ms"));
    }
    Ok(chapters)
}

/// `{"start_ms": 90000, "title": "Act 1"}`, perhaps with `"end_ms": 150000`
fn listed(number: usize, chapter: &Value) -> Result<Chapter, String> {
    let field = format!("chapters: start_ms of chapter {number}");
    let start = chapter.get("start_ms").ok_or_else(|| format!("{field} is missing"))?;
    let start = millis(&field, start)?.ok_or_else(|| format!("{field} is missing"))?;
    let end = format!("chapters: end_ms of chapter {number}");
    let end = chapter.get("end_ms").map_or(Ok(None), |value| millis(&end, value))?;
    match chapter.get("title") {
        Some(Value::String(title)) => Ok(Chapter { start, end, title: title.clone() }),
        None | Some(Value::Null) => Ok(Chapter { start, end, title: String::new() }),
        Some(other) => Err(format!("chapters: title of chapter {number} is {other}, which is not text")),
    }
}

/// `90000=Act 1`
fn written(part: &str) -> Result<Chapter, String> {
    let (start, title) = part.split_once('=').unwrap_or((part, ""));
    let wrong = || format!("chapters has {:?}, which is not `milliseconds=title`", part.trim());
    let start = start.trim().parse::<u64>().map_err(|_| wrong())?;
    Ok(Chapter { start: MediaTime::from_millis(start), end: None, title: title.trim().to_owned() })
}
