//! What telemetry says of real players against what their media elements did.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use audience_core::{
    Activity, EventKind, ExitReason, Rules, Session, StartUpBasis, Timeline, Timestamp, Wait, WaitKind,
};
use audience_ingest::{Ignored, Input, Options, load};
use serde::Deserialize;

/// Compare request logs of real players in DIR with `expected.json` there, and fail where they disagree.
#[derive(clap::Args, Debug)]
pub(crate) struct Captures {
    /// The folder: one log per session, NAME.ndjson or NAME.ndjson.gz, and expected.json with what really happened by NAME.
    dir: PathBuf,
}

/// What a media element did.
#[derive(Clone, Debug, Deserialize)]
struct Truth {
    sid: String,
    player: String,
    startup_ms: Option<i64>,
    first_frame_t: Option<i64>,
    played_wall_s: f64,
    stalls: Vec<TrueStall>,
    open_stall_from: Option<i64>,
    seeks: Vec<TrueSeek>,
    rate_changes: Vec<TrueRateChange>,
    element_error: Option<serde_json::Value>,
    ended: bool,
}

#[derive(Clone, Debug, Deserialize)]
struct TrueStall {
    ms: i64,
}

#[derive(Clone, Debug, Deserialize)]
struct TrueSeek {
    t: i64,
    from: f64,
    to: f64,
}

#[derive(Clone, Debug, Deserialize)]
struct TrueRateChange {
    rate: f64,
}

/// One comparison.
struct Check {
    name: &'static str,
    measured: String,
    truth: String,
    verdict: Verdict,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Verdict {
    Pass,
    Fail,
    /// The telemetry does not say.
    NotReported,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "FAIL",
            Self::NotReported => "not reported",
        })
    }
}

impl Captures {
    #[expect(clippy::print_stdout, reason = "this is what the task is for")]
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let expected = truths(&self.dir)?;
        let mut counts = [0; 3];
        let mut skipped = 0;
        for (name, truth) in &expected {
            println!("{name}");
            let Some(session) = read(&log_of(&self.dir, name), &truth.sid)? else {
                println!("  skipped: no event-mode reports");
                skipped += 1;
                continue;
            };
            for Check { name, measured, truth, verdict } in checks(&session, truth) {
                println!("  {name:<14} {measured:<34} true {truth:<26} {verdict}");
                counts[verdict as usize] += 1;
            }
        }
        let [passed, failed, unsaid] = counts;
        println!(
            "{} captures, {skipped} of them skipped: {passed} checks passed, {failed} failed, {unsaid} not reported",
            expected.len()
        );
        if failed > 0 {
            bail!("{failed} checks failed");
        }
        Ok(())
    }
}

