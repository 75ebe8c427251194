//! The stages from events to answers.

use std::hint::black_box;

use audience_benches::{scripts, sessions};
use audience_core::{Accumulator, AttentionHeatmap, MediaTime, PlaybackMap, Rules, SessionFacts, Timeline};
use audience_retention::RetentionCurves;
use criterion::{Criterion, Throughput};

pub(crate) fn define(criterion: &mut Criterion) {
    let length = MediaTime::from_secs(600);
    let sessions = sessions(&scripts(2000, length), length);
    let rules = Rules::default();
    let facts: Vec<SessionFacts> = sessions.iter().map(|session| session.facts(&rules, None)).collect();
    let timelines: Vec<Timeline> = sessions.iter().map(|session| session.timeline(&rules)).collect();

    let mut group = criterion.benchmark_group("core");
    group.throughput(Throughput::Elements(sessions.len() as u64));
    group.bench_function("timeline", |bencher| {
        bencher.iter(|| sessions.iter().for_each(|session| drop(black_box(session.timeline(&rules)))));
    });
    group.bench_function("facts", |bencher| {
        bencher.iter(|| sessions.iter().for_each(|session| drop(black_box(session.facts(&rules, None)))));
    });
    group.bench_function("playback map", |bencher| {
        let map = |timeline: &Timeline| {
            PlaybackMap::from_intervals(timeline.watched().iter().map(|piece| (piece.start, piece.end)))
        };
        bencher.iter(|| timelines.iter().for_each(|timeline| drop(black_box(map(timeline)))));
    });
    group.bench_function("heatmap of 5 s", |bencher| {
        bencher.iter(|| observed(AttentionHeatmap::new(MediaTime::from_secs(5)).expect("a width"), &facts));
    });
    group.bench_function("heatmap of 1 s", |bencher| {
        bencher.iter(|| observed(AttentionHeatmap::new(MediaTime::from_secs(1)).expect("a width"), &facts));
    });
    group.bench_function("retention curves of 100 points", |bencher| {
        bencher.iter(|| observed(RetentionCurves::default(), &facts));
    });
    group.finish();
}

fn observed<A: Accumulator<Item = SessionFacts>>(mut state: A, facts: &[SessionFacts]) -> A {
    state.observe_all(facts);
    state
}
