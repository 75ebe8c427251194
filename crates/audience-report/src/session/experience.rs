//! How a session's stream felt, and what each part of that cost.

use std::cmp::Reverse;

use audience_core::{Accumulator, Failure, LiveLatency, MediaTime, SessionFacts, StartUpBasis};
use audience_qoe::{
    Experience, ExperienceScore, ExperienceSummary, RenditionShare, Renditions, RenditionsSummary, Score, ScoreRules,
    SessionScores, Viewing,
};
use serde::Serialize;

use crate::format::fine_ratio;

/// Renditions that are listed; the others are counted.
const LISTED: usize = 5;

/// The scores of one session.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Scored {
    pub(crate) scores: SessionScores,
    /// What our own index is made of; `None` when nothing was played.
    pub(crate) experience: Option<ExperienceScore>,
}

impl Scored {
    pub(super) fn of(facts: &SessionFacts) -> Self {
        let rules = ScoreRules::default();
        let experience = Viewing::of(facts).map(|viewing| rules.experience.score(&viewing));
        Self { scores: rules.scores(facts), experience }
    }

    /// The index and what each part took from it, the most first.
    pub(super) fn index(&self) -> String {
        let Some(ExperienceScore { score, parts }) = &self.experience else {
            return "no score: nothing was played".to_owned();
        };
        let costs = parts.iter().filter_map(|part| Some((part.cost?.points, part.impairment.name())));
        let mut costs: Vec<_> = costs.filter(|(points, _)| *points > 0.0).collect();
        costs.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let lost: Vec<String> =
            costs.into_iter().enumerate().map(|(rank, (points, of))| lost(rank, points, of)).collect();
        let lost = if lost.is_empty() { "no points lost".to_owned() } else { lost.join(", ") };
        let unknown: Vec<&str> =
            parts.iter().filter(|part| part.cost.is_none()).map(|part| part.impairment.name()).collect();
        let unknown = if unknown.is_empty() { String::new() } else { format!("; not known: {}", unknown.join(", ")) };
        format!("{score:.1} of 100 (a policy index, no MOS): {lost}{unknown}")
    }

    /// The other scores that are known.
    pub(super) fn others(&self) -> Option<String> {
        let others = Score::ALL.into_iter().filter(|score| *score != Score::Experience);
        let known = others.filter_map(|score| Some(format!("{} {:.1}", score.name(), (*self.scores.get(score))?)));
        let known: Vec<String> = known.collect();
        (!known.is_empty()).then(|| known.join(", "))
    }
}

/// What is known of each part, by name. It quotes telemetry.
pub(crate) fn rows(facts: &SessionFacts) -> Vec<(&'static str, String)> {
    let felt = summary_of::<Experience>(facts);
    let rows = [
        ("start-up", Some(start_up(facts))),
        ("stalls", stalls(&felt)),
        ("seeking", seeking(facts)),
        ("switches", switches(&felt, facts)),
        ("bit rate", felt.average_bitrate_bps.map(|bps| format!("{} on average", kbits(bps as u64)))),
        ("played", played(facts)),
        ("latency", facts.latency.as_ref().and_then(latency)),
        ("frames", frames(&felt, facts)),
        ("failure", facts.failure.map(|failure| self::failure(failure, facts))),
    ];
    rows.into_iter().filter_map(|(name, text)| Some((name, text?))).collect()
}

/// `11.2 points start-up` for what cost most, `5.7 stall time` for the rest.
fn lost(rank: usize, points: f64, of: &str) -> String {
    let unit = if rank == 0 { "points " } else { "" };
    // What is not nothing must not look like nothing.
    if points < 0.05 { format!("less than 0.1 {unit}{of}") } else { format!("{points:.1} {unit}{of}") }
}

/// What an accumulator says of one session alone.
fn summary_of<A: Accumulator<Item = SessionFacts> + Default>(facts: &SessionFacts) -> A::Summary {
    let mut seen = A::default();
    seen.observe(facts);
    seen.summary()
}

fn start_up(facts: &SessionFacts) -> String {
    match facts.startup {
        None if facts.started() => "not known: nothing to count from".to_owned(),
        None => format!("no first frame; {} of waiting for it", facts.wall.starting),
        Some(startup) => format!("{} {}", startup.time, since_words(startup.since)),
    }
}

