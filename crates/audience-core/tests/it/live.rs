//! A session followed live, beside the timeline of the same events.

use std::collections::BTreeMap;

use audience_core::{
    Activity, Bitrate, Doing, EndReason, Envelope, Event, EventKind, Happening, LiveChange, LiveSession, MediaTime,
    PlayerError, PlayerState, Rate, Rendition, Rules, Session, SessionBuilder, SessionFacts, Timestamp, Vitals,
};
use proptest::prelude::*;

/// What changes sum up to.
#[derive(Debug, Default, PartialEq)]
struct Told {
    /// Of each view, by time, how many more do what.
    steps: BTreeMap<(usize, Activity), BTreeMap<i64, i64>>,
    happened: BTreeMap<(usize, &'static str), i64>,
}

impl Told {
    fn take(&mut self, view: usize, change: LiveChange) {
        let mut step = |doing: Option<Doing>, at: Timestamp, by: i64| {
            if let Some(doing) = doing {
                *self.steps.entry((view, doing.activity)).or_default().entry(at.as_millis()).or_default() += by;
            }
        };
        match change {
            LiveChange::Doing { at, from, to } => {
                step(from, at, -1);
                step(to, at, 1);
            }
            LiveChange::Happened { what, times, .. } => {
                let name = match what {
                    Happening::Start(_) => "start",
                    Happening::Stall => "stall",
                    Happening::Seek => "seek",
                    Happening::QualityChange => "quality change",
                    Happening::Error => "error",
                    Happening::Failure => "failure",
                    _ => "other",
                };
                *self.happened.entry((view, name)).or_default() += times;
            }
        }
    }

    /// How long it did something; it is never done by less than none, or more than one.
    fn time_in(&self, view: usize, activity: Activity) -> u64 {
        let Some(steps) = self.steps.get(&(view, activity)) else { return 0 };
        let (mut level, mut since, mut sum) = (0, 0, 0);
        for (at, by) in steps {
            sum += level * (at - since);
            (level, since) = (level + by, *at);
            assert!((0..=1).contains(&level), "{level} of {activity} at {at}: {steps:?}");
        }
        assert_eq!(level, 0, "all is closed");
        sum as u64
    }

