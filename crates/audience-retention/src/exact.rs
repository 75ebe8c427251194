//! Curves of every millisecond.

use audience_core::{MediaTime, PlaybackMap, SessionFacts};
use audience_stats::{Accumulator, Merge, RangeCounts};

use crate::curves::{Placement, place};
use crate::error::Error;
use crate::grid::Grid;

/// Reach and plays at every millisecond of a title, exactly: where half of the viewers are gone, and the areas under the
/// curves.
///
/// The state grows with the number of runs that sessions watched, 16 bytes for each of their ends at most; use
/// [`RetentionCurves`](crate::RetentionCurves) where a hundred points are enough. Sessions are placed by positions in
/// milliseconds, so that sessions that disagree about the duration are on one curve as long as the longest of them; content
/// of more than 49 days is left out and counted.
///
/// # Examples
///
/// ```
/// use audience_core::{MediaTime, PlaybackMap};
/// use audience_retention::ExactCurves;
///
/// let ms = MediaTime::from_millis;
/// let map = |end| PlaybackMap::from_intervals([(ms(0), ms(end))]);
/// let exact = ExactCurves::of_maps(&[map(1000), map(700), map(300)], ms(1000))?;
/// assert_eq!(exact.first_below_half(), Some(ms(700)));
/// assert!((exact.reach_area() - 2.0 / 3.0).abs() < 1e-15);
/// # Ok::<(), audience_retention::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExactCurves {
    sessions: u64,
    placement: Placement,
    reach: RangeCounts,
    plays: RangeCounts,
    watched_ms: u128,
    unique_ms: u128,
    duration_ms: u128,
    longest: u64,
}

/// What [`ExactCurves`] have seen: at least one session.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExactSummary {
    /// Sessions in the curves.
    pub sessions: u64,
    /// Sessions that are not.
    pub placement: Placement,
    /// The longest content a session had.
    #[cfg_attr(feature = "serde", serde(rename = "longest_ms"))]
    pub longest: MediaTime,
    /// Content watched in milliseconds, each pass counted.
    pub watched_ms: u128,
    /// Content watched in milliseconds, each part of each session once.
    pub unique_ms: u128,
    /// The duration of the content, once for each session, in milliseconds.
    pub duration_ms: u128,
    /// Where the curves change, from 0 on.
    pub steps: Vec<Step>,
}

/// From here on, up to the next step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Step {
    /// Since where.
    #[cfg_attr(feature = "serde", serde(rename = "from_ms"))]
    pub from: MediaTime,
    /// Sessions that watched it.
    pub sessions: u64,
    /// How often it was played.
    pub plays: u64,
}

impl ExactCurves {
    /// Curves of no session yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The curves of what sessions played of content of this `duration`. Playback maps are clipped to it.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroDuration`], and [`Error::NoSessions`] when there are none or the content is longer than 49 days.
    pub fn of_maps<'m>(
        maps: impl IntoIterator<Item = &'m PlaybackMap>,
        duration: MediaTime,
    ) -> Result<ExactSummary, Error> {
        if duration.is_zero() {
            return Err(Error::ZeroDuration);
        }
        let mut curves = Self::new();
        for map in maps {
            curves.observe_map(map, duration);
        }
        curves.summary().ok_or(Error::NoSessions)
    }

    fn observe_map(&mut self, map: &PlaybackMap, duration: MediaTime) {
        if duration.as_millis() >= u64::from(u32::MAX) {
            self.placement.too_long.merge(1);
            return;
        }
        self.sessions.merge(1);
        self.longest = self.longest.max(duration.as_millis());
        self.duration_ms.merge(duration.as_millis().into());
        // Below 2³²: both ends are clipped to the duration.
        let clipped = |at: MediaTime| at.min(duration).as_millis() as u32;
        for run in map.runs() {
            let (start, end) = (clipped(run.start), clipped(run.end));
            self.reach.add(start, end, 1);
            self.plays.add(start, end, i64::from(run.plays));
            let length = u128::from(end - start);
            self.unique_ms.merge(length);
            self.watched_ms.merge(length * u128::from(run.plays));
        }
    }
}

