//! What is seen live is what is found afterwards.

use std::collections::BTreeMap;

use audience_core::{
    Elapsed, Envelope, EventKind, MediaTime, Object, Request, Rules, SessionBuilder, SessionFacts, SessionId,
    Timestamp, Vitals,
};
use audience_realtime::{Key, LiveAudience, LiveSpec, Window, WindowFigures};
use audience_simulate::{Scenario, Simulation};

use crate::{event, second, window};

/// A window of everything, whoever is silent for however long.
fn spec() -> LiveSpec {
    let (month, day) = (Elapsed::from_secs(31 * 86_400), Elapsed::from_secs(86_400));
    LiveSpec::default()
        .with_window(Window::new(month, Elapsed::from_secs(60)).unwrap())
        .with_lateness(month)
        .with_timeout(month.saturating_add(day))
}

fn facts(envelopes: &[Envelope]) -> Vec<SessionFacts> {
    let mut builders: BTreeMap<SessionId, SessionBuilder> = BTreeMap::new();
    for envelope in envelopes {
        let builder = builders.entry(envelope.session_id.clone());
        builder.or_insert_with(|| SessionBuilder::new(envelope.session_id.clone())).envelope(envelope.clone());
    }
    let sessions = builders.into_values().flat_map(SessionBuilder::finish);
    sessions.map(|session| session.facts(&Rules::default(), None)).collect()
}

fn agree<'f>(figures: &WindowFigures, facts: &(impl Iterator<Item = &'f SessionFacts> + Clone)) {
    let sum = |of: fn(&SessionFacts) -> Elapsed| facts.clone().map(|facts| of(facts).as_millis()).sum::<u64>();
    let count = |of: fn(&SessionFacts) -> u64| facts.clone().map(of).sum::<u64>();
    assert_eq!(figures.playing.time.as_millis(), sum(|facts| facts.wall.playing));
    assert_eq!(figures.starting.time.as_millis(), sum(|facts| facts.wall.starting));
    assert_eq!(figures.stalled.time.as_millis(), sum(|facts| facts.wall.stalled));
    assert_eq!(figures.seek_waiting.time.as_millis(), sum(|facts| facts.wall.seek_waiting));
    assert_eq!(figures.paused.time.as_millis(), sum(|facts| facts.wall.paused));
    assert_eq!(figures.in_ads.time.as_millis(), sum(|facts| facts.wall.in_ads.saturating_add(facts.wall.ad_waiting)));
    assert_eq!(figures.events, count(|facts| facts.events));
    assert_eq!(figures.starts, count(|facts| u64::from(facts.started())));
    assert_eq!(figures.stalls, count(|facts| facts.stalls));
    assert_eq!(figures.seeks, count(|facts| facts.seeks.reported() + facts.seeks.inferred()));
    assert_eq!(figures.quality_changes, count(|facts| facts.quality.changes));
    assert_eq!(figures.errors, count(|facts| facts.errors));
    assert_eq!((figures.viewers.last, figures.playing.last), (0, 0), "all have left");
    assert!(figures.joins == figures.leaves);
}

/// The time that all players spend playing is the wall-clock time watched that facts have, whatever came late, twice or not at all.
#[test]
fn at_the_end_windows_agree_with_facts() {
    let mut scenario = Scenario { sessions: 400, ..Scenario::default() };
    // Whose clock is wrong is not taken in.
    (scenario.faults.skewed, scenario.faults.clockless) = (0.0, 0.0);
    let simulation = Simulation::new(scenario, 11).unwrap();
    let mut live = LiveAudience::new(spec()).unwrap();
    let envelopes: Vec<Envelope> = simulation.arrivals().collect();
    for envelope in &envelopes {
        live.observe(envelope.clone());
    }
    live.finish();
    let arrivals = live.arrivals();
    assert_eq!(arrivals.too_late + arrivals.refused + arrivals.ahead, 0);
    assert!(arrivals.duplicates > 0 && arrivals.late > 0, "the simulation has both");

    let facts = facts(&envelopes);
    let end = live.watermark().unwrap();
    let end = Timestamp::from_millis(end.as_millis() + 60_000);
    agree(&live.figures_until(&Key::ALL, end).unwrap(), &facts.iter());
    let titles: Vec<Key> = live.top(&audience_realtime::Per::Title).into_iter().map(|(key, _)| key.clone()).collect();
    assert!(titles.len() > 10);
    for key in titles {
        let of_title = facts.iter().filter(|facts| Some(facts.identity.content_id.as_str()) == key.value.as_deref());
        agree(&live.figures_until(&key, end).unwrap(), &of_title);
    }
}

