//! Differences between arms as Spotify Confidence has them, with its plans.

use audience_abtest::planning::{PlannedMetric, TestDesign};
use audience_abtest::{ArmEstimate, Effect, Functional, Scale, cuped, welch};
use audience_stats::{Alternative, Confidence, Correction, Divisor, Interval, Moments, PValue};
use serde::Deserialize;
use serde_json::Value;

use super::super::Family;
use super::super::comparison::{Comparison, Failure, read};

/// Families by name.
pub(super) const FAMILIES: &[(&str, Family)] =
    &[("spotify_difference", difference_of_means), ("spotify_linreg", regression)];

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    test: String,
    groups: Vec<Group>,
    reference: String,
    #[serde(default)]
    correction_method: Option<String>,
    #[serde(default)]
    non_inferiority_margin: Option<(f64, String)>,
}

#[derive(Clone, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the fields of the other program")]
struct Group {
    group: String,
    n: u64,
    sum: f64,
    sum_squares: f64,
    #[serde(default)]
    pre_sum: f64,
    #[serde(default)]
    pre_sum_squares: f64,
    #[serde(default)]
    pre_post_cross_sum: f64,
}

fn difference_of_means(input: &Value, comparison: &mut Comparison) -> Result<(), Failure> {
    let case: Case = read(input)?;
    let binary = case.groups.iter().all(|group| group.sum == group.sum_squares);
    let divisor = if binary { Divisor::Units } else { Divisor::UnitsLessOne };
    let arm = |group: &Group| -> Result<ArmEstimate, Failure> {
        let moments = Moments::from_sums(group.n, &[group.sum], &[group.sum_squares])?;
        ArmEstimate::mean(&moments.divided_by(divisor), 0).map_err(Failure::refused)
    };
    let control = case.groups.iter().find(|group| group.group == case.reference);
    let control = control.ok_or_else(|| Failure::Unreadable("no reference".to_owned()))?;
    let base = arm(control)?;
    // A margin is a part of the control's mean, and the direction that of what is better.
    let (alternative, null) = match &case.non_inferiority_margin {
        None => (Alternative::TwoSided, 0.0),
        Some((margin, direction)) if direction == "increase" => (Alternative::Greater, -margin * base.value),
        Some((margin, _)) => (Alternative::Less, margin * base.value),
    };
    let mut effects = Vec::new();
    for group in case.groups.iter().filter(|group| group.group != case.reference) {
        let effect = welch(&base, &arm(group)?, Scale::Absolute).map_err(Failure::refused)?;
        effects.push(if case.test == "ZTest" { Effect { degrees: None, ..effect } } else { effect });
    }
    let p: Vec<PValue> = effects.iter().map(|effect| effect.p_value(null, alternative)).collect();
    let method = case.correction_method.as_deref().unwrap_or("bonferroni");
    let (adjusted, level) = corrected(method, &p)?;
    let size = base.value.abs();
    // Plans are at the level of intervals, where the method has one for all; of the others at that of one comparison.
    let confidence = level.unwrap_or(Confidence::P95);
    let treatments = case.groups.iter().filter(|group| group.group != case.reference);
    let mut rest = effects.iter().zip(treatments).zip(p.iter().zip(adjusted));
    comparison.each(|part| {
        let ((effect, group), (p, adjusted)) =
            rest.next().ok_or_else(|| Failure::Unreadable("one more group".to_owned()))?;
        part.near("difference", 1e-12, size, effect.estimate);
        part.near("p-value", 1e-10, 1e-5, p.value());
        part.near("adjusted p-value", 1e-10, 1e-5, adjusted.value());
        let Interval { low, high } = effect.interval(Confidence::P95, alternative);
        part.near("ci_lower", 1e-10, size, low);
        part.near("ci_upper", 1e-10, size, high);
        let at = level.map(|level| effect.interval(level, alternative));
        part.near("adjusted ci_lower", 1e-10, size, at.map(|interval| interval.low));
        part.near("adjusted ci_upper", 1e-10, size, at.map(|interval| interval.high));
        part.near("null_hypothesis", 1e-12, 0.0, null);
        part.check("is_significant", 0.0, adjusted.value() < 0.05);
        let plan = Plan { confidence, alternative, control: (&base, control.n), treatment: group.n };
        if case.test != "ZTest" {
            // They plan z tests only.
            part.check("powered_effect", 0.0, None::<f64>);
            part.check("required_sample_size", 0.0, None::<f64>);
            return Ok(());
        }
        if binary && alternative == Alternative::TwoSided {
            plan.compare_searched(part)?;
        } else {
            part.check("powered_effect", SOLVED, plan.detectable()?);
        }
        // Of a margin only, at no effect: no effect to plan for is given.
        let units = if alternative == Alternative::TwoSided { None } else { Some(plan.units(null)?) };
        part.check("required_sample_size", 0.0, units);
        Ok::<_, Failure>(())
    })
}

/// Adjusted p values, and the confidence of adjusted intervals where the method has one for all.
fn corrected(method: &str, p: &[PValue]) -> Result<(Vec<PValue>, Option<Confidence>), Failure> {
    let (correction, level) = match method {
        "bonferroni" => (Correction::Bonferroni, Some(Confidence::new(1.0 - 0.05 / p.len() as f64)?)),
        "holm" => (Correction::Holm, None),
        "fdr_bh" => (Correction::BenjaminiHochberg, None),
        other => return Err(Failure::Unreadable(format!("no correction {other}"))),
    };
    Ok((correction.adjust_p(p), level))
}

