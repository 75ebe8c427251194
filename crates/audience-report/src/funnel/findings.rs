//! What follows from what was accumulated.

use audience_cohort::{EventFunnelSummary, FunnelFigures, FunnelStep, StepOrder};
use audience_core::Elapsed;
use audience_stats::{Alternative, Confidence, Correction, PValue};
use serde::Serialize;

use super::names::nearest;
use super::places::PositionFindings;
use super::state::{FunnelReportSpec, FunnelState};
use crate::cohorts::Rate;
use crate::error::Error;

/// How far they come.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelFindings {
    /// Groups of fewer units are not shown, nor times of fewer.
    pub min_units: u64,
    /// Through steps that are events, where some were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<EventFindings>,
    /// Past places in the content, where some were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positions: Option<PositionFindings>,
}

/// Through steps that are events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventFindings {
    /// Whose events are followed together and counted once: `viewer` or `session`.
    pub per: &'static str,
    /// Whether steps follow each other.
    pub order: StepOrder,
    /// How long it may take from the first step to the last, in milliseconds; `None` when any time.
    pub within_ms: Option<u64>,
    /// What the steps are.
    pub asked_steps: Vec<StepAsked>,
    /// Steps that no event is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown_steps: Vec<UnknownStep>,
    /// Where there are such, names that events have, those with most events first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub event_names: Vec<String>,
    /// Of all units.
    pub all: FunnelGroup,
    /// By an attribute, where one was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<FunnelGroups>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepAsked {
    /// The name of the event.
    pub name: String,
    /// How long after the step before it may be, in milliseconds; `None` when at any time.
    pub limit_ms: Option<u64>,
    /// How many events have the name.
    pub events: u64,
}

/// A step that no event is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnknownStep {
    /// What was asked for.
    pub name: String,
    /// What may have been meant.
    pub suggestion: Option<String>,
}

/// How far some units come.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelGroup {
    /// The value that they have in common; `None` of all, and of those without one.
    pub value: Option<String>,
    /// How many there are, also those without any step.
    pub units: u64,
    /// Of all, those that came to the first step.
    pub entered: Option<Rate>,
    /// The steps, in order.
    pub steps: Vec<FunnelStepRow>,
    /// How long it takes to come through all; `None` when nobody did, too few did, or there is one step.
    pub time: Option<TimeFindings>,
}

/// How many come to a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FunnelStepRow {
    /// The step, counted from 1.
    pub step: usize,
    /// Units that came to it.
    pub reached: u64,
    /// How many came to the step before and not to this one; 0 of the first.
    pub lost: u64,
    /// Of those that came to the first step; of the first step itself without an interval, as it is all of them.
    pub from_start: Option<Rate>,
    /// Of those that came to the step before.
    pub from_previous: Option<Rate>,
}

/// How long it takes to come through all steps, one time for each unit that does: the shortest in which it did.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TimeFindings {
    /// How many units came through.
    pub units: u64,
    /// The mean, in milliseconds.
    pub mean_ms: f64,
    /// A quarter took no longer.
    pub p25_ms: f64,
    /// A half.
    pub p50_ms: f64,
    /// Three quarters.
    pub p75_ms: f64,
    /// All but a twentieth.
    pub p95_ms: f64,
    /// The same and more of them.
    pub quantiles: Vec<TimeQuantile>,
}

/// So many took no longer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TimeQuantile {
    /// Which part, 0–1.
    pub quantile: f64,
    /// The time, in milliseconds.
    pub time_ms: f64,
}

/// Units by an attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FunnelGroups {
    /// The attribute.
    pub attribute: String,
    /// Whether no session has it.
    pub unknown: bool,
    /// Units with sessions of several values: they are in the group of their first.
    pub mixed: u64,
    /// Groups, those of most units first.
    pub groups: Vec<FunnelGroup>,
    /// Groups of too few units, which are not shown.
    pub too_few: usize,
    /// Groups past the number asked for.
    pub omitted: usize,
    /// What the others are compared with; `None` of the units without a value.
    pub baseline: Option<String>,
    /// Each other group beside it: none when it is not shown itself.
    pub comparisons: Vec<GroupComparison>,
}

/// A group beside the baseline.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct GroupComparison {
    /// The value of the group.
    pub value: Option<String>,
    /// Each step but the first, of those who came to that.
    pub steps: Vec<StepDifference>,
    /// Which group takes longer, of those who come through.
    pub times: Option<TimeDifference>,
}

