//! How streams felt, beyond the figures every group has.

use audience_core::{SessionFacts, Timestamp};
use audience_qoe::{
    Attempts, ExcessStalls, ExcessStallsSummary, FailureCode, FailureCodes, GoodStreams, GoodStreamsSummary,
    LongestWaits, PooledStallRatio, Renditions, RenditionsSummary, Rung, Scores, ScoresSummary, StallRatioSummary,
    WaitingSession,
};
use audience_stats::{Accumulator, Keyed, Merge, merge_fields};

use super::attendance::QUARTER;
use crate::spec::ReportSpec;

/// How many of the sessions that waited longest are listed.
const LISTED: usize = 20;

type QuarterOf = fn(&SessionFacts) -> i64;

/// Renditions, good streams, failures by code, the longest waits, and how all of it went over time.
#[derive(Clone, Debug)]
pub struct Streams {
    renditions: Renditions,
    good: GoodStreams,
    failures: FailureCodes,
    waits: LongestWaits,
    scores: Scores,
    stall_ratio: PooledStallRatio,
    excess: Option<ExcessStalls>,
    course: Keyed<Course, QuarterOf>,
}

/// What [`Streams`] have seen.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamsSummary {
    /// Content by rendition.
    pub renditions: RenditionsSummary,
    /// Good streams.
    pub good: GoodStreamsSummary,
    /// Failures by code.
    pub failures: Vec<FailureCode>,
    /// The sessions that waited longest.
    pub waits: Vec<WaitingSession>,
    /// Scores of sessions.
    pub scores: ScoresSummary,
    /// Time stalled, over all of them, and how sure that is.
    pub stall_ratio: StallRatioSummary,
    /// Which slices excess stall time goes with, if that was asked for.
    pub excess: Option<ExcessStallsSummary>,
    /// Sums by the quarter of an hour, counted from the Unix epoch, in which sessions began; in order.
    pub course: Vec<(i64, Moment)>,
}

/// The sums of sessions that began at about the same time.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Moment {
    /// Attempts to play.
    pub attempts: u64,
    /// Sessions in which a frame was seen.
    pub started: u64,
    /// Sessions that failed, before or after the first frame.
    pub failures: u64,
    /// Time stalled.
    pub stalled_ms: u64,
    /// Time in which frames moved.
    pub playing_ms: u64,
    /// Bits of the content played, by declared bit rate.
    pub bits: u128,
    /// Content played while the bit rate was known.
    pub bits_over_ms: u64,
    /// Content played on each rung, in their order.
    pub rungs_ms: [u64; Rung::ALL.len()],
}

impl Streams {
    /// Of no session yet, to be made as `spec` says.
    pub fn new(spec: &ReportSpec) -> Self {
        let quarter: QuarterOf = |facts| quarter_of(facts.started_at);
        Self {
            renditions: Renditions::default(),
            good: GoodStreams::new(spec.good.clone()),
            failures: FailureCodes::new(spec.good.business.clone()),
            waits: LongestWaits::new(LISTED),
            scores: Scores::default(),
            stall_ratio: PooledStallRatio::default(),
            // Slices that are named twice are refused where they are read.
            excess: ExcessStalls::new(spec.slices.iter().cloned()).ok().filter(|_| !spec.slices.is_empty()),
            course: Keyed::new(quarter, Course { attempts: spec.attempts, moment: Moment::default() }),
        }
    }
}

fn quarter_of(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(QUARTER)
}

merge_fields!(Streams { renditions, good, failures, waits, scores, stall_ratio, excess, course });

impl Accumulator for Streams {
    type Item = SessionFacts;
    type Summary = StreamsSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.renditions.observe(facts);
        self.good.observe(facts);
        self.failures.observe(facts);
        self.waits.observe(facts);
        self.scores.observe(facts);
        self.stall_ratio.observe(facts);
        if let Some(excess) = &mut self.excess {
            excess.observe(facts);
        }
        self.course.observe(facts);
    }

    fn summary(&self) -> StreamsSummary {
        StreamsSummary {
            renditions: self.renditions.summary(),
            good: self.good.summary(),
            failures: self.failures.summary(),
            waits: self.waits.summary(),
            scores: self.scores.summary(),
            stall_ratio: self.stall_ratio.summary(),
            excess: self.excess.as_ref().map(Accumulator::summary),
            course: self.course.summary(),
        }
    }
}

impl Merge for Moment {
    fn merge(&mut self, other: Self) {
        self.attempts.merge(other.attempts);
        self.started.merge(other.started);
        self.failures.merge(other.failures);
        self.stalled_ms.merge(other.stalled_ms);
        self.playing_ms.merge(other.playing_ms);
        self.bits.merge(other.bits);
        self.bits_over_ms.merge(other.bits_over_ms);
        for (rung, other) in self.rungs_ms.iter_mut().zip(other.rungs_ms) {
            rung.merge(other);
        }
    }
}

/// A [`Moment`] that knows what it counts.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    attempts: Attempts,
    moment: Moment,
}

merge_fields!(Course { moment });

impl Accumulator for Course {
    type Item = SessionFacts;
    type Summary = Moment;

    fn observe(&mut self, facts: &SessionFacts) {
        use audience_core::Failure;
        let count = |yes: bool| u64::from(yes);
        let moment = &mut self.moment;
        moment.attempts += count(self.attempts.include(facts));
        moment.started += count(facts.started());
        moment.failures += count(matches!(facts.failure, Some(Failure::Start | Failure::Playback)));
        moment.stalled_ms.merge(facts.wall.stalled.as_millis());
        moment.playing_ms.merge(facts.wall.playing.as_millis());
        moment.bits.merge(facts.quality.bits);
        moment.bits_over_ms.merge(facts.quality.bits_over.as_millis());
        for played in &facts.renditions {
            moment.rungs_ms[Rung::of(played.rendition) as usize].merge(played.played.as_millis());
        }
    }

    fn summary(&self) -> Moment {
        self.moment
    }
}
