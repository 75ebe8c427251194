//! From load to first frame, and advertisements.

use std::ops::ControlFlow;

use audience_core::{Ad, Elapsed, EventKind, ExitReason, MediaTime, QualityReason, Rendition};

use super::{Flow, LONGEST_MS, Player, millis};
use crate::scenario::Rung;
use crate::title::TitleKind;

/// What a start fails with.
const FAILURES: [(&str, &str); 4] = [
    ("MANIFEST_404", "manifest not found"),
    ("DRM_LICENSE", "no licence for this content"),
    ("MANIFEST_TIMEOUT", "manifest did not arrive in time"),
    ("CODEC", "no decoder for this codec"),
];

/// The most steps of Newton's method; a handful do.
const MOST_STEPS: u32 = 64;

/// The part of the start-up before the first advertisement.
const BEFORE_ADS: f64 = 0.4;

impl Player<'_> {
    /// Everything up to the first frame.
    pub(super) fn begin(&mut self) -> Flow {
        let (scenario, title) = (self.setting.scenario, self.setting.title);
        let is_live = title.kind == TitleKind::Live;
        self.tell(EventKind::Load { url: None, duration: title.duration, is_live });
        let spec = scenario.titles.kinds.all()[title.kind as usize].1;
        if !is_live && self.stream.chance(spec.resume) {
            self.position = (self.length as f64 * self.stream.between(0.05, 0.85)) as u64;
            self.cue = title.plan.cues.partition_point(|cue| cue.at < self.position);
        }
        self.leaves_after = self.leaving_time();
        self.ask();
        let ads = title.plan.ads;
        let start_up = &scenario.network.start_up;
        let slow = scenario.viewers.devices[self.setting.viewer.device].start_up
            * scenario.viewers.cdns[self.setting.cdn].start_up;
        let time =
            self.stream.lognormal(start_up.median_secs * 1000.0, start_up.spread) * slow + self.buffer.time_to_resume();
        // A day is enough to wait for anything.
        let time = (time as u64).clamp(1, 86_400_000);
        let first = if ads { (time as f64 * BEFORE_ADS) as u64 } else { 0 };
        let patience = self.patience();
        let fails = self.stream.chance(scenario.failures.start).then(|| (self.stream.uniform() * time as f64) as u64);
        self.wait_for_start(first, 0, patience, fails)?;
        if ads {
            self.show_ads("preroll")?;
        }
        self.wait_for_start(time - first, first, patience, fails)?;
        self.first_frame(time);
        ControlFlow::Continue(())
    }

    /// Playback is asked for, by itself or by a click.
    fn ask(&mut self) {
        let start_up = &self.setting.scenario.network.start_up;
        let after = if self.stream.chance(start_up.autoplay) {
            self.stream.between(5.0, 60.0)
        } else {
            self.stream.exponential() * start_up.click_secs * 1000.0 + 200.0
        };
        self.now += after as i64;
        self.tell(EventKind::PlayRequest);
    }

    /// How long the viewer waits for the first frame.
    fn patience(&mut self) -> u64 {
        let viewing = &self.setting.scenario.viewing;
        let rate = viewing.leave_per_second_of_start_up;
        let drawn = self.stream.exponential();
        if rate > 0.0 { millis(viewing.patience_secs + drawn / rate) } else { u64::MAX }
    }

    /// Waits, unless start-up fails or patience ends after so much of it; `waited` of it has passed.
    fn wait_for_start(&mut self, time: u64, waited: u64, patience: u64, fails: Option<u64>) -> Flow {
        let within = |moment: u64| moment < waited + time;
        if let Some(fails) = fails.filter(|fails| within(*fails) && *fails <= patience) {
            self.now += fails.saturating_sub(waited) as i64;
            let (code, message) = FAILURES[self.stream.below(FAILURES.len() as u64) as usize];
            self.tell_error(code, message, true);
            return ControlFlow::Break(ExitReason::Failed);
        }
        if within(patience) {
            self.now += patience.saturating_sub(waited) as i64;
            return ControlFlow::Break(ExitReason::Stopped);
        }
        self.now += time as i64;
        ControlFlow::Continue(())
    }

    fn first_frame(&mut self, start_up: u64) {
        self.truth.startup = Some(Elapsed::from_millis(start_up));
        self.run_began = self.position;
        self.buffer.restart(self.ahead());
        let to = rendition(self.buffer.rung());
        self.tell(EventKind::QualityChange { from: None, to, reason: Some(QualityReason::Initial) });
        self.tell(EventKind::Play);
        self.next_heartbeat = self.now + millis(self.setting.scenario.heartbeat_secs) as i64;
        self.think();
    }

    /// Advertisements in a row.
    pub(super) fn show_ads(&mut self, slot: &str) -> Flow {
        let ads = &self.setting.scenario.ads;
        for _ in 0..=self.stream.below(u64::from(ads.most)) {
            let length = millis(ads.lengths_secs[self.stream.below(ads.lengths_secs.len() as u64) as usize]);
            let id = format!("ad-{:02}", self.stream.below(20));
            self.truth.ads += 1;
            self.tell(EventKind::AdStart(Some(Box::new(Ad { id: Some(id.into()), slot: Some(slot.into()) }))));
            let leaves = self.stream.chance(ads.leave);
            let time = if leaves { (self.stream.uniform() * length as f64) as u64 } else { length };
            self.truth.in_ads = self.truth.in_ads.saturating_add(Elapsed::from_millis(time));
            self.buffer.load(time, 0, self.ahead());
            self.now += time as i64;
            if leaves {
                return ControlFlow::Break(ExitReason::Stopped);
            }
            self.tell(EventKind::AdEnd);
        }
        if self.next_heartbeat < self.now {
            self.next_heartbeat = self.now;
        }
        ControlFlow::Continue(())
    }

    /// After how much content the viewer leaves for no reason but the content: where the hazard H of
    /// [`KindSpec`](crate::KindSpec) reaches an exponential number, found by Newton's method.
    fn leaving_time(&mut self) -> u64 {
        let (scenario, title) = (self.setting.scenario, self.setting.title);
        let spec = scenario.titles.kinds.all()[title.kind as usize].1;
        let (early, steady) = (-libm::log(1.0 - spec.early_leave), -libm::log(1.0 - spec.leave));
        let target = self.stream.exponential() / (self.setting.hazard * title.plan.appeal);
        let (length, constant) = (title.plan.length as f64, spec.early_secs * 1000.0);
        let most = LONGEST_MS.max(2 * title.plan.length) as f64;
        let mut at = 0.0;
        // H is concave: from below, each step stays below, and gets closer.
        for _ in 0..MOST_STEPS {
            let fades = libm::exp(-at / constant);
            let missing = target - early * (1.0 - fades) - steady * at / length;
            let step = missing / (early * fades / constant + steady / length);
            at += step;
            // Also when it is no number: nobody leaves.
            if !(step > 0.5 && at < most) {
                break;
            }
        }
        if at < most { at as u64 } else { most as u64 }
    }
}

pub(super) fn rendition(rung: &Rung) -> Rendition {
    Rendition {
        bitrate: audience_core::Bitrate::from_bps(u64::from(rung.bitrate_bps)),
        width: rung.width,
        height: rung.height,
    }
}

/// How far into the title.
pub(super) fn media(millis: u64) -> MediaTime {
    MediaTime::from_millis(millis)
}
