//! The list of metrics.

use audience_core::{ExitReason, Failure, Ratio, SessionFacts};
use audience_qoe::{ExperienceSummary, FailureCause, GoodStreamLimits, ScoreRules, Viewing};

use super::metric::Better::{self, Higher, Lower, Neither};
use super::unit::Unit;
use crate::state::TotalsSummary;

/// A metric, or a family of quantiles whose name ends in `NN`.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) better: Better,
    pub(super) help: &'static str,
    pub(super) source: Source,
}

impl Figure {
    pub(super) fn has_interval(&self) -> bool {
        !matches!(self.source, Source::Plain(_))
    }
}

/// The figure of a group, from its summaries.
type Value = fn(&TotalsSummary, &ExperienceSummary) -> Option<f64>;
/// The successes and trials of a share, from the summaries of a group.
pub(super) type Part = fn(&TotalsSummary, &ExperienceSummary) -> (u64, u64);
/// Whether a session counts for a share; `None` for sessions that the share is not of.
pub(super) type Counts = fn(&SessionFacts, &GoodStreamLimits) -> Option<bool>;
/// What a session adds to the two sums of a ratio.
pub(super) type Pair = fn(&SessionFacts) -> (u64, u64);

/// Where a figure comes from, and what it takes to say how sure it is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source {
    /// A count or an extreme: it is what was seen.
    Plain(Value),
    /// A share of sessions.
    Share(Value, Counts),
    /// A share whose parts the summaries have: successes and trials.
    Part(Part),
    /// A share of sessions that no summary has.
    Counted(Counts),
    /// A mean over sessions that no summary has, times `scale`.
    Mean { pair: Pair, scale: f64 },
    /// A ratio of sums, times `scale`.
    Ratio { value: Value, pair: Pair, scale: f64 },
    /// Quantiles of times.
    Quantile(Times),
}

/// Times of which quantiles are taken.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Times {
    StartUp,
    Restart,
    Waiting,
}

impl Times {
    /// Gives each of a session's times to `take`, in milliseconds.
    pub(super) fn of(self, facts: &SessionFacts, mut take: impl FnMut(u64)) {
        match self {
            Self::StartUp => facts.startup.iter().for_each(|startup| take(startup.time.as_millis())),
            Self::Restart => facts.restarts.iter().for_each(|restart| take(restart.as_millis())),
            Self::Waiting => take(waiting(facts)),
        }
    }
}

const HOUR: f64 = 3_600_000.0;
/// What ratios of single sessions are counted in.
const STEPS: u64 = 1 << 32;

