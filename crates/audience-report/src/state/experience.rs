//! How the stream felt: start-up, waits, bit rate, failures.

use audience_core::{Failure, Ratio, SessionFacts};
use audience_stats::{Accumulator, Distribution, MeanRatio, Merge, Quantiles, merge_fields};

/// Start-up, waits, bit rate and failures of sessions.
#[derive(Clone, Debug, Default)]
pub struct Experience {
    startup: Quantiles,
    buffering: Quantiles,
    buffering_ratio: MeanRatio,
    sums: Sums,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    stalls: u64,
    seek_waits: u64,
    stalled_sessions: u64,
    playing_ms: u128,
    stalled_ms: u128,
    seek_waiting_ms: u128,
    bits: u128,
    bits_over_ms: u128,
    start_failures: u64,
    playback_failures: u64,
    exits_before_start: u64,
}

/// What an [`Experience`] has seen. Ratios are of sums, so that long sessions weigh as much as they are long, except where
/// the name says otherwise.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct ExperienceSummary {
    /// Sessions with a start-up time.
    pub startups: u64,
    /// Median start-up time; sessions without one are left out, not counted as 0.
    pub startup_p50_ms: Option<f64>,
    /// A quarter of the start-up times is no longer.
    pub startup_p25_ms: Option<f64>,
    /// Three quarters of the start-up times are no longer.
    pub startup_p75_ms: Option<f64>,
    /// 95 % of the start-up times are no longer.
    pub startup_p95_ms: Option<f64>,
    /// Waits in the middle of playback.
    pub stalls: u64,
    /// Sessions with at least one.
    pub stalled_sessions: u64,
    /// Time spent in them.
    pub stalled_ms: u64,
    /// Waits after seeks.
    pub seek_waits: u64,
    /// Time spent in them.
    pub seek_waiting_ms: u64,
    /// Time in which frames moved.
    pub playing_ms: u64,
    /// Time stalled, as a share of time stalled and time in which frames moved.
    pub rebuffer_ratio: Option<Ratio>,
    /// The same with waits after seeks counted as stalls: what systems that do not tell them apart report.
    pub buffering_ratio: Option<Ratio>,
    /// The mean of the sessions' own buffering ratios, 0 for sessions that neither played nor waited.
    pub mean_session_buffering_ratio: Option<f64>,
    /// Median time spent waiting per session, in stalls and after seeks.
    pub buffering_p50_ms: Option<f64>,
    /// 95 % of the sessions waited no longer.
    pub buffering_p95_ms: Option<f64>,
    /// Average declared bit rate of the content played, where it was known.
    pub average_bitrate_bps: Option<f64>,
    /// Fatal errors before the first frame.
    pub start_failures: u64,
    /// Fatal errors after the first frame that ended playback.
    pub playback_failures: u64,
    /// Viewers who left before the first frame, without a fatal error.
    pub exits_before_start: u64,
}

merge_fields!(Experience { startup, buffering, buffering_ratio, sums });
merge_fields!(Sums {
    stalls,
    seek_waits,
    stalled_sessions,
    playing_ms,
    stalled_ms,
    seek_waiting_ms,
    bits,
    bits_over_ms,
    start_failures,
    playback_failures,
    exits_before_start,
});

impl Accumulator for Experience {
    type Item = SessionFacts;
    type Summary = ExperienceSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        if let Some(startup) = facts.startup {
            self.startup.observe(&startup.time.as_millis());
        }
        let (stalled, seek_waiting, playing) =
            (facts.wall.stalled.as_millis(), facts.wall.seek_waiting.as_millis(), facts.wall.playing.as_millis());
        let waiting = stalled.saturating_add(seek_waiting);
        self.buffering.observe(&waiting);
        self.buffering_ratio.observe_ratio(waiting, waiting.saturating_add(playing));
        self.sums.merge(Sums {
            stalls: facts.stalls,
            seek_waits: facts.seek_waits,
            stalled_sessions: u64::from(facts.stalls > 0),
            playing_ms: playing.into(),
            stalled_ms: stalled.into(),
            seek_waiting_ms: seek_waiting.into(),
            bits: facts.quality.bits,
            bits_over_ms: facts.quality.bits_over.as_millis().into(),
            start_failures: u64::from(facts.failure == Some(Failure::Start)),
            playback_failures: u64::from(facts.failure == Some(Failure::Playback)),
            exits_before_start: u64::from(facts.failure == Some(Failure::ExitBeforeStart)),
        });
    }

    fn summary(&self) -> ExperienceSummary {
        let sums = &self.sums;
        let (startup, buffering) = (self.startup.summary(), self.buffering.summary());
        let quantile = |of: &Distribution, q: f64| of.quantile(q).ok().flatten();
        let waiting = sums.stalled_ms + sums.seek_waiting_ms;
        ExperienceSummary {
            startups: startup.count(),
            startup_p50_ms: quantile(&startup, 0.5),
            startup_p25_ms: quantile(&startup, 0.25),
            startup_p75_ms: quantile(&startup, 0.75),
            startup_p95_ms: quantile(&startup, 0.95),
            stalls: sums.stalls,
            stalled_sessions: sums.stalled_sessions,
            stalled_ms: whole(sums.stalled_ms),
            seek_waits: sums.seek_waits,
            seek_waiting_ms: whole(sums.seek_waiting_ms),
            playing_ms: whole(sums.playing_ms),
            rebuffer_ratio: Ratio::of_sums(sums.stalled_ms, sums.stalled_ms + sums.playing_ms),
            buffering_ratio: Ratio::of_sums(waiting, waiting + sums.playing_ms),
            mean_session_buffering_ratio: self.buffering_ratio.mean(),
            buffering_p50_ms: quantile(&buffering, 0.5),
            buffering_p95_ms: quantile(&buffering, 0.95),
            average_bitrate_bps: (sums.bits_over_ms > 0).then(|| sums.bits as f64 * 1000.0 / sums.bits_over_ms as f64),
            start_failures: sums.start_failures,
            playback_failures: sums.playback_failures,
            exits_before_start: sums.exits_before_start,
        }
    }
}

/// Sums past 2⁶⁴ milliseconds, half a billion years, stay there.
fn whole(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}