/// What a start-up time counts from.
pub(crate) fn since_words(since: StartUpBasis) -> &'static str {
    match since {
        StartUpBasis::Request => "from the request to play",
        StartUpBasis::FirstRequest => "from the first report: an upper bound",
        StartUpBasis::Load => "from the load: an upper bound",
    }
}

/// `None` where nothing was played that could have stalled.
fn stalls(felt: &ExperienceSummary) -> Option<String> {
    let ratio = fine_ratio(Some(felt.rebuffer_ratio?));
    if felt.stalls == 0 {
        return Some("none".to_owned());
    }
    let (all, longest) = (MediaTime::from_millis(felt.stalled_ms), MediaTime::from_millis(felt.longest_stall_ms));
    let longest = if felt.stalls > 1 { format!(", the longest {longest}") } else { String::new() };
    Some(format!("{all} in {}{longest}; rebuffer ratio {ratio}", things(felt.stalls, "stall")))
}

fn seeking(facts: &SessionFacts) -> Option<String> {
    let seeks = facts.seeks.reported().saturating_add(facts.seeks.inferred());
    let waits = things(facts.seek_waits, "wait");
    (seeks > 0 || facts.seek_waits > 0)
        .then(|| format!("{} in {waits} after {}", facts.wall.seek_waiting, things(seeks, "seek")))
}

/// `None` where nothing says which bit rate was played: there may have been switches that nobody reported.
fn switches(felt: &ExperienceSummary, facts: &SessionFacts) -> Option<String> {
    if facts.quality.changes == 0 && felt.average_bitrate_bps.is_none() {
        return None;
    }
    let way = |count: u64, way: &str, average: Option<f64>| {
        let by = average.map(|bps| format!("{count} {way} by {}", kbits(bps as u64)))?;
        Some(if count > 1 { format!("{by} on average") } else { by })
    };
    let up = way(felt.switches_up, "up", felt.average_switch_up_bps);
    let down = way(felt.switches_down, "down", felt.average_switch_down_bps);
    let both: Vec<String> = up.into_iter().chain(down).collect();
    Some(if both.is_empty() { "none".to_owned() } else { both.join(", ") })
}

/// The renditions that most was played in, with their shares of what was played in known ones.
fn played(facts: &SessionFacts) -> Option<String> {
    let RenditionsSummary { mut renditions, unknown_ms } = summary_of::<Renditions>(facts);
    if renditions.is_empty() {
        return None;
    }
    renditions.sort_by_key(|played| Reverse(played.played_ms));
    let (listed, others) = renditions.split_at(renditions.len().min(LISTED));
    let share = |played: &RenditionShare| {
        format!("{} at {}", played.share, rendition(played.bitrate_bps, played.width, played.height))
    };
    let mut texts: Vec<String> = listed.iter().map(share).collect();
    if !others.is_empty() {
        texts.push(format!("the rest in {} more", others.len()));
    }
    if unknown_ms > 0 {
        texts.push(format!("beside {} in unknown ones", MediaTime::from_millis(unknown_ms)));
    }
    Some(texts.join("; "))
}

fn latency(latency: &LiveLatency) -> Option<String> {
    Some(format!("{} behind the live edge on average, {} at the most", latency.average()?, latency.most))
}

fn frames(felt: &ExperienceSummary, facts: &SessionFacts) -> Option<String> {
    let dropped = facts.quality.dropped_frames?;
    Some(match facts.quality.decoded_frames {
        Some(decoded) => format!("{dropped} of {decoded} dropped: {}", fine_ratio(felt.dropped_frame_ratio)),
        None => format!("{dropped} dropped, of an unknown number"),
    })
}

fn failure(failure: Failure, facts: &SessionFacts) -> String {
    let when = match failure {
        Failure::Start => "failed before the first frame",
        Failure::Playback => "failed after the first frame",
        Failure::ExitBeforeStart => return "no fatal error, but the viewer left before the first frame".to_owned(),
    };
    let code = facts.failure_code.as_ref().map_or("without a code".to_owned(), |code| format!("code {code}"));
    format!("{when}, {code}")
}

/// `2095 kbit/s, 1280x720`.
pub(crate) fn rendition(bitrate_bps: Option<u64>, width: u32, height: u32) -> String {
    let rate = bitrate_bps.map_or("unknown bit rate".to_owned(), kbits);
    if height > 0 { format!("{rate}, {width}x{height}") } else { rate }
}

fn kbits(bps: u64) -> String {
    format!("{} kbit/s", bps / 1000)
}

pub(super) fn things(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}
