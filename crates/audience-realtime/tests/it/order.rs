//! The order of arrival does not matter, nor who sees which session.

use std::sync::Arc;

use audience_core::{
    Bitrate, Elapsed, EndReason, Envelope, EventKind, Merge, PlayerError, Portable, Rendition, Timestamp,
};
use audience_realtime::{Key, LiveAudience, LiveSpec, Per, WindowFigures};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::{event, second, window};

const LATENESS: i64 = 60;

fn spec() -> LiveSpec {
    let mut spec = LiveSpec::default()
        .with_window(window(300, 10))
        .with_lateness(Elapsed::from_secs(LATENESS as u64))
        .with_timeout(Elapsed::from_secs(150))
        .by_attribute("cdn");
    // Who sees few sessions sees long silences.
    spec.max_ahead = Elapsed::from_secs(86_400);
    spec
}

fn start() -> LiveAudience {
    let mut live = LiveAudience::new(spec()).unwrap();
    live.advance(second(0));
    live
}

/// Events of some sessions, as session, viewer, title, CDN and how much later than the one before it, with how late each arrives.
#[derive(Clone, Debug)]
struct Sent {
    envelope: Envelope,
    arrives: i64,
}

fn sent() -> impl Strategy<Value = Vec<Sent>> {
    let rendition = |mbps: u64| Rendition { bitrate: Bitrate::from_bps(mbps * 1_000_000), width: 0, height: 0 };
    let error = || EventKind::Error(Box::new(PlayerError { code: None, message: None, fatal: true }));
    let kind = prop_oneof![
        5 => Just(EventKind::Play),
        3 => Just(EventKind::Pause),
        3 => Just(EventKind::BufferStart),
        2 => Just(EventKind::buffer_end()),
        3 => Just(EventKind::Heartbeat),
        1 => Just(EventKind::load()),
        1 => Just(EventKind::Seek { from: None }),
        1 => Just(EventKind::AdStart(None)),
        1 => Just(EventKind::AdEnd),
        1 => Just(error()),
        1 => Just(EventKind::end(EndReason::Abandoned)),
        2 => (1_u64..4).prop_map(move |mbps| EventKind::QualityChange { from: None, to: rendition(mbps), reason: None }),
    ];
    let one = (
        (0_u8..4, 0_u8..2, 0_u8..3),
        kind,
        prop_oneof![9 => 0_i64..20, 1 => 0_i64..200],
        prop::option::of(0_u64..60),
        prop_oneof![Just(0), 0..LATENESS],
    );
    prop::collection::vec(one, 0..60).prop_map(|all| {
        let mut now = 100;
        let make =
            |((session, title, cdn), kind, later, position, late): ((u8, u8, u8), EventKind, i64, Option<u64>, i64)| {
                now += later;
                let mut envelope = event(&format!("session {session}"), now, kind);
                envelope.viewer_id = Some(format!("viewer {}", session / 2).as_str().into());
                envelope.content_id = Some(format!("title {title}").as_str().into());
                envelope.event.position = position.map(audience_core::MediaTime::from_secs);
                if cdn > 0 {
                    envelope.attributes.push((Arc::from("cdn"), Arc::from(format!("cdn {cdn}"))));
                }
                Sent { envelope, arrives: now + late }
            };
        all.into_iter().map(make).collect()
    })
}

/// All there is to see at several times.
fn seen(live: &LiveAudience) -> Vec<(Key, i64, WindowFigures)> {
    let mut seen = Vec::new();
    let end = live.watermark().unwrap().as_millis() / 1000;
    for per in &live.spec().per {
        for (key, _) in live.top(per) {
            for back in [-200, 0, 10, 30, LATENESS] {
                let mut figures = live.figures_until(key, second(end - back)).unwrap();
                if *per == Per::Attribute("cdn".into()) {
                    // Which audience an event was taken to be of before an earlier one was known, nobody forgets.
                    figures.unique_viewers.estimate = 0.0;
                }
                seen.push((key.clone(), back, figures));
            }
        }
    }
    seen.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
    // Who was taken to be elsewhere leaves an audience behind in which nobody ever was.
    seen.retain(|(_, _, figures)| figures.events > 0 || figures.viewers.peak > 0 || figures.paused.peak > 0);
    seen
}

/// Both show the same.
fn same(one: &LiveAudience, other: &LiveAudience) -> Result<(), TestCaseError> {
    let (one, other) = (seen(one), seen(other));
    for (one, other) in one.iter().zip(&other) {
        prop_assert_eq!(one, other);
    }
    prop_assert_eq!(one.len(), other.len());
    Ok(())
}

fn feed(live: &mut LiveAudience, sent: &[Sent]) {
    for sent in sent {
        live.observe(sent.envelope.clone());
    }
}

fn last(sent: &[Sent]) -> Timestamp {
    sent.iter().map(|sent| sent.envelope.event.ts).max().unwrap_or(second(0))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn late_events_are_where_they_would_have_been(sent in sent(), repeated in prop::collection::vec(any::<Index>(), 0..5)) {
        let mut in_order = sent.clone();
        in_order.sort_by(|a, b| a.envelope.event.cmp(&b.envelope.event));
        let mut late = sent.clone();
        // Some come twice.
        late.extend(repeated.iter().filter(|_| !sent.is_empty()).map(|index| {
            let again = index.get(&sent);
            Sent { envelope: again.envelope.clone(), arrives: again.envelope.event.ts.as_millis() / 1000 + LATENESS }
        }));
        late.sort_by_key(|sent| sent.arrives);
        let (mut one, mut other) = (start(), start());
        feed(&mut one, &in_order);
        feed(&mut other, &late);
        prop_assert_eq!(one.arrivals().too_late + other.arrivals().too_late, 0);
        prop_assert_eq!(one.arrivals().taken(), other.arrivals().taken());
        for live in [&mut one, &mut other] {
            live.advance(last(&sent));
        }
        same(&one, &other)?;
        for live in [&mut one, &mut other] {
            live.finish();
        }
        same(&one, &other)?;
    }

    #[test]
    fn shards_merge_to_the_whole(sent in sent(), shards in prop::collection::vec(0_usize..3, 4)) {
        let mut whole = start();
        feed(&mut whole, &sent);
        let mut parts = [start(), start(), start()];
        for sent in &sent {
            let session = sent.envelope.session_id.as_str().bytes().last().map_or(0, |digit| digit - b'0');
            parts[shards[usize::from(session)]].observe(sent.envelope.clone());
        }
        let [mut one, mut two, three] = parts;
        // A state that travelled is the same.
        let two_again = LiveAudience::decode(&two.encode(), &one).expect("as it was written");
        prop_assert_eq!(two.encode(), two_again.encode());
        two = two_again;
        two.merge(three.clone());
        one.merge(two.clone());
        for live in [&mut whole, &mut one] {
            live.advance(last(&sent));
        }
        same(&whole, &one)?;
        for live in [&mut whole, &mut one] {
            live.finish();
        }
        same(&whole, &one)?;
    }
}
