//! Who watches.

use std::sync::Arc;

use audience_core::ViewerId;
use audience_stats::hash::hash64;

use crate::random::{Purpose, Stream, Weighted};
use crate::scenario::Scenario;

const DAY_MS: f64 = 86_400_000.0;

/// How often a viewer is drawn again who is not there at the time.
const TRIES: u32 = 64;

/// Rates of those who have one of their own, in thousandths.
const RATES: [u64; 4] = [1250, 1500, 1750, 2000];

/// One viewer.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) index: u64,
    pub(crate) device: usize,
    pub(crate) country: usize,
    /// Bits per second.
    pub(crate) bandwidth: f64,
    /// A playback rate of their own, in thousandths.
    pub(crate) rate: Option<u64>,
    /// Whether they skip intros and credits.
    pub(crate) skips: bool,
}

/// All viewers: only how active each is takes memory, the rest is made when asked for.
#[derive(Clone, Debug)]
pub(crate) struct Crowd {
    activity: Weighted,
    devices: Weighted,
    countries: Weighted,
    arms: Weighted,
    experiment: u64,
    seed: u64,
    width: usize,
}

impl Crowd {
    pub(crate) fn new(scenario: &Scenario, seed: u64) -> Self {
        let viewers = &scenario.viewers;
        let count = viewers.count.unwrap_or(scenario.sessions.div_ceil(3)).max(1);
        let activity = |index| Stream::new(seed, Purpose::Activity, index).lognormal(1.0, viewers.activity_spread);
        Self {
            activity: Weighted::new((0..count).map(activity)),
            devices: Weighted::new(viewers.devices.iter().map(|device| device.share)),
            countries: Weighted::new(viewers.countries.iter().map(|country| country.share)),
            arms: Weighted::new(scenario.experiment.arms.iter().map(|arm| arm.share)),
            experiment: hash64(scenario.experiment.name.as_bytes(), 0),
            seed,
            width: (count - 1).to_string().len().max(4),
        }
    }

    /// Who begins a session so many milliseconds after the start. Who has not come yet or has gone is drawn again, up to
    /// [`TRIES`] times.
    pub(crate) fn draw(&self, scenario: &Scenario, after: u64, stream: &mut Stream) -> Viewer {
        let mut index = self.activity.draw(stream) as u64;
        for _ in 1..TRIES {
            if self.is_there(scenario, index, after) {
                break;
            }
            index = self.activity.draw(stream) as u64;
        }
        self.viewer(scenario, index)
    }

    fn is_there(&self, scenario: &Scenario, index: u64, after: u64) -> bool {
        let viewers = &scenario.viewers;
        let mut stream = Stream::new(self.seed, Purpose::Viewer, index);
        let days = f64::from(scenario.days);
        let comes = if stream.chance(viewers.present) { 0.0 } else { stream.uniform() * days };
        let today = after as f64 / DAY_MS;
        comes <= today && today < comes + stream.exponential() * viewers.stay_days
    }

    fn viewer(&self, scenario: &Scenario, index: u64) -> Viewer {
        let viewers = &scenario.viewers;
        // Another stream than that of coming and going, whose length varies.
        let mut stream = Stream::new(self.seed, Purpose::Viewer, index | 1 << 63);
        let (device, country) = (self.devices.draw(&mut stream), self.countries.draw(&mut stream));
        let spec = &viewers.devices[device];
        let bandwidth =
            stream.lognormal(spec.median_kbps * 1000.0, spec.bandwidth_spread) * viewers.countries[country].bandwidth;
        let skips = stream.chance(viewers.skippers);
        let rate = stream.chance(viewers.speeders).then(|| RATES[stream.below(RATES.len() as u64) as usize]);
        Viewer { index, device, country, bandwidth, rate, skips }
    }

    /// The id of a viewer.
    pub(crate) fn id(&self, index: u64) -> ViewerId {
        let width = self.width;
        ViewerId::from(format!("v{index:0width$}"))
    }

    /// The arm that a viewer is in. Depends on the id and the experiment's name alone.
    pub(crate) fn arm(&self, id: &ViewerId) -> usize {
        let hash = hash64(id.as_str().as_bytes(), self.experiment);
        self.arms.locate((hash >> 11) as f64 / (1_u64 << 53) as f64).0
    }

    /// What the viewer's clock adds to the time.
    pub(crate) fn clock(&self, scenario: &Scenario, index: u64) -> Clock {
        let faults = &scenario.faults;
        let mut stream = Stream::new(self.seed, Purpose::Faults, index | 1 << 63);
        if stream.chance(faults.clockless) {
            return Clock::None;
        }
        let skew =
            if stream.chance(faults.skewed) { stream.between(-1.0, 1.0) * faults.skew_secs * 1000.0 } else { 0.0 };
        Clock::Off(skew as i64)
    }

    /// How many viewers there are.
    pub(crate) fn len(&self) -> usize {
        self.activity.len()
    }
}

/// A viewer's clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Clock {
    /// Ahead by so many milliseconds.
    Off(i64),
    /// There is none: time is counted from 1970 on, from the beginning of the session.
    None,
}

/// Names and values of session attributes, shared by all sessions.
#[derive(Clone, Debug)]
pub(crate) struct Labels {
    names: [Arc<str>; 4],
    devices: Vec<Arc<str>>,
    countries: Vec<Arc<str>>,
    cdns: Vec<Arc<str>>,
    pub(crate) arms: Vec<Arc<str>>,
}

impl Labels {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let (viewers, experiment) = (&scenario.viewers, &scenario.experiment);
        Self {
            names: ["device", "country", "cdn", experiment.attribute.as_str()].map(Arc::from),
            devices: viewers.devices.iter().map(|device| Arc::from(device.name.as_str())).collect(),
            countries: viewers.countries.iter().map(|country| Arc::from(country.name.as_str())).collect(),
            cdns: viewers.cdns.iter().map(|cdn| Arc::from(cdn.name.as_str())).collect(),
            arms: experiment.arms.iter().map(|arm| Arc::from(arm.name.as_str())).collect(),
        }
    }

    pub(crate) fn of(&self, viewer: &Viewer, cdn: usize, arm: usize) -> Vec<(Arc<str>, Arc<str>)> {
        let values = [&self.devices[viewer.device], &self.countries[viewer.country], &self.cdns[cdn], &self.arms[arm]];
        self.names.iter().cloned().zip(values.into_iter().cloned()).collect()
    }
}
