//! What really happened in a session.

use std::sync::Arc;

use audience_core::{ContentId, Elapsed, ExitReason, MediaTime, SessionId, Timestamp, ViewerId};

/// What really happened in a session, whatever its events say and whatever becomes of them.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct SessionTruth {
    /// The session.
    pub session_id: SessionId,
    /// Who watched.
    pub viewer_id: ViewerId,
    /// What was watched.
    pub content_id: ContentId,
    /// The arm of the experiment that the viewer is in.
    pub arm: Arc<str>,
    /// When it began, by a clock that is right: in milliseconds since 1970.
    #[cfg_attr(feature = "serde", serde(rename = "started_at_ms"))]
    pub started_at: Timestamp,
    /// From the request to play to the first frame, without advertisements; `None` when no frame was seen.
    #[cfg_attr(feature = "serde", serde(rename = "startup_ms"))]
    pub startup: Option<Elapsed>,
    /// Content played, each pass counted.
    #[cfg_attr(feature = "serde", serde(rename = "watched_ms"))]
    pub watched: MediaTime,
    /// Time for which frames of the content moved.
    #[cfg_attr(feature = "serde", serde(rename = "playing_ms"))]
    pub playing: Elapsed,
    /// How often the buffer ran empty.
    pub stalls: u64,
    /// How long that lasted.
    #[cfg_attr(feature = "serde", serde(rename = "stalled_ms"))]
    pub stalled: Elapsed,
    /// How often content had to be waited for after a seek.
    pub seek_waits: u64,
    /// How long that lasted.
    #[cfg_attr(feature = "serde", serde(rename = "seek_waiting_ms"))]
    pub seek_waiting: Elapsed,
    /// Seeks ahead: skipped intros and credits too.
    pub seeks_ahead: u64,
    /// Seeks back: scenes watched again too.
    pub seeks_back: u64,
    /// Pauses.
    pub pauses: u64,
    /// How long they lasted.
    #[cfg_attr(feature = "serde", serde(rename = "paused_ms"))]
    pub paused: Elapsed,
    /// Changes of the playback rate.
    pub rate_changes: u64,
    /// Switches of the bit rate while playing; the first one is none.
    pub switches: u64,
    /// Advertisements that began.
    pub ads: u64,
    /// How long they lasted.
    #[cfg_attr(feature = "serde", serde(rename = "in_ads_ms"))]
    pub in_ads: Elapsed,
    /// Errors, fatal or not.
    pub errors: u64,
    /// How it ended: [`Ended`](ExitReason::Ended), [`Stopped`](ExitReason::Stopped) or [`Failed`](ExitReason::Failed).
    pub exit: ExitReason,
    /// Where the playhead was at the end.
    #[cfg_attr(feature = "serde", serde(rename = "exit_position_ms"))]
    pub exit_position: MediaTime,
    /// What was played, as [start, end) in the order in which it was.
    #[cfg_attr(feature = "serde", serde(rename = "runs_ms"))]
    pub runs: Vec<(MediaTime, MediaTime)>,
}
