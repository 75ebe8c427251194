//! Reports, through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod asked;
mod attendance;
mod check;
mod compared;
mod engagement;
mod experiment;
mod funnel;
mod golden;
mod groups;
mod laws;
mod page;
mod rules;
mod session_page;
mod sheets;
mod streams;
mod sums;

use audience_core::test_util::various_facts;
use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, SessionFacts, Timestamp};
use audience_ingest::{Catalog, Quality};
use audience_report::{Report, ReportSpec, ReportState};

/// The report of these sessions.
fn report(spec: &ReportSpec, facts: &[SessionFacts]) -> Report {
    let mut state = ReportState::new(spec);
    state.observe_all(facts);
    Report::new(&state, spec, &Quality::default(), &Catalog::new())
}

/// The report of sessions that have little in common.
fn various(spec: &ReportSpec) -> Report {
    report(spec, &various_facts())
}

/// A session of this title that plays its first `secs` of 100 seconds.
fn view(id: &str, title: &str, start: i64, secs: u64) -> Session {
    let at = |after: u64| Timestamp::from_millis(start + after as i64 * 1000);
    let position = MediaTime::from_secs;
    Session::new(
        id,
        title,
        [
            Event::new(at(0), EventKind::load_of(position(100))),
            Event::new(at(1), EventKind::Play).at(position(0)),
            Event::new(at(1 + secs), EventKind::Pause).at(position(secs)),
        ],
    )
}

fn facts(session: &Session) -> SessionFacts {
    session.facts(&Rules::default(), None)
}
