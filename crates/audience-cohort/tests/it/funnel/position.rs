//! Through a title.

use audience_cohort::{Error, MilestoneReading, Milestones, PositionFunnel, PositionFunnelSummary, PositionUnit};
use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{
    Accumulator, Event, EventKind, Keyed, MediaTime, Merge, Portable, Rules, Session, SessionFacts, Timestamp,
};

use super::damage;

fn ms(millis: u64) -> MediaTime {
    MediaTime::from_millis(millis)
}

/// A session that plays these stretches one after the other, from `start` on.
fn facts(id: &str, viewer: &str, start: i64, duration: Option<u64>, stretches: &[(u64, u64)]) -> SessionFacts {
    let mut now = start;
    let load = EventKind::Load { url: None, duration: duration.map(ms), is_live: false };
    let mut events = vec![Event::new(Timestamp::from_millis(now), load)];
    let mut before = None;
    for (start, end) in stretches {
        let kind = before.map_or(EventKind::Play, |before| EventKind::seek_from(ms(before)));
        events.push(Event::new(Timestamp::from_millis(now), kind).at(ms(*start)));
        now += (end - start) as i64;
        before = Some(*end);
    }
    if let Some(before) = before {
        events.push(Event::new(Timestamp::from_millis(now), EventKind::Pause).at(ms(before)));
    }
    let numbered = events.into_iter().zip(0..).map(|(event, number)| event.numbered(number));
    let session = Session::new(id, "film", numbered);
    let session = if viewer.is_empty() { session } else { session.with_viewer(viewer) };
    session.facts(&Rules::default(), None)
}

fn seen(milestones: &Milestones, unit: PositionUnit, facts: &[SessionFacts]) -> PositionFunnelSummary {
    let mut funnel = PositionFunnel::new(milestones.clone(), unit);
    funnel.observe_all(facts);
    funnel.summary()
}

fn of_session(milestones: &[u32], duration: u64, stretches: &[(u64, u64)]) -> [Vec<u64>; 4] {
    let milestones = Milestones::percents(milestones.iter().copied()).unwrap();
    let summary = seen(&milestones, PositionUnit::Session, &[facts("s", "ann", 0, Some(duration), stretches)]);
    MilestoneReading::ALL.map(|reading| summary.reached(reading).to_vec())
}

#[test]
fn who_plays_to_the_end_reaches_100_percent() {
    for duration in [1, 7, 99_999, 100_000, 100_001] {
        assert_eq!(of_session(&[0, 50, 100], duration, &[(0, duration)]), [(); 4].map(|()| vec![1, 1, 1]));
        if duration > 2 {
            let but_the_last = of_session(&[0, 50, 100], duration, &[(0, duration - 1)]);
            assert_eq!(but_the_last, [(); 4].map(|()| vec![1, 1, 0]));
        }
    }
}

#[test]
fn seeking_over_a_milestone_does_not_cross_it() {
    let [furthest, each, unordered, ordered] = of_session(&[0, 25, 50], 100_000, &[(0, 10_000), (40_000, 60_000)]);
    assert_eq!((furthest, each), (vec![1, 1, 1], vec![1, 0, 1]));
    assert_eq!((unordered, ordered), (vec![1, 0, 0], vec![1, 0, 0]));
}

#[test]
fn milestones_are_rounded_up_and_stretches_are_half_open() {
    // 25 % of 1001 ms is 250.25: the millisecond 250 is before it.
    assert_eq!(of_session(&[25], 1001, &[(0, 251)])[1], [0]);
    assert_eq!(of_session(&[25], 1001, &[(0, 252)])[1], [1]);
    // Who has played 251 of them has played a quarter, although not the millisecond that follows.
    assert_eq!(of_session(&[25], 1001, &[(0, 251)])[0], [1]);
    assert_eq!(of_session(&[25], 1001, &[(0, 250)])[0], [0]);
}

#[test]
fn order_is_that_of_playback() {
    let back = [(50_000, 80_000), (0, 30_000)];
    let [_, each, unordered, ordered] = of_session(&[0, 25, 50, 75], 100_000, &back);
    assert_eq!(each, [1, 1, 1, 1]);
    assert_eq!((unordered, ordered), (vec![1, 1, 1, 1], vec![1, 1, 0, 0]));
    let and_again = [(50_000, 80_000), (0, 60_000)];
    assert_eq!(of_session(&[0, 25, 50, 75], 100_000, &and_again)[3], [1, 1, 1, 0]);
}

