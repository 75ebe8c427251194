//! Lines of JSON: `docs/live.md` has their keys.

use audience_core::{Elapsed, Rendition, Timestamp};
use audience_ingest::Quality;
use audience_realtime::{
    Arrivals, BitrateFigures, CacheSummary, DeliverySummary, DurationSummary, Key, LevelFigures, LiveAudience, Metric,
    Per, ResponseCounts, StartUpFigures, Transition, ViewerRow, ViewersSummary, WindowFigures,
};
use serde::Serialize;

use super::snapshot::Peak;
use crate::json::one_time as time;
use crate::json::time as time_or_none;

/// One line of what is told while it happens: a window, a delivery, an alert, a viewer, or a summary, as its `type` says.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct LiveLine(Line);

const SCHEMA: &str = "audience.live/1";

#[derive(Clone, Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line {
    Window(Box<WindowLine>),
    Delivery(Box<DeliveryLine>),
    Alert(Box<AlertLine>),
    Viewer(Box<ViewerLine>),
    Viewers(ViewersLine),
    Summary(SummaryLine),
}

/// Of whom a line is.
#[derive(Clone, Debug, Serialize)]
struct Of {
    per: String,
    value: Option<String>,
}

impl Of {
    fn key(key: &Key) -> Self {
        Self { per: name(&key.per), value: key.value.as_deref().map(str::to_owned) }
    }
}

/// What audiences are told apart by; an attribute that is named like something else is `attr:` and its name.
pub(super) fn name(per: &Per) -> String {
    match per {
        Per::Attribute(name) if matches!(&**name, "all" | "title") => format!("attr:{name}"),
        per => per.to_string(),
    }
}

#[derive(Clone, Debug, Serialize)]
struct WindowLine {
    #[serde(flatten)]
    of: Of,
    #[serde(serialize_with = "time")]
    start: Timestamp,
    #[serde(serialize_with = "time")]
    end: Timestamp,
    events: u64,
    viewers: LevelOf,
    unique_viewers: Unique,
    joins: u64,
    leaves: u64,
    playing: LevelOf,
    starting: LevelOf,
    seek_waiting: LevelOf,
    stalled: LevelOf,
    paused: LevelOf,
    in_ads: LevelOf,
    starts: u64,
    startup: Option<StartUpFigures>,
    stalls: u64,
    stall_ratio: Option<f64>,
    seeks: u64,
    quality_changes: u64,
    errors: u64,
    failures: u64,
    bitrate: Option<BitrateOf>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct LevelOf {
    last: u64,
    peak: u64,
    mean: f64,
    time_ms: Elapsed,
}

impl From<LevelFigures> for LevelOf {
    fn from(LevelFigures { last, peak, mean, time }: LevelFigures) -> Self {
        Self { last, peak, mean, time_ms: time }
    }
}

#[derive(Clone, Copy, Debug, Serialize)]
struct Unique {
    estimate: u64,
    relative_error: f64,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct BitrateOf {
    time_ms: Elapsed,
    min_bps: u64,
    mean_bps: f64,
    p5_bps: u64,
    p50_bps: u64,
    p95_bps: u64,
    max_bps: u64,
}

impl From<BitrateFigures> for BitrateOf {
    fn from(of: BitrateFigures) -> Self {
        let BitrateFigures { time, min_bps, mean_bps, p5_bps, p50_bps, p95_bps, max_bps } = of;
        Self { time_ms: time, min_bps, mean_bps, p5_bps, p50_bps, p95_bps, max_bps }
    }
}

#[derive(Clone, Debug, Serialize)]
struct DeliveryLine {
    #[serde(flatten)]
    of: Of,
    #[serde(serialize_with = "time")]
    start: Timestamp,
    #[serde(serialize_with = "time")]
    end: Timestamp,
    covered_ms: Elapsed,
    requests: u64,
    requests_per_second: Option<f64>,
    responses: ResponseCounts,
    bytes: u64,
    egress_bps: Option<f64>,
    throughput_bps: Option<f64>,
    cache: CacheSummary,
    first_byte: Option<DurationSummary>,
    last_byte: Option<DurationSummary>,
}

#[derive(Clone, Debug, Serialize)]
struct AlertLine {
    change: &'static str,
    rule: String,
    series: &'static str,
    #[serde(flatten)]
    of: Of,
    #[serde(serialize_with = "time")]
    at: Timestamp,
    figure: f64,
    usual: Option<f64>,
    worst: f64,
    /// Of what is raised.
    #[serde(serialize_with = "time_or_none")]
    since: Option<Timestamp>,
    /// Of what is cleared.
    #[serde(serialize_with = "time_or_none")]
    raised_at: Option<Timestamp>,
    lasted_ms: Option<Elapsed>,
}

#[derive(Clone, Debug, Serialize)]
struct ViewerLine {
    session_id: String,
    viewer_id: Option<String>,
    content_id: Option<String>,
    #[serde(serialize_with = "time")]
    started_at: Timestamp,
    #[serde(serialize_with = "time")]
    last_event_at: Timestamp,
    activity: &'static str,
    position_ms: Option<u64>,
    bitrate_bps: Option<u64>,
    width: u32,
    height: u32,
    startup_ms: Option<Elapsed>,
    watched_ms: Elapsed,
    stalls: u64,
    stalled_ms: Elapsed,
    quality_changes: u64,
    errors: u64,
    location: Option<Box<str>>,
    user_agent: Option<Box<str>>,
}

#[derive(Clone, Debug, Serialize)]
struct ViewersLine {
    #[serde(serialize_with = "time")]
    at: Timestamp,
    players: u64,
    watched_ms: Elapsed,
    stalls: u64,
    stalled_ms: Elapsed,
    stall_ratio: Option<f64>,
    mean_bps: Option<f64>,
}

#[derive(Clone, Debug, Serialize)]
struct SummaryLine {
    schema: &'static str,
    #[serde(serialize_with = "time_or_none")]
    at: Option<Timestamp>,
    arrivals: Arrivals,
    peak: Option<PeakOf>,
    sessions_of_requests: u64,
    refused_audiences: u64,
    lines: Option<u64>,
    rejected: Option<u64>,
    repaired: Option<u64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
struct PeakOf {
    viewers: u64,
    #[serde(serialize_with = "time")]
    end: Timestamp,
}

impl LiveLine {
    pub(super) fn window(key: &Key, figures: &WindowFigures) -> Self {
        Self(Line::Window(Box::new(WindowLine {
            of: Of::key(key),
            start: figures.start,
            end: figures.end,
            events: figures.events,
            viewers: figures.viewers.into(),
            unique_viewers: Unique {
                estimate: figures.unique_viewers.count(),
                relative_error: figures.unique_viewers.relative_error,
            },
            joins: figures.joins,
            leaves: figures.leaves,
            playing: figures.playing.into(),
            starting: figures.starting.into(),
            seek_waiting: figures.seek_waiting.into(),
            stalled: figures.stalled.into(),
            paused: figures.paused.into(),
            in_ads: figures.in_ads.into(),
            starts: figures.starts,
            startup: figures.startup,
            stalls: figures.stalls,
            stall_ratio: figures.stall_ratio,
            seeks: figures.seeks,
            quality_changes: figures.quality_changes,
            errors: figures.errors,
            failures: figures.failures,
            bitrate: figures.bitrate.map(BitrateOf::from),
        })))
    }

