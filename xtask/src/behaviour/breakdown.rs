//! Figures by device, by variant, and by both.

use audience_cohort::{Dimension, Grouping};
use audience_core::Ratio;
use audience_ingest::Sessions;
use audience_qoe::{Experience, ExperienceSummary};
use audience_report::{Totals, TotalsSummary};
use audience_stats::Keyed;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::{names, observed};

/// The names of the breakdowns, and their dimensions.
const BREAKDOWNS: &[(&str, &str)] =
    &[("device", "device"), ("variant", "variant"), ("device_variant", "device,variant")];

/// All breakdowns, each with its groups in the order of their keys.
pub(super) fn figures(sessions: &Sessions, _: &Value) -> anyhow::Result<Value> {
    let mut breakdowns = Map::new();
    for (name, dimensions) in BREAKDOWNS {
        let by = Grouping::new(Dimension::parse_list(dimensions)?, TimeZone::UTC);
        let groups = observed(sessions, &Keyed::new(by, <(Totals, Experience)>::default()))?;
        let groups = groups.iter().map(|(key, (totals, experience))| {
            let mut group = group(totals, experience);
            let key: Vec<String> = key.iter().map(ToString::to_string).collect();
            group.insert("key".to_owned(), json!(key));
            Value::Object(group)
        });
        breakdowns.insert((*name).to_owned(), groups.collect());
    }
    Ok(Value::Object(breakdowns))
}

fn group(totals: &TotalsSummary, experience: &ExperienceSummary) -> Map<String, Value> {
    let figures = [
        ("completion", totals.reached_end_rate.map(Ratio::as_f64)),
        ("rebuffer_ratio", experience.buffering_ratio.map(Ratio::as_f64)),
        ("startup_p50_ms", experience.startup_p50_ms),
        ("startup_p95_ms", experience.startup_p95_ms),
    ];
    let mut group = names::shared(totals, experience);
    group.extend(figures.into_iter().map(|(name, figure)| (name.to_owned(), json!(figure))));
    group
}
