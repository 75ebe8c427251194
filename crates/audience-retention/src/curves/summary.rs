//! What curves have seen.

use audience_core::{MediaTime, Ratio};
use audience_stats::{BandScale, Confidence, Interval, KaplanMeier, RiskRow, RiskTable, wilson};

/// What [`RetentionCurves`](crate::RetentionCurves) have seen.
///
/// Counts are numbers of sessions. Those of a [weighted](crate::WeightedCurves) summary are sums of weights in millionths,
/// and so is [`total`](Self::total); shares, averages and bands are the same in both.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RetentionSummary {
    /// Sessions in the curves.
    pub sessions: u64,
    /// Sessions that are not.
    pub placement: Placement,
    /// What shares are of: as much as all sessions in the curves count.
    pub total: u64,
    /// How much a session of weight 1 counts: 1, or a million in a weighted summary.
    pub unit: u64,
    /// As many sessions of equal weight say as much: (Σ w)² / Σ w² (Kish). Without weights, all of them.
    pub effective_sessions: f64,
    /// Sessions that watched nothing.
    pub never_watched: u64,
    /// The longest content a session had.
    #[cfg_attr(feature = "serde", serde(rename = "longest_ms"))]
    pub longest: MediaTime,
    /// Content watched in milliseconds, each pass counted.
    pub watched_ms: u128,
    /// Content watched in milliseconds, each part of each session once.
    pub unique_ms: u128,
    /// The duration of the content, once for each session, in milliseconds.
    pub duration_ms: u128,
    /// The points, from the start of the content.
    pub points: Vec<PointCounts>,
    /// The intervals, from the start of the content.
    pub intervals: Vec<IntervalCounts>,
    /// By how much the variance of reach is larger than that of independent sessions, because viewers come back; 1 or more.
    /// `None` with less than two viewers, or when all did the same.
    pub design_effect: Option<f64>,
    /// The same for survival.
    pub survival_design_effect: Option<f64>,
    /// The same for the share that leaves in each tenth of the content; 1 where it is not known.
    pub hazard_design_effects: Vec<f64>,
}

/// Sessions that are in no curve, by reason.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Placement {
    /// They are of a live stream, whose positions have no common start.
    pub live: u64,
    /// How long the content is is not known, or it is 0.
    pub unknown_duration: u64,
    /// It is not known where in the content they were.
    pub unknown_positions: u64,
    /// Their content would have more points than a curve can have.
    pub too_long: u64,
}

impl Placement {
    /// All of them.
    pub fn left_out(&self) -> u64 {
        [self.unknown_duration, self.unknown_positions, self.too_long].into_iter().fold(self.live, u64::saturating_add)
    }
}

/// What was counted at one point.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PointCounts {
    /// Where it is in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "position_ms"))]
    pub position: MediaTime,
    /// Sessions that watched it.
    pub sessions: u64,
    /// How often it was played.
    pub plays: u64,
    /// Sessions that watched it more than once.
    pub again: u64,
    /// How often viewers sought from before it, or from there, to past it.
    pub skipped: u64,
}

/// What was counted in one interval.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct IntervalCounts {
    /// Where it begins in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "start_ms"))]
    pub start: MediaTime,
    /// Where it ends.
    #[cfg_attr(feature = "serde", serde(rename = "end_ms"))]
    pub end: MediaTime,
    /// Sessions that watched something in it or before, and something in it or after.
    pub at_risk: u64,
    /// Sessions whose last watched position is in it, whatever the reason.
    pub exits: u64,
    /// Of these, those that left: the view is over, and was not at the end of the content.
    pub left: u64,
    /// Of these, those that may go on.
    pub active: u64,
}

impl IntervalCounts {
    /// Views that were over here, at the end of the content or not.
    pub fn over(&self) -> u64 {
        self.exits.saturating_sub(self.active)
    }
}

/// What is independent of each other.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Independent {
    /// Viewers; their sessions are alike. Right whether viewers come back or not, and with few viewers a little wide.
    #[default]
    Viewers,
    /// Sessions, as where every session is of another viewer.
    Sessions,
}

impl RetentionSummary {
    /// Sessions that watched point k, as a share of all; `None` without sessions or without that point.
    pub fn reach(&self, point: usize) -> Option<Ratio> {
        Ratio::of(self.points.get(point)?.sessions, self.total)
    }

    /// The same at all points; empty without sessions.
    pub fn reaches(&self) -> Vec<f64> {
        (0..self.points.len()).filter_map(|point| Some(self.reach(point)?.as_f64())).collect()
    }

    /// How often each point was played, per session: above 1 where it is watched again. Empty without sessions.
    pub fn plays(&self) -> Vec<f64> {
        if self.total == 0 {
            return Vec::new();
        }
        self.points.iter().map(|point| point.plays as f64 / self.total as f64).collect()
    }

    /// By how much variances are larger than those of independent sessions.
    pub fn variance_factor(&self, independent: Independent) -> f64 {
        match independent {
            Independent::Viewers => self.design_effect.unwrap_or(1.0),
            Independent::Sessions => 1.0,
        }
    }

    /// The intervals of reach, point by point: Wilson's, with as many sessions as would say as much if they were
    /// independent and of equal weight. Pointwise: the whole curve is inside less often. Empty without sessions.
    pub fn band(&self, confidence: Confidence, independent: Independent) -> Vec<Interval> {
        let n = self.effective_sessions / self.variance_factor(independent);
        let interval = |share: f64| wilson((share * n).min(n), n, confidence).ok();
        self.reaches().into_iter().filter_map(interval).collect()
    }

