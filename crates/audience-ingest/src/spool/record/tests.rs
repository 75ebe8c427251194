//! What is written is read.

use audience_core::{
    Ad, Bitrate, CacheResult, Custom, Elapsed, Finite, Object, PlayerError, PlayerState, QualityReason, Rate,
    Rendition, Request, Vitals, Word,
};
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn kinds() -> Vec<EventKind> {
    vec![
        EventKind::load(),
        EventKind::Load { url: Some(Word::from("u")), duration: Some(MediaTime::MAX), is_live: true },
        EventKind::PlayRequest,
        EventKind::Play,
        EventKind::Pause,
        EventKind::Seek { from: None },
        EventKind::seek_from(MediaTime::from_secs(3)),
        EventKind::BufferStart,
        EventKind::buffer_end(),
        EventKind::BufferEnd { reported: Some(Elapsed::from_secs(1)) },
        EventKind::QualityChange {
            from: Bitrate::from_bps(1),
            to: Rendition { bitrate: Bitrate::from_bps(u64::MAX), width: 640, height: 360 },
            reason: Some(QualityReason::Abr),
        },
        EventKind::RateChange { rate: Rate::new(1.5).unwrap() },
        EventKind::Heartbeat,
        EventKind::StateChange { from: Some(PlayerState::Playing), to: PlayerState::Paused },
        EventKind::Error(Box::new(PlayerError { code: Some("é".into()), message: None, fatal: true })),
        EventKind::AdStart(None),
        EventKind::AdStart(Some(Box::new(Ad { id: Some("a".into()), slot: None }))),
        EventKind::AdEnd,
        EventKind::End { reason: None },
        EventKind::end(EndReason::Ended),
        EventKind::end(EndReason::Abandoned),
        EventKind::end(EndReason::from("bored")),
        EventKind::Custom(Box::new(Custom { name: "n".into(), value: Finite::new(-0.5).ok(), data: Some("".into()) })),
        EventKind::Request(Box::default()),
        EventKind::Request(Box::new(Request {
            object: Object::Key,
            url: Some(Word::from("/é")),
            start: Some(MediaTime::from_millis(u64::MAX - 1)),
            length: Some(MediaTime::from_secs(2)),
            starved: true,
            urgent: false,
            status: Some(u16::MAX),
            elapsed: Some(Elapsed::from_millis(u64::MAX)),
            bytes: Some(u64::MAX),
            aborted: true,
            time_error: Elapsed::from_millis(u64::MAX),
            first_byte: Some(Elapsed::from_millis(u64::MAX)),
            cache: Some(CacheResult::Error),
        })),
        EventKind::Request(Box::new(Request { urgent: true, status: Some(0), ..Request::default() })),
        EventKind::Request(Box::new(Request { cache: Some(CacheResult::Hit), ..Request::default() })),
    ]
}

fn vitals() -> Vec<Vitals> {
    vec![
        Vitals { watched: Some(Elapsed::from_secs(9)), dropped_frames: Some(0), ..Vitals::default() },
        Vitals { state: Some(PlayerState::Error), rate: Some(Rate::new(0.123_457).unwrap()), ..Vitals::default() },
        Vitals {
            state: Some(PlayerState::Idle),
            rate: Rate::new(100.0).ok(),
            bitrate: Bitrate::from_bps(u64::MAX),
            buffer: Some(MediaTime::from_millis(u64::MAX - 1)),
            duration: Some(MediaTime::from_millis(0)),
            dropped_frames: Some(u64::MAX),
            decoded_frames: Some(u64::MAX),
            watched: Some(Elapsed::from_millis(u64::MAX)),
            live_latency: Some(Elapsed::from_millis(u64::MAX)),
        },
        Vitals { live_latency: Some(Elapsed::from_millis(3200)), ..Vitals::default() },
    ]
}

fn any_event() -> impl Strategy<Value = (Event, Vec<(&'static str, &'static str)>)> {
    let numbers = || prop_oneof![0..1000_u64, any::<u64>().prop_map(|number| number.min(u64::MAX - 1))];
    (
        prop_oneof![0..1_000_000_i64, any::<i64>()],
        proptest::option::of(numbers()),
        proptest::option::of(numbers()),
        proptest::sample::select(kinds()),
        proptest::option::weighted(0.2, proptest::sample::select(vitals()).prop_map(Box::new)),
        proptest::option::weighted(0.2, Just("id")),
        vec(proptest::sample::select(vec![("device", "tv"), ("", "")]), 0..3),
    )
        .prop_map(|(ts, seq, position, kind, vitals, event_id, attributes)| {
            let event = Event {
                ts: Timestamp::from_millis(ts),
                seq: seq.map(Seq::new),
                kind,
                position: position.map(MediaTime::from_millis),
                vitals,
                origin: event_id.map(|id| origin(None, Some(id))),
            };
            (event, attributes)
        })
}

