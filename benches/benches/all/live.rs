//! Live windows beside that of `oximedia-analytics` 0.2.1.

use std::hint::black_box;
use std::sync::Arc;

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

/// What viewers do at times, in the order of arrival: who is there reports bit rates and stalls, and leaves again.
fn acts(count: usize, since: i64, span: i64, late: Option<i64>) -> Vec<(u32, i64, Act)> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut there = vec![false; VIEWERS as usize];
    let mut rungs = vec![0; VIEWERS as usize];
    let act = |number: usize| {
        let viewer = rng.random_range(0..VIEWERS);
        let mut at = since + number as i64 * span / count as i64;
        if late.is_some() && rng.random_bool(0.05) {
            at -= rng.random_range(0..late.unwrap_or(1));
        }
        let is_there = &mut there[viewer as usize];
        let act = if *is_there {
            match rng.random_range(0..10) {
                0 => {
                    *is_there = false;
                    Act::Leave
                }
                1 => Act::Stall(rng.random_range(200..3000)),
                // One report in ten is of another rung.
                _ => {
                    let rung = &mut rungs[viewer as usize];
                    if rng.random_bool(0.1) {
                        *rung = (*rung + rng.random_range(1..RUNGS.len())) % RUNGS.len();
                    }
                    Act::Bitrate(RUNGS[*rung])
                }
            }
        } else {
            *is_there = true;
            Act::Join
        };
        (viewer, at, act)
    };
    (0..count).map(act).collect()
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

/// Counts, bit rates, stalls and viewers of one key: theirs tracks no viewers.
pub(crate) fn define(criterion: &mut Criterion) {
    const HOUR: i64 = 3_600_000;
    let mut group = criterion.benchmark_group("live window");
    for (name, length, count, late) in [
        ("60 s, in order", 60_000, 200_000, false),
        ("60 s, 5 % late", 60_000, 200_000, true),
        ("24 h, in order", 24 * HOUR, 200_000, false),
        ("24 h, 5 % late", 24 * HOUR, 1000, true),
    ] {
        // All buckets have something in them before it is measured.
        let filled = acts(length as usize / 1000, START, length, None);
        // The last one has about an event a second, as a title has that few watch.
        let span = if count < 10_000 { 900_000 } else { 60_000 };
        let measured = acts(count, START + length, span, late.then_some(length));
        let their_filled = theirs(&filled);
        group.throughput(Throughput::Elements(count as u64));
        group.sample_size(10);
        for (ours, sketches) in [("audience", false), ("audience, with sketches of viewers", true)] {
            group.bench_function(BenchmarkId::new(ours, name), |bencher| {
                let fill = || {
                    let mut ours = Ours::new(length);
                    for act in &filled {
                        ours.take(*act);
                    }
                    ours
                };
                bencher.iter_batched_ref(
                    fill,
                    |ours| {
                        for (number, act) in measured.iter().enumerate() {
                            ours.take(*act);
                            if sketches {
                                let hash = u64::from(act.0).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                                ours.window.see_viewer(Timestamp::from_millis(act.1), hash);
                            }
                            // As often as a second passes, what is over is let go of.
                            if number % (count / 60).max(1) == 0 {
                                ours.window.advance(Timestamp::from_millis(act.1));
                            }
                        }
                        black_box(ours.window.viewers())
                    },
                    BatchSize::LargeInput,
                );
            });
        }
        group.bench_function(BenchmarkId::new("oximedia-analytics", name), |bencher| {
            let fill = || {
                let mut window = SlidingWindowAggregator::new(length, 1000).expect("buckets of a second");
                for event in their_filled.iter().cloned() {
                    window.ingest(event);
                }
                (window, theirs(&measured))
            };
            bencher.iter_batched(
                fill,
                |(mut window, events)| {
                    for event in events {
                        window.ingest(event);
                    }
                    black_box(window.concurrent_viewers());
                    window
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
    followed(criterion);
}

/// The same from events of sessions, which are understood, put in order and told apart by title: what nobody else does.
fn followed(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("live audience");
    for (name, late) in [("in order", None), ("5 % late", Some(60_000))] {
        let envelopes: Vec<Envelope> = acts(200_000, START, 120_000, late).into_iter().map(envelope).collect();
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