/// How far two groups are apart at a step.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct StepDifference {
    /// The step, counted from 1.
    pub step: usize,
    /// From the first step, in this group.
    pub rate: f64,
    /// In the baseline.
    pub baseline_rate: f64,
    /// The one minus the other.
    pub difference: f64,
    /// The lower end of its 95 % interval, by Newcombe.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The probability of rates at least so far apart if they are the same.
    pub p: PValue,
    /// The same adjusted by Holm, for all steps of all groups.
    pub adjusted_p: PValue,
}

/// Which of two groups takes longer, by Mann and Whitney.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct TimeDifference {
    /// The probability that one of this group takes longer than one of the baseline, 0–1; a half when neither does.
    pub longer: f64,
    /// The lower end of its 95 % interval.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// The probability of so much or more if neither does.
    pub p: PValue,
}

/// Which quantiles of times are listed.
const QUANTILES: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

impl FunnelFindings {
    /// What follows from what was accumulated.
    ///
    /// # Errors
    ///
    /// [`Error::Cohort`] when no unit has the baseline that is asked for.
    pub(crate) fn new(state: &FunnelState, spec: &FunnelReportSpec) -> Result<Self, Error> {
        Ok(Self {
            min_units: spec.min_units,
            events: EventFindings::new(state, spec)?,
            positions: PositionFindings::new(state, spec),
        })
    }
}

impl EventFindings {
    fn new(state: &FunnelState, spec: &FunnelReportSpec) -> Result<Option<Self>, Error> {
        let Some(funnel) = &state.events else { return Ok(None) };
        let (asked, summary) = (funnel.spec(), state.events.as_ref().map(audience_stats::Accumulator::summary));
        let summary = summary.unwrap_or_default();
        let step = |step: &FunnelStep| StepAsked {
            name: step.name().to_owned(),
            limit_ms: step.limit().map(Elapsed::as_millis),
            events: state.names.of_step(step.name()),
        };
        let asked_steps: Vec<StepAsked> = asked.steps().iter().map(step).collect();
        let names = state.names.most_first();
        let mut unknown_steps: Vec<UnknownStep> = Vec::new();
        for step in asked_steps.iter().filter(|step| step.events == 0) {
            if unknown_steps.iter().all(|known| known.name != step.name) {
                let suggestion = nearest(&step.name, names.iter().map(|(name, _)| *name)).map(str::to_owned);
                unknown_steps.push(UnknownStep { name: step.name.clone(), suggestion });
            }
        }
        let known = if unknown_steps.is_empty() { Vec::new() } else { names };
        let by = spec.by.as_deref().map(|attribute| FunnelGroups::new(attribute, &summary, state, spec));
        Ok(Some(Self {
            per: asked.unit().name(),
            order: asked.order(),
            within_ms: asked.total_limit().map(Elapsed::as_millis),
            asked_steps,
            unknown_steps,
            event_names: known.into_iter().map(|(name, _)| name.to_owned()).collect(),
            all: FunnelGroup::new(None, &summary.all, spec.floor()),
            by: by.transpose()?,
        }))
    }
}

impl FunnelReportSpec {
    /// How many units a group has at least that is shown.
    pub(super) fn floor(&self) -> u64 {
        self.min_units.max(1)
    }
}

impl FunnelGroup {
    fn new(value: Option<String>, figures: &FunnelFigures, floor: u64) -> Self {
        let mut before = None;
        let row = |(at, reached): (usize, &u64)| {
            let lost = before.replace(*reached).map_or(0, |before: u64| before.saturating_sub(*reached));
            FunnelStepRow {
                step: at + 1,
                reached: *reached,
                lost,
                // All of those that came to the first step came to it, whoever is asked.
                from_start: figures.from_start(at).map(Rate::from).map(|rate| match at {
                    0 => Rate { low: None, high: None, ..rate },
                    _ => rate,
                }),
                from_previous: figures.from_previous(at).map(Rate::from),
            }
        };
        Self {
            value,
            units: figures.units,
            entered: figures.entered().map(Rate::from),
            steps: figures.reached.iter().enumerate().map(row).collect(),
            time: TimeFindings::new(figures, floor),
        }
    }

    /// The step before which most are lost; `None` when none are.
    pub fn most_lost(&self) -> Option<&FunnelStepRow> {
        // The first of those that lose as many.
        self.steps.iter().filter(|step| step.lost > 0).min_by_key(|step| (std::cmp::Reverse(step.lost), step.step))
    }
}

