//! Which parts are watched again, and which are skipped.

use audience_core::{MediaTime, Ratio};

use crate::curves::{Independent, RetentionSummary};
use crate::stand_out::{Neighbours, Rate, Search, runs};

/// What counts as a part that is watched again, or skipped.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AttentionRules {
    /// How many points on each side are the neighbourhood.
    pub neighbours: usize,
    /// The share of findings that may be false: q of Benjamini and Hochberg.
    pub false_findings: Ratio,
    /// How many times as often as around there.
    pub least_lift: f64,
    /// The least share of those who could that must have skipped a part.
    pub least_skipped: Ratio,
    /// An intro begins in the first part of the content, and is no longer than that.
    pub intro: Ratio,
}

/// Ten points on each side, 5 % false findings, half as often again; a tenth skip; the first fifth.
impl Default for AttentionRules {
    fn default() -> Self {
        let share = |share| Ratio::new(share).unwrap_or_default();
        Self {
            neighbours: 10,
            false_findings: share(0.05),
            least_lift: 1.5,
            least_skipped: share(0.1),
            intro: share(0.2),
        }
    }
}

/// A part of the content that stands out from its neighbourhood: points beside each other.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Part {
    /// Its first point.
    pub first: usize,
    /// Its last point.
    pub last: usize,
    /// Where it begins in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "start_ms"))]
    pub start: MediaTime,
    /// Where the point after its last one is; where that would be past the end, the end.
    #[cfg_attr(feature = "serde", serde(rename = "end_ms"))]
    pub end: MediaTime,
}

/// A part that is watched again more than those around it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Rewatched {
    /// Which one.
    pub part: Part,
    /// How often it was played again by each session that watched it, on average over its points.
    pub replays: f64,
    /// The share of the sessions that watched it that watched it again, on average over its points.
    pub again: f64,
    /// How many times that of the points around.
    pub lift: Option<f64>,
    /// The largest probability of its points to be chance, adjusted for their number.
    pub p: f64,
}

/// A part over which viewers seek more than over those around it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Skipped {
    /// Which one.
    pub part: Part,
    /// Seeks over it as a share of these and the sessions that watched it, on average over its points.
    pub skipped: f64,
    /// How many times that of the points around.
    pub lift: Option<f64>,
    /// The largest probability of its points to be chance, adjusted for their number.
    pub p: f64,
    /// Whether it is the intro: it begins early, and is not long.
    pub is_intro: bool,
}

impl RetentionSummary {
    /// How often each point was played again by a session that watched it, beyond its first pass; `None` where nobody did.
    pub fn replays(&self) -> Vec<Option<f64>> {
        let replays =
            |plays: u64, sessions: u64| (sessions > 0).then(|| (plays as f64 - sessions as f64) / sessions as f64);
        self.points.iter().map(|point| replays(point.plays, point.sessions)).collect()
    }

    /// Parts that significantly more of their sessions watch again than of those around, longest runs of points, in order.
    ///
    /// At each point, sessions that played it more than once, of those that played it, are compared with the average of the
    /// points around by Fisher's exact test (one-sided), adjusted by Benjamini and Hochberg. A second session of the same
    /// viewer is a first pass again.
    pub fn rewatched(&self, rules: &AttentionRules, independent: Independent) -> Vec<Rewatched> {
        let rates: Vec<Rate> = self.points.iter().map(|point| (point.again, point.sessions)).collect();
        let found = self.search(rules, independent).stand_outs(&rates, 0..rates.len());
        let replays = self.replays();
        let rewatched = |places: &[crate::stand_out::StandOut]| {
            let again = mean(places.iter().map(|place| share(rates[place.at])));
            Rewatched {
                part: self.part(places[0].at, places[places.len() - 1].at),
                replays: mean(places.iter().filter_map(|place| replays[place.at])),
                again,
                lift: lift(again, mean(places.iter().map(|place| place.expected))),
                p: places.iter().fold(0.0, |most, place| place.p.max(most)),
            }
        };
        runs(&found).map(rewatched).collect()
    }

    /// Parts that viewers significantly more often seek over than over those around, longest runs of points, in order; the
    /// intro among them is marked.
    ///
    /// At each point, seeks from before it to past it, of these and the sessions that watched it, are compared with the
    /// average of the points around, as in [`rewatched`](Self::rewatched).
    pub fn skipped(&self, rules: &AttentionRules, independent: Independent) -> Vec<Skipped> {
        let rates: Vec<Rate> =
            self.points.iter().map(|point| (point.skipped, point.skipped.saturating_add(point.sessions))).collect();
        let mut found = self.search(rules, independent).stand_outs(&rates, 0..rates.len());
        found.retain(|place| share(rates[place.at]) >= rules.least_skipped.as_f64());
        let length = self.longest.as_millis() as f64 * rules.intro.as_f64();
        let skipped = |places: &[crate::stand_out::StandOut]| {
            let part = self.part(places[0].at, places[places.len() - 1].at);
            let skipped = mean(places.iter().map(|place| share(rates[place.at])));
            let long = part.end.saturating_sub(part.start);
            Skipped {
                part,
                skipped,
                lift: lift(skipped, mean(places.iter().map(|place| place.expected))),
                p: places.iter().fold(0.0, |most, place| place.p.max(most)),
                is_intro: part.start.as_millis() as f64 <= length && long.as_millis() as f64 <= length,
            }
        };
        let mut parts: Vec<Skipped> = runs(&found).map(skipped).collect();
        // There is one intro: the part that most skip.
        let most = parts.iter().filter(|part| part.is_intro).map(|part| part.skipped).fold(0.0, f64::max);
        for part in &mut parts {
            part.is_intro &= part.skipped >= most;
        }
        parts
    }

    fn search(&self, rules: &AttentionRules, independent: Independent) -> Search {
        let weights = self.total as f64 / self.effective_sessions.max(f64::MIN_POSITIVE);
        Search {
            reach: rules.neighbours,
            neighbours: Neighbours::Alike,
            false_findings: rules.false_findings.as_f64(),
            least_lift: rules.least_lift,
            variance_factors: vec![weights * self.variance_factor(independent)],
        }
    }

    fn part(&self, first: usize, last: usize) -> Part {
        let position = |point: usize| self.points.get(point).map_or(self.longest, |point| point.position);
        Part { first, last, start: position(first), end: position(last + 1) }
    }
}

fn share((part, whole): Rate) -> f64 {
    part as f64 / whole as f64
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, number) = values.fold((0.0, 0.0), |(sum, number), value| (sum + value, number + 1.0));
    if number > 0.0 { sum / number } else { 0.0 }
}

fn lift(rate: f64, expected: f64) -> Option<f64> {
    (expected > 0.0).then(|| rate / expected)
}
