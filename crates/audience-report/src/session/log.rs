//! All that happened in a session, in order.

use audience_core::{Bitrate, EventKind, PlayerState, Seek, Span, Timestamp};

use super::{SessionView, rendition};

/// Something that happened.
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) what: Happening,
}

/// What happened.
pub(crate) enum Happening {
    /// The player began to do something.
    Activity(Span),
    /// The playhead jumped.
    Seek(Seek),
    /// It said something else.
    Remark(Remark),
}

/// What is worth saying of an event that activities and seeks do not say. It quotes telemetry.
pub(crate) struct Remark {
    pub(crate) text: String,
    /// Whether something went wrong.
    pub(crate) is_error: bool,
}

impl SessionView {
    /// All that happened. In one millisecond, what led to an activity is before it.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let seeks = self.timeline.seeks().iter().map(|seek| Entry { at: seek.at, what: Happening::Seek(*seek) });
        let events = self.session.events().iter();
        let remarks =
            events.filter_map(|event| Some(Entry { at: event.ts, what: Happening::Remark(Remark::of(&event.kind)?) }));
        let activities =
            self.timeline.activities().map(|span| Entry { at: span.start, what: Happening::Activity(span) });
        let mut log: Vec<Entry> = activities.chain(seeks).chain(remarks).collect();
        log.sort_by_key(|entry| (entry.at, matches!(entry.what, Happening::Activity(_))));
        log
    }

    /// When something went wrong.
    pub(crate) fn errors(&self) -> impl Iterator<Item = Timestamp> + '_ {
        self.session.events().iter().filter(|event| is_error(&event.kind)).map(|event| event.ts)
    }
}

fn is_error(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Error(_) | EventKind::StateChange { to: PlayerState::Error, .. })
}

impl Remark {
    fn of(kind: &EventKind) -> Option<Self> {
        let text = match kind {
            EventKind::Load { duration: Some(duration), .. } => format!("load, {duration} long"),
            EventKind::Load { .. } => "load".to_owned(),
            EventKind::PlayRequest => "play requested".to_owned(),
            EventKind::QualityChange { to, .. } => {
                format!("quality {}", rendition(to.bitrate.map(Bitrate::as_bps), to.width, to.height))
            }
            EventKind::RateChange { rate } => format!("rate {}x", rate.as_f64()),
            EventKind::Error(error) => {
                let fatal = if error.fatal { "fatal error" } else { "error" };
                let parts = [error.code.as_deref().unwrap_or(""), error.message.as_deref().unwrap_or("")];
                format!("{fatal} {} {}", parts[0], parts[1]).trim_end().to_owned()
            }
            EventKind::StateChange { to: PlayerState::Error, .. } => "the player says it failed".to_owned(),
            EventKind::Custom(custom) => custom.name.to_string(),
            EventKind::End { reason: Some(reason), .. } => format!("end: {}", reason.as_str()),
            EventKind::End { .. } => "end".to_owned(),
            _ => return None,
        };
        Some(Self { text, is_error: is_error(kind) })
    }
}
