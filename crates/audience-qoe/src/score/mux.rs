//! The scores of Mux.

use libm::{exp, sqrt};

use super::viewing::{Upscale, Viewing};

/// Three of the scores that Mux gives a view, 0 to 100 each, by the formulas of its documentation ("Understanding
/// Viewer Experience scores").
///
/// Their overall score is not here: how it is put together was never published. Nor is playback success, which is a
/// failure and no score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MuxScores {
    /// 100 · 8 / (8 + s), with s the start-up time in seconds: 0.4 s is 95, 2 s 80, 8 s 50, 20 s 29. `None` when it is not
    /// known. Blind to viewers who gave up before: they have no score.
    pub startup: Option<f64>,
    /// The mean of 100 / √(1 + (n / 2)²), with n stalls, and 100 · exp(−10 f), with f the time stalled as a share of that
    /// and the time in which frames moved. Blind to the length of a session in its first half: one stall costs the same in
    /// a clip and in a film. Waits after seeks are none of the stalls.
    pub smoothness: Option<f64>,
    /// 100 · exp(−0.33 (0.15 m + 0.85 a)), with a the average and m the most by which pictures were enlarged to fill the
    /// player, as a fraction. `None` when the size of the player or of the pictures is not known. Blind to everything about
    /// a picture but its size, and to screens with several pixels to one of the player's.
    pub video_quality: Option<f64>,
}

impl MuxScores {
    /// Of one session.
    pub fn of(viewing: &Viewing) -> Self {
        Self {
            startup: viewing.startup_secs.map(|secs| 100.0 * 8.0 / (8.0 + secs)),
            smoothness: Some(f64::midpoint(Self::stall_count_part(viewing), Self::stall_time_part(viewing))),
            video_quality: viewing.upscale.map(video_quality),
        }
    }

    /// The half of smoothness that counts stalls: 100 / √(1 + (n / 2)²).
    pub fn stall_count_part(viewing: &Viewing) -> f64 {
        // As most sessions are; a root takes longer than all the rest.
        if viewing.stalls == 0 {
            return 100.0;
        }
        let half = viewing.stalls as f64 / 2.0;
        100.0 / sqrt(1.0 + half * half)
    }

    /// The half of smoothness that measures them: 100 · exp(−10 f).
    pub fn stall_time_part(viewing: &Viewing) -> f64 {
        let Viewing { stalled_secs, playing_secs, .. } = *viewing;
        if stalled_secs <= 0.0 {
            return 100.0;
        }
        100.0 * exp(-10.0 * stalled_secs / (stalled_secs + playing_secs))
    }
}

fn video_quality(upscale: Upscale) -> f64 {
    100.0 * exp(-0.33 * (0.15 * upscale.most + 0.85 * upscale.average))
}
