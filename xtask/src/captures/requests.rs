//! What requests alone say of a session against what its media element did.

use audience_core::{Estimates, EventKind, MediaTime, Rules, Session, SessionFacts, Timeline, WaitKind};

use super::truth::{Check, Truth, Verdict, check};

/// How far the median of the playhead may be off where times are exact, in seconds.
const MEDIAN: f64 = 0.15;
/// How far nine in ten may be off.
const P90: f64 = 3.0;

/// Compares; `segment` is the length of the segments of the picture.
pub(crate) fn checks(session: &Session, truth: &Truth, segment: MediaTime) -> Vec<Check> {
    let rules = Rules::default();
    let (timeline, facts) = (session.timeline(&rules), session.facts(&rules, None));
    let Some(estimates) = facts.inferred.from_requests else {
        return vec![check("inferred", "no".to_owned(), "from requests".to_owned(), false)];
    };
    let log = Log::of(session, segment);
    vec![
        playhead(session, &timeline, truth),
        played(&facts, estimates, truth, &log),
        stalls(&timeline, &facts, truth),
        seeks(&timeline, truth, &log),
        furthest(&facts, estimates, truth, &log),
    ]
}

/// What can be had from a log.
struct Log {
    segment: f64,
    /// How exact its times are, in seconds, either way.
    time_error: f64,
    /// The content that was buffered, and asked for, at the last request, in seconds.
    buffer: f64,
    last: i64,
}

impl Log {
    fn of(session: &Session, segment: MediaTime) -> Self {
        let mut log = Self { segment: segment.as_secs_f64(), time_error: 0.0, buffer: 0.0, last: 0 };
        for event in session.events() {
            if let EventKind::Request(request) = &event.kind {
                log.time_error = request.time_error.as_secs_f64();
                log.last = event.ts.as_millis();
                let buffer = event.vitals.as_ref().and_then(|vitals| vitals.buffer);
                if let (Some(buffer), Some(length)) = (buffer, request.length) {
                    log.buffer = (buffer.as_secs_f64() + length.as_secs_f64()).max(log.segment);
                }
            }
        }
        log
    }
}

/// The playhead at the element's own ticks, from the first frame to the last request.
pub(super) fn playhead(session: &Session, timeline: &Timeline, truth: &Truth) -> Check {
    let log = Log::of(session, MediaTime::ZERO);
    let ticks =
        truth.ticks.iter().filter(|(t, _)| *t <= log.last && truth.first_frame_t.is_some_and(|first| *t >= first));
    let mut errors: Vec<f64> = Vec::new();
    for (t, position) in ticks {
        let frame = timeline.frame_at(audience_core::Timestamp::from_millis(*t)).and_then(|frame| frame.position);
        errors.push(frame.map_or(f64::INFINITY, |frame| (frame.as_secs_f64() - position).abs()));
    }
    errors.sort_by(f64::total_cmp);
    let quantile =
        |share: f64| errors.get(((errors.len() as f64 * share) as usize).min(errors.len().max(1) - 1)).copied();
    let (Some(median), Some(p90)) = (quantile(0.5), quantile(0.9)) else {
        let (measured, truth) = ("no tick".to_owned(), "none".to_owned());
        return Check { name: "playhead", measured, truth, verdict: Verdict::NotReported };
    };
    let measured = format!("off by {median:.3} s, nine in ten by {p90:.3} s");
    let pass = median <= MEDIAN + log.time_error && p90 <= P90 + 8.0 * log.time_error;
    check("playhead", measured, format!("{} ticks", errors.len()), pass)
}

/// Wall time in which frames moved, between its bounds, and these no further apart than they must be.
fn played(facts: &SessionFacts, estimates: Estimates, truth: &Truth, log: &Log) -> Check {
    let (least, most) = (estimates.playing_least.as_secs_f64(), estimates.playing_most.as_secs_f64());
    let inside = least <= truth.played_wall_s + 0.01 && truth.played_wall_s - 0.01 <= most;
    // What was neither played nor stalled between the first frame and the last request was paused, and nobody said so.
    let stalled: f64 = truth.stalls.iter().map(|stall| stall.ms as f64 / 1000.0).sum();
    let after = if truth.ended { log.buffer } else { 0.0 };
    let on = truth.first_frame_t.map_or(0.0, |first| ((log.last - first) as f64 / 1000.0).max(0.0) + after);
    let paused = (on - stalled - truth.played_wall_s).max(0.0);
    let widest = log.buffer + 2.0 * log.segment + paused + 2.0 * log.time_error;
    let measured = format!(
        "{:.2} s, {least:.2} to {most:.2} s, {:.1} of {widest:.1} s apart",
        facts.wall.playing.as_secs_f64(),
        most - least
    );
    check("played", measured, format!("{:.2} s", truth.played_wall_s), inside && most - least <= widest)
}

/// No stall that was none, and none longer than it was.
fn stalls(timeline: &Timeline, facts: &SessionFacts, truth: &Truth) -> Check {
    let open = usize::from(truth.open_stall_from.is_some());
    let measured = timeline.waits().iter().filter(|wait| wait.kind == WaitKind::Stall);
    let closed: f64 = measured.clone().filter(|wait| !wait.open).map(|wait| wait.length().as_secs_f64()).sum();
    let real: f64 = truth.stalls.iter().map(|stall| stall.ms as f64 / 1000.0).sum();
    let text = format!("{}, {closed:.2} s", facts.stalls);
    let pass = measured.count() <= truth.stalls.len() + open && (open > 0 || closed <= real + 0.3);
    check(
        "stalls",
        text,
        format!("{}, {real:.2} s{}", truth.stalls.len(), if open > 0 { ", one open" } else { "" }),
        pass,
    )
}

/// Every seek of more than two segments, with its target within one.
fn seeks(timeline: &Timeline, truth: &Truth, log: &Log) -> Check {
    let far = truth.seeks.iter().filter(|seek| (seek.to - seek.from).abs() > 2.0 * log.segment);
    let near = |to: f64| {
        let within = log.segment + 2.0 * log.time_error;
        timeline.seeks().iter().filter_map(|seek| seek.to).any(|found| (found.as_secs_f64() - to).abs() <= within)
    };
    let (found, missed): (Vec<_>, Vec<_>) = far.partition(|seek| near(seek.to));
    let targets: Vec<String> = timeline
        .seeks()
        .iter()
        .map(|seek| seek.to.map_or("?".to_owned(), |to| format!("{:.1}", to.as_secs_f64())))
        .collect();
    let few = timeline.seeks().len() <= truth.seeks.len() + 1;
    let measured = format!("to {}", targets.join(", "));
    check("seeks", measured, format!("{} of {} far", found.len(), found.len() + missed.len()), missed.is_empty() && few)
}

/// The furthest position, to a segment and what was buffered where nothing was asked for afterwards.
fn furthest(facts: &SessionFacts, estimates: Estimates, truth: &Truth, log: &Log) -> Check {
    // An element that was moved somewhere and never played there was there all the same.
    let furthest = facts.furthest.max(facts.exit.position).unwrap_or_default().as_secs_f64();
    let within = log.segment + 2.0 * log.time_error + log.buffer;
    let exits = |exit: Option<MediaTime>| exit.map_or(0.0, MediaTime::as_secs_f64);
    let measured =
        format!("{furthest:.2} s, left at {:.2} to {:.2} s", exits(estimates.exit_least), exits(estimates.exit_most));
    check(
        "furthest",
        measured,
        format!("{:.2} s", truth.max_position_s),
        (furthest - truth.max_position_s).abs() <= within,
    )
}
