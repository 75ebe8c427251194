//! What is known of streams when all were seen.

use audience_core::Ratio;
use audience_stats::{Accumulator, Distribution};

use super::Experience;

/// What an [`Experience`] has seen. Ratios are of sums, so that long sessions weigh as much as they are long, except where
/// the name says otherwise. What is undefined is `None`, never 0. Times are wall-clock time.
///
/// Names in brackets are those of CTA-2066, "Streaming Quality of Experience Events, Properties and Metrics".
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExperienceSummary {
    /// Sessions.
    pub sessions: u64,
    /// Sessions that started, or are over and count as [`Attempts`](crate::Attempts): of those that still go on it is not
    /// known yet whether they will.
    pub attempts: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Sessions with a start-up time (initialStartupTime): the time from asking for playback to the first frame.
    pub startups: u64,
    /// Median start-up time; sessions without one are left out, not counted as 0.
    pub startup_p50_ms: Option<f64>,
    /// A quarter of the start-up times is no longer.
    pub startup_p25_ms: Option<f64>,
    /// Three quarters of the start-up times are no longer.
    pub startup_p75_ms: Option<f64>,
    /// 95 % of the start-up times are no longer.
    pub startup_p95_ms: Option<f64>,
    /// Their mean (average startup time).
    pub startup_mean_ms: Option<f64>,
    /// Waits in the middle of playback (playbackStallCount).
    pub stalls: u64,
    /// Sessions with at least one.
    pub stalled_sessions: u64,
    /// Time spent in them (playbackStallDuration).
    pub stalled_ms: u64,
    /// The longest one.
    pub longest_stall_ms: u64,
    /// Stalls per hour in which frames moved.
    pub stalls_per_hour: Option<f64>,
    /// Waits after seeks.
    pub seek_waits: u64,
    /// Time spent in them.
    pub seek_waiting_ms: u64,
    /// Of the waits after seeks that were waited out, half took no longer.
    pub restart_p50_ms: Option<f64>,
    /// 95 % took no longer.
    pub restart_p95_ms: Option<f64>,
    /// Time in which frames moved.
    pub playing_ms: u64,
    /// Time from asking for playback on, without pauses: starting, playing, stalled and waiting after seeks (watched time).
    pub viewing_ms: u64,
    /// Time stalled, as a share of time stalled and time in which frames moved.
    pub rebuffer_ratio: Option<Ratio>,
    /// Time stalled, as a share of [`viewing_ms`](Self::viewing_ms) (average stalled time).
    pub stalled_time_ratio: Option<Ratio>,
    /// The rebuffer ratio with waits after seeks counted as stalls: what systems that do not tell them apart report.
    pub buffering_ratio: Option<Ratio>,
    /// The mean of the sessions' own buffering ratios, 0 for sessions that neither played nor waited.
    pub mean_session_buffering_ratio: Option<f64>,
    /// Median time spent waiting per session, in stalls and after seeks.
    pub buffering_p50_ms: Option<f64>,
    /// 95 % of the sessions waited no longer.
    pub buffering_p95_ms: Option<f64>,
    /// Average declared bit rate of the content played, where it was known (average playback bitrate).
    pub average_bitrate_bps: Option<f64>,
    /// Switches to a higher bit rate.
    pub switches_up: u64,
    /// Switches to a lower bit rate.
    pub switches_down: u64,
    /// Switches, up and down, per hour in which frames moved.
    pub switches_per_hour: Option<f64>,
    /// By how much a switch up raises the bit rate, on average.
    pub average_switch_up_bps: Option<f64>,
    /// By how much a switch down lowers the bit rate, on average.
    pub average_switch_down_bps: Option<f64>,
    /// Frames dropped, as a share of the frames decoded, of sessions that report both.
    pub dropped_frame_ratio: Option<Ratio>,
    /// Sessions that report how far behind the live edge they are.
    pub live_latency_sessions: u64,
    /// How far they were behind it on average, over the time in which frames moved.
    pub average_live_latency_ms: Option<f64>,
    /// How far one of them was behind it at the most.
    pub longest_live_latency_ms: Option<u64>,
    /// Fatal errors before the first frame (VSF).
    pub start_failures: u64,
    /// Those of them that are no technical ones (VSF-B).
    pub business_start_failures: u64,
    /// Fatal errors before the first frame, as a share of the attempts.
    pub start_failure_rate: Option<Ratio>,
    /// Fatal errors after the first frame that ended playback (VPF).
    pub playback_failures: u64,
    /// Those of them that are no technical ones (VPF-B).
    pub business_playback_failures: u64,
    /// Fatal errors after the first frame, as a share of the sessions that started and are over.
    pub playback_failure_rate: Option<Ratio>,
    /// Sessions that failed, before or after the first frame, as a share of all (playback failure percentage).
    pub failure_rate: Option<Ratio>,
    /// Attempts that ended before the first frame, without a fatal error (EBVS).
    pub exits_before_start: u64,
    /// The same as a share of the attempts.
    pub exit_before_start_rate: Option<Ratio>,
    /// Sessions that are over, saw no frame, did not fail, and never asked for playback, as far as telemetry tells: among
    /// the exits only if loads count as attempts.
    pub loaded_only: u64,
}

