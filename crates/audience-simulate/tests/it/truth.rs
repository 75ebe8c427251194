//! What the core makes of the events is what really happened.

use std::collections::HashMap;

use audience_core::{Elapsed, Envelope, ExitReason, MediaTime, PlaybackMap, Rules, Session, SessionFacts};
use audience_simulate::{Scenario, SessionTruth};

use crate::{faultless, simulation};

/// What facts and truth both know.
#[derive(Debug, PartialEq)]
struct Known {
    startup: Option<Elapsed>,
    watched: MediaTime,
    map: PlaybackMap,
    playing: Elapsed,
    stalls: (u64, Elapsed),
    seek_waits: (u64, Elapsed),
    seeks: (u64, u64),
    pauses: (u64, Elapsed),
    rate_changes: u64,
    switches: u64,
    in_ads: Elapsed,
    errors: u64,
    exit: ExitReason,
}

impl Known {
    fn of_facts(facts: &SessionFacts) -> Self {
        Self {
            startup: facts.startup.map(|startup| startup.time),
            watched: facts.watched,
            map: facts.map.clone(),
            playing: facts.wall.playing,
            stalls: (facts.stalls, facts.wall.stalled),
            seek_waits: (facts.seek_waits, facts.wall.seek_waiting),
            seeks: (facts.seeks.forward, facts.seeks.back),
            pauses: (facts.pauses, facts.wall.paused),
            rate_changes: facts.rate_changes,
            switches: facts.quality.switches_up + facts.quality.switches_down,
            in_ads: facts.wall.in_ads,
            errors: facts.errors,
            exit: facts.exit.reason,
        }
    }

    fn of_truth(truth: &SessionTruth) -> Self {
        Self {
            startup: truth.startup,
            watched: truth.watched,
            map: PlaybackMap::from_intervals(truth.runs.iter().copied()),
            playing: truth.playing,
            stalls: (truth.stalls, truth.stalled),
            seek_waits: (truth.seek_waits, truth.seek_waiting),
            seeks: (truth.seeks_ahead, truth.seeks_back),
            pauses: (truth.pauses, truth.paused),
            rate_changes: truth.rate_changes,
            switches: truth.switches,
            in_ads: truth.in_ads,
            errors: truth.errors,
            exit: truth.exit,
        }
    }
}

/// A scenario in which a lot happens.
fn eventful(sessions: u64) -> Scenario {
    let mut scenario = faultless(sessions);
    scenario.titles.kinds.live.share = 0.3;
    scenario.viewing.pauses_per_minute = 0.3;
    scenario.viewing.seeks_ahead_per_minute = 0.3;
    scenario.viewing.seeks_back_per_minute = 0.3;
    scenario.viewing.rewatch = 0.5;
    scenario.viewers.speeders = 0.5;
    scenario.failures.start = 0.05;
    scenario.failures.survived_per_hour = 5.0;
    scenario.failures.fatal_per_hour = 0.5;
    scenario.network.outage = 0.15;
    scenario.viewing.leave_per_second_of_stall = 0.005;
    scenario
}

#[test]
fn facts_are_what_really_happened() {
    let mut seen = HashMap::new();
    for scenario in [faultless(400), eventful(400)] {
        let simulation = simulation(scenario);
        for number in 0..400 {
            let session = simulation.session(number);
            let facts = session.to_session().facts(&Rules::default(), None);
            assert_eq!(Known::of_facts(&facts), Known::of_truth(&session.truth), "session {number}");
            assert_eq!(facts.seeks.inferred(), 0);
            assert!(!facts.inferred.runs && !facts.inferred.positions_missing);
            let truth = &session.truth;
            for (what, count) in [
                ("stalls", truth.stalls),
                ("seek waits", truth.seek_waits),
                ("seeks back", truth.seeks_back),
                ("seeks without a wait", (truth.seeks_ahead + truth.seeks_back).saturating_sub(truth.seek_waits)),
                ("pauses", truth.pauses),
                ("rates", truth.rate_changes),
                ("ads", truth.ads),
                ("live", u64::from(facts.is_live)),
                ("failures", u64::from(truth.exit == ExitReason::Failed)),
                ("ends", u64::from(truth.exit == ExitReason::Ended)),
                ("exits before start", u64::from(truth.startup.is_none())),
            ] {
                *seen.entry(what).or_insert(0) += count;
            }
        }
    }
    for (what, count) in seen {
        assert!(count >= 10, "{what}: {count} are too few for a test");
    }
}

#[test]
fn what_arrives_without_faults_is_what_was_sent() {
    let simulation = simulation(faultless(120));
    let mut arrived: HashMap<String, Vec<Envelope>> = HashMap::new();
    for envelope in simulation.arrivals() {
        arrived.entry(envelope.session_id.to_string()).or_default().push(envelope);
    }
    assert_eq!(arrived.len(), 120);
    for number in 0..120 {
        let session = simulation.session(number);
        let truth = &session.truth;
        let envelopes = arrived.remove(truth.session_id.as_str()).unwrap();
        assert!(envelopes.iter().all(|envelope| envelope.viewer_id.as_ref() == Some(&truth.viewer_id)));
        assert!(envelopes.iter().all(|envelope| envelope.content_id.as_ref() == Some(&truth.content_id)));
        assert_eq!(envelopes[0].attributes, session.attributes);
        let events = envelopes.into_iter().map(|envelope| envelope.event);
        let facts = Session::new("s", "c", events).facts(&Rules::default(), None);
        assert_eq!(Known::of_facts(&facts), Known::of_truth(truth), "session {number}");
    }
}
