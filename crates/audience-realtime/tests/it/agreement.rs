//! What is seen live is what is found afterwards.

use std::collections::BTreeMap;

use audience_core::{Elapsed, Envelope, Rules, SessionBuilder, SessionFacts, SessionId, Timestamp};
use audience_realtime::{Key, LiveAudience, LiveSpec, Window, WindowFigures};
use audience_simulate::{Scenario, Simulation};

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
