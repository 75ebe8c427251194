//! Snowplow's figures of plays and media, by its rules, from our events.

use std::collections::{BTreeMap, BTreeSet};

use audience_core::{Envelope, EventKind, Timestamp};

use super::Table;
use super::plays::{Play, attribute, percent};

/// What a boundary weighs, in percent of the duration: the step from the one before.
const WEIGHTS: [(u64, u64); 5] = [(10, 10), (25, 15), (50, 25), (75, 25), (100, 25)];

/// One play as their table `base` has it.
pub(super) struct Figures {
    play: (String, String),
    texts: BTreeMap<String, String>,
    duration: f64,
    start: Timestamp,
    end: Timestamp,
    pub(super) play_time: u64,
    play_time_muted: u64,
    is_played: bool,
    rate: f64,
    retention: f64,
    pub(super) seeks: u64,
    reached: BTreeSet<u64>,
}

impl Figures {
    /// By their rules, a play is the events of the site's session in which it began.
    pub(super) fn of(play: &Play) -> Self {
        let session = play.events.first().map_or("", |event| attribute(event, "domain_sessionid"));
        let events: Vec<&Envelope> =
            play.events.iter().filter(|event| attribute(event, "domain_sessionid") == session).collect();
        let longest = events.iter().filter_map(|event| duration(event)).fold(0.0, f64::max);
        let duration = longest.round();
        let seconds = |events: &mut dyn Iterator<Item = &&Envelope>| -> u64 {
            let weights = events.filter_map(|event| {
                let reached = percent(event)?;
                WEIGHTS.iter().find(|(boundary, _)| *boundary == reached).map(|(_, weight)| *weight)
            });
            weights.map(|weight| (weight as f64 * duration / 100.0).round() as u64).sum()
        };
        let sought = |event: &&&Envelope| matches!(event.event.kind, EventKind::Seek { .. });
        let first_seek = events.iter().find(sought).map(|event| event.event.ts);
        let before_seek = events.iter().filter(|event| first_seek.is_none_or(|seek| event.event.ts <= seek));
        let rates = |with_progress: bool| {
            let some = events.iter().filter(|event| !with_progress || percent(event).is_some());
            let rates: Vec<f64> = some.filter_map(|event| rate(event)).collect();
            (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64)
        };
        Self {
            play: (play.page_view.clone(), play.media.clone()),
            texts: texts(&events),
            duration,
            start: events.first().map_or(Timestamp::from_millis(0), |event| event.event.ts),
            end: events.last().map_or(Timestamp::from_millis(0), |event| event.event.ts),
            play_time: seconds(&mut events.iter()),
            play_time_muted: seconds(
                &mut events.iter().filter(|event| attribute(event, "muted").eq_ignore_ascii_case("true")),
            ),
            is_played: events.iter().any(|event| event.event.kind == EventKind::Play),
            rate: rates(true).or_else(|| rates(false)).unwrap_or(1.0),
            retention: before_seek.filter_map(|event| percent(event)).max().unwrap_or(0) as f64 / 100.0,
            seeks: events.iter().filter(sought).count() as u64,
            reached: events.iter().filter_map(|event| percent(event)).collect(),
        }
    }

    pub(super) fn key(&self) -> String {
        format!("{}/{}", self.play.0, self.play.1)
    }

    fn is_valid(&self) -> bool {
        self.play_time > 30
    }

    pub(super) fn is_complete(&self) -> bool {
        self.play_time as f64 / self.duration >= 0.99
    }

    /// The row of their table.
    pub(super) fn row(&self) -> BTreeMap<String, String> {
        let reached: Vec<String> = self.reached.iter().map(u64::to_string).collect();
        let mut row = self.texts.clone();
        row.extend(
            [
                ("page_view_id", self.play.0.clone()),
                ("media_id", self.play.1.clone()),
                ("duration", self.duration.to_string()),
                ("start_tstamp", time(self.start)),
                ("end_tstamp", time(self.end)),
                ("play_time_sec", self.play_time.to_string()),
                ("play_time_sec_muted", self.play_time_muted.to_string()),
                ("is_played", self.is_played.to_string()),
                ("is_valid_play", self.is_valid().to_string()),
                ("is_complete_play", self.is_complete().to_string()),
                ("avg_playback_rate", self.rate.to_string()),
                ("retention_rate", self.retention.to_string()),
                ("seeks", self.seeks.to_string()),
                ("percent_progress_reached", reached.join(",")),
            ]
            .map(|(name, value)| (name.to_owned(), value)),
        );
        row
    }
}

