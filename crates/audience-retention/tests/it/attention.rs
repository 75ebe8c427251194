//! What is watched again, and what is skipped.

use audience_core::Accumulator;
use audience_retention::{AttentionRules, Independent, RetentionCurves, RetentionSummary};
use rand::RngExt;

use super::{facts, ms, rng};

fn summary(sessions: impl IntoIterator<Item = Vec<(u64, u64)>>) -> RetentionSummary {
    let mut curves = RetentionCurves::default();
    for stretches in sessions {
        curves.observe(&facts(Some(10_000), &stretches));
    }
    curves.summary()
}

#[test]
fn a_part_that_many_watch_again_is_found_with_its_lift() {
    let mut rng = rng(1);
    // Everybody goes back somewhere; four in ten go back to 60 to 65 %.
    let sessions = (0..1000).map(|viewer| {
        let (from, to) = if viewer % 10 < 4 {
            (6500, 6000)
        } else {
            let at = rng.random_range(500..9500);
            (at + 400, at)
        };
        vec![(0, from), (to, 10_000)]
    });
    let found = summary(sessions).rewatched(&AttentionRules::default(), Independent::Sessions);
    assert_eq!(found.len(), 1, "{found:?}");
    let part = found[0];
    assert_eq!((part.part.start, part.part.end), (ms(6000), ms(6500)));
    assert!((part.again - 0.42).abs() < 0.05 && (part.replays - part.again).abs() < 0.01, "{part:?}");
    assert!(part.lift.unwrap() > 5.0, "{part:?}");
}

#[test]
fn watching_again_anywhere_is_no_finding() {
    // Earlier systems compared booleans with the number of sessions, which finds nothing ever; chance is nothing either.
    let mut rng = rng(2);
    let with_findings = (0..100).filter(|_| {
        let sessions: Vec<Vec<(u64, u64)>> = (0..300)
            .map(|_| {
                let at = rng.random_range(0..9800);
                vec![(0, at + 200), (at, 10_000)]
            })
            .collect();
        !summary(sessions).rewatched(&AttentionRules::default(), Independent::Sessions).is_empty()
    });
    let with_findings = with_findings.count();
    assert!(with_findings <= 11, "{with_findings} of 100");
}

#[test]
fn an_intro_is_what_many_skip_early() {
    let mut rng = rng(3);
    let sessions = (0..1000).map(|viewer| {
        let at = rng.random_range(2000..9000);
        match viewer % 10 {
            0..6 => vec![(0, 500), (1300, 10_000)],
            6 => vec![(0, at), (at + 500, 10_000)],
            _ => vec![(0, 10_000)],
        }
    });
    let found = summary(sessions).skipped(&AttentionRules::default(), Independent::Sessions);
    assert_eq!(found.len(), 1, "{found:?}");
    let intro = found[0];
    assert!(intro.is_intro);
    assert_eq!((intro.part.start, intro.part.end), (ms(500), ms(1300)));
    assert!((intro.skipped - 0.6).abs() < 0.05, "{intro:?}");
}

#[test]
fn nothing_has_no_parts() {
    let nothing = summary([]);
    assert_eq!(nothing.rewatched(&AttentionRules::default(), Independent::Viewers), []);
    assert_eq!(nothing.skipped(&AttentionRules::default(), Independent::Viewers), []);
}
