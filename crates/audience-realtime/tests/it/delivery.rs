//! What CDNs did.

use audience_core::{CacheResult, Elapsed, Event, EventKind, Merge, Ratio, Request};
use audience_realtime::{Delivery, DeliverySummary, StatusCount};
use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Portable};
use proptest::prelude::*;

use crate::{at, window};

fn delivery() -> Delivery {
    Delivery::new(window(10, 1))
}

fn event(millis: i64, request: Request) -> Event {
    Event::new(at(millis), EventKind::Request(Box::new(request)))
}

/// Figures over ten seconds of requests that were received in the first of them.
fn of(requests: impl IntoIterator<Item = Request>) -> DeliverySummary {
    let mut delivery = delivery();
    for request in requests {
        delivery.observe(&event(0, request));
    }
    delivery.summary_until(at(10_000))
}

fn status(status: u16) -> Request {
    Request { status: Some(status), ..Request::default() }
}

#[test]
fn statuses_are_counted_by_class_and_code() {
    let requests = [200, 200, 206, 304, 404, 404, 503, 499, 0, 999, 42].map(status);
    let cut_off = Request { aborted: true, ..status(0) };
    let summary =
        of(requests.into_iter().chain([cut_off, Request { aborted: true, ..status(200) }, Request::default()]));
    let responses = summary.responses;
    assert_eq!(summary.requests, 14);
    assert_eq!(responses.classes, [0, 4, 1, 3, 1]);
    assert_eq!(responses.codes[0], StatusCount { status: 200, requests: 3 });
    assert_eq!(responses.codes.len(), 6);
    assert_eq!((responses.no_response, responses.gave_up, responses.odd_status, responses.unknown), (1, 2, 2, 1));
    assert_eq!((responses.aborted, responses.errors), (2, 4));
    // Of 9 with a status of HTTP, without the one that was given up, and the one that was not answered.
    assert_eq!(responses.error_ratio, Ratio::of(4, 9));
}

#[test]
fn without_a_status_nothing_is_said_of_errors() {
    let summary = of([Request::default()]);
    assert_eq!((summary.responses.error_ratio, summary.cache.hit_ratio), (None, None));
    assert_eq!((summary.throughput_bps, summary.first_byte, summary.last_byte), (None, None, None));
    let given_up = of([status(499)]);
    assert_eq!(given_up.responses.error_ratio, None);
}

#[test]
fn what_comes_from_the_cache_is_a_hit() {
    let cached =
        |cache: CacheResult, bytes: u64| Request { cache: Some(cache), bytes: Some(bytes), ..Request::default() };
    let summary = of([
        cached(CacheResult::Hit, 100),
        cached(CacheResult::Refreshed, 100),
        cached(CacheResult::Stale, 100),
        cached(CacheResult::Miss, 700),
        cached(CacheResult::Bypass, 5000),
        cached(CacheResult::Synthetic, 1),
        cached(CacheResult::Error, 1),
        Request::default(),
    ]);
    let cache = summary.cache;
    assert_eq!((cache.hits, cache.misses, cache.refreshed, cache.stale), (3, 1, 1, 1));
    assert_eq!((cache.bypassed, cache.synthetic, cache.errors, cache.unknown), (1, 1, 1, 1));
    assert_eq!((cache.hit_ratio, cache.byte_hit_ratio), (Ratio::of(3, 4), Ratio::of(3, 10)));
}

#[test]
fn throughput_is_a_ratio_of_sums() {
    let took = |bytes: u64, millis: u64| Request {
        bytes: Some(bytes),
        elapsed: Some(Elapsed::from_millis(millis)),
        ..Request::default()
    };
    // One of 8 Mbit/s for a second, one of 800 kbit/s for nine: 1.52 Mbit/s, not the 4.4 that their mean is.
    let summary = of([took(1_000_000, 1000), took(900_000, 9000)]);
    assert_eq!(summary.throughput_bps, Some(1_520_000.0));
    // One that took no time adds no infinity, and one whose time is not known does not count.
    let summary = of([took(1_000_000, 1000), took(500, 0), Request { bytes: Some(1 << 40), ..Request::default() }]);
    assert_eq!(summary.throughput_bps, Some(8_004_000.0));
    assert_eq!(of([took(500, 0)]).throughput_bps, None);
    assert_eq!(summary.egress_bps, Some(8.0 * (1_000_500.0 + (1_u64 << 40) as f64) / 10.0));
    assert_eq!(summary.requests_per_second, Some(0.3));
}

