//! Curves of several groups beside each other.

use audience_core::MediaTime;
use audience_stats::{Confidence, Interval, LogRank, RiskTable, log_rank, newcombe};

use crate::curves::{Independent, RetentionSummary};
use crate::error::Error;

/// By how much two groups differ at one point.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PointDifference {
    /// Where it is in the longest content.
    #[cfg_attr(feature = "serde", serde(rename = "position_ms"))]
    pub position: MediaTime,
    /// The share that is reached in this group minus that in the other.
    pub difference: f64,
    /// Its interval: Newcombe's hybrid score method, with as many sessions in each group as would say as much if they were
    /// independent.
    pub interval: Interval,
}

impl RetentionSummary {
    /// The curve of reach minus that of another group, point by point, with intervals: pointwise, so that of twenty points
    /// one is outside of 95 % intervals by chance.
    ///
    /// Groups are taken to be independent. Viewers who are in both make that wrong; it is a description then.
    ///
    /// # Errors
    ///
    /// [`Error::OtherGrid`] when the two have other points, [`Error::EmptyGroup`] when one of them has no sessions.
    pub fn difference(
        &self,
        other: &Self,
        confidence: Confidence,
        independent: Independent,
    ) -> Result<Vec<PointDifference>, Error> {
        if self.points.len() != other.points.len() {
            return Err(Error::OtherGrid { ours: self.points.len(), theirs: other.points.len() });
        }
        if let Some(group) = [self, other].iter().position(|group| group.total == 0) {
            return Err(Error::EmptyGroup { group });
        }
        let (ours, theirs) = (self.reaches(), other.reaches());
        let (our_band, their_band) = (self.band(confidence, independent), other.band(confidence, independent));
        let differences = self.points.iter().zip(ours.iter().zip(&our_band)).zip(theirs.iter().zip(&their_band));
        let difference = differences.map(|((point, (ours, our_band)), (theirs, their_band))| PointDifference {
            position: point.position,
            difference: ours - theirs,
            interval: newcombe((*ours, *our_band), (*theirs, *their_band)),
        });
        Ok(difference.collect())
    }
}

/// Whether viewers of several groups leave alike: the log-rank test over positions, with viewers who begin later entering
/// there.
///
/// Each group counts as many sessions as would say as much if they were independent and of equal weight. Groups without
/// anybody who watched anything are left to the caller.
///
/// # Errors
///
/// [`Error::TooFewGroups`] for less than two, [`Error::EmptyGroup`] naming one in which nobody watched anything,
/// [`Error::OtherGrid`] when they have other intervals.
pub fn compare_survival(groups: &[&RetentionSummary], independent: Independent) -> Result<LogRank, Error> {
    if groups.len() < 2 {
        return Err(Error::TooFewGroups { groups: groups.len() });
    }
    let intervals = groups[0].intervals.len();
    if let Some(other) = groups.iter().find(|group| group.intervals.len() != intervals) {
        return Err(Error::OtherGrid { ours: intervals, theirs: other.intervals.len() });
    }
    let tables: Vec<RiskTable> = groups
        .iter()
        .enumerate()
        .map(|(group, summary)| summary.risk_table(independent).ok_or(Error::EmptyGroup { group }))
        .collect::<Result<_, _>>()?;
    Ok(log_rank(&tables)?)
}
