//! While content plays: what comes next, and stalls.

use std::ops::ControlFlow;

use audience_core::{Elapsed, EventKind, ExitReason, QualityReason};

use super::begin::rendition;
use super::{Flow, Player};

/// What playback runs into.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// The content is over.
    Over,
    /// The viewer has had enough.
    Leaving,
    /// A place of the title where something may happen.
    Cue,
    /// The viewer presses the button that skips to there.
    Skip(u64),
    /// Something comes to the viewer's mind, or fails.
    Act,
    /// The bandwidth changes.
    Bandwidth,
    Heartbeat,
    /// The buffer is empty.
    Empty,
}

impl Player<'_> {
    /// Plays until something happens, and lets it happen.
    pub(super) fn go_on(&mut self) -> Flow {
        let (content, next) = self.next_in_content();
        let (time, at_a_time) = self.next_in_time();
        // As long as it takes to play it, rounded up.
        let needed = (u128::from(content) * 1000).div_ceil(u128::from(self.rate));
        if needed <= u128::from(time) {
            self.play(needed as u64, content);
            return self.happen(next);
        }
        self.play(time, time * self.rate / 1000);
        self.happen(at_a_time)
    }

    /// The nearest of what happens at a position, or when so much is watched.
    fn next_in_content(&self) -> (u64, Next) {
        let cue = self.setting.title.plan.cues.get(self.cue);
        let candidates = [
            (self.length - self.position, Next::Over),
            (self.leaves_after.saturating_sub(self.watched), Next::Leaving),
            (cue.map_or(u64::MAX, |cue| cue.at - self.position), Next::Cue),
            (self.acts_after.saturating_sub(self.watched), Next::Act),
        ];
        let mut nearest = candidates[0];
        for candidate in &candidates[1..] {
            if candidate.0 < nearest.0 {
                nearest = *candidate;
            }
        }
        match self.skip {
            Some((at, to)) if at.saturating_sub(self.position) < nearest.0 => {
                (at.saturating_sub(self.position), Next::Skip(to))
            }
            _ => nearest,
        }
    }

    /// The nearest of what happens at a time.
    fn next_in_time(&self) -> (u64, Next) {
        let mut nearest = (self.buffer.stays(), Next::Bandwidth);
        let empty = self.buffer.lasts(self.rate, self.ahead());
        if empty < nearest.0 {
            nearest = (empty, Next::Empty);
        }
        let heartbeat = (self.next_heartbeat - self.now).max(0) as u64;
        if heartbeat < nearest.0 { (heartbeat, Next::Heartbeat) } else { nearest }
    }

    fn play(&mut self, time: u64, content: u64) {
        self.now += time as i64;
        self.position += content;
        self.watched += content;
        self.truth.playing = self.truth.playing.saturating_add(Elapsed::from_millis(time));
        self.buffer.load(time, content, self.ahead());
    }

    fn happen(&mut self, next: Next) -> Flow {
        match next {
            Next::Over => return ControlFlow::Break(ExitReason::Ended),
            Next::Leaving => return ControlFlow::Break(ExitReason::Stopped),
            Next::Cue => return self.reach_cue(),
            Next::Skip(to) => {
                self.skip = None;
                return self.seek(to);
            }
            Next::Act => return self.act(),
            Next::Bandwidth => {
                self.buffer.change();
                self.adapt();
            }
            Next::Heartbeat => self.beat(),
            Next::Empty => return self.stall(),
        }
        ControlFlow::Continue(())
    }

    fn adapt(&mut self) {
        if let Some(before) = self.buffer.adapt() {
            self.truth.switches += 1;
            let (from, to) = (rendition(before).bitrate, rendition(self.buffer.rung()));
            self.tell(EventKind::QualityChange { from, to, reason: Some(QualityReason::Abr) });
        }
    }

    /// Waits until there is enough to play again, or the viewer has waited enough.
    fn stall(&mut self) -> Flow {
        self.truth.stalls += 1;
        self.tell(EventKind::BufferStart);
        let began = self.now;
        let rate = self.setting.scenario.viewing.leave_per_second_of_stall;
        let drawn = self.stream.exponential();
        let patience = if rate > 0.0 { (drawn / rate * 1000.0) as u64 } else { u64::MAX };
        let mut left = patience;
        let gone = loop {
            self.adapt();
            let needed = self.buffer.refill(self.ahead());
            let step = needed.min(self.buffer.stays()).min(left);
            self.stand(step);
            left -= step;
            if step == needed {
                break false;
            }
            if left == 0 {
                break true;
            }
            self.buffer.change();
        };
        let waited = Elapsed::from_millis(self.now.abs_diff(began));
        self.truth.stalled = self.truth.stalled.saturating_add(waited);
        if gone {
            return ControlFlow::Break(ExitReason::Stopped);
        }
        self.tell(EventKind::BufferEnd { reported: Some(waited) });
        ControlFlow::Continue(())
    }
}
