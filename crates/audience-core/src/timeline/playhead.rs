//! Where the playhead is, as far as one can know.

use super::log::Log;
use crate::rules::Rules;
use crate::time::{Elapsed, MediaTime, Rate};

/// Follows the playhead from one known position to the next.
// In raw milliseconds: this is the innermost loop of everything.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Playhead {
    /// The last known position.
    anchor: Option<u64>,
    /// Whether a player reported it, rather than it being inferred.
    reported: bool,
    /// Where it was seen last while it stood still, no further from the anchor than a player may be off.
    seen: Option<u64>,
    /// Wall time played since the anchor.
    wall: u64,
    /// Content played since the anchor, by wall time and rate.
    advance: u64,
    /// Millionths of a millisecond of content besides, so that it does not matter how often time passed.
    fraction: u64,
    /// Content played up to the anchor.
    moved: u64,
    /// The same when the playhead was last moved by a seek; `None` before the first.
    moved_at_seek: Option<u64>,
    /// Where the content ends.
    end: u64,
}

/// How the playhead came to a reported position.
#[derive(Debug, PartialEq)]
pub(super) enum Arrival {
    /// By playing.
    Played,
    /// By a jump nobody reported, from where it would have been.
    Jumped(MediaTime),
}

impl Playhead {
    /// Over content of this duration, if that is known.
    pub(super) fn new(duration: Option<MediaTime>) -> Self {
        Self { end: duration.map_or(u64::MAX, MediaTime::as_millis), ..Self::default() }
    }

    /// The content's duration is known now, or known to be none.
    pub(super) fn ends_at(&mut self, duration: Option<MediaTime>) {
        self.end = duration.map_or(u64::MAX, MediaTime::as_millis);
    }

    /// Best guess of where it is now.
    pub(super) fn position(&self) -> Option<MediaTime> {
        let position = |anchor: u64| MediaTime::from_millis(anchor.saturating_add(self.advanced()));
        self.seen.map(MediaTime::from_millis).or_else(|| self.anchor.map(position))
    }

    /// Where it was when that was last known.
    pub(super) fn known(&self) -> Option<MediaTime> {
        self.seen.or(self.anchor).map(MediaTime::from_millis)
    }

    /// Where it stood when it stopped.
    pub(super) fn anchor(&self) -> Option<MediaTime> {
        self.anchor.map(MediaTime::from_millis)
    }

    /// Content played so far, at known positions or not.
    pub(super) fn moved(&self) -> u64 {
        self.moved.saturating_add(self.advanced())
    }

    /// Whether a seek happened and the playhead has moved less than `settle` past its target.
    pub(super) fn settling(&self, settle: MediaTime) -> bool {
        self.moved_at_seek.is_some_and(|then| self.moved().saturating_sub(then) < settle.as_millis())
    }

    /// Content played since the anchor, no more of it than there is.
    fn advanced(&self) -> u64 {
        let room = self.anchor.map_or(u64::MAX, |anchor| self.end.saturating_sub(anchor));
        self.advance.min(room)
    }

    /// Time passes while playing.
    pub(super) fn play(&mut self, millis: u64, rate: Rate) {
        self.wall = self.wall.saturating_add(millis);
        let advance = if rate == Rate::NORMAL {
            millis
        } else {
            let millionths = rate.millionths_in(millis).saturating_add(self.fraction);
            self.fraction = millionths % u64::from(Rate::ONE);
            millionths / u64::from(Rate::ONE)
        };
        self.advance = self.advance.saturating_add(advance);
    }

    /// The playhead is seen at `position` while playing. What was played to get there goes to `log`.
    pub(super) fn arrive(&mut self, position: MediaTime, rules: &Rules, log: &mut Log) -> Arrival {
        let position = position.as_millis().min(self.end);
        let advanced = self.advanced();
        let (moved, arrival) = match self.anchor {
            // Playback was seen before any position: it led here.
            None => {
                let start = position.saturating_sub(advanced);
                log.watch(start, position, true);
                log.unplaced = log.unplaced.saturating_add(advanced - (position - start));
                (advanced, Arrival::Played)
            }
            Some(anchor) if self.leads(anchor, position, rules) => {
                log.watch(anchor, position, !self.reported);
                (position.saturating_sub(anchor), Arrival::Played)
            }
            // What was played on the way lies on either side of the jump; nobody knows where.
            Some(anchor) => {
                log.unplaced = log.unplaced.saturating_add(advanced);
                let from = MediaTime::from_millis(anchor.saturating_add(advanced));
                (advanced, if self.reported { Arrival::Jumped(from) } else { Arrival::Played })
            }
        };
        self.anchor_at(Some(position), true, moved);
        arrival
    }

    /// Whether playback since the anchor can have led to `position`.
    pub(super) fn could_lead_to(&self, position: MediaTime, rules: &Rules) -> bool {
        self.anchor.is_none_or(|anchor| self.leads(anchor, position.as_millis().min(self.end), rules))
    }

    fn leads(&self, anchor: u64, position: u64, rules: &Rules) -> bool {
        let slack = rules.slack.as_millis();
        if position < anchor {
            return anchor - position <= slack;
        }
        let ahead = position - anchor;
        // As far as usual, or else as far as any player plays.
        ahead <= self.advanced().saturating_add(slack)
            || ahead <= rules.max_rate.advance(Elapsed::from_millis(self.wall)).as_millis().saturating_add(slack)
    }

    /// The playhead, standing still, is seen at `position`, which is no further off than a player may be.
    pub(super) fn stand(&mut self, position: MediaTime) {
        self.seen = Some(position.as_millis().min(self.end));
    }

    /// Playback stops here without a position: closes what was played by wall time and rate.
    pub(super) fn stop(&mut self, log: &mut Log) {
        if self.advance == 0 {
            return;
        }
        let advanced = self.advanced();
        if let Some(anchor) = self.anchor {
            let end = anchor.saturating_add(advanced);
            log.watch(anchor, end, true);
            self.anchor_at(Some(end), false, advanced);
        } else {
            log.unplaced = log.unplaced.saturating_add(advanced);
            self.anchor_at(None, false, advanced);
        }
    }

    /// Playback goes on from where the playhead was last seen.
    pub(super) fn go_on(&mut self) {
        if let Some(seen) = self.seen {
            self.anchor_at(Some(seen), true, 0);
        }
    }

    /// What was seen of it while it was thought to stand still was it moving.
    pub(super) fn had_moved(&mut self) {
        self.seen = None;
    }

    /// The playhead was moved to `target`, or to an unknown place.
    pub(super) fn seek(&mut self, target: Option<MediaTime>) {
        self.place(target);
        self.moved_at_seek = Some(self.moved);
    }

    /// The playhead is at `position`, or at an unknown place, without having moved there.
    pub(super) fn place(&mut self, position: Option<MediaTime>) {
        self.anchor_at(position.map(|position| position.as_millis().min(self.end)), position.is_some(), 0);
    }

    /// The playhead is known to be at `anchor`, having played `moved` of the content since the last one.
    fn anchor_at(&mut self, anchor: Option<u64>, reported: bool, moved: u64) {
        self.anchor = anchor;
        self.reported = reported;
        self.seen = None;
        self.wall = 0;
        self.advance = 0;
        self.fraction = 0;
        self.moved = self.moved.saturating_add(moved);
    }
}
