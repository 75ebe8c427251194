//! Which parts of a title earned what.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use audience_core::{Chapter, ChapterIndex, ContentId, PlaybackMap, Ratio, SessionFacts};
use audience_stats::{Accumulator, Merge};

use crate::error::Error;

/// Durations from here on are not divided: 8,900 years.
const TOO_LONG_MS: u64 = 1 << 48;

/// What the parts of titles earned: who watched any of each, how much, and which conversions go with it. An accumulator over session
/// facts of all titles. Titles with chapters are divided by these, all others into equal parts of each session's own duration.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_engagement::{SegmentAttribution, SegmentModel};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let mut attribution = SegmentAttribution::new(Arc::default(), 2)?;
/// for viewer in 0..10 {
///     // Ten viewers watch from second 5 to 35 of a minute, and subscribe.
///     let session = Session::new(format!("s{viewer}"), "clip", [
///         Event::new(at(0), EventKind::load_of(secs(60))),
///         Event::new(at(0), EventKind::Play).at(secs(5)),
///         Event::new(at(30), EventKind::Pause).at(secs(35)),
///         Event::new(at(31), EventKind::custom("conversion")),
///     ]);
///     attribution.observe(&session.facts(&Rules::default(), None));
/// }
/// let clip = &attribution.summary()[0].1;
/// // Who watched any part of it was reached, whatever was watched of its first second.
/// assert_eq!(clip.segments[0].reach().unwrap().as_f64(), 1.0);
/// assert_eq!(clip.credit(SegmentModel::WatchTime).unwrap(), [25.0 / 30.0, 5.0 / 30.0]);
/// // Ten conversions, each divided equally between the two.
/// assert_eq!(clip.credit(SegmentModel::ConversionsShapley).unwrap(), [0.5, 0.5]);
/// # Ok::<(), audience_engagement::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct SegmentAttribution {
    index: Arc<ChapterIndex>,
    parts: u16,
    conversion: Arc<str>,
    titles: HashMap<ContentId, Title>,
}

#[derive(Clone, Debug, Default)]
struct Title {
    sessions: u64,
    left_out: u64,
    conversions: u64,
    segments: Vec<Sums>,
}

#[derive(Clone, Debug, Default)]
struct Sums {
    reached: u64,
    unique_ms: u128,
    played_ms: u128,
    moment: u128,
    first: u64,
    last: u64,
    /// Conversions that go with this segment and others, by how many these are together.
    shared: BTreeMap<u32, u64>,
}

audience_stats::merge_fields!(Sums { reached, unique_ms, played_ms, moment, first, last, shared });

/// What the parts of one title earned.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct TitleAttribution {
    /// Sessions of the title.
    pub sessions: u64,
    /// Of these, sessions whose duration or positions are not known: they are in no segment.
    pub left_out: u64,
    /// Sessions with a conversion that watched any segment.
    pub conversions: u64,
    /// Its segments, in order.
    pub segments: Vec<SegmentCredit>,
}

/// What one part of a title earned.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SegmentCredit {
    /// Which chapter it is; `None` of an equal part.
    pub chapter: Option<Chapter>,
    /// Sessions of the title whose positions are known.
    pub sessions: u64,
    /// Of these, sessions that watched any part of it.
    pub reached: u64,
    /// Content watched of it in milliseconds, each part of each session once.
    pub unique_ms: u128,
    /// The same, each pass counted.
    pub played_ms: u128,
    /// Twice the sum of the positions of all milliseconds watched, each part of each session once.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub moment: u128,
    /// Sessions with a conversion of which it is the first segment that was watched, in the order of the content.
    pub first: u64,
    /// The one in which they stopped, and the last one that was watched where that is none of these.
    pub last: u64,
    /// Conversions, each divided equally between the segments that its session watched.
    pub shapley: f64,
}

/// By what segments are credited.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum SegmentModel {
    /// Content watched, each part of each session once: uniform.
    WatchTime,
    /// The same, where each moment counts as much as it is far into the content: who is there late was held by what came before.
    Position,
    /// Content played, each pass counted: what is watched again earns more.
    Plays,
    /// Conversions, for the first segment watched.
    ConversionsFirst,
    /// Conversions, for the segment that was watched last.
    ConversionsLast,
    /// Conversions by their Shapley value: if a set of segments is worth the conversions of sessions that watched no others, that of a
    /// segment is each conversion divided equally between the segments of its session.
    ConversionsShapley,
}

