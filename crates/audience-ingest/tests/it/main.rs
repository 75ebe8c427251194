//! Reading telemetry, through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod catalog;
mod cmcd;
mod faults;
mod files;
mod formats;
mod logs;
mod maps;
mod ndjson;
mod presets;
mod privacy;
mod requests;
#[cfg(feature = "manifests")]
mod segments;
mod sessions;
#[cfg(feature = "parquet")]
mod tables;

use std::path::Path;

use audience_core::{Event, Rules, Session, SessionFacts};
use audience_ingest::{Error, Format, Input, Options, Quality, Sessions, load};
use tempfile::TempDir;

/// A folder with one file of this name and content.
fn folder(name: &str, content: impl AsRef<[u8]>) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), content).unwrap();
    folder
}

fn load_path(path: &Path, options: &Options) -> Result<Sessions, Error> {
    load(Input::find(path)?, options)
}

/// What is read from a file with this content.
fn read(content: impl AsRef<[u8]>) -> Sessions {
    let folder = folder("input.ndjson", content);
    load_path(&folder.path().join("input.ndjson"), &Options::default()).unwrap()
}

fn quality(content: impl AsRef<[u8]>) -> Quality {
    read(content).quality().clone()
}

/// The events of the only session in a file with this content.
fn events(content: impl AsRef<[u8]>) -> Vec<Event> {
    let mut sessions = read(content).to_vec().unwrap();
    assert_eq!(sessions.len(), 1);
    sessions.pop().unwrap().events().to_vec()
}

fn facts(sessions: &Sessions) -> Vec<SessionFacts> {
    sessions.to_vec().unwrap().iter().map(|session: &Session| session.facts(&Rules::default(), None)).collect()
}

/// Why the only line of a file with this content was rejected, as people read it, without the file's name.
fn rejection(line: &str) -> String {
    let folder = folder("input.ndjson", line);
    let mut options = Options::default();
    options.format = Some(Format::Ndjson);
    let quality = load_path(&folder.path().join("input.ndjson"), &options).unwrap().quality().clone();
    assert_eq!((quality.rejected(), quality.events), (1, 0), "{line}");
    let text = quality.examples[0].to_string();
    text.split_once(".ndjson:").unwrap().1.to_owned()
}

/// Canonical lines of a few sessions, interleaved.
fn sample() -> String {
    let mut lines = Vec::new();
    for step in 0..40_u64 {
        for viewer in 0..7_u64 {
            let (ts, position) = (1_767_225_600_000 + step * 1000 + viewer * 37, step.saturating_sub(1) * 1000);
            let kind = match step {
                0 => r#""load","duration_ms":60000,"device":"tv""#.to_owned(),
                1 => r#""play""#.to_owned(),
                20 if viewer % 2 == 0 => format!(r#""seek","from_ms":{position}"#),
                39 => r#""end","reason":"abandon""#.to_owned(),
                _ => r#""heartbeat""#.to_owned(),
            };
            let position = if step >= 20 && viewer % 2 == 0 { position + 5000 } else { position };
            lines.push(format!(
                r#"{{"session_id":"s{viewer}","viewer_id":"v{}","content_id":"c{}","ts":{ts},"seq":{step},"position_ms":{position},"type":{kind}}}"#,
                viewer / 2,
                viewer % 3
            ));
        }
    }
    lines.join("\n") + "\n"
}
