//! What units of each arm sum up to.

mod plan;

use std::collections::BTreeMap;
use std::sync::Arc;

use audience_stats::{Accumulator, CrossSums, Distribution, Merge, Moments, Quantiles};

pub use plan::{Limits, MetricPlan};

use crate::exposure::{ExperimentUnit, Totals};
use crate::metric::{Metric, MetricKind};

/// The first of two passes over units: where figures are capped, and where quantiles are.
///
/// Both are exact, and need all units of all arms, which is why sums cannot be made in the same pass.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LimitFinder {
    plan: Arc<MetricPlan>,
    /// Of each metric, of each of its figures, those that are not 0: since exposure, and before.
    figures: Vec<[Quantiles; 4]>,
    /// Of each metric, of each arm, the values that quantiles are taken of.
    values: Vec<Vec<Quantiles>>,
}

impl LimitFinder {
    /// Nothing seen yet.
    pub fn new(plan: Arc<MetricPlan>) -> Self {
        let figures = vec![std::array::from_fn(|_| Quantiles::new()); plan.metrics.len()];
        let values = vec![vec![Quantiles::new(); plan.arms]; plan.metrics.len()];
        Self { plan, figures, values }
    }
}

impl Merge for LimitFinder {
    /// # Panics
    ///
    /// When the two are of different plans, which is a bug in the program.
    fn merge(&mut self, other: Self) {
        assert_eq!(self.plan, other.plan, "limits of different plans");
        let own = self.figures.iter_mut().flatten().chain(self.values.iter_mut().flatten());
        for (own, other) in own.zip(other.figures.into_iter().flatten().chain(other.values.into_iter().flatten())) {
            own.merge(other);
        }
    }
}

impl Accumulator for LimitFinder {
    type Item = ExperimentUnit;
    type Summary = Limits;

    fn observe(&mut self, unit: &ExperimentUnit) {
        for (at, metric) in self.plan.metrics.iter().enumerate() {
            if self.plan.cap.is_some() && metric.is_capped() {
                let before = unit.before.as_ref().map(|before| metric.figures(before, &self.plan.marks));
                let figures = [Some(metric.figures(&unit.totals, &self.plan.marks)), before];
                let figures = figures.into_iter().flat_map(Option::unwrap_or_default);
                for (kept, figure) in self.figures[at].iter_mut().zip(figures) {
                    kept.observe_times(figure, u64::from(figure > 0));
                }
            }
            for value in metric.values(unit) {
                self.values[at][unit.arm].observe(value);
            }
        }
    }

    fn summary(&self) -> Limits {
        let cap = |quantiles: &Quantiles| {
            let share = self.plan.cap?;
            quantiles.summary().order_statistic(share)
        };
        let caps = self.figures.iter().map(|figures| figures.each_ref().map(cap)).collect();
        let quantile = |(metric, arms): (&Metric, &Vec<Quantiles>)| {
            let of = |quantiles: &Quantiles| quantiles.summary().order_statistic(metric.level()?);
            arms.iter().map(of).collect()
        };
        Limits { caps, quantiles: self.plan.metrics.iter().zip(&self.values).map(quantile).collect() }
    }
}

/// The second pass: exact sums of each metric's figures, and of their products, for each arm.
///
/// A few integers for each metric, arm and stratum, however many units there are; merging is exact. What figures are capped at is
/// part of the state's fingerprint, so that sums under different caps are never mixed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MetricSums {
    plan: Arc<MetricPlan>,
    limits: Arc<Limits>,
    arms: Vec<ArmSums>,
}

/// What the units of one arm sum up to.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct ArmSums {
    /// Units by each dimension's value.
    counts: Vec<BTreeMap<Option<Arc<str>>, u64>>,
    /// Sums of each metric, by stratum; all in one without.
    strata: BTreeMap<Option<Arc<str>>, Vec<CrossSums>>,
    /// Of each metric that is a quantile, all its values.
    values: Vec<Quantiles>,
    units: u64,
}

/// The same sums, in whatever order units came.
impl PartialEq for ArmSums {
    fn eq(&self, other: &Self) -> bool {
        let values = |arm: &Self| arm.values.iter().map(Accumulator::summary).collect::<Vec<_>>();
        (self.units, &self.counts, &self.strata) == (other.units, &other.counts, &other.strata)
            && values(self) == values(other)
    }
}

