//! What can stop reading.

use std::path::PathBuf;

use crate::map::MapError;
use crate::quality::{Reject, Repaired};

/// Why telemetry could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or stream could not be opened or read to its end.
    #[error("read {}: {source}", path.display())]
    Io {
        /// The file; `-` for standard input.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A path names nothing.
    #[error("read {}: there is no such file, folder or match", path.display())]
    NotFound {
        /// The path or pattern.
        path: PathBuf,
    },
    /// A folder holds no telemetry.
    #[error("read {}: no file in this folder ends in one of {expected}", path.display())]
    EmptyFolder {
        /// The folder.
        path: PathBuf,
        /// The endings that are looked for.
        expected: &'static str,
    },
    /// A pattern of file names is not one.
    #[error("read {pattern}: {source}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        source: glob::PatternError,
    },
    /// A file's compression is not built in.
    #[error("read {}: it is compressed with {compression}, which this build cannot read", path.display())]
    Compression {
        /// The file.
        path: PathBuf,
        /// Its compression.
        compression: &'static str,
    },
    /// A file is not telemetry in any known format.
    #[error("read {}: {hint}", path.display())]
    UnknownFormat {
        /// The file.
        path: PathBuf,
        /// What it seems to be.
        hint: &'static str,
    },
    /// A map is none.
    #[error("{0}")]
    Map(#[from] MapError),
    /// Files are to be read by a map, and there is none.
    #[error("read anything by a map without one")]
    NoMap,
    /// A table in Parquet could not be read.
    #[cfg(feature = "parquet")]
    #[error("{0}")]
    Table(#[from] audience_lake::Error),
    /// Events were asked for, but there is a table of sessions, which has none.
    #[cfg(feature = "parquet")]
    #[error("read events of {}: it is a table of sessions, in which there are none", path.display())]
    NoEvents {
        /// The file.
        path: PathBuf,
    },
    /// A line could not be used, and reading was strict.
    #[error("use {0}")]
    Rejected(Box<Reject>),
    /// A field had to be repaired, and reading was strict.
    #[error("use {0}")]
    Repaired(Box<Repaired>),
    /// The file of rejected lines could not be written.
    #[error("write rejected lines to {}: {source}", path.display())]
    Rejects {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A catalogue of titles is not one.
    #[error("read the catalogue {}, entry {entry}: {reason}", path.display())]
    Catalog {
        /// The file.
        path: PathBuf,
        /// The entry, from 1; 0 for the whole.
        entry: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A table of segments or a manifest is not one.
    #[error("read segments of {}: {reason}", path.display())]
    Segments {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A map of a log's fields is not one.
    #[error("read the map {}: {reason}", path.display())]
    RequestMap {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// What memory may not hold could not be kept on disk.
    #[error("keep events in a temporary file in {}: {source} (another folder may have more room)", folder.display())]
    Temporary {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The secret of a key is too short to be one.
    #[error("use a key of {bytes} bytes: it has at least {}, and they should be random", crate::Key::LEAST)]
    ShortKey {
        /// How many bytes it has.
        bytes: usize,
    },
    /// There is no such environment variable.
    #[error("find a key in the environment: there is no variable {variable}")]
    NoKey {
        /// Its name.
        variable: String,
    },
    /// Events of whole sessions are to be left out, which takes reading everything twice.
    #[error(
        "leave sessions out of what can be read once, as standard input and a file that is followed: it takes reading it twice"
    )]
    ReadOnce,
    /// Whoever took the events could not go on.
    #[error("{source}")]
    Take {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// What was kept in memory or on disk is damaged.
    #[error("read back events of a session: {source}")]
    Spool {
        /// What the decoder said.
        source: postcard::Error,
    },
}
