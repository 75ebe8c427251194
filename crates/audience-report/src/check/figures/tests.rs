//! What sessions add up to is what the summaries say.

use audience_core::test_util::various_facts;
use audience_core::{Elapsed, Event, EventKind, MediaTime, PlayerError, Rules, Session, Timestamp, Vitals};
use audience_qoe::{Attempts, BusinessErrors, Experience, GoodStreams, Scores};
use audience_stats::Accumulator;

use super::*;
use crate::state::Totals;

/// Sessions that have something of everything: also frames, latency, and failures of both causes.
fn everything() -> Vec<SessionFacts> {
    let at = |secs: i64| Timestamp::from_millis(secs * 1000);
    let broken = |code: &str| {
        EventKind::Error(Box::new(PlayerError { code: Some(code.into()), fatal: true, ..PlayerError::default() }))
    };
    let vitals = |latency, dropped| Vitals {
        live_latency: Some(Elapsed::from_secs(latency)),
        dropped_frames: Some(dropped),
        decoded_frames: Some(1000),
        ..Vitals::default()
    };
    let play = |secs: i64| Event::new(at(secs), EventKind::Play).at(MediaTime::ZERO);
    let mut facts = various_facts();
    for (id, latency, code) in [("a", 3, "GEO"), ("b", 9, "DECODE"), ("c", 4, "DECODE")] {
        let events = [
            Event::new(at(0), EventKind::load()),
            play(1).with_vitals(vitals(latency, 10 * latency)),
            Event::new(at(11 + latency as i64), broken(code)).at(MediaTime::from_secs(10)),
        ];
        facts.push(Session::new(id, "news", events).facts(&Rules::default(), None));
        let refused = [Event::new(at(0), EventKind::load()), Event::new(at(1), broken(code))];
        facts.push(Session::new(format!("{id} refused"), "news", refused).facts(&Rules::default(), None));
    }
    // It may still begin, or go on: it is no attempt yet, or has not come to its end.
    let waiting = Session::new("waiting", "news", [Event::new(at(0), EventKind::load())]);
    let going = Session::new("going", "news", [Event::new(at(0), EventKind::load()), play(2)]);
    facts.extend([waiting, going].map(|session| session.facts(&Rules::default(), Some(at(3)))));
    facts
}

fn close(name: &str, a: Option<f64>, b: Option<f64>) {
    let (a, b) = (a.unwrap(), b.unwrap());
    assert!(a > 0.0 && (a - b).abs() <= 1e-9 * a, "{name}: {a} and {b}");
}

#[test]
fn sums_of_sessions_make_the_figures_of_the_summaries() {
    let business = BusinessErrors::new(["GEO"]).unwrap();
    let limits = GoodStreamLimits { business: business.clone(), ..GoodStreamLimits::default() };
    let (mut totals, mut experience) = (Totals::default(), Experience::new(business, Attempts::Loads));
    let (mut good, mut scores) = (GoodStreams::new(limits.clone()), Scores::default());
    let facts = everything();
    totals.observe_all(&facts);
    experience.observe_all(&facts);
    good.observe_all(&facts);
    scores.observe_all(&facts);
    let (totals, experience) = (totals.summary(), experience.summary());
    for figure in FIGURES {
        match figure.source {
            Source::Plain(value) => assert!(value(&totals, &experience).is_some(), "{}", figure.name),
            Source::Share(value, counts) => {
                let counted: Vec<bool> = facts.iter().filter_map(|facts| counts(facts, &limits)).collect();
                let successes = counted.iter().filter(|success| **success).count();
                let share = successes as f64 / counted.len() as f64;
                close(figure.name, value(&totals, &experience), Some(share));
            }
            Source::Part(parts) => {
                let (successes, trials) = parts(&totals, &experience);
                assert!(successes > 0 && successes < trials, "{}", figure.name);
            }
            Source::Counted(counts) => {
                let counted: Vec<bool> = facts.iter().filter_map(|facts| counts(facts, &limits)).collect();
                let successes = counted.iter().filter(|success| **success).count();
                let share = good.summary().share.map(Ratio::as_f64);
                close(figure.name, share, Some(successes as f64 / counted.len() as f64));
            }
            Source::Mean { pair, scale } => {
                let sums = facts.iter().map(pair).fold((0, 0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
                let mean = scores.summary().scores.experience.mean;
                close(figure.name, mean, Some(sums.0 as f64 / sums.1 as f64 * scale));
            }
            Source::Ratio { value, pair, scale } => {
                let sums = facts.iter().map(pair).fold((0, 0), |sums, pair| (sums.0 + pair.0, sums.1 + pair.1));
                close(figure.name, value(&totals, &experience), Some(sums.0 as f64 / sums.1 as f64 * scale));
            }
            Source::Quantile(times) => {
                let mut quantiles = audience_stats::Quantiles::new();
                for facts in &facts {
                    times.of(facts, |millis| quantiles.observe(&millis));
                }
                let (p50, p95) = match times {
                    Times::StartUp => (experience.startup_p50_ms, experience.startup_p95_ms),
                    Times::Restart => (experience.restart_p50_ms, experience.restart_p95_ms),
                    Times::Waiting => (experience.buffering_p50_ms, experience.buffering_p95_ms),
                };
                let at = |q| quantiles.summary().quantile(q).unwrap();
                assert_eq!((at(0.5), at(0.95)), (p50, p95), "{}", figure.name);
                assert!(p95 > Some(0.0), "{}", figure.name);
            }
        }
    }
}

#[test]
fn names_are_different_and_say_no_unit() {
    for (at, figure) in FIGURES.iter().enumerate() {
        assert!(FIGURES[at + 1..].iter().all(|other| other.name != figure.name), "{}", figure.name);
        assert!(!figure.name.ends_with("_ms") && !figure.name.ends_with("_bps"), "{}", figure.name);
    }
}
