//! A player simulated millisecond by millisecond, and what its events make of it.

use audience_core::{EndReason, Event, EventKind, MediaTime, Rules, Session, Timestamp};
use proptest::collection::vec;
use proptest::prelude::*;

const LENGTH: u64 = 4_000;

/// What the viewer or the network does next, and for how many milliseconds.
#[derive(Clone, Debug)]
enum Act {
    Watch(u64),
    Pause(u64),
    Stall(u64),
    /// Moves the playhead while playing; the player waits before it goes on.
    Seek {
        to: u64,
        wait: u64,
    },
    /// Moves the playhead while paused.
    SeekPaused {
        to: u64,
    },
    Heartbeat,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (1_u64..900).prop_map(Act::Watch),
        1 => (1_u64..500).prop_map(Act::Pause),
        1 => (1_u64..500).prop_map(Act::Stall),
        2 => ((0..LENGTH), (0_u64..300)).prop_map(|(to, wait)| Act::Seek { to, wait }),
        1 => (0..LENGTH).prop_map(|to| Act::SeekPaused { to }),
        2 => Just(Act::Heartbeat),
    ];
    vec(act, 0..30)
}

/// What really happened.
#[derive(Debug, Default, PartialEq)]
struct Truth {
    plays: Vec<u32>,
    playing: u64,
    paused: u64,
    stalled: u64,
    stalls: u64,
    seek_waiting: u64,
    seeks: u64,
}

struct Player {
    now: u64,
    position: u64,
    rate: u64,
    events: Vec<Event>,
    truth: Truth,
    /// Content moved since the last seek.
    since_seek: Option<u64>,
}

impl Player {
    fn tell(&mut self, kind: EventKind) {
        let number = self.events.len() as u64;
        let event = Event::new(Timestamp::from_millis(self.now as i64), kind);
        self.events.push(event.at(MediaTime::from_millis(self.position)).numbered(number));
    }

    fn watch(&mut self, millis: u64) {
        for _ in 0..millis {
            if self.position + self.rate > LENGTH {
                break;
            }
            for _ in 0..self.rate {
                self.truth.plays[self.position as usize] += 1;
                self.position += 1;
            }
            self.since_seek = self.since_seek.map(|moved| moved + self.rate);
            self.truth.playing += 1;
            self.now += 1;
        }
    }

    /// Waits for data; the wait belongs to a seek or not.
    fn wait(&mut self, millis: u64) {
        self.tell(EventKind::BufferStart);
        if self.since_seek.is_some_and(|moved| moved < 250) {
            self.truth.seek_waiting += millis;
        } else {
            self.truth.stalled += millis;
            self.truth.stalls += 1;
        }
        self.now += millis;
        self.tell(EventKind::buffer_end());
    }

    fn seek(&mut self, to: u64) {
        let from = MediaTime::from_millis(self.position);
        self.position = to;
        self.tell(EventKind::seek_from(from));
        self.since_seek = Some(0);
        self.truth.seeks += 1;
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Watch(millis) => self.watch(*millis),
            Act::Pause(millis) => {
                self.tell(EventKind::Pause);
                self.truth.paused += millis;
                self.now += millis;
                self.tell(EventKind::Play);
            }
            Act::Stall(millis) => self.wait(*millis),
            Act::Seek { to, wait } => {
                self.seek(*to);
                if *wait > 0 {
                    self.wait(*wait);
                }
            }
            Act::SeekPaused { to } => {
                self.tell(EventKind::Pause);
                self.seek(*to);
                self.tell(EventKind::Play);
            }
            Act::Heartbeat => self.tell(EventKind::Heartbeat),
        }
    }
}

fn simulate(acts: &[Act], rate: u64, start: u64, ends: bool) -> (Session, Truth) {
    let truth = Truth { plays: vec![0; LENGTH as usize], ..Truth::default() };
    let mut player = Player { now: 1_000, position: 0, rate, events: Vec::new(), truth, since_seek: None };
    player.tell(EventKind::load_of(MediaTime::from_millis(LENGTH)));
    player.now += 70;
    player.position = start;
    player.tell(EventKind::Play);
    for act in acts {
        player.act(act);
    }
    player.tell(if ends { EventKind::end(EndReason::Abandoned) } else { EventKind::Heartbeat });
    (Session::new("s", "c", player.events), player.truth)
}

proptest! {
    #[test]
    fn the_timeline_recovers_what_happened(
        acts in acts(),
        rate in 1_u64..=2,
        start in 0..LENGTH,
        ends: bool,
    ) {
        let (session, truth) = simulate(&acts, rate, start, ends);
        let facts = session.facts(&Rules::default(), None);
        let measured = Truth {
            plays: (0..LENGTH).map(|at| facts.map.plays_at(MediaTime::from_millis(at))).collect(),
            playing: facts.wall.playing.as_millis(),
            paused: facts.wall.paused.as_millis(),
            stalled: facts.wall.stalled.as_millis(),
            stalls: facts.stalls,
            seek_waiting: facts.wall.seek_waiting.as_millis(),
            seeks: facts.seeks.reported(),
        };
        prop_assert_eq!(measured, truth);
        prop_assert_eq!(facts.seeks.inferred(), 0);
        prop_assert_eq!(facts.unplaced, MediaTime::ZERO);
        prop_assert!(!facts.inferred.runs);
        prop_assert_eq!(facts.startup.unwrap().time.as_millis(), 70);
    }

    #[test]
    fn without_positions_of_its_own_an_event_that_ends_playing_costs_nothing(acts in acts(), start in 0..LENGTH / 2) {
        // At normal speed wall time says what a missing position would have said.
        let (session, truth) = simulate(&acts, 1, start, true);
        let bare = session.events().iter().map(|event| {
            let keeps = matches!(event.kind, EventKind::Seek { .. } | EventKind::Play | EventKind::Load { .. });
            Event { position: event.position.filter(|_| keeps), ..event.clone() }
        });
        let facts = Session::new("s", "c", bare).facts(&Rules::default(), None);
        let plays: Vec<u32> = (0..LENGTH).map(|at| facts.map.plays_at(MediaTime::from_millis(at))).collect();
        prop_assert_eq!(plays, truth.plays);
    }
}
