//! From sessions to units and sums: what counts for which arm, and that merging changes nothing.

use std::sync::Arc;

use audience_abtest::{
    Analysis, AnalysisSpec, ExperimentUnits, ExposureSpec, Exposures, LimitFinder, Look, Metric, MetricSums, Mixed,
    Severity, Verdict, Warning,
};
use audience_core::{Elapsed, Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};
use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Merge, Portable};

const DAY: i64 = 86_400_000;

/// A session that watches so many seconds.
fn session(id: &str, viewer: &str, at: i64, arm: Option<&str>, seconds: u64) -> SessionFacts {
    let time = |after: i64| Timestamp::from_millis(at + after);
    let mut session = Session::new(
        id,
        "film",
        [
            Event::new(time(0), EventKind::load_of(MediaTime::from_secs(1000))),
            Event::new(time(400), EventKind::Play).at(MediaTime::from_secs(0)),
            Event::new(time(400 + 1000 * seconds as i64), EventKind::Pause).at(MediaTime::from_secs(seconds)),
        ],
    )
    .with_attribute("device", if viewer < "m" { "phone" } else { "television" });
    if !viewer.is_empty() {
        session = session.with_viewer(viewer);
    }
    if let Some(arm) = arm {
        session = session.with_attribute("arm", arm);
    }
    session.facts(&Rules::default(), None)
}

fn spec() -> ExposureSpec {
    ExposureSpec { dimensions: vec!["device".to_owned()], ..ExposureSpec::new("arm") }
}

fn units(spec: ExposureSpec, sessions: &[SessionFacts]) -> ExperimentUnits {
    let mut exposures = Exposures::new(spec);
    exposures.observe_all(sessions);
    exposures.summary()
}

#[test]
fn only_what_comes_after_the_first_exposure_counts() {
    let sessions = [
        session("s1", "ann", -3 * DAY, None, 10),
        session("s2", "ann", -9 * DAY, None, 20),
        session("s3", "ann", 0, Some("a"), 40),
        session("s4", "ann", DAY, None, 80),
        session("s5", "bob", 0, None, 160),
    ];
    let spec = ExposureSpec { pre_period: Some(Elapsed::from_millis(7 * DAY as u64)), ..spec() };
    let found = units(spec, &sessions);
    assert_eq!((found.exposed, found.units.len()), (1, 1));
    let ann = &found.units[0];
    assert_eq!((ann.totals.sessions, ann.totals.watched_ms), (2, 120_000));
    assert_eq!(ann.before.as_ref().map(|before| (before.sessions, before.watched_ms)), Some((1, 10_000)));
    assert_eq!(ann.dimensions, [Some("phone".into())]);
    assert_eq!(ann.totals.startup_ms, [400, 400]);
}

#[test]
fn who_is_in_two_arms_is_in_none() {
    let sessions = [
        session("s1", "ann", 0, Some("b"), 10),
        session("s2", "ann", -DAY, Some("a"), 20),
        session("s3", "bob", 0, Some("b"), 40),
    ];
    let excluded = units(spec(), &sessions);
    assert_eq!((excluded.exposed, excluded.mixed, excluded.units.len()), (2, 1, 1));
    let first = units(ExposureSpec { mixed: Mixed::FirstArm, ..spec() }, &sessions);
    assert_eq!((first.exposed, first.mixed, first.units.len()), (2, 1, 2));
    assert_eq!((first.arms[first.units[0].arm].as_ref(), first.units[0].totals.watched_ms), ("a", 30_000));
}

#[test]
fn what_is_of_no_arm_is_counted() {
    let sessions = [
        session("s1", "ann", 0, Some("a"), 10),
        session("s2", "bob", 0, Some("c"), 20),
        session("s3", "", 0, Some("b"), 20),
        session("s4", "cid", -DAY, Some("b"), 20),
        session("s5", "dan", 5 * DAY, Some("b"), 20),
    ];
    let spec = ExposureSpec {
        arms: vec!["b".to_owned(), "a".to_owned()],
        starts_at: Some(Timestamp::from_millis(0)),
        ends_at: Some(Timestamp::from_millis(5 * DAY)),
        ..spec()
    };
    let found = units(spec, &sessions);
    let ids: Vec<(&str, usize)> = found.units.iter().map(|unit| (unit.id.as_ref(), unit.arm)).collect();
    assert_eq!(ids, [("ann", 1), ("s3", 0)]);
    assert_eq!((found.without_unit, found.unknown_arms.get("c")), (1, Some(&1)));
    // A household is what was assigned: its viewers are one unit.
    let household = ExposureSpec { unit: Some("device".to_owned()), ..ExposureSpec::new("arm") };
    assert_eq!(units(household, &sessions).units.len(), 0, "phones are in all arms");
}

