//! Tables are what was written, and what other engines write.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod events;
mod foreign;
mod sessions;

use std::path::PathBuf;

use tempfile::TempDir;

/// A file in a folder of its own.
fn file() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.parquet");
    (folder, path)
}
