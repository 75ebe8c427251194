//! Funnels of events beside those of `oximedia-analytics` 0.2.1.

use std::hint::black_box;

use audience_cohort::{EventFunnel, FunnelSpec, FunnelStep};
use audience_core::{Accumulator, Elapsed, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput};
use oximedia_analytics::funnel::{FunnelAnalyzer, FunnelDefinition, FunnelStepDef, SessionEvent};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// Their events, which are text and milliseconds in memory: some of each user, in order of time, a user's not one after the other.
fn events(count: usize, users: u32, names: &[&str]) -> Vec<SessionEvent> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut events: Vec<SessionEvent> = (0..count)
        .map(|_| SessionEvent {
            user_id: format!("viewer-{:06}", rng.random_range(0..users)),
            event_type: names[rng.random_range(0..names.len())].to_owned(),
            timestamp_ms: 1_767_225_600_000 + rng.random_range(0..7 * 86_400_000),
        })
        .collect();
    events.sort_by_key(|event| event.timestamp_ms);
    // So that texts are in memory one after the other, as they are when they have been read.
    events
        .iter()
        .map(|event| SessionEvent { user_id: event.user_id.clone(), event_type: event.event_type.clone(), ..*event })
        .collect()
}

const STEPS: [&str; 3] = ["load", "play", "subscribe"];
const LIMIT_MS: u64 = 86_400_000;

/// From text in memory to how many came to each step: ours the best chain of each user, theirs the first events that fit.
pub(crate) fn define(criterion: &mut Criterion) {
    let theirs = FunnelDefinition {
        steps: STEPS.map(|name| FunnelStepDef { name: name.to_owned(), event_type: name.to_owned() }).to_vec(),
        max_time_between_steps_ms: LIMIT_MS,
    };
    let limit = Elapsed::from_millis(LIMIT_MS);
    let steps = STEPS.iter().enumerate().map(|(at, name)| {
        let step = FunnelStep::new(*name);
        if at == 0 { step } else { step.within(limit) }
    });
    let spec = FunnelSpec::new(steps).expect("three steps");
    let mut group = criterion.benchmark_group("event funnel");
    for (name, names) in [
        ("all events are steps", &STEPS[..]),
        ("half are", &["load", "play", "subscribe", "pause", "heartbeat", "seek"]),
    ] {
        let events = events(1_000_000, 100_000, names);
        group.throughput(Throughput::Elements(events.len() as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                let mut funnel = EventFunnel::new(spec.clone());
                for event in &events {
                    let at = Timestamp::from_millis(event.timestamp_ms as i64);
                    funnel.observe_events(&event.user_id, (at, ""), None, [(at, &*event.event_type)]);
                }
                black_box(funnel.summary())
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            bencher.iter(|| black_box(FunnelAnalyzer::analyze(&events, &theirs)));
        });
    }
    group.finish();
}
