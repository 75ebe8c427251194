//! Tables in Parquet, as other engines read them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use audience_core::{Envelope, ExitReason, Rules, Seq};
use audience_ingest::{Catalog, Input, Options, load, read_events};
use audience_lake::{EventsWriter, SessionsWriter};
use serde::Deserialize;

use crate::oracle;
use crate::shell::root;

/// Write files of events as tables and have DuckDB and Polars sum them up, which must give what we get. Needs Python 3 with
/// `venv`.
#[derive(clap::Args, Debug)]
pub(crate) struct Tables {
    /// Files of events.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Sums over the two tables, in the order of `xtask/oracle/tables.py`.
#[derive(Debug, Default, Deserialize, PartialEq)]
struct Sums {
    events: [i128; 7],
    sessions: [i128; 11],
}

impl Tables {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let python = oracle::python()?;
        for file in &self.files {
            let folder = tempfile::tempdir()?;
            let (events, sessions) = (folder.path().join("events.parquet"), folder.path().join("sessions.parquet"));
            let ours = Sums { events: write_events(file, &events)?, sessions: write_sessions(file, &sessions)? };
            let script = root().join("xtask/oracle/tables.py");
            let output = Command::new(&python).arg(script).args([&events, &sessions]).output()?;
            if !output.status.success() {
                bail!("tables.py: {}", String::from_utf8_lossy(&output.stderr));
            }
            let theirs: BTreeMap<String, Sums> = serde_json::from_slice(&output.stdout)?;
            for (engine, theirs) in theirs {
                if theirs != ours {
                    bail!("{}: {engine} reads {theirs:?}; it is {ours:?}", file.display());
                }
                #[expect(clippy::print_stdout, reason = "this is what the task is for")]
                {
                    println!("{}: {engine} reads the same 18 sums in both tables", file.display());
                }
            }
        }
        Ok(())
    }
}

pub(crate) fn write_events(from: &Path, to: &Path) -> anyhow::Result<[i128; 7]> {
    let mut writer = EventsWriter::new(File::create(to).context("create the table")?)?;
    let mut sums = [0; 7];
    let mut ids = BTreeSet::new();
    read_events(Input::find(from)?, &Options::default(), |envelope: Envelope| {
        let event = &envelope.event;
        sums[0] += 1;
        sums[1] += i128::from(event.ts.as_millis());
        sums[2] += event.position.map_or(0, |position| i128::from(position.as_millis()));
        sums[3] += event.seq.map_or(0, |seq| i128::from(Seq::get(seq)));
        sums[5] += i128::from(event.kind.name() == "seek");
        sums[6] += envelope.attributes.len() as i128;
        ids.insert(envelope.session_id.clone());
        writer.write(&envelope)
    })?;
    writer.finish()?;
    sums[4] = ids.len() as i128;
    Ok(sums)
}

pub(crate) fn write_sessions(from: &Path, to: &Path) -> anyhow::Result<[i128; 11]> {
    let mut writer = SessionsWriter::new(File::create(to).context("create the table")?)?;
    let mut sums = [0; 11];
    let sessions = load(Input::find(from)?, &Options::default())?;
    sessions.each_facts(&Rules::default(), &Catalog::new(), |facts| {
        let more = [
            1,
            i128::from(facts.watched.as_millis()),
            i128::from(facts.unique.as_millis()),
            i128::from(facts.wall.stalled.as_millis()),
            i128::from(facts.startup.is_some()),
            i128::from(facts.completed == Some(true)),
            i128::from(facts.exit.reason == ExitReason::Ended),
            facts.map.runs().len() as i128,
            i128::from(facts.map.total().as_millis()),
            i128::from(facts.map.unique().as_millis()),
            facts.identity.attributes.len() as i128,
        ];
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum += more;
        }
        writer.write(&facts)
    })?;
    writer.finish()?;
    Ok(sums)
}
