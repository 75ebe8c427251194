//! The order of arrival never matters, nor do repeats.

use audience_core::test_util::various_sessions;
use audience_core::{Envelope, Event, EventKind, Rules, Session, SessionBuilder, SessionFacts, Tidied};
use proptest::prelude::*;

use crate::{at, event, pos};

fn envelopes(session: &Session) -> Vec<Envelope> {
    session
        .events()
        .iter()
        .map(|event| Envelope {
            session_id: session.session_id().clone(),
            viewer_id: session.viewer_id().cloned(),
            content_id: Some(session.content_id().clone()),
            event: event.clone(),
            attributes: session.attributes().iter().map(|(name, value)| (name.into(), value.into())).collect(),
        })
        .collect()
}

fn build(envelopes: impl IntoIterator<Item = Envelope>) -> Vec<Session> {
    let mut builder = SessionBuilder::new("s");
    for envelope in envelopes {
        builder.envelope(envelope);
    }
    builder.finish()
}

fn rows(sessions: &[Session]) -> Vec<SessionFacts> {
    sessions
        .iter()
        .map(|session| SessionFacts { tidied: Tidied::default(), ..session.facts(&Rules::default(), None) })
        .collect()
}

proptest! {
    #[test]
    fn any_order_and_any_repeats_give_the_same_sessions(
        pick in proptest::sample::subsequence((0..13).collect::<Vec<usize>>(), 1..4),
        order in Just((0..200).collect::<Vec<usize>>()).prop_shuffle(),
        repeats in proptest::collection::vec(0_usize..200, 0..20),
    ) {
        // Several sessions' events under one id: titles interleave, and numbers clash.
        let various = various_sessions();
        let all: Vec<Envelope> = pick.iter().flat_map(|at| envelopes(&various[*at])).collect();
        let expected = build(all.clone());
        let shuffled = order.iter().filter_map(|at| all.get(*at)).chain(repeats.iter().filter_map(|at| all.get(*at)));
        let sessions = build(shuffled.cloned());
        prop_assert_eq!(rows(&sessions), rows(&expected));
        let duplicates = |sessions: &[Session]| sessions.iter().map(|session| session.tidied().duplicates).sum::<u64>();
        let extra = repeats.iter().filter(|at| **at < all.len()).count() as u64;
        prop_assert_eq!(duplicates(&sessions), duplicates(&expected) + extra);
        let conflicts = |sessions: &[Session]| sessions.iter().map(|session| session.tidied().conflicts).sum::<u64>();
        prop_assert_eq!(conflicts(&sessions), conflicts(&expected));
    }
}

#[test]
fn the_same_number_with_another_content_is_a_conflict_and_both_stay() {
    let session = Session::new(
        "s",
        "c",
        [
            event(0.0, EventKind::Play, 0.0).numbered(1),
            event(9.0, EventKind::Pause, 9.0).numbered(2),
            event(9.0, EventKind::Pause, 8.0).numbered(2),
            event(9.0, EventKind::Pause, 9.0).numbered(2),
        ],
    );
    assert_eq!(session.tidied(), Tidied { duplicates: 1, conflicts: 1, dropped_attributes: 0 });
    assert_eq!(session.events().len(), 3);
}

#[test]
fn sources_number_their_events_apart() {
    let session = Session::new(
        "s",
        "c",
        [
            event(0.0, EventKind::Play, 0.0).numbered(1).from_source("a"),
            event(9.0, EventKind::Pause, 9.0).numbered(1).from_source("b"),
        ],
    );
    assert_eq!(session.tidied(), Tidied::default());
}

#[test]
fn an_event_id_is_the_key_whatever_the_number() {
    let with_id = |secs: f64, id: &str| {
        let mut event = event(secs, EventKind::Heartbeat, secs).numbered(7);
        event.origin = Some(std::sync::Arc::new(audience_core::Origin { source: None, event_id: Some(id.into()) }));
        event
    };
    assert_eq!(Session::new("s", "c", [with_id(0.0, "x"), with_id(1.0, "y")]).tidied().conflicts, 0);
    assert_eq!(Session::new("s", "c", [with_id(0.0, "x"), with_id(1.0, "x")]).tidied().conflicts, 1);
}

#[test]
fn in_one_millisecond_what_opens_it_comes_before_what_closes_it() {
    let now = |kind: EventKind| Event::new(at(5.0), kind);
    let session = Session::new(
        "s",
        "c",
        [
            event(0.0, EventKind::Play, 0.0),
            now(EventKind::buffer_end()).at(pos(5.0)),
            now(EventKind::BufferStart).at(pos(5.0)),
            event(9.0, EventKind::Pause, 9.0),
        ],
    );
    let facts = session.facts(&Rules::default(), None);
    assert_eq!(facts.watched, pos(9.0));
    assert!(facts.wall.stalled.is_zero());
}

