//! The figures that other engines compute on the same files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use audience_cohort::{Dimension, Grouping};
use audience_core::{AttentionHeatmap, Rules, SessionFacts};
use audience_ingest::{Catalog, Input, Options, load};
use audience_qoe::{Experience, ExperienceSummary};
use audience_report::Totals;
use audience_retention::RetentionCurves;
use audience_stats::{Accumulator, Keyed, Merge, Proportion};
use serde_json::{Map, Value, json};

/// Print one JSON object per file with 19 checksums of its sessions, retention, heatmaps, experience and A/B test.
#[derive(clap::Args, Debug)]
pub(crate) struct Compare {
    /// Files of canonical events.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Bytes of memory to use; past about half of them, events go to a temporary file.
    #[arg(long)]
    memory: Option<u64>,
}

impl Compare {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        for file in &self.files {
            let line = json!({ "engine": "audience", "in": file, "chk": checksums(file, self.memory)? });
            #[expect(clippy::print_stdout, reason = "this is what the task is for")]
            {
                println!("{line}");
            }
        }
        Ok(())
    }
}

type ByContent = fn(&SessionFacts) -> audience_core::ContentId;
type ByVariant = fn(&SessionFacts) -> Option<String>;

/// All that is compared, in one pass over the sessions.
#[derive(Clone)]
struct Answers {
    totals: (Totals, Experience),
    reach: Keyed<RetentionCurves, ByContent>,
    heatmap: Keyed<AttentionHeatmap, ByContent>,
    by_title_and_day: Keyed<Experience, Grouping>,
    by_variant: Keyed<Totals, ByVariant>,
}

impl Answers {
    fn new() -> anyhow::Result<Self> {
        let by_content: ByContent = |facts| facts.identity.content_id.clone();
        let by_variant: ByVariant = |facts| facts.identity.attributes.get("variant").map(str::to_owned);
        let title_and_day = Grouping::new(vec![Dimension::Content, Dimension::Day], jiff::tz::TimeZone::UTC);
        Ok(Self {
            totals: Default::default(),
            reach: Keyed::new(by_content, RetentionCurves::default()),
            heatmap: Keyed::new(by_content, AttentionHeatmap::new(audience_core::MediaTime::from_secs(5))?),
            by_title_and_day: Keyed::new(title_and_day, Experience::default()),
            by_variant: Keyed::new(by_variant, Totals::default()),
        })
    }

    fn observe(&mut self, facts: &SessionFacts) {
        self.totals.observe(facts);
        self.reach.observe(facts);
        self.heatmap.observe(facts);
        self.by_title_and_day.observe(facts);
        self.by_variant.observe(facts);
    }
}

impl Merge for Answers {
    fn merge(&mut self, other: Self) {
        self.totals.merge(other.totals);
        self.reach.merge(other.reach);
        self.heatmap.merge(other.heatmap);
        self.by_title_and_day.merge(other.by_title_and_day);
        self.by_variant.merge(other.by_variant);
    }
}

