//! The audience over time.

mod scale;

use audience_core::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::state::{AttendanceSummary, QUARTER, Quarter};
use scale::Scale;

/// How many sessions began, and how many were there on average, from bucket to bucket of the wall clock.
///
/// Buckets are a quarter of an hour, an hour, a quarter of a day, a day, or weeks in the report's time zone: the finest of
/// which no more than [`MAX_BUCKETS`](Self::MAX_BUCKETS) are needed.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AudienceOverTime {
    /// How long a bucket is, as an ISO 8601 duration; days are those of the time zone, 23 to 25 hours. `None` without
    /// sessions.
    pub bucket: Option<String>,
    /// When each bucket begins.
    #[serde(serialize_with = "crate::json::times")]
    pub starts: Vec<Timestamp>,
    /// When the last bucket ends.
    #[serde(serialize_with = "crate::json::time")]
    pub end: Option<Timestamp>,
    /// Sessions that began in each bucket.
    pub started: Vec<u64>,
    /// The time that sessions were there in each bucket, over the length of the bucket.
    pub average_concurrent: Vec<f64>,
    /// The quarter of an hour with most.
    pub peak: Option<Peak>,
    /// Sessions that began outside of the buckets: clocks that are wrong.
    pub sessions_elsewhere: u64,
}

/// A quarter of an hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Peak {
    /// When it begins.
    #[serde(serialize_with = "crate::json::one_time")]
    pub at: Timestamp,
    /// How many sessions were there on average.
    pub average_concurrent: f64,
}

impl AudienceOverTime {
    /// The most buckets there are.
    pub const MAX_BUCKETS: usize = 500;

    /// The series of what was seen, in buckets of this time zone.
    ///
    /// Sessions that lie more than a week before or after everything else, and are no more than one in a hundred, are set
    /// apart: a few wrong clocks must not squeeze a day into one bucket.
    pub fn new(seen: &AttendanceSummary, zone: &TimeZone) -> Self {
        let all = seen.quarters.as_slice();
        let shown = without_strays(all);
        let (Some(&(first, _)), Some(&(last, _))) = (shown.first(), shown.last()) else { return Self::default() };
        let scale = Scale::new(first, last + 1, zone);
        let edges = scale.edges.as_slice();
        let buckets = edges.len() - 1;
        let (mut started, mut present_ms) = (vec![0_u64; buckets], vec![0_i128; buckets]);
        let bucket_of = |quarter: i64| edges.partition_point(|edge| *edge <= quarter).checked_sub(1);
        let mut peak = None;
        let (mut open, mut since) = (0_i64, first);
        for &(at, quarter) in all {
            fill(&mut present_ms, edges, since.max(edges[0]), at, open);
            (open, since) = (open.wrapping_add(quarter.step), at);
            let Some(bucket) = bucket_of(at).filter(|bucket| *bucket < buckets) else { continue };
            started[bucket] = quarter.started.saturating_add(started[bucket]);
            present_ms[bucket] += i128::from(quarter.part_ms);
            let there = i128::from(open) * i128::from(QUARTER) + i128::from(quarter.part_ms);
            if peak.is_none_or(|(_, most)| there > most) {
                peak = Some((at, there));
            }
        }
        let width = |bucket: usize| (edges[bucket + 1] - edges[bucket]) as f64 * QUARTER as f64;
        let total = begun(all);
        Self {
            bucket: Some(scale.name),
            starts: edges[..buckets].iter().copied().map(time_of).collect(),
            end: edges.last().copied().map(time_of),
            sessions_elsewhere: total.saturating_sub(started.iter().copied().fold(0, u64::saturating_add)),
            started,
            average_concurrent: (0..buckets).map(|bucket| present_ms[bucket] as f64 / width(bucket)).collect(),
            peak: peak.map(|(at, there)| Peak { at: time_of(at), average_concurrent: there as f64 / QUARTER as f64 }),
        }
    }
}

/// How many sessions began.
fn begun(quarters: &[(i64, Quarter)]) -> u64 {
    quarters.iter().fold(0, |sum, (_, quarter)| quarter.started.saturating_add(sum))
}

fn time_of(quarter: i64) -> Timestamp {
    Timestamp::from_millis(quarter.saturating_mul(QUARTER))
}

/// Adds `open` sessions for every quarter from `from` to `to` to the buckets they are in.
fn fill(present_ms: &mut [i128], edges: &[i64], from: i64, to: i64, open: i64) {
    if open == 0 || from >= to {
        return;
    }
    let first = edges.partition_point(|edge| *edge <= from).saturating_sub(1);
    for (bucket, present) in present_ms.iter_mut().enumerate().skip(first) {
        if edges[bucket] >= to {
            break;
        }
        let quarters = to.min(edges[bucket + 1]) - from.max(edges[bucket]);
        *present += i128::from(quarters) * i128::from(QUARTER) * i128::from(open);
    }
}

/// The quarters without those that lie more than a week apart from the rest, at either end, as long as no more than one in
/// a hundred sessions begins in them.
fn without_strays(quarters: &[(i64, Quarter)]) -> &[(i64, Quarter)] {
    const WEEK: i64 = 7 * 24 * 4;
    let total = begun(quarters);
    let gaps = |pair: &[(i64, Quarter)]| pair[1].0 - pair[0].0 > WEEK;
    let (mut start, mut before) = (0, 0_u64);
    for (at, pair) in quarters.windows(2).enumerate() {
        before = pair[0].1.started.saturating_add(before);
        if before > total / 100 {
            break;
        }
        if gaps(pair) {
            start = at + 1;
        }
    }
    let (mut end, mut after) = (quarters.len(), 0_u64);
    for (at, pair) in quarters.windows(2).enumerate().rev() {
        after = pair[1].1.started.saturating_add(after);
        if after > total / 100 || at < start {
            break;
        }
        if gaps(pair) {
            end = at + 1;
        }
    }
    &quarters[start..end]
}