fn many() -> Vec<SessionFacts> {
    (0..14_i64)
        .map(|i| {
            let viewer = format!("{}", char::from(b'h' + (i % 9) as u8));
            let arm = [Some("a"), Some("b"), None][(i % 3) as usize];
            session(&format!("s{i}"), &viewer, i * i * 3_600_000 % (4 * DAY), arm, 5 + (i * 37 % 90) as u64)
        })
        .collect()
}

fn plan_of(found: &ExperimentUnits) -> AnalysisSpec {
    let metrics =
        ["watch-time", "started", "rebuffer-ratio", "startup-p50"].map(|name| name.parse::<Metric>().unwrap());
    let exposures =
        ExposureSpec { pre_period: Some(Elapsed::from_millis(2 * DAY as u64)), mixed: Mixed::FirstArm, ..spec() };
    let spec = AnalysisSpec { stratify: Some(0), cap: Some(0.8), ..AnalysisSpec::new(exposures, metrics.to_vec()) };
    assert!(spec.plan(found).is_ok());
    spec
}

#[test]
fn merging_at_any_split_changes_nothing() {
    let sessions = many();
    let exposures = Exposures::new(ExposureSpec { mixed: Mixed::FirstArm, ..spec() });
    check_merge_laws(&exposures, &sessions);
    let found = units(ExposureSpec { mixed: Mixed::FirstArm, ..spec() }, &sessions);
    let plan = Arc::new(plan_of(&found).plan(&found).unwrap());
    check_merge_laws(&LimitFinder::new(plan.clone()), &found.units);
    let mut finder = LimitFinder::new(plan.clone());
    finder.observe_all(&found.units);
    check_merge_laws(&MetricSums::new(plan, finder.summary()), &found.units);
}

#[test]
fn states_travel_and_those_under_another_cap_are_foreign() {
    let found = units(ExposureSpec { mixed: Mixed::FirstArm, ..spec() }, &many());
    let plan = Arc::new(plan_of(&found).plan(&found).unwrap());
    let sums = MetricSums::of(plan.clone(), &found.units);
    let again = MetricSums::decode(&sums.encode(), &sums).unwrap();
    assert_eq!(again, sums);
    let uncapped = MetricSums::new(plan, audience_abtest::Limits { caps: vec![[None; 4]; 4], ..sums.limits().clone() });
    assert!(matches!(MetricSums::decode(&sums.encode(), &uncapped), Err(audience_stats::Error::ForeignState { .. })));
    let mut exposures = Exposures::new(spec());
    exposures.observe_all(&many()[..7]);
    let mut rest = Exposures::decode(&exposures.encode(), &exposures).unwrap();
    let mut other = Exposures::new(spec());
    other.observe_all(&many()[7..]);
    rest.merge(other);
    assert_eq!(rest.summary(), units(spec(), &many()));
}

/// Whatever byte of a state is wrong: it is refused, or it merges and sums up without a panic.
#[test]
fn damaged_states_are_refused_or_harmless() {
    fn damage<A: Portable + Accumulator + Clone>(state: &A) {
        let bytes = state.encode();
        for at in 0..bytes.len() {
            for wrong in [0, 1, 2, bytes[at].wrapping_add(1), 0x7f, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] = wrong;
                if let Ok(other) = A::decode(&damaged, state) {
                    let mut merged = state.clone();
                    merged.merge(other);
                    let _ = merged.summary();
                }
            }
        }
    }
    let found = units(ExposureSpec { mixed: Mixed::FirstArm, ..spec() }, &many());
    damage(&MetricSums::of(Arc::new(plan_of(&found).plan(&found).unwrap()), &found.units));
    let mut exposures = Exposures::new(spec());
    exposures.observe_all(&many()[..5]);
    damage(&exposures);
    let broken = serde_json::json!({ "units": 1, "sums": [1, 2], "products": [1] });
    assert!(serde_json::from_value::<audience_stats::CrossSums>(broken).is_err());
}