/// The checksums by the names that the other engines' programs give them.
pub(crate) fn checksums(file: &Path, memory: Option<u64>) -> anyhow::Result<Map<String, Value>> {
    let mut options = Options::default();
    options.memory = memory;
    let sessions = load(Input::find(file)?, &options)?;
    let answers = sessions.fold_facts(&Rules::default(), &Catalog::new(), &Answers::new()?, |answers, facts| {
        answers.observe(&facts);
    })?;
    let (totals, experience) = answers.totals.summary();

    let (mut reached, mut reached_by_point) = (0, 0);
    for (_, curve) in answers.reach.summary() {
        for (k, point) in (0_u64..).zip(&curve.points) {
            reached += point.sessions;
            reached_by_point += point.sessions * k;
        }
    }
    let (mut heat, mut heat_by_bucket) = (0, 0);
    for (_, map) in answers.heatmap.summary() {
        for (b, bucket) in (0_u64..).zip(&map.buckets) {
            heat += bucket.watched_ms;
            heat_by_bucket += bucket.watched_ms * b;
        }
    }
    let groups = answers.by_title_and_day.summary();
    let sum =
        |of: fn(&ExperienceSummary) -> Option<f64>| -> f64 { groups.iter().filter_map(|(_, group)| of(group)).sum() };

    let mut chk = Map::new();
    let mut put = |name: &str, value: Value| {
        chk.insert(name.to_owned(), value);
    };
    put("sessions", totals.sessions.into());
    put("events", totals.events.into());
    put("watch", totals.watched_ms.into());
    put("unique", totals.unique_ms.into());
    put("seeks", totals.seeks.into());
    put("rebuf_n", (experience.stalls + experience.seek_waits).into());
    put("rebuf_ms", (experience.stalled_ms + experience.seek_waiting_ms).into());
    put("rr", experience.mean_session_buffering_ratio.into());
    put("completed", totals.reached_end.into());
    put("ret", reached.into());
    put("retk", reached_by_point.into());
    put("heat", heat.into());
    put("heatb", heat_by_bucket.into());
    put("qg", groups.len().into());
    put("su50", sum(|group| group.startup_p50_ms).into());
    put("su95", sum(|group| group.startup_p95_ms).into());
    put("rb50", sum(|group| group.buffering_p50_ms).into());
    put("rb95", sum(|group| group.buffering_p95_ms).into());
    put("z", pooled_z(&answers.by_variant)?.into());
    Ok(chk)
}

/// How far apart the two variants' shares of sessions that reached the end are; `None` unless there are two.
fn pooled_z(by_variant: &Keyed<Totals, ByVariant>) -> anyhow::Result<Option<f64>> {
    let variants: BTreeMap<_, _> = by_variant
        .summary()
        .into_iter()
        .filter_map(|(variant, totals)| Some((variant?, Proportion::new(totals.reached_end, totals.sessions))))
        .collect();
    let mut proportions = variants.into_values();
    Ok(match (proportions.next(), proportions.next(), proportions.next()) {
        (Some(a), Some(b), None) => b?.pooled_z(&a?),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Expected {
        chk: BTreeMap<String, f64>,
    }

    #[test]
    fn every_figure_is_that_of_another_engine() {
        let folder = crate::shell::root().join("xtask/fixtures/peers");
        let mut compared = 0;
        for number in 101..=106 {
            let file = |ending: &str| folder.join(format!("{number}.{ending}"));
            let expected: Expected = serde_json::from_str(&std::fs::read_to_string(file("json")).unwrap()).unwrap();
            let ours = checksums(&file("ndjson.gz"), None).unwrap();
            // The same with a temporary file, from a table of events, and from one of sessions.
            assert_eq!(checksums(&file("ndjson.gz"), Some(0)).unwrap(), ours);
            let tables = tempfile::tempdir().unwrap();
            let (events, sessions) = (tables.path().join("events.parquet"), tables.path().join("sessions.parquet"));
            crate::tables::write_events(&file("ndjson.gz"), &events).unwrap();
            crate::tables::write_sessions(&file("ndjson.gz"), &sessions).unwrap();
            assert_eq!(checksums(&events, None).unwrap(), ours);
            assert_eq!(checksums(&sessions, None).unwrap(), ours);
            assert_eq!(ours.keys().collect::<Vec<_>>(), expected.chk.keys().collect::<Vec<_>>());
            for (name, theirs) in expected.chk {
                let ours = ours[&name].as_f64().unwrap();
                // Sums of whole numbers are exact; of floats, they are taken in another order.
                let floats = ["rr", "su50", "su95", "rb50", "rb95", "z"];
                let allowed = if floats.contains(&name.as_str()) { 1e-9 * theirs.abs() } else { 0.0 };
                assert!((ours - theirs).abs() <= allowed, "{name} of {number}: {ours}, not {theirs}");
                compared += 1;
            }
        }
        assert_eq!(compared, 6 * 19);
    }
}
