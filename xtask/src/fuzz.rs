//! Coverage-guided fuzzing, for a bounded time.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, bail};

use crate::shell::{cargo, execute, root};

/// Run every fuzz target for a while; what one finds is left in `fuzz/artifacts`, and fails.
///
/// The targets are in `fuzz`, a workspace of its own. They run on the stable toolchain: libFuzzer's counters are plain options of
/// the code generator. Needs a C++ compiler.
#[derive(clap::Args, Debug)]
pub(crate) struct Fuzz {
    /// How long to run each target.
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// Only these targets.
    targets: Vec<String>,
}

/// Counters and comparisons for libFuzzer.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1";

impl Fuzz {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let fuzz = root().join("fuzz");
        // With a target of its own, the flags do not reach build scripts and macros.
        let host = host()?;
        let mut build = cargo(["build", "--release", "--locked", "--target", &host]);
        execute(build.current_dir(&fuzz).env("RUSTFLAGS", FLAGS))?;
        let built = fuzz.join("target").join(host).join("release");
        for target in targets(&fuzz.join("targets"))? {
            if self.targets.is_empty() || self.targets.contains(&target) {
                self.run_target(&fuzz, &built, &target)?;
            }
        }
        Ok(())
    }

    fn run_target(&self, fuzz: &std::path::Path, built: &std::path::Path, target: &str) -> anyhow::Result<()> {
        let corpus = fuzz.join("corpus").join(target);
        let artifacts = fuzz.join("artifacts").join(target);
        for folder in [&corpus, &artifacts] {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let mut run = Command::new(built.join(target));
        // Anything that takes this long, or this much memory, is a finding.
        run.args(["-timeout=10", "-rss_limit_mb=1024", "-malloc_limit_mb=256", "-print_final_stats=1", "-verbosity=0"]);
        run.arg(format!("-max_total_time={}", self.seconds));
        run.arg(format!("-artifact_prefix={}/", artifacts.display()));
        run.arg(corpus);
        let seeds = fuzz.join("seeds").join(target);
        if seeds.is_dir() {
            run.arg(seeds);
        }
        let output = run.output().with_context(|| format!("cannot run {target}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            bail!("{target} found something:\n{}", last_lines(&text, 60));
        }
        let runs = text.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:")).unwrap_or("?");
        #[expect(clippy::print_stderr, reason = "whoever runs a task sees what it does")]
        {
            eprintln!("{target}: {} runs in {} s, nothing found", runs.trim(), self.seconds);
        }
        Ok(())
    }
}

fn last_lines(text: &str, most: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(most)..].join("\n")
}

/// The names of the targets, in order.
fn targets(folder: &std::path::Path) -> anyhow::Result<Vec<String>> {
    let files: Result<Vec<PathBuf>, _> =
        std::fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut names: Vec<String> =
        files?.iter().filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect();
    names.sort_unstable();
    Ok(names)
}

/// The machine's own target.
fn host() -> anyhow::Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("cannot run rustc")?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc does not name its host")?.to_owned())
}
