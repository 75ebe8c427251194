//! What text and page say in the same words.

use audience_core::{Activity, ExitReason, MediaTime, Seek, SessionFacts};

use super::SessionView;
use super::experience::things;
use crate::format;

/// Whether something is good or bad for the viewer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tone {
    Plain,
    Good,
    /// The viewer waits, or nobody knows.
    Wait,
    Bad,
}

impl Tone {
    pub(crate) fn of(activity: Activity) -> Self {
        match activity {
            Activity::Playing => Self::Good,
            Activity::Stall | Activity::Failed => Self::Bad,
            Activity::SeekWait | Activity::StartUp | Activity::AdWait => Self::Wait,
            Activity::Idle | Activity::Paused | Activity::Ad | Activity::Ended => Self::Plain,
        }
    }
}

/// A position, where it is known.
pub(crate) fn position(position: Option<MediaTime>) -> String {
    position.map_or("?".to_owned(), |position| position.to_string())
}

/// `seek` or `seek (inferred)`.
pub(crate) fn seek_words(seek: &Seek) -> &'static str {
    if seek.inferred { "seek (inferred)" } else { "seek" }
}

impl SessionView {
    /// What the title is called, with its id. It quotes telemetry.
    pub(crate) fn title_words(&self) -> String {
        match (&self.title, self.facts.identity.content_id.as_str()) {
            (Some(title), id) => format!("{title} ({id})"),
            (None, id) => crate::report::name_of(None, id).to_owned(),
        }
    }

    /// When its first event was: `2026-11-20 19:59:35.599 UTC`.
    pub(crate) fn began(&self) -> String {
        format::utc(self.timeline.bounds().unwrap_or_default().0)
    }

    /// `155 events over 0:50.006`.
    pub(crate) fn lasted(&self) -> String {
        let (first, last) = self.timeline.bounds().unwrap_or_default();
        format!("{} over {}", things(self.facts.events, "event"), last.since(first))
    }

    /// How it ended.
    pub(crate) fn exit(&self) -> (Tone, String) {
        let exit = &self.facts.exit;
        let (tone, text) = match exit.reason {
            ExitReason::Ended => (Tone::Good, "over: the end of the content"),
            ExitReason::Stopped => (Tone::Plain, "over: the viewer stopped"),
            ExitReason::Failed => (Tone::Bad, "over: the player failed"),
            ExitReason::Left => (Tone::Wait, "last event: it fell silent"),
            ExitReason::Active => (Tone::Plain, "last event: it may go on"),
        };
        let position = exit.position.map_or(String::new(), |position| format!(" at {position}"));
        let waiting = if exit.waiting { ", waiting for data" } else { "" };
        (tone, format!("{text}{position}{waiting}"))
    }

    /// `3:11.000 unique, 0:10.000 at unknown positions`.
    pub(crate) fn unique_words(&self) -> String {
        let SessionFacts { unique, unplaced, .. } = &self.facts;
        let unplaced = if unplaced.is_zero() { String::new() } else { format!(", {unplaced} at unknown positions") };
        format!("{unique} unique{unplaced}")
    }

    /// How much was watched, by name.
    pub(crate) fn sums(&self) -> Vec<(&'static str, String)> {
        let facts = &self.facts;
        let mut sums = vec![("watched", format!("{}: {}", facts.watched, self.unique_words()))];
        let coverage = facts.duration.and_then(|duration| facts.map.coverage(duration));
        if let Some(coverage) = coverage.filter(|_| facts.unplaced.is_zero()) {
            sums.push(("covered", format!("{coverage} of the title")));
        }
        sums
    }

    /// How far off what was inferred from requests alone may be.
    pub(crate) fn estimates(&self) -> Option<String> {
        let estimates = self.facts.inferred.from_requests?;
        Some(format!(
            "inferred from requests alone: played {} ({} to {}), left at {} to {}, positions to {}",
            self.facts.wall.playing,
            estimates.playing_least,
            estimates.playing_most,
            position(estimates.exit_least),
            position(estimates.exit_most),
            estimates.position_error
        ))
    }
}
