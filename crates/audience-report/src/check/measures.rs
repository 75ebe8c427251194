//! What is accumulated of each group.

use std::collections::BTreeMap;

use audience_core::SessionFacts;
use audience_qoe::{Attempts, Experience, ExperienceSummary, GoodStreamLimits};
use audience_stats::{Accumulator, Distribution, Estimate, GroupedSums, Proportion, Quantiles, merge_fields};

use super::figures::{Counts, Pair, Source, Times};
use super::rule::Rule;
use crate::state::{Totals, TotalsSummary};

/// All that the rules need of a group: its summaries, and what has quantiles and intervals. The latter by the names of the
/// metrics.
#[derive(Clone, Debug)]
pub(super) struct Measures {
    limits: GoodStreamLimits,
    totals: Totals,
    experience: Experience,
    times: BTreeMap<Times, Quantiles>,
    shares: BTreeMap<&'static str, Share>,
    ratios: BTreeMap<&'static str, Sums>,
}

merge_fields!(Measures { totals, experience, times, shares, ratios });

/// What a [`Measures`] has seen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct MeasuresSummary {
    pub(super) totals: TotalsSummary,
    pub(super) experience: ExperienceSummary,
    pub(super) times: BTreeMap<Times, Distribution>,
    pub(super) shares: BTreeMap<&'static str, Proportion>,
    pub(super) ratios: BTreeMap<&'static str, RatioOfSums>,
}

#[derive(Clone, Copy, Debug)]
struct Share {
    counts: Counts,
    successes: u64,
    trials: u64,
}

merge_fields!(Share { successes, trials });

#[derive(Clone, Debug)]
struct Sums {
    pair: Pair,
    /// By groups of viewers.
    sums: GroupedSums<2>,
}

merge_fields!(Sums { sums });

impl Measures {
    /// Of no session yet.
    pub(super) fn new(limits: &GoodStreamLimits, attempts: Attempts) -> Self {
        Self {
            limits: limits.clone(),
            totals: Totals::default(),
            experience: Experience::new(limits.business.clone(), attempts),
            times: BTreeMap::new(),
            shares: BTreeMap::new(),
            ratios: BTreeMap::new(),
        }
    }

    /// Also what this rule needs.
    pub(super) fn add(&mut self, rule: &Rule) {
        let figure = rule.metric.figure();
        match figure.source {
            Source::Quantile(times) => {
                self.times.entry(times).or_default();
            }
            Source::Share(_, counts) if rule.confidence.is_some() => {
                self.shares.insert(figure.name, Share { counts, successes: 0, trials: 0 });
            }
            Source::Counted(counts) => {
                self.shares.insert(figure.name, Share { counts, successes: 0, trials: 0 });
            }
            Source::Mean { pair, .. } => {
                self.ratios.insert(figure.name, Sums { pair, sums: GroupedSums::default() });
            }
            Source::Ratio { pair, .. } if rule.confidence.is_some() => {
                self.ratios.insert(figure.name, Sums { pair, sums: GroupedSums::default() });
            }
            Source::Plain(_) | Source::Part(_) | Source::Share(..) | Source::Ratio { .. } => {}
        }
    }
}

impl Accumulator for Measures {
    type Item = SessionFacts;
    type Summary = MeasuresSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.totals.observe(facts);
        self.experience.observe(facts);
        for (times, quantiles) in &mut self.times {
            times.of(facts, |millis| quantiles.observe(&millis));
        }
        for share in self.shares.values_mut() {
            if let Some(success) = (share.counts)(facts, &self.limits) {
                share.trials += 1;
                share.successes += u64::from(success);
            }
        }
        for ratio in self.ratios.values_mut() {
            let (part, whole) = (ratio.pair)(facts);
            ratio.sums.observe(facts.unit(), [part, whole]);
        }
    }

    fn summary(&self) -> MeasuresSummary {
        let share = |share: &Share| Proportion::new(share.successes, share.trials).unwrap_or_default();
        MeasuresSummary {
            totals: self.totals.summary(),
            experience: self.experience.summary(),
            times: self.times.iter().map(|(times, quantiles)| (*times, quantiles.summary())).collect(),
            shares: self.shares.iter().map(|(name, of)| (*name, share(of))).collect(),
            ratios: self.ratios.iter().map(|(name, of)| (*name, RatioOfSums::new(&of.sums))).collect(),
        }
    }
}

/// A ratio of sums.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct RatioOfSums {
    /// Itself.
    pub(super) value: Option<f64>,
    /// How sure it is.
    pub(super) estimate: Option<Estimate>,
}

impl RatioOfSums {
    /// The fewest groups of viewers of which a ratio has an interval: with fewer, long tails make it too narrow.
    const FEWEST: usize = 20;

    fn new(sums: &GroupedSums<2>) -> Self {
        let [part, whole] = sums.totals();
        Self {
            value: (whole > 0).then(|| part as f64 / whole as f64),
            estimate: sums.ratio().filter(|_| sums.len() >= Self::FEWEST),
        }
    }
}
