//! What cannot be simulated is refused, by name.

use audience_simulate::{Error, Faults, Rung, Scenario, Simulation};

fn refusal(change: impl FnOnce(&mut Scenario)) -> String {
    let mut scenario = Scenario::default();
    change(&mut scenario);
    Simulation::new(scenario, 1).unwrap_err().to_string()
}

#[test]
fn scenarios_that_make_no_sense() {
    insta::assert_snapshot!(refusal(|scenario| scenario.faults.late = 1.5), @"simulate with faults.late = 1.5: it is not between 0 and 1");
    insta::assert_snapshot!(refusal(|scenario| scenario.faults.lost = f64::NAN), @"simulate with faults.lost = NaN: it is not between 0 and 1");
    insta::assert_snapshot!(refusal(|scenario| scenario.viewing.pauses_per_minute = -0.1), @"simulate with viewing.pauses_per_minute = -0.1: it is not between 0 and 600");
    insta::assert_snapshot!(refusal(|scenario| scenario.titles.zipf = f64::INFINITY), @"simulate with titles.zipf = inf: it is not between 0 and 10");
    insta::assert_snapshot!(refusal(|scenario| scenario.titles.count = 0), @"simulate with titles.count = 0: it is not between 1 and 100000");
    insta::assert_snapshot!(refusal(|scenario| scenario.titles.kinds.film.leave = 1.0), @"simulate with titles.kinds.leave = 1: it is not between 0 and 0.999");
    insta::assert_snapshot!(refusal(|scenario| scenario.viewers.devices.clear()), @"simulate with viewers.devices: it is empty");
    insta::assert_snapshot!(refusal(|scenario| scenario.viewers.rhythm.hours = [0.0; 24]), @"simulate with viewers.rhythm.hours: all its shares are 0");
    insta::assert_snapshot!(refusal(|scenario| scenario.viewers.cdns[1].name = "north".to_owned()), @r#"simulate with viewers.cdns: "north" is there twice"#);
    insta::assert_snapshot!(refusal(|scenario| scenario.network.ladder.reverse()), @"simulate with network.ladder: 6000000 bit/s comes after 14000000 bit/s");
    insta::assert_snapshot!(refusal(|scenario| scenario.network.ladder = Vec::new()), @"simulate with network.ladder: it is empty");
    insta::assert_snapshot!(refusal(|scenario| scenario.experiment.arms[1].effect = -1.5), @"simulate with experiment.arms.effect = -1.5: it is not between -1 and 100");
    insta::assert_snapshot!(refusal(|scenario| scenario.experiment.attribute = "ts".to_owned()), @r#"simulate with experiment.attribute = "ts": it is the name of something else"#);
    insta::assert_snapshot!(refusal(|scenario| scenario.ads.lengths_secs = Vec::new()), @"simulate with ads.lengths_secs: it is empty");
}

#[test]
fn a_factor_that_is_no_number_is_refused_and_a_large_one_is_always() {
    let scenario = Scenario::default();
    assert_eq!(scenario.faults.times(1e9).lost, 1.0);
    assert_eq!(scenario.faults.times(0.0).lost, 0.0);
    let faults = scenario.faults.times(f64::NAN);
    assert!(matches!(Scenario { faults, ..scenario.clone() }.check(), Err(Error::NotAProbability { .. })));
    let faults = Faults { lost: 7.0, ..scenario.faults.clone() }.times(1.0);
    assert!(matches!(Scenario { faults, ..scenario }.check(), Err(Error::NotAProbability { .. })));
}

#[test]
fn extremes_that_are_allowed_come_to_an_end() {
    let mut scenario = Scenario { sessions: 12, ..Scenario::default() };
    scenario.titles.kinds.live.share = 100.0;
    scenario.experiment.arms.iter_mut().for_each(|arm| arm.effect = -1.0);
    scenario.failures.fatal_per_hour = 0.0;
    scenario.viewing.leave_in_pause = 0.0;
    scenario.viewing.leave_per_second_of_stall = 0.0;
    scenario.viewing.leave_per_second_of_start_up = 0.0;
    scenario.network.ladder = vec![Rung { bitrate_bps: 4_000_000_000, width: 7680, height: 4320 }];
    scenario.network.ladder.insert(0, Rung { bitrate_bps: 400_000, width: 640, height: 360 });
    scenario.heartbeat_secs = 3600.0;
    let simulation = Simulation::new(scenario, 3).unwrap();
    let longest = (0..12).map(|number| simulation.session(number).truth.watched.as_millis()).max();
    assert_eq!(longest, Some(12 * 3_600_000), "nobody leaves a channel before that");
}

#[test]
fn a_scenario_is_read_from_parts_and_typing_errors_are_not_passed_over() {
    let scenario: Scenario = serde_json::from_str(r#"{"sessions": 5, "titles": {"zipf": 1.2}}"#).unwrap();
    assert_eq!((scenario.sessions, scenario.titles.zipf, scenario.titles.count), (5, 1.2, 40));
    let error = serde_json::from_str::<Scenario>(r#"{"titles": {"zpif": 1.2}}"#).unwrap_err();
    assert!(error.to_string().contains("unknown field `zpif`"), "{error}");
    let written = serde_json::to_string(&Scenario::default()).unwrap();
    assert_eq!(serde_json::from_str::<Scenario>(&written).unwrap(), Scenario::default());
}
