//! Following a session that is still going on.

use super::Machine;
use crate::event::{Bitrate, Event};
use crate::facts::{StartUp, WallTime};
use crate::rules::Rules;
use crate::session::Outline;
use crate::time::{MediaTime, Timestamp};
use crate::timeline::{Activity, Frame, Tally, Wait, WaitKind};

/// What was taken for one activity was another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Correction {
    pub(crate) from: Timestamp,
    pub(crate) until: Timestamp,
    pub(crate) was: Activity,
    pub(crate) is: Activity,
}

/// Notes a correction, where somebody has been told of what is corrected.
pub(super) fn correct(
    corrections: &mut Option<Vec<Correction>>,
    (from, until): (Timestamp, Timestamp),
    was: Activity,
    is: Activity,
) {
    if let Some(corrections) = corrections.as_mut().filter(|_| from < until && was != is) {
        corrections.push(Correction { from, until, was, is });
    }
}

/// What is counted of a session so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Counted {
    pub(crate) stalls: u64,
    /// Since when the stall lasts that is going on.
    pub(crate) stalled_since: Option<Timestamp>,
    pub(crate) seeks: u64,
    pub(crate) quality_changes: u64,
    pub(crate) errors: u64,
    pub(crate) failed: bool,
    pub(crate) first_frame: Option<Timestamp>,
    pub(crate) startup: Option<StartUp>,
}

impl Machine {
    /// Before the first event, which is at `first`, of a session of which nothing else is known.
    pub(crate) fn live(first: Timestamp, rules: &Rules) -> Self {
        let tally = Tally { first: Some(first), last: Some(first), ..Tally::default() };
        Self { corrections: Some(Vec::new()), ..Self::at_start(tally, false, rules) }
    }

    /// What is known now of the session as a whole.
    pub(crate) fn learn(&mut self, outline: &Outline, duration: Option<MediaTime>, is_live: bool) {
        self.says_play = outline.says_play;
        self.tally.is_live = is_live;
        self.tally.repaired_durations = outline.wrong_durations;
        self.tally.duration = duration;
        self.furthest = duration.map_or(MediaTime::MAX, |duration| duration.saturating_add(self.rules.past_end));
        self.head.ends_at(duration);
        self.log.ends_at(duration);
    }

    /// Takes in the next event, and gives what it corrects to `correct`.
    pub(crate) fn take_in(&mut self, event: &Event, correct: impl FnMut(Correction)) {
        self.step(event);
        self.tally.events += 1;
        self.tally.last = Some(event.ts);
        self.log.forget_moments();
        self.give_corrections(correct);
    }

    /// The player at the end of the session, if this is it and changes anything.
    pub(crate) fn ended(&self, correct: impl FnMut(Correction)) -> Option<Self> {
        self.survived.then(|| {
            let mut ended = self.clone();
            ended.give_up_waiting();
            ended.give_corrections(correct);
            ended
        })
    }

    fn give_corrections(&mut self, correct: impl FnMut(Correction)) {
        if let Some(corrections) = self.corrections.as_mut().filter(|corrections| !corrections.is_empty()) {
            corrections.drain(..).for_each(correct);
        }
    }

    /// What is counted so far, with the stall that is going on.
    pub(crate) fn counted(&self) -> Counted {
        let open = self.log.open_wait().filter(|wait| wait.kind == WaitKind::Stall);
        Counted {
            stalls: self.log.wait_counts[WaitKind::Stall as usize] + u64::from(open.is_some()),
            stalled_since: open.map(|Wait { start, .. }| start),
            seeks: self.log.seek_counts.reported() + self.log.seek_counts.inferred(),
            quality_changes: self.tally.quality_changes,
            errors: self.tally.errors,
            failed: self.tally.failed,
            first_frame: self.tally.first_frame,
            startup: self.tally.startup,
        }
    }

    /// The player after the last event.
    pub(crate) fn now(&self) -> Frame {
        self.frame()
    }

    /// What is played, as far as the player said.
    pub(crate) fn bitrate(&self) -> Option<Bitrate> {
        self.rendition.bitrate
    }

    /// Wall-clock time by activity, up to the last event.
    pub(crate) fn wall(&self) -> WallTime {
        WallTime::from(&self.tally.wall)
    }
}
