//! Who is there, one by one.

use audience_core::{
    Activity, ContentId, Doing, Elapsed, LiveSession, LiveView, MediaTime, Rendition, SessionId, Timestamp, ViewerId,
};

use super::LiveAudience;

/// What a player does right now, and has done so far: one row of the table of viewers.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ViewerRow {
    /// The run of the player.
    pub session_id: SessionId,
    /// Who watches, where known.
    pub viewer_id: Option<ViewerId>,
    /// What is watched, where known.
    pub content_id: Option<ContentId>,
    /// When the first event was.
    pub started_at: Timestamp,
    /// When the last event was.
    pub last_event_at: Timestamp,
    /// What the player does.
    pub activity: Activity,
    /// Where the playhead was at the last event.
    pub position: Option<MediaTime>,
    /// What is played, as far as the player said.
    pub rendition: Rendition,
    /// How long the viewer waited for the first frame.
    pub startup: Option<Elapsed>,
    /// Wall-clock time watched, up to now for who still watches.
    pub watched: Elapsed,
    /// Stalls.
    pub stalls: u64,
    /// How long these were, up to now for who still waits.
    pub stalled: Elapsed,
    /// Quality changes.
    pub quality_changes: u64,
    /// Errors.
    pub errors: u64,
    /// Where the viewer is: the attribute `country`, or else `region` or `location`.
    pub location: Option<Box<str>>,
    /// With what: the attribute `user_agent`, or else `device`.
    pub user_agent: Option<Box<str>>,
}

/// What all players together do right now, and have done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ViewersSummary {
    /// Players that do anything.
    pub players: u64,
    /// Wall-clock time that these have watched, up to now.
    pub watched: Elapsed,
    /// Stalls that these have had.
    pub stalls: u64,
    /// How long those were.
    pub stalled: Elapsed,
    /// The time stalled as a part of the time stalled and watched; `None` of no such time.
    pub stall_ratio: Option<f64>,
    /// The mean of what those that play play, in bits per second; `None` where none says.
    pub mean_bps: Option<f64>,
}

impl LiveAudience {
    /// Players that do anything right now, in order of their sessions' ids. Who is paused is among them.
    pub fn viewers(&self) -> Vec<ViewerRow> {
        let Some(now) = self.watermark() else { return Vec::new() };
        let mut sessions: Vec<(&SessionId, &LiveSession)> = self.sessions().collect();
        sessions.sort_unstable_by_key(|(id, _)| *id);
        let rows = |(id, session): (&SessionId, &LiveSession)| -> Vec<ViewerRow> {
            session.views().filter_map(|view| Some(row(id, session, view, view.doing()?, now))).collect()
        };
        sessions.into_iter().flat_map(rows).collect()
    }

    /// What the players of [`viewers`](Self::viewers) sum up to.
    pub fn viewers_summary(&self) -> ViewersSummary {
        let Some(now) = self.watermark() else { return ViewersSummary::default() };
        let mut summary = ViewersSummary::default();
        let (mut sum, mut known) = (0_u64, 0_u64);
        for (_, session) in self.sessions() {
            for (view, doing) in session.views().filter_map(|view| Some((view, view.doing()?))) {
                summary.players += 1;
                summary.watched = summary.watched.saturating_add(spent(view, doing, Activity::Playing, now));
                summary.stalls += view.stalls();
                summary.stalled = summary.stalled.saturating_add(spent(view, doing, Activity::Stall, now));
                if let Some(bitrate) = doing.bitrate {
                    sum = sum.saturating_add(bitrate.as_bps());
                    known += 1;
                }
            }
        }
        let both = summary.watched.saturating_add(summary.stalled).as_millis();
        summary.stall_ratio = (both > 0).then(|| summary.stalled.as_millis() as f64 / both as f64);
        summary.mean_bps = (known > 0).then(|| sum as f64 / known as f64);
        summary
    }
}

/// The time spent on an activity, with that since the last event.
fn spent(view: LiveView<'_>, doing: Doing, on: Activity, now: Timestamp) -> Elapsed {
    let wall = view.wall();
    let known = if on == Activity::Playing { wall.playing } else { wall.stalled };
    let since = if doing.activity == on { now.since(view.frame().at) } else { Elapsed::ZERO };
    known.saturating_add(since)
}

fn row(id: &SessionId, session: &LiveSession, view: LiveView<'_>, doing: Doing, now: Timestamp) -> ViewerRow {
    let frame = view.frame();
    let first = |names: &[&str]| names.iter().find_map(|name| session.attributes().get(name)).map(Box::from);
    ViewerRow {
        session_id: id.clone(),
        viewer_id: session.viewer_id().cloned(),
        content_id: view.content_id().cloned(),
        started_at: view.started_at(),
        last_event_at: frame.at,
        activity: doing.activity,
        position: frame.position,
        rendition: frame.rendition,
        startup: view.startup().map(|startup| startup.time),
        watched: spent(view, doing, Activity::Playing, now),
        stalls: view.stalls(),
        stalled: spent(view, doing, Activity::Stall, now),
        quality_changes: view.quality_changes(),
        errors: view.errors(),
        location: first(&["country", "region", "location"]),
        user_agent: first(&["user_agent", "device"]),
    }
}
