//! Tables of segments.

use std::collections::BTreeMap;

use audience_core::MediaTime;
use serde::Deserialize;

use super::Place;

/// A row: seconds, as manifests have them.
#[derive(Debug, Deserialize)]
struct Row {
    start_s: f64,
    duration_s: f64,
}

#[derive(Debug, Deserialize)]
struct CsvRow {
    path: Box<str>,
    #[serde(flatten)]
    row: Row,
}

/// JSON: `{"segments": {"/film/1.m4s": {"start_s": 0, "duration_s": 2}, …}, "content_duration_s": 40}`.
#[derive(Debug, Deserialize)]
struct Json {
    segments: BTreeMap<Box<str>, Row>,
    content_duration_s: Option<f64>,
}

/// The segments of a table in JSON, or in CSV with the columns `path,start_s,duration_s`.
pub(super) fn read(text: &str) -> Result<Vec<(Box<str>, Place)>, String> {
    let (rows, content) = if text.trim_start().starts_with('{') {
        let Json { segments, content_duration_s } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let content = content_duration_s.map(|seconds| millis(seconds, "content_duration_s")).transpose()?;
        (segments.into_iter().collect::<Vec<_>>(), content)
    } else {
        let rows = csv::Reader::from_reader(text.as_bytes()).into_deserialize::<CsvRow>();
        let rows: Result<Vec<_>, _> = rows.map(|row| row.map(|row| (row.path, row.row))).collect();
        (rows.map_err(|error| error.to_string())?, None)
    };
    let place = |(path, row): (Box<str>, Row)| {
        let of = |error: String| format!("{error} of {path}");
        let start = millis(row.start_s, "start_s").map_err(of)?;
        let length = millis(row.duration_s, "duration_s").map_err(of)?;
        Ok((path, Place { start, length, content }))
    };
    rows.into_iter().map(place).collect()
}

/// Seconds as a time in content.
pub(super) fn millis(seconds: f64, name: &str) -> Result<MediaTime, String> {
    const YEAR: f64 = 366.0 * 86_400.0;
    if (0.0..=YEAR).contains(&seconds) {
        Ok(MediaTime::from_millis((seconds * 1000.0).round() as u64))
    } else {
        Err(format!("{name} is {seconds}, which is not a time in content"))
    }
}
