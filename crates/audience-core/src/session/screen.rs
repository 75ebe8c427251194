//! Which title the player shows.

use super::outline::says_play;
use crate::event::{Event, EventKind};

/// Which title is on screen: only one at a time is.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Screen {
    on: Option<usize>,
    /// The last title whose frames were seen to move, and the last one before it that is another, each with the number of the
    /// event that said so.
    latest: Option<(usize, u64)>,
    before: Option<(usize, u64)>,
}

impl Screen {
    /// The title on screen, if one is.
    pub(super) fn on(&self) -> Option<usize> {
        self.on
    }

    /// Takes in the next event, which is the `at`th and of `title`; whether frames of it move now.
    pub(super) fn see(&mut self, title: usize, event: &Event, says_play_itself: bool, at: u64) -> bool {
        let moves = says_play(&event.kind) || (!says_play_itself && matches!(event.kind, EventKind::BufferEnd { .. }));
        if moves {
            if self.latest.is_some_and(|(latest, _)| latest != title) {
                self.before = self.latest;
            }
            self.latest = Some((title, at));
            self.on = Some(title);
        } else if matches!(event.kind, EventKind::End { .. }) && self.on == Some(title) {
            self.on = None;
        }
        moves
    }

    /// When another title was last seen to move.
    pub(super) fn other_since(&self, title: usize) -> u64 {
        let others = [self.latest, self.before].into_iter().flatten().filter(|(other, _)| *other != title);
        others.map(|(_, at)| at).max().unwrap_or(0)
    }
}