#[test]
fn durations_are_of_what_came() {
    let took = |first: u64, last: u64, aborted: bool| Request {
        first_byte: Some(Elapsed::from_millis(first)),
        elapsed: Some(Elapsed::from_millis(last)),
        aborted,
        ..Request::default()
    };
    let summary = of([took(10, 100, false), took(20, 300, false), took(30, 2, true)]);
    let (first, last) = (summary.first_byte.unwrap(), summary.last_byte.unwrap());
    assert_eq!((first.count, first.mean_ms, first.most_ms), (3, 20.0, 30.0));
    assert_eq!((last.count, last.mean_ms, last.least_ms), (2, 200.0, 100.0), "what was cut off has no last byte");
}

#[test]
fn only_requests_count() {
    let mut delivery = delivery();
    delivery.observe(&Event::new(at(0), EventKind::Play));
    assert_eq!(delivery.summary(), None);
}

fn any_request() -> impl Strategy<Value = Event> {
    let numbers = || proptest::option::of(prop_oneof![9 => 0..5000_u64, 1 => Just(u64::MAX)]);
    let statuses =
        proptest::option::of(proptest::sample::select(vec![0, 99, 200, 206, 304, 404, 499, 500, 600, u16::MAX]));
    let results = proptest::option::of(proptest::sample::select(vec![
        CacheResult::Hit,
        CacheResult::Stale,
        CacheResult::Miss,
        CacheResult::Bypass,
    ]));
    (-3000..40_000_i64, statuses, results, numbers(), numbers(), numbers(), any::<bool>()).prop_map(
        |(millis, status, cache, bytes, elapsed, first_byte, aborted)| {
            let elapsed = elapsed.map(Elapsed::from_millis);
            let first_byte = first_byte.map(Elapsed::from_millis);
            event(millis, Request { status, cache, bytes, elapsed, first_byte, aborted, ..Request::default() })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn deliveries_obey_the_laws(events in proptest::collection::vec(any_request(), 0..10)) {
        check_merge_laws(&delivery(), &events);
    }

    #[test]
    fn the_same_requests_give_the_same_bytes(
        events in proptest::collection::vec(any_request(), 0..100).prop_shuffle(),
        shards in 1..5_usize,
    ) {
        let of = |events: Vec<&Event>| {
            let mut delivery = delivery();
            delivery.observe_all(events);
            delivery
        };
        let whole = of(events.iter().collect()).encode();
        let mut merged = delivery();
        for shard in 0..shards {
            merged.merge(of(events.iter().skip(shard).step_by(shards).rev().collect()));
        }
        prop_assert_eq!(&merged.encode(), &whole);
        let read = Delivery::decode(&whole, &delivery()).unwrap();
        prop_assert_eq!(read.summary(), merged.summary());
        let text = serde_json::to_string(&merged).unwrap();
        prop_assert_eq!(serde_json::from_str::<Delivery>(&text).unwrap().summary(), merged.summary());
    }

    #[test]
    fn damaged_states_are_errors_or_states_but_no_panics(
        events in proptest::collection::vec(any_request(), 1..30),
        place: proptest::sample::Index,
        byte: u8,
        cut: proptest::sample::Index,
    ) {
        let mut good = delivery();
        good.observe_all(&events);
        let mut bytes = good.encode();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            if let Ok(mut read) = Delivery::decode(bytes, &delivery()) {
                let _ = read.summary();
                read.merge(good.clone());
                let _ = read.summary_until(at(10_000));
                let _ = read.encode();
            }
        }
    }
}
