//! Live windows beside that of `oximedia-analytics` 0.2.1.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use audience_core::{
    Activity, Bitrate, Doing, Elapsed, Envelope, Event, EventKind, Happening, LiveChange, Rendition, Timestamp,
};
use audience_realtime::{AudienceWindow, Key, LiveAudience, LiveSpec, Window};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use oximedia_analytics::realtime::{RealtimeEvent, SlidingWindowAggregator};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const START: i64 = 1_767_225_600_000;
const VIEWERS: u32 = 10_000;
const RUNGS: [u64; 4] = [400_000, 1_200_000, 2_500_000, 5_000_000];

/// What a viewer does.
#[derive(Clone, Copy)]
enum Act {
    Join,
    Leave,
    Bitrate(u64),
    Stall(u32),
}

/// What viewers do, in the order of arrival and without end: who is there reports bit rates and stalls, and leaves again.
struct Audience {
    rng: Xoshiro256PlusPlus,
    /// The rung of each viewer who is there.
    rungs: Vec<Option<usize>>,
    /// When the next event is, in milliseconds, and how long after it the one after that.
    now: f64,
    step: f64,
    /// How likely a report is of another rung than the last.
    changing: f64,
    /// Up to how late one event in twenty is, in milliseconds; 0 of none.
    late: i64,
}

impl Audience {
    fn new(per_second: f64, changing: f64, late: i64) -> Self {
        let rng = Xoshiro256PlusPlus::seed_from_u64(42);
        Self { rng, rungs: vec![None; VIEWERS as usize], now: START as f64, step: 1000.0 / per_second, changing, late }
    }

    fn next(&mut self) -> (u32, i64, Act) {
        let rng = &mut self.rng;
        let viewer = rng.random_range(0..VIEWERS);
        let mut at = self.now as i64;
        self.now += self.step;
        if self.late > 0 && rng.random_bool(0.05) {
            at -= rng.random_range(0..self.late);
        }
        let rung = &mut self.rungs[viewer as usize];
        let act = match (*rung, rng.random_range(0..10)) {
            (None, _) => {
                *rung = Some(rng.random_range(0..RUNGS.len()));
                Act::Join
            }
            (Some(_), 0) => {
                *rung = None;
                Act::Leave
            }
            (Some(_), 1) => Act::Stall(rng.random_range(200..3000)),
            (Some(before), _) => {
                let changes = rng.random_bool(self.changing);
                let now = if changes { (before + rng.random_range(1..RUNGS.len())) % RUNGS.len() } else { before };
                *rung = Some(now);
                Act::Bitrate(RUNGS[now])
            }
        };
        (viewer, at, act)
    }

    fn acts(&mut self, count: usize) -> Vec<(u32, i64, Act)> {
        (0..count).map(|_| self.next()).collect()
    }
}

fn theirs(acts: &[(u32, i64, Act)]) -> Vec<RealtimeEvent> {
    let event = |(viewer, timestamp_ms, act): &(u32, i64, Act)| {
        let (viewer_id, timestamp_ms) = (format!("viewer-{viewer:06}"), *timestamp_ms);
        match *act {
            Act::Join => RealtimeEvent::ViewerJoin { viewer_id, timestamp_ms },
            Act::Leave => RealtimeEvent::ViewerLeave { viewer_id, timestamp_ms },
            Act::Bitrate(bitrate_bps) => RealtimeEvent::BitrateReport { viewer_id, timestamp_ms, bitrate_bps },
            Act::Stall(duration_ms) => RealtimeEvent::BufferEvent { viewer_id, timestamp_ms, duration_ms },
        }
    };
    acts.iter().map(event).collect()
}

/// A window with what each viewer does, so that who joins twice is one, and at which bit rate who plays plays.
struct Ours {
    window: AudienceWindow,
    doing: Vec<Option<Doing>>,
}

impl Ours {
    fn new(length: i64) -> Self {
        let window = Window::new(Elapsed::from_millis(length as u64), Elapsed::from_secs(1)).expect("whole seconds");
        let window = AudienceWindow::new(window, Elapsed::from_secs(0), 12).expect("a precision");
        Self { window, doing: vec![None; VIEWERS as usize] }
    }

    #[inline]
    fn take(&mut self, (viewer, at, act): (u32, i64, Act)) {
        let at = Timestamp::from_millis(at);
        self.window.count_events(at, 1);
        let doing = &mut self.doing[viewer as usize];
        let plays = |bitrate| Some(Doing { activity: Activity::Playing, bitrate });
        match act {
            Act::Join if doing.is_none() => {
                *doing = plays(None);
                self.window.change(LiveChange::Doing { at, from: None, to: *doing });
                self.window.step_viewers(at, 1);
            }
            Act::Leave => {
                if let Some(before) = doing.take() {
                    self.window.change(LiveChange::Doing { at, from: Some(before), to: None });
                    self.window.step_viewers(at, -1);
                }
            }
            Act::Bitrate(bps) => {
                let (before, bitrate) = (*doing, Bitrate::from_bps(bps));
                if before.is_some_and(|before| before.bitrate != bitrate) {
                    *doing = plays(bitrate);
                    self.window.change(LiveChange::Doing { at, from: before, to: *doing });
                }
            }
            Act::Stall(millis) => {
                let since = Timestamp::from_millis(at.as_millis() - i64::from(millis));
                let stalled = Some(Doing { activity: Activity::Stall, bitrate: None });
                self.window.change(LiveChange::Happened { at: since, what: Happening::Stall, times: 1 });
                self.window.change(LiveChange::Doing { at: since, from: *doing, to: stalled });
                self.window.change(LiveChange::Doing { at, from: stalled, to: *doing });
            }
            Act::Join => {}
        }
    }
}

