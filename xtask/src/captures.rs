//! What telemetry says of real players against what their media elements did.

pub(crate) mod requests;
pub(crate) mod truth;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use audience_core::{
    Activity, EventKind, ExitReason, MediaTime, Rules, Session, StartUpBasis, Timeline, Timestamp, Wait, WaitKind,
};
use audience_ingest::{Input, Options, Segments, load};
use truth::{Check, Truth, Verdict, check, truths};

/// Compare request logs of real players in DIR with `expected.json` there, and fail where they disagree.
#[derive(clap::Args, Debug)]
pub(crate) struct Captures {
    /// The folder: one log per session, NAME.ndjson or NAME.ndjson.gz, and expected.json with what really happened by NAME.
    dir: PathBuf,
}

impl Captures {
    #[expect(clippy::print_stdout, reason = "this is what the task is for")]
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let expected = truths(&self.dir)?;
        let mut counts = [0; 3];
        for (name, truth) in &expected {
            for (source, session) in sessions(&self.dir, name, &truth.sid)? {
                println!("{name}, {source}");
                for Check { name, measured, truth, verdict } in all_checks(source, &session, truth) {
                    println!("  {name:<14} {measured:<44} true {truth:<26} {verdict}");
                    counts[verdict as usize] += 1;
                }
            }
        }
        let [passed, failed, unsaid] = counts;
        println!("{} captures: {passed} checks passed, {failed} failed, {unsaid} not reported", expected.len());
        if failed > 0 {
            bail!("{failed} checks failed");
        }
        Ok(())
    }
}

const REQUESTS: &str = "from requests alone";
const REPORTS: &str = "from reports";

/// Segments of the test stream.
const SEGMENT: MediaTime = MediaTime::from_secs(2);

/// The log of a capture, compressed or not.
fn log_of(dir: &Path, name: &str) -> PathBuf {
    let plain = dir.join(format!("{name}.ndjson"));
    if plain.exists() { plain } else { dir.join(format!("{name}.ndjson.gz")) }
}

/// The session of a log: from all that is there, and from requests alone where there is more.
fn sessions(dir: &Path, name: &str, sid: &str) -> anyhow::Result<Vec<(&'static str, Session)>> {
    let mut options = Options::default();
    // The names of the test stream's segments are numbered from 0 in HLS and from 1 in DASH.
    options.segments = Arc::new(Segments::numbered(SEGMENT, u64::from(name.contains("-dash-"))));
    let read = |inputs: Vec<Input>| -> anyhow::Result<Session> {
        let session = load(inputs, &options)?.get(sid)?.pop();
        session.with_context(|| format!("{name} has no session {sid}"))
    };
    let log = log_of(dir, name);
    let all = read(Input::find(&log)?)?;
    let is_request = |kind: &EventKind| matches!(kind, EventKind::Request(_));
    if all.events().iter().all(|event| is_request(&event.kind)) {
        return Ok(vec![(REQUESTS, all)]);
    }
    let mut sessions = vec![(REPORTS, all)];
    if sessions[0].1.events().iter().any(|event| is_request(&event.kind)) {
        let posted = |line: &&str| line.contains("application/cmcd");
        let text = text(&log)?;
        let requests: Vec<&str> = text.lines().filter(|line| !posted(line)).collect();
        sessions.push((REQUESTS, read(vec![Input::memory(name, requests.join("\n").into_bytes())])?));
    }
    Ok(sessions)
}

/// The text of a file, compressed or not.
fn text(path: &Path) -> anyhow::Result<String> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut text = String::new();
    if path.extension().is_some_and(|ending| ending == "gz") {
        flate2::read::GzDecoder::new(file).read_to_string(&mut text)?;
    } else {
        (&file).read_to_string(&mut text)?;
    }
    Ok(text)
}

fn all_checks(source: &str, session: &Session, truth: &Truth) -> Vec<Check> {
    if source == REQUESTS { requests::checks(session, truth, SEGMENT) } else { checks(session, truth) }
}

