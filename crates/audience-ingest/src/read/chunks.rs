//! Cutting a stream into chunks of whole lines.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::Input;
use crate::error::Error;
use crate::format::Format;
use crate::options::Progress;
use crate::{CHUNK, MAX_LINE};

/// Some whole lines of a file.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) format: Format,
    pub(crate) bytes: Buffer,
    /// The bytes are the start of one line that is longer than any line may be.
    pub(crate) too_long: bool,
}

/// Reads one file, chunk by chunk.
pub(crate) struct LineReader {
    input: Input,
    stream: Box<dyn Read + Send>,
    format: Option<Format>,
    /// The start of a line whose end is not read yet.
    carry: Vec<u8>,
    /// In a line that is too long.
    skipping: bool,
    ended: bool,
    /// Nothing was handed out yet.
    at_start: bool,
}

impl std::fmt::Debug for LineReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LineReader").field("input", &self.input).finish_non_exhaustive()
    }
}

impl LineReader {
    /// Opens the file and finds out how it is compressed.
    pub(super) fn open(input: Input, format: Option<Format>, progress: &Arc<Progress>) -> Result<Self, Error> {
        let io = |source| Error::Io { path: input.path().to_owned(), source };
        let stream = Counted { stream: input.open().map_err(io)?, progress: progress.clone() };
        let stream = decompress(stream, input.path())?;
        Ok(Self { input, stream, format, carry: Vec::new(), skipping: false, ended: false, at_start: true })
    }

    /// The next chunk, in the memory of `buffer`; `None` at the end.
    pub(super) fn next_lines(&mut self, mut buffer: Buffer) -> Result<Option<Lines>, Error> {
        loop {
            buffer.start_with(&self.carry);
            self.carry.clear();
            self.fill(&mut buffer)?;
            if !self.skipping {
                break;
            }
            // Passes over the rest of a line that is too long.
            match memchr::memchr(b'\n', buffer.bytes()) {
                Some(end) => {
                    self.skipping = false;
                    self.carry.extend_from_slice(&buffer.bytes()[end + 1..]);
                }
                None if self.ended => return Ok(None),
                None => {}
            }
        }
        if buffer.bytes().is_empty() {
            return Ok(None);
        }
        while !self.ended {
            if let Some(end) = memchr::memrchr(b'\n', buffer.bytes()) {
                self.carry.extend_from_slice(&buffer.bytes()[end + 1..]);
                buffer.truncate(end + 1);
                break;
            }
            if buffer.bytes().len() > MAX_LINE {
                self.skipping = true;
                buffer.truncate(MAX_LINE / 16);
                return self.chunk(buffer, true).map(Some);
            }
            buffer.grow();
            self.fill(&mut buffer)?;
        }
        self.chunk(buffer, false).map(Some)
    }

    fn fill(&mut self, buffer: &mut Buffer) -> Result<(), Error> {
        let filled = buffer.fill(&mut self.stream);
        self.ended |= !filled.map_err(|source| Error::Io { path: self.input.path().to_owned(), source })?;
        Ok(())
    }

    fn chunk(&mut self, mut bytes: Buffer, too_long: bool) -> Result<Lines, Error> {
        // A byte order mark says nothing that is not known.
        if std::mem::take(&mut self.at_start) && bytes.bytes().starts_with(b"\xef\xbb\xbf") {
            bytes.skip(3);
        }
        let format = match self.format {
            Some(format) => format,
            None => Format::detect(bytes.bytes(), self.input.path())?,
        };
        self.format = Some(format);
        Ok(Lines { format, bytes, too_long })
    }
}

/// Memory for a chunk, cleared once and used again and again.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    memory: Vec<u8>,
    start: usize,
    end: usize,
}

impl Buffer {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.end]
    }

    fn start_with(&mut self, bytes: &[u8]) {
        self.memory.resize(CHUNK.max(bytes.len()), 0);
        self.memory[..bytes.len()].copy_from_slice(bytes);
        (self.start, self.end) = (0, bytes.len());
    }

    fn grow(&mut self) {
        self.memory.resize(self.memory.len() * 2, 0);
    }

    /// Reads until it is full; whether the stream may have more.
    fn fill(&mut self, stream: &mut dyn Read) -> io::Result<bool> {
        while self.end < self.memory.len() {
            match stream.read(&mut self.memory[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }

    fn truncate(&mut self, length: usize) {
        self.end = self.end.min(self.start + length);
    }

    fn skip(&mut self, length: usize) {
        self.start = self.end.min(self.start + length);
    }
}

/// Counts the bytes that pass.
struct Counted<R> {
    stream: R,
    progress: Arc<Progress>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.stream.read(into)?;
        self.progress.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

/// Decompresses what the first bytes show to be compressed.
fn decompress(
    mut stream: Counted<Box<dyn Read + Send>>,
    path: &std::path::Path,
) -> Result<Box<dyn Read + Send>, Error> {
    let mut magic = Vec::with_capacity(4);
    (&mut stream).take(4).read_to_end(&mut magic).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    let gzip = magic.starts_with(&[0x1f, 0x8b]);
    let zstd = magic.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
    let whole = io::Cursor::new(magic).chain(stream);
    if gzip {
        #[cfg(feature = "gzip")]
        return Ok(Box::new(flate2::bufread::MultiGzDecoder::new(io::BufReader::with_capacity(1 << 16, whole))));
        #[cfg(not(feature = "gzip"))]
        return Err(Error::Compression { path: path.to_owned(), compression: "gzip" });
    }
    if zstd {
        #[cfg(feature = "zstd")]
        return match zstd::Decoder::with_buffer(io::BufReader::with_capacity(1 << 16, whole)) {
            Ok(mut decoder) => {
                // 128 MiB: what zstd itself decompresses without being asked to.
                decoder.window_log_max(27).map_err(|source| Error::Io { path: path.to_owned(), source })?;
                Ok(Box::new(decoder))
            }
            Err(source) => Err(Error::Io { path: path.to_owned(), source }),
        };
        #[cfg(not(feature = "zstd"))]
        return Err(Error::Compression { path: path.to_owned(), compression: "zstd" });
    }
    Ok(Box::new(whole))
}