/// Every metric. The summaries define them; what sessions add to intervals is tested to make the same figures.
pub(super) const FIGURES: &[Figure] = &[
    plain("sessions", Unit::Count, Neither, "sessions: one title in one run of a player", |_, e| count(e.sessions)),
    plain("attempts", Unit::Count, Neither, "sessions that started, or are over", |_, e| count(e.attempts)),
    plain("started", Unit::Count, Higher, "sessions in which a frame was seen", |_, e| count(e.started)),
    plain("viewers", Unit::Count, Higher, "different viewers, of the sessions that name one", |t, _| some(t.viewers)),
    plain("watched", Unit::Ms, Higher, "content played, each pass counted", |t, _| count(t.watched_ms)),
    quantile("startup_pNN", "NN % of the start-up times are no longer", Times::StartUp),
    ratio(
        ("startup_mean", Unit::Ms, Lower, "mean start-up time"),
        |_, e| e.startup_mean_ms,
        |facts| facts.startup.map_or((0, 0), |startup| (startup.time.as_millis(), 1)),
        1.0,
    ),
    part(("start_rate", Higher, "sessions that started / attempts"), |_, e| (e.started, e.attempts)),
    part(("start_failure_rate", Lower, "fatal errors before the first frame / attempts (VSF)"), |_, e| {
        (e.start_failures, e.attempts)
    }),
    part(("technical_start_failure_rate", Lower, "the same without business errors (VSF-T)"), |_, e| {
        (e.start_failures.saturating_sub(e.business_start_failures), e.attempts)
    }),
    part(
        ("exit_before_start_rate", Lower, "left before the first frame, without a fatal error / attempts (EBVS)"),
        |_, e| (e.exits_before_start, e.attempts),
    ),
    share(
        ("playback_failure_rate", Lower, "fatal errors after the first frame / started and over (VPF)"),
        |_, e| of(e.playback_failure_rate),
        |facts, _| played(facts).then(|| failed(facts, Failure::Playback)),
    ),
    share(
        ("technical_playback_failure_rate", Lower, "the same without business errors (VPF-T)"),
        |_, e| {
            // How many it is a share of follows from the rate of all failures.
            let rate = of(e.playback_failure_rate)?;
            let plays = (e.playback_failures as f64 / rate).round() as u64;
            let technical = e.playback_failures.saturating_sub(e.business_playback_failures);
            if rate > 0.0 { of(Ratio::of(technical, plays)) } else { Some(0.0) }
        },
        |facts, limits| played(facts).then(|| failed(facts, Failure::Playback) && technical(facts, limits)),
    ),
    part(("failure_rate", Lower, "failed before or after the first frame / sessions"), |_, e| {
        (e.start_failures.saturating_add(e.playback_failures), e.sessions)
    }),
    part(("technical_failure_rate", Lower, "the same without business errors"), |_, e| {
        let business = e.business_start_failures.saturating_add(e.business_playback_failures);
        (e.start_failures.saturating_add(e.playback_failures).saturating_sub(business), e.sessions)
    }),
    ratio(
        ("rebuffer_ratio", Unit::Ratio, Lower, "time stalled / (stalled + frames moving)"),
        |_, e| of(e.rebuffer_ratio),
        |facts| with(facts.wall.stalled.as_millis(), facts.wall.playing.as_millis()),
        1.0,
    ),
    ratio(
        (
            "stalled_time_ratio",
            Unit::Ratio,
            Lower,
            "time stalled / (starting + frames moving + stalled + waiting after seeks)",
        ),
        |_, e| of(e.stalled_time_ratio),
        |facts| {
            let (wall, stalled) = (&facts.wall, facts.wall.stalled.as_millis());
            let rest = wall.starting.as_millis().saturating_add(wall.playing.as_millis());
            with(stalled, rest.saturating_add(wall.seek_waiting.as_millis()))
        },
        1.0,
    ),
    ratio(
        ("buffering_ratio", Unit::Ratio, Lower, "the rebuffer ratio with waits after seeks counted as stalls"),
        |_, e| of(e.buffering_ratio),
        |facts| with(waiting(facts), facts.wall.playing.as_millis()),
        1.0,
    ),
    ratio(
        ("mean_session_buffering_ratio", Unit::Ratio, Lower, "mean of the sessions' own buffering ratios"),
        |_, e| e.mean_session_buffering_ratio,
        |facts| {
            let (part, whole) = with(waiting(facts), facts.wall.playing.as_millis());
            let steps = u128::from(part) * u128::from(STEPS) / u128::from(whole.max(1));
            (u64::try_from(steps).unwrap_or(STEPS), STEPS)
        },
        1.0,
    ),
    ratio(
        ("stalls_per_hour", Unit::PerHour, Lower, "stalls per hour in which frames moved"),
        |_, e| e.stalls_per_hour,
        |facts| (facts.stalls, facts.wall.playing.as_millis()),
        HOUR,
    ),
    part(("stalled_session_rate", Lower, "sessions with a stall / sessions that started"), |_, e| {
        (e.stalled_sessions, e.started)
    }),
    plain("longest_stall", Unit::Ms, Lower, "the longest stall of all", |_, e| count(e.longest_stall_ms)),
    quantile("restart_pNN", "NN % of the waits after seeks that were waited out took no longer", Times::Restart),
    quantile("buffering_pNN", "NN % of the sessions waited no longer, in stalls and after seeks", Times::Waiting),
    ratio(
        ("average_bitrate", Unit::Bps, Higher, "declared bits of the content played / content played"),
        |_, e| e.average_bitrate_bps,
        |facts| (whole(facts.quality.bits), facts.quality.bits_over.as_millis()),
        1000.0,
    ),
    ratio(
        ("switches_per_hour", Unit::PerHour, Lower, "switches of the bit rate per hour in which frames moved"),
        |_, e| e.switches_per_hour,
        |facts| {
            let quality = &facts.quality;
            (quality.switches_up.saturating_add(quality.switches_down), facts.wall.playing.as_millis())
        },
        HOUR,
    ),
    ratio(
        ("dropped_frame_ratio", Unit::Ratio, Lower, "frames dropped / frames decoded, of sessions that report both"),
        |_, e| of(e.dropped_frame_ratio),
        |facts| facts.quality.dropped_frames.zip(facts.quality.decoded_frames).unwrap_or_default(),
        1.0,
    ),
    ratio(
        ("average_live_latency", Unit::Ms, Lower, "how far behind the live edge, over the time frames moved"),
        |_, e| e.average_live_latency_ms,
        |facts| facts.latency.map_or((0, 0), |latency| (whole(latency.square_ms), latency.over.as_millis())),
        1.0,
    ),
    plain("longest_live_latency", Unit::Ms, Lower, "how far behind the live edge at the most", |_, e| {
        e.longest_live_latency_ms.map(|millis| millis as f64)
    }),
    Figure {
        name: "good_stream_rate",
        unit: Unit::Ratio,
        better: Higher,
        help: "streams within the limits of --good-startup, --good-rebuffer and --good-bitrate / streams judged",
        source: Source::Counted(|facts, limits| {
            let counts = limits.judge(facts);
            (counts.judged > 0).then_some(counts.good > 0)
        }),
    },
    Figure {
        name: "experience_index",
        unit: Unit::Points,
        better: Higher,
        help: "mean of our policy index of sessions (no MOS), of those in which something was played",
        source: Source::Mean { pair: experience_index, scale: 1e-6 },
    },
    ratio(
        ("average_view_duration", Unit::Ms, Higher, "content played / sessions that started"),
        |t, _| t.average_view_duration_ms,
        |facts| (facts.watched.as_millis(), u64::from(facts.started())),
        1.0,
    ),
    share(
        ("completion_rate", Higher, "sessions that played 90 % of the title / sessions of which that is known"),
        |t, _| of(t.completion_rate),
        |facts, _| facts.completed,
    ),
    share(
        ("reached_end_rate", Higher, "sessions that came to its last 5 % / sessions of which that is known"),
        |t, _| of(t.reached_end_rate),
        |facts, _| facts.reached_end,
    ),
];

