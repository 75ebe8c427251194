//! Parquet files, column by column.

pub(crate) mod cells;
pub(crate) mod leaf;
mod text;
pub(crate) mod value;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::{Buf, Bytes};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use crate::error::Error;
use leaf::Leaf;

/// The version of the tables that this crate writes.
pub const VERSION: u32 = 1;

/// Keys of the metadata of a file.
pub(crate) const TABLE_KEY: &str = "audience.table";
pub(crate) const VERSION_KEY: &str = "audience.version";

/// A Parquet file.
#[derive(Debug)]
pub(crate) struct ParquetFile {
    path: PathBuf,
    metadata: ParquetMetaData,
    /// The length of the file.
    length: u64,
}

impl ParquetFile {
    pub(crate) fn open(path: &Path) -> std::result::Result<Self, Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let file = File::open(path).map_err(io)?;
        let length = file.metadata().map_err(io)?.len();
        let metadata = leaf::contained(|| ParquetMetaDataReader::new().parse_and_finish(&file));
        let metadata = metadata.map_err(|source| Error::Damaged { path: path.to_owned(), source })?;
        let file = Self { path: path.to_owned(), metadata, length };
        match file.property(VERSION_KEY) {
            Some(version) if version != VERSION.to_string() => {
                Err(Error::Version { path: path.to_owned(), version: version.to_owned(), known: VERSION })
            }
            _ => Ok(file),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Decodes the next rows of a column, which has so many more.
    pub(crate) fn decode(&self, leaf: &mut Leaf, rows: usize) -> std::result::Result<(), Error> {
        let read = leaf.read(rows).map_err(|source| self.damaged(source))?;
        if read < rows {
            return Err(self.damaged(ParquetError::EOF(format!("a column ends {} rows too early", rows - read))));
        }
        Ok(())
    }

    fn damaged(&self, source: ParquetError) -> Error {
        Error::Damaged { path: self.path.clone(), source }
    }

    fn property(&self, key: &str) -> Option<&str> {
        let pairs = self.metadata.file_metadata().key_value_metadata()?;
        pairs.iter().find(|pair| pair.key == key)?.value.as_deref()
    }

    pub(crate) fn row_groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// The rows of a row group.
    pub(crate) fn rows(&self, row_group: usize) -> u64 {
        u64::try_from(self.metadata.row_group(row_group).num_rows()).unwrap_or(0)
    }

    /// Where all columns of a row group are, and how many bytes they take.
    pub(crate) fn size(&self, row_group: usize) -> u64 {
        let columns = self.metadata.row_group(row_group).columns();
        columns.iter().filter_map(|column| range(column, self.length).ok()).map(|(_, length)| length as u64).sum()
    }

    /// The paths of all columns that hold values, each from the outermost name to the innermost.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &[String]> {
        self.metadata.file_metadata().schema_descr().columns().iter().map(|column| column.path().parts())
    }

    /// Whether a row may have several values of a column.
    pub(crate) fn is_list(&self, column: usize) -> bool {
        self.metadata.file_metadata().schema_descr().column(column).max_rep_level() > 0
    }

    /// The whole of a column of a row group, still encoded.
    pub(crate) fn leaf(&self, row_group: usize, column: usize) -> std::result::Result<Leaf, Error> {
        let group = self.metadata.row_group(row_group);
        let chunk = group.column(column);
        let (start, length) = range(chunk, self.length).map_err(|source| self.damaged(source))?;
        let bytes = self.read(start, length).map_err(|source| Error::Io { path: self.path.clone(), source })?;
        let rows = usize::try_from(group.num_rows()).unwrap_or(0);
        let window = Arc::new(Window { bytes, start });
        let chunk = chunk.clone();
        let column = chunk.column_descr_ptr();
        let pages = move || SerializedPageReader::new(window.clone(), &chunk, rows, None);
        leaf::contained(|| Leaf::new(column, Box::new(pages))).map_err(|source| self.damaged(source))
    }

    fn read(&self, start: u64, length: usize) -> std::io::Result<Bytes> {
        // A file of its own each time: threads read different places at once.
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::with_capacity(length);
        file.take(length as u64).read_to_end(&mut bytes)?;
        if bytes.len() < length {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(bytes.into())
    }
}

/// Where a column is in a file of so many bytes.
fn range(chunk: &ColumnChunkMetaData, file: u64) -> Result<(u64, usize)> {
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    match (u64::try_from(start), u64::try_from(chunk.compressed_size())) {
        (Ok(start), Ok(length)) if start.checked_add(length).is_some_and(|end| end <= file) => {
            Ok((start, usize::try_from(length).unwrap_or(usize::MAX)))
        }
        _ => Err(ParquetError::General(format!("column {} is said to be where it cannot be", chunk.column_path()))),
    }
}

/// A part of a file.
struct Window {
    bytes: Bytes,
    /// Where it begins.
    start: u64,
}

impl Window {
    fn from(&self, start: u64) -> Result<Bytes> {
        let at = start.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        match at.filter(|at| *at <= self.bytes.len()) {
            Some(at) => Ok(self.bytes.slice(at..)),
            None => Err(ParquetError::EOF(format!("there is no byte {start} in the column"))),
        }
    }
}

impl Length for Window {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Window {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let rest = self.from(start)?;
        if length > rest.len() {
            return Err(ParquetError::EOF(format!("{length} bytes from {start} on are more than the column has")));
        }
        Ok(rest.slice(..length))
    }
}
