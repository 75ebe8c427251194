//! Each arm with the control, by each metric.

use audience_stats::{
    Alternative, Confidence, Correction, Distribution, Divisor, Interval, Moments, PValue, Proportion,
};

use super::spec::{AnalysisSpec, Multiplicity};
use super::{AnalysedMetric, ArmValue, BURN_IN, Belief, Comparison, Finding, Method, Sequence, Verdict};
use crate::ConfidenceSequence;
use crate::adjust::cuped;
use crate::correction::preferential_levels;
use crate::effect::{ArmEstimate, Effect, Functional, RelativeInterval, Scale, fieller, welch};
use crate::error::Error;
use crate::metric::{Metric, MetricKind};
use crate::posterior::NormalEffects;
use crate::quantile::clustered_quantile;
use crate::refusal::Refusal;
use crate::strata::post_stratified;
use crate::sums::MetricSums;

/// A control that is nearer to 0 than this many standard errors makes ratios to it whose delta method is wrong.
const NEAR_ZERO: f64 = 10.0;
/// Fewer successes or failures than this, as expected in the smaller arm, are too few for a z test.
const FEW: f64 = 5.0;

/// All metrics in all arms.
pub(super) fn metrics(sums: &MetricSums, spec: &AnalysisSpec) -> Result<Vec<AnalysedMetric>, Error> {
    let arms = sums.plan().arms;
    let mut found: Vec<(usize, usize, Result<Found, Refusal>)> = Vec::new();
    for metric in 0..spec.metrics.len() {
        for arm in 1..arms {
            found.push((metric, arm, Found::of(sums, metric, arm, spec)));
        }
    }
    let levels = Levels::of(&found, spec, arms)?;
    let mut metrics: Vec<AnalysedMetric> = (0..spec.metrics.len()).map(|at| described(sums, at, spec)).collect();
    for ((metric, arm, found), (adjusted, level)) in found.into_iter().zip(levels.each) {
        let of = spec.metrics[metric].better();
        let finding = found.map(|found| found.finding(adjusted, level, of, spec.confidence));
        metrics[metric].comparisons.push(Comparison { arm, finding, sentence: String::new() });
    }
    Ok(metrics)
}

/// The first metric of each arm but the control, with what holds however often one looks, for one look.
pub(super) fn at_once(sums: &MetricSums, spec: &AnalysisSpec) -> Vec<Result<Finding, Refusal>> {
    let better = spec.metrics[0].better();
    let of = |arm: usize| {
        let found = Found::of(sums, 0, arm, spec)?;
        let p = found.p;
        Ok(found.finding(p, spec.confidence, better, spec.confidence))
    };
    (1..sums.plan().arms).map(of).collect()
}

/// A metric, with its value in each arm.
fn described(sums: &MetricSums, at: usize, spec: &AnalysisSpec) -> AnalysedMetric {
    let metric = &spec.metrics[at];
    let value = |arm: usize| {
        let units = sums.units()[arm];
        let Ok(estimate) = plain(sums, at, arm) else { return ArmValue { units, ..ArmValue::default() } };
        let interval = if metric.kind() == MetricKind::Proportion {
            proportion(sums, at, arm).and_then(|proportion| proportion.wilson(spec.confidence.z()))
        } else {
            let reach = spec.confidence.z() * estimate.squared_error().sqrt();
            Some(Interval { low: estimate.value - reach, high: estimate.value + reach })
        };
        ArmValue { units, value: Some(estimate.value), interval }
    };
    AnalysedMetric {
        metric: metric.clone(),
        kind: metric.kind(),
        primary: at == 0,
        margin: spec.margins.get(metric).copied(),
        cap: sums.limits().caps[at][0],
        arms: (0..sums.plan().arms).map(value).collect(),
        comparisons: Vec::new(),
    }
}

/// What is told by a metric's figures, and the covariates of the same.
fn functional(metric: &Metric, pre_period: bool) -> (Functional, Vec<usize>) {
    match (metric.kind(), pre_period) {
        (MetricKind::Ratio, true) => (Functional::Ratio(0, 1), vec![2, 3]),
        (MetricKind::Ratio, false) => (Functional::Ratio(0, 1), vec![]),
        (_, true) => (Functional::Mean(0), vec![1]),
        (_, false) => (Functional::Mean(0), vec![]),
    }
}

