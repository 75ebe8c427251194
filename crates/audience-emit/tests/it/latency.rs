//! What emitting costs the thread that emits.

use std::time::{Duration, Instant};

use audience_emit::{Emitted, Emitter, EmitterConfig, SpoolWhen};

use crate::server::{Answer, Server};
use crate::{config, event, until, with_queue, with_spool};

/// The 99th percentile of 20,000 calls, in a build without optimisation on a machine that does other things, too.
const LIMIT: Duration = if cfg!(debug_assertions) { Duration::from_micros(500) } else { Duration::from_micros(50) };

/// Checks it, and says what it was.
fn check(name: &str, config: EmitterConfig) -> String {
    let emitter = Emitter::new(config).unwrap();
    let events: Vec<_> = (0..20_000).map(|n| event("s1", n)).collect();
    let mut taken: Vec<Duration> = Vec::with_capacity(events.len());
    for event in events {
        let begin = Instant::now();
        let emitted = emitter.emit(event);
        taken.push(begin.elapsed());
        assert_eq!(emitted, Emitted::Queued);
    }
    taken.sort_unstable();
    let at = |share: f64| taken[(share * (taken.len() - 1) as f64) as usize];
    assert!(at(0.99) < LIMIT, "{name}: {:?}", at(0.99));
    // It hung all the time.
    let status = until(&emitter, "a request", |status| status.requests > 0);
    assert_eq!((status.delivered, status.pending.total()), (0, 20_000));
    format!("{name}: median {:?}, p99 {:?}, p99.9 {:?}, most {:?}", at(0.5), at(0.99), at(0.999), at(1.0))
}

#[test]
fn emit_never_waits_while_the_endpoint_hangs() {
    let server = Server::new(|_, _| Answer::Hang);
    println!("{}", check("in memory", with_queue(config(&server.url()), 30_000)));
}

#[test]
fn emit_never_waits_while_the_endpoint_hangs_and_events_go_to_disk() {
    let server = Server::new(|_, _| Answer::Hang);
    for when in [SpoolWhen::Always, SpoolWhen::Offline] {
        let dir = tempfile::tempdir().unwrap();
        let config = with_queue(config(&server.url()), 30_000);
        println!("{}", check(&format!("{when:?}"), with_spool(config, dir.path(), when)));
    }
}