/// Counts, bit rates, stalls and viewers of one key: theirs tracks no viewers. Of each a window that is full is measured while it takes in
/// more.
pub(crate) fn define(criterion: &mut Criterion) {
    const HOUR: i64 = 3_600_000;
    let mut group = criterion.benchmark_group("live window");
    group.sample_size(10);
    // A minute of many events, and a day of 200,000, as the title has that few watch. Players report their bit rate again and again, and it
    // is mostly that of before; or, which is the worst for ours, each report is of another.
    for (name, length, per_second, count, changing, late) in [
        ("60 s, in order", 60_000, 3000.0, 200_000, 0.1, false),
        ("60 s, in order, every report another", 60_000, 3000.0, 200_000, 1.0, false),
        ("60 s, 5 % late", 60_000, 3000.0, 200_000, 0.1, true),
        ("24 h, in order", 24 * HOUR, 200_000.0 / 86_400.0, 1000, 0.1, false),
        ("24 h, 5 % late", 24 * HOUR, 200_000.0 / 86_400.0, 1000, 0.1, true),
        ("24 h, 5 % late, every report another", 24 * HOUR, 200_000.0 / 86_400.0, 1000, 1.0, true),
    ] {
        let filled = |late: bool| {
            let mut audience = Audience::new(per_second, changing, 0);
            let acts = audience.acts((per_second * length as f64 / 1000.0) as usize);
            (Audience { late: if late { length } else { 0 }, ..audience }, acts)
        };
        group.throughput(Throughput::Elements(count as u64));
        for (ours, sketches) in [("audience", false), ("audience, with sketches of viewers", true)] {
            let mut full = None;
            group.bench_function(BenchmarkId::new(ours, name), |bencher| {
                let (audience, ours) = full.get_or_insert_with(|| {
                    let (audience, acts) = filled(late);
                    let mut ours = Ours::new(length);
                    for act in acts {
                        ours.take(act);
                    }
                    (audience, ours)
                });
                let mut until = i64::MIN;
                bencher.iter_custom(|times| {
                    timed(
                        times,
                        || audience.acts(count),
                        |acts| {
                            for act in acts {
                                ours.take(act);
                                if sketches {
                                    let hash = u64::from(act.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                                    ours.window.see_viewer(Timestamp::from_millis(act.1), hash);
                                }
                                // Whenever a second is over, what is over is let go of.
                                if act.1 >= until {
                                    until = act.1 + 1000;
                                    ours.window.advance(Timestamp::from_millis(act.1));
                                }
                            }
                            black_box(ours.window.viewers());
                        },
                    )
                });
            });
        }
        let mut full = None;
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            let (audience, window) = full.get_or_insert_with(|| {
                let (audience, acts) = filled(late);
                let mut window = SlidingWindowAggregator::new(length, 1000).expect("buckets of a second");
                for event in theirs(&acts) {
                    window.ingest(event);
                }
                (audience, window)
            });
            bencher.iter_custom(|times| {
                timed(
                    times,
                    || theirs(&audience.acts(count)),
                    |events| {
                        for event in events {
                            window.ingest(event);
                        }
                        black_box(window.concurrent_viewers());
                    },
                )
            });
        });
    }
    group.finish();
    followed(criterion);
}

/// How long `take` takes with what `make` makes, so many times.
fn timed<T>(times: u64, mut make: impl FnMut() -> T, mut take: impl FnMut(T)) -> Duration {
    (0..times)
        .map(|_| {
            let made = make();
            let start = Instant::now();
            take(made);
            start.elapsed()
        })
        .sum()
}

/// The same from events of sessions, which are understood, put in order and told apart by title: what nobody else does.
fn followed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("live audience");
    for (name, late) in [("in order", 0), ("5 % late", 60_000)] {
        let acts = Audience::new(200_000.0 / 120.0, 0.1, late).acts(200_000);
        let envelopes: Vec<Envelope> = acts.into_iter().map(envelope).collect();
        group.throughput(Throughput::Elements(envelopes.len() as u64));
        group.sample_size(10);
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter_batched(
                || envelopes.clone(),
                |envelopes| {
                    let mut live = LiveAudience::new(LiveSpec::default()).expect("the defaults");
                    live.advance(Timestamp::from_millis(START));
                    for envelope in envelopes {
                        live.observe(envelope);
                    }
                    black_box(live.figures(&Key::ALL));
                    live
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn envelope((viewer, at, act): (u32, i64, Act)) -> Envelope {
    let kind = match act {
        Act::Join => EventKind::Play,
        Act::Leave => EventKind::Pause,
        Act::Bitrate(bps) => EventKind::QualityChange {
            from: None,
            to: Rendition { bitrate: Bitrate::from_bps(bps), width: 0, height: 0 },
            reason: None,
        },
        Act::Stall(_) => EventKind::BufferStart,
    };
    Envelope {
        session_id: format!("session-{viewer:06}").into(),
        viewer_id: Some(format!("viewer-{viewer:06}").into()),
        content_id: Some(format!("title-{}", viewer % 100).into()),
        event: Event::new(Timestamp::from_millis(at), kind),
        attributes: vec![(Arc::from("device"), Arc::from("tv"))],
    }
}
