//! What can be wrong with a map.

use std::fmt;
use std::path::PathBuf;

/// Where in a map something is wrong.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MapPlace {
    /// The file, or what else the map is called.
    pub file: Box<str>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for MapPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}", self.file, self.line)
    }
}

/// Why a map is none.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// The file could not be read.
    #[error("read the map {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not TOML.
    #[error("read the map {place}: {message}")]
    Toml {
        /// Where.
        place: MapPlace,
        /// What the parser said.
        message: Box<str>,
    },
    /// It has a key that means nothing.
    #[error("read the map {place}: {key} is none of {expected}")]
    UnknownKey {
        /// Where.
        place: MapPlace,
        /// The key, with those it stands below.
        key: Box<str>,
        /// The keys that mean something there.
        expected: Box<str>,
    },
    /// It lacks a key.
    #[error("read the map {place}: {key} is missing")]
    MissingKey {
        /// Where.
        place: MapPlace,
        /// The key, with those it would stand below.
        key: Box<str>,
    },
    /// A key has a value that cannot be used.
    #[error("read the map {place}: {key} is {value}, which is not {expected}")]
    BadValue {
        /// Where.
        place: MapPlace,
        /// The key, with those it stands below.
        key: Box<str>,
        /// What stands there, shortened.
        value: Box<str>,
        /// What should stand there.
        expected: Box<str>,
    },
}
