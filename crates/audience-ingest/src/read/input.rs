//! What to read.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::Error;

/// A file, standard input, or bytes in memory.
///
/// # Examples
///
/// ```
/// use audience_ingest::{Input, Options, load};
///
/// let body = br#"{"session_id":"s1","ts":0,"type":"play"}"#;
/// let sessions = load(vec![Input::memory("request 17", &body[..])], &Options::default())?;
/// assert_eq!(sessions.quality().events, 1);
/// # Ok::<(), audience_ingest::Error>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Input {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// Bytes as a file would have them.
    Memory {
        /// What to call them in messages.
        name: PathBuf,
        /// The bytes, compressed or not.
        bytes: Arc<[u8]>,
    },
    /// What comes little by little: see [`Input::stream`].
    Stream(Stream),
}

/// Bytes that come little by little, and are read once.
#[derive(Clone)]
pub struct Stream {
    name: PathBuf,
    source: Arc<Mutex<Option<Box<dyn Read + Send>>>>,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A stream is the same as itself alone.
impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.source, &other.source)
    }
}

impl Eq for Stream {}

/// The endings of file names that a folder is searched for.
const ENDINGS: &str = ".ndjson .jsonl .cmcd .log (also with .gz or .zst) .parquet";

impl Input {
    /// Bytes in memory, called `name` in messages.
    pub fn memory(name: impl Into<PathBuf>, bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Memory { name: name.into(), bytes: bytes.into() }
    }

    /// Bytes that come little by little, called `name` in messages: a file that is written to, a connection.
    ///
    /// What has come is handed on whenever `source` says that there is no more for now, with an error of the kind
    /// [`WouldBlock`](io::ErrorKind::WouldBlock); it may wait before it does, and is asked again at once. A line whose end has not come waits
    /// for it. The stream ends as any other, with 0 bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_ingest::{Input, Options, read_events};
    ///
    /// let body = &br#"{"session_id":"s1","ts":0,"type":"play"}"#[..];
    /// let mut events = 0;
    /// read_events(vec![Input::stream("connection 4", body)], &Options::default(), |_| {
    ///     events += 1;
    ///     Ok::<(), std::io::Error>(())
    /// })?;
    /// assert_eq!(events, 1);
    /// # Ok::<(), audience_ingest::Error>(())
    /// ```
    pub fn stream(name: impl Into<PathBuf>, source: impl Read + Send + 'static) -> Self {
        Self::Stream(Stream { name: name.into(), source: Arc::new(Mutex::new(Some(Box::new(source)))) })
    }

    /// Whether it can be read once only.
    pub(crate) const fn is_read_once(&self) -> bool {
        matches!(self, Self::Stdin | Self::Stream(_))
    }

    /// The inputs that `path` names: `-` is standard input, a folder is all telemetry in it and below it, a pattern
    /// (`*`, `?`, `[…]`, `**`) is all files it matches. Files of a folder or pattern are in order of their names.
    ///
    /// In a folder, telemetry is what ends in `.ndjson`, `.jsonl`, `.cmcd` or `.log`, and may end in `.gz` or `.zst`
    /// after that, or ends in `.parquet`. A file named outright is read whatever its name.
    ///
    /// # Errors
    ///
    /// [`Error::NotFound`], [`Error::EmptyFolder`], [`Error::Pattern`], [`Error::Io`].
    pub fn find(path: &Path) -> Result<Vec<Self>, Error> {
        if path == Path::new("-") {
            return Ok(vec![Self::Stdin]);
        }
        let io = |source| Error::Io { path: path.to_owned(), source };
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                let mut files = Vec::new();
                collect(path, &mut files).map_err(io)?;
                if files.is_empty() {
                    return Err(Error::EmptyFolder { path: path.to_owned(), expected: ENDINGS });
                }
                files.sort_unstable();
                Ok(files.into_iter().map(Self::File).collect())
            }
            Ok(_) => Ok(vec![Self::File(path.to_owned())]),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::find_pattern(path),
            Err(error) => Err(io(error)),
        }
    }

    fn find_pattern(path: &Path) -> Result<Vec<Self>, Error> {
        let not_found = || Error::NotFound { path: path.to_owned() };
        let pattern = path.to_str().filter(|text| text.contains(['*', '?', '['])).ok_or_else(not_found)?;
        // As a shell does: a file whose name begins with a dot is not meant.
        let hidden = glob::MatchOptions { require_literal_leading_dot: true, ..glob::MatchOptions::default() };
        let found = glob::glob_with(pattern, hidden)
            .map_err(|source| Error::Pattern { pattern: pattern.to_owned(), source })?;
        let mut files = Vec::new();
        for entry in found {
            let file = entry.map_err(|error| Error::Io { path: error.path().to_owned(), source: error.into() })?;
            if file.is_file() {
                files.push(Self::File(file));
            }
        }
        if files.is_empty() { Err(not_found()) } else { Ok(files) }
    }

    /// Its name; `-` for standard input.
    pub fn path(&self) -> &Path {
        match self {
            Self::Stdin => Path::new("-"),
            Self::File(path) => path,
            Self::Memory { name, .. } => name,
            Self::Stream(stream) => &stream.name,
        }
    }

    /// Its size in bytes, where that is known.
    pub fn size(&self) -> Option<u64> {
        match self {
            Self::Stdin | Self::Stream(_) => None,
            Self::File(path) => fs::metadata(path).ok().filter(fs::Metadata::is_file).map(|found| found.len()),
            Self::Memory { bytes, .. } => Some(bytes.len() as u64),
        }
    }

    pub(super) fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Stdin => Box::new(io::stdin()),
            Self::File(path) => Box::new(fs::File::open(path)?),
            Self::Memory { bytes, .. } => Box::new(io::Cursor::new(bytes.clone())),
            Self::Stream(stream) => {
                let source = stream.source.lock().unwrap_or_else(PoisonError::into_inner).take();
                source.ok_or_else(|| io::Error::other("it was read before, and can be read once"))?
            }
        })
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().first() == Some(&b'.');
        let kind = entry.file_type()?;
        if hidden {
            continue;
        }
        // A link to a folder could lead round in circles; a link to a file is as good as the file.
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if is_telemetry(&entry.path()) && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn is_telemetry(path: &Path) -> bool {
    let ending = |path: &Path| path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);
    let inner = match ending(path).as_deref() {
        Some("gz" | "zst") => ending(Path::new(path.file_stem().unwrap_or_default())),
        _ => ending(path),
    };
    matches!(inner.as_deref(), Some("ndjson" | "jsonl" | "cmcd" | "log" | "parquet"))
}
