//! What a player notes while it plays.

use audience_stats::Merge;

use super::{QoeBreakdown, QoePerHour};
use crate::error::Error;
use crate::score::range::{HIGHEST_BITRATE, LONGEST_PLAYING, wait, within};
use crate::score::viewing::Viewing;

/// What a player notes while it plays, for kino's score at any time.
///
/// A sample that makes no sense is refused and changes nothing. The memory is the same however much is recorded: sums in
/// whole microseconds, which saturate. Recorders of parts of a session, or of several, merge; of their start-up times the
/// longest counts.
///
/// # Examples
///
/// ```
/// use audience_qoe::QoeRecorder;
///
/// let mut recorder = QoeRecorder::new();
/// recorder.record_initial_buffer(3.0)?;
/// assert_eq!(recorder.breakdown(), None); // nothing was played yet
///
/// recorder.record_bitrate(60.0, 3_000_000)?;
/// recorder.record_rebuffer(1.5)?;
/// assert!(recorder.record_rebuffer(f64::NAN).is_err());
/// let breakdown = recorder.breakdown().unwrap();
/// assert_eq!(breakdown.score, 100.0 - 5.0 - 10.0 - 7.5 + 2.0);
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QoeRecorder {
    initial_buffer_us: Option<u64>,
    rebuffers: u64,
    rebuffer_us: u64,
    switches: u64,
    playing_us: u64,
    /// Bit rate times microseconds.
    bit_us: u128,
    bitrate_us: u64,
}

impl QoeRecorder {
    /// Nothing happened yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Playback took so many seconds to start. When it is told again, the longest time counts.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than a day, and what is no number.
    pub fn record_initial_buffer(&mut self, seconds: f64) -> Result<(), Error> {
        let time = micros(wait("initial_buffer", seconds)?);
        self.initial_buffer_us = self.initial_buffer_us.max(Some(time));
        Ok(())
    }

    /// Playback stalled for so many seconds.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than a day, and what is no number.
    pub fn record_rebuffer(&mut self, seconds: f64) -> Result<(), Error> {
        let time = micros(wait("rebuffer", seconds)?);
        self.rebuffers.merge(1);
        self.rebuffer_us.merge(time);
        Ok(())
    }

    /// The quality was switched at this playhead, in seconds, to this bit rate, in bits per second. Every switch counts
    /// the same: place and bit rate only tell a report that can be believed from one that cannot.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a playhead that is less than 0 or no number, and for a bit rate of 0 or more than a
    /// [`Bitrate`](audience_core::Bitrate) can be.
    pub fn record_quality_switch(&mut self, position: f64, bps: u64) -> Result<(), Error> {
        // Positions of live streams may count from 1970.
        within("position", position, 0.0, f64::MAX)?;
        bitrate(bps)?;
        self.switches.merge(1);
        Ok(())
    }

    /// Frames moved for so many seconds, at a bit rate in bits per second.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for seconds that are less than 0, more than 366 days or no number, and for a bit rate of 0 or
    /// more than a [`Bitrate`](audience_core::Bitrate) can be.
    pub fn record_bitrate(&mut self, seconds: f64, bps: u64) -> Result<(), Error> {
        bitrate(bps)?;
        let time = self.play(seconds)?;
        self.bit_us.merge(u128::from(bps) * u128::from(time));
        self.bitrate_us.merge(time);
        Ok(())
    }

    /// Frames moved for so many seconds, at an unknown bit rate.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for less than 0, more than 366 days, and what is no number.
    pub fn record_playing(&mut self, seconds: f64) -> Result<(), Error> {
        self.play(seconds).map(|_| ())
    }

    /// The score so far, and how it came about; `None` as long as nothing was played.
    pub fn breakdown(&self) -> Option<QoeBreakdown> {
        self.viewing().as_ref().map(QoeBreakdown::of)
    }

    /// The score so far for an hour of playback; `None` as long as nothing was played.
    pub fn per_hour(&self) -> Option<QoePerHour> {
        self.viewing().as_ref().map(QoePerHour::of)
    }

    fn play(&mut self, seconds: f64) -> Result<u64, Error> {
        let time = micros(within("playing", seconds, 0.0, LONGEST_PLAYING)?);
        self.playing_us.merge(time);
        Ok(time)
    }

    fn viewing(&self) -> Option<Viewing> {
        let average = self.bit_us.checked_div(self.bitrate_us.into());
        (self.playing_us > 0).then(|| Viewing {
            startup_secs: self.initial_buffer_us.map(secs),
            stalls: self.rebuffers,
            stalled_secs: secs(self.rebuffer_us),
            switches: self.switches,
            bitrate_bps: average.map(|bps| bps as f64),
            ..Viewing::undisturbed(secs(self.playing_us))
        })
    }
}

impl Merge for QoeRecorder {
    fn merge(&mut self, other: Self) {
        self.initial_buffer_us = self.initial_buffer_us.max(other.initial_buffer_us);
        self.rebuffers.merge(other.rebuffers);
        self.rebuffer_us.merge(other.rebuffer_us);
        self.switches.merge(other.switches);
        self.playing_us.merge(other.playing_us);
        self.bit_us.merge(other.bit_us);
        self.bitrate_us.merge(other.bitrate_us);
    }
}

/// Refuses what is no bit rate.
fn bitrate(bps: u64) -> Result<(), Error> {
    within("bitrate_bps", bps as f64, 1.0, HIGHEST_BITRATE).map(|_| ())
}

fn micros(secs: f64) -> u64 {
    (secs * 1e6).round() as u64
}

fn secs(micros: u64) -> f64 {
    micros as f64 / 1e6
}
