//! Windows that do not overlap, each once.

use std::collections::BTreeMap;

use audience_core::{Elapsed, EventKind, Timestamp};
use audience_realtime::{Key, LiveAudience, LiveSpec, Tumbling, WindowFigures};
use audience_simulate::{Scenario, Simulation};

use crate::{event, second, window};

type Windows = Vec<(Key, WindowFigures)>;

fn put(into: &mut Windows) -> impl FnMut(&Key, &WindowFigures) + '_ {
    |key, figures| into.push((key.clone(), figures.clone()))
}

/// Windows of a simulation in which nobody falls silent without it being known: those given as it goes, and those at the end.
#[test]
fn windows_sum_to_what_one_window_of_all_has() {
    let scenario = Scenario { sessions: 200, ..Scenario::default() };
    let simulation = Simulation::new(scenario, 5).unwrap();
    let spec = || LiveSpec::default().with_window(window(600, 10)).by_attribute("device");
    let mut live = LiveAudience::new(spec()).unwrap();
    let mut tumbling = Tumbling::new(&mut live);
    // The same, looked at when all is known.
    let mut later = LiveAudience::new(spec()).unwrap();
    let mut once = Tumbling::new(&mut later);
    let (mut given, mut at_once) = (Windows::new(), Windows::new());
    for envelope in simulation.arrivals() {
        live.observe(envelope.clone());
        tumbling.take(&mut live, put(&mut given));
        later.observe(envelope);
    }
    live.finish();
    tumbling.take_rest(&mut live, put(&mut given));
    later.finish();
    once.take_rest(&mut later, put(&mut at_once));

    assert!(given.windows(2).all(|pair| (pair[0].1.end, &pair[0].0) < (pair[1].1.end, &pair[1].0)), "in order, once");
    let sums = |windows: &Windows| {
        let mut sums: BTreeMap<Key, [u64; 4]> = BTreeMap::new();
        for (key, figures) in windows {
            let parts = [figures.events, figures.starts, figures.stalls, figures.stalled.time.as_millis()];
            let sum = sums.entry(key.clone()).or_default();
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        sums
    };
    // What happened is the same; who fell silent was there for longer as far as was known.
    let (as_it_went, when_all_was_known) = (sums(&given), sums(&at_once));
    for at in 0..3 {
        assert_eq!(as_it_went[&Key::ALL][at], when_all_was_known[&Key::ALL][at]);
    }
    let playing = |windows: &Windows| -> u64 {
        windows.iter().filter(|(key, _)| *key == Key::ALL).map(|(_, figures)| figures.playing.time.as_millis()).sum()
    };
    assert!(playing(&given) >= playing(&at_once));
    assert!(live.arrivals() == later.arrivals() && live.arrivals().late > 0);
}

#[test]
fn a_window_is_final_when_nothing_can_come_for_it() {
    let spec = LiveSpec::default().with_window(window(60, 1)).with_lateness(Elapsed::from_secs(30));
    let mut live = LiveAudience::new(spec).unwrap();
    live.advance(second(0));
    let mut tumbling = Tumbling::new(&mut live);
    let mut given = Windows::new();
    live.observe(event("ann", 10, EventKind::Play));
    for (now, windows) in [(60, 0), (89, 0), (90, 2), (149, 2), (150, 4)] {
        live.advance(second(now));
        tumbling.take(&mut live, put(&mut given));
        assert_eq!(given.len(), windows, "{now}");
    }
    assert_eq!(tumbling.until(&live), Some(second(120)));
    assert_eq!(given[2].1.playing.time, Elapsed::from_secs(60));
}

#[test]
fn nothing_is_lost_in_a_jump_and_nothing_is_looked_for_in_between() {
    let spec = LiveSpec::default().with_window(window(1, 1)).with_timeout(Elapsed::from_secs(90));
    let mut live = LiveAudience::new(spec).unwrap();
    let mut tumbling = Tumbling::new(&mut live);
    live.advance(second(0));
    live.observe(event("ann", 0, EventKind::Play));
    live.observe(event("ann", 5, EventKind::Heartbeat));
    let mut given = Windows::new();
    // Some thousand years later; a loop over all windows would not come to an end here.
    live.advance(second(40_000_000_000));
    tumbling.take(&mut live, put(&mut given));
    let all: Vec<(Timestamp, u64)> = given
        .iter()
        .filter(|(key, _)| *key == Key::ALL)
        .map(|(_, figures)| (figures.start, figures.playing.time.as_millis()))
        .collect();
    // The last one has the event with which ann is known to have left.
    let expected: Vec<(Timestamp, u64)> = (0..6).map(|secs| (second(secs), if secs < 5 { 1000 } else { 0 })).collect();
    assert_eq!(all, expected);
}

#[test]
fn sessions_of_requests_are_counted_also_when_they_are_over() {
    let request = || EventKind::Request(Box::default());
    let mut live = LiveAudience::new(LiveSpec::default()).unwrap();
    live.advance(second(0));
    for envelope in [event("a", 0, request()), event("b", 1, request()), event("b", 2, EventKind::Play)] {
        live.observe(envelope);
    }
    assert_eq!(live.sessions_of_requests(), 1);
    live.advance(second(100_000));
    assert_eq!((live.sessions().count(), live.sessions_of_requests()), (0, 1));
}
