//! All answers of `oximedia-analytics` 0.2.1 to questions about sessions, beside one pass of ours, on the same sessions in
//! memory, on one thread.

use std::hint::black_box;

use audience_benches::{Act, Script, scripts, sessions};
use audience_core::{
    Accumulator, AttentionHeatmap, HeatmapSummary, MediaTime, PlaybackMap, Rules, Session, UnitTotals,
};
use audience_retention::{Independent, RetentionCurves};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use oximedia_analytics::engagement::{EngagementWeights, compute_engagement};
use oximedia_analytics::retention::{compute_retention, re_watch_segments};
use oximedia_analytics::session::{
    PlaybackEvent, PlaybackMap as TheirMap, ViewerSession, analyze_session, attention_heatmap, build_playback_map,
};

const LENGTHS: [(&str, u64, usize); 4] =
    [("10 min", 600, 10_000), ("1 h", 3600, 4000), ("10 h", 36_000, 1000), ("100 h", 360_000, 200)];

/// Our answers to the same questions.
#[derive(Clone)]
struct Answers {
    totals: UnitTotals,
    fine: AttentionHeatmap,
    coarse: AttentionHeatmap,
    reach: RetentionCurves,
}

impl Answers {
    fn new() -> Self {
        Self {
            totals: UnitTotals::new(),
            fine: AttentionHeatmap::new(MediaTime::from_secs(1)).expect("a width"),
            coarse: AttentionHeatmap::new(MediaTime::from_secs(5)).expect("a width"),
            reach: RetentionCurves::default(),
        }
    }

    fn observe(&mut self, session: &Session, rules: &Rules) {
        let facts = session.facts(rules, None);
        black_box(facts.metrics());
        self.totals.observe(&facts);
        self.fine.observe(&facts);
        self.coarse.observe(&facts);
        self.reach.observe(&facts);
    }

    fn answer(&self) {
        black_box(self.totals.summary());
        let fine = self.fine.summary();
        black_box(rewatched(&fine));
        black_box(fine);
        black_box(self.coarse.summary());
        black_box(self.reach.summary());
    }
}

/// Runs of seconds of which more was played again than sessions watched them.
fn rewatched(heatmap: &HeatmapSummary) -> Vec<(u64, u64)> {
    let again = |second: u64| {
        heatmap.buckets.get(second as usize).is_some_and(|bucket| bucket.replayed_ms > bucket.sessions * 1000)
    };
    let mut runs: Vec<(u64, u64)> = Vec::new();
    for second in (0..heatmap.buckets.len() as u64).filter(|second| again(*second)) {
        match runs.last_mut() {
            Some(run) if run.1 == second => run.1 += 1,
            _ => runs.push((second, second + 1)),
        }
    }
    runs
}

