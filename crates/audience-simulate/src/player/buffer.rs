//! The network's side of a player: bandwidth, buffer, and which rung is played.

use crate::player::Setting;
use crate::random::Stream;
use crate::scenario::{Network, Rung};
use crate::title::TitleKind;

/// What an outage leaves of the bandwidth.
const OUTAGE: f64 = 0.05;
/// Playback does not begin on a rung above this one: players begin low.
const HIGHEST_FIRST: usize = 3;

/// A buffer that is a fluid; see [`Network`].
#[derive(Debug)]
pub(crate) struct Buffer<'a> {
    network: &'a Network,
    stream: Stream,
    /// The viewer's own bandwidth in bits per second.
    typical: f64,
    /// That of the moment.
    bandwidth: f64,
    /// How long it stays, in milliseconds.
    stays: u64,
    /// Content in it, in milliseconds.
    level: f64,
    most: f64,
    rung: usize,
    /// The highest rung the device can show.
    highest: usize,
}

impl<'a> Buffer<'a> {
    pub(super) fn new(setting: Setting<'a>, stream: Stream) -> Self {
        let (scenario, viewer) = (setting.scenario, setting.viewer);
        let network = &scenario.network;
        let lines = scenario.viewers.devices[viewer.device].max_height;
        let shown = network.ladder.iter().take_while(|rung| rung.height <= lines).count();
        let live = setting.title.kind == TitleKind::Live;
        let secs = if live { network.live_buffer_secs } else { network.buffer_secs };
        let typical = viewer.bandwidth * scenario.viewers.cdns[setting.cdn].bandwidth;
        let mut buffer = Self {
            network,
            stream,
            typical,
            bandwidth: typical,
            stays: 0,
            level: 0.0,
            most: secs * 1000.0,
            rung: 0,
            highest: shown.saturating_sub(1),
        };
        buffer.change();
        buffer.rung = buffer.affordable().min(HIGHEST_FIRST);
        buffer
    }

    /// How long the bandwidth stays as it is.
    pub(super) fn stays(&self) -> u64 {
        self.stays
    }

    /// What is played.
    pub(super) fn rung(&self) -> &'a Rung {
        &self.network.ladder[self.rung]
    }

    /// Milliseconds of content in it.
    pub(super) fn level(&self) -> u64 {
        self.level as u64
    }

    /// Content that comes in per time.
    fn inflow(&self) -> f64 {
        self.bandwidth / f64::from(self.rung().bitrate_bps)
    }

    /// How long it takes to load the first content, at the bandwidth of the moment.
    pub(super) fn time_to_resume(&self) -> f64 {
        self.network.resume_secs * 1000.0 / self.inflow()
    }

    /// The bandwidth is another one.
    pub(super) fn change(&mut self) {
        let factor = if self.stream.chance(self.network.outage) { OUTAGE } else { 1.0 };
        self.bandwidth = (self.typical * factor * self.stream.lognormal(1.0, self.network.spread)).max(1000.0);
        self.stays = (self.stream.exponential() * self.network.change_secs * 1000.0) as u64 + 100;
    }

    /// The highest rung that can be played at this bandwidth.
    fn affordable(&self) -> usize {
        let most = self.bandwidth * self.network.safety;
        let rungs = self.network.ladder.iter().take_while(|rung| f64::from(rung.bitrate_bps) <= most).count();
        rungs.saturating_sub(1).min(self.highest)
    }

    /// Which rung to play now; the one before, if it is another.
    pub(super) fn adapt(&mut self) -> Option<&'a Rung> {
        let (before, best) = (self.rung, self.affordable());
        if (best > before && self.level >= self.most / 4.0) || (best < before && self.level < self.most * 0.75) {
            self.rung = best;
            return Some(&self.network.ladder[before]);
        }
        None
    }

    /// Time passes, in which so much content is played and no more than `ahead` can be loaded; none of it goes beyond
    /// [`stays`](Self::stays) but by standing still.
    pub(super) fn load(&mut self, time: u64, played: u64, ahead: u64) {
        let mut left = time;
        while left > self.stays {
            let step = self.stays;
            self.fill(step, 0, ahead);
            self.change();
            left -= step;
        }
        self.fill(left, played, ahead);
        self.stays -= left;
    }

    fn fill(&mut self, time: u64, played: u64, ahead: u64) {
        let level = self.level + time as f64 * self.inflow() - played as f64;
        self.level = level.min(self.most).min(ahead as f64).max(0.0);
    }

    /// How long playback at this rate lasts until the buffer is empty.
    pub(super) fn lasts(&self, rate: u64, ahead: u64) -> u64 {
        let drain = rate as f64 / 1000.0 - self.inflow();
        if drain <= 0.0 || self.level >= ahead as f64 {
            return u64::MAX;
        }
        (self.level / drain) as u64 + 1
    }

    /// How much is missing until playback can go on, as a time at the bandwidth of the moment.
    pub(super) fn refill(&self, ahead: u64) -> u64 {
        let need = (self.network.resume_secs * 1000.0).min(ahead as f64) - self.level;
        if need <= 0.0 { 0 } else { (need / self.inflow()) as u64 + 1 }
    }

    /// Whether so much content can be skipped without leaving what is loaded, with some of it left.
    pub(super) fn holds(&self, content: u64) -> bool {
        self.level >= content as f64 + 1000.0
    }

    /// The playhead jumps ahead within what is loaded.
    pub(super) fn skip(&mut self, content: u64) {
        self.level = (self.level - content as f64).max(0.0);
    }

    /// Everything loaded is thrown away; playback goes on with the first content that was waited for.
    pub(super) fn restart(&mut self, ahead: u64) {
        self.level = (self.network.resume_secs * 1000.0).min(ahead as f64);
    }
}
