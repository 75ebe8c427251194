//! The figures that Snowplow's own models compute from its sample, against what our events say.

mod figures;
mod plays;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use figures::Figures;
use plays::Play;

/// Compare Snowplow's sample of media events in DIR with the tables that its models make of it, and fail where they differ
/// for no known reason.
///
/// `DIR/source` has the events, `DIR/expected/postgres` the tables: `integration_tests/data` of
/// snowplow/dbt-snowplow-media-player 0.4.2. Their figures are computed anew from our events, by their rules; ours
/// stand beside them.
#[derive(clap::Args, Debug)]
pub(crate) struct CompareSnowplow {
    /// The folder.
    dir: PathBuf,
}

/// Columns that are not compared, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("play_id", "a hash of the ids of page view and media, which are compared"),
    ("media_type", "follows from which context an event has; our events do not keep it"),
    ("media_player_type", "follows from which context an event has; our events do not keep it"),
    ("last_base_tstamp", "how far an incremental run of theirs had come, not a figure of the events"),
];

/// Rows of a table by what they are about, each a value by column.
type Table = BTreeMap<String, BTreeMap<String, String>>;

impl CompareSnowplow {
    #[expect(clippy::print_stdout, reason = "this is what the task is for")]
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let plays = plays::read(&self.dir.join("source/snowplow_media_player_events.csv"))?;
        let figures: Vec<Figures> = plays.values().map(Figures::of).collect();
        let base: Table = figures.iter().map(|figures| (figures.key(), figures.row())).collect();
        let media = figures::by_media(&figures);
        let expected = |name: &str, keys: &[&str]| {
            table(&self.dir.join(format!("expected/postgres/snowplow_media_player_{name}_expected.csv")), keys)
        };
        let mut unexplained = compare("base", &base, &expected("base", &["page_view_id", "media_id"])?);
        unexplained += compare("media_stats", &media, &expected("media_stats", &["media_id"])?);
        println!("\nours beside theirs, where a definition makes a difference");
        for play in plays.values() {
            beside(play, &Figures::of(play));
        }
        if unexplained > 0 {
            bail!("{unexplained} differences have no known reason");
        }
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "this is what the task is for")]
fn compare(name: &str, ours: &Table, theirs: &Table) -> usize {
    println!("{name}: {} rows, theirs {}", ours.len(), theirs.len());
    let mut unexplained = 0;
    for key in
        ours.keys().filter(|key| !theirs.contains_key(*key)).chain(theirs.keys().filter(|key| !ours.contains_key(*key)))
    {
        println!("  only one has {key}");
        unexplained += 1;
    }
    let columns: Vec<&String> = theirs.values().next().into_iter().flat_map(BTreeMap::keys).collect();
    for column in columns {
        if let Some((_, reason)) = LEFT_OUT.iter().find(|(name, _)| name == column) {
            println!("  {column:<26} not compared: {reason}");
            continue;
        }
        let mut differences = Vec::new();
        for (key, row) in theirs {
            let our = ours.get(key).and_then(|row| row.get(column)).map_or("(none)", String::as_str);
            let their = row.get(column).map_or("(none)", String::as_str);
            if !same(our, their) {
                differences.push(format!("    {key}: {our}, theirs {their}"));
            }
        }
        println!("  {column:<26} {} of {} agree", theirs.len() - differences.len(), theirs.len());
        for difference in &differences {
            println!("{difference}");
        }
        unexplained += differences.len();
    }
    unexplained
}

/// Whether two cells say the same; numbers may be written differently, or be added up in another order.
fn same(our: &str, their: &str) -> bool {
    match (our.parse::<f64>(), their.parse::<f64>()) {
        (Ok(our), Ok(their)) => (our - their).abs() <= 1e-9 * their.abs(),
        _ => our == their,
    }
}

#[expect(clippy::print_stdout, reason = "this is what the task is for")]
fn beside(play: &Play, theirs: &Figures) {
    let facts = &play.facts;
    let ours = (
        facts.watched.as_millis() as f64 / 1000.0,
        facts.seeks.reported() + facts.seeks.inferred(),
        facts.completed.unwrap_or(false),
    );
    if theirs.play_time == 0 && ours.0 < 1.0 && ours.1 == theirs.seeks {
        return;
    }
    println!(
        "  {}: watched {:.1} s (theirs {} s, by the percent boundaries passed or jumped over), seeks {} (theirs {}, those the \
         player reports), completed {} (theirs {}), {:.1} s paused",
        theirs.key(),
        ours.0,
        theirs.play_time,
        ours.1,
        theirs.seeks,
        ours.2,
        theirs.is_complete(),
        facts.wall.paused.as_millis() as f64 / 1000.0,
    );
}

fn table(path: &Path, keys: &[&str]) -> anyhow::Result<Table> {
    let mut reader = csv::Reader::from_path(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut table = Table::new();
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.with_context(|| format!("cannot read {}", path.display()))?;
        let key: Vec<&str> = keys.iter().filter_map(|key| row.get(*key).map(String::as_str)).collect();
        table.insert(key.join("/"), row);
    }
    Ok(table)
}