/// A unit too few in an arm: it is missing in its dimensions and sums, or they have one too many.
#[test]
fn sums_without_one_of_their_units_are_refused() {
    let found = units(ExposureSpec { mixed: Mixed::FirstArm, ..spec() }, &many());
    let sums = MetricSums::of(Arc::new(plan_of(&found).plan(&found).unwrap()), &found.units);
    let mut bytes = sums.encode();
    // The units of the last arm are written last.
    assert_eq!(bytes.last().map(|byte| u64::from(*byte)), sums.units().last().copied());
    *bytes.last_mut().unwrap() -= 1;
    assert!(matches!(MetricSums::decode(&bytes, &sums), Err(audience_stats::Error::DamagedState(_))));
}

/// One viewer who leaves the player running for days does not decide: the cap is that of both arms pooled, without zeros.
#[test]
fn long_tails_are_capped_at_a_quantile_of_all_arms() {
    let mut sessions: Vec<SessionFacts> = (0..100_u64)
        .map(|i| {
            session(&format!("s{i}"), &format!("v{i:03}"), 0, Some(if i % 2 == 0 { "a" } else { "b" }), i % 10 * 10)
        })
        .collect();
    sessions.push(session("long", "w", 0, Some("b"), 900));
    let found = units(ExposureSpec::new("arm"), &sessions);
    let spec = AnalysisSpec { cap: Some(0.9), ..AnalysisSpec::new(ExposureSpec::new("arm"), vec![Metric::WatchTime]) };
    let sums = MetricSums::of(Arc::new(spec.plan(&found).unwrap()), &found.units);
    // Of 91 that are not 0, 82 must not be more: ten each of 10 to 80 seconds are only 80.
    assert_eq!(sums.limits().caps[0][0], Some(90_000));
    let total: i128 = (0..2).map(|arm| sums.sums(0, arm).sums()[0]).sum();
    assert_eq!(total, (450 * 10 + 90) * 1000);
}

fn analysed(sessions: &[SessionFacts], change: impl FnOnce(&mut AnalysisSpec)) -> Analysis {
    let metrics = ["watch-time", "started", "startup-p50"].map(|name| name.parse::<Metric>().unwrap());
    let mut spec = AnalysisSpec::new(spec(), metrics.to_vec());
    change(&mut spec);
    let found = units(spec.exposures.clone(), sessions);
    Analysis::of(&found, &spec).unwrap()
}

/// So many viewers an arm, of whom those of b watch more.
fn two_arms(a: u64, b: u64, more: u64) -> Vec<SessionFacts> {
    let viewer = |arm: &'static str, more: u64| {
        move |i: u64| session(&format!("{arm}{i}"), &format!("{arm}{i:04}"), 0, Some(arm), 20 + i * 7919 % 300 + more)
    };
    (0..a).map(viewer("a", 0)).chain((0..b).map(viewer("b", more))).collect()
}

#[test]
fn an_analysis_says_what_differs_and_what_does_not() {
    let analysis = analysed(&two_arms(300, 300, 40), |spec| spec.minimum_units = 250);
    assert_eq!(analysis.warnings, []);
    let watch = analysis.metrics[0].comparisons[0].finding.unwrap();
    assert_eq!(watch.verdict, Verdict::Better);
    assert!((watch.difference - 40_000.0).abs() < 1e-6 && watch.interval.contains(40_000.0), "{watch:?}");
    assert!(watch.adjusted > watch.p && watch.simultaneous.low < watch.interval.low);
    // Everybody started: no difference, and an interval all the same.
    let started = analysis.metrics[1].comparisons[0].finding.unwrap();
    assert_eq!((started.verdict, started.difference), (Verdict::NotShown, 0.0));
    assert!(started.interval.low < -0.005 && started.interval.high > 0.005, "{started:?}");
    assert!(analysis.is_to_be_believed());
    let mirrored = analysed(&two_arms(300, 300, 40), |spec| spec.exposures.arms = vec!["b".to_owned(), "a".to_owned()]);
    let other = mirrored.metrics[0].comparisons[0].finding.unwrap();
    assert!((other.difference + watch.difference).abs() < 1e-6 && other.verdict == Verdict::Worse);
}