const fn plain(name: &'static str, unit: Unit, better: Better, help: &'static str, value: Value) -> Figure {
    Figure { name, unit, better, help, source: Source::Plain(value) }
}

const fn share((name, better, help): (&'static str, Better, &'static str), value: Value, counts: Counts) -> Figure {
    Figure { name, unit: Unit::Ratio, better, help, source: Source::Share(value, counts) }
}

const fn part((name, better, help): (&'static str, Better, &'static str), of: Part) -> Figure {
    Figure { name, unit: Unit::Ratio, better, help, source: Source::Part(of) }
}

const fn ratio(
    (name, unit, better, help): (&'static str, Unit, Better, &'static str),
    value: Value,
    pair: Pair,
    scale: f64,
) -> Figure {
    Figure { name, unit, better, help, source: Source::Ratio { value, pair, scale } }
}

const fn quantile(name: &'static str, help: &'static str, times: Times) -> Figure {
    Figure { name, unit: Unit::Ms, better: Lower, help, source: Source::Quantile(times) }
}

#[expect(clippy::unnecessary_wraps, reason = "a figure may be undefined, and this one is not")]
fn count(count: u64) -> Option<f64> {
    Some(count as f64)
}

/// A count of what may not be known at all.
fn some(count: u64) -> Option<f64> {
    (count > 0).then_some(count as f64)
}

fn of(ratio: Option<Ratio>) -> Option<f64> {
    ratio.map(Ratio::as_f64)
}

/// A part and its whole, from the part and the rest.
fn with(part: u64, rest: u64) -> (u64, u64) {
    (part, part.saturating_add(rest))
}

fn whole(sum: u128) -> u64 {
    u64::try_from(sum).unwrap_or(u64::MAX)
}

/// The index of a session in millionths, and 1; nothing when nothing was played.
fn experience_index(facts: &SessionFacts) -> (u64, u64) {
    let Some(viewing) = Viewing::of(facts) else { return (0, 0) };
    let index = ScoreRules::default().experience.score(&viewing).score;
    ((index * 1e6).round() as u64, 1)
}

fn waiting(facts: &SessionFacts) -> u64 {
    facts.wall.stalled.as_millis().saturating_add(facts.wall.seek_waiting.as_millis())
}

fn over(facts: &SessionFacts) -> bool {
    facts.exit.reason != ExitReason::Active
}

fn played(facts: &SessionFacts) -> bool {
    facts.started() && over(facts)
}

fn failed(facts: &SessionFacts, how: Failure) -> bool {
    facts.failure == Some(how)
}

fn technical(facts: &SessionFacts, limits: &GoodStreamLimits) -> bool {
    limits.business.cause(facts) == Some(FailureCause::Technical)
}

#[cfg(test)]
mod tests;
