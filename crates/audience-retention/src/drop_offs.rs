//! Where viewers leave more than around there.

use audience_core::{MediaTime, Ratio};

use crate::curves::{Independent, IntervalCounts, RetentionSummary};
use crate::stand_out::{Neighbours, Search, p};

/// What counts as a drop-off.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DropOffRules {
    /// How many intervals on each side are the local trend.
    pub neighbours: usize,
    /// The share of findings that may be false: q of Benjamini and Hochberg.
    pub false_findings: Ratio,
    /// How many times as many as around there must leave.
    pub least_lift: f64,
    /// The last part of the content, in which leaving is finishing.
    pub end: Ratio,
}

/// Four intervals on each side, 5 % false findings, half as many again, the last hundredth.
impl Default for DropOffRules {
    fn default() -> Self {
        let share = |share| Ratio::new(share).unwrap_or_default();
        Self { neighbours: 4, false_findings: share(0.05), least_lift: 1.5, end: share(0.01) }
    }
}

/// An interval in which more viewers leave than around there.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DropOff {
    /// Its number, from 0.
    pub interval: usize,
    /// Where it begins in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "start_ms"))]
    pub start: MediaTime,
    /// Where it ends.
    #[cfg_attr(feature = "serde", serde(rename = "end_ms"))]
    pub end: MediaTime,
    /// Sessions that could leave in it.
    pub at_risk: u64,
    /// Sessions that did.
    pub left: u64,
    /// The one by the other: the hazard.
    pub hazard: f64,
    /// The hazard around there.
    pub expected: f64,
    /// Sessions that left beyond what is expected.
    pub excess: f64,
    /// The probability of such a hazard by chance, adjusted for the number of intervals.
    pub p: f64,
    /// Whether it is where the [credits](RetentionSummary::credits) begin, or in them.
    pub in_credits: bool,
}

/// A fall of the curve between two points.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Fall {
    /// The point it falls to.
    pub point: usize,
    /// Where that is in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "position_ms"))]
    pub position: MediaTime,
    /// By how much it falls, as a share of all sessions.
    pub by: Ratio,
}

/// Where viewers leave although there is more: to the end of the content.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Credits {
    /// The interval they begin in.
    pub interval: usize,
    /// Where that begins in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "start_ms"))]
    pub start: MediaTime,
    /// Sessions that were there when they began.
    pub at_risk: u64,
    /// Of these, sessions that left before the end.
    pub left: u64,
    /// The share that leaves in an interval before them.
    pub hazard_before: f64,
    /// The share that leaves in an interval of them.
    pub hazard_in: f64,
}

impl RetentionSummary {
    /// Intervals in which significantly more viewers leave than in those around: the hazard against the local trend.
    ///
    /// In each interval, views that were over there are compared with those in the intervals around by Fisher's exact test
    /// (one-sided), with as many sessions as would say as much if they were independent; p values are adjusted by Benjamini
    /// and Hochberg, so that of the findings no more than `false_findings` are false on average. On curves without any
    /// drop-off, something is found in no more than 5 of 100 (simulated in the tests). The end of the content is left out:
    /// leaving there is finishing.
    pub fn drop_offs(&self, rules: &DropOffRules, independent: Independent) -> Vec<DropOff> {
        let search = Search {
            reach: rules.neighbours,
            neighbours: Neighbours::Independent,
            false_findings: rules.false_findings.as_f64(),
            least_lift: rules.least_lift,
            variance_factors: self.hazard_factors(independent),
        };
        let credits = self.credits(rules, independent);
        let drop_off = |found: &crate::stand_out::StandOut| {
            let interval = &self.intervals[found.at];
            let (at_risk, left) = (interval.at_risk, interval.over());
            DropOff {
                interval: found.at,
                start: interval.start,
                end: interval.end,
                at_risk,
                left,
                hazard: left as f64 / at_risk as f64,
                expected: found.expected,
                excess: left as f64 - at_risk as f64 * found.expected,
                p: found.p,
                in_credits: credits.is_some_and(|credits| found.at >= credits.interval),
            }
        };
        let found = search.stand_outs(&self.hazards(), 0..self.before_the_end(rules));
        found.iter().map(drop_off).collect()
    }

