//! One session: what its player reports, and what really happened.

use std::sync::Arc;

use audience_core::{Event, Session};

use crate::truth::SessionTruth;

/// One session as its player saw it, before anything went wrong on the way.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SimulatedSession {
    /// Names and values that describe it: device, country, cdn, and the arm of the experiment.
    pub attributes: Vec<(Arc<str>, Arc<str>)>,
    /// What the player reports, in order, by a clock that is right.
    pub events: Vec<Event>,
    /// What really happened.
    pub truth: SessionTruth,
    /// Whose clock its events will be told by.
    pub(crate) viewer: u64,
}

impl SimulatedSession {
    /// The same for analysis, as if everything had arrived.
    pub fn to_session(&self) -> Session {
        let truth = &self.truth;
        let session = Session::new(truth.session_id.clone(), truth.content_id.clone(), self.events.iter().cloned())
            .with_viewer(truth.viewer_id.clone());
        self.attributes.iter().fold(session, |session, (name, value)| session.with_attribute(name, value))
    }
}
