//! What is kept of a bucket of requests.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use audience_core::{CacheResult, Elapsed, Merge, Request};
use audience_stats::merge_fields;

use crate::durations::Durations;
use crate::sliding::Cell;

/// Statuses that HTTP has.
pub(super) const STATUSES: RangeInclusive<u16> = 100..=599;

#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct DeliveryCell {
    pub(super) requests: u64,
    /// Without the client having gone away.
    pub(super) no_response: u64,
    /// The client went away before there was an answer.
    pub(super) gave_up: u64,
    pub(super) aborted: u64,
    /// With a status that HTTP does not have.
    pub(super) odd_status: u64,
    /// Requests by status; only those that HTTP has, of which there are few.
    pub(super) codes: BTreeMap<u16, u64>,
    pub(super) bytes: u64,
    /// Of requests of which both are known.
    pub(super) timed_bytes: u64,
    /// In milliseconds.
    pub(super) time: u64,
    pub(super) cache: BTreeMap<CacheResult, Cached>,
    pub(super) first_byte: Durations,
    pub(super) last_byte: Durations,
}

merge_fields!(DeliveryCell {
    requests,
    no_response,
    gave_up,
    aborted,
    odd_status,
    codes,
    bytes,
    timed_bytes,
    time,
    cache,
    first_byte,
    last_byte,
});

/// Requests of which the cache made the same.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Cached {
    pub(super) requests: u64,
    pub(super) bytes: u64,
}

merge_fields!(Cached { requests, bytes });

/// The client closed the connection, in the logs of nginx.
pub(super) const CLIENT_CLOSED: u16 = 499;

impl Cell for DeliveryCell {
    fn items(&self) -> u64 {
        self.requests
    }
}

impl DeliveryCell {
    pub(super) fn observe(&mut self, request: &Request) {
        self.requests.merge(1);
        self.aborted.merge(u64::from(request.aborted));
        match request.status {
            None => {}
            // CloudFront writes so of clients that went away, and players of servers that did not answer.
            Some(0) if request.aborted => self.gave_up.merge(1),
            Some(0) => self.no_response.merge(1),
            Some(status) if STATUSES.contains(&status) => self.codes.entry(status).or_default().merge(1),
            Some(_) => self.odd_status.merge(1),
        }
        let bytes = request.bytes.unwrap_or(0);
        self.bytes.merge(bytes);
        if let (Some(elapsed), Some(_)) = (request.elapsed, request.bytes) {
            self.timed_bytes.merge(bytes);
            self.time.merge(elapsed.as_millis());
        }
        if let Some(cache) = request.cache {
            self.cache.entry(cache).or_default().merge(Cached { requests: 1, bytes });
        }
        let mut insert = |into: fn(&mut Self) -> &mut Durations, duration: Option<Elapsed>| {
            if let Some(duration) = duration {
                into(self).insert(duration);
            }
        };
        insert(|cell| &mut cell.first_byte, request.first_byte);
        // What was cut off has no last byte.
        insert(|cell| &mut cell.last_byte, request.elapsed.filter(|_| !request.aborted));
    }

    /// Whether it can have come about.
    #[cfg(feature = "serde")]
    pub(super) fn is_consistent(&self) -> bool {
        self.codes.keys().all(|status| STATUSES.contains(status))
    }

    pub(super) fn size_bytes(&self) -> usize {
        size_of::<Self>()
            + self.codes.len() * size_of::<(u16, u64)>()
            + self.cache.len() * size_of::<(CacheResult, Cached)>()
            + self.first_byte.size_bytes()
            + self.last_byte.size_bytes()
    }
}
