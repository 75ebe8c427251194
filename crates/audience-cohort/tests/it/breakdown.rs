//! Groups of sessions, their viewers, and which of them may be shown.

use audience_cohort::{Breakdown, Dimension, Group, Grouping, PublishSpec, Published, Slice, Value};
use audience_core::test_util::various_facts;
use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};
use audience_stats::Merge;
use audience_stats::test_util::check_merge_laws;
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn breakdown(by: &str) -> Breakdown<Slice> {
    Breakdown::new(Grouping::new(Dimension::parse_list(by).unwrap(), TimeZone::UTC), Slice::default())
}

/// A session of this viewer, with these attributes, that plays so many of 100 seconds.
fn session(number: usize, viewer: &str, attributes: &[(&str, &str)], secs: u64) -> SessionFacts {
    let (start, at) = (number as i64 * 600_000, MediaTime::from_secs);
    let time = |secs: u64| Timestamp::from_millis(start + secs as i64 * 1000);
    let events = [
        Event::new(time(0), EventKind::load_of(at(100))),
        Event::new(time(1), EventKind::Play).at(at(0)),
        Event::new(time(1 + secs), EventKind::Pause).at(at(secs)),
    ];
    let session = Session::new(format!("s{number}"), "film", events);
    let session = if viewer.is_empty() { session } else { session.with_viewer(viewer) };
    let session = attributes.iter().fold(session, |session, (name, value)| session.with_attribute(name, value));
    session.facts(&Rules::default(), None)
}

/// Of each `country,device,viewers`, one session of each of so many viewers of their own.
fn groups(of: &[(&str, &str, usize)]) -> Vec<SessionFacts> {
    let mut sessions = Vec::new();
    for (country, device, viewers) in of {
        for viewer in 0..*viewers {
            let attributes = [("country", *country), ("device", *device)];
            sessions.push(session(sessions.len(), &format!("{country} {device} {viewer}"), &attributes, 50));
        }
    }
    sessions
}

fn observed(mut breakdown: Breakdown<Slice>, sessions: &[SessionFacts]) -> Breakdown<Slice> {
    breakdown.observe_all(sessions);
    breakdown
}

fn by_viewers(breakdown: &Breakdown<Slice>, top: usize, min_viewers: u64) -> Published<Slice> {
    breakdown.publish(&PublishSpec { top, min_viewers, protect_rest: true }, |viewers, _| viewers.into())
}

