//! Putting partial states together.

use std::hint::black_box;

use audience_benches::{scripts, sessions};
use audience_core::{Accumulator, ContentId, Keyed, MediaTime, Merge, Rules, SessionFacts};
use audience_retention::RetentionCurves;
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};

type ByTitle = Keyed<RetentionCurves, fn(&SessionFacts) -> ContentId>;

const TITLES: usize = 1000;

pub(crate) fn define(criterion: &mut Criterion) {
    let facts = facts(100_000);
    let mut group = criterion.benchmark_group("merge");
    for (name, states, each) in [
        ("1,000 states of 100 sessions", 1000, 100),
        ("100 states of 1,000 sessions", 100, 1000),
        ("10 states of 10,000 sessions", 10, 10_000),
    ] {
        let partial: Vec<ByTitle> = facts.chunks(each).take(states).map(observed).collect();
        group.throughput(Throughput::Elements(states as u64));
        group.bench_function(BenchmarkId::new("retention curves of 1,000 titles", name), |bencher| {
            bencher.iter_batched(
                || partial.clone(),
                |partial| {
                    let mut all = empty();
                    for state in partial {
                        all.merge(state);
                    }
                    black_box(all)
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn empty() -> ByTitle {
    Keyed::new(|facts| facts.identity.content_id.clone(), RetentionCurves::default())
}

fn observed(facts: &[SessionFacts]) -> ByTitle {
    let mut state = empty();
    state.observe_all(facts);
    state
}

/// Facts of so many sessions of ten minutes, one title after the other; every third session is of another viewer.
fn facts(count: usize) -> Vec<SessionFacts> {
    let length = MediaTime::from_secs(600);
    let rules = Rules::default();
    let sessions = sessions(&scripts(count, length), length);
    let mut facts: Vec<SessionFacts> = sessions.iter().map(|session| session.facts(&rules, None)).collect();
    for (number, facts) in facts.iter_mut().enumerate() {
        let identity = std::sync::Arc::make_mut(&mut facts.identity);
        identity.content_id = format!("t{}", number % TITLES).into();
    }
    facts
}