/// How near effects are that come of halving.
const SOLVED: f64 = 1e-10;

/// The power of all plans there.
const POWER: f64 = 0.8;

/// A plan made of what was seen of the control, for as many units.
struct Plan<'a> {
    confidence: Confidence,
    alternative: Alternative,
    control: (&'a ArmEstimate, u64),
    treatment: u64,
}

impl Plan<'_> {
    /// The test. They count one side also where they test both.
    fn design(&self) -> Result<TestDesign, Failure> {
        let alpha = 1.0 - self.confidence.as_f64();
        let tail = if self.alternative == Alternative::TwoSided { alpha / 2.0 } else { alpha };
        Ok(TestDesign {
            confidence: Confidence::new(1.0 - tail)?,
            alternative: Alternative::Greater,
            ratio: self.treatment as f64 / self.control.1 as f64,
            ..TestDesign::default()
        })
    }

    /// The effect that is found with these units, if both arms vary as the control does.
    fn detectable(&self) -> Result<f64, Failure> {
        let metric = PlannedMetric::of_arm(self.control.0);
        Ok(self.design()?.detectable(&metric, POWER, self.control.1 as f64)?)
    }

    /// The units of both arms that it takes to find that the margin is kept where there is no effect.
    fn units(&self, null: f64) -> Result<f64, Failure> {
        let metric = PlannedMetric::of_arm(self.control.0);
        let design = TestDesign { null: -null.abs(), ..self.design()? };
        // Units of the control are counted from those of the treatment there.
        let treatment = design.units(&metric, 0.0, POWER)?.treatment.ceil();
        Ok((treatment * (1.0 + design.ratio.recip())).ceil())
    }

    /// Compares the effect on a rate. They search for it until the units it takes, those of the treatment rounded up, are within 1
    /// of those there are: theirs must be, and ours, which takes as many as there are, be near. Of fifty units one is a hundredth
    /// of the effect.
    fn compare_searched(&self, part: &mut Comparison) -> Result<(), Failure> {
        let (control, design) = (self.control.1 as f64, self.design()?);
        let metric = PlannedMetric::RateUnpooled { control: self.control.0.value };
        let Ok(ours) = design.detectable(&metric, POWER, control) else {
            // There is no plan here of a control in which nobody or everybody does it, or where no rate is high enough.
            part.pass_over("powered_effect");
            return Ok(());
        };
        if let Some(theirs) = part.expected("powered_effect").and_then(Value::as_f64) {
            let taken = design.units(&metric, theirs, POWER)?.treatment.ceil() * (1.0 + design.ratio.recip());
            let there_are = control + self.treatment as f64;
            part.check_against("units with powered_effect", there_are.recip(), taken, &Value::from(there_are));
        }
        part.roughly("powered_effect", 1e-2, 0.0, ours);
        Ok(())
    }
}

fn regression(input: &Value, comparison: &mut Comparison) -> Result<(), Failure> {
    let case: Case = read(input)?;
    let of = |is: bool| case.groups.iter().find(|group| (group.group == case.reference) == is);
    let (control, treatment) = of(true).zip(of(false)).ok_or_else(|| Failure::Unreadable("two groups".to_owned()))?;
    let moments = |group: &Group| {
        let products = [group.sum_squares, group.pre_post_cross_sum, group.pre_sum_squares];
        Moments::from_sums(group.n, &[group.sum, group.pre_sum], &products)
    };
    let (base, own) = (moments(control)?, moments(treatment)?);
    let mut arms = cuped(&base, &own, Functional::Mean(0), &[Functional::Mean(1)]).map_err(Failure::refused)?;
    // Of the three parts of the variance, that of the metric alone is divided by n − 1 there, and the two of the covariate by n.
    for (arm, moments) in [(&mut arms.control, &base), (&mut arms.treatment, &own)] {
        let n = arm.units as f64;
        arm.variance = arm.variance * (n - 1.0) / n + moments.variance(0).unwrap_or(0.0) / n;
    }
    let effect = welch(&arms.control, &arms.treatment, Scale::Absolute).map_err(Failure::refused)?;
    let effect = Effect { degrees: None, ..effect };
    let size = base.mean(0).abs();
    comparison.near("difference", 1e-12, size, effect.estimate);
    comparison.check("std_err", 1e-10, effect.standard_error);
    let p = effect.p_value(0.0, Alternative::TwoSided);
    comparison.check("p-value", 1e-10, p.value());
    comparison.check("adjusted p-value", 1e-10, p.value());
    let Interval { low, high } = effect.interval(Confidence::P95, Alternative::TwoSided);
    for (field, end) in [("ci_lower", low), ("ci_upper", high), ("adjusted ci_lower", low), ("adjusted ci_upper", high)]
    {
        comparison.near(field, 1e-10, size, end);
    }
    comparison.check("is_significant", 0.0, p.value() < 0.05);
    // Of what is left of the control's variance.
    let plan = Plan {
        confidence: Confidence::P95,
        alternative: Alternative::TwoSided,
        control: (&arms.control, control.n),
        treatment: treatment.n,
    };
    comparison.check("powered_effect", SOLVED, plan.detectable()?);
    comparison.check("required_sample_size", 0.0, None::<f64>);
    comparison.check("null_hypothesis", 0.0, 0.0);
    Ok(())
}