#[test]
fn what_is_wrong_is_said_first() {
    // A third of one arm is lost on televisions, and ten viewers were in both arms.
    let mut sessions = two_arms(400, 250, 40);
    sessions.extend((0..10).map(|i| session(&format!("x{i}"), &format!("a{i:04}"), DAY, Some("b"), 30)));
    let analysis = analysed(&sessions, |spec| {
        spec.minimum_units = 1000;
        spec.exposures.ends_at = Some(Timestamp::from_millis(9 * DAY));
        spec.data_until = Some(Timestamp::from_millis(DAY));
    });
    assert!(
        !analysis.is_to_be_believed() && analysis.conclusion.starts_with("Do not decide"),
        "{}",
        analysis.conclusion
    );
    let severities: Vec<Severity> = analysis.warnings.iter().map(Warning::severity).collect();
    assert!(severities.is_sorted_by(|one, other| one >= other), "{severities:?}");
    let said = |wanted: fn(&Warning) -> bool| analysis.warnings.iter().any(wanted);
    assert!(said(|warning| matches!(warning, Warning::SampleRatio { .. })));
    assert!(said(|warning| matches!(warning, Warning::SampleRatioBy { .. })));
    assert!(said(|warning| matches!(warning, Warning::MixedArms { mixed: 10, exposed: 650, excluded: true })));
    assert!(said(|warning| matches!(warning, Warning::TooFewUnits { .. })));
    assert!(said(|warning| matches!(warning, Warning::NotEnded { .. })));
}

/// Arms that differed before are no random halves, and what they did before explains what they do.
#[test]
fn what_arms_did_before_is_compared_and_adjusted_for() {
    let both = |biased: bool| {
        let mut sessions = Vec::new();
        for i in 0..400_u64 {
            let (arm, viewer) = (if i % 2 == 0 { "a" } else { "b" }, format!("v{i:03}"));
            let habit = 20 + i * 7919 % 300 + if biased && arm == "b" { 100 } else { 0 };
            sessions.push(session(&format!("p{i}"), &viewer, -DAY, None, habit));
            sessions.push(session(&format!("s{i}"), &viewer, 0, Some(arm), habit + i * 31 % 17));
        }
        analysed(&sessions, |spec| spec.exposures.pre_period = Some(Elapsed::from_millis(7 * DAY as u64)))
    };
    let fair = both(false);
    assert!(
        fair.warnings.iter().all(|warning| !matches!(warning, Warning::PreExposureBias { .. })),
        "{:?}",
        fair.warnings
    );
    let finding = fair.metrics[0].comparisons[0].finding.unwrap();
    assert!(finding.variance_reduction.unwrap() > 0.99, "{finding:?}");
    let new = analysed(&two_arms(50, 50, 0), |spec| spec.exposures.pre_period = Some(Elapsed::from_millis(DAY as u64)));
    assert!(new.warnings.contains(&Warning::NothingBefore), "{:?}", new.warnings);
    assert!(both(true).warnings.iter().any(|warning| matches!(warning, Warning::PreExposureBias { .. })));
}

/// Each look is what an analysis of the data until then says, and once decided it stays so.
#[test]
fn looks_are_analyses_of_what_was_seen_until_then() {
    let sessions: Vec<SessionFacts> = (0..900_u64)
        .map(|i| {
            let (arm, viewer) = (["a", "b"][(i % 2) as usize], format!("v{i:03}"));
            let seconds = 20 + i * 7919 % 300 + if arm == "b" { 40 } else { 0 };
            session(&format!("s{i}"), &viewer, i as i64 * DAY / 100, Some(arm), seconds)
        })
        .collect();
    let spec = AnalysisSpec::new(spec(), vec![Metric::WatchTime, Metric::Started]);
    let mut exposures = Exposures::new(spec.exposures.clone());
    exposures.observe_all(&sessions);
    let all = exposures.summary();
    let times: Vec<Timestamp> = (1..=9).map(|day| Timestamp::from_millis(day * DAY)).collect();
    let looks = Look::all(&exposures, &all.arms, &spec, &times).unwrap();
    assert_eq!(
        looks.iter().map(|look| look.units[0]).collect::<Vec<_>>(),
        (1..=9).map(|day| day * 50).collect::<Vec<_>>()
    );
    // Fewer than a hundred units an arm say nothing that holds at every look.
    let sequences: Vec<bool> = looks.iter().map(|look| look.arms[0].finding.unwrap().sequence.is_some()).collect();
    assert_eq!(sequences, [false, true, true, true, true, true, true, true, true]);
    let whole = Analysis::of(&all, &spec).unwrap().metrics[0].comparisons[0].finding.unwrap();
    let last = looks[8].arms[0].finding.unwrap();
    assert_eq!((last.difference, last.sequence, last.belief), (whole.difference, whole.sequence, whole.belief));
    assert!(last.sequence.unwrap().interval.low < last.interval.low, "{last:?}");
    assert!(looks.iter().map(|look| look.arms[0].decided).is_sorted() && looks[8].arms[0].decided);
    let least: Vec<f64> =
        looks.iter().filter_map(|look| look.arms[0].least_p).map(audience_stats::PValue::ln).collect();
    assert!(least.is_sorted_by(|one, next| next <= one));
    // The watched time is longer in b: better with near certainty, and by a prior that expects little, by less.
    assert!(whole.belief.unwrap().chance_to_be_better > 0.99);
    let doubtful = Analysis::of(&all, &AnalysisSpec { prior: Some(0.01), ..spec }).unwrap();
    let doubtful = doubtful.metrics[0].comparisons[0].finding.unwrap().belief.unwrap();
    assert!(
        doubtful.interval.high < whole.belief.unwrap().interval.low + 40_000.0 && doubtful.interval.low < 1500.0,
        "{doubtful:?}"
    );
}

