//! How streams felt, as data.

use audience_core::{Failure, Ratio, Timestamp};
use audience_ingest::Catalog;
use audience_qoe::{
    ExcessStallsSummary, FailureCode, GoodStreamLimits, GoodStreamsSummary, LeftOut, RenditionsSummary, Rung,
    ScoresSummary, SliceDimension, SliceValue, StallComparison, StallRatioSummary, StallSlice, StartUpHistogram,
    WaitingSession,
};
use audience_stats::Merge;
use serde::Serialize;

use super::AudienceOverTime;
use crate::spec::ReportSpec;
use crate::state::{Moment, QUARTER, StreamsSummary};

/// How streams felt, over everything: what [`Report::experience`](super::Report::experience) does not have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StreamsReport {
    /// Start-up times, beside the sessions that never started.
    pub startup: StartUpHistogram,
    /// From bucket to bucket of the wall clock.
    pub over_time: StreamsOverTime,
    /// Content by rendition.
    pub renditions: RenditionsSummary,
    /// The share of streams that were as good as they should be.
    pub good: GoodStreamsReport,
    /// Time stalled, over everything, with an interval over viewers.
    pub stall_ratio: StallRatioSummary,
    /// Which slices excess stall time goes with, if that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excess_stalls: Option<ExcessStallsReport>,
    /// Scores of sessions, those of others and our own.
    pub scores: ScoresSummary,
    /// Failures by the code of the fatal error, the most frequent first.
    pub failures: Vec<FailureCode>,
    /// The sessions whose viewers waited longest.
    pub longest_waits: Vec<LongestWait>,
}

/// The share of good streams, with what a good stream is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GoodStreamsReport {
    /// What a good stream is.
    pub limits: Limits,
    /// How many were.
    #[serde(flatten)]
    pub seen: GoodStreamsSummary,
}

/// What a good stream is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Limits {
    /// The longest start-up.
    pub startup_ms: u64,
    /// The most time stalled, as a share of time stalled and playing.
    pub rebuffer_ratio: Ratio,
    /// The lowest average bit rate, if there is one.
    pub bitrate_bps: Option<u64>,
}

/// Which slices of sessions excess stall time goes with: an association, not what causes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExcessStallsReport {
    /// What sessions are told apart by.
    pub dimensions: Vec<String>,
    /// Slices by the lower end of their excess, the largest first.
    pub slices: Vec<Slice>,
    /// Values with too few sessions to be slices.
    pub small_values: u64,
    /// Sessions it is of.
    pub sessions: u64,
    /// Sessions it is not of.
    pub left_out: LeftOut,
}

/// All sessions that have a value in a dimension.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slice {
    /// The dimension: `content`, or an attribute.
    pub dimension: String,
    /// The value; without one, the sessions that have none.
    pub value: Option<String>,
    /// The name of the title, where it is one and a catalogue has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Sessions.
    pub sessions: u64,
    /// Time stalled.
    pub stalled_ms: u64,
    /// Time in which frames moved.
    pub playing_ms: u64,
    /// Time stalled per time in which frames moved, whatever else is different with these sessions.
    pub crude_ratio: Option<f64>,
    /// The share of the time played that others can be compared with.
    pub comparable: Option<Ratio>,
    /// The comparison with others that are alike in all other dimensions.
    pub comparison: Option<StallComparison>,
}

impl ExcessStallsReport {
    fn new(seen: &ExcessStallsSummary, dimensions: &[SliceDimension], catalog: &Catalog) -> Self {
        Self {
            dimensions: dimensions.iter().map(|dimension| dimension.name().to_owned()).collect(),
            slices: seen.slices.iter().map(|slice| Slice::new(slice, catalog)).collect(),
            small_values: seen.small_values,
            sessions: seen.sessions,
            left_out: seen.left_out,
        }
    }
}

impl ExcessStallsReport {
    /// Slices that stall more than others that are like them.
    pub fn findings(&self) -> impl Iterator<Item = &Slice> {
        let more = |slice: &&Slice| slice.comparison.is_some_and(|seen| seen.is_finding && seen.excess_ms > 0.0);
        self.slices.iter().filter(more)
    }
}

impl Slice {
    fn new(slice: &StallSlice, catalog: &Catalog) -> Self {
        let value = match &slice.value {
            SliceValue::Missing => None,
            SliceValue::Named(name) => Some(name.to_string()),
        };
        let is_title = slice.dimension == SliceDimension::Title;
        Self {
            dimension: slice.dimension.name().to_owned(),
            title: value.as_deref().filter(|_| is_title).and_then(|id| super::title_of(id, catalog)),
            value,
            sessions: slice.sessions,
            stalled_ms: slice.stalled_ms,
            playing_ms: slice.playing_ms,
            crude_ratio: slice.crude_ratio,
            comparable: slice.comparable,
            comparison: slice.comparison,
        }
    }

    /// What to call its value.
    pub(crate) fn name(&self) -> &str {
        self.title.as_deref().or(self.value.as_deref()).unwrap_or("(none)")
    }
}