fn checks(session: &Session, truth: &Truth) -> Vec<Check> {
    let rules = Rules::default();
    let timeline = session.timeline(&rules);
    let facts = session.facts(&rules, None);
    let mut checks = vec![
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
    ];
    if facts.inferred.positions {
        checks.push(requests::playhead(session, &timeline, truth));
    }
    checks
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
    use audience_core::Accumulator;
    use audience_qoe::Experience;
    use audience_stats::Quantiles;

    use super::truth::{TrueRateChange, TrueSeek, TrueStall};
    use super::*;

    type Case = (String, &'static str, Session, Truth);

    /// The committed captures with what their elements did.
    fn captures() -> Vec<Case> {
        let dir = crate::shell::root().join("docs/sample/players");
        let cases = truths(&dir).unwrap().into_iter().flat_map(|(name, truth)| {
            let sessions = sessions(&dir, &name, &truth.sid).unwrap();
            sessions.into_iter().map(move |(source, session)| (name.clone(), source, session, truth.clone()))
        });
        cases.collect()
    }

    fn failed(source: &str, session: &Session, truth: &Truth) -> Vec<&'static str> {
        let failed = all_checks(source, session, truth).into_iter().filter(|check| check.verdict == Verdict::Fail);
        failed.map(|check| check.name).collect()
    }

    #[test]
    fn telemetry_says_what_the_elements_did() {
        let captures = captures();
        assert_eq!(captures.len(), 9 + 12);
        for (name, source, session, truth) in &captures {
            assert_eq!(failed(source, session, truth), Vec::<&str>::new(), "{name}, {source}");
        }
        let passed = |which: &str| {
            let of = captures.iter().filter(|(_, source, ..)| *source == which);
            let checks = of.flat_map(|(_, source, session, truth)| all_checks(source, session, truth));
            checks.filter(|check| check.verdict == Verdict::Pass).count()
        };
        assert_eq!((passed(REPORTS), passed(REQUESTS)), (50, 58));
    }

    /// Quality of experience over all players' reports, beside what their media elements did.
    #[test]
    fn the_quality_of_experience_is_that_of_the_elements() {
        let of_reports = |captures: Vec<Case>| captures.into_iter().filter(|(_, source, ..)| *source == REPORTS);
        let mut experience = Experience::default();
        let (mut true_startups, mut startups) = (Vec::new(), Quantiles::new());
        let (mut sessions, mut never, mut open, mut stalls, mut stalled_ms, mut playing_ms) = (0, 0, 0, 0, 0, 0.0);
        for (_, _, session, truth) in of_reports(captures()) {
            let facts = session.facts(&Rules::default(), None);
            experience.observe(&facts);
            sessions += 1;
            never += u64::from(truth.first_frame_t.is_none());
            open += u64::from(truth.open_stall_from.is_some());
            stalls += truth.stalls.len() as u64;
            stalled_ms += truth.stalls.iter().map(|stall| stall.ms as u64).sum::<u64>();
            playing_ms += truth.played_wall_s * 1000.0;
            // Of players that say when playback was asked for.
            let asked = facts.startup.filter(|startup| startup.since == StartUpBasis::Request);
            if let (Some(startup), Some(truth)) = (asked, truth.startup_ms) {
                startups.observe(&startup.time.as_millis());
                true_startups.push(truth as f64);
            }
        }
        let seen = experience.summary();
        assert_eq!((seen.sessions, seen.attempts, seen.exits_before_start), (sessions, sessions, never));
        assert_eq!((never, open), (2, 1));
        // The stall that was open at the end is that of the player that gave up.
        assert_eq!((seen.playback_failures, seen.start_failures), (open, 0));
        assert_eq!(seen.stalls, stalls + open);
        let true_mean = true_startups.iter().sum::<f64>() / true_startups.len() as f64;
        let mean = startups.summary().mean().unwrap();
        assert!(true_startups.len() == 2 && (mean - true_mean).abs() <= 5.0, "{mean} {true_startups:?}");
        // Time in the stall that stayed open is no wait for anything that came.
        let waited = seen.stalled_ms.saturating_sub(stalled_ms);
        assert!(seen.stalled_ms >= stalled_ms - 5 * stalls && waited < 30_000, "{} {stalled_ms}", seen.stalled_ms);
        let playing = seen.playing_ms as f64;
        assert!((playing - playing_ms).abs() < 0.03 * playing_ms, "{playing} {playing_ms}");
        // 30 kbit/s for some seconds, in less than four minutes.
        assert!((0.01..0.2).contains(&seen.rebuffer_ratio.unwrap().as_f64()));
        let histogram = experience.startup_histogram();
        assert_eq!(seen.startups + histogram.unknown + histogram.never_started, sessions);
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
        for (name, source, session, truth) in captures().into_iter().filter(|(_, source, ..)| *source == REPORTS) {
            for (check, change) in &changes {
                let mut other = truth.clone();
                change(&mut other);
                let fails = failed(source, &session, &other).contains(check);
                assert_eq!(fails, passes(source, &session, &truth, check), "{name}: {check}");
            }
        }
    }

    fn passes(source: &str, session: &Session, truth: &Truth, name: &str) -> bool {
        all_checks(source, session, truth).iter().any(|check| check.name == name && check.verdict == Verdict::Pass)
    }

    #[test]
    fn a_truth_far_from_what_requests_show_would_fail() {
        type Change = fn(&mut Truth);
        let changes: [(&str, Change); 5] = [
            ("playhead", |truth| truth.ticks.iter_mut().for_each(|(_, position)| *position += 0.4)),
            ("played", |truth| truth.played_wall_s += 25.0),
            ("stalls", |truth| {
                truth.open_stall_from = None;
                truth.stalls.clear();
            }),
            ("seeks", |truth| truth.seeks.push(TrueSeek { t: 0, from: 0.0, to: 90.0 })),
            ("furthest", |truth| truth.max_position_s += 25.0),
        ];
        let mut stalled = 0;
        for (name, source, session, truth) in captures().into_iter().filter(|(_, source, ..)| *source == REQUESTS) {
            let stalls = session.facts(&Rules::default(), None).stalls;
            stalled += stalls;
            for (check, change) in &changes {
                let mut other = truth.clone();
                change(&mut other);
                let fails = failed(source, &session, &other).contains(check);
                let expected = passes(source, &session, &truth, check) && (*check != "stalls" || stalls > 0);
                assert_eq!(fails, expected, "{name}: {check}");
            }
        }
        assert_eq!(stalled, 7);
    }
}
