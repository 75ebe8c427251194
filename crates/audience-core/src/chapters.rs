//! Chapters of a title, and other parts of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Error;
use crate::ids::ContentId;
use crate::time::MediaTime;

/// A part of a title, from its first millisecond up to its end. The end of a last chapter whose title has no known length is
/// [`Chapter::OPEN`]: wherever the content ends, session by session.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Chapter {
    /// Its name.
    pub name: String,
    /// Its first position.
    #[cfg_attr(feature = "serde", serde(rename = "start_ms"))]
    pub start: MediaTime,
    /// The position after its last.
    #[cfg_attr(feature = "serde", serde(rename = "end_ms"))]
    pub end: MediaTime,
}

impl Chapter {
    /// The end of what goes on to the end of the content.
    pub const OPEN: MediaTime = MediaTime::from_millis(u64::MAX);

    /// How long it is.
    pub fn length(&self) -> MediaTime {
        self.end.saturating_sub(self.start)
    }
}

/// The chapters of one title: in order, none empty, none overlapping another, none past the end of the content. There may be
/// gaps.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Chapters(Arc<[Chapter]>);

impl Chapters {
    /// The most chapters of a title.
    pub const MOST: usize = 10_000;

    /// These chapters, in order; of content of this `duration`, where that is known.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyChapter`], [`Error::ChaptersOverlap`], [`Error::ChapterPastEnd`] and [`Error::TooManyChapters`], each
    /// naming the chapter.
    pub fn new(chapters: Vec<Chapter>, duration: Option<MediaTime>) -> Result<Self, Error> {
        if chapters.len() > Self::MOST {
            return Err(Error::TooManyChapters { found: chapters.len(), most: Self::MOST });
        }
        let mut before = MediaTime::ZERO;
        for (number, chapter) in (1..).zip(&chapters) {
            let (name, start, end) = (|| chapter.name.clone(), chapter.start, chapter.end);
            if start >= end {
                return Err(Error::EmptyChapter { number, name: name(), start, end });
            }
            if start < before {
                return Err(Error::ChaptersOverlap { number, name: name(), start, before });
            }
            if let Some(duration) = duration.filter(|duration| end > *duration && end != Chapter::OPEN) {
                return Err(Error::ChapterPastEnd { number, name: name(), end, duration });
            }
            before = end;
        }
        Ok(Self(chapters.into()))
    }

    /// Chapters of which is known where they begin, and of some where they end: the others go on to where the next one begins,
    /// the last one to the end of the content.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new): two that begin at the same position, or one that begins at the end of the content or past it.
    pub fn from_starts(
        starts: impl IntoIterator<Item = (MediaTime, Option<MediaTime>, String)>,
        duration: Option<MediaTime>,
    ) -> Result<Self, Error> {
        let starts: Vec<_> = starts.into_iter().collect();
        let end = duration.unwrap_or(Chapter::OPEN);
        let next: Vec<MediaTime> = starts.iter().skip(1).map(|(start, _, _)| *start).chain([end]).collect();
        let chapter = |((start, end, name), next): ((MediaTime, Option<MediaTime>, String), MediaTime)| Chapter {
            name,
            start,
            end: end.unwrap_or(next),
        };
        Self::new(starts.into_iter().zip(next).map(chapter).collect(), duration)
    }

    /// So many parts of equal length, named by their number: part j from 0 begins at ⌊j · duration / parts⌋.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroDuration`] and [`Error::TooManyChapters`]; [`Error::EmptyChapter`] when there are more parts than
    /// milliseconds.
    pub fn equal_parts(parts: usize, duration: MediaTime) -> Result<Self, Error> {
        if duration.is_zero() {
            return Err(Error::ZeroDuration);
        }
        if parts > Self::MOST {
            return Err(Error::TooManyChapters { found: parts, most: Self::MOST });
        }
        let border = |number: usize| {
            MediaTime::from_millis((u128::from(duration.as_millis()) * number as u128 / parts as u128) as u64)
        };
        let chapter =
            |number: usize| Chapter { name: (number + 1).to_string(), start: border(number), end: border(number + 1) };
        Self::new((0..parts).map(chapter).collect(), Some(duration))
    }

    /// The chapters, in order.
    pub fn as_slice(&self) -> &[Chapter] {
        &self.0
    }

    /// The chapters, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Chapter> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The chapters of the titles of a catalogue.
pub type ChapterIndex = BTreeMap<ContentId, Chapters>;
