//! Whole processes, by the operating system's own accounting.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use wait4::Wait4;

/// What one run of a program took.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) wall: Duration,
    /// User and system time.
    pub(super) cpu: Duration,
    /// Peak memory in bytes.
    memory: u64,
}

/// One run of ours and one of theirs, one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub(super) ours: Usage,
    pub(super) theirs: Usage,
}

/// A command line as a command; `{}` is the file.
pub(super) fn command(line: &str, file: &Path) -> Command {
    let mut words = line.split_whitespace();
    let mut command = Command::new(words.next().unwrap_or_default());
    for word in words {
        if word == "{}" {
            command.arg(file);
        } else {
            command.arg(word);
        }
    }
    command
}

/// Runs a program and says what it took; what it prints is thrown away.
pub(super) fn measure(command: &mut Command) -> anyhow::Result<Usage> {
    let begun = Instant::now();
    let child = command.stdout(Stdio::null()).spawn().with_context(|| format!("cannot run {command:?}"))?;
    let ended = child.wait4()?;
    if !ended.status.success() {
        bail!("{command:?} failed: {}", ended.status);
    }
    let rusage = ended.rusage;
    Ok(Usage { wall: begun.elapsed(), cpu: rusage.utime + rusage.stime, memory: rusage.maxrss })
}

/// So many pairs of runs, after one to warm up.
pub(super) fn pairs(
    ours: impl Fn() -> Command,
    theirs: impl Fn() -> Command,
    runs: usize,
) -> anyhow::Result<Vec<Pair>> {
    let mut pairs = Vec::new();
    for run in 0..=runs {
        let pair = Pair { ours: measure(&mut ours())?, theirs: measure(&mut theirs())? };
        if run > 0 {
            pairs.push(pair);
        }
    }
    Ok(pairs)
}

impl Usage {
    /// Medians of wall time, CPU time and peak memory.
    pub(super) fn row(runs: &[Self]) -> String {
        let of = |figure: fn(&Self) -> f64| median(runs.iter().map(figure).collect());
        let (wall, cpu) = (of(|usage| usage.wall.as_secs_f64()), of(|usage| usage.cpu.as_secs_f64()));
        format!("{wall:.2} s | {cpu:.2} s | {:.0} MB", of(|usage| usage.memory as f64) / 1e6)
    }
}

impl Pair {
    /// Theirs as a multiple of ours: the median, the least and the most.
    pub(super) fn ratios(pairs: &[Self], of: fn(&Usage) -> Duration) -> String {
        let ratio = |pair: &Self| of(&pair.theirs).as_secs_f64() / of(&pair.ours).as_secs_f64();
        let ratios: Vec<f64> = pairs.iter().map(ratio).collect();
        let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
        let most = ratios.iter().copied().fold(0.0, f64::max);
        format!("**{:.1}** ({least:.1} to {most:.1})", median(ratios))
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_measured_and_a_failure_is_an_error() {
        let usage = measure(Command::new("sleep").arg("0.05")).unwrap();
        assert!(usage.wall >= Duration::from_millis(50) && usage.cpu < usage.wall && usage.memory > 100_000);
        assert!(measure(&mut Command::new("false")).is_err());
    }

    #[test]
    fn a_command_line_takes_the_file_where_it_says() {
        let command = command("python3 peer.py {} expert", Path::new("a b.ndjson"));
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["peer.py", "a b.ndjson", "expert"]);
    }

    #[test]
    fn ratios_are_taken_pair_by_pair() {
        let usage = |secs: u64| Usage { wall: Duration::from_secs(secs), cpu: Duration::from_secs(secs), memory: 0 };
        let pair = |ours, theirs| Pair { ours: usage(ours), theirs: usage(theirs) };
        // The machine is half as fast the third time.
        let pairs = [pair(1, 4), pair(1, 5), pair(2, 12)];
        assert_eq!(Pair::ratios(&pairs, |usage| usage.wall), "**5.0** (4.0 to 6.0)");
    }
}
