//! What viewers do: pause, seek, skip, watch again, leave. And what fails while they watch.

use std::ops::ControlFlow;

use audience_core::{Elapsed, EventKind, ExitReason};

use super::begin::media;
use super::{Flow, Player};
use crate::title::CueKind;

/// How pauses vary: the standard deviation of the logarithm of their length.
const PAUSE_SPREAD: f64 = 1.2;
const SHORTEST_PAUSE_MS: f64 = 1_000.0;
const LONGEST_PAUSE_MS: f64 = 7_200_000.0;

/// What comes to mind, or fails, at a rate.
#[derive(Clone, Copy, Debug)]
enum Act {
    Pause,
    SeekAhead,
    SeekBack,
    ChangeRate,
    Fail,
    Survive,
}

impl Player<'_> {
    /// What can happen at any time, with its rate per millisecond of content.
    fn rates(&self) -> [(Act, f64); 6] {
        let (viewing, failures) = (&self.setting.scenario.viewing, &self.setting.scenario.failures);
        let live = self.length == u64::MAX;
        let minute = |rate: f64| rate / 60_000.0;
        let on_demand = |rate: f64| if live { 0.0 } else { minute(rate) };
        let own_rate = if self.setting.viewer.rate.is_some() { viewing.rate_changes_per_minute } else { 0.0 };
        [
            (Act::Pause, minute(viewing.pauses_per_minute)),
            (Act::SeekAhead, on_demand(viewing.seeks_ahead_per_minute)),
            (Act::SeekBack, on_demand(viewing.seeks_back_per_minute)),
            (Act::ChangeRate, on_demand(own_rate)),
            (Act::Fail, failures.fatal_per_hour / 3_600_000.0),
            (Act::Survive, failures.survived_per_hour / 3_600_000.0),
        ]
    }

    /// When something comes to mind next.
    pub(super) fn think(&mut self) {
        let sum: f64 = self.rates().iter().map(|(_, rate)| rate).sum();
        let after = self.stream.exponential() / sum;
        // More than the longest session is never.
        self.acts_after = if after < 1e12 { self.watched + after as u64 } else { u64::MAX };
    }

    /// It is time for something.
    pub(super) fn act(&mut self) -> Flow {
        let rates = self.rates();
        let mut at = self.stream.uniform() * rates.iter().map(|(_, rate)| rate).sum::<f64>();
        let mut chosen = Act::Survive;
        for (act, rate) in rates {
            if at < rate {
                chosen = act;
                break;
            }
            at -= rate;
        }
        let flow = match chosen {
            Act::Pause => self.pause(),
            Act::SeekAhead => {
                let far = self.stream.exponential() * self.setting.scenario.viewing.seek_ahead_secs * 1000.0;
                // Nobody seeks to the very end and stays.
                let most = (self.length - self.position).saturating_sub(1_000);
                let far = (far as u64).max(1_000).min(most);
                if far == 0 { ControlFlow::Continue(()) } else { self.seek(self.position + far) }
            }
            Act::SeekBack => {
                let far = if self.stream.chance(0.75) { 10_000 } else { 30_000 };
                if self.position == 0 {
                    ControlFlow::Continue(())
                } else {
                    self.seek(self.position.saturating_sub(far))
                }
            }
            Act::ChangeRate => {
                self.change_rate();
                ControlFlow::Continue(())
            }
            Act::Fail => {
                self.tell_error("MEDIA_DECODE", "decoding failed", true);
                ControlFlow::Break(ExitReason::Failed)
            }
            Act::Survive => {
                self.tell_error("SEGMENT_TIMEOUT", "a segment did not arrive in time", false);
                ControlFlow::Continue(())
            }
        };
        self.think();
        flow
    }

    fn pause(&mut self) -> Flow {
        let viewing = &self.setting.scenario.viewing;
        self.truth.pauses += 1;
        self.tell(EventKind::Pause);
        let time = self.stream.lognormal(viewing.pause_secs * 1000.0, PAUSE_SPREAD);
        let time = time.clamp(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS) as u64;
        self.truth.paused = self.truth.paused.saturating_add(Elapsed::from_millis(time));
        self.stand(time);
        if self.stream.chance(viewing.leave_in_pause) {
            return ControlFlow::Break(ExitReason::Stopped);
        }
        self.tell(EventKind::Play);
        ControlFlow::Continue(())
    }

    /// To the viewer's own rate, or back to normal.
    fn change_rate(&mut self) {
        let own = self.setting.viewer.rate.unwrap_or(1000);
        self.rate = if self.rate == 1000 { own } else { 1000 };
        self.truth.rate_changes += 1;
        self.tell(EventKind::RateChange { rate: self.rate_now() });
    }

    /// Moves the playhead, and waits for what is not loaded.
    pub(super) fn seek(&mut self, to: u64) -> Flow {
        let from = self.position;
        let ahead = to > from;
        self.truth.seeks_ahead += u64::from(ahead);
        self.truth.seeks_back += u64::from(!ahead);
        self.close_run();
        self.position = to;
        self.run_began = to;
        self.skip = None;
        self.cue = self.setting.title.plan.cues.partition_point(|cue| cue.at < to);
        self.tell(EventKind::seek_from(media(from)));
        if to == self.length {
            return ControlFlow::Continue(());
        }
        if ahead && self.buffer.holds(to - from) {
            self.buffer.skip(to - from);
            return ControlFlow::Continue(());
        }
        self.tell(EventKind::BufferStart);
        let start_up = &self.setting.scenario.network.start_up;
        let wait = self.stream.lognormal(start_up.seek_secs * 1000.0, start_up.spread) + self.buffer.time_to_resume();
        let wait = (wait as u64).clamp(1, 600_000);
        self.truth.seek_waits += 1;
        let wait_time = Elapsed::from_millis(wait);
        self.truth.seek_waiting = self.truth.seek_waiting.saturating_add(wait_time);
        self.stand(wait);
        self.buffer.restart(self.ahead());
        self.tell(EventKind::BufferEnd { reported: Some(wait_time) });
        ControlFlow::Continue(())
    }

    /// A place of the title where something may happen.
    pub(super) fn reach_cue(&mut self) -> Flow {
        let cue = self.setting.title.plan.cues[self.cue];
        self.cue += 1;
        let viewing = &self.setting.scenario.viewing;
        match cue.kind {
            CueKind::WeakPoint => {
                // The hazard −ln(1 − p), times that of the arm.
                let stay = libm::log(1.0 - viewing.leave_at_weak_point) * self.setting.hazard;
                if self.stream.chance(1.0 - libm::exp(stay)) {
                    return ControlFlow::Break(ExitReason::Stopped);
                }
            }
            CueKind::Intro { until } => {
                if self.setting.viewer.skips {
                    let pressed = cue.at + (self.stream.between(1.0, 5.0) * 1000.0) as u64;
                    self.skip = (pressed < until).then_some((pressed, until));
                }
            }
            CueKind::SceneOver { began } => {
                if self.stream.chance(viewing.rewatch) {
                    return self.seek(began);
                }
            }
            CueKind::Break => {
                if cue.at > self.last_break {
                    self.last_break = cue.at;
                    return self.show_ads("midroll");
                }
            }
            CueKind::Credits => {
                if self.stream.chance(viewing.leave_at_credits) {
                    return ControlFlow::Break(ExitReason::Stopped);
                }
                if self.setting.viewer.skips {
                    let pressed = cue.at + (self.stream.between(1.0, 6.0) * 1000.0) as u64;
                    self.skip = (pressed < self.length).then_some((pressed, self.length));
                }
            }
        }
        ControlFlow::Continue(())
    }
}
