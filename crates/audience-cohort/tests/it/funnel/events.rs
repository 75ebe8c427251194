//! Through what they do.

use std::collections::BTreeMap;

use audience_cohort::{Error, EventFunnel, FunnelFigures, FunnelSpec, FunnelStep, FunnelUnit, Ties};
use audience_core::test_util::{check_merge_laws, various_sessions};
use audience_core::{Accumulator, Elapsed, Event, EventKind, Merge, Portable, Session, Timestamp};
use audience_stats::{Alternative, Confidence};

use super::damage;

fn at(secs: f64) -> Timestamp {
    Timestamp::from_millis((secs * 1000.0) as i64)
}

fn steps(names: &[&str]) -> FunnelSpec {
    FunnelSpec::new(names.iter().map(|name| FunnelStep::new(*name))).unwrap()
}

fn a_then_b(limit: u64) -> FunnelSpec {
    FunnelSpec::new([FunnelStep::new("a"), FunnelStep::new("b").within(Elapsed::from_secs(limit))]).unwrap()
}

/// A session of custom events.
fn session(id: &str, viewer: &str, device: &str, events: &[(f64, &str)]) -> Session {
    let events = events.iter().map(|(secs, name)| Event::new(at(*secs), EventKind::custom(*name)));
    let session = Session::new(id, "film", events).with_attribute("device", device);
    if viewer.is_empty() { session } else { session.with_viewer(viewer) }
}

fn of(spec: FunnelSpec, sessions: &[Session]) -> FunnelFigures {
    let mut funnel = EventFunnel::new(spec);
    funnel.observe_all(sessions);
    funnel.summary().all
}

#[test]
fn a_missed_first_anchor_does_not_lose_a_viewer() {
    let figures = of(a_then_b(1), &[session("s", "ann", "tv", &[(0.0, "a"), (100.0, "a"), (100.5, "b")])]);
    assert_eq!(figures.reached, [1, 1]);
    assert_eq!(figures.time_to_convert().unwrap().p50, 500.0);
}

#[test]
fn a_viewer_counts_once_however_often_they_try() {
    let tries: Vec<Session> = (0..20)
        .map(|try_| {
            let start = f64::from(try_) * 100.0;
            session(&format!("s{try_}"), "ann", "tv", &[(start, "a"), (start + 1.0, "b"), (start + 2.0, "a")])
        })
        .collect();
    let figures = of(a_then_b(5), &tries);
    assert_eq!((figures.units, &*figures.reached), (1, &[1, 1][..]));
    assert_eq!(figures.from_start(1).unwrap().rate(), Some(1.0));
    assert_eq!(figures.times.count(), 1);
    // Each session is another matter.
    assert_eq!(of(a_then_b(5).per(FunnelUnit::Session), &tries).reached, [20, 20]);
}

#[test]
fn a_step_may_come_from_another_session_of_the_same_viewer() {
    let sessions = [
        session("s1", "ann", "tv", &[(0.0, "a")]),
        session("s2", "ann", "web", &[(3.0, "b")]),
        session("s3", "bob", "web", &[(3.0, "b")]),
        session("s4", "", "web", &[(0.0, "a")]),
        session("s5", "", "web", &[(1.0, "b")]),
        // Nothing of it, and still a unit.
        session("s6", "cid", "web", &[(1.0, "c")]),
    ];
    let figures = of(a_then_b(5), &sessions);
    assert_eq!((figures.units, &*figures.reached), (5, &[2, 1][..]));
    assert_eq!(figures.entered().unwrap().rate(), Some(0.4));
    assert_eq!((figures.from_previous(0), figures.from_start(2)), (None, None));
    assert_eq!(of(a_then_b(5).per(FunnelUnit::Session), &sessions).reached, [2, 0]);
}

#[test]
fn a_session_that_is_named_like_a_viewer_is_another_unit() {
    let sessions = [session("ann", "", "tv", &[(0.0, "a")]), session("s", "ann", "tv", &[(1.0, "b")])];
    assert_eq!(of(a_then_b(5), &sessions).reached, [1, 0]);
}