/// Their table `media_stats`: figures of played plays, but for impressions; where there are none, what theirs has then.
pub(super) fn by_media(figures: &[Figures]) -> Table {
    let mut media: BTreeMap<&str, Vec<&Figures>> = BTreeMap::new();
    for figures in figures {
        media.entry(&figures.play.1).or_default().push(figures);
    }
    media.into_iter().map(|(id, plays)| (id.to_owned(), stats(id, &plays))).collect()
}

fn stats(id: &str, all: &[&Figures]) -> BTreeMap<String, String> {
    let played: Vec<&Figures> = all.iter().copied().filter(|play| play.is_played).collect();
    let count = |is: &dyn Fn(&Figures) -> bool| played.iter().filter(|play| is(play)).count();
    let mean = |of: &dyn Fn(&Figures) -> f64| -> Option<f64> {
        (!played.is_empty()).then(|| played.iter().map(|play| of(play)).sum::<f64>() / played.len() as f64)
    };
    let text = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
    let minutes = |play: &Figures| play.play_time as f64 / 60.0;
    let longest = all.iter().map(|play| play.duration).fold(0.0, f64::max);
    let label = all.iter().filter_map(|play| play.texts.get("media_label")).max().cloned();
    let starts = || played.iter().map(|play| play.start);
    let mut row: Vec<(String, String)> = [
        ("media_id", id.to_owned()),
        ("media_label", label.unwrap_or_default()),
        ("duration", longest.to_string()),
        ("play_time_min", text(mean(&minutes).map(|mean| mean * played.len() as f64))),
        ("avg_play_time_min", text(mean(&minutes))),
        ("first_play", starts().min().map_or("2999-01-01 00:00:00.000".to_owned(), time)),
        ("last_play", starts().max().map_or("2000-01-01 00:00:00.000".to_owned(), time)),
        ("plays", played.len().to_string()),
        ("valid_plays", count(&Figures::is_valid).to_string()),
        ("complete_plays", count(&Figures::is_complete).to_string()),
        ("impressions", all.len().to_string()),
        ("avg_playback_rate", text(mean(&|play| play.rate).or_else(|| all.first().map(|play| play.rate)))),
        ("play_rate", text(mean(&|_| 1.0).map(|_| played.len() as f64 / all.len() as f64))),
        ("completion_rate_by_plays", text(mean(&|play| f64::from(u8::from(play.is_complete()))))),
        ("avg_percent_played", text(mean(&|play| play.play_time as f64 / play.duration))),
        ("avg_retention_rate", text(mean(&|play| play.retention))),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    for (boundary, _) in WEIGHTS {
        row.push((format!("_{boundary}_percent_reached"), count(&|play| play.reached.contains(&boundary)).to_string()));
    }
    row.into_iter().collect()
}

/// Texts of a play: of several, that of its first event, but for the greatest address.
fn texts(events: &[&Envelope]) -> BTreeMap<String, String> {
    let first = |name: &str| events.first().map_or(String::new(), |event| attribute(event, name).to_owned());
    let mut texts: BTreeMap<String, String> = [
        "domain_sessionid",
        "domain_userid",
        "page_referrer",
        "page_url",
        "geo_region_name",
        "br_name",
        "dvce_type",
        "os_name",
        "os_timezone",
    ]
    .map(|name| (name.to_owned(), first(name)))
    .into();
    texts.insert("media_label".to_owned(), first("label"));
    let source = events.iter().map(|event| attribute(event, "source_url")).max().unwrap_or_default();
    texts.insert("source_url".to_owned(), source.to_owned());
    texts
}

fn duration(event: &Envelope) -> Option<f64> {
    let of_load = if let EventKind::Load { duration, .. } = &event.event.kind { *duration } else { None };
    let duration = of_load.or_else(|| event.event.vitals.as_ref()?.duration)?;
    Some(duration.as_millis() as f64 / 1000.0)
}

fn rate(event: &Envelope) -> Option<f64> {
    match &event.event.kind {
        EventKind::RateChange { rate } => Some(rate.as_f64()),
        _ => event.event.vitals.as_ref()?.rate.map(audience_core::Rate::as_f64),
    }
}

fn time(time: Timestamp) -> String {
    let time = jiff::Timestamp::from_millisecond(time.as_millis());
    time.map_or(String::new(), |time| time.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string())
}
