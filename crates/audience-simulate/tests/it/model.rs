//! What is simulated is what the scenario says.

use std::collections::{HashMap, HashSet};

use audience_core::ExitReason;
use audience_simulate::{Arm, KindSpec, Scenario, SessionTruth, Simulation};

use crate::{expected, faultless, simulation};

fn truths(simulation: &Simulation) -> Vec<SessionTruth> {
    (0..simulation.sessions()).map(|number| simulation.session(number).truth).collect()
}

#[test]
fn popularity_follows_zipf() {
    for exponent in [0.0, 0.8, 1.2] {
        let mut scenario = faultless(6_000);
        scenario.titles.count = 30;
        scenario.titles.zipf = exponent;
        // Nobody watches anything: only what they choose counts.
        scenario.failures.start = 1.0;
        let simulation = simulation(scenario);
        let mut counts: HashMap<String, usize> = HashMap::new();
        for truth in truths(&simulation) {
            *counts.entry(truth.content_id.to_string()).or_default() += 1;
        }
        let norm: f64 = (1..=30).map(|rank| f64::from(rank).powf(-exponent)).sum();
        for (title, rank) in simulation.catalog().iter().zip(1..) {
            let count = counts.get(title.content_id.as_str()).copied().unwrap_or(0);
            assert!(expected(count, 6_000, f64::from(rank).powf(-exponent) / norm), "{exponent} {rank}: {count}");
        }
    }
}

/// One title of ten minutes, which viewers only leave by its hazard.
fn plain(sessions: u64) -> Scenario {
    let mut scenario = faultless(sessions);
    let kinds = &mut scenario.titles.kinds;
    let plain = KindSpec {
        share: 1.0,
        median_secs: 600.0,
        spread: 0.0,
        early_leave: 0.3,
        early_secs: 20.0,
        leave: 0.4,
        scenes: 0,
        weak_points: 0,
        ads: 0.0,
        ..kinds.clip.clone()
    };
    for other in [&mut kinds.episode, &mut kinds.film, &mut kinds.trailer, &mut kinds.live] {
        other.share = 0.0;
    }
    kinds.clip = plain;
    scenario.titles.count = 1;
    scenario.titles.appeal_spread = 0.0;
    scenario.viewing.pauses_per_minute = 0.0;
    scenario.viewing.seeks_ahead_per_minute = 0.0;
    scenario.viewing.seeks_back_per_minute = 0.0;
    scenario.viewing.leave_per_second_of_start_up = 0.0;
    scenario.viewing.leave_per_second_of_stall = 0.0;
    scenario.failures.start = 0.0;
    scenario.failures.fatal_per_hour = 0.0;
    scenario
}

/// The probability that somebody still plays the title of [`plain`] after so many seconds.
fn survival(secs: f64, effect: f64) -> f64 {
    let hazard = -(0.7_f64.ln()) * (1.0 - (-secs / 20.0).exp()) - 0.6_f64.ln() * secs / 600.0;
    (-hazard * (1.0 + effect)).exp()
}

fn with_effect(scenario: &mut Scenario, effect: f64) {
    scenario.experiment.arms =
        vec![Arm { name: "A".to_owned(), share: 0.5, effect: 0.0 }, Arm { name: "B".to_owned(), share: 0.5, effect }];
}

#[test]
fn viewers_leave_by_the_hazard_and_the_effect_changes_it_in_one_arm() {
    let mut scenario = plain(4_000);
    with_effect(&mut scenario, 0.5);
    let truths = truths(&simulation(scenario));
    for (arm, effect) in [("A", 0.0), ("B", 0.5)] {
        let arm: Vec<_> = truths.iter().filter(|truth| &*truth.arm == arm).collect();
        assert!(arm.len() > 1_500);
        for secs in [5, 20, 60, 300, 599] {
            let left = arm.iter().filter(|truth| truth.watched.as_millis() >= secs * 1000).count();
            let probability = survival(secs as f64, effect);
            assert!(expected(left, arm.len(), probability), "{effect} {secs}: {left} of {}", arm.len());
        }
    }
}

