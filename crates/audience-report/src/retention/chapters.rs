//! What is said of the chapters of one title.

use std::sync::Arc;

use audience_core::{ContentId, MediaTime, Ratio};
use audience_ingest::Catalog;
use audience_retention::{Chapter, ChapterCounts, ChapterIndex, Chapters};
use audience_stats::Interval;
use serde::Serialize;

use super::curve::confidence;
use crate::error::Error;

/// How one chapter holds its viewers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChapterReport {
    /// Its name.
    pub title: String,
    /// Where it begins.
    pub start_ms: MediaTime,
    /// Where it ends; `None` when it goes on to the end of the content, whose length nobody says.
    pub end_ms: Option<MediaTime>,
    /// Sessions that watched any of it, of those of the title.
    pub entered: ShareWithInterval,
    /// Sessions that watched its last millisecond, of those that watched any of it.
    pub completed: ShareWithInterval,
    /// Sessions whose last watched position is in it, of those that watched any of it.
    pub exits: ShareWithInterval,
    /// The share of it that those who watched any of it watched, on average.
    pub average_completion: Option<Ratio>,
    /// Its interval of 95 %.
    pub average_completion_interval: Option<Interval>,
}

/// A share of sessions with its interval of 95 %, by Wilson.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ShareWithInterval {
    /// How many.
    pub sessions: u64,
    /// Of how many.
    pub of: u64,
    /// The one by the other; `None` of none.
    pub share: Option<Ratio>,
    /// How sure that is.
    pub interval: Option<Interval>,
}

impl ChapterReport {
    pub(super) fn new(counts: &ChapterCounts, variance_factor: f64) -> Self {
        let Chapter { name, start, end } = counts.chapter.clone();
        let share = |sessions: u64, of: u64| ShareWithInterval {
            sessions,
            of,
            share: Ratio::of(sessions, of),
            interval: ChapterCounts::interval(sessions, of, confidence(), variance_factor),
        };
        Self {
            title: name,
            start_ms: start,
            end_ms: (end != Chapter::OPEN).then_some(end),
            entered: share(counts.entered, counts.sessions),
            completed: share(counts.completed, counts.entered),
            exits: share(counts.exits, counts.entered),
            average_completion: counts.average_completion(),
            average_completion_interval: counts.average_completion_interval(confidence(), variance_factor),
        }
    }
}

/// The chapters of all titles of a catalogue that have any. Of a title whose duration it does not know, the last chapter goes
/// on to wherever the content ends.
///
/// # Errors
///
/// [`Error::Chapters`] naming the title and the chapter that cannot be.
pub fn chapter_index(catalog: &Catalog) -> Result<Arc<ChapterIndex>, Error> {
    let titles = catalog.iter().filter(|(_, entry)| !entry.chapters.is_empty() && !entry.live);
    let index = titles.map(|(id, entry)| {
        let starts = entry.chapters.iter().map(|chapter| (chapter.start, chapter.end, chapter.title.clone()));
        let chapters = Chapters::from_starts(starts, entry.duration);
        let failed = |source| Error::Chapters { content_id: id.to_owned(), source };
        Ok((ContentId::from(id), chapters.map_err(failed)?))
    });
    Ok(Arc::new(index.collect::<Result<ChapterIndex, Error>>()?))
}
