//! What can be wrong with the values given to this crate.

use crate::time::MediaTime;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A playback rate is a number from 0 to 100.
    #[error("use the playback rate {rate}: it is not between 0 and 100")]
    RateOutOfRange {
        /// The rate that was given.
        rate: f64,
    },
    /// A fraction is a number from 0 to 1.
    #[error("use the fraction {value}: it is not between 0 and 1")]
    RatioOutOfRange {
        /// The value that was given.
        value: f64,
    },
    /// A number in an event must be finite.
    #[error("use the number {value}: it is not finite")]
    NotFinite {
        /// The value that was given.
        value: f64,
    },
    /// A word is not one of those a field allows.
    #[error("read {field}: {value:?} is not one of {expected}")]
    UnknownWord {
        /// The field's wire name.
        field: &'static str,
        /// What stood there.
        value: String,
        /// The words it allows.
        expected: &'static str,
    },
    /// An event lacks a field that its type needs.
    #[error("read a {kind} event without {field}")]
    MissingField {
        /// The type of the event.
        kind: &'static str,
        /// The wire name of the field.
        field: &'static str,
    },
    /// A heatmap from elsewhere has more buckets than it may have.
    #[error("read a heatmap of more than {most} buckets")]
    TooManyBuckets {
        /// The most there can be.
        most: u32,
    },
    /// Buckets need a width.
    #[error("make buckets of width 0")]
    ZeroWidth,
    /// A sample needs room for at least one session.
    #[error("sample into a reservoir of size 0")]
    EmptyReservoir,
    /// Nothing can be a part of content that has no length.
    #[error("divide content of length 0")]
    ZeroDuration,
    /// A chapter has a length.
    #[error("use chapter {number} ({name:?}): it begins at {start} and ends at {end}")]
    EmptyChapter {
        /// Its place in the list, from 1.
        number: usize,
        /// Its name.
        name: String,
        /// Where it begins.
        start: MediaTime,
        /// Where it ends.
        end: MediaTime,
    },
    /// Chapters do not overlap.
    #[error("use chapter {number} ({name:?}): it begins at {start}, before the end of the one before at {before}")]
    ChaptersOverlap {
        /// Its place in the list, from 1.
        number: usize,
        /// Its name.
        name: String,
        /// Where it begins.
        start: MediaTime,
        /// Where the one before ends.
        before: MediaTime,
    },
    /// Chapters lie in the content.
    #[error("use chapter {number} ({name:?}): it ends at {end}, past the end of the content at {duration}")]
    ChapterPastEnd {
        /// Its place in the list, from 1.
        number: usize,
        /// Its name.
        name: String,
        /// Where it ends.
        end: MediaTime,
        /// Where the content ends.
        duration: MediaTime,
    },
    /// There are too many chapters.
    #[error("use {found} chapters: there can be {most}")]
    TooManyChapters {
        /// How many were given.
        found: usize,
        /// The most there can be.
        most: usize,
    },
    /// A session that was stored speaks of a title that it has not.
    #[cfg(feature = "serde")]
    #[error("follow title {title} of a session that has {titles}")]
    UnknownTitle {
        /// Its number, from 0.
        title: usize,
        /// How many there are.
        titles: usize,
    },
}
