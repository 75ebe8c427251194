//! Faults are as frequent as asked for, and change nothing but telemetry.

use std::collections::HashMap;

use audience_core::{Envelope, EventKind};
use audience_simulate::Scenario;

use crate::{expected, faultless, simulation};

const SESSIONS: u64 = 400;

/// All that arrives, and how many events were sent.
fn run(change: impl FnOnce(&mut Scenario)) -> (Vec<Envelope>, usize) {
    let mut scenario = faultless(SESSIONS);
    change(&mut scenario);
    let simulation = simulation(scenario);
    let sent = (0..SESSIONS).map(|number| simulation.session(number).events.len()).sum();
    (simulation.arrivals().collect(), sent)
}

#[test]
fn without_faults_everything_arrives_once() {
    let (arrived, sent) = run(|_| {});
    assert_eq!(arrived.len(), sent);
}

#[test]
fn lost_events_are_missing() {
    let (arrived, sent) = run(|scenario| scenario.faults.lost = 0.1);
    assert!(expected(sent - arrived.len(), sent, 0.1), "{} of {sent}", arrived.len());
}

#[test]
fn repeats_have_the_same_id_and_number() {
    let (arrived, sent) = run(|scenario| scenario.faults.repeated = 0.1);
    assert!(expected(arrived.len() - sent, sent, 0.1), "{} of {sent}", arrived.len());
    let mut events: HashMap<String, Vec<_>> = HashMap::new();
    for envelope in arrived {
        events.entry(envelope.event.event_id().unwrap().to_owned()).or_default().push(envelope);
    }
    assert_eq!(events.len(), sent);
    assert!(events.values().all(|same| same.iter().all(|envelope| *envelope == same[0])));
}

#[test]
fn late_events_arrive_after_younger_ones() {
    let (arrived, sent) = run(|scenario| {
        scenario.faults.late = 0.1;
        scenario.days = 1;
    });
    assert_eq!(arrived.len(), sent);
    let mut latest = i64::MIN;
    let mut overtaken = 0;
    for envelope in &arrived {
        let ts = envelope.event.ts.as_millis();
        overtaken += usize::from(ts.saturating_add(400) < latest);
        assert!(ts.saturating_add(60_400) >= latest);
        latest = latest.max(ts);
    }
    // Not every late one is overtaken, but none is that is not late.
    assert!(overtaken > sent / 40 && overtaken < sent / 8, "{overtaken} of {sent}");
}

#[test]
fn silent_sessions_do_not_say_that_they_end() {
    let (arrived, _) = run(|scenario| scenario.faults.silent = 0.3);
    let ends = arrived.iter().filter(|envelope| matches!(envelope.event.kind, EventKind::End { .. })).count();
    assert!(expected(SESSIONS as usize - ends, SESSIONS as usize, 0.3), "{ends}");
}

#[test]
fn wrong_clocks_are_the_viewers() {
    let first = |change: fn(&mut Scenario)| -> HashMap<String, (String, i64)> {
        let loads = run(change).0.into_iter().filter(|envelope| matches!(envelope.event.kind, EventKind::Load { .. }));
        loads
            .map(|load| (load.session_id.to_string(), (load.viewer_id.unwrap().to_string(), load.event.ts.as_millis())))
            .collect()
    };
    let right = first(|_| {});
    let wrong = first(|scenario| scenario.faults.skewed = 0.4);
    let mut skews: HashMap<&str, i64> = HashMap::new();
    for (session, (viewer, ts)) in &wrong {
        let skew = ts - right[session].1;
        assert!(skew.abs() <= 600_000);
        assert_eq!(*skews.entry(viewer).or_insert(skew), skew, "a viewer has one clock");
    }
    let skewed = skews.values().filter(|skew| **skew != 0).count();
    assert!(expected(skewed, skews.len(), 0.4), "{skewed} of {}", skews.len());

    let none = first(|scenario| scenario.faults.clockless = 1.0);
    assert!(none.values().all(|(_, ts)| *ts == 0), "counted from the beginning of the session");
}

#[test]
fn faults_do_not_change_what_is_watched() {
    let (clean, faulty) = (simulation(faultless(50)), simulation(Scenario { sessions: 50, ..Scenario::default() }));
    for number in 0..50 {
        assert_eq!(clean.session(number).truth, faulty.session(number).truth);
    }
}
