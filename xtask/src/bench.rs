//! Benchmarks, written down with what they are compared with.

mod kernels;
mod machine;
mod process;

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::shell::{cargo, execute, root};
use process::{Pair, Usage};

/// Run all benchmarks and write `docs/benchmarks.md`.
///
/// Whole processes are run in turn with what they are compared with, A B A B …, and compared pair by pair, so that a machine whose
/// speed changes does not decide. Kernels are run by criterion in one go.
#[derive(clap::Args, Debug)]
pub(crate) struct Bench {
    /// A file of events, and what it is, for the document; may be repeated. Without it, whole processes and stages are
    /// left out.
    #[arg(long, value_name = "FILE=TEXT")]
    events: Vec<String>,
    /// The same, of a file that only the first of the other programs is given.
    #[arg(long, value_name = "FILE=TEXT")]
    large: Vec<String>,
    /// Another program that answers the same questions; `{}` in its command is the file. May be repeated.
    #[arg(long = "peer", value_name = "NAME=COMMAND")]
    peers: Vec<String>,
    /// How many pairs of runs, after one to warm up.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Leave out the kernels.
    #[arg(long)]
    no_kernels: bool,
    /// Where to write the document.
    #[arg(long, value_name = "FILE", default_value = "docs/benchmarks.md")]
    output: PathBuf,
}

const HEAD: &str = "# Benchmarks

Written by `cargo xtask bench`; every figure is from one run on one machine, and machines differ: the ratios are what to look at.
";

impl Bench {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut page = String::from(HEAD);
        writeln!(page, "\n{}\n", machine::describe())?;
        let mut files = Vec::new();
        let all = self.events.iter().map(|events| (events, self.peers.as_slice()));
        let first = self.peers.get(..1).unwrap_or_default();
        for (events, peers) in all.chain(self.large.iter().map(|events| (events, first))) {
            let Some((file, about)) = events.split_once('=') else { bail!("{events:?} is not FILE=TEXT") };
            files.push((PathBuf::from(file), about, peers));
        }
        if !files.is_empty() {
            execute(&mut cargo(["build", "--release", "--package", "audience-cli"]))?;
            writeln!(page, "## Whole processes\n")?;
            writeln!(
                page,
                "`audience report --json` beside other programs that answer the same questions; {} pairs of runs in turn, files in \
                 the page cache. Median, and the range of the ratios pair by pair.\n",
                self.runs
            )?;
        }
        for (file, about, peers) in &files {
            self.whole_processes(&mut page, file, about, peers)?;
        }
        if !files.is_empty() {
            writeln!(page, "## Stages\n")?;
            writeln!(
                page,
                "What the report does, one thing after the other, on one thread; the least time of five.\n"
            )?;
        }
        for (file, about, _) in &files {
            let stages =
                cargo(["run", "--quiet", "--release", "--package", "audience-benches", "--bin", "stages", "--"])
                    .arg(file)
                    .output()?;
            if !stages.status.success() {
                bail!("stages: {}", String::from_utf8_lossy(&stages.stderr));
            }
            writeln!(page, "### {about}\n\n{}", String::from_utf8_lossy(&stages.stdout))?;
        }
        if !self.no_kernels {
            // What was measured some other time is not of this run.
            let before = root().join("target/criterion");
            if before.exists() {
                std::fs::remove_dir_all(&before).with_context(|| format!("cannot remove {}", before.display()))?;
            }
            execute(&mut cargo(["bench", "--package", "audience-benches", "--bench", "all"]))?;
            kernels::write(&mut page, &root().join("target/criterion"))?;
        }
        let output = root().join(&self.output);
        std::fs::write(&output, page).with_context(|| format!("cannot write {}", output.display()))
    }

    fn whole_processes(&self, page: &mut String, events: &Path, about: &str, peers: &[String]) -> anyhow::Result<()> {
        let size = std::fs::metadata(events).with_context(|| format!("cannot read {}", events.display()))?.len();
        writeln!(page, "### {about} ({} MB)\n", size / 1_000_000)?;
        writeln!(page, "| | wall | CPU | peak memory | wall, as a multiple of ours | CPU |")?;
        writeln!(page, "|---|---|---|---|---|---|")?;
        let audience = root().join("target/release/audience");
        let ours = || {
            let mut command = Command::new(&audience);
            command.args(["report", "--json"]).arg(events);
            command
        };
        let mut usage_of_ours = Vec::new();
        let mut rows = String::new();
        for peer in peers {
            let Some((name, command)) = peer.split_once('=') else { bail!("{peer:?} is not NAME=COMMAND") };
            let theirs = || process::command(command, events);
            let pairs = process::pairs(ours, theirs, self.runs)?;
            let usage: Vec<Usage> = pairs.iter().map(|pair| pair.theirs).collect();
            writeln!(
                rows,
                "| {name} | {} | {} | {} |",
                Usage::row(&usage),
                Pair::ratios(&pairs, |usage| usage.wall),
                Pair::ratios(&pairs, |usage| usage.cpu)
            )?;
            usage_of_ours.extend(pairs.iter().map(|pair| pair.ours));
        }
        if peers.is_empty() {
            usage_of_ours = (0..=self.runs).map(|_| process::measure(&mut ours())).collect::<Result<Vec<_>, _>>()?;
            usage_of_ours.remove(0);
        }
        writeln!(page, "| `audience` | {} | 1 | 1 |", Usage::row(&usage_of_ours))?;
        page.push_str(&rows);
        page.push('\n');
        Ok(())
    }
}
