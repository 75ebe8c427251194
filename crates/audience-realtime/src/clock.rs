//! Up to when events have come, and which are of no time that can be.

use std::cmp::Ordering;
use std::collections::{BTreeSet, VecDeque};

use audience_core::{Elapsed, Envelope, Merge, Timestamp};

#[cfg(feature = "serde")]
use crate::spec::LiveSpec;

/// From so many events the time is told.
const LOOKED_AT: usize = 31;

/// Knows what time it is by the times of events, and holds back those of a time that cannot be yet.
///
/// The *watermark* is the latest time that was believed. An event is believed unless it is more than `max_ahead` after both the watermark and
/// the median of the latest 31 events, so that one clock that is wrong, or one in three, moves nothing; where all events jump, as after a night
/// without any, they are believed once they are most of those. What is held back is let go when its time has come.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Clock {
    max_ahead: Elapsed,
    watermark: Option<Timestamp>,
    /// The times of the latest events, in order of arrival.
    latest: VecDeque<Timestamp>,
    /// How many of them, of the last that came, were not believed.
    doubted: usize,
    /// Up to when most of the latest events are believed.
    believed: Option<Timestamp>,
    held: BTreeSet<Held>,
    /// How many were held so far, to tell them apart.
    numbered: u64,
}

/// An event that is held back.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Held {
    number: u64,
    #[cfg_attr(feature = "serde", serde(with = "crate::stored::one"))]
    envelope: Envelope,
}

impl Held {
    fn key(&self) -> (Timestamp, u64) {
        (self.envelope.event.ts, self.number)
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Held {}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}

impl Clock {
    pub(crate) fn new(max_ahead: Elapsed) -> Self {
        Self {
            max_ahead,
            watermark: None,
            latest: VecDeque::new(),
            doubted: 0,
            believed: None,
            held: BTreeSet::new(),
            numbered: 0,
        }
    }

    /// The latest time that was believed.
    pub(crate) fn watermark(&self) -> Option<Timestamp> {
        self.watermark
    }

    /// Whether it is one of such an audience.
    #[cfg(feature = "serde")]
    pub(crate) fn is_of(&self, spec: &LiveSpec) -> bool {
        self.max_ahead == spec.max_ahead && self.latest.len() <= LOOKED_AT
    }

    /// Bytes held, about.
    #[cfg(feature = "serde")]
    pub(crate) fn size_bytes(&self) -> usize {
        self.held.len() * size_of::<Held>()
    }

    /// How many events are held back.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// Somebody knows what time it is.
    pub(crate) fn set(&mut self, now: Timestamp) {
        self.watermark = self.watermark.max(Some(now));
    }

    /// Whether an event of this time, which has just come, is believed, so that the watermark is no earlier. Otherwise it is to be held
    /// back, even if only until it is [released](Self::release) after those before it.
    #[inline]
    pub(crate) fn believes(&mut self, at: Timestamp) -> bool {
        if self.latest.len() == LOOKED_AT {
            self.latest.pop_front();
        }
        self.latest.push_back(at);
        let believed = self.watermark.is_some_and(|watermark| at <= self.after(watermark));
        self.doubted = if believed { 0 } else { LOOKED_AT.min(self.doubted + 1) };
        if believed {
            self.watermark = self.watermark.max(Some(at));
        } else if self.latest.len() > LOOKED_AT / 2 {
            // Of the very first, nobody knows which are wrong.
            let median = self.latest.iter().copied().collect();
            self.believe_until(median);
        }
        believed
    }

    /// What is not much later than the median of these is believed.
    #[cold]
    fn believe_until(&mut self, mut times: Vec<Timestamp>) {
        if let Some(last) = times.len().checked_sub(1) {
            let median = *times.select_nth_unstable(last / 2).1;
            self.believed = self.believed.max(Some(self.after(median)));
        }
    }

    fn after(&self, time: Timestamp) -> Timestamp {
        Timestamp::from_millis(time.as_millis().saturating_add_unsigned(self.max_ahead.as_millis()))
    }

