//! What scores look at.

mod facts;

use super::range::{HIGHEST_BITRATE, LONGEST_PLAYING, wait, within};
use crate::error::Error;

/// What all scores look at: one session in which something was played, as a few numbers that make sense.
///
/// Scores are functions of it that always have an answer, or say `None` where something they need is not known. A session
/// in which nothing was played cannot be written as one, and so has no score.
///
/// # Examples
///
/// ```
/// use audience_qoe::{MuxScores, Viewing};
///
/// // Five minutes, of which five seconds were a stall.
/// let viewing = Viewing::new(295.0)?.with_startup(2.0)?.with_stalls(1, 5.0)?;
/// let scores = MuxScores::of(&viewing);
/// assert_eq!(scores.startup, Some(80.0));
/// assert_eq!(scores.smoothness.map(f64::round), Some(87.0));
///
/// assert!(Viewing::new(0.0).is_err());
/// assert!(viewing.with_stalls(1, f64::NAN).is_err());
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewing {
    pub(super) playing_secs: f64,
    pub(super) content_secs: f64,
    pub(super) startup_secs: Option<f64>,
    pub(super) stalls: u64,
    pub(super) stalled_secs: f64,
    pub(super) seek_waiting_secs: f64,
    pub(super) switches: u64,
    pub(super) switched_bps: f64,
    pub(super) bitrate_bps: Option<f64>,
    pub(super) height: Option<u32>,
    pub(super) upscale: Option<Upscale>,
    pub(super) dropped_frames: Option<f64>,
    pub(super) failed: bool,
}

/// By how much pictures were enlarged to fill the player: 0 for not at all, 0.5 for half as large again on either side.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Upscale {
    /// On average over the content played.
    pub average: f64,
    /// At the most.
    pub most: f64,
}

impl Viewing {
    /// The shortest time in which frames moved, in seconds: a millisecond.
    const SHORTEST_PLAYING: f64 = 0.001;

    /// Frames moved for so many seconds of wall-clock time, at normal speed, and nothing else is known.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than a millisecond, more than 366 days, and what is no number.
    pub fn new(playing_secs: f64) -> Result<Self, Error> {
        within("playing_secs", playing_secs, Self::SHORTEST_PLAYING, LONGEST_PLAYING).map(Self::undisturbed)
    }

    /// Frames moved for so many seconds, which are in range.
    pub(super) fn undisturbed(playing_secs: f64) -> Self {
        Self {
            playing_secs,
            content_secs: playing_secs,
            startup_secs: None,
            stalls: 0,
            stalled_secs: 0.0,
            seek_waiting_secs: 0.0,
            switches: 0,
            switched_bps: 0.0,
            bitrate_bps: None,
            height: None,
            upscale: None,
            dropped_frames: None,
            failed: false,
        }
    }

    /// With so many seconds of content played, each pass counted, where the speed was not always the normal one.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than 366 days, and what is no number.
    pub fn with_content(self, secs: f64) -> Result<Self, Error> {
        Ok(Self { content_secs: within("content_secs", secs, 0.0, LONGEST_PLAYING)?, ..self })
    }

    /// With so many seconds from asking for playback to the first frame.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than a day, and what is no number.
    pub fn with_startup(self, secs: f64) -> Result<Self, Error> {
        Ok(Self { startup_secs: Some(wait("startup_secs", secs)?), ..self })
    }

    /// With so many stalls, waits in the middle of playback, that took so many seconds together.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0 seconds, more than a day, any at all without a stall, and what is no number.
    pub fn with_stalls(self, stalls: u64, secs: f64) -> Result<Self, Error> {
        let secs = if stalls == 0 { within("stalled_secs", secs, 0.0, 0.0) } else { wait("stalled_secs", secs) };
        Ok(Self { stalls, stalled_secs: secs?, ..self })
    }

    /// With so many seconds spent waiting after seeks.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than a day, and what is no number.
    pub fn with_seek_waiting(self, secs: f64) -> Result<Self, Error> {
        Ok(Self { seek_waiting_secs: wait("seek_waiting_secs", secs)?, ..self })
    }

    /// With so many switches of the bit rate, up and down, which changed it by so many bits per second together, each way
    /// counted as positive.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for changes of less than 0, more than so many switches can make, and what is no number.
    pub fn with_switches(self, switches: u64, changed_bps: f64) -> Result<Self, Error> {
        let switched_bps = within("changed_bps", changed_bps, 0.0, switches as f64 * HIGHEST_BITRATE)?;
        Ok(Self { switches, switched_bps, ..self })
    }

    /// With an average declared bit rate of the content played, in bits per second.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 1, more than a [`Bitrate`](audience_core::Bitrate) can be, and what is no number.
    pub fn with_bitrate(self, bps: f64) -> Result<Self, Error> {
        Ok(Self { bitrate_bps: Some(within("bitrate_bps", bps, 1.0, HIGHEST_BITRATE)?), ..self })
    }

    /// With the height, in pixels, of the picture that most content was played in. 0 is not known.
    #[must_use]
    pub fn with_height(self, pixels: u32) -> Self {
        Self { height: (pixels > 0).then_some(pixels), ..self }
    }

    /// With pictures enlarged by so much.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a most that is less than 0, more than a picture of one pixel can be enlarged, or no
    /// number, and for an average that is less than 0 or above the most.
    pub fn with_upscale(self, upscale: Upscale) -> Result<Self, Error> {
        let most = within("upscale.most", upscale.most, 0.0, f64::from(u32::MAX))?;
        within("upscale.average", upscale.average, 0.0, most)?;
        Ok(Self { upscale: Some(upscale), ..self })
    }

    /// With this share of the decoded frames dropped.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than 1, and what is no number.
    pub fn with_dropped_frames(self, ratio: f64) -> Result<Self, Error> {
        Ok(Self { dropped_frames: Some(within("dropped_frames", ratio, 0.0, 1.0)?), ..self })
    }

    /// Ended by a fatal error.
    #[must_use]
    pub fn with_failure(self) -> Self {
        Self { failed: true, ..self }
    }
}
