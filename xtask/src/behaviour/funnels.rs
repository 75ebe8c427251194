//! How far sessions and viewers come: past places in the content, and through what they do.

use audience_cohort::{
    EventFunnel, FunnelSpec, FunnelStep, FunnelUnit, MilestoneReading, Milestones, PositionFunnel,
    PositionFunnelSummary, PositionUnit,
};
use audience_core::{ContentId, Elapsed, SessionFacts};
use audience_ingest::Sessions;
use audience_stats::{Accumulator, Keyed};
use serde_json::{Map, Value, json};

use super::{digest, observed};

/// Where the milestones are, in hundredths of the content.
const PERCENTS: [u32; 5] = [0, 25, 50, 75, 95];
/// What is done one after the other.
const STEPS: [&str; 4] = ["load", "play", "seek", "end"];
/// The longest time from one to the next.
const LIMIT: Elapsed = Elapsed::from_secs(600);

/// How many come past each of five places.
pub(super) fn by_position(sessions: &Sessions, expected: &Value) -> anyhow::Result<Value> {
    let by_content = |facts: &SessionFacts| facts.identity.content_id.clone();
    let by = |name: &'static str| {
        move |facts: &SessionFacts| facts.identity.attributes.get(name).unwrap_or_default().to_owned()
    };
    let funnel = |unit| -> anyhow::Result<_> { Ok(PositionFunnel::new(Milestones::percents(PERCENTS)?, unit)) };
    let of_sessions = funnel(PositionUnit::Session)?;
    let of_viewers = funnel(PositionUnit::ViewerTitle)?;
    let empty = (
        (of_sessions.clone(), Keyed::new(by_content, of_sessions.clone())),
        (Keyed::new(by("variant"), of_sessions.clone()), Keyed::new(by("device"), of_sessions)),
        (of_viewers.clone(), Keyed::new(by_content, of_viewers)),
    );
    let ((all, titles), (variants, devices), (viewers, viewers_by_title)) = observed(sessions, &empty)?;
    let mut of_sessions = by_title(&all, &titles, &expected["session"]);
    of_sessions.insert("by_variant".to_owned(), by_key(&variants));
    of_sessions.insert("by_device".to_owned(), by_key(&devices));
    Ok(json!({
        "milestones_percent": PERCENTS,
        "session": of_sessions,
        "viewer_title": by_title(&viewers, &viewers_by_title, &expected["viewer_title"]),
    }))
}

fn figures(seen: &PositionFunnelSummary) -> Value {
    let readings = MilestoneReading::ALL.map(|reading| (reading.name().to_owned(), json!(seen.reached(reading))));
    let units = ("units".to_owned(), json!(seen.units));
    Value::Object(readings.into_iter().chain([units]).collect())
}

fn by_key(groups: &[(String, PositionFunnelSummary)]) -> Value {
    Value::Object(groups.iter().map(|(key, seen)| (key.clone(), figures(seen))).collect())
}

/// All, and those titles that are expected.
fn by_title(
    all: &PositionFunnelSummary,
    titles: &[(ContentId, PositionFunnelSummary)],
    expected: &Value,
) -> Map<String, Value> {
    let wanted = expected["by_content"].as_object();
    let shown = titles.iter().filter(|(id, _)| wanted.is_some_and(|wanted| wanted.contains_key(id.as_str())));
    let shown = shown.map(|(id, seen)| (id.to_string(), figures(seen)));
    let row = |(id, seen): &(ContentId, PositionFunnelSummary)| {
        let reached = MilestoneReading::ALL.iter().flat_map(|reading| seen.reached(*reading));
        let counts = std::iter::once(&seen.units).chain(reached).map(|count| json!(count));
        std::iter::once(json!(id.as_str())).chain(counts).collect::<Vec<Value>>()
    };
    let rows: Vec<Vec<Value>> = titles.iter().map(row).collect();
    [
        ("total", figures(all)),
        ("by_content", Value::Object(shown.collect())),
        ("csv_sha256", digest::of_rows(&rows).into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// How many come through four steps, each within ten minutes of the one before.
pub(super) fn by_events(sessions: &Sessions, _: &Value) -> anyhow::Result<Value> {
    let steps = STEPS.iter().enumerate().map(|(at, name)| {
        let step = FunnelStep::new(*name);
        if at == 0 { step } else { step.within(LIMIT) }
    });
    let spec = FunnelSpec::new(steps)?;
    let reached = |unit| -> anyhow::Result<Vec<u64>> {
        let empty = EventFunnel::new(spec.clone().per(unit));
        Ok(sessions.fold(&empty, |funnel, session| funnel.observe(&session))?.summary().all.reached)
    };
    Ok(json!({
        "steps": STEPS,
        "limit_ms": LIMIT.as_millis(),
        "viewer": reached(FunnelUnit::Viewer)?,
        "session": reached(FunnelUnit::Session)?,
    }))
}