fn moments(sums: &MetricSums, metric: usize, arm: usize) -> Result<Moments, Refusal> {
    use audience_stats::Accumulator;
    let divisor = match sums.plan().metrics[metric].kind() {
        MetricKind::Proportion => Divisor::Units,
        _ => Divisor::UnitsLessOne,
    };
    let moments = sums.sums(metric, arm).summary().ok_or(Refusal::TooFewUnits { units: 0, needed: 2 })?;
    Ok(moments.divided_by(divisor))
}

fn proportion(sums: &MetricSums, metric: usize, arm: usize) -> Option<Proportion> {
    let sums = sums.sums(metric, arm);
    Proportion::new(u64::try_from(*sums.sums().first()?).ok()?, sums.units()).ok()
}

/// A metric in an arm, without adjustment.
fn plain(sums: &MetricSums, at: usize, arm: usize) -> Result<ArmEstimate, Refusal> {
    let moments = moments(sums, at, arm)?;
    let metric = &sums.plan().metrics[at];
    match (metric.kind(), metric.level()) {
        (MetricKind::Quantile, Some(level)) => {
            let values: Distribution = sums.values(at, arm);
            clustered_quantile(&values, &moments, level)
        }
        (MetricKind::Ratio, _) => ArmEstimate::ratio(&moments, 0, 1),
        _ => ArmEstimate::mean(&moments, 0),
    }
}

/// What the covariates of a metric are made of.
fn of_covariates(of: Functional, covariates: &[usize]) -> Vec<Functional> {
    match (of, covariates) {
        (Functional::Ratio(..), [numerator, denominator]) => vec![Functional::Ratio(*numerator, *denominator)],
        _ => covariates.iter().map(|covariate| Functional::Mean(*covariate)).collect(),
    }
}

/// A metric in one arm: as it is, and, where there is a pre-period and it is no quantile, adjusted for what units did before.
pub(crate) fn estimates(
    sums: &MetricSums,
    at: usize,
    arm: usize,
) -> Result<(ArmEstimate, Option<ArmEstimate>), Refusal> {
    let metric = &sums.plan().metrics[at];
    let own = plain(sums, at, arm)?;
    let (of, covariates) = functional(metric, sums.plan().pre_period);
    if metric.kind() == MetricKind::Quantile || covariates.is_empty() {
        return Ok((own, None));
    }
    let moments = moments(sums, at, arm)?;
    // Beside itself, the arm has the coefficients that it has alone.
    let adjusted = cuped(&moments, &moments, of, &of_covariates(of, &covariates))?;
    Ok((own, Some(adjusted.control)))
}

/// A difference, before the number of comparisons is taken into account.
struct Found {
    method: Method,
    effect: Effect,
    /// Of proportions, the two of them: arm and control.
    proportions: Option<(Proportion, Proportion)>,
    relative: Option<RelativeEffect>,
    p: PValue,
    /// Either way, or of a guardrail the good side.
    alternative: Alternative,
    /// The control's value, and what is tested against, in the metric's unit.
    level: f64,
    null: f64,
    /// Units of both arms, and of the smaller one.
    units: (u64, u64),
    /// How many units a sequence is narrowest at.
    tuned_for: Option<u64>,
    prior: Option<f64>,
    variance_reduction: Option<f64>,
}

