//! Figures of requests over one window.

use std::collections::BTreeMap;

use audience_core::{CacheResult, Elapsed, Merge, Ratio, Timestamp};

use super::cell::{CLIENT_CLOSED, Cached, DeliveryCell};
use crate::durations::DurationSummary;
use crate::sliding::{Sliding, Span};

/// What a CDN or server did with requests over one window; see [`Delivery::summary_until`](crate::Delivery::summary_until)
/// for what that is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DeliverySummary {
    /// When the window begins.
    pub from: Timestamp,
    /// When it ends; a request of that time is not in it.
    pub until: Timestamp,
    /// How much of the window there was to measure.
    pub covered: Elapsed,
    /// Requests.
    pub requests: u64,
    /// Requests per second of the time covered. `None` while less than a bucket is.
    pub requests_per_second: Option<f64>,
    /// What came of them.
    pub responses: ResponseCounts,
    /// Bytes that were sent, as far as it is known.
    pub bytes: u64,
    /// Bits sent per second of the time covered, of all responses together. `None` while less than a bucket is.
    pub egress_bps: Option<f64>,
    /// Bits per second of a response: 8 · bytes of the responses of which both are known / the time these took. A ratio of
    /// sums, so that a response counts by how long it took. `None` when they took no time.
    pub throughput_bps: Option<f64>,
    /// What caches made of them.
    pub cache: CacheSummary,
    /// How long first bytes took. `None` when that is known of no request.
    pub first_byte: Option<DurationSummary>,
    /// How long last bytes took, of responses that were not cut off. `None` when that is known of no request.
    pub last_byte: Option<DurationSummary>,
    /// Requests, ever, in no bucket that is kept.
    pub outside: u64,
}

/// What came of requests.
///
/// A request whose client went away before there was an answer (499 of nginx, 0 of a response that was cut off) says nothing
/// of the server: it is given up, and neither an error nor an answer.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ResponseCounts {
    /// Requests by class of status: 100–199, 200–299 and so on to 599.
    pub classes: [u64; 5],
    /// Requests by status, in order.
    pub codes: Vec<StatusCount>,
    /// Requests that were not answered: status 0, which CMCD's `rc` has for it, without the client having gone away.
    pub no_response: u64,
    /// Requests whose client went away before there was an answer.
    pub gave_up: u64,
    /// Requests with a status that HTTP does not have.
    pub odd_status: u64,
    /// Requests of which no status is known.
    pub unknown: u64,
    /// Responses that the client did not take to their end, whatever their status.
    pub aborted: u64,
    /// Requests not answered, or with a status from 400 on but 499.
    pub errors: u64,
    /// Errors by all requests of which a status that HTTP has or 0 is known, and that were not given up.
    pub error_ratio: Option<Ratio>,
}

/// How many requests were answered with a status.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StatusCount {
    /// The status.
    pub status: u16,
    /// How many.
    pub requests: u64,
}

/// What caches made of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CacheSummary {
    /// Requests answered from the cache: hits, refreshed and stale ones.
    pub hits: u64,
    /// Requests answered from the origin, where the cache might have had it.
    pub misses: u64,
    /// Hits that were refreshed: the origin was asked, but not for the content.
    pub refreshed: u64,
    /// Hits that were stale.
    pub stale: u64,
    /// Requests of which the cache was not asked.
    pub bypassed: u64,
    /// Answers that were made up on the way.
    pub synthetic: u64,
    /// Answers that were errors.
    pub errors: u64,
    /// Requests of which nothing is known of a cache.
    pub unknown: u64,
    /// Hits by hits and misses. `None` of none.
    pub hit_ratio: Option<Ratio>,
    /// Bytes of hits by bytes of hits and misses: what the origin is spared. `None` of none.
    pub byte_hit_ratio: Option<Ratio>,
}

/// Of the buckets of a window.
pub(super) fn of(sliding: &Sliding<DeliveryCell>, span: &Span) -> DeliverySummary {
    let mut all = DeliveryCell::default();
    for (_, cell) in sliding.cells(span) {
        all.merge(cell.clone());
    }
    let took = Elapsed::from_millis(all.time);
    DeliverySummary {
        from: span.from,
        until: span.until,
        covered: span.covered,
        requests: all.requests,
        requests_per_second: span.per_second(all.requests as f64),
        responses: responses(&all),
        bytes: all.bytes,
        egress_bps: span.per_second(8.0 * all.bytes as f64),
        throughput_bps: (!took.is_zero()).then(|| 8.0 * all.timed_bytes as f64 / took.as_secs_f64()),
        cache: cache(all.requests, &all.cache),
        first_byte: all.first_byte.summary(),
        last_byte: all.last_byte.summary(),
        outside: sliding.outside(),
    }
}

fn responses(all: &DeliveryCell) -> ResponseCounts {
    let codes: Vec<StatusCount> =
        all.codes.iter().map(|(status, requests)| StatusCount { status: *status, requests: *requests }).collect();
    let mut classes = [0_u64; 5];
    for code in &codes {
        let class = &mut classes[usize::from(code.status / 100 - 1)];
        *class = class.saturating_add(code.requests);
    }
    let closed = all.codes.get(&CLIENT_CLOSED).copied().unwrap_or(0);
    let failed = codes.iter().filter(|code| code.status >= 400 && code.status != CLIENT_CLOSED);
    let errors = total(failed.map(|code| code.requests)).saturating_add(all.no_response);
    let with_status = total(codes.iter().map(|code| code.requests));
    let known = total([with_status, all.no_response, all.gave_up, all.odd_status]);
    ResponseCounts {
        classes,
        no_response: all.no_response,
        gave_up: all.gave_up.saturating_add(closed),
        odd_status: all.odd_status,
        unknown: all.requests.saturating_sub(known),
        aborted: all.aborted,
        errors,
        error_ratio: Ratio::of(errors, with_status.saturating_sub(closed).saturating_add(all.no_response)),
        codes,
    }
}

fn total(counts: impl IntoIterator<Item = u64>) -> u64 {
    counts.into_iter().fold(0, u64::saturating_add)
}

fn cache(requests: u64, cache: &BTreeMap<CacheResult, Cached>) -> CacheSummary {
    let of = |result| cache.get(&result).map_or(0, |cached| cached.requests);
    let from = |from_cache: bool| {
        let mut sum = Cached::default();
        for (_, cached) in cache.iter().filter(|(result, _)| result.from_cache() == Some(from_cache)) {
            sum.merge(*cached);
        }
        sum
    };
    let (hits, misses) = (from(true), from(false));
    let known = total(cache.values().map(|cached| cached.requests));
    CacheSummary {
        hits: hits.requests,
        misses: misses.requests,
        refreshed: of(CacheResult::Refreshed),
        stale: of(CacheResult::Stale),
        bypassed: of(CacheResult::Bypass),
        synthetic: of(CacheResult::Synthetic),
        errors: of(CacheResult::Error),
        unknown: requests.saturating_sub(known),
        hit_ratio: Ratio::of(hits.requests, hits.requests.saturating_add(misses.requests)),
        byte_hit_ratio: Ratio::of(hits.bytes, hits.bytes.saturating_add(misses.bytes)),
    }
}