/// What really happened, by the names of the logs.
fn truths(dir: &Path) -> anyhow::Result<BTreeMap<String, Truth>> {
    let path = dir.join("expected.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
}

/// The log of a capture, compressed or not.
fn log_of(dir: &Path, name: &str) -> PathBuf {
    let plain = dir.join(format!("{name}.ndjson"));
    if plain.exists() { plain } else { dir.join(format!("{name}.ndjson.gz")) }
}

/// The session of a log; `None` when the log has no reports of playback, only requests that describe themselves.
fn read(log: &Path, sid: &str) -> anyhow::Result<Option<Session>> {
    let sessions = load(Input::find(log)?, &Options::default())?;
    let quality = sessions.quality();
    let request_mode = quality.ignored.get(&Ignored::RequestMode).copied().unwrap_or(0);
    if quality.events == 0 && quality.rejected() == 0 && request_mode > 0 {
        return Ok(None);
    }
    match sessions.get(sid)?.pop() {
        Some(session) => Ok(Some(session)),
        None => bail!("{} has no session {sid}", log.display()),
    }
}

fn checks(session: &Session, truth: &Truth) -> Vec<Check> {
    let rules = Rules::default();
    let timeline = session.timeline(&rules);
    let facts = session.facts(&rules, None);
    vec![
        startup(facts.startup, &timeline, truth),
        played(session, &timeline, truth),
        stalls(&timeline, truth),
        seeks(&timeline, truth),
        rate_changes(session, facts.rate_changes, truth),
        check(
            "ended",
            format!("{:?}", facts.exit.reason),
            truth.ended.to_string(),
            (facts.exit.reason == ExitReason::Ended) == truth.ended,
        ),
    ]
}

fn check(name: &'static str, measured: String, truth: String, pass: bool) -> Check {
    Check { name, measured, truth, verdict: if pass { Verdict::Pass } else { Verdict::Fail } }
}

/// Start-up, to 5 ms, where the player tells the request to play from the load.
fn startup(startup: Option<audience_core::StartUp>, timeline: &Timeline, truth: &Truth) -> Check {
    let true_text = truth.startup_ms.map_or("none".to_owned(), |ms| format!("{ms} ms"));
    let (measured, verdict) = match startup {
        None if timeline.first_frame().is_none() => {
            ("none".to_owned(), if truth.startup_ms.is_none() { Verdict::Pass } else { Verdict::Fail })
        }
        Some(startup) if startup.since == StartUpBasis::Request => {
            let ms = startup.time.as_millis() as i64;
            let near = truth.startup_ms.is_some_and(|truth| (ms - truth).abs() <= 5);
            (format!("{ms} ms"), if near { Verdict::Pass } else { Verdict::Fail })
        }
        Some(startup) => (format!("at most {} ms", startup.time.as_millis()), Verdict::NotReported),
        None => ("no request to play".to_owned(), Verdict::NotReported),
    };
    Check { name: "start-up", measured, truth: true_text, verdict }
}

/// Wall time in which frames moved.
fn played(session: &Session, timeline: &Timeline, truth: &Truth) -> Check {
    let playing = timeline.time_in(Activity::Playing).as_secs_f64();
    let closed = timeline.spans().last().is_none_or(|span| span.activity != Activity::Playing) || ends_playing(session);
    let true_text = format!("{:.3} s", truth.played_wall_s);
    if truth.player == "shaka" {
        let error = playing - truth.played_wall_s;
        return check("played", format!("{playing:.3} s"), true_text, (-0.1..=1.5).contains(&error));
    }
    if closed {
        let near = (playing - truth.played_wall_s).abs() <= 0.1;
        return check("played", format!("{playing:.3} s"), true_text, near);
    }
    let most = playing + interval(session) + 0.1;
    // The truth is rounded to 10 ms.
    let within = playing - 0.01 <= truth.played_wall_s && truth.played_wall_s <= most;
    check("played", format!("{playing:.3} s to {most:.3} s, left"), true_text, within)
}

/// Whether the last event is one that ends playing.
fn ends_playing(session: &Session) -> bool {
    session.events().last().is_some_and(|event| {
        matches!(
            event.kind,
            EventKind::Pause | EventKind::End { .. } | EventKind::BufferStart | EventKind::StateChange { .. }
        )
    })
}

/// The usual time between periodic reports, in seconds; the format's default of 30 without any.
fn interval(session: &Session) -> f64 {
    let beats: Vec<Timestamp> = session
        .events()
        .iter()
        .filter(|event| event.kind == EventKind::Heartbeat && event.vitals.is_some())
        .map(|event| event.ts)
        .collect();
    let mut gaps: Vec<_> = beats.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map_or(30.0, |gap| gap.as_secs_f64())
}

/// Stalls that ended, and how long each was, to 5 ms.
fn stalls(timeline: &Timeline, truth: &Truth) -> Check {
    let (open, closed): (Vec<&Wait>, Vec<&Wait>) =
        timeline.waits().iter().filter(|wait| wait.kind == WaitKind::Stall).partition(|wait| wait.open);
    let measured: Vec<i64> = closed.iter().map(|wait| wait.length().as_millis() as i64).collect();
    let real: Vec<i64> = truth.stalls.iter().map(|stall| stall.ms).collect();
    let near = measured.len() == real.len() && measured.iter().zip(&real).all(|(a, b)| (a - b).abs() <= 5);
    let text = |lengths: &[i64], open: bool| {
        format!("{} {lengths:?} ms{}", lengths.len(), if open { ", one open" } else { "" })
    };
    check("stalls", text(&measured, !open.is_empty()), text(&real, truth.open_stall_from.is_some()), near)
}

/// Seeks after the first frame that moved the playhead.
fn seeks(timeline: &Timeline, truth: &Truth) -> Check {
    let after = timeline.first_frame().unwrap_or_default();
    let measured = timeline.seeks().iter().filter(|seek| !seek.inferred && seek.at > after).count();
    let first_frame = truth.first_frame_t.unwrap_or(i64::MAX);
    let real = truth.seeks.iter().filter(|seek| seek.t > first_frame && (seek.to - seek.from).abs() > 0.3).count();
    let fewest = real - usize::from(truth.element_error.is_some() && real > 0);
    check("seeks", measured.to_string(), real.to_string(), (fewest..=real).contains(&measured))
}

/// Changes of the playback rate, where the player reports them as events.
fn rate_changes(session: &Session, measured: u64, truth: &Truth) -> Check {
    let mut rate = 1.0;
    let mut real = 0;
    for change in &truth.rate_changes {
        real += u64::from(change.rate != rate);
        rate = change.rate;
    }
    let reported = session.events().iter().any(|event| matches!(event.kind, EventKind::RateChange { .. }));
    let mut check = check("rate changes", measured.to_string(), real.to_string(), measured == real);
    if !reported {
        "no event".clone_into(&mut check.measured);
        check.verdict = Verdict::NotReported;
    }
    check
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The committed captures with what their elements did.
    fn captures() -> Vec<(String, Session, Truth)> {
        let dir = crate::shell::root().join("docs/sample/players");
        let truths = truths(&dir).unwrap();
        let with_session = |(name, truth): (String, Truth)| {
            let session = read(&log_of(&dir, &name), &truth.sid).unwrap().unwrap();
            (name, session, truth)
        };
        truths.into_iter().map(with_session).collect()
    }

    fn failed(session: &Session, truth: &Truth) -> Vec<&'static str> {
        let failed = checks(session, truth).into_iter().filter(|check| check.verdict == Verdict::Fail);
        failed.map(|check| check.name).collect()
    }

    #[test]
    fn telemetry_says_what_the_elements_did() {
        let captures = captures();
        assert_eq!(captures.len(), 9);
        for (name, session, truth) in &captures {
            assert_eq!(failed(session, truth), Vec::<&str>::new(), "{name}");
        }
        let verdicts: Vec<Verdict> =
            captures.iter().flat_map(|(_, session, truth)| checks(session, truth)).map(|check| check.verdict).collect();
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Pass).count(), 43);
    }

    /// A check that would pass whatever happened proves nothing.
    #[test]
    fn a_truth_that_were_another_would_fail() {
        type Change = fn(&mut Truth);
        let changes: [(&str, Change); 6] = [
            ("start-up", |truth| truth.startup_ms = Some(truth.startup_ms.unwrap_or(0) + 6)),
            ("played", |truth| truth.played_wall_s += 20.0),
            ("stalls", |truth| truth.stalls.push(TrueStall { ms: 500 })),
            ("seeks", |truth| {
                let t = truth.first_frame_t.unwrap_or(0) + 1;
                truth.seeks.extend([0.0, 5.0].map(|from| TrueSeek { t, from, to: from + 1.0 }));
                truth.first_frame_t.get_or_insert(0);
            }),
            ("rate changes", |truth| truth.rate_changes.push(TrueRateChange { rate: 0.5 })),
            ("ended", |truth| truth.ended = !truth.ended),
        ];
        for (name, session, truth) in captures() {
            for (check, change) in &changes {
                let reported = checks(&session, &truth).iter().any(|c| c.name == *check && c.verdict == Verdict::Pass);
                let mut other = truth.clone();
                change(&mut other);
                let fails = failed(&session, &other).contains(check);
                assert_eq!(fails, reported, "{name}: {check}");
            }
        }
    }
}