impl Found {
    fn of(sums: &MetricSums, at: usize, arm: usize, spec: &AnalysisSpec) -> Result<Self, Refusal> {
        let metric = &spec.metrics[at];
        let (control, treatment) = (plain(sums, at, 0)?, plain(sums, at, arm)?);
        let unadjusted = welch(&control, &treatment, Scale::Absolute);
        let (of, covariates) = functional(metric, sums.plan().pre_period);
        let told = metric.kind() != MetricKind::Quantile;
        let stratified = told && spec.stratify.is_some();
        let adjusted = told && !covariates.is_empty();
        let mut proportions = None;
        let mut arms = (control, treatment);
        if adjusted {
            let both = (moments(sums, at, 0)?, moments(sums, at, arm)?);
            let less_noise = cuped(&both.0, &both.1, of, &of_covariates(of, &covariates))?;
            arms = (less_noise.control, less_noise.treatment);
        } else if !stratified && metric.kind() == MetricKind::Proportion {
            proportions = proportion(sums, at, arm).zip(proportion(sums, at, 0));
        }
        let strata = if stratified { sums.strata(at, 0, arm) } else { Vec::new() };
        let on = |scale: Scale| {
            if stratified { post_stratified(&strata, of, &covariates, scale) } else { welch(&arms.0, &arms.1, scale) }
        };
        let margin = spec.margins.get(metric).copied();
        let effect = match on(Scale::Absolute) {
            // Of proportions that do not vary, the difference is known all the same, and so is its interval.
            Err(Refusal::NoVariance) if metric.kind() == MetricKind::Proportion && margin.is_none() => {
                proportions = proportion(sums, at, arm).zip(proportion(sums, at, 0));
                let estimate = treatment.value - control.value;
                Effect { scale: Scale::Absolute, estimate, standard_error: 0.0, degrees: None }
            }
            effect => effect?,
        };
        let near_zero = arms.0.distance_from_zero() < NEAR_ZERO;
        let relative = on(Scale::Relative).ok().map(|effect| RelativeEffect { effect, arms, near_zero, stratified });
        // How much of the control is not worse than it by the margin, and on which side of that is better.
        let (part, alternative) = match (margin, metric.better()) {
            (None, _) => (1.0, Alternative::TwoSided),
            (Some(margin), Alternative::Less) => (1.0 + margin, Alternative::Less),
            (Some(margin), _) => (1.0 - margin, Alternative::Greater),
        };
        let (p, method) = match proportions {
            Some((own, base)) if margin.is_none() => tested(&own, &base),
            _ => (
                against(part, alternative, &arms, &effect, adjusted || stratified)?,
                method(metric, adjusted, stratified),
            ),
        };
        let changed = adjusted || stratified;
        let reduction = |plain: Effect| 1.0 - (effect.standard_error / plain.standard_error).powi(2);
        let variance_reduction = unadjusted.ok().filter(|_| changed).map(reduction);
        Ok(Self {
            method,
            effect,
            proportions: proportions.filter(|_| margin.is_none()),
            relative,
            p,
            alternative,
            level: arms.0.level,
            null: (part - 1.0) * arms.0.level,
            units: (arms.0.units.saturating_add(arms.1.units), arms.0.units.min(arms.1.units)),
            tuned_for: Some(2 * spec.minimum_units).filter(|units| *units > 0),
            prior: spec.prior,
            variance_reduction,
        })
    }

    /// What holds however often one looks.
    fn sequence(&self, confidence: Confidence) -> Option<Sequence> {
        if self.units.1 < BURN_IN || self.effect.standard_error <= 0.0 {
            return None;
        }
        let sequence = ConfidenceSequence::new(confidence, self.alternative).ok()?;
        let sequence = match self.tuned_for {
            Some(units) => sequence.tuned_for(units as f64),
            None => sequence,
        };
        let units = self.units.0;
        Some(Sequence {
            interval: sequence.interval(&self.effect, units),
            p: sequence.p_value(&self.effect, units, self.null),
        })
    }

    /// What to believe, under a prior of relative effects.
    fn belief(&self, better: Alternative, confidence: Confidence) -> Option<Belief> {
        if self.effect.standard_error <= 0.0 {
            return None;
        }
        let sd = self.prior.map(|sd| sd * self.level.abs()).filter(|sd| *sd > 0.0);
        let after = NormalEffects::after(&self.effect, sd.map(|sd| NormalEffects { mean: 0.0, sd }));
        let less = better == Alternative::Less;
        let (more, fewer) = (after.ln_chance_to_win().exp(), after.ln_chance_to_lose().exp());
        let (arm, control) = (after.loss_of_treatment(), after.loss_of_control());
        let (loss_of_arm, loss_of_control) = if less { (control, arm) } else { (arm, control) };
        let chance_to_be_better = if less { fewer } else { more };
        Some(Belief { chance_to_be_better, loss_of_arm, loss_of_control, interval: after.interval(confidence) })
    }

