//! A report beside another one.

use std::collections::HashMap;

use audience_stats::{Accumulator, Interval, Proportion, Z_95, newcombe};
use serde::Serialize;

use super::{Asked, Report, TitleReport};
use crate::retention::{Around, Retention, independent};
use crate::spec::ReportSpec;
use crate::state::{ReportState, TitleSummary, TotalsSummary};
use audience_qoe::ExperienceSummary;

/// What differs between two groups of sessions: periods, or slices by an attribute. A description, not an experiment: who is
/// in which group was not randomised.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What the report is about.
    pub this: Side,
    /// What it is compared with.
    pub other: Side,
    /// Sessions that are in both. Where there are any, differences of shares have no intervals.
    pub sessions_in_both: u64,
    /// Figures of both.
    pub figures: Vec<Difference>,
    /// Shares of both.
    pub shares: Vec<ShareDifference>,
    /// The titles listed, in their order.
    pub titles: Vec<TitleComparison>,
}

/// One of two groups of sessions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Side {
    /// What to call it.
    pub name: String,
    /// What was asked for.
    pub asked: Asked,
    /// How many and how much.
    pub totals: TotalsSummary,
    /// How it felt.
    pub experience: ExperienceSummary,
}

/// A figure of both groups.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Its name, as in totals and experience.
    pub figure: &'static str,
    /// Of what the report is about.
    pub this: Option<f64>,
    /// Of what it is compared with.
    pub other: Option<f64>,
    /// The first minus the second.
    pub difference: Option<f64>,
    /// The difference as a share of the second; `None` when that is 0.
    pub relative: Option<f64>,
}

/// A share of sessions in both groups.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ShareDifference {
    /// Its name.
    pub share: &'static str,
    /// Of what the report is about.
    pub this: Share,
    /// Of what it is compared with.
    pub other: Share,
    /// The first minus the second.
    pub difference: Option<f64>,
    /// The lower end of the difference's interval of 95 %: [`Proportion::difference`]. `None` when sessions are in both
    /// groups, or one of them has none.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
}

/// Some of the sessions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub successes: u64,
    /// Of how many.
    pub trials: u64,
    /// The one by the other.
    pub rate: Option<f64>,
}

/// One title in both groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TitleComparison {
    /// Its id.
    pub content_id: String,
    /// Its name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Figures of both.
    pub figures: Vec<Difference>,
    /// Shares of both.
    pub shares: Vec<ShareDifference>,
    /// Who watched which part.
    pub retention: RetentionComparison,
}

/// A title's retention in both groups.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RetentionComparison {
    /// Of what the report is about.
    pub this: Retention,
    /// Of what it is compared with.
    pub other: Retention,
    /// The first minus the second, point by point; empty when one of them has no sessions.
    pub difference: Vec<f64>,
    /// The lower ends of the differences' intervals of 95 %, point by point; empty when sessions are in both groups.
    pub low: Vec<f64>,
    /// The upper ends.
    pub high: Vec<f64>,
}

impl Report {
    /// The same, compared with what `state` has seen, which was made as `spec` says and goes by `name`; `in_both` sessions
    /// are in this report too.
    #[must_use]
    pub fn compared_with(mut self, state: &ReportState, spec: &ReportSpec, name: &str, in_both: u64) -> Self {
        let summary = state.summary();
        let titles: HashMap<_, _> = summary.titles.into_iter().collect();
        let (totals, experience) = summary.all;
        let title = |title: &TitleReport| {
            // Of two titles that were asked for, one is beside the other.
            let other =
                titles.get(title.content_id.as_str()).or_else(|| titles.get(spec.filter.content.as_ref()?)).cloned();
            TitleComparison::new(title, &other.unwrap_or_default(), in_both)
        };
        self.comparison = Some(Comparison {
            figures: figures((&self.totals, &self.experience), (&totals, &experience)),
            shares: shares((&self.totals, &self.experience), (&totals, &experience), in_both),
            titles: self.titles.iter().map(title).collect(),
            this: Side {
                name: "this report".to_owned(),
                asked: self.asked.clone(),
                totals: self.totals.clone(),
                experience: self.experience.clone(),
            },
            other: Side { name: name.to_owned(), asked: Asked::from(spec), totals, experience },
            sessions_in_both: in_both,
        });
        self
    }
}

