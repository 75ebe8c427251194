//! How the chapters of titles hold their viewers.

use std::collections::HashMap;
use std::sync::Arc;

use audience_core::{Chapter, ChapterIndex, Chapters, ContentId, MediaTime, PlaybackMap, Ratio, SessionFacts};
use audience_stats::{Accumulator, Confidence, Interval, Merge, merge_fields, wilson};

use crate::curves::{Placement, place};
use crate::grid::Grid;

/// How the chapters of titles hold their viewers: who enters one, who watches it to its end, how much of it those who enter
/// watch, and who leaves in it.
///
/// An accumulator over the session facts of all titles; titles without chapters are passed over. Each session counts once
/// in a chapter, whatever it watches again.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_retention::{ChapterCurves, Chapters};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let session = Session::new("s1", "clip", [
///     Event::new(at(0), EventKind::load_of(secs(100))),
///     Event::new(at(0), EventKind::Play).at(secs(0)),
///     Event::new(at(60), EventKind::Pause).at(secs(60)),
/// ]);
/// let halves = Chapters::equal_parts(2, secs(100))?;
/// let mut chapters = ChapterCurves::new(Arc::new([("clip".into(), halves)].into()));
/// chapters.observe(&session.facts(&Rules::default(), None));
///
/// let clip = &chapters.summary()[0].1;
/// let [first, second] = &clip.chapters[..] else { panic!("two halves") };
/// assert_eq!((first.completed, second.entered, second.exits), (1, 1, 1));
/// assert_eq!(second.average_completion().unwrap().as_f64(), 0.2);
/// # Ok::<(), audience_retention::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChapterCurves {
    index: Arc<ChapterIndex>,
    titles: HashMap<ContentId, Title>,
}

#[derive(Clone, Debug, Default)]
struct Title {
    sessions: u64,
    placement: Placement,
    chapters: Vec<Sums>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    entered: u64,
    completed: u64,
    exits: u64,
    unique_ms: u128,
    squares: u128,
    entered_ms: u128,
}

merge_fields!(Sums { entered, completed, exits, unique_ms, squares, entered_ms });

/// The chapters of one title.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TitleChapters {
    /// Sessions of the title whose positions are known.
    pub sessions: u64,
    /// Sessions that are not among these.
    pub placement: Placement,
    /// Its chapters, in order.
    pub chapters: Vec<ChapterCounts>,
}

/// How one chapter holds its viewers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ChapterCounts {
    /// Which one.
    pub chapter: Chapter,
    /// Sessions of the title, whether they watched it or not.
    pub sessions: u64,
    /// Sessions that watched at least a millisecond of it.
    pub entered: u64,
    /// Sessions that watched its last millisecond.
    pub completed: u64,
    /// Sessions whose last watched position is in it.
    pub exits: u64,
    /// Content watched in it in milliseconds, each part of each session once.
    pub unique_ms: u128,
    /// The sum of the squares of what each session watched of it, in square milliseconds.
    pub squares: u128,
    /// The length of the chapter in milliseconds, once for each session that entered it.
    pub entered_ms: u128,
}

impl ChapterCurves {
    /// No session yet, of titles with these chapters.
    pub fn new(index: Arc<ChapterIndex>) -> Self {
        Self { index, titles: HashMap::new() }
    }
}

impl Title {
    fn observe(&mut self, chapters: &Chapters, map: &PlaybackMap, duration: MediaTime) {
        self.sessions.merge(1);
        let mut left = chapters.as_slice().partition_point(|chapter| chapter.end <= first_of(map));
        let mut watched = 0_u64;
        let mut exit = None;
        for (start, end) in map.covered() {
            let end = end.min(duration);
            // From one chapter to the next, as long as the stretch goes on.
            while let Some(chapter) = chapters.as_slice().get(left).filter(|chapter| chapter.start < end && start < end)
            {
                let chapter_end = chapter.end.min(duration);
                let (from, to) = (start.max(chapter.start), end.min(chapter_end));
                watched += to.saturating_sub(from).as_millis();
                if from < to {
                    exit = Some(left);
                    self.chapters[left].completed += u64::from(to == chapter_end);
                }
                if end < chapter_end {
                    break;
                }
                self.chapters[left].take(std::mem::take(&mut watched), chapter_end.saturating_sub(chapter.start));
                left += 1;
            }
        }
        if let (Some(sums), Some(chapter)) = (self.chapters.get_mut(left), chapters.as_slice().get(left)) {
            sums.take(watched, chapter.end.min(duration).saturating_sub(chapter.start));
        }
        let last = map.furthest().map(|furthest| furthest.min(duration));
        let in_chapter = |at: &usize| last.is_some_and(|last| last <= chapters.as_slice()[*at].end);
        if let Some(exit) = exit.filter(in_chapter) {
            self.chapters[exit].exits += 1;
        }
    }
}