impl SegmentModel {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::WatchTime,
        Self::Position,
        Self::Plays,
        Self::ConversionsFirst,
        Self::ConversionsLast,
        Self::ConversionsShapley,
    ];
}

impl SegmentAttribution {
    /// The most equal parts.
    pub const MOST_PARTS: usize = 1000;

    /// By these chapters, and of other titles so many equal parts; conversions are custom events named `conversion`.
    ///
    /// # Errors
    ///
    /// [`Error::PartsOutOfRange`].
    pub fn new(index: Arc<ChapterIndex>, parts: usize) -> Result<Self, Error> {
        let wrong = Error::PartsOutOfRange { parts, most: Self::MOST_PARTS };
        match u16::try_from(parts) {
            Ok(parts) if parts > 0 && usize::from(parts) <= Self::MOST_PARTS => {
                Ok(Self { index, parts, conversion: audience_core::Mark::CONVERSION.into(), titles: HashMap::new() })
            }
            _ => Err(wrong),
        }
    }

    /// The same, where conversions are custom events of another name.
    #[must_use]
    pub fn with_conversion(self, name: impl Into<Arc<str>>) -> Self {
        Self { conversion: name.into(), ..self }
    }
}

impl Title {
    /// `segments` are their places, starts and ends, in order.
    fn observe<S>(&mut self, facts: &SessionFacts, duration_ms: u64, segments: impl Fn() -> S, converted: bool)
    where
        S: Iterator<Item = Segment>,
    {
        let mut last = None;
        walk(&facts.map, duration_ms, segments(), |segment, (start, end), plays| {
            let sums = &mut self.segments[segment];
            sums.reached += u64::from(last != Some(segment));
            last = Some(segment);
            sums.unique_ms += u128::from(end - start);
            sums.played_ms += u128::from(end - start) * u128::from(plays);
            sums.moment += u128::from(end - start) * u128::from(end + start);
        });
        let Some(mut last) = last.filter(|_| converted) else { return };
        self.conversions += 1;
        let mut watched: Vec<usize> = Vec::new();
        let exit = facts.exit.position.map(audience_core::MediaTime::as_millis);
        walk(&facts.map, duration_ms, segments(), |segment, (start, end), _| {
            if watched.last() != Some(&segment) {
                watched.push(segment);
            }
            if exit.is_some_and(|exit| start < exit && exit <= end) {
                last = segment;
            }
        });
        let together = u32::try_from(watched.len()).unwrap_or(u32::MAX);
        self.segments[watched[0]].first += 1;
        self.segments[last].last += 1;
        for segment in watched {
            *self.segments[segment].shared.entry(together).or_default() += 1;
        }
    }
}

/// The place, start and end of a segment in milliseconds.
type Segment = (usize, u64, u64);

/// Goes through what was played, segment by segment.
fn walk(
    map: &PlaybackMap,
    duration_ms: u64,
    mut segments: impl Iterator<Item = Segment>,
    mut take: impl FnMut(usize, (u64, u64), u32),
) {
    let Some(mut segment) = segments.next() else { return };
    for run in map.runs() {
        let (mut start, end) = (run.start.as_millis(), run.end.as_millis().min(duration_ms));
        while start < end {
            let (place, from, to) = segment;
            let piece = (start.max(from), end.min(to));
            if piece.0 < piece.1 {
                take(place, piece, run.plays);
            }
            start = end.min(to.max(start));
            if start < end {
                let Some(next) = segments.next() else { return };
                segment = next;
            }
        }
    }
}

/// Equal parts of content of this duration: part j begins at ⌊j · duration / parts⌋. By adding up, without dividing.
fn equal_parts(parts: u16, duration_ms: u64) -> impl Iterator<Item = Segment> {
    let parts = u64::from(parts);
    let (whole, rest) = (duration_ms / parts, duration_ms % parts);
    let (mut end, mut carried) = (0, 0);
    (0..parts as usize).map(move |place| {
        let start = end;
        carried += rest;
        end += whole + u64::from(carried >= parts);
        carried -= if carried >= parts { parts } else { 0 };
        (place, start, end)
    })
}