#[test]
fn limits_are_inclusive() {
    let chain = |b: f64| a_then_b(10).chain([(at(0.0), "a"), (at(b), "b")]).depth;
    assert_eq!((chain(10.0), chain(10.001)), (2, 1));
    let whole = |c: f64| {
        let spec = steps(&["a", "b", "c"]).within(Elapsed::from_secs(10));
        spec.chain([(at(0.0), "a"), (at(5.0), "b"), (at(c), "c")]).depth
    };
    assert_eq!((whole(10.0), whole(10.001)), (3, 2));
}

#[test]
fn ties_are_in_any_order_or_as_given() {
    let events = [(at(0.0), "b"), (at(0.0), "a")];
    assert_eq!(a_then_b(0).chain(events).depth, 2);
    assert_eq!(a_then_b(0).with_ties(Ties::AsGiven).chain(events).depth, 1);
    // One event is no two steps, in whatever order.
    let twice = steps(&["a", "b", "a"]);
    assert_eq!(twice.chain(events).depth, 2);
    assert_eq!(twice.chain([(at(0.0), "b"), (at(0.0), "a"), (at(0.0), "a")]).depth, 3);
}

#[test]
fn conversions_are_never_above_1() {
    for spec in [steps(&["a", "b", "a"]), a_then_b(1), steps(&["b", "a"]).unordered().unwrap()] {
        for seed in 0..50_u32 {
            let events: Vec<(f64, &str)> =
                (0..30).map(|n| (f64::from(n * seed % 17), ["a", "b", "c"][(n * n + seed) as usize % 3])).collect();
            let figures = of(spec.clone(), &[session("s", "ann", "tv", &events)]);
            for step in 0..figures.reached.len() {
                let rates = [figures.from_start(step), figures.from_previous(step)];
                assert!(rates.iter().flatten().all(|rate| rate.rate().unwrap() <= 1.0));
                assert!(figures.reached[step] <= figures.units);
            }
        }
    }
}

#[test]
fn names_that_look_alike_are_told_apart() {
    // Long ones that differ where nobody looks at a glance, and short ones that begin or end alike.
    let long = ["abcd1efgh_ijkl", "abcd2efgh_ijkl", "abcd3efgh_ijkl"];
    let short = ["a", "aa", "aaa", "aaaa", "aaaaa", "aaaab", "baaaa", "aaaaaaaa", "aaaaaaaaaaaa", "aaaaaaaaaaaaa", "ä"];
    let names: Vec<&str> = long.into_iter().chain(short).collect();
    for known in &names {
        for seen in &names {
            assert_eq!(steps(&[*known]).chain([(at(0.0), *seen)]).depth, usize::from(known == seen), "{known} {seen}");
        }
    }
    let all: Vec<(Timestamp, &str)> = names.iter().zip(0..).map(|(name, n)| (at(f64::from(n)), *name)).collect();
    assert_eq!(steps(&names).chain(all).depth, names.len());
    assert_eq!(steps(&long[..2]).chain([(at(0.0), long[0]), (at(1.0), long[2]), (at(2.0), long[1])]).depth, 2);
    assert_eq!(steps(&long[..2]).chain([(at(0.0), long[0]), (at(1.0), long[2])]).depth, 1);
}

