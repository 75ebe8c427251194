//! Engagement beside that of `oximedia-analytics` 0.2.1: from facts of sessions, and from sessions, which is the only way they have.

use std::hint::black_box;
use std::sync::Arc;

use audience_benches::{scripts, sessions};
use audience_core::{Accumulator, MediaTime, Rules, SessionFacts};
use audience_engagement::{Engagement, EngagementWeights, SegmentAttribution, SegmentModel, SocialChannel};
use audience_stats::Bootstrap;
use criterion::{BenchmarkId, Criterion, Throughput};
use oximedia_analytics::attribution::{AttributionModel, compute_attribution};
use oximedia_analytics::engagement::{EngagementWeights as TheirWeights, compute_engagement};
use oximedia_analytics::retention::ContentSegment;

use super::earlier::theirs;

const LENGTHS: [(&str, u64, usize); 2] = [("10 min", 600, 10_000), ("1 h", 3600, 4000)];

pub(crate) fn define(criterion: &mut Criterion) {
    for (name, secs, count) in LENGTHS {
        let length = MediaTime::from_secs(secs);
        let scripts = scripts(count, length);
        let (theirs, ours) = (theirs(&scripts), sessions(&scripts, length));
        let facts: Vec<SessionFacts> = ours.iter().map(|session| session.facts(&Rules::default(), None)).collect();

        let mut group = criterion.benchmark_group("engagement score");
        group.throughput(Throughput::Elements(count as u64));
        let score = |mut engagement: Engagement| {
            engagement.observe_all(&facts);
            engagement.summary().score(&EngagementWeights::default(), SocialChannel::Missing).expect("weights")
        };
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| black_box(score(Engagement::new())));
        });
        group.bench_function(BenchmarkId::new("audience, with an interval of 200 resamples", name), |bencher| {
            let empty = Engagement::with_bootstrap(Bootstrap { replicates: 200, seed: 1 });
            bencher.iter(|| black_box(score(empty.clone())));
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            bencher.iter(|| black_box(compute_engagement(&theirs, length.as_millis(), &TheirWeights::default())));
        });
        group.finish();

        let mut group = criterion.benchmark_group("attribution to ten segments");
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                let mut attribution = SegmentAttribution::new(Arc::default(), 10).expect("parts");
                attribution.observe_all(&facts);
                black_box(attribution.summary()[0].1.credit(SegmentModel::WatchTime))
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            let tenth = length.as_millis() / 10;
            let segment =
                |at: u64| ContentSegment { name: at.to_string(), start_ms: at * tenth, end_ms: (at + 1) * tenth };
            let segments: Vec<ContentSegment> = (0..10).map(segment).collect();
            bencher.iter(|| {
                black_box(compute_attribution(&theirs, &segments, length.as_millis(), AttributionModel::Uniform))
            });
        });
        group.finish();
    }
}
