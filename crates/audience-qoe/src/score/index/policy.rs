//! How much each impairment weighs.

use super::{ExperienceScore, index};
use crate::error::Error;
use crate::score::range::{HIGHEST_BITRATE, wait, within};
use crate::score::viewing::Viewing;

/// How much each impairment weighs in an [`ExperienceScore`]. Rates and ratios are over the time in which frames moved, but
/// at least over 10 s: of shorter sessions too little was seen for a rate.
///
/// The defaults lean on studies of what viewers did or said, as named; none of them measured this index. Where no study is
/// named, the weight is a judgement.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ExperienceWeights {
    /// Start-up costs nothing up to here, in seconds. 2: viewers begin to leave then (Krishnan and Sitaraman, "Video stream
    /// quality impacts viewer behavior", IMC 2012).
    pub startup_free_secs: f64,
    /// Penalty for each second of start-up after that. 0.058: 5.8 % more viewers leave with each (the same).
    pub startup_per_sec: f64,
    /// Penalty for the ratio of time stalled to time playing. 5: stalls of 1 % of a video's length make viewers play 5 %
    /// less of it (the same), and no other measure goes along with time watched as closely (Dobrian et al., "Understanding
    /// the impact of video quality on user engagement", SIGCOMM 2011).
    pub stall_time: f64,
    /// Penalty for each stall per minute of playing. 0.19: what each stall, however short, costs in a clip of up to a minute
    /// (Hoßfeld et al., "Quantification of YouTube QoE via crowdsourcing", ISM 2011).
    pub stalls_per_minute: f64,
    /// Penalty for the ratio of time spent waiting after seeks to time playing. 1: a fifth of a stall's, because whoever
    /// seeks expects to wait. A judgement.
    pub seek_waiting: f64,
    /// Penalty for each switch of the bit rate per minute of playing. 0.02: a model of viewers' ratings needs how far quality
    /// switches and how long each is played, and does without how often (Hoßfeld et al., "Assessing effect sizes of influence
    /// factors towards a QoE model for HTTP adaptive streaming", QoMEX 2014). So this is little; how little is a judgement.
    pub switches_per_minute: f64,
    /// Penalty for the natural logarithm of [`reference_bps`](Self::reference_bps) over the average bit rate. 0.15, so that half
    /// the bit rate costs a tenth: a judgement. Logarithmic as in BOLA's utility (Spiteri et al., INFOCOM 2016).
    pub bitrate: f64,
    /// The bit rate from which on more is no better, in bits per second. 5 000 000.
    pub reference_bps: f64,
    /// Penalty for the share of decoded frames that were dropped. 1. A judgement: a picture that stutters all the time is
    /// about as bad as waiting after seeks for as long as playing.
    pub dropped_frames: f64,
    /// Penalty for a fatal error after the first frame. 0.7, which halves the score. A judgement.
    pub failure: f64,
}

impl Default for ExperienceWeights {
    fn default() -> Self {
        Self {
            startup_free_secs: 2.0,
            startup_per_sec: 0.058,
            stall_time: 5.0,
            stalls_per_minute: 0.19,
            seek_waiting: 1.0,
            switches_per_minute: 0.02,
            bitrate: 0.15,
            reference_bps: 5e6,
            dropped_frames: 1.0,
            failure: 0.7,
        }
    }
}

/// Weights that make sense, and so a way to score sessions: see [`ExperienceScore`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "ExperienceWeights", into = "ExperienceWeights"))]
pub struct ExperiencePolicy(ExperienceWeights);

/// The most anything may weigh.
const HEAVIEST: f64 = 1000.0;

/// Rates are over at least so many seconds of playing.
const LEAST_PLAYING: f64 = 10.0;

impl ExperiencePolicy {
    /// With these weights.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a weight that is less than 0, more than 1000 or no number, for a free start-up of less than 0
    /// or more than a day, and for a reference of less than 1 or more than a [`Bitrate`](audience_core::Bitrate) can be.
    pub fn new(weights: ExperienceWeights) -> Result<Self, Error> {
        wait("startup_free_secs", weights.startup_free_secs)?;
        within("reference_bps", weights.reference_bps, 1.0, HIGHEST_BITRATE)?;
        for (field, weight) in [
            ("startup_per_sec", weights.startup_per_sec),
            ("stall_time", weights.stall_time),
            ("stalls_per_minute", weights.stalls_per_minute),
            ("seek_waiting", weights.seek_waiting),
            ("switches_per_minute", weights.switches_per_minute),
            ("bitrate", weights.bitrate),
            ("dropped_frames", weights.dropped_frames),
            ("failure", weights.failure),
        ] {
            within(field, weight, 0.0, HEAVIEST)?;
        }
        Ok(Self(weights))
    }

    /// The weights.
    pub fn weights(&self) -> &ExperienceWeights {
        &self.0
    }

    /// The index of a session, and what it is made of.
    pub fn score(&self, viewing: &Viewing) -> ExperienceScore {
        ExperienceScore::new(self.penalties(viewing))
    }

    /// The index of a session alone, 0 to 100.
    pub(crate) fn index(&self, viewing: &Viewing) -> f64 {
        index(self.penalties(viewing).iter().flatten().sum())
    }

    /// What each part costs, in the order of [`Impairment::ALL`](super::Impairment::ALL).
    fn penalties(&self, viewing: &Viewing) -> [Option<f64>; 8] {
        let weights = &self.0;
        // Never over playing and stalled together: a longer stall would make stalls seem rarer.
        let playing_secs = viewing.playing_secs.max(LEAST_PLAYING);
        let per_minute = |count: u64| count as f64 * 60.0 / playing_secs;
        [
            viewing.startup_secs.map(|secs| weights.startup_per_sec * (secs - weights.startup_free_secs).max(0.0)),
            Some(weights.stall_time * viewing.stalled_secs / playing_secs),
            Some(weights.stalls_per_minute * per_minute(viewing.stalls)),
            Some(weights.seek_waiting * viewing.seek_waiting_secs / playing_secs),
            Some(weights.switches_per_minute * per_minute(viewing.switches)),
            viewing.bitrate_bps.map(|bps| weights.bitrate * libm::log((weights.reference_bps / bps).max(1.0))),
            viewing.dropped_frames.map(|ratio| weights.dropped_frames * ratio),
            Some(if viewing.failed { weights.failure } else { 0.0 }),
        ]
    }
}

impl TryFrom<ExperienceWeights> for ExperiencePolicy {
    type Error = Error;

    fn try_from(weights: ExperienceWeights) -> Result<Self, Error> {
        Self::new(weights)
    }
}

impl From<ExperiencePolicy> for ExperienceWeights {
    fn from(policy: ExperiencePolicy) -> Self {
        policy.0
    }
}
