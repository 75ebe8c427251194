//! Our own index.

use audience_core::{Accumulator, Elapsed, Failure, MediaTime, SessionFacts, StartUp, StartUpBasis};
use audience_qoe::{
    Error, ExperiencePolicy, ExperienceScore, ExperienceWeights, Impairment, Score, ScoreRules, Scores, Viewing,
};
use proptest::prelude::*;

use super::{assert_near, shown};

fn score(facts: &SessionFacts) -> f64 {
    ExperiencePolicy::default().score(&Viewing::of(facts).unwrap()).score
}

/// Facts with so much of everything that takes points, in no order that matters.
fn impaired(amounts: &[u64; 9]) -> SessionFacts {
    let mut facts = shown(&[]);
    let [playing, startup, stalled, stalls, seek_waiting, switches, kbps, dropped, failed] = *amounts;
    facts.wall.playing = Elapsed::from_millis(playing);
    facts.startup = Some(StartUp { time: Elapsed::from_millis(startup), since: StartUpBasis::Request });
    facts.wall.stalled = Elapsed::from_millis(stalled);
    facts.stalls = stalls;
    facts.wall.seek_waiting = Elapsed::from_millis(seek_waiting);
    facts.quality.switches_down = switches;
    facts.quality.bits = u128::from(kbps) * 1000 * 60;
    facts.quality.bits_over = MediaTime::from_secs(60);
    facts.quality.dropped_frames = Some(dropped);
    facts.quality.decoded_frames = Some(10_000);
    facts.failure = (failed > 0).then_some(Failure::Playback);
    facts
}

fn amounts() -> impl Strategy<Value = [u64; 9]> {
    (
        1_u64..4_000_000,
        0_u64..60_000,
        0_u64..60_000,
        0_u64..20,
        0_u64..60_000,
        0_u64..100,
        100_u64..9000,
        0_u64..9000,
        0_u64..2,
    )
        .prop_map(|(a, b, c, d, e, f, g, h, i)| [a, b, c, d, e, f, g, h, i])
}

/// The worse of two amounts is no better, and worse where it says so.
fn check_monotone(amounts: &[u64; 9], which: usize, more: u64) -> Result<(), TestCaseError> {
    let mut worse = *amounts;
    worse[which] = if which == 6 { (amounts[6] - amounts[6].min(more)).max(1) } else { amounts[which] + more };
    let (better, worse) = (score(&impaired(amounts)), score(&impaired(&worse)));
    prop_assert!(worse <= better, "{worse} is above {better}");
    Ok(())
}

proptest! {
    #[test]
    fn more_start_up_is_no_better(amounts in amounts(), more in 0_u64..90_000) {
        check_monotone(&amounts, 1, more)?;
    }

    #[test]
    fn more_time_in_stalls_is_no_better(amounts in amounts(), more in 0_u64..90_000) {
        check_monotone(&amounts, 2, more)?;
    }

    #[test]
    fn more_stalls_are_no_better(amounts in amounts(), more in 0_u64..50) {
        check_monotone(&amounts, 3, more)?;
    }

    #[test]
    fn more_waiting_after_seeks_is_no_better(amounts in amounts(), more in 0_u64..90_000) {
        check_monotone(&amounts, 4, more)?;
    }

    #[test]
    fn more_switches_are_no_better(amounts in amounts(), more in 0_u64..90) {
        check_monotone(&amounts, 5, more)?;
    }

    #[test]
    fn a_lower_bit_rate_is_no_better(amounts in amounts(), less in 0_u64..9000) {
        check_monotone(&amounts, 6, less)?;
    }

    #[test]
    fn more_dropped_frames_are_no_better(amounts in amounts(), more in 0_u64..9000) {
        check_monotone(&amounts, 7, more)?;
    }

    #[test]
    fn a_failure_is_no_better(amounts in amounts(), more in 0_u64..2) {
        check_monotone(&amounts, 8, more)?;
    }

    #[test]
    fn playing_on_without_trouble_is_no_worse(amounts in amounts(), more in 0_u64..90_000) {
        let mut longer = amounts;
        longer[0] += more;
        prop_assert!(score(&impaired(&longer)) >= score(&impaired(&amounts)));
    }

    #[test]
    fn every_score_is_in_its_range_whatever_the_facts(amounts in any::<[u64; 9]>()) {
        let facts = impaired(&amounts);
        let scores = ScoreRules::default().scores(&facts);
        for score in Score::ALL {
            let (least, most) = match score {
                Score::Linear => (f64::MIN, 4295.0),
                Score::StallingMos => (1.5, 5.0),
                _ => (0.0, 100.0),
            };
            prop_assert!(scores.get(score).is_none_or(|value| (least..=most).contains(&value)), "{:?}", scores);
        }
        let mut many = Scores::default();
        many.observe_all(&[facts.clone(), facts]);
        prop_assert!(many.summary().scores.linear.mean.is_none_or(f64::is_finite));
    }

    #[test]
    fn the_parts_explain_the_whole(amounts in amounts()) {
        let explained = ExperiencePolicy::default().score(&Viewing::of(&impaired(&amounts)).unwrap());
        let costs = || explained.parts.iter().filter_map(|part| part.cost);
        let (product, points): (f64, f64) = (costs().map(|cost| cost.factor).product(), costs().map(|cost| cost.points).sum());
        prop_assert!((product * 100.0 - explained.score).abs() < 1e-9);
        prop_assert!((100.0 - points - explained.score).abs() < 1e-9);
        prop_assert!(costs().all(|cost| cost.penalty >= 0.0 && cost.points >= 0.0));
        prop_assert!((0.0..=100.0).contains(&explained.score));
    }
}