#[test]
fn a_guardrail_is_held_against_its_margin() {
    let verdict = |more: u64, margin: f64| {
        let analysis = analysed(&two_arms(300, 300, more), |spec| {
            spec.metrics = vec![Metric::Started, Metric::WatchTime];
            spec.margins.insert(Metric::WatchTime, margin);
        });
        analysis.metrics[1].comparisons[0].finding.unwrap().verdict
    };
    assert_eq!((verdict(0, 0.2), verdict(0, 0.01)), (Verdict::NotWorse, Verdict::MayBeWorse));
}

/// At 99.9 % less is found than at 80 %.
#[test]
fn the_level_is_not_ignored() {
    let verdict = |confidence: f64| {
        let analysis = analysed(&two_arms(100, 100, 30), |spec| {
            spec.metrics = vec![Metric::WatchTime];
            spec.confidence = audience_stats::Confidence::new(confidence).unwrap();
        });
        analysis.metrics[0].comparisons[0].finding.unwrap().verdict
    };
    assert_eq!((verdict(0.95), verdict(0.999)), (Verdict::Better, Verdict::NotShown));
}

#[test]
fn what_cannot_be_analysed_is_an_error() {
    use audience_abtest::Error;
    let spec = AnalysisSpec::new(spec(), vec![Metric::WatchTime]);
    let one = units(spec.exposures.clone(), &[session("s1", "ann", 0, Some("a"), 10)]);
    assert_eq!(Analysis::of(&one, &spec), Err(Error::TooFewArms { needed: 2, found: 1 }));
    let lots: Vec<SessionFacts> =
        (0..101).map(|i| session(&format!("s{i}"), "ann", 0, Some(&format!("arm{i}")), 10)).collect();
    let lots = units(spec.exposures.clone(), &lots);
    assert_eq!(Analysis::of(&lots, &spec), Err(Error::TooManyArms { found: 101, most: 100 }));
    let two = units(spec.exposures.clone(), &two_arms(3, 3, 0));
    let weighted = AnalysisSpec { weights: [("a".to_owned(), 1.0)].into(), ..spec.clone() };
    assert_eq!(Analysis::of(&two, &weighted), Err(Error::NoWeight { arm: "b".to_owned() }));
    assert_eq!(Analysis::of(&two, &AnalysisSpec { metrics: vec![], ..spec }), Err(Error::NoMetric));
}

#[test]
fn metrics_are_known_by_name() {
    for (name, _) in Metric::NAMES {
        assert_eq!(name.parse::<Metric>().unwrap().to_string(), *name);
    }
    assert_eq!("startup-p99.9".parse::<Metric>().unwrap(), Metric::StartUp(999));
    for wrong in ["", "ctr", "conversion:", "startup-p0", "startup-p100", "startup-p95.55", "startup-px", "startup-p"] {
        let error = wrong.parse::<Metric>().unwrap_err().to_string();
        let expected = format!("compare by {wrong:?}: there is no such metric; there are started, completed, ");
        assert!(error.starts_with(&expected), "{error}");
    }
}