/// Up to three stretches of five milliseconds, all there are, and what each milestone means said in milliseconds.
#[test]
fn what_is_played_of_five_milliseconds_is_what_is_counted() {
    let stretches: Vec<(u64, u64)> = (0..5).flat_map(|start| (start + 1..=5).map(move |end| (start, end))).collect();
    let mut sessions: Vec<Vec<(u64, u64)>> = vec![Vec::new()];
    for length in 0..3 {
        let longest = sessions.iter().filter(|session| session.len() == length);
        let longer = longest.flat_map(|session| stretches.iter().map(|stretch| [&**session, &[*stretch]].concat()));
        sessions.extend(longer.collect::<Vec<_>>());
    }
    // Each milestone as the millisecond that is played, and how far is as far.
    let shares = [(0, 0), (2, 2), (4, 4), (4, 5)];
    let positions = [(1, 1), (3, 3), (4, 4), (7, 7)];
    for (milestones, places) in [
        (Milestones::percents([0, 40, 80, 100]), shares),
        (Milestones::positions(positions.map(|(played, _)| ms(played))), positions),
    ] {
        let milestones = milestones.unwrap();
        for session in &sessions {
            let facts = [facts("s", "ann", 0, Some(5), session)];
            let played: Vec<u64> = session.iter().flat_map(|(start, end)| *start..*end).collect();
            let far = session.iter().map(|(_, end)| *end).max().unwrap_or(0);
            let each = places.map(|(at, _)| u64::from(played.contains(&at)));
            let furthest = places.map(|(_, end)| u64::from(far > 0 && far >= end));
            let (mut rest, mut ordered, mut unordered) = (&*played, [0; 4], [0; 4]);
            for (at, (millisecond, _)) in places.iter().enumerate() {
                unordered[at] = each[..=at].iter().copied().min().unwrap();
                let Some(then) = rest.iter().position(|played| played == millisecond) else {
                    rest = &[];
                    continue;
                };
                rest = &rest[then..];
                ordered[at] = 1;
            }
            for unit in [PositionUnit::Session, PositionUnit::ViewerTitle] {
                let summary = seen(&milestones, unit, &facts);
                let counted = MilestoneReading::ALL.map(|reading| summary.reached(reading).to_vec());
                assert_eq!(counted, [furthest, each, unordered, ordered].map(|counts| counts.to_vec()), "{session:?}");
                assert_eq!((summary.units, summary.order_unknown), (1, 0));
            }
        }
    }
}

#[test]
fn sessions_of_a_viewer_with_a_title_are_one_after_the_other() {
    let milestones = Milestones::percents([0, 50, 90]).unwrap();
    let first = facts("b", "ann", 0, Some(100_000), &[(0, 20_000)]);
    let then = facts("a", "ann", 1000, Some(100_000), &[(15_000, 60_000)]);
    let last = facts("c", "ann", 5000, Some(100_000), &[(60_000, 100_000)]);
    let summary = seen(&milestones, PositionUnit::ViewerTitle, &[last.clone(), then.clone(), first.clone()]);
    assert_eq!((summary.units, summary.ordered), (1, vec![1, 1, 1]));
    // Of two that begin at once the one with the smaller id is the first.
    let end_first = facts("a", "bob", 0, Some(100_000), &[(60_000, 100_000)]);
    let begin = facts("b", "bob", 0, Some(100_000), &[(0, 60_000)]);
    let summary = seen(&milestones, PositionUnit::ViewerTitle, &[begin, end_first]);
    assert_eq!((summary.unordered, summary.ordered), (vec![1, 1, 1], vec![1, 1, 0]));
    // Nobody is no viewer that two sessions share.
    let nobody = [facts("s", "", 0, Some(100_000), &[(0, 60_000)]), facts("t", "", 0, Some(100_000), &[(0, 100_000)])];
    assert_eq!(seen(&milestones, PositionUnit::ViewerTitle, &nobody).ordered, [2, 2, 1]);
}

#[test]
fn what_is_not_known_is_counted_apart() {
    let shares = Milestones::percents([0, 50]).unwrap();
    let positions = Milestones::positions([ms(0), ms(50_000)]).unwrap();
    let unknown = [facts("s", "ann", 0, None, &[(0, 60_000)])];
    let summary = seen(&shares, PositionUnit::Session, &unknown);
    assert_eq!((summary.units, summary.unknown_duration), (0, 1));
    assert_eq!(summary.from_start(MilestoneReading::Each, 0), None);
    let summary = seen(&positions, PositionUnit::Session, &unknown);
    assert_eq!((summary.units, summary.unknown_duration, summary.ordered), (1, 0, vec![1, 1]));
    // As read from a table of an older version.
    let mut older = facts("s", "ann", 0, Some(100_000), &[(0, 10_000), (40_000, 60_000), (10_000, 20_000)]);
    older.played.clear();
    let mut once = facts("t", "bob", 0, Some(100_000), &[(0, 60_000)]);
    once.played.clear();
    for unit in [PositionUnit::Session, PositionUnit::ViewerTitle] {
        for shares in [[0, 50], [10, 50]] {
            let shares = Milestones::percents(shares).unwrap();
            let summary = seen(&shares, unit, &[older.clone(), once.clone()]);
            assert_eq!((summary.units, summary.order_unknown), (2, 1));
            assert_eq!((&*summary.unordered, &*summary.ordered), (&[2, 2][..], &[1, 1][..]));
            assert_eq!(summary.from_start(MilestoneReading::Ordered, 1).unwrap().rate(), Some(1.0));
        }
    }
}