/// A request for two seconds of the picture, with six seconds in the buffer but at the start.
fn ask(secs: i64, start: u64) -> Envelope {
    let request = Request {
        object: Object::Video,
        start: Some(MediaTime::from_secs(start)),
        length: Some(MediaTime::from_secs(2)),
        status: Some(200),
        urgent: start == 0,
        ..Request::default()
    };
    let mut envelope = event("asks", secs, EventKind::Request(Box::new(request)));
    let buffer = Some(MediaTime::from_secs(start.min(6)));
    envelope.event = envelope.event.with_vitals(Vitals { buffer, ..Vitals::default() });
    envelope
}

/// Where requests are all there is, what they show together is what is seen live, in whatever order they come.
#[test]
fn who_only_asks_is_seen_too() {
    let first = [ask(1000, 0), ask(1000, 2), ask(1000, 4)];
    let mut envelopes: Vec<Envelope> =
        first.into_iter().chain((0..300).map(|n| ask(1000 + 2 * n, 6 + 2 * n as u64))).collect();
    let batch = facts(&envelopes);
    for late in [false, true] {
        if late {
            // Each tenth one comes half a minute later.
            envelopes.sort_by_key(|envelope| {
                let at = envelope.event.ts.as_millis() / 1000;
                if at % 20 == 0 { at + 30 } else { at }
            });
        }
        let mut live = LiveAudience::new(LiveSpec::default().with_window(window(3600, 10))).unwrap();
        live.advance(second(1000));
        for envelope in &envelopes[..200] {
            live.observe(envelope.clone());
        }
        // In the midst of it, up to what came last.
        let figures = live.figures_until(&Key::ALL, second(1390)).unwrap();
        assert_eq!((figures.viewers.last, figures.playing.last), (1, 1));
        assert!(figures.playing.time.as_secs_f64() >= 350.0, "{:?}", figures.playing);
        for envelope in &envelopes[200..] {
            live.observe(envelope.clone());
        }
        live.advance(second(1700));
        live.finish();
        let figures = live.figures_until(&Key::ALL, second(2000)).unwrap();
        assert_eq!(figures.events, 303);
        assert_eq!(figures.starts, 1);
        let with_horizon = batch_until(&envelopes, second(1700));
        assert_eq!(figures.playing.time, with_horizon.wall.playing);
        assert!((figures.playing.time.as_secs_f64() - batch[0].wall.playing.as_secs_f64()).abs() < 10.0);
        assert_eq!(live.arrivals().late > 0, late);
    }
}

fn batch_until(envelopes: &[Envelope], horizon: Timestamp) -> SessionFacts {
    let mut builder = SessionBuilder::new("asks");
    for envelope in envelopes {
        builder.envelope(envelope.clone());
    }
    builder.finish()[0].facts(&Rules::default(), Some(horizon))
}

/// Who reports playback after all is understood by that.
#[test]
fn a_report_is_better_than_requests() {
    let mut live = LiveAudience::new(LiveSpec::default().with_window(window(600, 10))).unwrap();
    live.advance(second(1000));
    for n in 0..20 {
        live.observe(ask(1000 + 2 * n, 2 * n as u64));
    }
    assert_eq!(live.figures_until(&Key::ALL, second(1040)).unwrap().playing.last, 1);
    live.observe(event("asks", 1041, EventKind::Pause));
    live.observe(event("asks", 1001, EventKind::Play));
    live.advance(second(1060));
    let figures = live.figures(&Key::ALL).unwrap();
    assert_eq!((figures.playing.time, figures.paused.last), (Elapsed::from_secs(40), 1));
}