impl Merge for ExactCurves {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.placement.merge(other.placement);
        self.reach.merge(other.reach);
        self.plays.merge(other.plays);
        self.watched_ms.merge(other.watched_ms);
        self.unique_ms.merge(other.unique_ms);
        self.duration_ms.merge(other.duration_ms);
        self.longest = self.longest.max(other.longest);
    }
}

impl Accumulator for ExactCurves {
    type Item = SessionFacts;
    /// `None` when no session is in the curves.
    type Summary = Option<ExactSummary>;

    fn observe(&mut self, facts: &SessionFacts) {
        if let Some(duration) = place(facts, &Grid::default(), &mut self.placement) {
            self.observe_map(&facts.map, duration);
        }
    }

    fn summary(&self) -> Option<ExactSummary> {
        let changes = |counts: &RangeCounts| Vec::<(u32, i64)>::from(counts.clone()).into_iter().peekable();
        let (mut reach, mut plays) = (changes(&self.reach), changes(&self.plays));
        let mut steps = Vec::new();
        let (mut sessions, mut played) = (0_i64, 0_i64);
        let mut at = 0;
        loop {
            while let Some((_, change)) = reach.next_if(|(position, _)| *position <= at) {
                sessions = sessions.wrapping_add(change);
            }
            while let Some((_, change)) = plays.next_if(|(position, _)| *position <= at) {
                played = played.wrapping_add(change);
            }
            if u64::from(at) < self.longest {
                let from = MediaTime::from_millis(at.into());
                steps.push(Step { from, sessions: sessions as u64, plays: played as u64 });
            }
            let next = [reach.peek(), plays.peek()].into_iter().flatten().map(|(position, _)| *position).min();
            match next {
                Some(next) => at = next,
                None => break,
            }
        }
        (self.sessions > 0).then(|| ExactSummary {
            sessions: self.sessions,
            placement: self.placement,
            longest: MediaTime::from_millis(self.longest),
            watched_ms: self.watched_ms,
            unique_ms: self.unique_ms,
            duration_ms: self.duration_ms,
            steps,
        })
    }
}

impl ExactSummary {
    /// What holds at a position.
    pub fn at(&self, position: MediaTime) -> Option<&Step> {
        let next = self.steps.partition_point(|step| step.from <= position);
        next.checked_sub(1).map(|at| &self.steps[at]).filter(|_| position < self.longest)
    }

    /// The exact area under the curve of reach, with the content as 1: the average share of it that a session watched.
    pub fn reach_area(&self) -> f64 {
        self.unique_ms as f64 / self.duration_ms as f64
    }

    /// The exact area under the curve of plays, with the content as 1.
    pub fn plays_area(&self) -> f64 {
        self.watched_ms as f64 / self.duration_ms as f64
    }

    /// Content watched per session in milliseconds, each pass counted.
    pub fn average_view_duration_ms(&self) -> f64 {
        self.watched_ms as f64 / self.sessions as f64
    }

    /// Content watched per session in milliseconds, each part once.
    pub fn average_unique_ms(&self) -> f64 {
        self.unique_ms as f64 / self.sessions as f64
    }

    /// The half-life: the first position that less than half of the sessions watched.
    pub fn first_below_half(&self) -> Option<MediaTime> {
        self.first(|twice| twice < u128::from(self.sessions))
    }

    /// The first position that at most half of the sessions watched.
    pub fn first_at_most_half(&self) -> Option<MediaTime> {
        self.first(|twice| twice <= u128::from(self.sessions))
    }

    fn first(&self, few: impl Fn(u128) -> bool) -> Option<MediaTime> {
        self.steps.iter().find(|step| few(u128::from(step.sessions) * 2)).map(|step| step.from)
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for ExactCurves {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.exact_curves/1", &())
    }

    fn size_bytes(&self) -> usize {
        self.reach.size_bytes() + self.plays.size_bytes()
    }
}
