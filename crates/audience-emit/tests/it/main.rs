//! Behaviour through the public API, against servers on the loopback.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accounting;
mod answers;
mod ending;
mod killed;
mod kino;
mod latency;
mod overflow;
mod sampling;
mod server;
mod settings;
mod spooling;

use std::time::{Duration, Instant};

use audience_core::{Envelope, Event, EventKind, MediaTime, Timestamp};
use audience_emit::{Batching, Emitter, EmitterConfig, QueueLimits, Retry, Spool, SpoolWhen, Status};

/// What anything that must come may take on a busy machine.
const LONG: Duration = Duration::from_secs(30);

/// Batches of ten that wait 20 ms, delays from 10 ms to 100 ms.
fn config(endpoint: &str) -> EmitterConfig {
    EmitterConfig {
        batching: Batching { max_events: 10, max_wait: Duration::from_millis(20), ..Batching::default() },
        retry: Retry { first: Duration::from_millis(10), max: Duration::from_millis(100), ..Retry::default() },
        source: Some("test".to_owned()),
        seed: Some(1),
        ..EmitterConfig::new(endpoint)
    }
}

/// Batches that wait until they are full, or for a flush.
fn patient(endpoint: &str) -> EmitterConfig {
    let mut config = config(endpoint);
    config.batching.max_wait = Duration::MAX;
    config
}

fn with_spool(config: EmitterConfig, dir: &std::path::Path, when: SpoolWhen) -> EmitterConfig {
    EmitterConfig { spool: Some(Spool { when, ..Spool::new(dir) }), ..config }
}

fn with_queue(config: EmitterConfig, max_events: usize) -> EmitterConfig {
    EmitterConfig { queue: QueueLimits { max_events, ..QueueLimits::default() }, ..config }
}

/// The `n`th event of a session.
fn event(session: &str, n: u64) -> Envelope {
    let at = Timestamp::from_millis(1_795_204_690_000 + n as i64 * 250);
    Envelope {
        session_id: session.into(),
        viewer_id: Some("v1".into()),
        content_id: Some("film".into()),
        event: Event::new(at, EventKind::Heartbeat).at(MediaTime::from_millis(n * 250)),
        attributes: vec![("device".into(), "tv".into())],
    }
}

/// Emits so many events of one session; their numbers are 1 and on, if they are the first.
fn emit(emitter: &Emitter, events: u64) {
    for n in 0..events {
        emitter.emit(event("s1", n));
    }
}

/// Waits until the status is as it should be.
fn until(emitter: &Emitter, what: &str, right: impl Fn(&Status) -> bool) -> Status {
    let begin = Instant::now();
    loop {
        let status = emitter.status();
        if right(&status) {
            return status;
        }
        assert!(begin.elapsed() < LONG, "waited for {what}: {status:#?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Every event is somewhere, and only once.
fn check_sums(status: &Status) {
    let ends = status.delivered + status.rejected + status.dropped.total() + status.sampled_out;
    assert_eq!(status.emitted + status.recovered, ends + status.pending.total(), "{status:#?}");
}

/// 1 to `last`.
fn numbers(last: u64) -> Vec<u64> {
    (1..=last).collect()
}