/// In each case, one thing is worse, and costs what the policy says. Evaluated by hand: minutes of playing, and so on.
#[test]
fn each_part_costs_what_the_policy_says() {
    // 10 min; 5 Mbit/s; nothing wrong.
    let fine = [600_000, 2000, 0, 0, 0, 0, 5000, 0, 0];
    // The session of `shown` has a switch of its own.
    let switch = 0.02 / 10.0;
    for (which, amount, impairment, penalty) in [
        (1, 7000, Impairment::StartUp, 0.29),
        (2, 6000, Impairment::StallTime, 0.05),
        (3, 5, Impairment::StallFrequency, 0.095),
        (4, 30_000, Impairment::SeekWaiting, 0.05),
        (5, 9, Impairment::Switches, 0.02),
        (6, 2500, Impairment::Bitrate, 0.15 * std::f64::consts::LN_2),
        (7, 500, Impairment::DroppedFrames, 0.05),
        (8, 1, Impairment::Failure, 0.7),
    ] {
        let mut amounts = fine;
        amounts[which] = amount;
        let explained: ExperienceScore = ExperiencePolicy::default().score(&Viewing::of(&impaired(&amounts)).unwrap());
        assert_near(explained.part(impairment).unwrap().penalty, penalty);
        let others = if impairment == Impairment::Switches { 0.0 } else { switch };
        assert_near(explained.score, 100.0 * (-penalty - others).exp());
    }
    // Better than the reference is no better.
    let mut amounts = fine;
    amounts[6] = 9000;
    assert_eq!(score(&impaired(&amounts)), score(&impaired(&fine)));
}

#[test]
fn what_is_not_known_costs_nothing_and_is_named() {
    let explained = ExperiencePolicy::default().score(&Viewing::new(60.0).unwrap());
    assert_eq!(explained.score, 100.0);
    let unknown = [Impairment::StartUp, Impairment::Bitrate, Impairment::DroppedFrames];
    let known: Vec<_> = explained.known().collect();
    assert!(Impairment::ALL.iter().all(|part| known.contains(part) != unknown.contains(part)));
    for (part, impairment) in explained.parts.iter().zip(Impairment::ALL) {
        assert_eq!(part.impairment, impairment);
    }
}

#[test]
fn rates_of_short_sessions_are_over_ten_seconds() {
    let stalled = |playing| {
        let viewing = Viewing::new(playing).unwrap().with_stalls(1, 1.0).unwrap();
        ExperiencePolicy::default().score(&viewing).score
    };
    assert_eq!(stalled(0.5), stalled(10.0));
    assert!(stalled(10.0) < stalled(11.0));
}

#[test]
fn weights_that_make_no_sense_are_refused() {
    let of = |change: fn(&mut ExperienceWeights, f64), value| {
        let mut weights = ExperienceWeights::default();
        change(&mut weights, value);
        ExperiencePolicy::new(weights)
    };
    for value in [f64::NAN, f64::INFINITY, -0.1, 1e12] {
        assert!(matches!(of(|w, v| w.stall_time = v, value), Err(Error::OutOfRange { field: "stall_time", .. })));
        assert!(of(|w, v| w.failure = v, value).is_err());
        assert!(of(|w, v| w.reference_bps = v, value).is_err());
        assert!(of(|w, v| w.startup_free_secs = v, value).is_err());
    }
    assert!(of(|w, v| w.reference_bps = v, 0.0).is_err());
    let read = |text: &str| serde_json::from_str::<ExperiencePolicy>(text);
    assert_eq!(read(r#"{"failure": 0.7}"#).unwrap(), ExperiencePolicy::default());
    assert!(read(r#"{"failure": -1}"#).is_err());
    assert!(read(r#"{"failures": 1}"#).is_err());
}