#[test]
fn without_arms_all_units_are_of_one_and_what_is_before_the_beginning_is_the_pre_period() {
    let sessions = [
        session("s1", "ann", 0, Some("a"), 10),
        session("s2", "ann", 3 * DAY, None, 20),
        session("s3", "ann", 4 * DAY, Some("b"), 40),
        session("s4", "bob", DAY, None, 80),
        session("s5", "cid", 5 * DAY, None, 160),
        session("s6", "", 6 * DAY, None, 320),
    ];
    let spec = ExposureSpec { pre_period: Some(Elapsed::from_millis(2 * DAY as u64)), ..ExposureSpec::everyone() };
    let mut exposures = Exposures::new(spec);
    assert_eq!(exposures.began(), None);
    exposures.observe_all(&sessions);
    let (first, last) = exposures.began().unwrap();
    assert_eq!((first.as_millis(), last.as_millis()), (0, 6 * DAY));
    let all = exposures.summary();
    assert_eq!((all.arms.len(), all.units.len(), all.mixed, all.without_unit), (1, 4, 0, 1));
    let since = exposures.since(Timestamp::from_millis(2 * DAY));
    let of = |at: usize| {
        let unit = &since.units[at];
        (&*unit.id, unit.exposed_at.as_millis() / DAY, unit.totals.watched_ms, unit.before.as_ref().unwrap().watched_ms)
    };
    // What ann did at the very beginning is longer ago than the pre-period; bob is gone, and cid was not there before.
    assert_eq!(since.units.len(), 3);
    assert_eq!((of(0), of(1)), (("ann", 3, 60_000, 0), ("cid", 5, 160_000, 0)));
    let earlier = exposures.since(Timestamp::from_millis(DAY));
    let before = earlier.units.iter().map(|unit| unit.before.as_ref().unwrap().watched_ms).collect::<Vec<_>>();
    assert_eq!(before, [0, 0, 0, 0]);
    let earlier = exposures.since(Timestamp::from_millis(4 * DAY));
    assert_eq!(earlier.units[0].before.as_ref().unwrap().watched_ms, 20_000);
}

/// The figures of a baseline are those that an analysis has of the control, and its adjustment saves what it saves there.
#[test]
fn a_baseline_is_the_control_of_an_analysis() {
    use audience_abtest::planning::{Baseline, PlannedMetric};
    let metrics = [Metric::WatchTime, Metric::Completed, Metric::RebufferRatio, Metric::StartUp(500), Metric::Sessions];
    let of_arm = |arm: &'static str| {
        (0..400_u64).flat_map(move |number| {
            let (viewer, habit) = (format!("{arm}{number:03}"), number * 7919 % 301);
            let seconds = |salt: u64| 50 + habit + (number + salt) * 104_729 % 61;
            let session =
                |at: i64, arm: Option<&str>, seconds| session(&format!("{viewer}-{at}"), &viewer, at, arm, seconds);
            [session(-DAY, None, seconds(1)), session(0, Some(arm), seconds(2)), session(DAY, Some(arm), seconds(3))]
        })
    };
    let sessions: Vec<SessionFacts> = of_arm("a").collect();
    // The other arm is the same again.
    let both: Vec<SessionFacts> = of_arm("a").chain(of_arm("b")).collect();
    let pre_period = Some(Elapsed::from_millis(2 * DAY as u64));
    let of_arms = AnalysisSpec::new(ExposureSpec { pre_period, ..ExposureSpec::new("arm") }, metrics.to_vec());
    let analysis = Analysis::of(&units(of_arms.exposures.clone(), &both), &of_arms).unwrap();
    let of_all = AnalysisSpec::new(ExposureSpec { pre_period, ..ExposureSpec::everyone() }, metrics.to_vec());
    let mut exposures = Exposures::new(of_all.exposures.clone());
    exposures.observe_all(&sessions);
    let baselines = Baseline::all(&exposures.since(Timestamp::from_millis(0)), &of_all).unwrap();
    let watch_time = baselines[0].as_ref().unwrap();
    let analysed = &analysis.metrics[0];
    assert_eq!((Some(watch_time.value), watch_time.units), (analysed.arms[0].value, 400));
    let saved = analysed.comparisons[0].finding.as_ref().unwrap().variance_reduction.unwrap();
    assert!(saved > 0.5 && (watch_time.variance_reduction.unwrap() - saved).abs() < 1e-3, "{saved}");
    assert_eq!(watch_time.planned(), PlannedMetric::mean(watch_time.variance));
    // Nobody stalls, all start up alike, and all have two sessions: there is nothing to plan with.
    for (at, refused) in [(2, "the control's metric is 0"), (3, "units do not vary"), (4, "units do not vary")] {
        let error = baselines[at].as_ref().unwrap_err().to_string();
        assert!(error.contains(refused), "{error}");
    }
}