pub(crate) fn define(criterion: &mut Criterion) {
    let rules = Rules::default();
    let mut group = criterion.benchmark_group("all answers");
    for (name, secs, count) in LENGTHS {
        let length = MediaTime::from_secs(secs);
        let scripts = scripts(count, length);
        let ours = sessions(&scripts, length);
        let theirs = theirs(&scripts);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                let mut answers = Answers::new();
                for session in &ours {
                    answers.observe(session, &rules);
                }
                answers.answer();
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            bencher.iter(|| ask_them(&theirs, length.as_millis()));
        });
    }
    group.finish();

    curves(criterion);
    kernels(criterion);

    // What one more session costs, without what a title costs however many sessions it has.
    let mut group = criterion.benchmark_group("one more session");
    for (name, secs, _) in LENGTHS {
        let (length, count) = (MediaTime::from_secs(secs), 4000);
        let ours = sessions(&scripts(count, length), length);
        let mut state = Answers::new();
        for session in &ours {
            state.observe(session, &rules);
        }
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter_batched_ref(
                || state.clone(),
                |state| ours.iter().for_each(|session| state.observe(session, &rules)),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// Single steps.
fn kernels(criterion: &mut Criterion) {
    let rules = Rules::default();
    let mut group = criterion.benchmark_group("coverage");
    for (name, secs, count) in LENGTHS {
        let length = MediaTime::from_secs(secs);
        let scripts = scripts(count, length);
        let stretches: Vec<Vec<(MediaTime, MediaTime)>> = sessions(&scripts, length)
            .iter()
            .map(|session| session.timeline(&rules).watched().iter().map(|piece| (piece.start, piece.end)).collect())
            .collect();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                for stretches in &stretches {
                    let map = PlaybackMap::from_intervals(stretches.iter().copied());
                    black_box(map.coverage(length));
                }
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics, the same stretches", name), |bencher| {
            bencher.iter(|| {
                for stretches in &stretches {
                    let mut map = TheirMap { positions_watched: vec![false; secs as usize] };
                    for (start, end) in stretches {
                        map.mark_range(start.as_millis(), end.as_millis());
                    }
                    black_box(map.coverage_pct(length.as_millis()));
                }
            });
        });
        let theirs = theirs(&scripts);
        group.bench_function(BenchmarkId::new("oximedia-analytics, its map of a session", name), |bencher| {
            bencher.iter(|| {
                for session in &theirs {
                    black_box(build_playback_map(session, length.as_millis()).coverage_pct(length.as_millis()));
                }
            });
        });
    }
    group.finish();

    let mut group = criterion.benchmark_group("heatmap");
    let (name, secs, count) = LENGTHS[0];
    let length = MediaTime::from_secs(secs);
    let scripts = scripts(count, length);
    let theirs = theirs(&scripts);
    let facts: Vec<_> = sessions(&scripts, length).iter().map(|session| session.facts(&rules, None)).collect();
    group.throughput(Throughput::Elements(count as u64));
    group.bench_function(BenchmarkId::new("audience", name), |bencher| {
        bencher.iter(|| {
            let mut heatmap = AttentionHeatmap::new(MediaTime::from_secs(5)).expect("a width");
            heatmap.observe_all(&facts);
            black_box(heatmap.summary())
        });
    });
    group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
        bencher.iter(|| black_box(attention_heatmap(&theirs, length.as_millis(), 5000)));
    });
    group.finish();
}

/// The curves of a title: ours from facts, theirs from sessions, which is the only way they have.
fn curves(criterion: &mut Criterion) {
    let rules = Rules::default();
    let mut group = criterion.benchmark_group("retention");
    for (name, secs, count) in LENGTHS {
        let length = MediaTime::from_secs(secs);
        let scripts = scripts(count, length);
        let theirs = theirs(&scripts);
        let facts: Vec<_> = sessions(&scripts, length).iter().map(|session| session.facts(&rules, None)).collect();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                let mut curves = RetentionCurves::default();
                curves.observe_all(&facts);
                let summary = curves.summary();
                black_box((summary.reaches(), summary.plays(), summary.survival(Independent::Viewers)))
            });
        });
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            bencher.iter(|| black_box(compute_retention(&theirs, length.as_millis(), 100)));
        });
    }
    group.finish();
}

fn ask_them(sessions: &[ViewerSession], length: u64) {
    for session in sessions {
        black_box(analyze_session(session, length));
    }
    black_box(attention_heatmap(sessions, length, 1000));
    black_box(attention_heatmap(sessions, length, 5000));
    black_box(compute_retention(sessions, length, 100));
    black_box(re_watch_segments(sessions, length));
    black_box(compute_engagement(sessions, length, &EngagementWeights::default()));
}

pub(crate) fn theirs(scripts: &[Script]) -> Vec<ViewerSession> {
    scripts
        .iter()
        .enumerate()
        .map(|(number, script)| {
            let viewer = Some(format!("v{}", number / 3));
            let mut session = ViewerSession::new(format!("s{number}"), viewer, "film", script[0].0);
            for &(at, act) in script {
                match act {
                    Act::Play { .. } => session.push_event(PlaybackEvent::Play { timestamp_ms: at }),
                    Act::Quality { height, kbps } => session.push_event(PlaybackEvent::QualityChange {
                        from_height: 0,
                        to_height: height,
                        bitrate: kbps,
                    }),
                    Act::Stall { position, millis } => {
                        session.push_event(PlaybackEvent::BufferStart { position_ms: position });
                        session.push_event(PlaybackEvent::BufferEnd { position_ms: position, duration_ms: millis });
                    }
                    Act::Seek { from, to } => session.push_event(PlaybackEvent::Seek { from_ms: from, to_ms: to }),
                    Act::Pause { position } => {
                        session.push_event(PlaybackEvent::Pause { timestamp_ms: at, position_ms: position });
                    }
                    Act::End { position, watched } => {
                        session.push_event(PlaybackEvent::End { position_ms: position, watch_duration_ms: watched });
                    }
                }
            }
            session
        })
        .collect()
}