impl TimeFindings {
    fn new(figures: &FunnelFigures, floor: u64) -> Option<Self> {
        // From the first step to itself it takes no time.
        let time = figures.time_to_convert().filter(|time| figures.reached.len() > 1 && time.units >= floor)?;
        let quantile = |quantile: f64| {
            let time_ms = figures.times.quantile(quantile).ok()??;
            Some(TimeQuantile { quantile, time_ms })
        };
        Some(Self {
            units: time.units,
            mean_ms: time.mean,
            p25_ms: time.p25,
            p50_ms: time.p50,
            p75_ms: time.p75,
            p95_ms: time.p95,
            quantiles: QUANTILES.into_iter().filter_map(quantile).collect(),
        })
    }

    /// The quartiles and the last of the quantiles that are drawn.
    pub(crate) fn drawn(&self) -> [f64; 4] {
        [self.p25_ms, self.p50_ms, self.p75_ms, self.p95_ms]
    }
}

impl FunnelGroups {
    /// The group with this value, or without one.
    pub fn group(&self, value: Option<&str>) -> Option<&FunnelGroup> {
        self.groups.iter().find(|group| group.value.as_deref() == value)
    }

    fn new(
        attribute: &str,
        summary: &EventFunnelSummary,
        state: &FunnelState,
        spec: &FunnelReportSpec,
    ) -> Result<Self, Error> {
        let mut found: Vec<(Option<&str>, &FunnelFigures)> =
            summary.groups.iter().map(|(value, figures)| (value.as_deref(), figures)).collect();
        found.sort_by_key(|(_, figures)| std::cmp::Reverse(figures.units));
        let baseline = match &spec.baseline {
            Some(asked) => {
                let asked = asked.as_deref();
                if found.iter().all(|(value, _)| *value != asked) {
                    let value = asked.unwrap_or("(none)").to_owned();
                    return Err(audience_cohort::Error::UnknownGroup { value }.into());
                }
                asked
            }
            None => found.first().and_then(|(value, _)| *value),
        };
        let all = found.len();
        found.retain(|(_, figures)| figures.units >= spec.floor());
        let shown = found.len();
        // The baseline is listed, however small it is beside others.
        let last = found.iter().position(|(value, _)| *value == baseline);
        if let Some(at) = last.filter(|at| *at >= spec.top && spec.top > 0) {
            found.swap(at, spec.top - 1);
        }
        found.truncate(spec.top);
        let base = found.iter().find(|(value, _)| *value == baseline).map(|(_, figures)| *figures);
        let others = found.iter().filter(|(value, _)| *value != baseline);
        let comparisons =
            base.into_iter().flat_map(|base| others.clone().map(|other| compare(*other, base, spec.floor()))).collect();
        let group = |(value, figures): &(Option<&str>, &FunnelFigures)| {
            FunnelGroup::new(value.map(str::to_owned), figures, spec.floor())
        };
        Ok(Self {
            attribute: attribute.to_owned(),
            unknown: state.with_value == 0,
            mixed: summary.mixed,
            too_few: all - shown,
            omitted: shown - found.len(),
            groups: found.iter().map(group).collect(),
            // What is not shown is not named either.
            baseline: base.and(baseline).map(str::to_owned),
            comparisons: adjusted(comparisons),
        })
    }
}

fn compare((value, figures): (Option<&str>, &FunnelFigures), base: &FunnelFigures, floor: u64) -> GroupComparison {
    let found = figures.compare(base, Confidence::P95);
    let step = |step: &audience_cohort::StepComparison| {
        Some(StepDifference {
            step: step.step + 1,
            rate: step.rate.rate()?,
            baseline_rate: step.baseline.rate()?,
            difference: step.difference,
            low: step.interval.low,
            high: step.interval.high,
            p: step.p,
            adjusted_p: step.adjusted,
        })
    };
    let enough = [figures, base].iter().all(|of| of.times.count() >= floor && of.reached.len() > 1);
    let times = found.times.filter(|_| enough).map(|test| {
        let interval = test.superiority_interval(Confidence::P95);
        TimeDifference {
            longer: test.superiority(),
            low: interval.map(|interval| interval.low),
            high: interval.map(|interval| interval.high),
            p: test.p_value(Alternative::TwoSided),
        }
    });
    GroupComparison { value: value.map(str::to_owned), steps: found.steps.iter().filter_map(step).collect(), times }
}

/// The same with probabilities adjusted for all that are looked at together.
fn adjusted(mut comparisons: Vec<GroupComparison>) -> Vec<GroupComparison> {
    let steps = || comparisons.iter().flat_map(|group| &group.steps);
    let p_values: Vec<PValue> = steps().map(|step| step.p).collect();
    let adjusted = Correction::Holm.adjust_p(&p_values);
    let steps = comparisons.iter_mut().flat_map(|group| &mut group.steps);
    for (step, adjusted) in steps.zip(adjusted) {
        step.adjusted_p = adjusted;
    }
    comparisons
}
