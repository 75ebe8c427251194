//! How streams felt: start-up, waits, bit rate, failures.

mod summary;

use audience_core::{Failure, SessionFacts};
use audience_stats::{Accumulator, MeanRatio, Merge, Quantiles, merge_fields};

use crate::attempts::{Attempts, is_loaded_only};
use crate::failure::{BusinessErrors, FailureCause};
use crate::startup::StartUpHistogram;
pub use summary::ExperienceSummary;

/// Start-up, waits, bit rate, failures, frames and latency of sessions: the metrics of CTA-2066, and what the industry
/// adds to them. [`ExperienceSummary`] defines each.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_qoe::Experience;
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let watched = Session::new("s1", "film", [
///     Event::new(at(0), EventKind::load()),
///     Event::new(at(2), EventKind::Play).at(secs(0)),
///     Event::new(at(42), EventKind::BufferStart).at(secs(40)),
///     Event::new(at(52), EventKind::buffer_end()).at(secs(40)),
///     Event::new(at(102), EventKind::Pause).at(secs(90)),
/// ]);
/// let gave_up = Session::new("s2", "film", [Event::new(at(0), EventKind::load())]);
///
/// let mut experience = Experience::default();
/// for session in [watched, gave_up] {
///     experience.observe(&session.facts(&Rules::default(), None));
/// }
/// let summary = experience.summary();
/// assert_eq!(summary.startup_p50_ms, Some(2000.0)); // of the one that started
/// assert_eq!(summary.rebuffer_ratio.map(|ratio| ratio.as_f64()), Some(0.1)); // 10 s of 100
/// assert_eq!(summary.exits_before_start, 1);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Experience {
    business: BusinessErrors,
    counted: Attempts,
    startup: Quantiles,
    restarts: Quantiles,
    buffering: Quantiles,
    buffering_ratio: MeanRatio,
    sums: Sums,
    longest_stall_ms: u64,
    most_latency_ms: Option<u64>,
}

/// Sums over sessions. Milliseconds past 2⁶⁴, half a billion years, stay there.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    sessions: u64,
    attempts: u64,
    started: u64,
    ended_plays: u64,
    stalls: u64,
    seek_waits: u64,
    stalled_sessions: u64,
    starting_ms: u64,
    playing_ms: u64,
    stalled_ms: u64,
    seek_waiting_ms: u64,
    bits: u128,
    bits_over_ms: u64,
    switches_up: u64,
    switches_down: u64,
    up_bps: u64,
    down_bps: u64,
    dropped_frames: u64,
    decoded_frames: u64,
    latency_sessions: u64,
    latency_square_ms: u128,
    latency_over_ms: u64,
    start_failures: u64,
    business_start_failures: u64,
    playback_failures: u64,
    business_playback_failures: u64,
    exits_before_start: u64,
    loaded_only: u64,
}

merge_fields!(Sums {
    sessions,
    attempts,
    started,
    ended_plays,
    stalls,
    seek_waits,
    stalled_sessions,
    starting_ms,
    playing_ms,
    stalled_ms,
    seek_waiting_ms,
    bits,
    bits_over_ms,
    switches_up,
    switches_down,
    up_bps,
    down_bps,
    dropped_frames,
    decoded_frames,
    latency_sessions,
    latency_square_ms,
    latency_over_ms,
    start_failures,
    business_start_failures,
    playback_failures,
    business_playback_failures,
    exits_before_start,
    loaded_only,
});

impl Experience {
    /// Of no session yet; failures with one of these codes are none of the technology's, and these sessions are attempts.
    pub fn new(business: BusinessErrors, counted: Attempts) -> Self {
        Self { business, counted, ..Self::default() }
    }

    /// Start-up times in bins, beside the sessions that never started.
    pub fn startup_histogram(&self) -> StartUpHistogram {
        let sums = &self.sums;
        StartUpHistogram::new(&self.startup.summary(), sums.started, sums.attempts)
    }
}

impl Merge for Experience {
    fn merge(&mut self, other: Self) {
        self.startup.merge(other.startup);
        self.restarts.merge(other.restarts);
        self.buffering.merge(other.buffering);
        self.buffering_ratio.merge(other.buffering_ratio);
        self.sums.merge(other.sums);
        self.longest_stall_ms = self.longest_stall_ms.max(other.longest_stall_ms);
        self.most_latency_ms = self.most_latency_ms.max(other.most_latency_ms);
    }
}

impl Accumulator for Experience {
    type Item = SessionFacts;
    type Summary = ExperienceSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        if let Some(startup) = facts.startup {
            self.startup.observe(&startup.time.as_millis());
        }
        for restart in &facts.restarts {
            self.restarts.observe(&restart.as_millis());
        }
        let wall = &facts.wall;
        let (stalled, seek_waiting, playing) =
            (wall.stalled.as_millis(), wall.seek_waiting.as_millis(), wall.playing.as_millis());
        let waiting = stalled.saturating_add(seek_waiting);
        self.buffering.observe(&waiting);
        self.buffering_ratio.observe_ratio(waiting, waiting.saturating_add(playing));
        self.longest_stall_ms = self.longest_stall_ms.max(facts.longest_stall.as_millis());
        self.sums.merge(Sums::of(facts, &self.business, self.counted));
        if let Some(latency) = &facts.latency {
            self.most_latency_ms = self.most_latency_ms.max(Some(latency.most.as_millis()));
        }
    }

    fn summary(&self) -> ExperienceSummary {
        ExperienceSummary::new(self)
    }
}

impl Sums {
    /// Of one session.
    fn of(facts: &SessionFacts, business: &BusinessErrors, counted: Attempts) -> Self {
        let (wall, quality) = (&facts.wall, &facts.quality);
        let over = facts.exit.reason != audience_core::ExitReason::Active;
        let failed = |failure: Failure| u64::from(facts.failure == Some(failure));
        let of_business = |failure: Failure| {
            u64::from(facts.failure == Some(failure) && business.cause(facts) == Some(FailureCause::Business))
        };
        let frames = quality.dropped_frames.zip(quality.decoded_frames);
        let latency = facts.latency.unwrap_or_default();
        Self {
            sessions: 1,
            attempts: u64::from(counted.include(facts)),
            started: u64::from(facts.started()),
            ended_plays: u64::from(facts.started() && over),
            stalls: facts.stalls,
            seek_waits: facts.seek_waits,
            stalled_sessions: u64::from(facts.stalls > 0),
            starting_ms: wall.starting.as_millis(),
            playing_ms: wall.playing.as_millis(),
            stalled_ms: wall.stalled.as_millis(),
            seek_waiting_ms: wall.seek_waiting.as_millis(),
            bits: quality.bits,
            bits_over_ms: quality.bits_over.as_millis(),
            switches_up: quality.switches_up,
            switches_down: quality.switches_down,
            up_bps: quality.up_bps,
            down_bps: quality.down_bps,
            dropped_frames: frames.map_or(0, |(dropped, _)| dropped),
            decoded_frames: frames.map_or(0, |(_, decoded)| decoded),
            latency_sessions: u64::from(facts.latency.is_some()),
            latency_square_ms: latency.square_ms,
            latency_over_ms: latency.over.as_millis(),
            start_failures: failed(Failure::Start),
            business_start_failures: of_business(Failure::Start),
            playback_failures: failed(Failure::Playback),
            business_playback_failures: of_business(Failure::Playback),
            exits_before_start: failed(Failure::ExitBeforeStart) * u64::from(counted.include(facts)),
            loaded_only: u64::from(is_loaded_only(facts)),
        }
    }
}