/// A session whose viewer waited long.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LongestWait {
    /// Which session.
    pub session_id: String,
    /// Of which title.
    pub content_id: String,
    /// The title's name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// When it began.
    #[serde(serialize_with = "crate::json::one_time")]
    pub started_at: Timestamp,
    /// How long the viewer waited for the first frame; of a session that never started, as long as it tried.
    pub starting_ms: u64,
    /// How often it stalled.
    pub stalls: u64,
    /// For how long.
    pub stalled_ms: u64,
    /// How long frames moved.
    pub playing_ms: u64,
    /// What kind of failure it was, if it was one.
    pub failure: Option<Failure>,
}

impl LongestWait {
    fn new(session: &WaitingSession, catalog: &Catalog) -> Self {
        Self {
            title: super::title_of(session.content_id.as_str(), catalog),
            session_id: session.session_id.to_string(),
            content_id: session.content_id.to_string(),
            started_at: session.started_at,
            starting_ms: session.starting_ms,
            stalls: session.stalls,
            stalled_ms: session.stalled_ms,
            playing_ms: session.playing_ms,
            failure: session.failure,
        }
    }
}

/// How streams felt from bucket to bucket of the wall clock, those of [`AudienceOverTime`]. A session is in the bucket in
/// which it began, with all that came of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct StreamsOverTime {
    /// Attempts to play.
    pub attempts: Vec<u64>,
    /// Of these, sessions that never started.
    pub never_started: Vec<u64>,
    /// Sessions that failed.
    pub failures: Vec<u64>,
    /// Time in which frames moved.
    pub playing_ms: Vec<u64>,
    /// Time stalled.
    pub stalled_ms: Vec<u64>,
    /// Time stalled, as a share of both.
    pub rebuffer_ratio: Vec<Option<Ratio>>,
    /// Average declared bit rate of the content played.
    pub average_bitrate_bps: Vec<Option<f64>>,
    /// Content played on each rung that was played at all, from the lowest to the highest.
    pub rungs: Vec<RungOverTime>,
}

/// One rung.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RungOverTime {
    /// Which one.
    pub rung: Rung,
    /// Content played on it, by bucket.
    pub played_ms: Vec<u64>,
}

impl StreamsReport {
    pub(super) fn new(
        startup: StartUpHistogram,
        seen: StreamsSummary,
        audience: &AudienceOverTime,
        spec: &ReportSpec,
        catalog: &Catalog,
    ) -> Self {
        let GoodStreamLimits { startup: longest, rebuffer_ratio, bitrate, .. } = spec.good;
        Self {
            startup,
            over_time: StreamsOverTime::new(&seen.course, audience),
            renditions: seen.renditions,
            good: GoodStreamsReport {
                limits: Limits {
                    startup_ms: longest.as_millis(),
                    rebuffer_ratio,
                    bitrate_bps: bitrate.map(audience_core::Bitrate::as_bps),
                },
                seen: seen.good,
            },
            stall_ratio: seen.stall_ratio,
            excess_stalls: seen.excess.as_ref().map(|seen| ExcessStallsReport::new(seen, &spec.slices, catalog)),
            scores: seen.scores,
            failures: seen.failures,
            longest_waits: seen.waits.iter().map(|session| LongestWait::new(session, catalog)).collect(),
        }
    }
}

impl StreamsOverTime {
    fn new(course: &[(i64, Moment)], audience: &AudienceOverTime) -> Self {
        let starts: Vec<i64> = audience.starts.iter().map(|start| start.as_millis().div_euclid(QUARTER)).collect();
        let end = audience.end.map_or(i64::MIN, |end| end.as_millis().div_euclid(QUARTER));
        let mut buckets = vec![Moment::default(); starts.len()];
        for (quarter, moment) in course.iter().filter(|(quarter, _)| *quarter < end) {
            if let Some(bucket) = starts.partition_point(|start| start <= quarter).checked_sub(1) {
                buckets[bucket].merge(*moment);
            }
        }
        let each = |of: fn(&Moment) -> u64| buckets.iter().map(of).collect();
        let rung = |rung: &Rung| RungOverTime {
            rung: *rung,
            played_ms: buckets.iter().map(|bucket| bucket.rungs_ms[*rung as usize]).collect(),
        };
        let average = |bucket: &Moment| {
            (bucket.bits_over_ms > 0).then(|| bucket.bits as f64 * 1000.0 / bucket.bits_over_ms as f64)
        };
        Self {
            attempts: each(|bucket| bucket.attempts),
            never_started: each(|bucket| bucket.attempts - bucket.started),
            failures: each(|bucket| bucket.failures),
            playing_ms: each(|bucket| bucket.playing_ms),
            stalled_ms: each(|bucket| bucket.stalled_ms),
            rebuffer_ratio: buckets
                .iter()
                .map(|bucket| Ratio::of(bucket.stalled_ms, bucket.stalled_ms.saturating_add(bucket.playing_ms)))
                .collect(),
            average_bitrate_bps: buckets.iter().map(average).collect(),
            rungs: Rung::ALL.iter().map(rung).filter(|rung| rung.played_ms.iter().any(|played| *played > 0)).collect(),
        }
    }
}
