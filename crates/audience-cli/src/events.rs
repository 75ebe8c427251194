//! Writing events, in the format that the name of the file asks for.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use audience_core::Envelope;
use flate2::write::GzEncoder;

use crate::error::Error;

/// How many bytes of lines are gathered before they are written.
const BLOCK: usize = 1 << 16;

/// How events are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Ndjson(Compression),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Format {
    /// What the name of a file asks for; standard output, and a name without an ending, get plain lines.
    pub(crate) fn of(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Ok(Self::Ndjson(Compression::None)) };
        let ending = |path: &Path| path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        let (compression, rest) = match ending(path).as_deref() {
            Some("gz") => (Compression::Gzip, path.with_extension("")),
            Some("zst") => (Compression::Zstd, path.with_extension("")),
            _ => (Compression::None, path.to_owned()),
        };
        match ending(&rest).as_deref() {
            None | Some("ndjson" | "jsonl" | "json") => Ok(Self::Ndjson(compression)),
            Some(_) => Err(Error::UnknownFormat { path: path.to_owned() }),
        }
    }
}

/// Writes events to a file or to standard output.
pub(crate) fn write(events: impl Iterator<Item = Envelope>, format: Format, path: Option<&Path>) -> Result<(), Error> {
    let failed = |source| match path {
        Some(path) => Error::Write { path: path.to_owned(), source },
        None => Error::Stdout(source),
    };
    let Format::Ndjson(compression) = format;
    match path {
        None => compress(events, compression, io::stdout().lock()),
        Some(path) => File::create(path).and_then(|file| compress(events, compression, BufWriter::new(file))),
    }
    .map_err(failed)
}

fn compress(events: impl Iterator<Item = Envelope>, compression: Compression, mut out: impl Write) -> io::Result<()> {
    match compression {
        Compression::None => lines(events, &mut out)?,
        Compression::Gzip => {
            let mut encoder = GzEncoder::new(&mut out, flate2::Compression::default());
            lines(events, &mut encoder)?;
            encoder.finish()?;
        }
        Compression::Zstd => {
            let mut encoder = zstd::Encoder::new(&mut out, zstd::DEFAULT_COMPRESSION_LEVEL)?;
            lines(events, &mut encoder)?;
            encoder.finish()?;
        }
    }
    out.flush()
}

fn lines(events: impl Iterator<Item = Envelope>, out: &mut impl Write) -> io::Result<()> {
    let mut block = Vec::with_capacity(BLOCK + 4096);
    for event in events {
        event.write_line(&mut block);
        if block.len() >= BLOCK {
            out.write_all(&block)?;
            block.clear();
        }
    }
    out.write_all(&block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ask_for_formats() {
        let of = |name: &str| Format::of(Some(Path::new(name))).ok();
        assert_eq!(of("a.ndjson"), Some(Format::Ndjson(Compression::None)));
        assert_eq!(of("a.b/c.jsonl.GZ"), Some(Format::Ndjson(Compression::Gzip)));
        assert_eq!(of("a.json.zst"), Some(Format::Ndjson(Compression::Zstd)));
        assert_eq!(of("/dev/null"), Some(Format::Ndjson(Compression::None)));
        assert_eq!(of("a.zst"), Some(Format::Ndjson(Compression::Zstd)));
        for unknown in ["a.csv", "a.parquet", "a.parquet.gz"] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }
}
