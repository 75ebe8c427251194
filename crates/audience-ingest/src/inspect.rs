//! What telemetry holds, and which questions it can answer.

mod contents;
mod question;

use audience_core::Rules;

pub use contents::Contents;
pub use question::{Answer, Question, Verdict};

use crate::catalog::Catalog;
use crate::error::Error;
use crate::sessions::Sessions;

/// What telemetry holds, and which questions it can answer.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Inspection {
    /// What there is, counted.
    pub contents: Contents,
    /// Each question, with how far it can be answered and what is missing.
    pub answers: Vec<Answer>,
}

/// Looks through everything that was read: every event where there are events, and the facts of every session. `catalog`
/// says how long titles are where the telemetry does not.
///
/// # Errors
///
/// Those of [`Sessions::fold_facts`].
///
/// # Examples
///
/// ```
/// use audience_ingest::{Catalog, Input, Options, Question, Verdict, inspect, load};
///
/// let events = br#"{"session_id":"s1","content_id":"film","ts":0,"type":"play","position_ms":0}
/// {"session_id":"s1","content_id":"film","ts":9000,"type":"pause","position_ms":9000}"#;
/// let sessions = load(vec![Input::memory("events", &events[..])], &Options::default())?;
/// let inspection = inspect(&sessions, &Catalog::new())?;
/// assert_eq!(inspection.contents.sessions, 1);
/// let verdict = |question| inspection.answers.iter().find(|answer| answer.question == question).map(|answer| answer.verdict);
/// assert_eq!(verdict(Question::WatchTime), Some(Verdict::Yes));
/// assert_eq!(verdict(Question::Retention), Some(Verdict::No)); // nobody says how long the film is
/// # Ok::<(), audience_ingest::Error>(())
/// ```
pub fn inspect(sessions: &Sessions, catalog: &Catalog) -> Result<Inspection, Error> {
    let empty = Contents::default();
    let mut contents = sessions.fold_facts(&Rules::default(), catalog, &empty, |contents, facts| {
        contents.see_facts(&facts);
    })?;
    if sessions.has_all_events() {
        let events = sessions.fold(&empty, |contents, session| contents.see_events(&session))?;
        contents.take_events(events);
    }
    let answers = question::answers(&contents, sessions.quality());
    Ok(Inspection { contents, answers })
}
