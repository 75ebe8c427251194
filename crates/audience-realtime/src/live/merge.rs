//! Audiences of several collectors put together.

use audience_core::Merge;

use super::{LiveAudience, tell};

/// Exact, in any order, of audiences whose sessions are different ones: whoever shares sessions out by their ids gets what one would have got
/// that sees all. Viewers may have sessions in several. A session that is in both is followed on as it is in `self`; that of `other` is taken to
/// have ended at its last event, and what it did until then counts twice.
///
/// # Panics
///
/// When the two are asked something else, which is a bug in the program.
impl Merge for LiveAudience {
    fn merge(&mut self, mut other: Self) {
        assert!(self.spec == other.spec, "audiences do not merge: {:?} and {:?}", self.spec, other.spec);
        other.end_sessions_of(self);
        self.clock.merge(other.clock);
        // Of the keys of the other, ours.
        let mut numbers: Vec<Option<u32>> = vec![None; other.windows.len()];
        for (theirs, key) in other.keys.iter() {
            if let Some(number) = numbers.get_mut(theirs as usize) {
                *number = self.keys.number(key);
            }
        }
        for (window, number) in other.windows.into_iter().zip(&numbers) {
            if let Some(number) = number {
                self.window_mut(*number).merge(window);
            }
        }
        for ((key, viewer), theirs) in other.presence {
            let Some(key) = numbers.get(key as usize).copied().flatten() else { continue };
            let (mut told, presence) = (Vec::new(), self.presence.entry((key, viewer)).or_default());
            presence.merge(theirs, |coming| told.push(coming));
            for coming in told {
                coming.tell(self.window_mut(key));
            }
        }
        for (id, mut tracked) in other.sessions {
            tracked.renumber(&numbers);
            self.sessions.insert(id, tracked);
        }
        self.arrivals.on_time += other.arrivals.on_time;
        self.arrivals.late += other.arrivals.late;
        self.arrivals.too_late += other.arrivals.too_late;
        self.arrivals.duplicates += other.arrivals.duplicates;
        self.arrivals.refused += other.arrivals.refused;
        self.keys.refused += other.keys.refused;
        self.requests_alone += other.requests_alone;
        self.release();
        self.sweep();
    }
}

impl LiveAudience {
    /// Lets go of the sessions that the other follows.
    fn end_sessions_of(&mut self, other: &Self) {
        let (windows, presence, spec) = (&mut self.windows, &mut self.presence, &self.spec);
        self.sessions.retain(|id, tracked| {
            let shared = other.sessions.contains_key(id);
            if shared {
                tracked.leave(|belongs, told| tell(windows, presence, spec, true, belongs, told));
            }
            !shared
        });
    }
}
