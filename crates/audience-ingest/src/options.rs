//! How to read.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::Error;
use crate::format::Format;
use crate::map::Map;
use crate::privacy::Privacy;
use crate::requests::RequestMap;
use crate::segments::Segments;

/// How to read telemetry.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The format of every file; without it, each file's first lines tell.
    pub format: Option<Format>,
    /// What the fields of a log of HTTP requests are, if it is none that is known. Without [`format`](Self::format), every
    /// file is such a log; with it, files of that format are if the map is for it.
    pub request_map: Option<Arc<RequestMap>>,
    /// How every file is to be read, whatever [`format`](Self::format) says.
    pub map: Option<Arc<Map>>,
    /// Whether a line that cannot be used, or a field that must be repaired, is an error.
    pub strict: bool,
    /// Where to write the lines that cannot be used, as NDJSON: file, line, reason, field, value, detail and text.
    pub rejects: Option<PathBuf>,
    /// How many threads to use; without it, as many as the machine offers.
    pub threads: Option<NonZeroUsize>,
    /// How much memory to use, in bytes: past about half of it, events are kept in a temporary file, which is slower and
    /// changes nothing else. Without it, all are kept in memory: about a ninth of plain NDJSON.
    pub memory: Option<u64>,
    /// Where the temporary file is, if there has to be one; without it, where the system has such files. It is gone with
    /// the process, however that ends.
    pub temporary_folder: Option<PathBuf>,
    /// Where the title stands in the path of a request whose CMCD names none (`cid`): so many folders from the start.
    pub title_folders: Option<NonZeroUsize>,
    /// Where in the content the segments are that requests name.
    pub segments: Arc<Segments>,
    /// What is done so that nobody sees what nobody needs to see.
    pub privacy: Privacy,
    /// Where to tell how far reading has come.
    pub progress: Arc<Progress>,
}

/// How far reading has come; for another thread to look at.
#[derive(Debug, Default)]
pub struct Progress {
    /// Bytes read, before decompression.
    pub bytes: AtomicU64,
    /// Events read.
    pub events: AtomicU64,
}

impl Options {
    /// Takes the map in a file: of telemetry ([`Map`]) or, if it has a `syntax`, of a log of HTTP requests ([`RequestMap`]).
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Map`] or [`Error::RequestMap`], which name the file and what is wrong in it.
    pub fn read_map(&mut self, path: &Path) -> Result<(), Error> {
        let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let text = String::from_utf8_lossy(&bytes);
        if RequestMap::is_one(&text) {
            self.request_map = Some(Arc::new(RequestMap::from_toml(&text, path)?));
        } else {
            self.map = Some(Arc::new(Map::read(path)?));
        }
        Ok(())
    }

    /// The format of every file, if it is known.
    pub(crate) fn known_format(&self) -> Option<Format> {
        if self.map.is_some() {
            return Some(Format::Map);
        }
        self.format.or_else(|| self.request_map.as_ref().map(|map| map.format()))
    }

    pub(crate) fn thread_count(&self) -> usize {
        self.threads.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZeroUsize::get)
    }
}
