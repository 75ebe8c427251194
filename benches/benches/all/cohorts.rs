//! Viewers who come back, and groups of sessions, beside those of `oximedia-analytics` 0.2.1.

use std::hint::black_box;

use audience_cohort::{Breakdown, Calendar, CohortSpec, Dimension, Grouping, Period, PublishSpec, Slice, Visits};
use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};
use audience_stats::{Merge, merge_fields};
use criterion::{BenchmarkId, Criterion, Throughput};
use jiff::tz::TimeZone;
use oximedia_analytics::cohort::{CohortWindow, ViewerEvent, build_cohort_matrix};
use oximedia_analytics::geo_device::{BreakdownAnalyzer, DeviceType, Region, SessionRecord};
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

const DAY_MS: i64 = 86_400_000;

pub(crate) fn define(criterion: &mut Criterion) {
    matrices(criterion);
    breakdowns(criterion);
}

/// A million visits of 100,000 viewers in 30 days.
fn matrices(criterion: &mut Criterion) {
    let (visits, viewers) = (1_000_000, 100_000);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let events: Vec<ViewerEvent> = (0..visits)
        .map(|_| ViewerEvent {
            viewer_id: format!("viewer-{}", rng.random_range(0..viewers)),
            event_ms: 1_767_225_600_000 + rng.random_range(0..30 * DAY_MS),
        })
        .collect();
    let mut group = criterion.benchmark_group("cohort matrix, 30 days");
    group.throughput(Throughput::Elements(visits));
    for zone in ["UTC", "Europe/Berlin"] {
        let spec = CohortSpec::new(Calendar::new(TimeZone::get(zone).expect("a time zone")), Period::Day);
        group.bench_function(BenchmarkId::new("audience", zone), |bencher| {
            bencher.iter(|| {
                let mut visits = Visits::new();
                for event in &events {
                    visits.visit(&event.viewer_id, Timestamp::from_millis(event.event_ms));
                }
                black_box(visits.into_history().cohorts(&spec).expect("400 periods"))
            });
        });
    }
    group.bench_function(BenchmarkId::new("oximedia-analytics", "UTC"), |bencher| {
        bencher.iter(|| black_box(build_cohort_matrix(&events, CohortWindow::Day, 30)));
    });
    group.finish();
}

/// Sessions of as many viewers as a third of them, by region, by device, by both, and all together.
fn breakdowns(criterion: &mut Criterion) {
    let sessions = 300_000;
    let regions = [Region::NorthAmerica, Region::LatinAmerica, Region::Europe, Region::Mea, Region::AsiaPacific];
    let devices =
        [DeviceType::Desktop, DeviceType::Mobile, DeviceType::Tablet, DeviceType::SmartTv, DeviceType::Console];
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let (mut records, mut facts): (Vec<SessionRecord>, Vec<SessionFacts>) = (Vec::new(), Vec::new());
    for session in 0..sessions {
        let viewer = format!("viewer-{}", rng.random_range(0..sessions / 3));
        let (region, device) =
            (regions[rng.random_range(0..regions.len())], devices[rng.random_range(0..devices.len())]);
        let watched = rng.random_range(1..3600);
        facts.push(
            Session::new(
                session.to_string(),
                "c",
                [
                    Event::new(Timestamp::from_millis(0), EventKind::Play).at(MediaTime::ZERO),
                    Event::new(Timestamp::from_millis(watched * 1000), EventKind::Pause)
                        .at(MediaTime::from_secs(watched as u64)),
                ],
            )
            .with_viewer(viewer.as_str())
            .with_attribute("device", device.label())
            .with_attribute("region", region.label())
            .facts(&Rules::default(), None),
        );
        records.push(SessionRecord { viewer_id: viewer, region, device, watch_seconds: watched as f64 });
    }
    // So that texts are in memory one after the other, as they are when they have been read.
    let records = records.clone();
    let mut group = criterion.benchmark_group("breakdown by region, device, both");
    group.throughput(Throughput::Elements(sessions));
    let grouping = Grouping::new(Dimension::parse_list("region,device").expect("two names"), TimeZone::UTC);
    let empty = |sums| Breakdown::new(grouping.clone(), sums);
    for (name, breakdown) in [
        ("facts", empty(Slice::default())),
        ("facts, viewers sketched", empty(Slice::default()).with_sketches(14).expect("a precision")),
    ] {
        group.bench_function(BenchmarkId::new("audience", name), |bencher| {
            bencher.iter(|| {
                let mut breakdown = breakdown.clone();
                breakdown.observe_all(&facts);
                black_box((
                    breakdown.total(),
                    breakdown.rolled_up(&[0]).summary(),
                    breakdown.rolled_up(&[1]).summary(),
                    breakdown.summary(),
                ))
            });
        });
    }
    group.bench_function(BenchmarkId::new("audience", "records"), |bencher| {
        bencher.iter(|| {
            let mut breakdown = Breakdown::new(grouping.clone(), Sums::default());
            for SessionRecord { viewer_id, region, device, watch_seconds } in &records {
                let group = breakdown.group_of(&[Some(region.label()), Some(device.label())], Some(viewer_id));
                group.merge(Sums { sessions: 1, watch_seconds: *watch_seconds as u64 });
            }
            let (regions, devices) = (breakdown.rolled_up(&[0]), breakdown.rolled_up(&[1]));
            let groups =
                |breakdown: &Breakdown<Sums>| breakdown.publish(&PublishSpec::default(), |viewers, _| viewers.into());
            black_box((groups(&breakdown), groups(&regions), groups(&devices)))
        });
    });
    let mut theirs = BreakdownAnalyzer::new();
    theirs.ingest_batch(records.iter().cloned());
    group.bench_function(BenchmarkId::new("oximedia-analytics", "records"), |bencher| {
        bencher.iter(|| black_box(theirs.build_report()));
    });
    group.finish();
}

/// What is summed of records.
#[derive(Clone, Default)]
struct Sums {
    sessions: u64,
    watch_seconds: u64,
}

merge_fields!(Sums { sessions, watch_seconds });
