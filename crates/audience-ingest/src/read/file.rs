//! One file, whatever it is, piece by piece.

use std::sync::Arc;

use super::Input;
use super::chunks::{Buffer, LineReader, Lines};
#[cfg(feature = "parquet")]
use super::rows::{RowGroups, Rows};
use crate::error::Error;
use crate::format::Format;
use crate::map::Map;
use crate::options::Progress;

/// A piece of one file.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// Its place among all chunks read.
    pub(crate) number: u64,
    pub(crate) file: Arc<str>,
    pub(crate) file_index: usize,
    pub(crate) content: Content,
}

/// What a piece of a file is.
#[derive(Debug)]
pub(crate) enum Content {
    Lines(Lines),
    #[cfg(feature = "parquet")]
    Rows(Rows),
    #[cfg(feature = "parquet")]
    Sessions(audience_lake::SessionsTable),
}

/// Reads one file, piece by piece.
#[derive(Debug)]
pub(crate) struct FileReader {
    name: Arc<str>,
    index: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Lines(LineReader),
    #[cfg(feature = "parquet")]
    Table(RowGroups),
}

impl FileReader {
    /// Opens the file and finds out what it is.
    pub(crate) fn open(
        input: Input,
        index: usize,
        format: Option<Format>,
        map: Option<&Map>,
        progress: &Arc<Progress>,
    ) -> Result<Self, Error> {
        let name = input.path().display().to_string().into();
        #[cfg(not(feature = "parquet"))]
        let _ = map;
        #[cfg(feature = "parquet")]
        if let Some(table) = RowGroups::open(&input, format, map, progress)? {
            return Ok(Self { name, index, kind: Kind::Table(table) });
        }
        if format == Some(Format::Parquet) {
            return Err(Error::UnknownFormat { path: input.path().to_owned(), hint: Format::NO_PARQUET });
        }
        Ok(Self { name, index, kind: Kind::Lines(LineReader::open(input, format, progress)?) })
    }

    /// The next piece, lines in the memory of `buffer`; `None` at the end.
    pub(crate) fn next_chunk(&mut self, buffer: Buffer) -> Result<Option<Chunk>, Error> {
        let content = match &mut self.kind {
            Kind::Lines(lines) => lines.next_lines(buffer)?.map(Content::Lines),
            #[cfg(feature = "parquet")]
            Kind::Table(table) => table.next_rows(),
        };
        let chunk = |content| Chunk { number: 0, file: self.name.clone(), file_index: self.index, content };
        Ok(content.map(chunk))
    }
}