    fn count(&self, view: usize, what: &'static str) -> u64 {
        self.happened.get(&(view, what)).map_or(0, |times| u64::try_from(*times).expect("not less than none"))
    }
}

/// Follows these, which are in order, as often as something is learned that should have been known from the start.
fn follow(envelopes: &[Envelope]) -> (Told, LiveSession) {
    let mut session = LiveSession::new(Rules::default());
    loop {
        let (mut told, mut learned) = (Told::default(), false);
        for envelope in envelopes {
            learned |= session.observe(envelope, |view, change| told.take(view, change)).1;
        }
        if !learned {
            session.close(|view, change| told.take(view, change));
            return (told, session);
        }
        session = session.restart();
    }
}

fn envelope(content: Option<&str>, event: Event) -> Envelope {
    Envelope {
        session_id: "s1".into(),
        viewer_id: None,
        content_id: content.map(Into::into),
        event,
        attributes: Vec::new(),
    }
}

/// What happened, how much later than what came before, and where the playhead is, in seconds.
fn anything() -> impl Strategy<Value = Vec<(EventKind, u32, Option<u32>, bool)>> {
    let rendition = |bps: u64| Rendition { bitrate: Bitrate::from_bps(bps), width: 0, height: 0 };
    let error = |fatal| EventKind::Error(Box::new(PlayerError { code: None, message: None, fatal }));
    let kind = prop_oneof![
        3 => Just(EventKind::Play),
        2 => Just(EventKind::Pause),
        2 => Just(EventKind::BufferStart),
        2 => Just(EventKind::buffer_end()),
        3 => Just(EventKind::Heartbeat),
        1 => Just(EventKind::load()),
        1 => Just(EventKind::PlayRequest),
        2 => prop::option::of(0_u64..100).prop_map(|from| EventKind::Seek { from: from.map(MediaTime::from_secs) }),
        1 => Just(EventKind::AdStart(None)),
        1 => Just(EventKind::AdEnd),
        1 => any::<bool>().prop_map(error),
        1 => Just(EventKind::end(EndReason::Ended)),
        1 => (1_u64..5).prop_map(move |mbps| EventKind::QualityChange { from: None, to: rendition(mbps * 1_000_000), reason: None }),
        1 => Just(EventKind::RateChange { rate: Rate::new(2.0).unwrap() }),
        1 => Just(EventKind::StateChange { from: None, to: PlayerState::Seeking }),
        1 => Just(EventKind::StateChange { from: None, to: PlayerState::Buffering }),
    ];
    prop::collection::vec((kind, 0_u32..40, prop::option::of(0_u32..100), prop::bool::weighted(0.2)), 0..30)
}

fn events(script: &[(EventKind, u32, Option<u32>, bool)]) -> Vec<Event> {
    let mut at = 1_700_000_000_000;
    let event = |(number, (kind, later, position, says)): (usize, &(EventKind, u32, Option<u32>, bool))| {
        at += i64::from(*later) * 500;
        let mut event = Event::new(Timestamp::from_millis(at), kind.clone()).numbered(number as u64);
        event.position = position.map(|position| MediaTime::from_secs(u64::from(position)));
        if *says && *kind == EventKind::Heartbeat {
            event = event.with_vitals(Vitals { state: Some(PlayerState::Playing), ..Vitals::default() });
        }
        event
    };
    script.iter().enumerate().map(event).collect()
}

fn agrees(told: &Told, view: usize, session: &Session) -> Result<SessionFacts, TestCaseError> {
    let timeline = session.timeline(&Rules::default());
    let facts = session.facts(&Rules::default(), None);
    for activity in Activity::ALL {
        if !matches!(activity, Activity::Idle | Activity::Ended | Activity::Failed) {
            let live = told.time_in(view, activity);
            prop_assert_eq!(live, timeline.time_in(activity).as_millis(), "{}", activity);
        }
    }
    prop_assert_eq!(told.count(view, "stall"), facts.stalls);
    prop_assert_eq!(told.count(view, "seek"), facts.seeks.reported() + facts.seeks.inferred());
    prop_assert_eq!(told.count(view, "quality change"), facts.quality.changes);
    prop_assert_eq!(told.count(view, "error"), facts.errors);
    prop_assert_eq!(told.count(view, "start"), u64::from(facts.started()));
    Ok(facts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn changes_sum_up_to_the_timeline(script in anything()) {
        let events = events(&script);
        let envelopes: Vec<Envelope> = events.iter().map(|event| envelope(Some("film"), event.clone())).collect();
        let (told, session) = follow(&envelopes);
        let facts = agrees(&told, 0, &Session::new("s1", "film", events))?;
        if let Some(view) = session.views().next() {
            prop_assert_eq!(view.wall().playing, facts.wall.playing);
        }
    }

    #[test]
    fn one_title_is_on_at_a_time(script in anything(), titles in prop::collection::vec(prop::option::of(0_u8..3), 30)) {
        let names = ["one", "two", "three"];
        let events = events(&script);
        // All titles are named by the first event, which the builder knows and one who follows does not.
        let titles = titles.iter().enumerate().map(|(at, title)| if at == 0 { Some(0) } else { *title });
        let envelopes: Vec<Envelope> = events
            .iter()
            .zip(titles)
            .map(|(event, title)| envelope(title.map(|title| names[usize::from(title)]), event.clone()))
            .collect();
        let (told, session) = follow(&envelopes);
        let mut builder = SessionBuilder::new("s1");
        for envelope in envelopes {
            builder.envelope(envelope);
        }
        for of_title in builder.finish().iter().filter(|session| !session.events().is_empty()) {
            let view = (0..3).find(|view| session.content_id(*view) == Some(of_title.content_id())).expect("it has events");
            agrees(&told, view, of_title)?;
        }
    }
}

#[test]
fn a_position_shows_what_was_played_before() {
    let at = |secs: i64, kind, position: u64| {
        let event = Event::new(Timestamp::from_millis(secs * 1000), kind).at(MediaTime::from_secs(position));
        envelope(Some("film"), event)
    };
    let mut session = LiveSession::new(Rules::default());
    let mut changes = Vec::new();
    for envelope in [at(0, EventKind::Play, 0), at(10, EventKind::Pause, 10), at(30, EventKind::Heartbeat, 30)] {
        session.observe(&envelope, |_, change| changes.push(change));
    }
    // The end of the pause got lost: the playhead is where playing on would have brought it.
    let mut told = Told::default();
    for change in &changes {
        told.take(0, *change);
    }
    session.close(|view, change| told.take(view, change));
    assert_eq!(told.time_in(0, Activity::Playing), 30_000);
    assert_eq!(told.time_in(0, Activity::Paused), 0);
    // What is taken back leaves nothing.
    let mut none = Told::default();
    for change in &changes {
        none.take(0, *change);
        none.take(0, change.undone());
    }
    assert!(none.steps.values().flat_map(BTreeMap::values).all(|by| *by == 0));
}

#[test]
fn a_session_goes_on_from_where_it_was_stored() {
    let events = events(
        &(0..20)
            .map(|n| (if n % 2 == 0 { EventKind::Play } else { EventKind::BufferStart }, 7, None, false))
            .collect::<Vec<_>>(),
    );
    let mut session = LiveSession::new(Rules::default());
    for event in &events[..11] {
        session.observe(&envelope(Some("film"), event.clone()), |_, _| {});
    }
    let bytes = postcard::to_stdvec(&session).expect("memory takes it");
    let mut stored: LiveSession = postcard::from_bytes(&bytes).expect("as it was written");
    let (mut one, mut other) = (Vec::new(), Vec::new());
    for event in &events[11..] {
        session.observe(&envelope(None, event.clone()), |_, change| one.push(change));
        stored.observe(&envelope(None, event.clone()), |_, change| other.push(change));
    }
    assert!(!one.is_empty());
    assert_eq!(one, other);
    assert_eq!(postcard::to_stdvec(&session), postcard::to_stdvec(&stored));
}