    pub(super) fn delivery(key: &Key, summary: &DeliverySummary) -> Self {
        let summary = summary.clone();
        Self(Line::Delivery(Box::new(DeliveryLine {
            of: Of::key(key),
            start: summary.from,
            end: summary.until,
            covered_ms: summary.covered,
            requests: summary.requests,
            requests_per_second: summary.requests_per_second,
            responses: summary.responses,
            bytes: summary.bytes,
            egress_bps: summary.egress_bps,
            throughput_bps: summary.throughput_bps,
            cache: summary.cache,
            first_byte: summary.first_byte,
            last_byte: summary.last_byte,
        })))
    }

    pub(super) fn alert(metric: Metric, change: &Transition<Key>) -> Self {
        let series = metric.as_str();
        Self(Line::Alert(Box::new(match change {
            Transition::Raised(alert) => AlertLine {
                change: "raised",
                rule: alert.rule.to_string(),
                series,
                of: Of::key(&alert.key),
                at: alert.at,
                figure: alert.value,
                usual: alert.usual,
                worst: alert.worst,
                since: Some(alert.since),
                raised_at: None,
                lasted_ms: None,
            },
            Transition::Cleared(alert) => AlertLine {
                change: "cleared",
                rule: alert.rule.to_string(),
                series,
                of: Of::key(&alert.key),
                at: alert.at,
                figure: alert.value,
                usual: None,
                worst: alert.worst,
                since: None,
                raised_at: Some(alert.raised_at),
                lasted_ms: Some(alert.lasted),
            },
        })))
    }

    pub(super) fn viewer(row: &ViewerRow) -> Self {
        let Rendition { bitrate, width, height } = row.rendition;
        Self(Line::Viewer(Box::new(ViewerLine {
            session_id: row.session_id.to_string(),
            viewer_id: row.viewer_id.as_ref().map(ToString::to_string),
            content_id: row.content_id.as_ref().map(ToString::to_string),
            started_at: row.started_at,
            last_event_at: row.last_event_at,
            activity: row.activity.as_str(),
            position_ms: row.position.map(audience_core::MediaTime::as_millis),
            bitrate_bps: bitrate.map(audience_core::Bitrate::as_bps),
            width,
            height,
            startup_ms: row.startup,
            watched_ms: row.watched,
            stalls: row.stalls,
            stalled_ms: row.stalled,
            quality_changes: row.quality_changes,
            errors: row.errors,
            location: row.location.clone(),
            user_agent: row.user_agent.clone(),
        })))
    }

    pub(super) fn viewers(at: Timestamp, summary: &ViewersSummary) -> Self {
        let ViewersSummary { players, watched, stalls, stalled, stall_ratio, mean_bps } = *summary;
        Self(Line::Viewers(ViewersLine {
            at,
            players,
            watched_ms: watched,
            stalls,
            stalled_ms: stalled,
            stall_ratio,
            mean_bps,
        }))
    }

    pub(super) fn summary(live: &LiveAudience, peak: Option<Peak>, quality: Option<&Quality>) -> Self {
        Self(Line::Summary(SummaryLine {
            schema: SCHEMA,
            at: live.watermark(),
            arrivals: live.arrivals(),
            peak: peak.map(|Peak { viewers, end }| PeakOf { viewers, end }),
            sessions_of_requests: live.sessions_of_requests(),
            refused_audiences: live.refused_keys(),
            lines: quality.map(|quality| quality.lines),
            rejected: quality.map(Quality::rejected),
            repaired: quality.map(Quality::repaired),
        }))
    }
}
