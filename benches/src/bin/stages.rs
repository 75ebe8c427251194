//! Prints how long each stage of a report takes, on one thread, as a table.
#![expect(clippy::print_stdout, reason = "this is what the program is for")]

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

use audience_core::Keyed;
use audience_core::{Accumulator, ContentId, Merge, Rules, SessionFacts};
use audience_ingest::{Catalog, Input, Options, Sessions, load};
use audience_qoe::Experience;
use audience_report::{Report, ReportSpec, ReportState, Streams, parse_slices, to_json};

/// Each stage is timed so often, and the least time taken: what disturbs only ever adds.
const TIMES: usize = 5;

/// The stages, each with what it does and what bounds it.
const STAGES: [(&str, &str, &str); 6] = [
    ("read", "the file, from the page cache", "copying from the kernel"),
    (
        "understand",
        "lines or rows to events, grouped by session, encoded",
        "of lines, finding quotation marks and telling field names apart, a byte at a time where they are short; of rows, \
         decompression and the choice by column; of both, one look-up of the session for each event",
    ),
    (
        "put together",
        "events of each session, in order, without repeats",
        "memory: the events of a session are in many places",
    ),
    ("reconstruct", "the state machine: facts", "branches that depend on the telemetry"),
    ("observe", "facts into totals, curves, heatmaps, quantiles", "memory: each title has states of its own"),
    ("sum up", "states to the report as JSON", "formatting numbers"),
];

#[derive(Clone)]
struct Count(u64);

impl Accumulator for Count {
    type Item = SessionFacts;
    type Summary = u64;

    fn observe(&mut self, _: &SessionFacts) {
        self.0 += 1;
    }

    fn summary(&self) -> u64 {
        self.0
    }
}

impl Merge for Count {
    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = PathBuf::from(std::env::args_os().nth(1).ok_or("which file?")?);
    let mut options = Options::default();
    options.threads = NonZeroUsize::new(1);
    let (rules, catalog) = (Rules::default(), Catalog::new());
    let spec = ReportSpec { slices: parse_slices("device,content")?, ..ReportSpec::default() };

    let read = least(|| {
        let mut file = std::fs::File::open(&path)?;
        let mut buffer = vec![0; 256 << 10];
        while std::io::Read::read(&mut file, &mut buffer)? > 0 {}
        Ok(())
    })?;
    let loaded = || -> Result<Sessions, Box<dyn Error>> { Ok(load(Input::find(&path)?, &options)?) };
    let understood = least(loaded)?;
    let sessions = loaded()?;
    let count =
        |sessions: &Sessions| sessions.fold(&Count(0), |count, session| count.0 += session.events().len() as u64);
    let events = count(&sessions)?.0;
    let together = least(|| Ok(count(&sessions)?))?;
    let reconstructed = least(|| {
        Ok(sessions.fold_facts(&rules, &catalog, &Count(0), |count, facts| count.0 += facts.watched.as_millis())?)
    })?;
    let observe =
        || sessions.fold_facts(&rules, &catalog, &ReportState::new(&spec), |state, facts| state.observe(&facts));
    let observed = least(|| Ok(observe()?))?;
    let state = observe()?;
    let summed = least(|| Ok(to_json(&Report::new(&state, &spec, sessions.quality(), &catalog))?))?;

    // All accumulators of quality of experience, and the one that titles have too, beside a count for each title.
    let felt = (Experience::default(), Streams::new(&spec));
    let by_title: fn(&SessionFacts) -> ContentId = |facts| facts.identity.content_id.clone();
    let felt_once = timed(&sessions, &felt)? - reconstructed;
    let felt_by_title = timed(&sessions, &Keyed::new(by_title, Experience::default()))?
        - timed(&sessions, &Keyed::new(by_title, Count(0)))?;

    let times = [read, understood - read, together, reconstructed - together, observed - reconstructed, summed]
        .map(|time| time.max(0.0));
    let whole: f64 = times.iter().sum();
    println!("| stage | | time | share | an event | what bounds it |");
    println!("|---|---|---|---|---|---|");
    for ((name, what, bound), time) in STAGES.iter().zip(times) {
        let (millis, share, nanos) = (time * 1e3, time / whole * 100.0, time * 1e9 / events as f64);
        println!("| {name} | {what} | {millis:.0} ms | {share:.0} % | {nanos:.0} ns | {bound} |");
    }
    let felt = [
        (
            "quality of experience: start-up, stalls, renditions, failures, scores, slices, and their summaries",
            felt_once,
        ),
        ("the same title by title: start-up, stalls, bit rate, failures", felt_by_title),
    ];
    for (what, time) in felt {
        let (millis, share, nanos) = (time * 1e3, time / whole * 100.0, time * 1e9 / events as f64);
        println!("| *of these* | {what} | {millis:.0} ms | {share:.1} % | {nanos:.0} ns | |");
    }
    println!(
        "| all | {events} events without repeats | {:.0} ms | 100 % | {:.0} ns | |",
        whole * 1e3,
        whole * 1e9 / events as f64
    );
    Ok(())
}

/// The least time it takes to reconstruct all sessions, observe their facts and sum up.
fn timed<A>(sessions: &Sessions, empty: &A) -> Result<f64, Box<dyn Error>>
where
    A: Accumulator<Item = SessionFacts> + Clone + Send + Sync,
{
    least(|| {
        let observed =
            sessions.fold_facts(&Rules::default(), &Catalog::new(), empty, |state, facts| state.observe(&facts))?;
        std::hint::black_box(observed.summary());
        Ok(())
    })
}

/// The least time of several, in seconds.
fn least<T>(mut work: impl FnMut() -> Result<T, Box<dyn Error>>) -> Result<f64, Box<dyn Error>> {
    let mut least = f64::INFINITY;
    for _ in 0..TIMES {
        let start = Instant::now();
        work()?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    Ok(least)
}
