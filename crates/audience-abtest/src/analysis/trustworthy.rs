//! Whether the figures of an experiment are to be believed.

use super::Analysis;
use super::spec::AnalysisSpec;
use super::warning::Warning;
use crate::effect::{ArmEstimate, RelativeInterval};
use crate::error::Error;
use crate::exposure::{ExperimentUnits, Mixed};
use crate::metric::MetricKind;
use crate::sums::MetricSums;
use crate::trust::{covariate_balance, sample_ratio, sample_ratio_by};

impl Analysis {
    /// Looks for all there is to beware of.
    pub(super) fn check(
        &mut self,
        units: &ExperimentUnits,
        sums: &MetricSums,
        weights: &[f64],
        spec: &AnalysisSpec,
    ) -> Result<(), Error> {
        if units.mixed > 0 {
            let excluded = spec.exposures.mixed == Mixed::Excluded;
            self.warnings.push(Warning::MixedArms { mixed: units.mixed, exposed: units.exposed, excluded });
        }
        self.sample_ratios(sums, weights, spec)?;
        self.before(sums, spec)?;
        for arm in &self.arms {
            if arm.units == 0 {
                self.warnings.push(Warning::EmptyArm { arm: arm.name.clone() });
            } else if arm.units < spec.minimum_units {
                let (arm, units) = (arm.name.clone(), arm.units);
                self.warnings.push(Warning::TooFewUnits { arm, units, minimum: spec.minimum_units });
            }
        }
        match (spec.data_until, spec.exposures.ends_at) {
            (Some(data_until), Some(ends_at)) if data_until < ends_at => {
                self.warnings.push(Warning::NotEnded { data_until, ends_at });
            }
            (_, None) if spec.minimum_units == 0 => self.warnings.push(Warning::NoPlan),
            _ => {}
        }
        if units.without_unit > 0 {
            self.warnings.push(Warning::WithoutUnit { sessions: units.without_unit });
        }
        for (arm, sessions) in &units.unknown_arms {
            self.warnings.push(Warning::UnknownArm { arm: arm.clone(), sessions: *sessions });
        }
        for metric in &self.metrics {
            let unbounded = metric.comparisons.iter().filter_map(|comparison| comparison.finding.ok()).any(|finding| {
                matches!(finding.relative_interval, Some(RelativeInterval::Anything | RelativeInterval::Outside(_)))
            });
            if unbounded {
                self.warnings.push(Warning::BaselineNearZero { metric: metric.metric.clone() });
            }
        }
        self.warnings.sort_by_key(|warning| std::cmp::Reverse(warning.severity()));
        Ok(())
    }

    fn sample_ratios(&mut self, sums: &MetricSums, weights: &[f64], spec: &AnalysisSpec) -> Result<(), Error> {
        self.sample_ratio = match sample_ratio(&sums.units(), weights) {
            Ok(ratio) => Some(ratio),
            Err(Error::TooFewUnits { .. }) => None,
            Err(error) => return Err(error),
        };
        if let Some(ratio) = self.sample_ratio.as_ref().filter(|ratio| ratio.is_mismatch()) {
            self.warnings.push(Warning::SampleRatio { p: ratio.p });
        }
        for (at, dimension) in spec.exposures.dimensions.iter().enumerate() {
            let ratios = sample_ratio_by(sums.units_by(at), weights)?;
            for slice in ratios.mismatches() {
                let (dimension, value) = (dimension.clone(), slice.slice.clone());
                self.warnings.push(Warning::SampleRatioBy { dimension, value, p: slice.adjusted });
            }
            self.sample_ratio_by.insert(dimension.clone(), ratios);
        }
        Ok(())
    }

    /// Compares what units did before they were exposed.
    fn before(&mut self, sums: &MetricSums, spec: &AnalysisSpec) -> Result<(), Error> {
        use audience_stats::Accumulator;
        if !sums.plan().pre_period {
            return Ok(());
        }
        let (mut of, mut covariates) = (Vec::new(), Vec::new());
        for (at, metric) in spec.metrics.iter().enumerate() {
            let estimate = |arm: usize| {
                let moments = sums.sums(at, arm).summary()?;
                match metric.kind() {
                    MetricKind::Quantile => None,
                    MetricKind::Ratio => ArmEstimate::ratio(&moments, 2, 3).ok(),
                    MetricKind::Proportion | MetricKind::Mean => ArmEstimate::mean(&moments, 1).ok(),
                }
            };
            if let Some(arms) = (0..sums.plan().arms).map(estimate).collect::<Option<Vec<_>>>() {
                of.push(metric);
                covariates.push(arms);
            }
        }
        if covariates.iter().flatten().all(|arm| arm.value == 0.0) {
            self.warnings.push(Warning::NothingBefore);
            return Ok(());
        }
        for imbalance in covariate_balance(&covariates)?.iter().filter(|imbalance| imbalance.is_mismatch()) {
            let (metric, arm) = (of[imbalance.covariate].clone(), self.arms[imbalance.arm].name.clone());
            self.warnings.push(Warning::PreExposureBias { metric, arm, p: imbalance.adjusted });
        }
        Ok(())
    }
}
