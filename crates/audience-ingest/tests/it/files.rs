//! Files, folders, patterns and compression.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use audience_ingest::{Error, Input, Options, load};

use crate::{facts, folder, load_path, sample};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn found(path: &Path) -> Vec<PathBuf> {
    Input::find(path).unwrap().iter().map(|input| input.path().to_owned()).collect()
}

#[test]
fn compression_is_recognised_by_content_and_not_by_name() {
    let plain = sample();
    let expected = facts(&crate::read(&plain));
    assert_eq!(expected.len(), 7);
    let parts = plain.split_at(plain.len() / 2);
    let two_members = [gzip(parts.0.as_bytes()), gzip(parts.1.as_bytes())].concat();
    let two_frames = [zstd(parts.0.as_bytes()), zstd(parts.1.as_bytes())].concat();
    for bytes in [gzip(plain.as_bytes()), zstd(plain.as_bytes()), two_members, two_frames] {
        let folder = folder("input.txt", &bytes);
        let sessions = load_path(&folder.path().join("input.txt"), &Options::default()).unwrap();
        assert_eq!(facts(&sessions), expected);
        assert_eq!(sessions.quality().bytes, bytes.len() as u64, "before decompression");
    }
}

#[test]
fn a_cut_off_file_is_an_error_that_names_it() {
    for bytes in [gzip(sample().as_bytes()), zstd(sample().as_bytes())] {
        let folder = folder("cut.ndjson", &bytes[..bytes.len() / 2]);
        let error = load_path(&folder.path().join("cut.ndjson"), &Options::default()).unwrap_err();
        assert!(matches!(&error, Error::Io { path, .. } if path.ends_with("cut.ndjson")), "{error}");
    }
}

#[test]
fn a_folder_is_searched_for_telemetry_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    };
    for name in
        ["b.ndjson", "a.jsonl.gz", "deep/er/c.CMCD", "d.log.zst", "notes.txt", "e.gz", ".hidden.ndjson", ".git/f.log"]
    {
        put(name);
    }
    let names: Vec<String> = found(folder.path())
        .iter()
        .map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string())
        .collect();
    assert_eq!(names, ["a.jsonl.gz", "b.ndjson", "d.log.zst", "deep/er/c.CMCD"]);
    assert_eq!(found(&folder.path().join("*.ndjson")).len(), 1, "patterns match what they say");
    assert_eq!(found(&folder.path().join("**/*.CMCD")).len(), 1);
    assert_eq!(found(&folder.path().join("notes.txt")).len(), 1, "a file named outright is read whatever its name");
}

#[cfg(unix)]
#[test]
fn links_that_lead_in_circles_are_not_followed() {
    let folder = folder("a.ndjson", "");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("round")).unwrap();
    assert_eq!(found(folder.path()).len(), 1);
}

#[test]
fn what_is_not_there_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let error = |name: &str| {
        let text = Input::find(&folder.path().join(name)).unwrap_err().to_string();
        text.replace(&folder.path().display().to_string(), "DIR")
    };
    insta::assert_snapshot!(error("none.ndjson"), @"read DIR/none.ndjson: there is no such file, folder or match");
    insta::assert_snapshot!(error("*.ndjson"), @"read DIR/*.ndjson: there is no such file, folder or match");
    insta::assert_snapshot!(error(""), @"read DIR/: no file in this folder ends in one of .ndjson .jsonl .cmcd .log (also with .gz or .zst) .parquet");
    let pattern = Input::find(Path::new("[.ndjson")).unwrap_err().to_string();
    insta::assert_snapshot!(pattern, @"read [.ndjson: Pattern syntax error near position 0: invalid range pattern");
}

#[test]
fn one_session_may_be_spread_over_files() {
    let folder = tempfile::tempdir().unwrap();
    let text = sample();
    let lines: Vec<&str> = text.lines().collect();
    for (number, part) in lines.chunks(37).enumerate() {
        fs::write(folder.path().join(format!("{number:02}.ndjson")), part.join("\n")).unwrap();
    }
    let sessions = load_path(folder.path(), &Options::default()).unwrap();
    assert_eq!(facts(&sessions), facts(&crate::read(&text)));
    assert_eq!(sessions.quality().files, 8);
}

#[test]
fn the_same_file_twice_adds_nothing_but_duplicates() {
    let folder = folder("input.ndjson", sample());
    let inputs = [0, 1].map(|_| Input::File(folder.path().join("input.ndjson")));
    let sessions = load(inputs.to_vec(), &Options::default()).unwrap();
    let rows = facts(&sessions);
    assert_eq!(rows.iter().map(|facts| facts.tidied.duplicates).sum::<u64>(), 280);
    let once = facts(&crate::read(sample()));
    let watched = |rows: &[audience_core::SessionFacts]| rows.iter().map(|facts| facts.watched).collect::<Vec<_>>();
    assert_eq!(watched(&rows), watched(&once));
}

#[test]
fn progress_is_told() {
    let folder = folder("input.ndjson", sample());
    let options = Options::default();
    load_path(&folder.path().join("input.ndjson"), &options).unwrap();
    assert_eq!(options.progress.bytes.load(std::sync::atomic::Ordering::Relaxed), sample().len() as u64);
    assert_eq!(options.progress.events.load(std::sync::atomic::Ordering::Relaxed), 280);
}

#[test]
fn an_empty_file_has_no_sessions() {
    for content in ["", "\n", "\u{feff}"] {
        let sessions = crate::read(content);
        assert_eq!((sessions.to_vec().unwrap().len(), sessions.horizon(), sessions.quality().rejected()), (0, None, 0));
    }
}
