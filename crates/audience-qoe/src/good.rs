//! The share of streams that were as good as they should be.

use audience_core::{Bitrate, Elapsed, ExitReason, Failure, Ratio, SessionFacts};
use audience_stats::{Accumulator, Interval, Merge, Proportion, Z_95, merge_fields};

use crate::failure::{BusinessErrors, FailureCause};

/// What a good stream is: what a platform decides for itself.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoodStreamLimits {
    /// The longest start-up (4 s). Who leaves before the first frame after waiting longer than this has had a bad stream;
    /// who leaves sooner says nothing of it.
    pub startup: Elapsed,
    /// The most time stalled, as a share of time stalled and playing (0.01).
    pub rebuffer_ratio: Ratio,
    /// The lowest average bit rate; none by default, since it depends on the screen.
    pub bitrate: Option<Bitrate>,
    /// Failures that are not the stream's.
    pub business: BusinessErrors,
}

impl Default for GoodStreamLimits {
    fn default() -> Self {
        Self {
            startup: Elapsed::from_secs(4),
            rebuffer_ratio: Ratio::new(0.01).expect("between 0 and 1"),
            bitrate: None,
            business: BusinessErrors::default(),
        }
    }
}

/// The share of good streams, in the way of Conviva's streaming performance index: a stream is good when it did not fail for
/// a technical reason, started in time, hardly stalled and was sharp enough. Viewers who leave before the first frame
/// without having waited long, and business failures, are left out.
#[derive(Clone, Debug, Default)]
pub struct GoodStreams {
    limits: GoodStreamLimits,
    counts: GoodStreamCounts,
}

/// How many streams were good, and what was wrong with the others. A stream may have several faults.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoodStreamCounts {
    /// Streams that were judged.
    pub judged: u64,
    /// Streams without a fault.
    pub good: u64,
    /// Technical failures before the first frame.
    pub start_failures: u64,
    /// Technical failures after it.
    pub playback_failures: u64,
    /// Viewers who left before the first frame, having waited too long.
    pub gave_up_waiting: u64,
    /// Streams that started too late.
    pub slow_starts: u64,
    /// Streams that stalled too much.
    pub stalled: u64,
    /// Streams of too low a bit rate.
    pub low_bitrates: u64,
    /// Not judged: viewers who left before the first frame, and had not waited long.
    pub early_exits: u64,
    /// Not judged: business failures.
    pub business_failures: u64,
    /// Not judged: nothing was seen yet, and it still goes on.
    pub starting: u64,
}

/// What [`GoodStreams`] have seen.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct GoodStreamsSummary {
    /// Good streams, as a share of those judged.
    pub share: Option<Ratio>,
    /// Its 95 % interval by Wilson's method, as if streams were independent of each other.
    pub interval: Option<Interval>,
    /// How many there are.
    #[cfg_attr(feature = "serde", serde(flatten))]
    pub counts: GoodStreamCounts,
}

merge_fields!(GoodStreams { counts });
merge_fields!(GoodStreamCounts {
    judged,
    good,
    start_failures,
    playback_failures,
    gave_up_waiting,
    slow_starts,
    stalled,
    low_bitrates,
    early_exits,
    business_failures,
    starting,
});

impl GoodStreams {
    /// Of no stream yet.
    pub fn new(limits: GoodStreamLimits) -> Self {
        Self { limits, counts: GoodStreamCounts::default() }
    }

    /// What a good stream is.
    pub const fn limits(&self) -> &GoodStreamLimits {
        &self.limits
    }
}

impl GoodStreamLimits {
    /// What there is to say of one stream.
    pub fn judge(&self, facts: &SessionFacts) -> GoodStreamCounts {
        let mut counts = GoodStreamCounts::default();
        if self.business.cause(facts) == Some(FailureCause::Business) {
            counts.business_failures = 1;
            return counts;
        }
        match facts.failure {
            Some(Failure::Start) => counts.start_failures = 1,
            Some(Failure::Playback) => counts.playback_failures = 1,
            Some(Failure::ExitBeforeStart) if facts.wall.starting > self.startup => counts.gave_up_waiting = 1,
            Some(Failure::ExitBeforeStart) => {
                counts.early_exits = 1;
                return counts;
            }
            None if !facts.started() && facts.exit.reason == ExitReason::Active => {
                counts.starting = 1;
                return counts;
            }
            None => {}
        }
        let (stalled, playing) = (facts.wall.stalled.as_millis(), facts.wall.playing.as_millis());
        let rebuffer = Ratio::of(stalled, stalled.saturating_add(playing));
        let average = || {
            facts
                .quality
                .bits
                .checked_mul(1000)
                .and_then(|bits| bits.checked_div(u128::from(facts.quality.bits_over.as_millis())))
        };
        let too_low = |floor: Bitrate| average().is_some_and(|average| average < u128::from(floor.as_bps()));
        counts.slow_starts = u64::from(facts.startup.is_some_and(|startup| startup.time > self.startup));
        counts.stalled = u64::from(rebuffer > Some(self.rebuffer_ratio));
        counts.low_bitrates = u64::from(self.bitrate.is_some_and(too_low));
        counts.judged = 1;
        counts.good =
            u64::from(facts.failure.is_none() && counts.slow_starts + counts.stalled + counts.low_bitrates == 0);
        counts
    }
}

impl Accumulator for GoodStreams {
    type Item = SessionFacts;
    type Summary = GoodStreamsSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.counts.merge(self.limits.judge(facts));
    }

    fn summary(&self) -> GoodStreamsSummary {
        let GoodStreamCounts { good, judged, .. } = self.counts;
        GoodStreamsSummary {
            share: Ratio::of(good, judged),
            interval: Proportion::new(good, judged).ok().and_then(|good| good.wilson(Z_95)),
            counts: self.counts,
        }
    }
}
