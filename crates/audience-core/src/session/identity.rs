//! Whose session it is, and of what.

use super::Attributes;
use crate::ids::{ContentId, SessionId, ViewerId};

/// Whose session it is, and of what. A session and its facts share one.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Identity {
    /// The run of the player.
    pub session_id: SessionId,
    /// The title; empty when the telemetry names none.
    pub content_id: ContentId,
    /// Who watched.
    pub viewer_id: Option<ViewerId>,
    /// What describes the session.
    pub attributes: Attributes,
}
