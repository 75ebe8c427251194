//! Curves of several groups of one title.

use audience_core::Ratio;
use audience_retention::{Independent, RetentionSummary, compare_survival};
use serde::Serialize;

use super::curve::{SurvivalCurve, confidence};

/// The curve of one group of a title's sessions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupRetention {
    /// What the group has in each dimension; `None` where its sessions do not have the attribute.
    pub values: Vec<Option<String>>,
    /// Sessions in its curve.
    pub sessions: u64,
    /// The share of them that watched each point.
    pub shares: Vec<f64>,
    /// The lower ends of the shares' intervals of 95 %, by Wilson.
    pub low: Vec<f64>,
    /// Their upper ends.
    pub high: Vec<f64>,
    /// Content watched per session, each pass counted.
    pub average_view_ms: Option<f64>,
    /// The share of the content that a session watched, each part once.
    pub average_coverage: Option<Ratio>,
    /// How many stay, whatever they skip.
    pub survival: Option<SurvivalCurve>,
    /// The shares minus those of the largest group; empty for that one.
    pub difference: Vec<f64>,
    /// The lower ends of the differences' intervals of 95 %, by Newcombe; point by point.
    pub difference_low: Vec<f64>,
    /// Their upper ends.
    pub difference_high: Vec<f64>,
}

/// The curves of the groups of one title, and whether they leave alike.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupsCompared {
    /// By what they are grouped.
    pub by: Vec<String>,
    /// The groups, those with most sessions first.
    pub groups: Vec<GroupRetention>,
    /// Groups that are not listed, because there are many.
    pub groups_omitted: usize,
    /// The log-rank statistic over the groups listed in which anything was watched; `None` with less than two of them, or when
    /// nobody left.
    pub log_rank: Option<f64>,
    /// Its degrees of freedom.
    pub degrees_of_freedom: Option<usize>,
    /// The probability of such a difference by chance, if all left alike.
    pub p: Option<f64>,
}

/// What a group has in each dimension, and what was seen of it.
pub(crate) type Grouped = (Vec<Option<String>>, RetentionSummary);

impl GroupsCompared {
    /// The most groups that are listed.
    pub const MOST: usize = 12;

    pub(crate) fn new(by: Vec<String>, mut groups: Vec<Grouped>, independent: Independent) -> Option<Self> {
        groups.retain(|(_, summary)| summary.sessions > 0);
        // Of as many sessions, in order of the values.
        groups.sort_by(|(a, one), (b, other)| other.sessions.cmp(&one.sessions).then_with(|| a.cmp(b)));
        let groups_omitted = groups.len().saturating_sub(Self::MOST);
        groups.truncate(Self::MOST);
        let (_, largest) = groups.first()?;
        let watched: Vec<&RetentionSummary> =
            groups.iter().map(|(_, summary)| summary).filter(|summary| summary.watched_ms > 0).collect();
        let test = compare_survival(&watched, independent).ok();
        Some(Self {
            by,
            groups: groups
                .iter()
                .enumerate()
                .map(|(at, (values, summary))| {
                    let other = (at > 0).then_some(largest);
                    GroupRetention::new(values.clone(), summary, other, independent)
                })
                .collect(),
            groups_omitted,
            log_rank: test.as_ref().and_then(|test| test.statistic),
            degrees_of_freedom: test.as_ref().and_then(|test| test.statistic.map(|_| test.degrees_of_freedom)),
            p: test.as_ref().and_then(|test| test.p),
        })
    }
}

impl GroupRetention {
    fn new(
        values: Vec<Option<String>>,
        summary: &RetentionSummary,
        other: Option<&RetentionSummary>,
        independent: Independent,
    ) -> Self {
        let band = summary.band(confidence(), independent);
        let differences = other.and_then(|other| summary.difference(other, confidence(), independent).ok());
        let differences = differences.unwrap_or_default();
        Self {
            values,
            sessions: summary.sessions,
            shares: summary.reaches(),
            low: band.iter().map(|interval| interval.low).collect(),
            high: band.iter().map(|interval| interval.high).collect(),
            average_view_ms: summary.average_view_duration_ms(),
            average_coverage: summary.average_coverage(),
            survival: SurvivalCurve::new(summary, independent),
            difference: differences.iter().map(|point| point.difference).collect(),
            difference_low: differences.iter().map(|point| point.interval.low).collect(),
            difference_high: differences.iter().map(|point| point.interval.high).collect(),
        }
    }

    /// What to call it.
    pub fn name(&self) -> String {
        let values: Vec<&str> = self.values.iter().map(|value| value.as_deref().unwrap_or("(none)")).collect();
        values.join(", ")
    }
}