    /// Holds back an event that is not believed.
    pub(crate) fn hold(&mut self, envelope: Envelope) {
        self.numbered += 1;
        self.held.insert(Held { number: self.numbered, envelope });
    }

    /// An event that was held back and whose time has come: the earliest one.
    #[inline]
    pub(crate) fn release(&mut self) -> Option<Envelope> {
        let at = self.held.first()?.envelope.event.ts;
        let until = self.watermark.map(|watermark| self.after(watermark)).max(self.believed)?;
        if at > until {
            return None;
        }
        self.watermark = self.watermark.max(Some(at));
        self.held.pop_first().map(|held| held.envelope)
    }

    /// No more events come: those that came last tell what time it is, if they are more than two.
    pub(crate) fn finish(&mut self) {
        let few = self.watermark.is_some() && self.doubted < 3;
        if !few {
            self.believe_until(self.latest.iter().rev().take(self.doubted).copied().collect());
        }
    }
}

impl Merge for Clock {
    fn merge(&mut self, other: Self) {
        self.watermark = self.watermark.max(other.watermark);
        self.believed = self.believed.max(other.believed);
        for held in other.held {
            self.hold(held.envelope);
        }
        self.latest.extend(other.latest);
        self.doubted = self.doubted.min(other.doubted);
        while self.latest.len() > LOOKED_AT {
            self.latest.pop_front();
        }
        if self.latest.len() > LOOKED_AT / 2 {
            self.believe_until(self.latest.iter().copied().collect());
        }
    }
}

#[cfg(test)]
mod tests {
    use audience_core::{Event, EventKind};

    use super::*;

    /// The seconds of events that are believed, in the order in which they are.
    fn believed(secs: impl IntoIterator<Item = i64>) -> (Clock, Vec<i64>) {
        let mut clock = Clock::new(Elapsed::from_secs(300));
        let mut believed = Vec::new();
        for secs in secs {
            let at = Timestamp::from_millis(secs * 1000);
            if clock.believes(at) {
                believed.push(secs);
            } else {
                let event = Event::new(at, EventKind::Heartbeat);
                let session_id = "s".into();
                clock.hold(Envelope { session_id, viewer_id: None, content_id: None, event, attributes: Vec::new() });
            }
            release(&mut clock, &mut believed);
        }
        (clock, believed)
    }

    fn release(clock: &mut Clock, believed: &mut Vec<i64>) {
        while let Some(envelope) = clock.release() {
            believed.push(envelope.event.ts.as_millis() / 1000);
        }
    }

    #[test]
    fn one_clock_in_the_future_moves_nothing() {
        let year = 365 * 86_400;
        let (clock, believed) = believed((0..99).map(|n| if n % 3 == 0 { n + year } else { n }));
        assert_eq!(clock.watermark(), Some(Timestamp::from_millis(98_000)));
        assert_eq!(believed, (0..99).filter(|n| n % 3 != 0).collect::<Vec<_>>(), "all of the others, in order");
        assert_eq!(clock.held(), 33);
    }

    #[test]
    fn after_a_night_it_is_morning() {
        let night = 8 * 3600;
        let times: Vec<i64> = (0..50).chain((0..50).map(|n| night + 60 * n)).collect();
        let (clock, believed) = believed(times.clone());
        assert_eq!(believed, times);
        assert_eq!(clock.held(), 0);
    }

    #[test]
    fn few_events_tell_the_time_at_the_end() {
        let (mut clock, mut believed) = believed([7, 5, 9_999_999]);
        assert!(believed.is_empty());
        clock.finish();
        release(&mut clock, &mut believed);
        assert_eq!(believed, [5, 7]);
        assert_eq!((clock.watermark(), clock.held()), (Some(Timestamp::from_millis(7000)), 1));
        // And whether there was a night before the last of them.
        for (last, expected) in [(&[9000, 9001][..], 49), (&[9000, 9001, 9002], 9002)] {
            let (mut clock, mut believed) = self::believed((0..50).chain(last.iter().copied()));
            clock.finish();
            release(&mut clock, &mut believed);
            assert_eq!(clock.watermark(), Some(Timestamp::from_millis(expected * 1000)));
        }
    }
}