    /// Points at which the curve of reach is lower than at the point before by more than `threshold`, as a share of all
    /// sessions: a plain rule, without a word about chance. Skips count as well as exits.
    pub fn falls(&self, threshold: Ratio) -> Vec<Fall> {
        let reaches = self.reaches();
        let falls = (1..).zip(reaches.windows(2)).filter_map(|(point, pair)| {
            let by = Ratio::new((pair[0] - pair[1]).max(0.0)).ok().filter(|by| *by > threshold)?;
            Some(Fall { point, position: self.points[point].position, by })
        });
        falls.collect()
    }

    /// Where the credits begin, if viewers show it: from some interval in the last quarter on, three times as many leave in
    /// each as in the quarter before, and at least a third of those who are there leave before the end. Of all such
    /// intervals, the one that parts few from many best by its likelihood. `None` when that may be chance (p ≥ 0.001 for the
    /// number of intervals).
    pub fn credits(&self, rules: &DropOffRules, independent: Independent) -> Option<Credits> {
        /// How unlikely it must be.
        const SURE: f64 = 0.001;
        let end = self.before_the_end(rules);
        let quarter = self.intervals.len().div_ceil(4);
        let (from, earliest) = (end.checked_sub(2 * quarter)?, end.checked_sub(quarter)?);
        let hazards = self.hazards();
        let sum = |part: &[(u64, u64)]| {
            part.iter().fold((0_u64, 0_u64), |sum, rate| (sum.0.saturating_add(rate.0), sum.1.saturating_add(rate.1)))
        };
        let fit = |(left, at_risk): (u64, u64)| likelihood(left as f64, at_risk as f64);
        let candidates = earliest.max(from + 1)..end;
        let number = candidates.len() as f64;
        let parted = candidates.map(|at| (at, sum(&hazards[from..at]), sum(&hazards[at..end])));
        let (at, before, after) =
            parted.max_by(|one, other| (fit(one.1) + fit(one.2)).total_cmp(&(fit(other.1) + fit(other.2))))?;
        let (hazard_before, hazard_in) = (before.0 as f64 / before.1 as f64, after.0 as f64 / after.1 as f64);
        let at_risk = self.intervals[at].at_risk;
        let factors = self.hazard_factors(independent);
        let factor = factors[factors.len() / 2..].iter().copied().fold(1.0, f64::max);
        let p = p(after, before, factor) * number;
        let clear = hazard_in >= 3.0 * hazard_before && u128::from(after.0) * 3 >= u128::from(at_risk) && p < SURE;
        clear.then(|| Credits {
            interval: at,
            start: self.intervals[at].start,
            at_risk,
            left: after.0,
            hazard_before,
            hazard_in,
        })
    }

    /// By how much the variance of what leaves is larger than that of independent sessions of equal weight, by equal parts of
    /// the content.
    fn hazard_factors(&self, independent: Independent) -> Vec<f64> {
        // Weights say less than as many sessions.
        let weights = self.total as f64 / self.effective_sessions.max(f64::MIN_POSITIVE);
        match independent {
            Independent::Viewers if !self.hazard_design_effects.is_empty() => {
                self.hazard_design_effects.iter().map(|effect| weights * effect).collect()
            }
            _ => vec![weights],
        }
    }

    /// In each interval, sessions that were over there, of those that could be.
    fn hazards(&self) -> Vec<(u64, u64)> {
        self.intervals.iter().map(|interval: &IntervalCounts| (interval.over(), interval.at_risk)).collect()
    }

    /// How many intervals end before the end of the content begins.
    fn before_the_end(&self, rules: &DropOffRules) -> usize {
        let last = self.longest.as_millis() as f64 * (1.0 - rules.end.as_f64());
        self.intervals.partition_point(|interval| interval.end.as_millis() as f64 <= last)
    }
}

/// The logarithm of the likelihood that so many leave of so many, at the rate that is likeliest.
fn likelihood(left: f64, at_risk: f64) -> f64 {
    let term = |part: f64| if part > 0.0 { part * (part / at_risk).ln() } else { 0.0 };
    term(left) + term(at_risk - left)
}
