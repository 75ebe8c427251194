//! The scores of the player library kino.

mod recorder;

pub use recorder::QoeRecorder;

use super::viewing::Viewing;

/// The quality of experience that the player library kino gives a session (kino-core 0.1.0, `QoeCalculator`), and what each
/// part of it costs.
///
/// 100 − 5 · max(0, start-up − 2 s) − 10 · rebuffers − 5 · seconds rebuffered − 2 · switches + 5 above 5 Mbit/s, or 2 above
/// 2 Mbit/s; not below 0 and not above 100.
///
/// Blind to the length of a session: ten short stalls make 0 of a minute and of ten hours; [`QoePerHour`] is not. Blind
/// to everything below 0: most sessions with trouble have the same score. A switch up costs as much as one down, and
/// 240p all along nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QoeBreakdown {
    /// The score, 0 to 100.
    pub score: f64,
    /// Start-up time in seconds; costs nothing when it is not known.
    pub initial_buffer_time: Option<f64>,
    /// Rebuffers: stalls.
    pub rebuffer_count: u64,
    /// Seconds spent in them.
    pub rebuffer_duration: f64,
    /// Switches of quality, up and down.
    pub quality_switches: u64,
    /// Average bit rate in whole bits per second, rounded down; earns nothing when it is not known.
    pub average_bitrate: Option<u64>,
    /// What these cost.
    pub points: QoePoints,
}

/// The parts of [`QoeBreakdown`] for an hour of playback: rebuffers, seconds rebuffered and switches per hour in which
/// frames moved. Start-up happens once, and costs what it costs.
///
/// Blind to how little was seen: one stall in one minute is sixty an hour, which makes 0. So an hour watched as sixty
/// sessions of one minute, one of them with a stall, has fifty-nine good scores and a 0; the recorders of all sixty, merged,
/// have one stall an hour.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QoePerHour {
    /// The score, 0 to 100.
    pub score: f64,
    /// Start-up time in seconds.
    pub initial_buffer_time: Option<f64>,
    /// Rebuffers an hour.
    pub rebuffers: f64,
    /// Seconds rebuffered in an hour.
    pub rebuffer_duration: f64,
    /// Switches of quality an hour.
    pub quality_switches: f64,
    /// Average bit rate in whole bits per second, rounded down.
    pub average_bitrate: Option<u64>,
    /// What these cost.
    pub points: QoePoints,
}

/// What each part of kino's score costs, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct QoePoints {
    /// Lost by start-up time beyond 2 s, 5 a second.
    pub initial_buffer: f64,
    /// Lost by the number of rebuffers, 10 each.
    pub rebuffers: f64,
    /// Lost by the time spent in them, 5 a second.
    pub rebuffer_duration: f64,
    /// Lost by switches, 2 each.
    pub quality_switches: f64,
    /// Won by the average bit rate: 0, 2 or 5.
    pub bitrate_bonus: f64,
}

impl QoePoints {
    fn new(startup_secs: Option<f64>, rebuffers: f64, rebuffer_secs: f64, switches: f64, bps: Option<u64>) -> Self {
        Self {
            initial_buffer: startup_secs.map_or(0.0, |secs| (secs - 2.0).max(0.0) * 5.0),
            rebuffers: rebuffers * 10.0,
            rebuffer_duration: rebuffer_secs * 5.0,
            quality_switches: switches * 2.0,
            bitrate_bonus: match bps {
                Some(5_000_001..) => 5.0,
                Some(2_000_001..) => 2.0,
                _ => 0.0,
            },
        }
    }

    /// 100 without what is lost, with what is won; 0 to 100.
    pub fn score(&self) -> f64 {
        let lost = self.initial_buffer + self.rebuffers + self.rebuffer_duration + self.quality_switches;
        (100.0 - lost + self.bitrate_bonus).clamp(0.0, 100.0)
    }
}

impl QoeBreakdown {
    /// Of one session.
    pub fn of(viewing: &Viewing) -> Self {
        let average_bitrate = viewing.bitrate_bps.map(|bps| bps as u64);
        let Viewing { startup_secs, stalls, stalled_secs, switches, .. } = *viewing;
        let points = QoePoints::new(startup_secs, stalls as f64, stalled_secs, switches as f64, average_bitrate);
        Self {
            score: points.score(),
            initial_buffer_time: startup_secs,
            rebuffer_count: stalls,
            rebuffer_duration: stalled_secs,
            quality_switches: switches,
            average_bitrate,
            points,
        }
    }
}

impl QoePerHour {
    /// Of one session.
    pub fn of(viewing: &Viewing) -> Self {
        let per_hour = |amount: f64| amount * 3600.0 / viewing.playing_secs;
        let (rebuffers, rebuffer_duration) = (per_hour(viewing.stalls as f64), per_hour(viewing.stalled_secs));
        let quality_switches = per_hour(viewing.switches as f64);
        let average_bitrate = viewing.bitrate_bps.map(|bps| bps as u64);
        let points =
            QoePoints::new(viewing.startup_secs, rebuffers, rebuffer_duration, quality_switches, average_bitrate);
        Self {
            score: points.score(),
            initial_buffer_time: viewing.startup_secs,
            rebuffers,
            rebuffer_duration,
            quality_switches,
            average_bitrate,
            points,
        }
    }
}

/// The other score of kino, of picture height, stalls and switches (kino-core 0.1.0, `QualityMetrics::qoe_score`), 0 to 100.
///
/// It begins with 100 for a picture of at least 1080 lines, 80 of 720, 60 of 480, and 40 for others and unknown ones, and
/// loses 10 for each stall, no more than 50, and 2 for each switch, no more than 20; not below 0.
///
/// Blind to the length of a session and of its stalls, to start-up, and to the size of the screen.
///
/// # Examples
///
/// ```
/// assert_eq!(audience_qoe::kino_quality_score(Some(720), 1, 3), 64.0);
/// ```
pub fn kino_quality_score(height: Option<u32>, stalls: u64, switches: u64) -> f64 {
    let base: u64 = match height {
        Some(1080..) => 100,
        Some(720..) => 80,
        Some(480..) => 60,
        _ => 40,
    };
    let lost = stalls.saturating_mul(10).min(50) + switches.saturating_mul(2).min(20);
    base.saturating_sub(lost) as f64
}
