//! All benchmarks: `cargo bench -p audience-benches`.

mod adapters;
mod assignment;
mod bandits;
mod cohorts;
mod core;
mod earlier;
mod emit;
mod engagement;
mod experiments;
mod funnels;
mod ingest;
mod live;
mod merging;
mod quantiles;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

/// Settings of all benchmarks: long enough for steady medians, short enough to be run.
fn settings() -> Criterion {
    Criterion::default().sample_size(20).warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(4))
}

// Funnels come first: what they read is text in memory, which what was there before would scatter.
criterion_group! {
    name = benches;
    config = settings();
    targets = funnels::define, core::define, earlier::define, merging::define, ingest::define, adapters::define, assignment::define,
        bandits::define, cohorts::define, emit::define, engagement::define, experiments::define, live::define, quantiles::define
}
criterion_main!(benches);