    fn interval(&self, confidence: Confidence) -> Interval {
        match &self.proportions {
            Some((own, base)) => own
                .difference(base, confidence.z())
                .unwrap_or_else(|| self.effect.interval(confidence, self.alternative)),
            None => self.effect.interval(confidence, self.alternative),
        }
    }

    /// The interval as a part of the control. That of a guardrail has the margins in it that its test does not reject.
    fn relative_interval(&self, confidence: Confidence) -> Option<RelativeInterval> {
        let relative = self.relative.as_ref()?;
        if !self.is_guardrail() {
            return relative.interval(confidence);
        }
        if matches!(self.method, Method::Adjusted | Method::Stratified | Method::StratifiedAdjusted) {
            let (ends, base) = (self.interval(confidence), relative.arms.0.level.abs());
            let part = || RelativeInterval::Within(Interval { low: ends.low / base, high: ends.high / base });
            return (base > 0.0).then(part);
        }
        // One end of an interval for both sides, of which each has as much as the one.
        let both = Confidence::new(2.0 * confidence.as_f64() - 1.0).ok()?;
        let ends = match fieller(&relative.arms.0, &relative.arms.1, both).ok()? {
            RelativeInterval::Within(ends) => ends,
            RelativeInterval::Outside(_) | RelativeInterval::Anything => return Some(RelativeInterval::Anything),
        };
        Some(RelativeInterval::Within(match self.alternative {
            Alternative::Less => Interval { low: f64::NEG_INFINITY, ..ends },
            _ => Interval { high: f64::INFINITY, ..ends },
        }))
    }

    fn finding(self, adjusted: PValue, level: Confidence, better: Alternative, confidence: Confidence) -> Finding {
        let found = adjusted.value() <= 1.0 - confidence.as_f64();
        let more = self.effect.estimate > 0.0;
        let verdict = match (self.alternative, found) {
            (Alternative::TwoSided, false) => Verdict::NotShown,
            (Alternative::TwoSided, true) if more == (better != Alternative::Less) => Verdict::Better,
            (Alternative::TwoSided, true) => Verdict::Worse,
            (_, true) => Verdict::NotWorse,
            (_, false) => Verdict::MayBeWorse,
        };
        Finding {
            method: self.method,
            difference: self.effect.estimate,
            interval: self.interval(confidence),
            simultaneous: self.interval(level),
            relative: self.relative.as_ref().map(|relative| relative.effect.estimate),
            relative_interval: self.relative_interval(confidence),
            relative_simultaneous: self.relative_interval(level),
            p: self.p,
            adjusted,
            sequence: self.sequence(confidence),
            belief: self.belief(better, confidence),
            variance_reduction: self.variance_reduction,
            verdict,
        }
    }

    /// Whether it is a guardrail, which is held against its margin alone.
    fn is_guardrail(&self) -> bool {
        self.alternative != Alternative::TwoSided
    }
}

/// A relative difference.
struct RelativeEffect {
    effect: Effect,
    /// Control and arm.
    arms: (ArmEstimate, ArmEstimate),
    near_zero: bool,
    stratified: bool,
}

impl RelativeEffect {
    /// Its interval: where the control may be near 0, by Fieller's theorem, which is not for strata.
    fn interval(&self, confidence: Confidence) -> Option<RelativeInterval> {
        match (self.near_zero, self.stratified) {
            (true, true) => None,
            (true, false) => fieller(&self.arms.0, &self.arms.1, confidence).ok(),
            (false, _) => Some(RelativeInterval::Within(self.effect.interval(confidence, Alternative::TwoSided))),
        }
    }
}

