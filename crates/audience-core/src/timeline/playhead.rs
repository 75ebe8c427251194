//! Where the playhead is, as far as one can know.

use super::log::Log;
use crate::rules::Rules;
use crate::time::{Elapsed, MediaTime, Rate};

/// Follows the playhead from one known position to the next.
// In raw milliseconds: this is the innermost loop of everything.
#[derive(Debug, Default)]
pub(super) struct Playhead {
    /// The last known position.
    anchor: Option<u64>,
    /// Whether a player reported it, rather than it being inferred.
    reported: bool,
    /// Wall time played since.
    wall: u64,
    /// Content played since, by wall time and rate.
    advance: u64,
    /// Content played since the last seek, up to the last known position; `None` before the first.
    since_seek: Option<u64>,
}

/// How the playhead came to a reported position.
#[derive(Debug, PartialEq)]
pub(super) enum Arrival {
    /// By playing, or not at all.
    Plausible,
    /// By a jump nobody reported, from where it would have been.
    Jumped(MediaTime),
}

impl Playhead {
    /// Best guess of where it is now.
    pub(super) fn position(&self) -> Option<MediaTime> {
        self.anchor.map(|anchor| MediaTime::from_millis(anchor.saturating_add(self.advance)))
    }

    /// Where it was when that was last known.
    pub(super) fn known(&self) -> Option<MediaTime> {
        self.anchor.map(MediaTime::from_millis)
    }

    /// Whether a seek happened and the playhead has moved less than `settle` past its target.
    pub(super) fn settling(&self, settle: MediaTime) -> bool {
        self.since_seek.is_some_and(|moved| moved.saturating_add(self.advance) < settle.as_millis())
    }

    /// Time passes while playing; how much content plays in it.
    pub(super) fn play(&mut self, millis: u64, rate: Rate) -> u64 {
        let advance =
            if rate == Rate::NORMAL { millis } else { rate.advance(Elapsed::from_millis(millis)).as_millis() };
        self.wall = self.wall.saturating_add(millis);
        self.advance = self.advance.saturating_add(advance);
        advance
    }

    /// The playhead is seen at `position`, after `playing` or standing still. What was played to get there goes to
    /// `log`.
    pub(super) fn arrive(&mut self, position: MediaTime, playing: bool, rules: &Rules, log: &mut Log) -> Arrival {
        let position = position.as_millis();
        let mut arrival = Arrival::Plausible;
        match self.anchor {
            // Playback was seen before any position: it led here.
            None => {
                let start = position.saturating_sub(self.advance);
                log.watch(start, position, true);
                log.unplaced = log.unplaced.saturating_add(self.advance - (position - start));
                self.settle(position - start);
            }
            Some(anchor) if self.leads(anchor, position, rules) => {
                if playing {
                    log.watch(anchor, position, !self.reported);
                    self.settle(position.saturating_sub(anchor));
                }
            }
            // What was played on the way lies on either side of the jump; nobody knows where.
            Some(anchor) => {
                log.unplaced = log.unplaced.saturating_add(self.advance);
                self.settle(self.advance);
                if self.reported {
                    arrival = Arrival::Jumped(MediaTime::from_millis(anchor.saturating_add(self.advance)));
                }
            }
        }
        self.anchor_at(Some(position), true);
        arrival
    }

    /// Whether playback since `anchor` can have led to `position`.
    fn leads(&self, anchor: u64, position: u64, rules: &Rules) -> bool {
        let slack = rules.slack.as_millis();
        if position < anchor {
            return anchor - position <= slack;
        }
        let ahead = position - anchor;
        // As far as usual, or else as far as any player plays.
        ahead <= self.advance.saturating_add(slack)
            || ahead <= rules.max_rate.advance(Elapsed::from_millis(self.wall)).as_millis().saturating_add(slack)
    }

    /// Playback stops here without a position: closes what was played by wall time and rate.
    pub(super) fn stop(&mut self, log: &mut Log) {
        if self.advance == 0 {
            return;
        }
        if let Some(anchor) = self.anchor {
            let end = anchor.saturating_add(self.advance);
            log.watch(anchor, end, true);
            self.settle(self.advance);
            self.anchor_at(Some(end), false);
        } else {
            log.unplaced = log.unplaced.saturating_add(self.advance);
            self.settle(self.advance);
            self.anchor_at(None, false);
        }
    }

    /// The playhead was moved to `target`, or to an unknown place.
    pub(super) fn seek(&mut self, target: Option<MediaTime>) {
        self.place(target);
        self.since_seek = Some(0);
    }

    /// The playhead is at `position`, or at an unknown place, without having moved there.
    pub(super) fn place(&mut self, position: Option<MediaTime>) {
        self.anchor_at(position.map(MediaTime::as_millis), position.is_some());
    }

    fn settle(&mut self, moved: u64) {
        if let Some(so_far) = &mut self.since_seek {
            *so_far = so_far.saturating_add(moved);
        }
    }

    fn anchor_at(&mut self, position: Option<u64>, reported: bool) {
        self.anchor = position;
        self.reported = reported;
        self.wall = 0;
        self.advance = 0;
    }
}
