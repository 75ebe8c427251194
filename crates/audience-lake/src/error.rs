//! What can go wrong with a table.

use std::path::PathBuf;

use parquet::errors::ParquetError;

/// Why a table could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened or read.
    #[error("read {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is not Parquet, or damaged.
    #[error("read {}: {source}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        source: ParquetError,
    },
    /// A file is Parquet, but neither table.
    #[error(
        "read {}: it is neither a table of events (without column {no_event}) nor one of sessions (without column \
         {no_session})",
        path.display()
    )]
    UnknownTable {
        /// The file.
        path: PathBuf,
        /// A column of events that it does not have.
        no_event: &'static str,
        /// A column of sessions that it does not have.
        no_session: &'static str,
    },
    /// A table has a version that this crate does not know.
    #[error("read {}: it has version {version} of the schema; this program reads version {known}", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: String,
        /// The latest version that is known.
        known: u32,
    },
    /// A value of a table of sessions is not one.
    #[error("read {}, row {row}, column {column}: {value} is not {expected}", path.display())]
    Value {
        /// The file.
        path: PathBuf,
        /// The row, from 1.
        row: u64,
        /// The column.
        column: &'static str,
        /// The value.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// A table could not be written.
    #[error("write the table: {source}")]
    Write {
        /// What the encoder or the system said.
        source: ParquetError,
    },
}

impl From<ParquetError> for Error {
    fn from(source: ParquetError) -> Self {
        Self::Write { source }
    }
}
