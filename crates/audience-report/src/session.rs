//! One session: what its player did, from moment to moment, and how the stream felt.

mod experience;
mod log;
mod text;
mod words;

use audience_core::{Rules, Session, SessionFacts, Timeline, Timestamp};
use audience_ingest::Catalog;
use serde::Serialize;

use crate::text::TextOptions;

pub(crate) use experience::{Scored, rendition, rows as felt_rows, since_words};
pub(crate) use log::{Entry, Happening, Remark};
pub(crate) use words::{Tone, position, seek_words};

/// One session, with a view of each title that it played.
///
/// It serialises to the JSON of `audience session --json`, which `docs/session.md` in the repository documents.
///
/// # Examples
///
/// ```
/// use audience_core::{Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_ingest::Catalog;
/// use audience_report::{SessionReport, TextOptions};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let session = Session::new("s1", "clip", [
///     Event::new(at(0), EventKind::Play).at(MediaTime::ZERO),
///     Event::new(at(30), EventKind::Pause).at(MediaTime::from_secs(30)),
/// ]);
/// let report = SessionReport::new([session], &Catalog::new(), &Rules::default(), None);
/// assert!(report.to_text(TextOptions::default()).contains("watched  0:30.000"));
/// assert!(report.to_html().contains("<title>Session s1</title>"));
/// ```
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct SessionReport {
    /// A view for each title, in the order of the sessions given.
    pub views: Vec<SessionView>,
}

/// What a session did with one title.
#[derive(Clone, Debug, Serialize)]
pub struct SessionView {
    /// The title's name, where the catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What follows from the events.
    pub facts: SessionFacts,
    /// What the player did.
    pub timeline: Timeline,
    #[serde(flatten)]
    pub(crate) scored: Scored,
    /// What was reported.
    #[serde(skip)]
    pub session: Session,
}

impl SessionReport {
    /// Looks at sessions of one id, one for each title that it played. The catalogue has names and durations of titles,
    /// `horizon` is the time up to which the data reaches.
    pub fn new(
        sessions: impl IntoIterator<Item = Session>,
        catalog: &Catalog,
        rules: &Rules,
        horizon: Option<Timestamp>,
    ) -> Self {
        let view = |session: Session| {
            let entry = catalog.get(session.content_id().as_str());
            let session = session.with_known_duration(entry.and_then(|entry| entry.duration));
            let (timeline, facts) = (session.timeline(rules), session.facts(rules, horizon));
            let title = entry.and_then(|entry| entry.title.clone());
            SessionView { title, scored: Scored::of(&facts), facts, timeline, session }
        };
        Self { views: sessions.into_iter().map(view).collect() }
    }

    /// The session as text, with ANSI styles.
    pub fn to_text(&self, options: TextOptions) -> String {
        self.views.iter().map(|view| text::of(view, options.width)).collect()
    }
}