/// The events and attributes, encoded; attributes that are those of the event before as the same.
fn encoded(events: &[(Event, Vec<(&'static str, &'static str)>)]) -> Vec<u8> {
    let (mut bytes, mut last, mut before) = (Vec::new(), Last::default(), None);
    for (event, attributes) in events {
        let described = match attributes {
            none if none.is_empty() => Described::Not,
            same if before == Some(same) => Described::Again,
            new => Described::As(new.iter().copied()),
        };
        before = Some(attributes).filter(|attributes| !attributes.is_empty()).or(before);
        write(event, described, &mut last, &mut bytes);
    }
    bytes
}

/// The events, and for each run of the same attributes those with when they were said last.
fn decoded(bytes: &[u8], events: usize, source: Option<&str>) -> (Vec<Event>, Vec<Said>) {
    let (mut decoded, mut said) = (Vec::new(), Vec::new());
    let take = |record: Record<'_, '_>| match record {
        Record::Event(event) => decoded.push(event),
        Record::Attributes(at, attributes) => {
            said.push((at, attributes.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()));
        }
    };
    read(bytes, events as u32, source, take).unwrap();
    (decoded, said)
}

type Said = ((Timestamp, Option<Seq>), Vec<(String, String)>);

proptest! {
    #[test]
    fn what_is_written_is_read(events in vec(any_event(), 0..20)) {
        let bytes = encoded(&events);
        let (read_back, said) = decoded(&bytes, events.len(), None);
        prop_assert_eq!(&read_back, &events.iter().map(|(event, _)| event.clone()).collect::<Vec<_>>());
        let describing: Vec<_> = events.iter().filter(|(_, attributes)| !attributes.is_empty()).collect();
        let expected: Vec<Said> = describing
            .chunk_by(|a, b| a.1 == b.1)
            .map(|run| {
                let latest = run.iter().map(|(event, _)| (event.ts, event.seq)).max().unwrap();
                (latest, run[0].1.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
            })
            .collect();
        prop_assert_eq!(said, expected);
    }

    #[test]
    fn the_source_of_the_group_is_that_of_each_event(events in vec(any_event(), 1..5)) {
        let bytes = encoded(&events);
        let (read_back, _) = decoded(&bytes, events.len(), Some("app"));
        let origins: Vec<_> = read_back.into_iter().map(|event| event.origin).collect();
        let expected: Vec<_> = events.iter().map(|(event, _)| Some(origin(Some("app"), event.event_id()))).collect();
        prop_assert_eq!(origins, expected);
    }

    #[test]
    fn damage_is_an_error_or_other_events_but_never_a_panic(
        events in vec(any_event(), 1..5),
        at: proptest::sample::Index,
        byte: u8,
        cut: proptest::sample::Index,
    ) {
        let mut bytes = encoded(&events);
        let place = at.index(bytes.len());
        bytes[place] = byte;
        bytes.truncate(cut.index(bytes.len() + 1));
        let _ = read(&bytes, events.len() as u32, None, |_| {});
    }
}

#[test]
fn a_heartbeat_in_order_takes_few_bytes() {
    let beat = |n: u64| {
        let event = Event::new(Timestamp::from_millis(n as i64 * 30_000), EventKind::Heartbeat);
        (event.numbered(n).at(MediaTime::from_millis(n * 30_000)), Vec::new())
    };
    let events: Vec<_> = (0..100).map(beat).collect();
    assert!(encoded(&events).len() <= 100 * 8, "{}", encoded(&events).len());
}

#[test]
fn a_request_like_the_one_before_takes_few_bytes() {
    let request = |n: u64| {
        let request = Request {
            object: Object::Video,
            start: Some(MediaTime::from_secs(2 * n)),
            length: Some(MediaTime::from_secs(2)),
            status: Some(200),
            elapsed: Some(Elapsed::from_millis(30)),
            bytes: Some(490_000 + n * 1000),
            first_byte: Some(Elapsed::from_millis(20)),
            cache: Some(CacheResult::Hit),
            ..Request::default()
        };
        let vitals = Vitals {
            state: Some(PlayerState::Playing),
            bitrate: Bitrate::from_bps(2_095_000),
            buffer: Some(MediaTime::from_millis(20_000 - n * 100)),
            ..Vitals::default()
        };
        let event = Event::new(Timestamp::from_millis(n as i64 * 2000), EventKind::Request(Box::new(request)));
        (event.numbered(n).with_vitals(vitals), vec![("host", "a"), ("country", "de")])
    };
    let events: Vec<_> = (0..100).map(request).collect();
    assert!(encoded(&events).len() <= 100 * 23, "{}", encoded(&events).len());
}