impl ExperienceSummary {
    pub(super) fn new(state: &Experience) -> Self {
        const HOUR: f64 = 3_600_000.0;
        let sums = &state.sums;
        let (startup, restarts, buffering) =
            (state.startup.summary(), state.restarts.summary(), state.buffering.summary());
        let quantile = |of: &Distribution, q: f64| of.quantile(q).ok().flatten();
        let per = |sum: u64, count: u64| (count > 0).then(|| sum as f64 / count as f64);
        let per_of_wide = |sum: u128, count: u64| (count > 0).then(|| sum as f64 / count as f64);
        let per_hour = |count: u64| per(count, sums.playing_ms).map(|rate| rate * HOUR);
        let waiting = sums.stalled_ms.saturating_add(sums.seek_waiting_ms);
        let viewing = sums.starting_ms.saturating_add(sums.playing_ms).saturating_add(waiting);
        Self {
            sessions: sums.sessions,
            attempts: sums.attempts,
            started: sums.started,
            startups: startup.count(),
            startup_p50_ms: quantile(&startup, 0.5),
            startup_p25_ms: quantile(&startup, 0.25),
            startup_p75_ms: quantile(&startup, 0.75),
            startup_p95_ms: quantile(&startup, 0.95),
            startup_mean_ms: startup.mean(),
            stalls: sums.stalls,
            stalled_sessions: sums.stalled_sessions,
            stalled_ms: sums.stalled_ms,
            longest_stall_ms: state.longest_stall_ms,
            stalls_per_hour: per_hour(sums.stalls),
            seek_waits: sums.seek_waits,
            seek_waiting_ms: sums.seek_waiting_ms,
            restart_p50_ms: quantile(&restarts, 0.5),
            restart_p95_ms: quantile(&restarts, 0.95),
            playing_ms: sums.playing_ms,
            viewing_ms: viewing,
            rebuffer_ratio: Ratio::of(sums.stalled_ms, sums.stalled_ms.saturating_add(sums.playing_ms)),
            stalled_time_ratio: Ratio::of(sums.stalled_ms, viewing),
            buffering_ratio: Ratio::of(waiting, waiting.saturating_add(sums.playing_ms)),
            mean_session_buffering_ratio: state.buffering_ratio.mean(),
            buffering_p50_ms: quantile(&buffering, 0.5),
            buffering_p95_ms: quantile(&buffering, 0.95),
            average_bitrate_bps: per_of_wide(sums.bits, sums.bits_over_ms).map(|rate| rate * 1000.0),
            switches_up: sums.switches_up,
            switches_down: sums.switches_down,
            switches_per_hour: per_hour(sums.switches_up.saturating_add(sums.switches_down)),
            average_switch_up_bps: per(sums.up_bps, sums.switches_up),
            average_switch_down_bps: per(sums.down_bps, sums.switches_down),
            dropped_frame_ratio: Ratio::of(sums.dropped_frames, sums.decoded_frames),
            live_latency_sessions: sums.latency_sessions,
            average_live_latency_ms: per_of_wide(sums.latency_square_ms, sums.latency_over_ms),
            longest_live_latency_ms: state.most_latency_ms,
            start_failures: sums.start_failures,
            business_start_failures: sums.business_start_failures,
            start_failure_rate: Ratio::of(sums.start_failures, sums.attempts),
            playback_failures: sums.playback_failures,
            business_playback_failures: sums.business_playback_failures,
            playback_failure_rate: Ratio::of(sums.playback_failures, sums.ended_plays),
            failure_rate: Ratio::of(sums.start_failures + sums.playback_failures, sums.sessions),
            exits_before_start: sums.exits_before_start,
            exit_before_start_rate: Ratio::of(sums.exits_before_start, sums.attempts),
            loaded_only: sums.loaded_only,
        }
    }
}