impl TitleComparison {
    fn new(title: &TitleReport, other: &TitleSummary, in_both: u64) -> Self {
        let others = independent(other.totals.sessions, other.totals.viewers);
        let sides = ((&title.totals, &title.experience), (&other.totals, &other.experience));
        Self {
            content_id: title.content_id.clone(),
            title: title.title.clone(),
            figures: figures(sides.0, sides.1),
            shares: shares(sides.0, sides.1, in_both),
            retention: RetentionComparison::new(
                title.retention.clone(),
                Retention::new(&other.curves, others, Around::default()),
                in_both,
            ),
        }
    }
}

impl RetentionComparison {
    fn new(this: Retention, other: Retention, in_both: u64) -> Self {
        let difference = this.shares.iter().zip(&other.shares).map(|(this, other)| this - other).collect();
        let banded = |retention: &Retention| -> Vec<(f64, Interval)> {
            let ends = retention.low.iter().zip(&retention.high).map(|(low, high)| Interval { low: *low, high: *high });
            retention.shares.iter().copied().zip(ends).collect()
        };
        let pairs = banded(&this).into_iter().zip(banded(&other)).filter(|_| in_both == 0);
        let band: Vec<Interval> = pairs.map(|(this, other)| newcombe(this, other)).collect();
        Self {
            difference,
            low: band.iter().map(|interval| interval.low).collect(),
            high: band.iter().map(|interval| interval.high).collect(),
            this,
            other,
        }
    }
}

type Group<'a> = (&'a TotalsSummary, &'a ExperienceSummary);

fn figures(this: Group<'_>, other: Group<'_>) -> Vec<Difference> {
    let of = |(totals, experience): Group<'_>| {
        [
            ("sessions", Some(totals.sessions as f64)),
            ("viewers", Some(totals.viewers as f64)),
            ("watched_ms", Some(totals.watched_ms as f64)),
            ("average_view_duration_ms", totals.average_view_duration_ms),
            ("startup_p50_ms", experience.startup_p50_ms),
            ("startup_p95_ms", experience.startup_p95_ms),
            ("rebuffer_ratio", experience.rebuffer_ratio.map(audience_core::Ratio::as_f64)),
            ("average_bitrate_bps", experience.average_bitrate_bps),
        ]
    };
    let pairs = of(this).into_iter().zip(of(other));
    pairs.map(|((figure, this), (_, other))| Difference::new(figure, this, other)).collect()
}

fn shares(this: Group<'_>, other: Group<'_>, in_both: u64) -> Vec<ShareDifference> {
    let of = |(totals, experience): Group<'_>| {
        [
            ("started", totals.started, totals.sessions),
            ("exits_before_start", experience.exits_before_start, totals.sessions),
            ("start_failures", experience.start_failures, totals.sessions),
            ("playback_failures", experience.playback_failures, totals.started),
            ("stalled_sessions", experience.stalled_sessions, totals.started),
            ("completed", totals.completed, totals.completion_known),
            ("reached_end", totals.reached_end, totals.reached_end_known),
        ]
    };
    let pairs = of(this).into_iter().zip(of(other));
    pairs
        .map(|((share, successes, trials), (_, others, of))| {
            ShareDifference::new(share, Share::new(successes, trials), Share::new(others, of), in_both)
        })
        .collect()
}

impl Difference {
    fn new(figure: &'static str, this: Option<f64>, other: Option<f64>) -> Self {
        let difference = this.zip(other).map(|(this, other)| this - other);
        let relative = difference.zip(other.filter(|other| *other != 0.0)).map(|(by, other)| by / other);
        Self { figure, this, other, difference, relative }
    }
}

impl Share {
    fn new(successes: u64, trials: u64) -> Self {
        Self { successes, trials, rate: Proportion::new(successes, trials).ok().and_then(|share| share.rate()) }
    }
}

impl ShareDifference {
    fn new(share: &'static str, this: Share, other: Share, in_both: u64) -> Self {
        let proportion = |share: Share| Proportion::new(share.successes, share.trials).ok();
        let interval = proportion(this)
            .zip(proportion(other))
            .filter(|_| in_both == 0)
            .and_then(|(this, other)| this.difference(&other, Z_95));
        Self {
            share,
            this,
            other,
            difference: this.rate.zip(other.rate).map(|(this, other)| this - other),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
        }
    }
}