/// # Panics
///
/// When the two divide titles otherwise, which is a bug in the program.
impl Merge for SegmentAttribution {
    fn merge(&mut self, other: Self) {
        let same = Arc::ptr_eq(&self.index, &other.index) || self.index == other.index;
        let same = same && (self.parts, &self.conversion) == (other.parts, &other.conversion);
        assert!(same, "attributions to other segments do not merge");
        self.titles.merge(other.titles);
    }
}

impl Merge for Title {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.left_out.merge(other.left_out);
        self.conversions.merge(other.conversions);
        self.segments.iter_mut().zip(other.segments).for_each(|(sums, other)| sums.merge(other));
    }
}

impl Accumulator for SegmentAttribution {
    type Item = SessionFacts;
    /// Titles in order of their ids.
    type Summary = Vec<(ContentId, TitleAttribution)>;

    fn observe(&mut self, facts: &SessionFacts) {
        let id = &facts.identity.content_id;
        let chapters = self.index.get(id).filter(|chapters| !chapters.is_empty());
        if !self.titles.contains_key(id) {
            let segments = chapters.map_or(usize::from(self.parts), audience_core::Chapters::len);
            self.titles.insert(id.clone(), Title { segments: vec![Sums::default(); segments], ..Title::default() });
        }
        let Some(title) = self.titles.get_mut(id) else { return };
        title.sessions.merge(1);
        let duration_ms = facts.duration.map_or(0, audience_core::MediaTime::as_millis);
        let known = !facts.is_live && !facts.inferred.positions_missing && (1..TOO_LONG_MS).contains(&duration_ms);
        if !known {
            title.left_out.merge(1);
            return;
        }
        let converted = facts.marks.iter().any(|mark| *mark.name == *self.conversion && mark.count > 0);
        match chapters {
            Some(chapters) => {
                let segments = || {
                    let places = chapters.iter().enumerate();
                    places.map(|(at, chapter)| (at, chapter.start.as_millis(), chapter.end.as_millis()))
                };
                title.observe(facts, duration_ms, segments, converted);
            }
            None => title.observe(facts, duration_ms, || equal_parts(self.parts, duration_ms), converted),
        }
    }

    fn summary(&self) -> Self::Summary {
        let title = |(id, title): (&ContentId, &Title)| {
            let chapters = self.index.get(id).filter(|chapters| !chapters.is_empty());
            let segments = title.segments.iter().enumerate().map(|(at, sums)| SegmentCredit {
                chapter: chapters.map(|chapters| chapters.as_slice()[at].clone()),
                sessions: title.sessions - title.left_out,
                reached: sums.reached,
                unique_ms: sums.unique_ms,
                played_ms: sums.played_ms,
                moment: sums.moment,
                first: sums.first,
                last: sums.last,
                shapley: sums
                    .shared
                    .iter()
                    .fold(0.0, |sum, (segments, count)| sum + *count as f64 / f64::from(*segments)),
            });
            let attribution = TitleAttribution {
                sessions: title.sessions,
                left_out: title.left_out,
                conversions: title.conversions,
                segments: segments.collect(),
            };
            (id.clone(), attribution)
        };
        let mut titles: Vec<_> = self.titles.iter().map(title).collect();
        titles.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        titles
    }
}

impl SegmentCredit {
    /// The share of sessions that watched any part of it; `None` without sessions.
    pub fn reach(&self) -> Option<Ratio> {
        Ratio::of(self.reached, self.sessions)
    }

    fn raw(&self, model: SegmentModel) -> f64 {
        match model {
            SegmentModel::WatchTime => self.unique_ms as f64,
            SegmentModel::Position => self.moment as f64,
            SegmentModel::Plays => self.played_ms as f64,
            SegmentModel::ConversionsFirst => self.first as f64,
            SegmentModel::ConversionsLast => self.last as f64,
            SegmentModel::ConversionsShapley => self.shapley,
        }
    }
}

impl TitleAttribution {
    /// The share of each segment, in order; together 1. `None` when nothing was earned.
    pub fn credit(&self, model: SegmentModel) -> Option<Vec<f64>> {
        let raw: Vec<f64> = self.segments.iter().map(|segment| segment.raw(model)).collect();
        let sum: f64 = raw.iter().sum();
        (sum > 0.0).then(|| raw.into_iter().map(|raw| raw / sum).collect())
    }
}