#[test]
fn another_title_is_another_session_and_interrupts_the_first() {
    let mut builder = SessionBuilder::new("s");
    let (a, b) = (builder.context(None, Some("a".into())), builder.context(None, Some("b".into())));
    builder.push(a, event(0.0, EventKind::Play, 0.0));
    builder.push(a, event(10.0, EventKind::Heartbeat, 10.0));
    builder.push(b, event(20.0, EventKind::Play, 0.0));
    builder.push(b, event(30.0, EventKind::Heartbeat, 10.0));
    builder.push(a, event(40.0, EventKind::Heartbeat, 15.0));
    builder.push(a, event(50.0, EventKind::Play, 15.0));
    builder.push(a, event(60.0, EventKind::Pause, 25.0));
    let sessions = builder.finish();
    let facts: Vec<_> = sessions.iter().map(|session| session.facts(&Rules::default(), None)).collect();
    assert_eq!(sessions[0].breaks(), [2]);
    assert_eq!(facts[0].watched, pos(20.0), "not the time while b was on screen");
    assert_eq!(facts[1].watched, pos(10.0));
}

#[test]
fn preloading_the_next_title_does_not_interrupt_this_one() {
    let mut builder = SessionBuilder::new("s");
    let (a, b) = (builder.context(None, Some("a".into())), builder.context(None, Some("b".into())));
    builder.push(a, event(0.0, EventKind::Play, 0.0));
    builder.push(b, event(50.0, EventKind::load(), None));
    builder.push(a, event(60.0, EventKind::Pause, 60.0));
    let sessions = builder.finish();
    assert_eq!(sessions[0].facts(&Rules::default(), None).watched, pos(60.0));
}

#[test]
fn events_without_a_title_belong_to_what_is_on() {
    let mut builder = SessionBuilder::new("s");
    let (none, a, b) =
        (builder.context(None, None), builder.context(None, Some("a".into())), builder.context(None, Some("b".into())));
    builder.push(none, event(0.0, EventKind::PlayRequest, None));
    builder.push(a, event(1.0, EventKind::Play, 0.0));
    builder.push(none, event(11.0, EventKind::Pause, 10.0));
    builder.push(b, event(20.0, EventKind::Play, 0.0));
    builder.push(none, event(25.0, EventKind::Pause, 5.0));
    let sessions = builder.finish();
    let watched: Vec<_> =
        sessions.iter().map(|session| session.facts(&Rules::default(), None).watched.as_secs_f64()).collect();
    assert_eq!(watched, [10.0, 5.0]);
    assert_eq!(sessions[0].events().len(), 3);
}

#[test]
fn the_last_value_of_an_attribute_wins_and_the_last_viewer_named() {
    let mut builder = SessionBuilder::new("s");
    let anonymous = builder.context(None, Some("c".into()));
    let known = builder.context(Some("ann".into()), Some("c".into()));
    builder.push(anonymous, event(0.0, EventKind::Play, 0.0));
    builder.push(known, event(5.0, EventKind::Heartbeat, 5.0));
    builder.push(anonymous, event(9.0, EventKind::Pause, 9.0));
    builder.attribute(at(5.0), None, "network", "wifi");
    builder.attribute(at(0.0), None, "network", "cellular");
    let session = builder.finish().pop().unwrap();
    assert_eq!(session.viewer_id().unwrap().as_str(), "ann");
    assert_eq!(session.attributes().get("network"), Some("wifi"));
}

/// Seconds playing of each title, in order of the titles.
fn playing(entries: &[(&str, Event)]) -> Vec<(String, f64, f64)> {
    let mut builder = SessionBuilder::new("s");
    for (title, event) in entries {
        let content = (!title.is_empty()).then(|| (*title).into());
        let context = builder.context(None, content);
        builder.push(context, event.clone());
    }
    let row = |session: &Session| {
        let facts = session.facts(&Rules::default(), None);
        (session.content_id().to_string(), facts.wall.playing.as_secs_f64(), facts.watched.as_secs_f64())
    };
    builder.finish().iter().map(row).collect()
}

fn row(title: &str, playing: f64, watched: f64) -> (String, f64, f64) {
    (title.to_owned(), playing, watched)
}

