//! The linear quality of adaptive streaming.

use super::range::{HIGHEST_BITRATE, LONGEST_PLAYING, wait, within};
use super::viewing::Viewing;
use crate::error::Error;

/// What research on adaptive streaming optimises, per chunk, in Mbit/s: the average bit rate, less what switches, stalls and
/// start-up weigh.
///
/// (Σ q(Rₖ) − λ Σ |q(Rₖ₊₁) − q(Rₖ)| − μ · seconds stalled − μₛ · seconds of start-up) / K, over K chunks with q(R) = R in Mbit/s
/// (Yin et al., "A control-theoretic approach for dynamic adaptive video streaming over HTTP", SIGCOMM 2015; Mao et al.,
/// "Neural adaptive video streaming with Pensieve", SIGCOMM 2017). From −∞ to the highest bit rate. Divided by K, so that
/// length does not matter.
///
/// Blind to screens (twice the bit rate is twice as good on any), to codecs, and to a start-up that weighs nothing.
///
/// # Examples
///
/// ```
/// use audience_qoe::LinearQoe;
///
/// // Chunks of 1, 3 and 2 Mbit/s and half a second stalled: (6 − 3 − 2.15) / 3.
/// let quality = LinearQoe::default().of_chunks(&[1e6, 3e6, 2e6], 0.5, 0.0)?;
/// assert!((quality - 0.85 / 3.0).abs() < 1e-12);
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "LinearWeights", into = "LinearWeights"))]
pub struct LinearQoe(LinearWeights);

/// What things weigh in [`LinearQoe`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct LinearWeights {
    /// Content in a chunk, in seconds. 4, as both papers have it.
    pub chunk_secs: f64,
    /// λ: how much a change of the bit rate weighs. 1.
    pub switches: f64,
    /// μ: how many Mbit/s of one chunk a second stalled weighs. 4.3, Pensieve's.
    pub stalled_per_sec: f64,
    /// μₛ: the same of start-up. 0: Pensieve does not count it; Yin et al. do, as much as stalls.
    pub startup_per_sec: f64,
}

impl Default for LinearWeights {
    fn default() -> Self {
        Self { chunk_secs: 4.0, switches: 1.0, stalled_per_sec: 4.3, startup_per_sec: 0.0 }
    }
}

/// The most anything may weigh: far above the 3000 that Yin et al. use with kbit/s.
const HEAVIEST: f64 = 1e6;

impl LinearQoe {
    /// With these weights.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for chunks of less than a millisecond or more than a day, for weights of less than 0 or more than a
    /// million, and for what is no number.
    pub fn new(weights: LinearWeights) -> Result<Self, Error> {
        within("chunk_secs", weights.chunk_secs, 0.001, 86_400.0)?;
        within("switches", weights.switches, 0.0, HEAVIEST)?;
        within("stalled_per_sec", weights.stalled_per_sec, 0.0, HEAVIEST)?;
        within("startup_per_sec", weights.startup_per_sec, 0.0, HEAVIEST)?;
        Ok(Self(weights))
    }

    /// The weights.
    pub fn weights(&self) -> &LinearWeights {
        &self.0
    }

    /// Of one session; `None` when its bit rate is not known. Chunks are the content played divided by their length, at
    /// least one; Σ q(Rₖ) / K is the average bit rate. A start-up that is not known weighs nothing.
    pub fn of(&self, viewing: &Viewing) -> Option<f64> {
        viewing.bitrate_bps.map(|bps| self.quality(viewing, bps))
    }

    /// Of chunks with these bit rates in bits per second, in the order in which they were played.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for no chunks or more than 366 days of them, for bit rates of less than 1 or more than a
    /// [`Bitrate`](audience_core::Bitrate) can be, for times of less than 0 or more than a day, and for what is no number.
    pub fn of_chunks(&self, bitrates_bps: &[f64], stalled_secs: f64, startup_secs: f64) -> Result<f64, Error> {
        for bps in bitrates_bps {
            within("bitrate_bps", *bps, 1.0, HIGHEST_BITRATE)?;
        }
        let chunks = within("chunks", bitrates_bps.len() as f64, 1.0, LONGEST_PLAYING / self.0.chunk_secs)?;
        let changes = bitrates_bps.iter().zip(bitrates_bps.iter().skip(1)).map(|(from, to)| (to - from).abs());
        let viewing = Viewing {
            stalled_secs: wait("stalled_secs", stalled_secs)?,
            switched_bps: changes.sum(),
            ..Viewing::undisturbed(chunks * self.0.chunk_secs).with_startup(startup_secs)?
        };
        let average = bitrates_bps.iter().sum::<f64>() / chunks;
        Ok(self.quality(&viewing, average))
    }

    fn quality(&self, viewing: &Viewing, average_bps: f64) -> f64 {
        let weights = &self.0;
        let lost = weights.switches * viewing.switched_bps / 1e6
            + weights.stalled_per_sec * viewing.stalled_secs
            + weights.startup_per_sec * viewing.startup_secs.unwrap_or(0.0);
        let chunks = (viewing.content_secs / weights.chunk_secs).max(1.0);
        average_bps / 1e6 - lost / chunks
    }
}

impl TryFrom<LinearWeights> for LinearQoe {
    type Error = Error;

    fn try_from(weights: LinearWeights) -> Result<Self, Error> {
        Self::new(weights)
    }
}

impl From<LinearQoe> for LinearWeights {
    fn from(quality: LinearQoe) -> Self {
        quality.0
    }
}
