//! Playback telemetry as tables in Parquet, which every query engine reads.
//!
//! There are two: [`events`](EventsTable), one row per event, whose columns have the names of the wire format; and
//! [`sessions`](SessionsTable), one row per session and title with everything that follows from its events
//! ([`SessionFacts`](audience_core::SessionFacts)), the stretches it watched as a list. `docs/formats/tables.md` in the
//! repository has all columns.
//!
//! # Examples
//!
//! ```
//! use audience_core::{Event, EventKind, MediaTime, Session, Timestamp};
//! use audience_lake::{SessionsTable, SessionsWriter, Table};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("sessions.parquet");
//! let play = Event::new(Timestamp::from_millis(0), EventKind::Play).at(MediaTime::ZERO);
//! let pause = Event::new(Timestamp::from_millis(9000), EventKind::Pause).at(MediaTime::from_secs(9));
//! let facts = Session::new("s1", "film", vec![play, pause]).facts(&Default::default(), None);
//!
//! let mut writer = SessionsWriter::new(std::fs::File::create(&path)?)?;
//! writer.write(&facts)?;
//! writer.finish()?;
//!
//! let Table::Sessions(table) = Table::open(&path)? else { panic!("it is a table of sessions") };
//! let mut read = Vec::new();
//! for row_group in 0..table.row_groups() {
//!     table.read(row_group, |facts| read.push(facts))?;
//! }
//! assert_eq!(read, [facts]);
//! # Ok(())
//! # }
//! ```

mod error;
mod events;
mod sessions;
mod table;

use std::path::Path;

pub use error::Error;
pub use events::{EventBatch, EventRows, EventsTable, EventsWriter, Key};
pub use sessions::{SessionsTable, SessionsWriter};
use table::ParquetFile;
pub use table::VERSION;
pub use table::value::Value;

/// A file that holds one of the tables.
#[derive(Debug)]
pub enum Table {
    /// One row per event.
    Events(EventsTable),
    /// One row per session and title.
    Sessions(SessionsTable),
}

impl Table {
    /// Opens a file and finds out by its columns which table it is.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::Damaged`], [`Error::Version`], [`Error::UnknownTable`].
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = ParquetFile::open(path)?;
        let has = |name: &str| file.columns().any(|column| column[0] == name);
        let missing = |names: &'static [&'static str]| names.iter().copied().find(|name| !has(name));
        let (no_event, no_session) = (missing(&EventsTable::NEEDED), missing(&SessionsTable::NEEDED));
        match (no_event, no_session) {
            (None, _) => Ok(Self::Events(EventsTable::new(file))),
            (_, None) => Ok(Self::Sessions(SessionsTable::new(file))),
            (Some(no_event), Some(no_session)) => {
                Err(Error::UnknownTable { path: path.to_owned(), no_event, no_session })
            }
        }
    }
}
