//! Where in the content the segments are that requests name.

mod table;

use std::path::Path;

use audience_core::MediaTime;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::error::Error;

/// Where segments are in the content, by the path of a request: from a table, from manifests, or from the number in the
/// name. Without it, requests say how much was played, but not what.
///
/// # Examples
///
/// ```
/// use audience_core::MediaTime;
/// use audience_ingest::Segments;
///
/// // Segments of 4 s whose names are numbered from 1.
/// let segments = Segments::numbered(MediaTime::from_secs(4), 1);
/// let place = segments.find("/film/video-1080p-00003.m4s").unwrap();
/// assert_eq!(place.start, MediaTime::from_secs(8));
/// assert!(segments.find("/film/init.mp4").is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Segments {
    by_path: HashMap<Box<str>, Place, RandomState>,
    numbered: Option<Numbered>,
}

/// Where a segment is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Place {
    /// Where in the content it begins.
    pub start: MediaTime,
    /// How much of the content it is.
    pub length: MediaTime,
    /// How long the whole content is, where that is known.
    pub content: Option<MediaTime>,
}

/// All segments are of one length, and have their number in their name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Numbered {
    length: MediaTime,
    first: u64,
}

impl Segments {
    /// Segments of one length, numbered from `first` by the last digits in their names.
    pub fn numbered(length: MediaTime, first: u64) -> Self {
        Self { numbered: Some(Numbered { length, first }), ..Self::default() }
    }

    /// The same, with what a file says: a table of segments in JSON or CSV.
    ///
    /// # Errors
    ///
    /// [`Error::Segments`], which names the file and what is wrong in it.
    pub fn read(&mut self, path: &Path) -> Result<(), Error> {
        let fault = |reason: String| Error::Segments { path: path.to_owned(), reason };
        let bytes = std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| fault("it is not UTF-8".to_owned()))?;
        for (name, place) in table::read(text).map_err(fault)? {
            self.by_path.insert(name, place);
        }
        Ok(())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty() && self.numbered.is_none()
    }

    /// Where the segment at this path is.
    pub fn find(&self, path: &str) -> Option<Place> {
        if let Some(place) = self.by_path.get(path) {
            return Some(*place);
        }
        let Numbered { length, first } = self.numbered?;
        let index = number(path)?.checked_sub(first)?;
        let start = MediaTime::from_millis(length.as_millis().checked_mul(index)?);
        Some(Place { start, length, content: None })
    }
}

/// The last number in a segment's name, its ending aside: `12` of `video_1080p_012.m4s`.
fn number(path: &str) -> Option<u64> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    let digits = stem.trim_end_matches(|c: char| !c.is_ascii_digit());
    let start = digits.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    digits[start..].parse().ok()
}
