//! Writing events, in the format that the name of the file asks for.

use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use audience_core::Envelope;
use audience_lake::EventsWriter;
use flate2::write::GzEncoder;

use crate::error::Error;
use crate::output::Unfinished;

/// How many bytes of lines are gathered before they are written.
const BLOCK: usize = 1 << 16;

/// How events are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    Ndjson(Compression),
    Parquet,
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
            Some("parquet") => return Ok(Self::Parquet),
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
pub(crate) struct Writer {
    path: Option<PathBuf>,
    unfinished: Option<Unfinished>,
    sink: Sink,
}

enum Sink {
    Lines { block: Vec<u8>, out: Encoder },
    Table(EventsWriter<Out>),
}

type Out = BufWriter<Box<dyn Write + Send>>;

enum Encoder {
    None(Out),
    Gzip(GzEncoder<Out>),
    Zstd(zstd::Encoder<'static, Out>),
}

impl Writer {
    /// Begins to write; without a path, to standard output.
    pub(crate) fn create(path: Option<&Path>) -> Result<Self, Error> {
        let format = Format::of(path)?;
        let failed = |source| failed(path, source);
        let (unfinished, out): (_, Box<dyn Write + Send>) = match path {
            None => (None, Box::new(io::stdout())),
            Some(path) => {
                let (unfinished, file) = Unfinished::create(path).map_err(failed)?;
                (Some(unfinished), Box::new(file))
            }
        };
        let out = BufWriter::with_capacity(BLOCK, out);
        let sink = match format {
            Format::Parquet => Sink::Table(EventsWriter::new(out).map_err(|source| table_failed(path, source))?),
            Format::Ndjson(compression) => Sink::Lines {
                block: Vec::with_capacity(BLOCK + 4096),
                out: match compression {
                    Compression::None => Encoder::None(out),
                    Compression::Gzip => Encoder::Gzip(GzEncoder::new(out, flate2::Compression::default())),
                    Compression::Zstd => {
                        Encoder::Zstd(zstd::Encoder::new(out, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(failed)?)
                    }
                },
            },
        };
        Ok(Self { path: path.map(Path::to_owned), unfinished, sink })
    }

    pub(crate) fn write(&mut self, event: &Envelope) -> Result<(), Error> {
        match &mut self.sink {
            Sink::Table(table) => table.write(event).map_err(|source| table_failed(self.path.as_deref(), source)),
            Sink::Lines { block, out } => {
                event.write_line(block);
                if block.len() < BLOCK {
                    return Ok(());
                }
                let written = out.write_all(block);
                block.clear();
                written.map_err(|source| failed(self.path.as_deref(), source))
            }
        }
    }

    pub(crate) fn finish(self) -> Result<(), Error> {
        let path = self.path.as_deref();
        let written = match self.sink {
            Sink::Table(table) => table.finish().map_err(|source| table_failed(path, source))?.flush(),
            Sink::Lines { block, mut out } => out.write_all(&block).and_then(|()| out.finish()),
        };
        written.map_err(|source| failed(path, source))?;
        if let Some(unfinished) = self.unfinished {
            unfinished.finish();
        }
        Ok(())
    }
}

fn failed(path: Option<&Path>, source: io::Error) -> Error {
    match path {
        Some(path) => Error::Write { path: path.to_owned(), source },
        None => Error::Stdout(source),
    }
}

fn table_failed(path: Option<&Path>, source: audience_lake::Error) -> Error {
    Error::Table { path: path.unwrap_or(Path::new("-")).to_owned(), source }
}

impl Encoder {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::None(out) => out.write_all(bytes),
            Self::Gzip(encoder) => encoder.write_all(bytes),
            Self::Zstd(encoder) => encoder.write_all(bytes),
        }
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::None(out) => Ok(out),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }?
        .flush()
    }
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
        assert_eq!(of("a.Parquet"), Some(Format::Parquet));
        for unknown in ["a.csv", "a.parquet.gz"] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }
}
