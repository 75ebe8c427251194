//! Audiences that travel or are stored.

use std::sync::Arc;

use audience_core::{Portable, SessionId, Timestamp};
use audience_stats::fingerprint_of;
use serde::ser::{Serialize, Serializer};

use super::{Arrivals, LiveAudience};
use crate::audience_window::AudienceWindow;
use crate::clock::Clock;
use crate::error::Error;
use crate::key::{Key, Keys};
use crate::presence::Presence;
use crate::spec::LiveSpec;
use crate::tracked::Tracked;

/// An audience as it is written: all in order.
#[derive(serde::Deserialize)]
pub(super) struct Written {
    spec: LiveSpec,
    clock: Clock,
    sessions: Vec<(SessionId, Tracked)>,
    keys: Vec<Option<Key>>,
    refused_keys: u64,
    windows: Vec<AudienceWindow>,
    presence: Vec<((u32, u64), Presence)>,
    arrivals: Arrivals,
    swept: Option<Timestamp>,
    requests_alone: u64,
}

#[derive(serde::Serialize)]
struct Writing<'a> {
    spec: &'a LiveSpec,
    clock: &'a Clock,
    sessions: Vec<(&'a SessionId, &'a Tracked)>,
    keys: &'a [Option<Key>],
    refused_keys: u64,
    windows: &'a [AudienceWindow],
    presence: Vec<(&'a (u32, u64), &'a Presence)>,
    arrivals: Arrivals,
    swept: Option<Timestamp>,
    requests_alone: u64,
}

impl Serialize for LiveAudience {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut sessions: Vec<_> = self.sessions.iter().collect();
        sessions.sort_unstable_by_key(|(id, _)| *id);
        let mut presence: Vec<_> = self.presence.iter().collect();
        presence.sort_unstable_by_key(|(key, _)| **key);
        let writing = Writing {
            spec: &self.spec,
            clock: &self.clock,
            sessions,
            keys: self.keys.all(),
            refused_keys: self.keys.refused,
            windows: &self.windows,
            presence,
            arrivals: self.arrivals,
            swept: self.swept,
            requests_alone: self.requests_alone,
        };
        writing.serialize(serializer)
    }
}

impl TryFrom<Written> for LiveAudience {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        written.spec.check()?;
        let keys = Keys::of(written.keys, written.spec.max_keys, written.refused_keys).ok_or(Error::Inconsistent)?;
        let numbers = keys.all().len();
        let known = |key: u32| (key as usize) < numbers;
        let whole = written.windows.len() <= numbers
            && written.windows.iter().all(|window| window.is_of(&written.spec))
            && written.sessions.iter().all(|(_, tracked)| tracked.is_whole() && tracked.keys().all(known))
            && written.presence.iter().all(|((key, _), presence)| known(*key) && presence.is_whole())
            && written.clock.is_of(&written.spec);
        if !whole {
            return Err(Error::Inconsistent);
        }
        Ok(Self {
            clock: written.clock,
            sessions: written.sessions.into_iter().collect(),
            keys,
            windows: written.windows,
            presence: written.presence.into_iter().collect(),
            arrivals: written.arrivals,
            swept: written.swept,
            kept: None,
            requests_alone: written.requests_alone,
            spec: Arc::new(written.spec),
        })
    }
}

impl Portable for LiveAudience {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.live_audience/1", &*self.spec)
    }

    fn size_bytes(&self) -> usize {
        let windows: usize = self.windows.iter().map(AudienceWindow::size_bytes).sum();
        let sessions: usize = self.sessions.values().map(Tracked::size_bytes).sum();
        let presence = self.presence.len() * size_of::<((u32, u64), Presence)>();
        windows + sessions + presence + self.clock.size_bytes()
    }
}

impl Portable for AudienceWindow {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.audience_window/1", &self.made_with())
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}
