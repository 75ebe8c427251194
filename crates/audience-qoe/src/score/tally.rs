//! The scores of many sessions.

use audience_core::SessionFacts;
use audience_stats::{Accumulator, Distribution, Merge, RangeCounts};

use super::session::{PerScore, Score, ScoreRules};
use super::viewing::Viewing;

/// The scores of many sessions: how many have each, their mean and quartiles.
///
/// Sums are exact to a millionth of a point per session, quantiles to half a step of a histogram of 1000 steps: 0.1
/// points, 0.004 of a MOS, 0.1 Mbit/s between −50 and 50 (what is beyond counts as the end). So the state is the same
/// however sessions were split, and takes some 75 kB once it has seen many.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_qoe::Scores;
///
/// let at = |secs: i64, kind| Event::new(Timestamp::from_millis(secs * 1000), kind);
/// let mut scores = Scores::default();
/// for (id, startup) in [("s1", 2), ("s2", 8), ("s3", 8)] {
///     let session = Session::new(id, "film", [
///         at(0, EventKind::PlayRequest),
///         at(startup, EventKind::Play).at(MediaTime::ZERO),
///         at(startup + 60, EventKind::Pause).at(MediaTime::from_secs(60)),
///     ]);
///     scores.observe(&session.facts(&Rules::default(), None));
/// }
/// let startup = scores.summary().scores.mux_startup;
/// assert_eq!((startup.sessions, startup.mean, startup.p50), (3, Some(60.0), Some(50.0)));
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Scores {
    rules: ScoreRules,
    sessions: u64,
    never_played: u64,
    /// In the order of [`Score::ALL`].
    tallies: [Tally; 9],
}

/// What [`Scores`] have seen.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ScoresSummary {
    /// Sessions.
    pub sessions: u64,
    /// Those in which no frame ever moved: they have no scores.
    pub never_played: u64,
    /// Each score.
    pub scores: PerScore<ScoreSummary>,
}

/// One score of many sessions. Means and quantiles are over sessions, each counted alike, and `None` when none has the
/// score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ScoreSummary {
    /// Sessions that have it.
    pub sessions: u64,
    /// Its mean.
    pub mean: Option<f64>,
    /// 5 % of them have no more.
    pub p5: Option<f64>,
    /// A quarter of them has no more.
    pub p25: Option<f64>,
    /// Its median.
    pub p50: Option<f64>,
    /// Three quarters of them have no more.
    pub p75: Option<f64>,
}

impl Scores {
    /// Of no session yet, made by these rules.
    pub fn new(rules: ScoreRules) -> Self {
        Self { rules, ..Self::default() }
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.tallies.iter().map(|tally| tally.steps.size_bytes()).sum()
    }
}

impl Merge for Scores {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.never_played.merge(other.never_played);
        for (tally, other) in self.tallies.iter_mut().zip(other.tallies) {
            tally.merge(other);
        }
    }
}

impl Accumulator for Scores {
    type Item = SessionFacts;
    type Summary = ScoresSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.sessions.merge(1);
        let Some(viewing) = Viewing::of(facts) else {
            self.never_played.merge(1);
            return;
        };
        let scores = self.rules.scores_of(&viewing);
        for (tally, score) in self.tallies.iter_mut().zip(Score::ALL) {
            if let Some(value) = *scores.get(score) {
                tally.observe(&Scale::of(score), value);
            }
        }
    }

    fn summary(&self) -> ScoresSummary {
        let of = |score: Score| self.tallies[score as usize].summary(&Scale::of(score));
        ScoresSummary { sessions: self.sessions, never_played: self.never_played, scores: PerScore::from_fn(of) }
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for Scores {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.scores/1", &self.rules)
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}

/// One score of many sessions.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Tally {
    sessions: u64,
    /// The sum in millionths.
    sum_millionths: i128,
    /// Sessions by step, added up from the lowest.
    steps: RangeCounts,
}

/// The histogram of a score: 1000 steps from `least` on.
struct Scale {
    least: f64,
    steps_per_unit: f64,
}

impl Scale {
    const STEPS: u32 = 1000;

    const fn of(score: Score) -> Self {
        match score {
            Score::StallingMos => Self { least: 1.0, steps_per_unit: 250.0 },
            Score::Linear => Self { least: -50.0, steps_per_unit: 10.0 },
            _ => Self { least: 0.0, steps_per_unit: 10.0 },
        }
    }

    /// The step nearest to a value.
    fn step(&self, value: f64) -> u32 {
        // A cast takes what is below 0 for 0.
        (((value - self.least) * self.steps_per_unit + 0.5) as u32).min(Self::STEPS)
    }

    fn value(&self, step: f64) -> f64 {
        self.least + step / self.steps_per_unit
    }
}

impl Tally {
    fn observe(&mut self, scale: &Scale, value: f64) {
        self.sessions.merge(1);
        // Rounded: a call of `round` costs more than all the rest.
        let millionths = (value * 1e6 + 0.5_f64.copysign(value)) as i64;
        self.sum_millionths = self.sum_millionths.saturating_add(millionths.into());
        self.steps.change(scale.step(value), 1);
    }

    fn summary(&self, scale: &Scale) -> ScoreSummary {
        let steps = self.distribution();
        let quantile = |q: f64| steps.quantile(q).ok().flatten().map(|step| scale.value(step));
        ScoreSummary {
            sessions: self.sessions,
            mean: (self.sessions > 0).then(|| self.sum_millionths as f64 / 1e6 / self.sessions as f64),
            p5: quantile(0.05),
            p25: quantile(0.25),
            p50: quantile(0.5),
            p75: quantile(0.75),
        }
    }

    /// Steps with how many sessions are on each.
    fn distribution(&self) -> Distribution {
        let mut below = 0_i64;
        let sums = self.steps.values(Scale::STEPS as usize + 1);
        let on_each = sums.into_iter().map(|sum| sum.wrapping_sub(std::mem::replace(&mut below, sum)));
        let counted = (0..).zip(on_each).filter_map(|(step, on)| u64::try_from(on).ok().map(|on| (step, on)));
        Distribution { counted: counted.filter(|(_, on)| *on > 0).collect() }
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.sessions.merge(other.sessions);
        self.sum_millionths = self.sum_millionths.saturating_add(other.sum_millionths);
        self.steps.merge(other.steps);
    }
}
