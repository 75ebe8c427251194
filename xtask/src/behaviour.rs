//! What viewers did, beside what other programs found in the same files.

mod breakdown;
mod chapters;
mod cohorts;
mod difference;
mod digest;
mod experiment;
mod facts;
mod funnels;
mod names;
mod retention;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use audience_core::{Accumulator, Rules, SessionFacts, Timestamp};
use audience_ingest::{Catalog, Input, Options, Sessions, load};
use serde_json::{Map, Value};

use difference::Comparison;

/// Compare what the library makes of a file of events with what other programs made of it, figure by figure.
#[derive(clap::Args, Debug)]
pub(crate) struct Behaviour {
    /// A file of canonical events.
    file: PathBuf,
    /// What other programs found in it: families of figures, and under `meta` the digest of the file.
    expected: PathBuf,
}

/// The figures of a family in the shape of the expected ones, which are its second argument: they say which rows of a
/// table to show.
type Figures = fn(&Sessions, &Value) -> anyhow::Result<Value>;

/// All families that are compared; what else is in a file of expected figures is named as not built yet.
const FAMILIES: &[(&str, Figures)] = &[
    ("facts", facts::figures),
    ("funnel_position", funnels::by_position),
    ("funnel_events", funnels::by_events),
    ("breakdown", breakdown::figures),
    ("chapters", chapters::figures),
    ("dropoff", retention::drop_offs),
    ("skips", retention::skips),
    ("rewatch", retention::rewatch),
    ("experiment", experiment::figures),
];

/// Likewise, of figures that take to know when the data end, which is the last argument: the first instant that is not in them.
type FiguresUpTo = fn(&Sessions, &Value, Timestamp) -> anyhow::Result<Value>;

/// Families that are compared, of figures that take to know when the data end.
const FAMILIES_UP_TO: &[(&str, FiguresUpTo)] = &[("cohorts", cohorts::matrices), ("n_day", cohorts::days)];

/// How many differences of a family are printed.
const SHOWN: usize = 8;

impl Behaviour {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let expected = read_expected(&self.expected)?;
        let mut out = std::io::stdout().lock();
        let mut differing = Vec::new();
        for (family, ours) in figures(&self.file, &expected)? {
            let comparison = Comparison::of(&ours, &expected[family]);
            let differences = &comparison.differences;
            writeln!(out, "{family}: {} values agree, {} differ", comparison.agree, differences.len())?;
            for difference in differences.iter().take(SHOWN) {
                writeln!(out, "  {difference}")?;
            }
            if !differences.is_empty() {
                differing.push(family);
            }
        }
        let not_built = not_built(&expected);
        if !not_built.is_empty() {
            writeln!(out, "not built yet: {}", not_built.join(", "))?;
        }
        ensure!(differing.is_empty(), "{} differ from {}", differing.join(", "), self.expected.display());
        Ok(())
    }
}

fn read_expected(path: &Path) -> anyhow::Result<Map<String, Value>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} has no families of figures", path.display()))
}

/// Our figures of each family that is expected.
fn figures(file: &Path, expected: &Map<String, Value>) -> anyhow::Result<Vec<(&'static str, Value)>> {
    let theirs = expected.get("meta").and_then(|meta| meta["ndjson_sha256"].as_str());
    let theirs = theirs.context("the expected figures do not say of which file they are")?;
    let digest = digest::of_file(file)?;
    if digest != theirs {
        bail!("{} is not the file the expected figures are of: SHA-256 {digest}, not {theirs}", file.display());
    }
    let sessions = load(Input::find(file)?, &Options::default())?;
    let theirs = |family: &str| expected.get(family).with_context(|| format!("the expected figures have no {family}"));
    let horizon =
        expected["meta"]["horizon_ms"].as_i64().context("the expected figures do not say when the data end")?;
    let families = FAMILIES.iter().map(|(family, figures)| Ok((*family, figures(&sessions, theirs(family)?)?)));
    let up_to = FAMILIES_UP_TO
        .iter()
        .map(|(family, figures)| Ok((*family, figures(&sessions, theirs(family)?, Timestamp::from_millis(horizon))?)));
    families.chain(up_to).collect()
}

fn built_families() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().map(|(family, _)| *family).chain(FAMILIES_UP_TO.iter().map(|(family, _)| *family))
}

/// The families of the file that nothing here computes.
fn not_built(expected: &Map<String, Value>) -> Vec<&str> {
    let built: BTreeSet<&str> = built_families().chain(["meta"]).collect();
    expected.keys().map(String::as_str).filter(|family| !built.contains(family)).collect()
}

/// What an accumulator, given empty, has seen of all sessions.
fn observed<A>(sessions: &Sessions, empty: &A) -> anyhow::Result<A::Summary>
where
    A: Accumulator<Item = SessionFacts> + Clone + Send + Sync,
{
    let state = sessions.fold_facts(&Rules::default(), &Catalog::new(), empty, |state, facts| state.observe(&facts))?;
    Ok(state.summary())
}

#[cfg(test)]
mod tests {
    use audience_qoe::{Experience, Renditions};

    use super::*;