    /// The risk table of leaving: times are the numbers of the intervals, from 1, so that tables of several groups agree
    /// about them whatever the durations. Scaled to as many sessions as would say as much if they were independent and of
    /// equal weight, so that what it says of how sure it is is right. `None` when nobody watched anything.
    pub fn risk_table(&self, independent: Independent) -> Option<RiskTable> {
        let factor = match independent {
            Independent::Viewers => self.survival_design_effect.unwrap_or(1.0),
            Independent::Sessions => 1.0,
        };
        let scale = self.effective_sessions / (self.total as f64 * factor);
        let risked = (1..).zip(&self.intervals).filter(|(_, interval)| interval.at_risk > 0);
        let rows = risked.map(|(number, interval)| RiskRow {
            time: f64::from(number),
            at_risk: interval.at_risk as f64 * scale,
            events: interval.left as f64 * scale,
            censored: interval.exits.saturating_sub(interval.left) as f64 * scale,
        });
        RiskTable::new(rows.collect()).ok()
    }

    /// The share of viewers that stay beyond the end of each interval, if they do not skip: Kaplan and Meier's estimate
    /// over positions instead of time, with viewers who begin later entering there, and views that go on or reached the end
    /// counted as long as they were seen. `None` when nobody watched anything.
    pub fn survival(&self, independent: Independent) -> Option<Survival> {
        let estimate = self.risk_table(independent)?.kaplan_meier();
        let ends = self.intervals.iter().filter(|interval| interval.at_risk > 0).map(|interval| interval.end).collect();
        Some(Survival { estimate, ends })
    }

    /// Content watched per session in milliseconds, each pass counted: the average view duration. Exact. `None` without
    /// sessions.
    pub fn average_view_duration_ms(&self) -> Option<f64> {
        (self.total > 0).then(|| self.watched_ms as f64 / self.total as f64)
    }

    /// Content watched as a share of the content there was, each pass counted: the sum of the one over the sum of the other.
    /// Above 1 when content is watched again and again. Exact. `None` without sessions.
    pub fn average_view_share(&self) -> Option<f64> {
        (self.duration_ms > 0).then(|| self.watched_ms as f64 / self.duration_ms as f64)
    }

    /// The same, each part of each session once: the exact area under the curve of reach, where sessions agree about the
    /// duration.
    pub fn average_coverage(&self) -> Option<Ratio> {
        Ratio::of_sums(self.unique_ms, self.duration_ms)
    }

    /// The area under the curve of reach through its points, by the trapezoid rule, with the content as 1: what other
    /// systems report as the average view. The first point holds from the start of the content, the last one to its end.
    /// `None` without sessions.
    pub fn area(&self) -> Option<f64> {
        let end = self.longest.as_millis();
        let reaches = self.reaches();
        let ends = (*reaches.first()?, *reaches.last()?);
        let position = |point: &PointCounts| match point.position.as_millis() {
            last if last + 1 == end => 1.0,
            inner => inner as f64 / end as f64,
        };
        let inner = self.points.iter().map(position).zip(reaches);
        let curve: Vec<(f64, f64)> = std::iter::once((0.0, ends.0)).chain(inner).chain([(1.0, ends.1)]).collect();
        let (x, y): (Vec<f64>, Vec<f64>) = curve.into_iter().unzip();
        audience_stats::trapezoid(&x, &y).ok()
    }

    /// The share that watches a position, given as a share of the content: between two points, on the line through them.
    /// `None` without sessions.
    pub fn reach_at(&self, share: Ratio) -> Option<f64> {
        let end = self.longest.as_millis() as f64;
        let at = share.as_f64() * end;
        let next = self.points.partition_point(|point| point.position.as_millis() as f64 <= at);
        let before = next.saturating_sub(1);
        let (low, high) = (self.reach(before)?.as_f64(), self.reach(next).map(Ratio::as_f64));
        let (Some(high), Some(from), Some(to)) = (high, self.points.get(before), self.points.get(next)) else {
            return Some(low);
        };
        let (from, to) = (from.position.as_millis() as f64, to.position.as_millis() as f64);
        let part = if to > from { ((at - from) / (to - from)).clamp(0.0, 1.0) } else { 0.0 };
        Some(low + (high - low) * part)
    }

    /// The first point that less than half of the sessions watched; `None` when there is none.
    pub fn half_life(&self) -> Option<MediaTime> {
        let below = self.points.iter().find(|point| u128::from(point.sessions) * 2 < u128::from(self.total))?;
        Some(below.position)
    }
}

/// How many viewers stay: see [`RetentionSummary::survival`].
#[derive(Clone, Debug, PartialEq)]
pub struct Survival {
    estimate: KaplanMeier,
    /// Where each of its steps is.
    ends: Vec<MediaTime>,
}

impl Survival {
    /// The share that stays beyond each of these positions, which are where intervals end in the longest content.
    pub fn steps(&self) -> impl ExactSizeIterator<Item = (MediaTime, f64)> + '_ {
        self.ends.iter().copied().zip(self.estimate.steps().iter().map(|step| step.survival))
    }

    /// The intervals of these shares: the log-log band, which stays within 0 and 1; `None` where it is undefined.
    pub fn band(&self, confidence: Confidence) -> Vec<Option<Interval>> {
        let steps = 0..self.estimate.steps().len();
        steps.map(|step| self.estimate.interval(step, BandScale::LogLog, confidence)).collect()
    }

    /// Where half of the viewers have left; `None` when more than half stay to the end.
    pub fn median(&self) -> Option<MediaTime> {
        self.steps().find(|(_, survival)| *survival <= 0.5).map(|(end, _)| end)
    }

    /// The estimate underneath, over the numbers of the intervals, from 1.
    pub fn estimate(&self) -> &KaplanMeier {
        &self.estimate
    }
}
