//! Curves of every millisecond, against counting them.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, MediaTime, PlaybackMap, Portable};
use audience_retention::{Error, ExactCurves};
use proptest::prelude::*;

use super::ms;

fn map(stretches: &[(u64, u64)]) -> PlaybackMap {
    PlaybackMap::from_intervals(stretches.iter().map(|&(start, end)| (ms(start), ms(end))))
}

proptest! {
    #[test]
    fn agrees_with_a_count_of_every_millisecond(
        duration in 1_u64..80,
        sessions in proptest::collection::vec(proptest::collection::vec((0_u64..90, 0_u64..90), 0..4), 1..6),
    ) {
        let maps: Vec<PlaybackMap> = sessions.iter().map(|stretches| map(stretches)).collect();
        let exact = ExactCurves::of_maps(&maps, ms(duration)).unwrap();
        let count = sessions.len() as u64;
        let (mut below, mut at_most) = (None, None);
        for at in 0..duration {
            let plays = |stretches: &Vec<(u64, u64)>| stretches.iter().filter(|(start, end)| (*start..*end).contains(&at)).count() as u64;
            let reached = sessions.iter().filter(|stretches| plays(stretches) > 0).count() as u64;
            let step = exact.at(ms(at)).unwrap();
            prop_assert_eq!((step.sessions, step.plays), (reached, sessions.iter().map(plays).sum()));
            below = below.or((reached * 2 < count).then_some(ms(at)));
            at_most = at_most.or((reached * 2 <= count).then_some(ms(at)));
        }
        prop_assert_eq!(exact.at(ms(duration)), None);
        prop_assert_eq!((exact.first_below_half(), exact.first_at_most_half()), (below, at_most));
        let unique: u64 = maps.iter().map(|map| map.runs().iter().map(|run| run.end.min(ms(duration)).saturating_sub(run.start.min(ms(duration))).as_millis()).sum::<u64>()).sum();
        prop_assert_eq!(exact.reach_area(), unique as f64 / (duration * count) as f64);
    }
}

#[test]
fn nothing_is_refused() {
    assert_eq!(ExactCurves::of_maps(&[], ms(100)), Err(Error::NoSessions));
    assert_eq!(ExactCurves::of_maps(&[map(&[])], MediaTime::ZERO), Err(Error::ZeroDuration));
    assert_eq!(ExactCurves::new().summary(), None);
}

#[test]
fn a_broken_duration_takes_no_memory() {
    let long = ms(u64::MAX / 2);
    assert_eq!(ExactCurves::of_maps(&[map(&[(0, 10)])], long), Err(Error::NoSessions));
}

#[test]
fn obeys_the_laws_and_survives_being_written() {
    check_merge_laws(&ExactCurves::new(), &various_facts());
    let mut state = ExactCurves::new();
    state.observe_all(&various_facts());
    let read = ExactCurves::decode(&state.encode(), &ExactCurves::new()).unwrap();
    assert_eq!(read.summary(), state.summary());
}
