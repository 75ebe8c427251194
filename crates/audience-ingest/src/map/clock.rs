//! Times of events that have none, from how far the playhead moved.

use audience_core::Fields;

use crate::draft::MAX_TS;

/// Tells the events of one line the time, in their order.
///
/// An event without a time happened when playback had brought the playhead there: at the time of the event before it, plus
/// how much of the content lies between them if it was playing, plus how long it says that a wait was.
#[derive(Debug, Default)]
pub(super) struct Clock {
    now: Option<i64>,
    playhead: u64,
    playing: bool,
}

impl Clock {
    /// Sets the time of the event if it has none. `start` is when the first of them happened.
    pub(super) fn tell(&mut self, fields: &mut Fields<'_>, start: Option<i64>) {
        let before = fields.from_ms.or(fields.position_ms);
        if fields.ts.is_none() {
            let played = before.filter(|_| self.playing).map_or(0, |before| before.saturating_sub(self.playhead));
            let waited = if fields.kind.as_deref() == Some("buffer_end") { fields.duration_ms.unwrap_or(0) } else { 0 };
            let passed = i64::try_from(played.saturating_add(waited)).unwrap_or(i64::MAX);
            let now = self.now.or(start).map(|now| now.saturating_add(passed));
            fields.ts = now.filter(|now| now.unsigned_abs() <= MAX_TS as u64);
        }
        self.now = fields.ts.or(self.now);
        match fields.kind.as_deref() {
            Some("play") => self.playing = true,
            Some("pause" | "end") => self.playing = false,
            _ => {}
        }
        self.playhead = fields.position_ms.or(before).unwrap_or(self.playhead);
    }
}
