//! States from elsewhere.
#![no_main]

use std::sync::Arc;

use audience_abtest::anytime::{BernoulliSequence, BettingSequence, Msprt};
use audience_abtest::bandits::Regret;
use audience_abtest::trust::SequentialRatio;
use audience_abtest::{
    Analysis, AnalysisSpec, ConfidenceSequence, Effect, ExperimentUnits, ExposureSpec, Exposures, Limits, Metric,
    MetricSums, Scale,
};
use audience_cohort::{
    Calendar, CohortSpec, DayCount, EventFunnel, FunnelSpec, FunnelStep, FunnelUnit, Gaps, LoyaltySpec,
    MilestoneReading, Milestones, Period, PositionFunnel, PositionUnit, Slice, Ties, Visits,
};
use audience_core::{
    Accumulator, AttentionHeatmap, Elapsed, HeatmapSample, MediaTime, Portable, Timestamp, UnitTotals,
};
use audience_engagement::{Engagement, EngagementWeights, PointerHeatmap, SocialChannel};
use audience_qoe::{ExcessStalls, PooledStallRatio, Scores, SliceDimension};
use audience_realtime::{
    AudienceWindow, Delivery, Key, LiveAudience, LiveSpec, Numbering, StreamHealth, StreamSpec, Window,
};
use audience_report::Attendance;
use audience_retention::{
    CatalogueCurves, ExactCurves, Grid, RetentionCurves, SeekMatrix, SeekSource, WeightedCurves, Weighting,
};
use audience_stats::sample::BottomK;
use audience_stats::{
    Bootstrap, Confidence, CrossSums, Distinct, DistinctSketch, GroupedSums, MeanRatio, PoissonBootstrap,
    QuantileSketch, Quantiles, RandomGroups, TopK,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Decodes the bytes after the right fingerprint, and merges what they are.
fn merged<A: Portable + Clone>(bytes: &[u8], like: &A) -> Option<A> {
    let _ = A::decode(bytes, like);
    let whole = [&postcard::to_stdvec(&like.fingerprint()).expect("a number")[..], bytes].concat();
    let state = A::decode(&whole, like).ok()?;
    let mut merged = like.clone();
    merged.merge(state.clone());
    merged.merge(state);
    let _ = merged.size_bytes();
    assert!(A::decode(&merged.encode(), like).is_ok());
    Some(merged)
}

/// And asks it for its summary.
fn check<A: Portable + Accumulator + Clone>(bytes: &[u8], like: &A) -> Option<A::Summary> {
    merged(bytes, like).map(|merged| merged.summary())
}

/// Windows of what happens right now.
fn check_live(kind: u8, bytes: &[u8]) {
    let window = Window::new(Elapsed::from_secs(60), Elapsed::from_secs(1)).expect("60 buckets");
    match kind {
        38 => _ = check(bytes, &StreamHealth::new(StreamSpec::new(window, Numbering::Bits16))),
        39 => _ = check(bytes, &Delivery::new(window)),
        40 => {
            let empty = AudienceWindow::new(window, Elapsed::from_secs(10), 4).expect("a precision");
            if let Some(window) = merged(bytes, &empty) {
                window.figures_until(Timestamp::from_millis(1_700_000_000_000));
            }
        }
        _ => {
            let empty = LiveAudience::new(LiveSpec::default().with_window(window)).expect("a minute");
            if let Some(live) = merged(bytes, &empty) {
                live.figures(&Key::ALL);
                live.viewers();
            }
        }
    }
}

/// An experiment of everything that sums have.
fn experiment() -> AnalysisSpec {
    let mut exposures = ExposureSpec::new("variant");
    exposures.pre_period = Some(Elapsed::from_secs(1000));
    exposures.dimensions.push("device".to_owned());
    exposures.marks.push("like".to_owned());
    let metrics = vec![Metric::Completed, Metric::WatchTime, Metric::RebufferRatio, Metric::StartUp(950)];
    let mut spec = AnalysisSpec::new(exposures, metrics);
    spec.stratify = Some(0);
    spec.margins.insert(Metric::RebufferRatio, 0.1);
    spec.prior = Some(0.1);
    spec
}

/// Sums, and the analysis of them.
fn check_sums(bytes: &[u8], spec: &AnalysisSpec) {
    let units = ExperimentUnits { arms: vec!["a".into(), "b".into()], ..ExperimentUnits::default() };
    let plan = Arc::new(spec.plan(&units).expect("two arms"));
    let metrics = plan.metrics.len();
    let limits = Limits { caps: vec![[Some(1000); 4]; metrics], quantiles: vec![vec![Some(500); 2]; metrics] };
    if let Some(sums) = check(bytes, &MetricSums::new(plan, limits)) {
        let _ = Analysis::of_sums(&units, &sums, spec);
    }
}

/// Exposures, and the analysis of the units they are.
fn check_exposures(bytes: &[u8], spec: &AnalysisSpec) {
    if let Some(units) = check(bytes, &Exposures::new(spec.exposures.clone())) {
        let _ = Analysis::of(&units, spec);
    }
}

/// Sums by group, and how sure functions of them are.
fn check_groups(bytes: &[u8]) {
    if let Some(sums) = merged(bytes, &GroupedSums::<2>::new(RandomGroups::new(8, 7).expect("a power of two"))) {
        let ratio = |&[part, whole]: &[f64; 2]| (whole > 0.0).then(|| part / whole);
        let _ = (sums.totals(), sums.bootstrap(Bootstrap { replicates: 10, seed: 7 }, ratio));
        for estimate in [sums.ratio(), sums.jackknife(ratio)].into_iter().flatten() {
            let _ = (estimate.interval_95(), estimate.p_value(0.5));
        }
    }
}

/// Scores by both sets of weights.
fn check_engagement(bytes: &[u8], like: &Engagement) {
    if let Some(summary) = check(bytes, like) {
        for weights in [EngagementWeights::default(), EngagementWeights::EVEN] {
            let score = summary.score(&weights, SocialChannel::Marks).expect("weights");
            assert!(score.score.is_none_or(|score| (0.0..=1.0).contains(&score)));
            let _ = score.interval(Confidence::P95);
        }
    }
}

/// Visits, and all that is asked of them.
fn check_visits(bytes: &[u8]) {
    for like in [Visits::new(), Visits::new().by("device")] {
        let Some(history) = check(bytes, &like) else { continue };
        let calendar = Calendar::utc();
        for period in [Period::Day, Period::WEEK, Period::Month] {
            let spec = CohortSpec { periods: 20, ..CohortSpec::new(calendar.clone(), period) };
            let _ = history.cohorts(&spec).expect("twenty periods").averages();
        }
        for count in [DayCount::Calendar(&calendar), DayCount::Hours24] {
            let rows = history.day_retention(&[0, 1, 30], count);
            assert!(rows.iter().all(|row| row.on_day <= row.eligible && row.within <= row.eligible));
        }
        for gaps in [Gaps::First, Gaps::All] {
            let _ = history.returns(gaps).map(|curve| curve.median());
        }
        let _ = history.loyalty_distribution(&LoyaltySpec::default(), &calendar).expect("the default limits");
        for (_, days) in history.visit_days(&calendar) {
            assert!(days.recency <= days.age);
        }
    }
}

/// Funnels past milestones, of each unit.
fn check_positions(bytes: &[u8]) {
    for unit in [PositionUnit::Session, PositionUnit::ViewerTitle] {
        let milestones = Milestones::percents([0, 25, 50, 100]).expect("milestones");
        if let Some(summary) = check(bytes, &PositionFunnel::new(milestones, unit)) {
            for (reading, milestone) in
                MilestoneReading::ALL.into_iter().flat_map(|reading| (0..4).map(move |at| (reading, at)))
            {
                let _ = (summary.from_start(reading, milestone), summary.from_previous(reading, milestone));
            }
        }
    }
}

/// Funnels through events, in order and in any, with groups and without.
fn check_events(bytes: &[u8]) {
    let minute = Elapsed::from_secs(60);
    let ordered = FunnelSpec::new([FunnelStep::new("load"), FunnelStep::new("play").within(minute)]).expect("steps");
    let unordered =
        FunnelSpec::new(["a", "b", "a"].map(FunnelStep::new)).expect("steps").unordered().expect("no limits");
    let ordered = ordered.per(FunnelUnit::Session).with_ties(Ties::AsGiven).by("device");
    for spec in [ordered, unordered.within(minute)] {
        if let Some(summary) = check(bytes, &EventFunnel::new(spec)) {
            assert!(summary.all.reached.iter().all(|reached| *reached <= summary.all.units));
            let _ = (summary.all.time_to_convert(), summary.all.compare(&summary.all, Confidence::P95));
        }
    }
}

/// What goes on where it was written.
fn read<S: Serialize + DeserializeOwned>(bytes: &[u8]) -> Option<S> {
    let state: S = postcard::from_bytes(bytes).ok()?;
    let written = postcard::to_stdvec(&state).expect("memory takes all");
    assert!(postcard::from_bytes::<S>(&written).is_ok());
    Some(state)
}

/// States of one experiment that do not merge.
fn check_running(kind: u8, bytes: &[u8]) {
    let effect = Effect { scale: Scale::Absolute, estimate: 0.3, standard_error: 0.1, degrees: None };
    match kind {
        23 => {
            if let Some(mut ratio) = read::<SequentialRatio>(bytes) {
                let units: Vec<u64> = (0..).take(ratio.counts().len()).collect();
                ratio.observe(&units).expect("a count for each arm");
            }
        }
        24 => {
            if let Some(mut sequence) = read::<BettingSequence>(bytes) {
                sequence.observe(0.25).expect("from 0 to 1");
                let interval = sequence.interval();
                assert!(interval.low >= 0.0 && interval.high <= 1.0);
                let _ = sequence.evidence(0.5).p_value();
            }
        }
        25 => {
            if let Some(mut regret) = read::<Regret>(bytes) {
                regret.record(0.5, 0.25);
                let _ = regret.per_pull();
            }
        }
        26 => {
            if let Some(sequence) = read::<BernoulliSequence>(bytes) {
                let interval = sequence.interval(3, 10).expect("more trials than successes");
                assert!(interval.contains(0.3));
            }
        }
        _ => {
            if let Some((sequence, test)) = read::<(ConfidenceSequence, Msprt)>(bytes) {
                let _ = (sequence.interval(&effect, 100), sequence.p_value(&effect, 100, 0.0));
                let _ = (test.interval(&effect, Confidence::P95), test.p_value(&effect, 0.0));
            }
        }
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let width = MediaTime::from_secs(5);
    let grid = || Grid::every(width).expect("a width");
    // So that seeds keep what they are when kinds are added.
    match kind % 44 {
        0 => _ = check(bytes, &Quantiles::new()),
        1 => _ = check(bytes, &Distinct::new()),
        2 => _ = check(bytes, &AttentionHeatmap::new(width).expect("a width")),
        3 => _ = check(bytes, &HeatmapSample::new(width, 3, 7).expect("a size")),
        4 => _ = check(bytes, &UnitTotals::new()),
        5 => _ = check(bytes, &RetentionCurves::default()),
        6 => _ = check(bytes, &SeekMatrix::new(10, SeekSource::All).expect("parts")),
        7 => _ = check(bytes, &ExactCurves::new()),
        8 => _ = check(bytes, &RetentionCurves::new(grid())),
        9 => {
            let mean = merged(bytes, &MeanRatio::new()).and_then(|ratio| ratio.mean());
            assert!(mean.is_none_or(|mean| mean <= 1.0));
        }
        10 => check_sums(bytes, &experiment()),
        11 => check_exposures(bytes, &experiment()),
        12 => _ = check(bytes, &CrossSums::new(3)),
        13 => {
            let plan = Bootstrap { replicates: 5, seed: 7 };
            let replicates = check(bytes, &PoissonBootstrap::<2>::new(plan));
            _ = replicates.map(|replicates| replicates.replicates(|[part, whole]| part / whole));
        }
        14 => check_groups(bytes),
        15 => _ = merged(bytes, &BottomK::<u64>::new(3, 7).expect("a size")).map(|sample| sample.items().count()),
        16 => _ = check(bytes, &WeightedCurves::new(grid(), Weighting::by_attribute("weight"))),
        17 => {
            if let Some(summary) = check(bytes, &CatalogueCurves::new(4, 30).expect("points")) {
                assert!(summary.classes.iter().all(|class| class.bands.len() == 4));
            }
        }
        18 => _ = check(bytes, &PooledStallRatio::new(RandomGroups::default(), Bootstrap { replicates: 10, seed: 7 })),
        19 => {
            let dimensions = [SliceDimension::attribute("cdn"), SliceDimension::Title];
            _ = check(bytes, &ExcessStalls::new(dimensions).expect("two dimensions").with_min_sessions(2));
        }
        20 => _ = check(bytes, &Scores::default()),
        21 => _ = check(bytes, &Attendance::new()),
        // Several at once.
        22 => _ = merged(bytes, &(Quantiles::new(), CrossSums::new(1), Attendance::new())),
        23..=27 => check_running(kind % 44, bytes),
        28 => check_engagement(bytes, &Engagement::with_bootstrap(Bootstrap { replicates: 5, seed: 7 })),
        29 => check_engagement(bytes, &Engagement::new()),
        30 => _ = check(bytes, &PointerHeatmap::new(40.0, 30.0, 10.0).expect("a grid")),
        31 => {
            if let Some(sketch) = check(bytes, &QuantileSketch::with_bins(0.01, 64).expect("bins")) {
                for q in [0.0, 0.5, 1.0] {
                    let _ = sketch.quantile(q).expect("a quantile");
                }
            }
        }
        32 => _ = check(bytes, &TopK::<u64>::new(3).expect("counters")),
        33 => {
            if let Some(ids) = check(bytes, &DistinctSketch::new(5).expect("a precision")) {
                assert!(ids.estimate >= 0.0);
            }
        }
        34 => check_positions(bytes),
        35 => check_events(bytes),
        36 => check_visits(bytes),
        37 => _ = check(bytes, &Slice::default()),
        38..=41 => check_live(kind % 44, bytes),
        _ => {}
    }
});