    /// All that is compared.
    const BUILT: [&str; 11] = [
        "facts",
        "funnel_position",
        "funnel_events",
        "breakdown",
        "chapters",
        "dropoff",
        "skips",
        "rewatch",
        "experiment",
        "cohorts",
        "n_day",
    ];

    fn fixture(ending: &str) -> PathBuf {
        crate::shell::root().join("xtask/fixtures/behaviour").join(format!("60-8.{ending}"))
    }

    #[test]
    fn every_figure_is_that_of_other_programs() {
        let expected = read_expected(&fixture("json")).unwrap();
        let ours = figures(&fixture("ndjson.gz"), &expected).unwrap();
        let families: Vec<&str> = ours.iter().map(|(family, _)| *family).collect();
        assert_eq!(families, BUILT);
        let mut compared = 0;
        for (family, ours) in &ours {
            let comparison = Comparison::of(ours, &expected[*family]);
            let differences: Vec<String> = comparison.differences.iter().map(ToString::to_string).collect();
            assert_eq!(differences, Vec::<String>::new(), "{family}");
            compared += comparison.agree;
        }
        // Six titles by 19 columns, the names of these, 20 totals, the number of titles, the digest; 17 groups by 13
        // figures, and their keys.
        let (facts, breakdown) = (6 * 19 + 19 + 21 + 2, 17 * 13 + 5 + 2 + 20);
        // Four quarters of six titles by 6 columns, four totals of 6; twenty bins and those that never watched, of six titles
        // and of all; a hundred cells likewise; 47 buckets watched most again, with their sums.
        let (chapters, drop_offs) = (4 * 6 * 6 + 6 + 4 * 6 + 1, 7 * 21 + 1);
        let (skips, rewatch) = (7 * 100 + 1, 47 * 2 + 6 + 5);
        // Of sessions five milestones by four readings and the units, in all, of six titles, two arms and five devices, and the digest;
        // of viewers by title without arms and devices; where the milestones are. Four steps and those who came to them, twice, and
        // the limit.
        let (positions, events) = (21 * (1 + 6 + 2 + 5 + 1 + 6) + 2 + 5, 4 + 2 * 4 + 1);
        // Two arms by 14 figures, taken both ways, and the viewers in both.
        let experiment = 2 * 2 * 14 + 1;
        // In two time zones, of 10 or 11 days and 2 weeks: starts, whether they are complete, sizes, and a square of cells; and of 9 days
        // and 5 brackets, who could and who did.
        let periods = |count: u64| 3 * count + count * count;
        let (cohorts, days) = (periods(10) + periods(11) + 2 * periods(2), 2 * (3 * 9 + 5) * 2);
        let retention = chapters + drop_offs + skips + rewatch;
        assert_eq!(compared, facts + positions + events + breakdown + retention + experiment + cohorts + days);
        assert_eq!(not_built(&expected), Vec::<&str>::new());
    }

    #[test]
    fn renditions_and_switches_are_those_that_sql_finds() {
        let text = std::fs::read_to_string(fixture("renditions.json")).unwrap();
        let expected: Value = serde_json::from_str(&text).unwrap();
        let number = |name: &str| expected[name].as_f64().unwrap();
        let sessions = load(Input::find(&fixture("ndjson.gz")).unwrap(), &Options::default()).unwrap();
        let empty = (Renditions::default(), Experience::default());
        let seen = sessions
            .fold_facts(&Rules::default(), &Catalog::new(), &empty, |state, facts| state.observe(&facts))
            .unwrap();
        let (renditions, experience) = seen.summary();
        let rows: Vec<Value> = renditions
            .renditions
            .iter()
            .map(|row| serde_json::json!([row.bitrate_bps, row.sessions, row.played_ms]))
            .collect();
        assert_eq!(rows, *expected["renditions"].as_array().unwrap());
        assert_eq!(renditions.unknown_ms as f64, number("unknown_ms"));
        let average = experience.average_bitrate_bps.unwrap();
        assert!((average / number("average_bitrate_bps") - 1.0).abs() < 1e-12, "{average}");
        let (up, down) = (experience.switches_up as f64, experience.switches_down as f64);
        assert_eq!((up, down), (number("switches_up"), number("switches_down")));
        let magnitudes = [experience.average_switch_up_bps, experience.average_switch_down_bps].map(Option::unwrap);
        assert_eq!(magnitudes, [number("up_bps") / up, number("down_bps") / down]);
    }

    #[test]
    fn a_family_that_is_missing_is_no_agreement() {
        let mut expected = read_expected(&fixture("json")).unwrap();
        expected.remove("breakdown");
        let error = figures(&fixture("ndjson.gz"), &expected).unwrap_err();
        assert_eq!(error.to_string(), "the expected figures have no breakdown");
    }

    #[test]
    fn figures_of_another_file_are_refused() {
        let mut expected = read_expected(&fixture("json")).unwrap();
        expected["meta"]["ndjson_sha256"] = "0".repeat(64).into();
        let error = figures(&fixture("ndjson.gz"), &expected).unwrap_err();
        assert!(error.to_string().contains("is not the file the expected figures are of"), "{error}");
    }
}
