//! The plays of the sample: the events of a media on a page view.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use audience_core::{Envelope, EventKind, Rules, SessionFacts};
use audience_ingest::{Input, Map, Options, Preset, load, read_events};

/// A play.
pub(super) struct Play {
    pub(super) page_view: String,
    pub(super) media: String,
    pub(super) events: Vec<Envelope>,
    /// What our rules make of all of its events.
    pub(super) facts: SessionFacts,
}

/// What their tables have and ours need not, as attributes.
const ATTRIBUTES: &str = r#"[attributes]
domain_sessionid = "domain_sessionid"
domain_userid = "domain_userid"
page_referrer = "page_referrer"
page_url = "page_url"
geo_region_name = "geo_region_name"
br_name = "br_name"
dvce_type = "dvce_type"
os_name = "os_name"
os_timezone = "os_timezone"
source_url = ["contexts_com_youtube_youtube_1*[0].url", "contexts_org_whatwg_media_element_1*[0].current_src"]
muted = "contexts_com_snowplowanalytics_snowplow_media_player_*[0].muted"
"#;

/// Reads the plays through the preset; once more with the times their models go by, and with what else they show.
pub(super) fn read(path: &Path) -> anyhow::Result<BTreeMap<String, Play>> {
    let inputs = || Input::find(path).with_context(|| format!("cannot read {}", path.display()));
    let sessions = load(inputs()?, &Options::default())?;
    let rules = Rules::default();
    let facts: BTreeMap<String, SessionFacts> = sessions
        .to_vec()?
        .iter()
        .map(|session| (session.session_id().to_string(), session.facts(&rules, sessions.horizon())))
        .collect();

    let mut options = Options::default();
    options.map = Some(Arc::new(map()?));
    let mut events: BTreeMap<String, Vec<Envelope>> = BTreeMap::new();
    let quality = read_events(inputs()?, &options, |event: Envelope| {
        events.entry(event.session_id.to_string()).or_default().push(event);
        Ok::<(), std::io::Error>(())
    })?;
    ensure!(quality.rejected() == 0 && quality.repaired() == 0, "not every row could be used");
    events.into_iter().map(|(id, events)| Ok((id.clone(), play(&id, events, &facts)?))).collect()
}

fn play(id: &str, mut events: Vec<Envelope>, facts: &BTreeMap<String, SessionFacts>) -> anyhow::Result<Play> {
    events.sort_by_key(|event| event.event.ts);
    let (page_view, media) = id.split_once('/').with_context(|| format!("{id} has no media"))?;
    let facts = facts.get(id).with_context(|| format!("{id} is no session"))?.clone();
    Ok(Play { page_view: page_view.to_owned(), media: media.to_owned(), events, facts })
}

/// The preset with the times of the collector's clock, every event kept, and their columns as attributes.
fn map() -> anyhow::Result<Map> {
    let toml = Preset::Snowplow
        .toml()
        .replace(
            r#"ts = ["dvce_created_tstamp", "derived_tstamp","#,
            r#"ts = ["derived_tstamp", "dvce_created_tstamp","#,
        )
        .replace("[attributes]\n", ATTRIBUTES);
    ensure!(toml.contains("source_url") && toml.contains(r#"ts = ["derived"#), "the preset has other lines now");
    Ok(format!("others = \"custom\"\n{toml}").parse()?)
}

/// An attribute of an event; nothing is an empty text, as in a table.
pub(super) fn attribute<'e>(event: &'e Envelope, name: &str) -> &'e str {
    event.attributes.iter().find(|(key, _)| &**key == name).map_or("", |(_, value)| value)
}

/// The percent of the media that an event says was reached: of the boundaries that are reported, the nearest.
pub(super) fn percent(event: &Envelope) -> Option<u64> {
    match &event.event.kind {
        EventKind::End { .. } => Some(100),
        EventKind::Heartbeat => {
            let duration = event.event.vitals.as_ref()?.duration?.as_millis() as f64;
            let percent = event.event.position?.as_millis() as f64 / duration * 100.0;
            [10, 25, 50, 75, 100].into_iter().min_by(|a, b| {
                let away = |boundary: u64| (percent - boundary as f64).abs();
                away(*a).total_cmp(&away(*b))
            })
        }
        _ => None,
    }
}