fn first_of(map: &PlaybackMap) -> MediaTime {
    map.runs().first().map_or(MediaTime::ZERO, |run| run.start)
}

impl Sums {
    /// A session watched so much of the chapter of this length.
    fn take(&mut self, watched: u64, length: MediaTime) {
        if watched > 0 {
            self.entered += 1;
            self.unique_ms += u128::from(watched);
            self.squares += u128::from(watched) * u128::from(watched);
            self.entered_ms += u128::from(length.as_millis());
        }
    }
}

/// # Panics
///
/// When the two have other chapters.
impl Merge for ChapterCurves {
    fn merge(&mut self, other: Self) {
        let same = Arc::ptr_eq(&self.index, &other.index) || self.index == other.index;
        assert!(same, "curves of other chapters do not merge");
        self.titles.merge(other.titles);
    }
}

impl Merge for Title {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.placement.merge(other.placement);
        self.chapters.iter_mut().zip(other.chapters).for_each(|(sums, other)| sums.merge(other));
    }
}

impl Accumulator for ChapterCurves {
    type Item = SessionFacts;
    /// Titles that have chapters and sessions, in order of their ids.
    type Summary = Vec<(ContentId, TitleChapters)>;

    fn observe(&mut self, facts: &SessionFacts) {
        let id = &facts.identity.content_id;
        let Some(chapters) = self.index.get(id).filter(|chapters| !chapters.is_empty()) else { return };
        if !self.titles.contains_key(id) {
            let title = Title { chapters: vec![Sums::default(); chapters.len()], ..Title::default() };
            self.titles.insert(id.clone(), title);
        }
        let Some(title) = self.titles.get_mut(id) else { return };
        if let Some(duration) = place(facts, &Grid::default(), &mut title.placement) {
            title.observe(chapters, &facts.map, duration);
        }
    }

    fn summary(&self) -> Self::Summary {
        let title = |(id, title): (&ContentId, &Title)| {
            let chapters = self.index.get(id)?.iter().zip(&title.chapters);
            let counts = chapters.map(|(chapter, sums)| ChapterCounts {
                chapter: chapter.clone(),
                sessions: title.sessions,
                entered: sums.entered,
                completed: sums.completed,
                exits: sums.exits,
                unique_ms: sums.unique_ms,
                squares: sums.squares,
                entered_ms: sums.entered_ms,
            });
            let chapters =
                TitleChapters { sessions: title.sessions, placement: title.placement, chapters: counts.collect() };
            Some((id.clone(), chapters))
        };
        let mut titles: Vec<_> = self.titles.iter().filter_map(title).collect();
        titles.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        titles
    }
}

impl ChapterCounts {
    /// Sessions that entered it, as a share of those of the title; `None` without any.
    pub fn entry(&self) -> Option<Ratio> {
        Ratio::of(self.entered, self.sessions)
    }

    /// Sessions that watched its end, as a share of those that entered it; `None` when nobody did.
    pub fn completion(&self) -> Option<Ratio> {
        Ratio::of(self.completed, self.entered)
    }

    /// Sessions whose last watched position is in it, as a share of those that entered it; `None` when nobody did.
    pub fn exit(&self) -> Option<Ratio> {
        Ratio::of(self.exits, self.entered)
    }

    /// The share of it that those who enter watch, on average; `None` when nobody does.
    pub fn average_completion(&self) -> Option<Ratio> {
        Ratio::of_sums(self.unique_ms, self.entered_ms)
    }

    /// The interval of a share `part` of `whole`: Wilson's, with a variance larger by `variance_factor` than that of
    /// independent sessions ([`RetentionSummary::variance_factor`](crate::RetentionSummary::variance_factor)).
    pub fn interval(part: u64, whole: u64, confidence: Confidence, variance_factor: f64) -> Option<Interval> {
        let (part, whole) = (part as f64 / variance_factor, whole as f64 / variance_factor);
        wilson(part, whole, confidence).ok()
    }

    /// The interval of the average completion: the normal one of a mean, within 0 and 1, with a variance as above. `None`
    /// with less than two entrants, or when all watched as much.
    pub fn average_completion_interval(&self, confidence: Confidence, variance_factor: f64) -> Option<Interval> {
        let n = self.entered as f64;
        let length = self.entered_ms as f64 / n;
        let mean = self.average_completion()?.as_f64();
        // Exact up to here: n Σ x² − (Σ x)² has no rounding.
        let spread =
            (u128::from(self.entered).checked_mul(self.squares)?).checked_sub(self.unique_ms.checked_pow(2)?)? as f64;
        let variance = spread / (n * (n - 1.0)) / (length * length) / n * variance_factor;
        let reach = confidence.z() * variance.sqrt();
        (self.entered > 1 && reach > 0.0)
            .then(|| Interval { low: (mean - reach).max(0.0), high: (mean + reach).min(1.0) })
    }
}