fn names<A>(groups: &[Group<A>]) -> Vec<String> {
    groups.iter().map(|group| group.key.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn breakdowns_obey_the_laws() {
    let facts = various_facts();
    for by in ["device", "content,device", "day,device-class", "world-region"] {
        check_merge_laws(&breakdown(by), &facts);
        check_merge_laws(&breakdown(by).with_sketches(14).unwrap(), &facts);
    }
}

#[test]
fn viewers_of_several_groups_count_once_in_roll_ups() {
    let sessions = [
        session(0, "ann", &[("country", "DE"), ("device", "tv")], 10),
        session(1, "ann", &[("country", "DE"), ("device", "web")], 20),
        session(2, "bob", &[("country", "DE"), ("device", "tv")], 30),
        session(3, "ann", &[("country", "FR"), ("device", "tv")], 40),
        session(4, "", &[("country", "FR")], 50),
    ];
    for all in [breakdown("country,device"), breakdown("country,device").with_sketches(14).unwrap()] {
        let all = observed(all, &sessions);
        assert_eq!(all.len(), 4);
        let rows = |by: &Breakdown<Slice>| -> Vec<(String, u64, u64)> {
            let groups = by.summary();
            names(&groups)
                .into_iter()
                .zip(&groups)
                .map(|(name, group)| (name, group.viewers, group.of.sessions))
                .collect()
        };
        let country = all.rolled_up(&[0]);
        assert_eq!(rows(&country), [("DE".to_owned(), 2, 3), ("FR".to_owned(), 1, 2)]);
        assert_eq!(country.grouping().dimensions(), [Dimension::Attribute("country".to_owned())]);
        let device = all.rolled_up(&[1]);
        assert_eq!(rows(&device), [("(none)".to_owned(), 0, 1), ("tv".to_owned(), 2, 3), ("web".to_owned(), 1, 1)]);
        assert_eq!(rows(&all.rolled_up(&[])), [(String::new(), 2, 5)]);
        assert_eq!((all.total().viewers, all.total().of.sessions()), (2, 5));
        // A roll-up is what is observed by fewer dimensions.
        assert_eq!(country.summary(), observed(breakdown("country"), &sessions).summary());
        // It goes on from there.
        let mut twice = country.clone();
        twice.observe_all(&sessions);
        assert_eq!(rows(&twice), [("DE".to_owned(), 2, 6), ("FR".to_owned(), 1, 4)]);
        let some = all.together(|key| key[1] == Value::Text("tv".into()));
        assert_eq!((some.viewers, some.of.sessions(), some.of.watched_ms()), (2, 3, 80_000));
    }
}

#[test]
fn one_hidden_group_cannot_be_had_from_the_total() {
    let sessions = groups(&[("DE", "tv", 9), ("FR", "tv", 7), ("GB", "tv", 5), ("SE", "tv", 3)]);
    let all = observed(breakdown("country"), &sessions);
    let published = by_viewers(&all, 10, 5);
    assert_eq!(names(&published.shown), ["DE", "FR"]);
    assert_eq!(published.below, [[Value::Text("SE".into())]]);
    let other = published.other.unwrap();
    assert_eq!((other.viewers, other.of.sessions(), published.other_groups), (8, 8, 2));
    assert_eq!(published.total.unwrap().viewers, 24);
    // Without protection, the total less what is shown is the hidden group.
    let spec = PublishSpec { top: 10, min_viewers: 5, protect_rest: false };
    let open = all.publish(&spec, |viewers, _| viewers.into());
    let shown: u64 = open.shown.iter().map(|group| group.of.sessions()).sum();
    assert_eq!(open.total.unwrap().of.sessions() - shown, 3);
}

#[test]
fn of_equals_the_first_by_name_comes_first_and_missing_ones_last() {
    let mut sessions = groups(&[("FR", "tv", 2), ("DE", "tv", 2), ("GB", "tv", 3)]);
    sessions.push(session(50, "x", &[], 10));
    sessions.push(session(51, "y", &[], 10));
    let all = observed(breakdown("country"), &sessions);
    assert_eq!(names(&by_viewers(&all, 10, 1).shown), ["GB", "DE", "FR", "(none)"]);
    let two = by_viewers(&all, 2, 0);
    assert_eq!((names(&two.shown).join(" "), two.other_groups, two.below.len()), ("GB DE".to_owned(), 2, 0));
}

#[test]
fn groups_without_viewers_are_about_fewer_than_any_floor() {
    let mut sessions = groups(&[("DE", "tv", 4), ("FR", "tv", 4)]);
    sessions.extend((0..9).map(|number| session(100 + number, "", &[("country", "XX")], 10)));
    let published = by_viewers(&observed(breakdown("country"), &sessions), 10, 2);
    assert_eq!(published.below, [[Value::Text("XX".into())]]);
    assert_eq!((published.shown.len(), published.other.unwrap().of.sessions()), (1, 13));
}

#[test]
fn memory_does_not_grow_with_sessions() {
    let once = groups(&[("DE", "tv", 3), ("FR", "web", 5)]);
    let few = observed(breakdown("country,device"), &once);
    let mut many = few.clone();
    for _ in 0..200 {
        many.observe_all(&once);
    }
    assert_eq!((many.len(), many.total().viewers, many.total().of.sessions()), (2, 8, 8 * 201));
    // What is kept of a group has the same form, of whatever many sessions.
    let form = |of: &Breakdown<Slice>| format!("{of:?}").chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    assert_eq!(form(&few), form(&many));
}

#[test]
fn groups_fed_by_hand_are_those_that_are_observed() {
    let sessions =
        [groups(&[("DE", "tv", 3), ("FR", "web", 2)]), vec![session(90, "", &[("device", "tv")], 70)]].concat();
    let observed = observed(breakdown("country,device"), &sessions);
    let mut by_hand = breakdown("country,device");
    for facts in &sessions {
        let value = |name: &str| facts.identity.attributes.get(name).map(ToString::to_string);
        let (country, device) = (value("country"), value("device"));
        let viewer = facts.identity.viewer_id.as_ref().map(ToString::to_string);
        by_hand.group_of(&[country.as_deref(), device.as_deref()], viewer.as_deref()).observe(facts);
    }
    assert_eq!(by_hand.summary(), observed.summary());
    by_hand.merge(observed.clone());
    assert_eq!(by_hand.len(), observed.len());
    assert_eq!(by_hand.total().viewers, observed.total().viewers);
}

proptest! {
    /// Whatever groups there are: nothing that is shown, and nothing that is left when it is taken from the total, is about fewer viewers
    /// than the floor.
    #[test]
    fn neither_what_is_shown_nor_what_is_left_is_about_few(
        sessions in prop::collection::vec((0_usize..8, 0_usize..12), 0..40),
        top in 0_usize..9,
        floor in 0_u64..7,
        sketched: bool,
    ) {
        let facts: Vec<SessionFacts> = sessions
            .iter()
            .enumerate()
            .map(|(at, (group, viewer))| session(at, &format!("v{viewer}"), &[("country", &format!("c{group}"))], 10))
            .collect();
        let empty = breakdown("country");
        let all = observed(if sketched { empty.with_sketches(10).unwrap() } else { empty }, &facts);
        let published = by_viewers(&all, top, floor);
        let least = if floor > 1 { floor } else { 0 };
        prop_assert!(published.shown.iter().all(|group| group.viewers >= least));
        prop_assert!(published.shown.len() <= top);
        prop_assert_eq!(published.shown.len() + published.other_groups, all.len());
        prop_assert!(published.shown.windows(2).all(|pair| pair[0].viewers >= pair[1].viewers));
        let shown = names(&published.shown);
        let of_rest = sessions.iter().filter(|(group, _)| !shown.contains(&format!("c{group}")));
        let mut rest: Vec<usize> = of_rest.clone().map(|(_, viewer)| *viewer).collect();
        rest.sort_unstable();
        rest.dedup();
        if let Some(total) = &published.total {
            prop_assert_eq!(total.of.sessions(), sessions.len() as u64);
            prop_assert!(rest.is_empty() || rest.len() as u64 >= least);
        } else {
            prop_assert!(published.shown.is_empty() && published.other.is_none());
        }
        if let Some(other) = &published.other {
            prop_assert_eq!((other.of.sessions(), other.viewers), (of_rest.count() as u64, rest.len() as u64));
        }
    }
}
