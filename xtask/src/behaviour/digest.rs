//! Digests of files and of tables, by which whole ones can be compared.

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use anyhow::Context;
use flate2::read::MultiGzDecoder;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// The SHA-256 of a file's content; of a file whose name ends in `.gz`, of what is compressed in it.
pub(super) fn of_file(path: &Path) -> anyhow::Result<String> {
    let unread = || format!("cannot read {}", path.display());
    let file = File::open(path).with_context(unread)?;
    let mut content: Box<dyn Read> = if path.extension().is_some_and(|ending| ending == "gz") {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match content.read(&mut buffer).with_context(unread)? {
            0 => return Ok(hex(hash)),
            length => hash.update(&buffer[..length]),
        }
    }
}

/// The SHA-256 of a table as text: a line per row, its cells joined by commas, without quotes, every line ended.
pub(super) fn of_rows<'r>(rows: impl IntoIterator<Item = &'r Vec<Value>>) -> String {
    let mut hash = Sha256::new();
    for row in rows {
        let cells: Vec<String> = row.iter().map(text).collect();
        hash.update(cells.join(",") + "\n");
    }
    hex(hash)
}

fn text(cell: &Value) -> String {
    cell.as_str().map_or_else(|| cell.to_string(), str::to_owned)
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn digests_are_those_of_the_text() {
        // `printf 'a,1\nb,2\n' | sha256sum`
        let expected = "e5fd38088cdea99f970183c3cfb6b06c5c20b22b52eac097729a490f5b7b5e04";
        let rows = [vec![json!("a"), json!(1)], vec![json!("b"), json!(2)]];
        assert_eq!(of_rows(&rows), expected);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("table.csv");
        std::fs::write(&file, "a,1\nb,2\n").unwrap();
        assert_eq!(of_file(&file).unwrap(), expected);
    }
}