#[test]
fn conversions_are_never_above_1() {
    let milestones = Milestones::percents([0, 25, 50, 75, 100]).unwrap();
    let sessions = [
        facts("s", "ann", 0, Some(1000), &[(600, 1000)]),
        facts("t", "bob", 0, Some(1000), &[(600, 1000), (0, 300)]),
        facts("u", "cid", 0, Some(1000), &[(0, 100), (700, 1000)]),
    ];
    let summary = seen(&milestones, PositionUnit::Session, &sessions);
    assert_eq!((&*summary.each, &*summary.each_with_previous), (&[2, 1, 0, 3, 3][..], &[2, 1, 0, 0, 3][..]));
    for reading in MilestoneReading::ALL {
        assert_eq!(summary.from_previous(reading, 0), None);
        for milestone in 0..5 {
            let rates = [summary.from_start(reading, milestone), summary.from_previous(reading, milestone)];
            assert!(rates.iter().flatten().all(|rate| rate.rate().unwrap() <= 1.0));
        }
    }
    assert_eq!(summary.from_previous(MilestoneReading::Each, 3), None);
    assert_eq!(summary.from_previous(MilestoneReading::Each, 4).unwrap().rate(), Some(1.0));
}

#[test]
fn milestones_that_make_no_sense_are_refused() {
    let text = |milestones: Result<Milestones, Error>| milestones.unwrap_err().to_string();
    assert_eq!(text(Milestones::percents([])), "pass 0 milestones: there are between 1 and 64");
    assert_eq!(text(Milestones::millionths(0..)), "pass 65 milestones: there are between 1 and 64");
    assert_eq!(
        text(Milestones::percents([0, 50, 50])),
        "pass milestone 2, which is 500000: it is not after the one before"
    );
    assert_eq!(
        text(Milestones::percents([0, 101])),
        "pass a milestone at 1010000 millionths of the content: it ends at 1000000"
    );
    assert!(Milestones::positions([ms(5), ms(4)]).is_err());
    assert_eq!(Milestones::millionths(0..64).unwrap().len(), 64);
    let all = Milestones::positions((0..64).map(ms)).unwrap();
    let summary = seen(&all, PositionUnit::ViewerTitle, &[facts("s", "ann", 0, Some(100), &[(0, 100)])]);
    assert_eq!(summary.ordered, [1; 64]);
    assert_eq!(summary.each_with_previous, [1; 64]);
}

/// Those of the core, and some of a viewer with one title.
fn sessions() -> Vec<SessionFacts> {
    let mut sessions = various_facts();
    sessions.push(facts("x", "ann", 7, Some(120_000), &[(60_000, 120_000), (0, 70_000)]));
    sessions.push(facts("y", "ann", 5, Some(120_000), &[(30_000, 50_000)]));
    sessions.push(facts("z", "ann", 5, Some(120_000), &[(50_000, 90_000)]));
    let mut older = sessions[2].clone();
    older.played.clear();
    sessions.push(older);
    sessions
}

fn funnels() -> [PositionFunnel; 3] {
    let shares = || Milestones::percents([0, 25, 50, 75, 95]).unwrap();
    let positions = Milestones::positions([ms(1), ms(30_000), ms(60_000)]).unwrap();
    [
        PositionFunnel::new(shares(), PositionUnit::Session),
        PositionFunnel::new(shares(), PositionUnit::ViewerTitle),
        PositionFunnel::new(positions, PositionUnit::ViewerTitle),
    ]
}

#[test]
fn funnels_merge() {
    for empty in funnels() {
        check_merge_laws(&empty, &sessions());
        check_merge_laws(&Keyed::new(|facts: &SessionFacts| facts.identity.content_id.clone(), empty), &sessions());
    }
}

#[test]
fn funnels_travel() {
    for empty in funnels() {
        let mut whole = empty.clone();
        whole.observe_all(&sessions());
        let bytes = whole.encode();
        assert_eq!(PositionFunnel::decode(&bytes, &empty).unwrap().summary(), whole.summary());
        damage(&whole, &empty);
        for cut in 0..sessions().len() {
            let (mut left, mut right) = (empty.clone(), empty.clone());
            left.observe_all(&sessions()[cut..]);
            right.observe_all(&sessions()[..cut]);
            left.merge(PositionFunnel::decode(&right.encode(), &empty).unwrap());
            assert_eq!(left.encode(), bytes, "split at {cut}");
        }
    }
    let [one, other, _] = funnels();
    assert!(PositionFunnel::decode(&one.encode(), &other).is_err());
}
