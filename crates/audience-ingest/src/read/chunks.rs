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
    pub(crate) layout: Layout,
    pub(crate) bytes: Buffer,
    /// How many bytes of the file, after decompression, come before these.
    pub(crate) offset: u64,
    /// The line before these that says what stands in them: see [`Layout`].
    pub(crate) header: Option<Arc<str>>,
    /// The bytes are the start of one line that is longer than any line may be.
    pub(crate) too_long: bool,
}

/// How a format makes lines.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Layout {
    /// Each line says all itself.
    Lines,
    /// The first line names the columns of all others.
    Table,
    /// As [`Table`](Self::Table), and what is quoted may go on in the next line.
    QuotedTable,
    /// Lines that begin with this name the columns of those that follow.
    Directives(&'static str),
}

impl Layout {
    /// Where the last whole line of `bytes` ends, which begin with a line.
    fn end_of_lines(self, bytes: &[u8]) -> Option<usize> {
        if self != Self::QuotedTable {
            return memchr::memrchr(b'\n', bytes);
        }
        let (mut quoted, mut end) = (false, None);
        for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
            match bytes[at] {
                b'"' => quoted = !quoted,
                _ if !quoted => end = Some(at),
                _ => {}
            }
        }
        end
    }

    /// The line in `bytes`, which begin with a line, that says what stands in the lines after them, if there is one.
    fn header(self, bytes: &[u8], at_start: bool) -> Option<Arc<str>> {
        let line = match self {
            Self::Table if at_start => bytes.split(|byte| *byte == b'\n').next(),
            Self::QuotedTable if at_start => {
                let mut quoted = false;
                bytes
                    .split(|byte| {
                        quoted ^= *byte == b'"';
                        !quoted && *byte == b'\n'
                    })
                    .next()
            }
            Self::Directives(start) => memchr::memmem::rfind_iter(bytes, start.as_bytes())
                .find(|at| *at == 0 || bytes[at - 1] == b'\n')
                .and_then(|at| bytes[at..].split(|byte| *byte == b'\n').next()),
            Self::Lines | Self::Table | Self::QuotedTable => None,
        };
        line.map(|line| String::from_utf8_lossy(line).trim_ascii_end().into())
    }
}

/// Reads one file, chunk by chunk.
pub(crate) struct LineReader {
    input: Input,
    stream: Box<dyn Read + Send>,
    format: Option<Format>,
    layout: Layout,
    offset: u64,
    header: Option<Arc<str>>,
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
        Ok(Self {
            input,
            stream,
            format,
            layout: Layout::Lines,
            offset: 0,
            header: None,
            carry: Vec::new(),
            skipping: false,
            ended: false,
            at_start: true,
        })
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
                    self.offset += end as u64 + 1;
                    self.carry.extend_from_slice(&buffer.bytes()[end + 1..]);
                }
                None if self.ended => return Ok(None),
                None => self.offset += buffer.bytes().len() as u64,
            }
        }
        // What a stream has for now may be no line yet.
        while !self.ended && !buffer.is_full() && memchr::memchr(b'\n', buffer.bytes()).is_none() {
            self.fill(&mut buffer)?;
        }
        if buffer.bytes().is_empty() {
            return Ok(None);
        }
        // A byte order mark says nothing that is not known.
        if self.at_start && buffer.bytes().starts_with(b"\xef\xbb\xbf") {
            buffer.skip(3);
            self.offset += 3;
        }
        let format = match self.format {
            Some(format) => format,
            None => Format::detect(buffer.bytes(), self.input.path())?,
        };
        self.format = Some(format);
        if self.at_start {
            self.layout = format.layout(buffer.bytes());
        }
        while !self.ended {
            if let Some(end) = self.layout.end_of_lines(buffer.bytes()) {
                self.carry.extend_from_slice(&buffer.bytes()[end + 1..]);
                buffer.truncate(end + 1);
                break;
            }
            if buffer.bytes().len() > MAX_LINE {
                self.skipping = true;
                let length = buffer.bytes().len();
                buffer.truncate(MAX_LINE / 16);
                self.offset += (length - buffer.bytes().len()) as u64;
                return Ok(Some(self.chunk(format, buffer, true)));
            }
            if buffer.is_full() {
                buffer.grow();
            }
            self.fill(&mut buffer)?;
        }
        Ok(Some(self.chunk(format, buffer, false)))
    }

    fn fill(&mut self, buffer: &mut Buffer) -> Result<(), Error> {
        let filled = buffer.fill(&mut self.stream);
        self.ended |= !filled.map_err(|source| Error::Io { path: self.input.path().to_owned(), source })?;
        Ok(())
    }

    fn chunk(&mut self, format: Format, bytes: Buffer, too_long: bool) -> Lines {
        let at_start = std::mem::take(&mut self.at_start);
        let (offset, header) = (self.offset, self.header.clone());
        self.offset += bytes.bytes().len() as u64;
        if !too_long && let Some(header) = self.layout.header(bytes.bytes(), at_start) {
            self.header = Some(header);
        }
        Lines { format, layout: self.layout, bytes, offset, header, too_long }
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

    fn is_full(&self) -> bool {
        self.end == self.memory.len()
    }

    /// Reads until it is full, or the stream has no more for now; whether it may have more.
    fn fill(&mut self, stream: &mut dyn Read) -> io::Result<bool> {
        while self.end < self.memory.len() {
            match stream.read(&mut self.memory[self.end..]) {
                Ok(0) => return Ok(false),
                Ok(read) => self.end += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
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
    let mut byte = [0];
    while magic.len() < 4 {
        match stream.read(&mut byte) {
            Ok(0) => break,
            Ok(_) => magic.push(byte[0]),
            Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
            Err(source) => return Err(Error::Io { path: path.to_owned(), source }),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_quoted_does_not_end_a_line() {
        let table = b"a,b\n1,\"x\ny\"\n2,\"z\n";
        assert_eq!(Layout::QuotedTable.end_of_lines(table), Some(11));
        assert_eq!(Layout::Table.end_of_lines(table), Some(16));
        assert_eq!(Layout::QuotedTable.header(b"a,\"b\nc\"\r\n1,2\n", true).as_deref(), Some("a,\"b\nc\""));
        assert_eq!(Layout::Table.header(table, true).as_deref(), Some("a,b"));
        assert_eq!(Layout::Table.header(table, false), None);
    }

    #[test]
    fn the_last_directive_counts_for_what_follows() {
        let fields = Layout::Directives("#Fields:");
        let log = b"#Version: 1.0\n#Fields: a b\n1 2\n#Fields: b\r\n2 #Fields: c\n";
        assert_eq!(fields.header(log, false).as_deref(), Some("#Fields: b"));
        assert_eq!(fields.header(b"1 2\n", true), None);
    }
}