/// The probability of a difference from this part of the control at least as large. The control is only estimated, and so is a
/// part of it; of an adjusted metric that is left out of account, which is little where the part is nearly all.
fn against(
    part: f64,
    alternative: Alternative,
    (control, treatment): &(ArmEstimate, ArmEstimate),
    effect: &Effect,
    adjusted: bool,
) -> Result<PValue, Refusal> {
    if adjusted {
        return Ok(effect.p_value((part - 1.0) * control.level, alternative));
    }
    Ok(welch(&control.scaled(part), treatment, Scale::Absolute)?.p_value(0.0, alternative))
}

/// The test of two proportions: exactly where there are few.
fn tested(own: &Proportion, base: &Proportion) -> (PValue, Method) {
    let trials = own.trials() + base.trials();
    let least = own.trials().min(base.trials()) as f64 / trials as f64;
    let successes = own.successes() + base.successes();
    let expected = least * successes.min(trials - successes) as f64;
    match own.pooled_test(base, Alternative::TwoSided) {
        Some(test) if expected >= FEW => (test.p, Method::Proportions),
        _ => (own.fisher(base, Alternative::TwoSided), Method::ProportionsExact),
    }
}

fn method(metric: &Metric, adjusted: bool, stratified: bool) -> Method {
    match (stratified, adjusted, metric.kind()) {
        (true, true, _) => Method::StratifiedAdjusted,
        (true, false, _) => Method::Stratified,
        (false, true, _) => Method::Adjusted,
        (_, _, MetricKind::Proportion) => Method::Proportions,
        (_, _, MetricKind::Mean) => Method::Means,
        (_, _, MetricKind::Ratio) => Method::Ratios,
        (_, _, MetricKind::Quantile) => Method::Quantiles,
    }
}

/// Adjusted probabilities, and the confidence that is left for each comparison's interval.
struct Levels {
    each: Vec<(PValue, Confidence)>,
}

impl Levels {
    fn of(found: &[(usize, usize, Result<Found, Refusal>)], spec: &AnalysisSpec, arms: usize) -> Result<Self, Error> {
        let alpha = 1.0 - spec.confidence.as_f64();
        let tested = |(_, _, found): &(usize, usize, Result<Found, Refusal>)| match found {
            Ok(found) if !found.is_guardrail() => Some(found.p),
            _ => None,
        };
        let p_values: Vec<PValue> = found.iter().filter_map(tested).collect();
        let number = p_values.len().max(1) as f64;
        let alone = |found: &(usize, usize, Result<Found, Refusal>)| {
            let p = found.2.as_ref().map_or(PValue::ONE, |found| found.p);
            (p, spec.confidence)
        };
        let each = match spec.multiplicity {
            Multiplicity::Each => found.iter().map(alone).collect(),
            Multiplicity::Corrected(correction) => {
                let adjusted = correction.adjust_p(&p_values);
                let findings = adjusted.iter().filter(|p| p.value() <= alpha).count().max(1) as f64;
                let left = match correction {
                    // Of intervals that are only looked at where something was found, no more than α miss: Benjamini and
                    // Yekutieli (2005).
                    Correction::BenjaminiHochberg | Correction::BenjaminiYekutieli => alpha * findings / number,
                    _ => alpha / number,
                };
                let left = Confidence::new(1.0 - left)?;
                let mut adjusted = adjusted.into_iter();
                let of = |found| match tested(found) {
                    Some(_) => (adjusted.next().unwrap_or(PValue::ONE), left),
                    None => alone(found),
                };
                found.iter().map(of).collect()
            }
            Multiplicity::Preferential(share) => {
                let others = spec.metrics.iter().filter(|metric| !spec.margins.contains_key(metric)).count();
                let levels = preferential_levels(alpha, share, others.max(1) as u32, (arms - 1).max(1) as u32)?;
                let mut each = Vec::with_capacity(found.len());
                for one in found {
                    let level = if one.0 == 0 { levels.primary } else { levels.others.unwrap_or(levels.primary) };
                    each.push(match tested(one) {
                        Some(p) => (PValue::from_ln(p.ln() + (alpha / level).ln()), Confidence::new(1.0 - level)?),
                        None => alone(one),
                    });
                }
                each
            }
        };
        Ok(Self { each })
    }
}