/// How much the shares of two arms that completed differ, in standard errors. Viewers are the units.
fn difference(truths: &[SessionTruth]) -> f64 {
    let mut viewers: HashMap<(&str, &str), (f64, f64)> = HashMap::new();
    for truth in truths {
        let (sessions, ended) = viewers.entry((&*truth.arm, truth.viewer_id.as_str())).or_default();
        *sessions += 1.0;
        *ended += f64::from(u8::from(truth.exit == ExitReason::Ended));
    }
    let ratio = |arm: &str| {
        let units: Vec<(f64, f64)> =
            viewers.iter().filter(|((of, _), _)| *of == arm).map(|(_, counts)| *counts).collect();
        let (n, k) = units.iter().fold((0.0, 0.0), |sum, unit| (sum.0 + unit.0, sum.1 + unit.1));
        let variance: f64 = units.iter().map(|(sessions, ended)| (ended - k / n * sessions).powi(2)).sum();
        (k / n, variance / (n * n))
    };
    let (a, b) = (ratio("A"), ratio("B"));
    (b.0 - a.0) / (a.1 + b.1).sqrt()
}

#[test]
fn arms_without_an_effect_do_not_differ_and_with_one_they_do() {
    let mut large = 0;
    for seed in 0..12 {
        let z = difference(&truths(&Simulation::new(plain(400), seed).unwrap()));
        assert!(z.abs() < 4.0, "{z}");
        large += u32::from(z.abs() > 1.96);
    }
    assert!(large <= 3, "{large} of 12 A/A tests won");
    for (effect, wins) in [(-0.6, true), (1.5, false)] {
        let mut scenario = plain(1_500);
        with_effect(&mut scenario, effect);
        let z = difference(&truths(&simulation(scenario)));
        assert!(if wins { z > 3.0 } else { z < -3.0 }, "{effect}: {z}");
    }
}

#[test]
fn a_viewer_is_in_one_arm_whatever_the_seed() {
    let mut arms: HashMap<String, String> = HashMap::new();
    for seed in [1, 2] {
        let simulation = Simulation::new(faultless(600), seed).unwrap();
        for truth in truths(&simulation) {
            let arm = arms.entry(truth.viewer_id.to_string()).or_insert(truth.arm.to_string());
            assert_eq!(**arm, *truth.arm);
        }
    }
    let b = arms.values().filter(|arm| *arm == "B").count();
    assert!(expected(b, arms.len(), 0.5), "{b} of {}", arms.len());
}

#[test]
fn slow_networks_stall_and_fast_ones_do_not() {
    let stalled = |factor: f64| {
        let mut scenario = faultless(300);
        for device in &mut scenario.viewers.devices {
            device.median_kbps *= factor;
        }
        let truths = truths(&simulation(scenario));
        let playing: u64 = truths.iter().map(|truth| truth.playing.as_millis()).sum();
        truths.iter().map(|truth| truth.stalled.as_millis()).sum::<u64>() as f64 / playing as f64
    };
    let (slow, usual, fast) = (stalled(0.02), stalled(1.0), stalled(50.0));
    assert!(slow > 0.05 && usual > 0.000_1 && usual < 0.01 && fast < usual / 3.0, "{slow} {usual} {fast}");
}

#[test]
fn newcomers_come_and_others_go() {
    let mut scenario = faultless(3_000);
    scenario.days = 20;
    scenario.viewers.count = Some(300);
    scenario.viewers.present = 0.3;
    scenario.viewers.stay_days = 8.0;
    scenario.failures.start = 1.0;
    let simulation = simulation(scenario);
    let start = simulation.scenario().start;
    let mut on: Vec<HashSet<String>> = vec![HashSet::new(); 20];
    for truth in truths(&simulation) {
        let day = truth.started_at.since(start).as_millis() / 86_400_000;
        on[day as usize].insert(truth.viewer_id.to_string());
    }
    let union = |days: std::ops::Range<usize>| -> HashSet<&String> { on[days].iter().flatten().collect() };
    let (early, late) = (union(0..4), union(16..20));
    let both = early.intersection(&late).count();
    assert!(both * 3 < early.len() && late.len() > 2 * both, "{} {} {both}", early.len(), late.len());
}
