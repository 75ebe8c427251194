//! Funnels of events beside those of `oximedia-analytics` 0.2.1.

use std::hint::black_box;

use audience_benches::scripts;
use audience_cohort::{EventFunnel, FunnelSpec, FunnelStep, Milestones, PositionFunnel, PositionUnit};
use audience_core::{Accumulator, Elapsed, MediaTime, Rules, SessionFacts, Timestamp};
use criterion::{BenchmarkId, Criterion, Throughput};
use oximedia_analytics::funnel::{
    FunnelAnalyzer, FunnelDefinition, FunnelMilestone, FunnelStepDef, SessionEvent, compute_funnel,
};
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
    let all = [
        "load",
        "play",
        "subscribe",
        "pause",
        "heartbeat",
        "seek",
        "buffer_start",
        "buffer_end",
        "quality_change",
        "rate_change",
        "error",
        "ad_start",
        "ad_end",
        "play_request",
        "state_change",
        "request",
        "impression",
        "end",
    ];
    // What players send is mostly no step of a funnel.
    for (name, names) in [("all events are steps", &STEPS[..]), ("one in six is", &all)] {
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
    let sessions: Vec<Vec<SessionEvent>> = sessions(200_000, 100_000);
    // Of both, texts are in memory one after the other.
    let (sessions, flat): (Vec<_>, Vec<SessionEvent>) =
        (sessions.clone(), sessions.iter().flatten().cloned().collect());
    group.throughput(Throughput::Elements(flat.len() as u64));
    group.bench_function(BenchmarkId::new("audience", "in sessions of five"), |bencher| {
        bencher.iter(|| {
            let mut funnel = EventFunnel::new(spec.clone());
            for events in &sessions {
                let at = |event: &SessionEvent| Timestamp::from_millis(event.timestamp_ms as i64);
                let of_session = events.iter().map(|event| (at(event), &*event.event_type));
                funnel.observe_events(&events[0].user_id, (at(&events[0]), ""), None, of_session);
            }
            black_box(funnel.summary())
        });
    });
    group.bench_function(BenchmarkId::new("oximedia-analytics", "in sessions of five"), |bencher| {
        bencher.iter(|| black_box(FunnelAnalyzer::analyze(&flat, &theirs)));
    });
    group.finish();
    positions(criterion);
}

/// Five events each, a minute apart, of random users: what an accumulator over sessions is given.
fn sessions(count: usize, users: u32) -> Vec<Vec<SessionEvent>> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let session = |_| {
        let user_id = format!("viewer-{:06}", rng.random_range(0..users));
        let start = 1_767_225_600_000 + rng.random_range(0..7 * 86_400_000);
        let event = |at: u64| SessionEvent {
            user_id: user_id.clone(),
            event_type: STEPS[rng.random_range(0..STEPS.len())].to_owned(),
            timestamp_ms: start + at * 60_000,
        };
        (0..5).map(event).collect()
    };
    (0..count).map(session).collect()
}

/// How many sessions come past five positions: ours in all four readings from facts, theirs whether each was watched.
fn positions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("position funnel");
    for (name, secs, count) in [("10 min", 600, 10_000), ("1 h", 3600, 4000)] {
        let length = MediaTime::from_secs(secs);
        let scripts = scripts(count, length);
        let (theirs, ours) = (super::earlier::theirs(&scripts), audience_benches::sessions(&scripts, length));
        let facts: Vec<SessionFacts> = ours.iter().map(|session| session.facts(&Rules::default(), None)).collect();
        let percents = [0, 25, 50, 75, 95];
        let milestones = Milestones::percents(percents).expect("five rising ones");
        let their_milestones: Vec<FunnelMilestone> = percents
            .iter()
            .map(|percent| FunnelMilestone {
                name: percent.to_string(),
                position_ms: length.as_millis() * u64::from(*percent) / 100,
            })
            .collect();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                let mut funnel = PositionFunnel::new(milestones.clone(), PositionUnit::Session);
                funnel.observe_all(&facts);
                black_box(funnel.summary())
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            bencher.iter(|| black_box(compute_funnel(&theirs, &their_milestones, length.as_millis())));
        });
    }
    group.finish();
}
