//! Many sessions at once.

use rayon::prelude::*;

use crate::Accumulator;
use crate::facts::SessionFacts;
use crate::rules::Rules;
use crate::session::Session;
use crate::time::Timestamp;

/// The facts of each session, in the order of the sessions, made on all cores of rayon's pool.
pub fn analyze_sessions(sessions: &[Session], rules: &Rules, horizon: Option<Timestamp>) -> Vec<SessionFacts> {
    sessions.par_iter().map(|session| session.facts(rules, horizon)).collect()
}

/// What `empty` has seen when it has observed the facts of every session, made on all cores of rayon's pool. The same as
/// a loop would give, to the last bit.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp, UnitTotals, fold_sessions};
///
/// let play = || Event::new(Timestamp::from_millis(0), EventKind::Play);
/// let sessions: Vec<_> = (0..1000).map(|n| Session::new(format!("s{n}"), "film", [play()])).collect();
/// let totals = fold_sessions(&sessions, &Rules::default(), None, &UnitTotals::new());
/// assert_eq!(totals.summary().started, 1000);
/// ```
pub fn fold_sessions<A>(sessions: &[Session], rules: &Rules, horizon: Option<Timestamp>, empty: &A) -> A
where
    A: Accumulator<Item = SessionFacts> + Clone + Send + Sync,
{
    let observe = |mut state: A, session: &Session| {
        state.observe(&session.facts(rules, horizon));
        state
    };
    sessions.par_iter().fold(|| empty.clone(), observe).reduce(
        || empty.clone(),
        |mut left, right| {
            left.merge(right);
            left
        },
    )
}