#[cfg(feature = "serde")]
impl ArmSums {
    /// Whether all its units are in each dimension, and in the sums of each of so many metrics.
    fn has_each_unit(&self, metrics: usize) -> bool {
        let all = |units: &mut dyn Iterator<Item = u64>| units.fold(0, u64::saturating_add) == self.units;
        self.counts.iter().all(|counts| all(&mut counts.values().copied()))
            && (0..metrics).all(|metric| all(&mut self.strata.values().map(|sums| sums[metric].units())))
    }
}

impl MetricSums {
    /// No unit yet.
    pub fn new(plan: Arc<MetricPlan>, limits: Limits) -> Self {
        let arm = ArmSums {
            counts: vec![BTreeMap::new(); plan.dimensions.len()],
            strata: BTreeMap::new(),
            values: vec![Quantiles::new(); plan.metrics.len()],
            units: 0,
        };
        let arms = vec![arm; plan.arms];
        Self { plan, limits: Arc::new(limits), arms }
    }

    /// Both passes over units that are all there.
    pub fn of(plan: Arc<MetricPlan>, units: &[ExperimentUnit]) -> Self {
        let mut finder = LimitFinder::new(plan.clone());
        finder.observe_all(units);
        let mut sums = Self::new(plan, finder.summary());
        sums.observe_all(units);
        sums
    }

    /// What is summed up.
    pub fn plan(&self) -> &MetricPlan {
        &self.plan
    }

    /// Where figures are capped, and where quantiles are.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The number of units of each arm.
    pub fn units(&self) -> Vec<u64> {
        self.arms.iter().map(|arm| arm.units).collect()
    }

    /// The number of units of each arm, for each value of a dimension.
    pub fn units_by(&self, dimension: usize) -> BTreeMap<Option<Arc<str>>, Vec<u64>> {
        let mut all: BTreeMap<Option<Arc<str>>, Vec<u64>> = BTreeMap::new();
        for (at, arm) in self.arms.iter().enumerate() {
            for (value, units) in &arm.counts[dimension] {
                all.entry(value.clone()).or_insert_with(|| vec![0; self.arms.len()])[at] = *units;
            }
        }
        all
    }

    /// The exact sums of a metric's figures in an arm, over all strata. The figures are: of a proportion and a mean, the unit's and
    /// that of before; of a ratio, numerator and denominator, and those of before; of a quantile, how many values are at most the
    /// arm's quantile, and how many there are. Those of before are only there with a pre-period.
    pub fn sums(&self, metric: usize, arm: usize) -> CrossSums {
        let mut all = CrossSums::new(self.plan.figures_of(metric));
        for sums in self.arms[arm].strata.values() {
            all.merge(sums[metric].clone());
        }
        all
    }

    /// The moments of a metric's figures, of the control and another arm, in each stratum that has units of both.
    pub fn strata(&self, metric: usize, control: usize, arm: usize) -> Vec<(Moments, Moments)> {
        let moments = |arm: usize, stratum: &Option<Arc<str>>| self.arms[arm].strata.get(stratum)?[metric].summary();
        let both = |stratum| Some((moments(control, stratum)?, moments(arm, stratum)?));
        self.arms[control].strata.keys().filter_map(both).collect()
    }

    /// The values of a metric that is a quantile, in an arm.
    pub fn values(&self, metric: usize, arm: usize) -> Distribution {
        self.arms[arm].values[metric].summary()
    }

    /// Whether there is as much of everything as the plan says, and each unit in all of it, which one from elsewhere need not have.
    #[cfg(feature = "serde")]
    fn is_of_its_plan(&self) -> bool {
        let (plan, metrics) = (&self.plan, self.plan.metrics.len());
        let whole = |sums: &Vec<CrossSums>| {
            let quantities = sums.iter().map(|sums| sums.sums().len());
            sums.len() == metrics && quantities.eq((0..metrics).map(|metric| plan.figures_of(metric)))
        };
        self.arms.len() == plan.arms
            && self.limits.caps.len() == metrics
            && self.limits.quantiles.len() == metrics
            && self.limits.quantiles.iter().all(|arms| arms.len() == plan.arms)
            && plan.stratify.is_none_or(|dimension| dimension < plan.dimensions.len())
            && self.arms.iter().all(|arm| {
                arm.counts.len() == plan.dimensions.len()
                    && arm.values.len() == metrics
                    && arm.strata.values().all(whole)
                    && arm.has_each_unit(metrics)
            })
    }

