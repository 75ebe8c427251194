//! The same seed gives the same bytes.

use audience_core::Envelope;
use audience_simulate::{Scenario, Simulation};
use audience_stats::hash::hash128;

use crate::{faultless, simulation};

fn lines(simulation: &Simulation) -> Vec<String> {
    simulation.arrivals().map(|envelope| serde_json::to_string(&envelope).unwrap()).collect()
}

#[test]
fn the_bytes_of_a_seed_never_change() {
    let lines = lines(&simulation(Scenario { sessions: 200, ..Scenario::default() }));
    insta::assert_snapshot!(lines[..6].join("\n"), @r#"
    {"session_id":"0e00a429-476f-8eb2-af8b-c006466d3bb0","viewer_id":"v0061","content_id":"c0006","ts":1767573681446,"seq":0,"event_id":"fc3f2fcaa5f9e421000","type":"load","position_ms":0,"duration_ms":834816,"cdn":"north","country":"GB","device":"phone","variant":"A"}
    {"session_id":"0e00a429-476f-8eb2-af8b-c006466d3bb0","viewer_id":"v0061","content_id":"c0006","ts":1767573690024,"seq":1,"event_id":"fc3f2fcaa5f9e421001","type":"play_request","position_ms":0}
    {"session_id":"0e00a429-476f-8eb2-af8b-c006466d3bb0","viewer_id":"v0061","content_id":"c0006","ts":1767573690580,"seq":2,"event_id":"fc3f2fcaa5f9e421002","type":"ad_start","position_ms":0,"ad_id":"ad-06","slot":"preroll"}
    {"session_id":"0e00a429-476f-8eb2-af8b-c006466d3bb0","viewer_id":"v0061","content_id":"c0006","ts":1767573705580,"seq":3,"event_id":"fc3f2fcaa5f9e421003","type":"ad_end","position_ms":0}
    {"session_id":"0e00a429-476f-8eb2-af8b-c006466d3bb0","viewer_id":"v0061","content_id":"c0006","ts":1767573705580,"seq":4,"event_id":"fc3f2fcaa5f9e421004","type":"ad_start","position_ms":0,"ad_id":"ad-09","slot":"preroll"}
    {"session_id":"0e00a429-476f-8eb2-af8b-c006466d3bb0","viewer_id":"v0061","content_id":"c0006","ts":1767573711580,"seq":5,"event_id":"fc3f2fcaa5f9e421005","type":"ad_end","position_ms":0}
    "#);
    let all = lines.join("\n");
    insta::assert_snapshot!(format!("{} lines, {:032x}", lines.len(), hash128(all.as_bytes(), 0)), @"8276 lines, 60e2600c90217d97415dce5f6d4fe87e");
}

#[test]
fn seeds_differ() {
    let scenario = Scenario { sessions: 20, ..Scenario::default() };
    let of = |seed| lines(&Simulation::new(scenario.clone(), seed).unwrap());
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
}

#[test]
fn a_session_does_not_depend_on_which_were_played_before() {
    let simulation = simulation(faultless(100));
    let forward: Vec<_> = (0..100).map(|number| simulation.session(number)).collect();
    for number in (0..100).rev() {
        assert_eq!(simulation.session(number), forward[number as usize]);
    }
}

#[test]
fn ranges_together_have_the_events_of_the_whole() {
    let simulation = simulation(Scenario { sessions: 90, ..Scenario::default() });
    let text = |envelope: Envelope| serde_json::to_string(&envelope).unwrap();
    let mut parts: Vec<String> =
        [0..30, 30..31, 31..90].into_iter().flat_map(|range| simulation.arrivals_of(range)).map(text).collect();
    let mut whole = lines(&simulation);
    parts.sort_unstable();
    whole.sort_unstable();
    assert_eq!(parts, whole);
}

#[test]
fn what_arrives_arrives_in_order() {
    // Without faults, a session's events all take the same time, at most 0.4 s.
    let mut scenario = faultless(300);
    scenario.days = 1;
    let times: Vec<i64> = simulation(scenario).arrivals().map(|envelope| envelope.event.ts.as_millis()).collect();
    let mut latest = times[0];
    for time in times {
        assert!(time >= latest - 400);
        latest = latest.max(time);
    }
}

#[test]
fn sessions_are_interleaved() {
    let mut scenario = faultless(300);
    scenario.days = 1;
    let ids: Vec<_> = simulation(scenario).arrivals().map(|envelope| envelope.session_id).collect();
    let changes = ids.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes > 1000, "{changes}");
}