#[test]
fn long_logs_are_followed_as_short_ones_are() {
    // So many of few viewers that each of them is looked up again and again, and so many viewers that they do not lie together.
    for (viewers, events) in [(3, 20_000), (5_000, 20_000)] {
        let spec = a_then_b(3600);
        let log: Vec<(String, f64, &str)> = (0..events)
            .map(|n: u64| {
                let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
                (format!("v{}", mixed % viewers), (mixed % 86_400) as f64, ["a", "b", "c"][(mixed >> 7) as usize % 3])
            })
            .collect();
        let funnel_of = |log: &[(String, f64, &'static str)]| {
            let mut funnel = EventFunnel::new(spec.clone());
            for (viewer, secs, name) in log {
                funnel.observe_events(viewer, (at(*secs), ""), None, [(at(*secs), *name)]);
            }
            funnel
        };
        let mut of_viewers: BTreeMap<&str, Vec<(Timestamp, &str)>> = BTreeMap::new();
        for (viewer, secs, name) in &log {
            of_viewers.entry(viewer).or_default().push((at(*secs), name));
        }
        let depths: Vec<usize> = of_viewers.into_values().map(|events| spec.chain(events).depth).collect();
        let reached = |step| depths.iter().filter(|depth| **depth > step).count() as u64;
        let whole = funnel_of(&log);
        let summary = whole.summary();
        assert_eq!((summary.all.units, &*summary.all.reached), (depths.len() as u64, &[reached(0), reached(1)][..]));
        assert!(reached(1) > 0);
        // Whatever has been looked up where: states are the same, and so is what comes of them.
        let (first, second) = log.split_at(log.len() / 3);
        let (mut first, second) = (funnel_of(first), funnel_of(second));
        assert_eq!(first.summary().all.reached.len(), 2);
        first.merge(second);
        assert_eq!(first.summary(), summary);
        assert_eq!(first.encode(), whole.encode());
        let travelled = EventFunnel::decode(&whole.encode(), &EventFunnel::new(spec)).unwrap();
        assert_eq!(travelled.summary(), summary);
    }
}

#[test]
fn each_viewer_is_in_one_group() {
    let funnel = {
        let mut funnel = EventFunnel::new(a_then_b(5).by("device"));
        funnel.observe_all(&[
            session("s2", "ann", "web", &[(10.0, "a"), (11.0, "b")]),
            // The first session of ann, which says that she is of the tv.
            session("s1", "ann", "tv", &[(0.0, "a")]),
            // Two at once: the smaller id is the first.
            session("s4", "bob", "web", &[(0.0, "a")]),
            session("s3", "bob", "tv", &[(0.0, "c")]),
            session("s5", "cid", "web", &[(0.0, "a")]),
            session("s6", "cid", "web", &[(9.0, "a"), (12.0, "b")]),
        ]);
        funnel.observe_events("dan", (at(0.0), "s7"), None, [(at(0.0), "a")]);
        funnel
    };
    let summary = funnel.summary();
    let groups: Vec<_> = summary.groups.iter().map(|(of, figures)| (of.as_deref(), &*figures.reached)).collect();
    assert_eq!(groups, [(None, &[1, 0][..]), (Some("tv"), &[2, 1]), (Some("web"), &[1, 1])]);
    assert_eq!((summary.all.units, &*summary.all.reached, summary.mixed), (4, &[4, 2][..], 2));
}

#[test]
fn groups_are_compared_step_by_step() {
    let mut funnel = EventFunnel::new(steps(&["a", "b", "c"]).by("device"));
    for n in 0..40 {
        let device = if n % 2 == 0 { "tv" } else { "web" };
        let mut events = vec![(0.0, "a")];
        if n % 2 == 0 || n < 10 {
            events.push((1.0 + f64::from(n), "b"));
        }
        if n < 12 {
            events.push((100.0 + f64::from(n), "c"));
        }
        funnel.observe(&session(&format!("s{n}"), &format!("v{n}"), device, &events));
    }
    let summary = funnel.summary();
    let comparison = summary.compare(Some("tv"), Some("web"), Confidence::P95).unwrap();
    let (tv, web) = (summary.group(Some("tv")).unwrap(), summary.group(Some("web")).unwrap());
    assert_eq!((&*tv.reached, &*web.reached), (&[20, 20, 6][..], &[20, 5, 5][..]));
    let [second, third] = &*comparison.steps else { panic!("{comparison:?}") };
    assert_eq!((second.step, second.difference), (1, 0.75));
    let (own, other) = (tv.from_start(1).unwrap(), web.from_start(1).unwrap());
    assert_eq!(second.p, own.fisher(&other, Alternative::TwoSided));
    assert_eq!(Some(second.interval), own.difference(&other, Confidence::P95.z()));
    // Holm: the smaller of two twice, the larger once.
    assert!((second.adjusted.value() - 2.0 * second.p.value()).abs() < 1e-15);
    assert_eq!(third.adjusted, third.p);
    assert!((third.difference - 0.05).abs() < 1e-15);
    // 100, 102, …, 110 against 101, 103, …, 109: 15 of 30 pairs.
    assert_eq!(comparison.times.unwrap().superiority(), 0.5);
    let error = summary.compare(Some("car"), None, Confidence::P95).unwrap_err();
    says(&error, r#"compare units of "car": there are none"#);
}

fn says(error: &Error, text: &str) {
    assert_eq!(error.to_string(), text);
}

#[test]
fn steps_that_make_no_sense_are_refused() {
    let second = Elapsed::from_secs(1);
    let a = || FunnelStep::new("a");
    says(&FunnelSpec::new([]).unwrap_err(), "follow 0 steps: there are between 1 and 64");
    says(&FunnelSpec::new(std::iter::repeat_with(a)).unwrap_err(), "follow 65 steps: there are between 1 and 64");
    says(&FunnelSpec::new([a(), FunnelStep::new("")]).unwrap_err(), "follow step 1: it names no event");
    let error = FunnelSpec::new([a().within(second)]).unwrap_err();
    says(&error, "reach the first step within 0:01.000: there is no step before it");
    let error = FunnelSpec::new([a(), a().within(second)]).unwrap().unordered().unwrap_err();
    says(&error, "follow step 1 within a time of the one before: steps in any order have none before");
    // As many as there can be.
    let spec = FunnelSpec::new(std::iter::repeat_with(a).take(64)).unwrap();
    assert_eq!(spec.chain((0..70).map(|n| (at(f64::from(n)), "a"))).depth, 64);
    assert_eq!(spec.chain((0..63).map(|_| (at(0.0), "a"))).depth, 63);
}

/// Funnels of all kinds over sessions of the core.
fn funnels() -> Vec<EventFunnel> {
    let start = |limit: u64| [FunnelStep::new("load"), FunnelStep::new("play").within(Elapsed::from_secs(limit))];
    let longer = start(10).into_iter().chain([FunnelStep::new("seek"), FunnelStep::new("end")]);
    let longer = FunnelSpec::new(longer).unwrap().within(Elapsed::from_secs(7200));
    let specs = [
        longer.clone(),
        longer.clone().by("device").with_ties(Ties::AsGiven),
        longer.per(FunnelUnit::Session).by("device"),
        steps(&["heartbeat", "heartbeat", "pause"]).unordered().unwrap().within(Elapsed::from_secs(3600)),
    ];
    specs.into_iter().map(EventFunnel::new).collect()
}

/// Those of the core, in two devices, some of them at once.
fn sessions() -> Vec<Session> {
    let mut sessions = various_sessions();
    sessions.push(session("again", "ann", "tv", &[(0.0, "load"), (5.0, "play")]));
    sessions.push(session("at once", "ann", "web", &[(0.0, "load"), (5.0, "end")]));
    sessions
}

#[test]
fn funnels_merge() {
    for empty in funnels() {
        check_merge_laws(&empty, &sessions());
    }
}

#[test]
fn funnels_travel() {
    let all = funnels();
    for (number, empty) in all.iter().enumerate() {
        let mut whole = empty.clone();
        whole.observe_all(&sessions());
        let bytes = whole.encode();
        assert_eq!(EventFunnel::decode(&bytes, empty).unwrap().summary(), whole.summary());
        damage(&whole, empty);
        for cut in 0..sessions().len() {
            let (mut left, mut right) = (empty.clone(), empty.clone());
            left.observe_all(&sessions()[cut..]);
            right.observe_all(&sessions()[..cut]);
            left.merge(EventFunnel::decode(&right.encode(), empty).unwrap());
            assert_eq!(left.encode(), bytes, "split at {cut}");
        }
        assert!(whole.size_bytes() > empty.size_bytes());
        let other = &all[(number + 1) % all.len()];
        assert!(EventFunnel::decode(&bytes, other).is_err());
    }
}