    /// What a unit adds to the sums of a metric.
    fn figures(&self, at: usize, unit: &ExperimentUnit) -> Vec<i64> {
        let metric = &self.plan.metrics[at];
        let whole = |figure: u64| i64::try_from(figure).unwrap_or(i64::MAX);
        if metric.kind() == MetricKind::Quantile {
            let values = metric.values(unit);
            let limit = self.limits.quantiles[at][unit.arm];
            let below = limit.map_or(0, |limit| values.partition_point(|value| *value <= limit));
            return vec![below as i64, values.len() as i64];
        }
        let figures = |totals: &Totals, caps: &[Option<u64>]| {
            let figures = metric.figures(totals, &self.plan.marks);
            let capped = figures.into_iter().zip(caps).map(|(figure, cap)| figure.min(cap.unwrap_or(u64::MAX)));
            capped.take(if metric.kind() == MetricKind::Ratio { 2 } else { 1 }).map(whole).collect::<Vec<_>>()
        };
        let caps = &self.limits.caps[at];
        let mut all = figures(&unit.totals, &caps[..2]);
        if self.plan.pre_period {
            all.extend(figures(unit.before.as_ref().unwrap_or(&Totals::none(self.plan.marks.len())), &caps[2..]));
        }
        all
    }
}

impl Merge for MetricSums {
    /// # Panics
    ///
    /// When the two are of different plans or under different limits, which is a bug in the program.
    fn merge(&mut self, other: Self) {
        assert_eq!((&self.plan, &self.limits), (&other.plan, &other.limits), "sums of different plans");
        for (own, other) in self.arms.iter_mut().zip(other.arms) {
            own.units.merge(other.units);
            for (own, other) in own.counts.iter_mut().zip(other.counts) {
                for (value, units) in other {
                    own.entry(value).or_default().merge(units);
                }
            }
            for (stratum, sums) in other.strata {
                match own.strata.get_mut(&stratum) {
                    Some(own) => own.iter_mut().zip(sums).for_each(|(own, other)| own.merge(other)),
                    None => _ = own.strata.insert(stratum, sums),
                }
            }
            for (own, other) in own.values.iter_mut().zip(other.values) {
                own.merge(other);
            }
        }
    }
}

impl Accumulator for MetricSums {
    type Item = ExperimentUnit;
    type Summary = Self;

    /// # Panics
    ///
    /// When the unit is of an arm that the plan does not have, which is a bug in the program.
    fn observe(&mut self, unit: &ExperimentUnit) {
        let figures: Vec<Vec<i64>> = (0..self.plan.metrics.len()).map(|at| self.figures(at, unit)).collect();
        let stratum = self.plan.stratify.and_then(|dimension| unit.dimensions[dimension].clone());
        let arm = &mut self.arms[unit.arm];
        arm.units.merge(1);
        for (counts, value) in arm.counts.iter_mut().zip(&unit.dimensions) {
            counts.entry(value.clone()).or_default().merge(1);
        }
        let empty = || figures.iter().map(|figures| CrossSums::new(figures.len())).collect();
        let sums = arm.strata.entry(stratum).or_insert_with(empty);
        for (sums, figures) in sums.iter_mut().zip(&figures) {
            sums.observe(figures);
        }
        for (values, metric) in arm.values.iter_mut().zip(&self.plan.metrics) {
            metric.values(unit).iter().for_each(|value| values.observe(value));
        }
    }

    fn summary(&self) -> Self {
        self.clone()
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for MetricSums {
    fn fingerprint(&self) -> u64 {
        // A damaged state is none of any plan.
        audience_stats::fingerprint_of("audience.metric_sums/1", &(&self.plan, &self.limits, self.is_of_its_plan()))
    }

    fn size_bytes(&self) -> usize {
        let arm = |arm: &ArmSums| {
            let strata = arm.strata.values().flatten().map(audience_stats::Portable::size_bytes).sum::<usize>();
            strata + arm.values.iter().map(Quantiles::size_bytes).sum::<usize>()
        };
        self.arms.iter().map(arm).sum()
    }
}
