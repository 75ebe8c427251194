//! The player at any moment: session replay.

use super::{Activity, Span, Timeline};
use crate::event::Rendition;
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// The player at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Frame {
    /// When.
    pub at: Timestamp,
    /// What the player did.
    pub activity: Activity,
    /// Where the playhead was; between known positions, in proportion to the time.
    pub position: Option<MediaTime>,
    /// The playback rate.
    pub rate: Rate,
    /// What was played, as far as the player said.
    pub rendition: Rendition,
}

impl Timeline {
    /// The player at the time `at`: `None` before the first event and after the last. At the very moment of an event,
    /// what holds after it.
    pub fn frame_at(&self, at: Timestamp) -> Option<Frame> {
        if let Some(end) = self.end.filter(|end| end.at == at) {
            return Some(end);
        }
        let next = self.spans.partition_point(|span| span.start <= at);
        let span = self.spans.get(next.checked_sub(1)?)?;
        (at <= span.end).then(|| span.frame_at(at))
    }

    /// The player at its first event and every `step` after it, up to the last event. A step of zero gives the first
    /// frame only. Frames are made as they are asked for.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_core::{Elapsed, Event, EventKind, MediaTime, Rules, Session, Timestamp};
    ///
    /// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
    /// let session = Session::new("s1", "film", [
    ///     Event::new(at(0), EventKind::Play).at(MediaTime::from_secs(60)),
    ///     Event::new(at(10), EventKind::Pause).at(MediaTime::from_secs(70)),
    /// ]);
    /// let timeline = session.timeline(&Rules::default());
    /// let positions: Vec<_> =
    ///     timeline.replay(Elapsed::from_secs(4)).filter_map(|frame| frame.position).map(|p| p.as_secs_f64()).collect();
    /// assert_eq!(positions, [60.0, 64.0, 68.0]);
    /// ```
    pub fn replay(&self, step: Elapsed) -> Replay<'_> {
        Replay { timeline: self, spans: &self.spans, at: self.tally.first, step }
    }
}

impl Span {
    fn frame_at(&self, at: Timestamp) -> Frame {
        let position = match (self.from, self.to) {
            (Some(from), Some(to)) if self.activity == Activity::Playing && to >= from => {
                let (passed, length) = (at.since(self.start).as_millis(), self.length().as_millis());
                let moved =
                    u128::from(to.saturating_sub(from).as_millis()) * u128::from(passed) / u128::from(length.max(1));
                Some(from.saturating_add(MediaTime::from_millis(moved as u64)))
            }
            (from, _) => from,
        };
        Frame { at, activity: self.activity, position, rate: self.rate, rendition: self.rendition }
    }
}

/// The frames of [`Timeline::replay`].
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    timeline: &'a Timeline,
    spans: &'a [Span],
    at: Option<Timestamp>,
    step: Elapsed,
}

impl Iterator for Replay<'_> {
    type Item = Frame;

    fn next(&mut self) -> Option<Frame> {
        let at = self.at?;
        // A frame on the border of two spans belongs to the later one.
        while let [span, _, ..] = self.spans
            && span.end <= at
        {
            self.spans = &self.spans[1..];
        }
        let next = at + self.step;
        self.at = (next > at).then_some(next);
        let end = self.timeline.end.filter(|end| end.at == at);
        end.or_else(|| self.spans.first().filter(|span| at <= span.end).map(|span| span.frame_at(at)))
    }
}
