//! Reads playback telemetry into sessions: in parallel, in one pass, and losing nothing silently.
//!
//! [`load`] reads files, folders, patterns, standard input or memory, plain or compressed, in any of the [`Format`]s, and gives
//! [`Sessions`]. Every line that cannot be used is counted by reason, every field that had to be repaired is counted by
//! name, and every unknown field is listed: see [`Quality`].
//!
//! # Examples
//!
//! ```
//! use audience_ingest::{Input, Options, load};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("player.cmcd");
//! // Reports of a player, as it posts them to its collector.
//! std::fs::write(&path, concat!(
//!     "cid=\"film\",e=ps,sid=\"s1\",sn=0,sta=s,ts=1795204690000,v=2\n",
//!     "cid=\"film\",e=ps,sid=\"s1\",sn=1,sta=p,ts=1795204690250,v=2\n",
//! ))?;
//! let sessions = load(Input::find(&path)?, &Options::default())?.to_vec()?;
//! let facts = sessions[0].facts(&Default::default(), None);
//! assert_eq!(facts.startup.unwrap().time.as_millis(), 250);
//! # Ok(())
//! # }
//! ```
//!
//! # Features
#![doc = document_features::document_features!()]

mod batch;
mod catalog;
mod cmcd;
mod draft;
mod error;
mod format;
mod inspect;
mod load;
mod map;
mod ndjson;
mod options;
mod privacy;
mod quality;
mod read;
mod requests;
mod scalar;
mod segments;
mod sessions;
mod split;
mod spool;

pub use catalog::{Catalog, CatalogEntry, Chapter};
pub use cmcd::CmcdResponse;
pub use error::Error;
pub use format::{Format, UnknownFormatName};
pub use inspect::{Answer, Contents, Inspection, Question, Verdict, inspect};
pub use load::{load, read_events};
pub use map::{Map, MapError, MapPlace, Preset};
pub use options::{Options, Progress};
pub use privacy::{IpAddresses, Key, Privacy, Rotation, Urls};
pub use quality::{Ignored, Problem, Quality, Reason, Reject, Removed, Repair, Repaired};
pub use read::{Input, Stream};
pub use requests::RequestMap;
pub use segments::{Place, Segments};
pub use sessions::Sessions;

/// The longest line that is read, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// How much is read at a time, unless a line is longer: so little that it stays in a processor's own memory until it was
/// understood.
pub(crate) const CHUNK: usize = 256 << 10;
