//! Where in the content the segments are that requests name.

#[cfg(feature = "manifests")]
mod manifest;
mod table;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use audience_core::MediaTime;
use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::error::Error;

/// Where segments are in the content, by the path of a request: from a table, from manifests (feature `manifests`), or from
/// the number in the name. Without it, requests say how much was played, but not what.
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
    /// By the ends of paths.
    by_end: HashMap<Box<str>, Place, RandomState>,
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

    /// Adds what a file says: a table of segments in JSON or CSV, an HLS media playlist or a DASH MPD (feature
    /// `manifests`). The segments of a manifest are found by the ends of paths, the longest that is known.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]; [`Error::Segments`], which names the file and what is wrong in it: also when it says of a name that it
    /// is at another time than was said before.
    pub fn read(&mut self, path: &Path) -> Result<(), Error> {
        self.read_in(path, None)
    }

    /// The same, of a file that is served from the folder of this path or URL: its segments are those at exactly the paths
    /// it names.
    ///
    /// # Errors
    ///
    /// Those of [`read`](Self::read).
    pub fn read_in(&mut self, path: &Path, folder: Option<&str>) -> Result<(), Error> {
        let io = |source| Error::Io { path: path.to_owned(), source };
        let mut bytes = Vec::new();
        File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes)).map_err(io)?;
        self.parse(path, &bytes, folder)
    }

    /// Adds what such a file has in it; `name` is for messages.
    ///
    /// # Errors
    ///
    /// [`Error::Segments`], as [`read`](Self::read).
    pub fn parse(&mut self, name: &Path, bytes: &[u8], folder: Option<&str>) -> Result<(), Error> {
        self.try_parse(bytes, folder).map_err(|reason| Error::Segments { path: name.to_owned(), reason })
    }

    fn try_parse(&mut self, bytes: &[u8], folder: Option<&str>) -> Result<(), String> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(format!("it is larger than {MAX_BYTES} bytes"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
        #[cfg(feature = "manifests")]
        if let Some(manifest) = manifest::read(text, folder) {
            return manifest?.segments.into_iter().try_for_each(|(name, place)| self.insert(name.into(), place));
        }
        if cfg!(not(feature = "manifests")) && text.trim_start().starts_with(['#', '<']) {
            return Err("it is a manifest, which this build cannot read".to_owned());
        }
        let rows = table::read(text)?;
        if rows.is_empty() {
            return Err("there is no segment in it".to_owned());
        }
        for (name, place) in rows {
            let name = folder.map_or(name.clone(), |folder| format!("{}{name}", folder.trim_end_matches('/')).into());
            self.by_path.insert(name, place);
        }
        Ok(())
    }

    /// Adds a segment by its path, or by the end of it.
    #[cfg(feature = "manifests")]
    fn insert(&mut self, name: Box<str>, place: Place) -> Result<(), String> {
        let known = if name.starts_with('/') { &mut self.by_path } else { &mut self.by_end };
        match known.get_mut(&name) {
            None => {
                known.insert(name, place);
            }
            // Another rendition, with files of the same name.
            Some(other) if other.start == place.start && other.length == place.length => {
                other.content = other.content.max(place.content);
            }
            Some(other) => {
                return Err(format!(
                    "{name} is both at {} for {} and at {} for {}, and no request says which: of two manifests, say which \
                     folder each is served from; in one, each segment has to be a file of its own",
                    other.start, other.length, place.start, place.length
                ));
            }
        }
        Ok(())
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.by_path.is_empty() && self.by_end.is_empty() && self.numbered.is_none()
    }

    /// Where the segment is whose name is the end of this path: the longest name.
    fn find_by_end(&self, path: &str) -> Option<Place> {
        if self.by_end.is_empty() {
            return None;
        }
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'/', path.as_bytes()).map(|slash| slash + 1));
        { starts }.find_map(|start| self.by_end.get(&path[start..])).copied()
    }

    /// Where the segment at this path is.
    pub fn find(&self, path: &str) -> Option<Place> {
        if let Some(place) = self.by_path.get(path) {
            return Some(*place);
        }
        if let Some(place) = self.find_by_end(path) {
            return Some(place);
        }
        let Numbered { length, first } = self.numbered?;
        let index = number(path)?.checked_sub(first)?;
        let start = MediaTime::from_millis(length.as_millis().checked_mul(index)?);
        Some(Place { start, length, content: None })
    }
}

/// The largest file of segments that is read.
const MAX_BYTES: u64 = 64 << 20;

/// The last number in a segment's name, its ending aside: `12` of `video_1080p_012.m4s`.
fn number(path: &str) -> Option<u64> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, _) = name.rsplit_once('.').unwrap_or((name, ""));
    let digits = stem.trim_end_matches(|c: char| !c.is_ascii_digit());
    let start = digits.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    digits[start..].parse().ok()
}