#[test]
fn a_late_report_of_the_title_before_does_not_interrupt_the_next() {
    let says = audience_core::Vitals { state: Some(audience_core::PlayerState::Playing), ..Default::default() };
    let rows = playing(&[
        ("a", event(0.0, EventKind::Play, 0.0)),
        ("b", event(60.0, EventKind::Play, 0.0)),
        ("a", event(60.1, EventKind::Heartbeat, 60.0).with_vitals(says)),
        ("b", event(90.0, EventKind::Heartbeat, 30.0)),
        ("b", event(150.0, EventKind::Pause, 90.0)),
    ]);
    assert_eq!(rows[1], row("b", 90.0, 90.0));
}

#[test]
fn untitled_events_belong_to_the_title_on_screen_and_not_to_what_is_loaded_next() {
    let rows = playing(&[
        ("a", event(0.0, EventKind::Play, 0.0)),
        ("b", event(50.0, EventKind::load(), None)),
        ("", event(60.0, EventKind::Pause, 60.0)),
    ]);
    assert_eq!(rows, [row("a", 60.0, 60.0), row("b", 0.0, 0.0)]);
    let over = playing(&[
        ("a", event(0.0, EventKind::Play, 0.0)),
        ("a", event(50.0, EventKind::End { reason: None }, 50.0)),
        ("b", event(51.0, EventKind::load(), None)),
        ("", event(52.0, EventKind::Play, 0.0)),
        ("", event(62.0, EventKind::Pause, 10.0)),
    ]);
    assert_eq!(over, [row("a", 50.0, 50.0), row("b", 10.0, 10.0)]);
}

#[test]
fn a_title_that_begins_with_the_end_of_a_wait_takes_the_screen() {
    let rows = playing(&[
        ("a", event(0.0, EventKind::Play, 0.0)),
        ("b", event(20.0, EventKind::BufferStart, 0.0)),
        ("b", event(21.0, EventKind::buffer_end(), 0.0)),
        ("b", event(600.0, EventKind::Heartbeat, 579.0)),
        ("a", event(620.0, EventKind::Play, 20.0)),
        ("a", event(630.0, EventKind::Pause, 30.0)),
    ]);
    assert_eq!(rows[1], row("b", 579.0, 579.0));
    assert_eq!(rows[0], row("a", 10.0, 10.0), "its last report before b was its first");
}

#[test]
fn start_up_does_not_count_while_another_title_is_on() {
    let mut builder = SessionBuilder::new("s");
    let (a, b) = (builder.context(None, Some("a".into())), builder.context(None, Some("b".into())));
    builder.push(a, event(0.0, EventKind::PlayRequest, None));
    builder.push(b, event(10.0, EventKind::Play, 0.0));
    builder.push(b, event(590.0, EventKind::Heartbeat, 580.0));
    builder.push(a, event(600.0, EventKind::PlayRequest, None));
    builder.push(a, event(601.0, EventKind::Play, 0.0));
    let facts = builder.finish()[0].facts(&Rules::default(), None);
    assert_eq!((facts.startup.unwrap().time.as_millis(), facts.wall.starting.as_millis()), (1000, 1000));
}

#[test]
fn repeats_and_conflicts_are_counted_for_the_title_they_are_of() {
    let mut builder = SessionBuilder::new("s");
    let (a, b) = (builder.context(None, Some("a".into())), builder.context(None, Some("b".into())));
    builder.push(a, event(0.0, EventKind::Play, 0.0).numbered(1));
    for _ in 0..3 {
        builder.push(b, event(9.0, EventKind::Play, 0.0).numbered(2));
    }
    builder.push(b, event(10.0, EventKind::Pause, 1.0).numbered(2));
    let tidied: Vec<Tidied> = builder.finish().iter().map(Session::tidied).collect();
    assert_eq!(tidied, [Tidied::default(), Tidied { duplicates: 2, conflicts: 1, dropped_attributes: 0 }]);
}

#[test]
fn names_past_the_most_are_counted() {
    let mut builder = SessionBuilder::new("s");
    let context = builder.context(None, None);
    builder.push(context, event(0.0, EventKind::Play, 0.0));
    for n in 0..70 {
        builder.attribute(at(0.0), None, format!("name{n:02}"), "x");
    }
    let session = builder.finish().pop().unwrap();
    assert_eq!((session.attributes().len(), session.tidied().dropped_attributes), (64, 6));
}

#[test]
fn many_titles_and_viewers_under_one_id_take_no_more_than_their_number() {
    let mut builder = SessionBuilder::new("s");
    for n in 0..20_000_u32 {
        let context = builder.context(Some(format!("v{n}").into()), Some(format!("c{n}").into()));
        builder.push(context, event(f64::from(n), EventKind::Play, 0.0));
    }
    let sessions = builder.finish();
    assert_eq!(sessions.len(), 20_000);
    assert!(sessions.iter().all(|session| session.events().len() == 1));
}
