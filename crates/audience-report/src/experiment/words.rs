//! Figures of an experiment for people.

use audience_abtest::{AnalysedMetric, Finding, Metric, MetricKind, Multiplicity, RelativeInterval, Severity, Verdict};
use audience_stats::{Alternative, Correction, Interval, PValue};

use super::report::ExperimentReport;
use crate::format::{self, NONE};

/// How bad a warning is, in a word.
pub(crate) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Stop => "Stop",
        Severity::Caution => "Caution",
        Severity::Note => "Note",
    }
}

/// What a comparison comes to, in a word or two.
pub(crate) const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Better => "better",
        Verdict::Worse => "worse",
        Verdict::NotShown => "not shown",
        Verdict::NotWorse => "within margin",
        Verdict::MayBeWorse => "may be worse",
    }
}

/// Whether a comparison shows something.
pub(crate) const fn is_shown(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Better | Verdict::Worse | Verdict::NotWorse)
}

/// What a metric is of each arm.
pub(crate) const fn kind(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Proportion => "share of units",
        MetricKind::Mean => "mean over units",
        MetricKind::Ratio => "ratio of sums over units",
        MetricKind::Quantile => "quantile of values",
    }
}

/// A metric's value in its own unit.
pub(crate) fn value(metric: &Metric, value: Option<f64>) -> String {
    let Some(known) = value else { return NONE.to_owned() };
    match metric {
        Metric::WatchTime => duration(known),
        Metric::StartUp(_) => format::seconds(value),
        Metric::RebufferRatio => format!("{:.2} %", 100.0 * known),
        _ if matches!(metric.kind(), MetricKind::Proportion | MetricKind::Ratio) => format!("{:.1} %", 100.0 * known),
        _ => format!("{known:.2}"),
    }
}

/// Milliseconds as a clock shows them; of less than a minute, with tenths.
fn duration(millis: f64) -> String {
    if millis.abs() < 60_000.0 { format!("{:.1} s", millis / 1000.0) } else { format::clock(Some(millis)) }
}

/// An interval of such values.
pub(crate) fn between(metric: &Metric, interval: Option<Interval>) -> String {
    let end = |end: f64| value(metric, Some(end.max(0.0)));
    interval.map_or(NONE.to_owned(), |interval| format!("{} to {}", end(interval.low), end(interval.high)))
}

/// A difference in the metric's unit, with its sign; of shares, in percentage points.
pub(crate) fn difference(metric: &Metric, by: f64) -> String {
    let size = by.abs();
    let amount = match metric {
        Metric::WatchTime => duration(size),
        Metric::StartUp(_) => format::seconds(Some(size)),
        _ if matches!(metric.kind(), MetricKind::Proportion | MetricKind::Ratio) => format!("{:.2} pp", 100.0 * size),
        _ => format!("{size:.2}"),
    };
    format!("{}{amount}", format::sign(by))
}

/// The same with as many digits as say something of a small one, which is what plans are about.
pub(crate) fn fine_difference(metric: &Metric, by: f64) -> String {
    let shares = matches!(metric.kind(), MetricKind::Proportion | MetricKind::Ratio);
    let digits = |number: f64| trimmed_to(number.abs(), if number.abs() < 1.0 { 4 } else { 2 });
    match metric {
        Metric::WatchTime if by.abs() >= 60_000.0 => difference(metric, by),
        Metric::WatchTime | Metric::StartUp(_) => format!("{}{} s", format::sign(by), digits(by / 1000.0)),
        _ if shares => format!("{}{} pp", format::sign(by), digits(100.0 * by)),
        _ => format!("{}{}", format::sign(by), digits(by)),
    }
}

/// A relative difference, with as many digits as say something.
pub(crate) fn relative(by: f64) -> String {
    if 100.0 * by.abs() < 1.0 {
        format!("{}{:.2} %", format::sign(by), 100.0 * by.abs())
    } else {
        format::relative(Some(by))
    }
}

/// A relative difference, with a word where there is nothing that says how sure it is.
pub(crate) fn estimate(finding: &Finding) -> String {
    match (finding.relative, finding.relative_interval) {
        (None, _) => NONE.to_owned(),
        (Some(by), Some(_)) => relative(by),
        (Some(by), None) => format!("{}, no interval", relative(by)),
    }
}

/// Which relative differences the data are compatible with.
pub(crate) fn relative_interval(interval: Option<RelativeInterval>) -> String {
    let ends = |ends: Interval| match (ends.low.is_finite(), ends.high.is_finite()) {
        (false, _) => format!("up to {}", relative(ends.high)),
        (_, false) => format!("from {}", relative(ends.low)),
        _ => format!("{} to {}", relative(ends.low), relative(ends.high)),
    };
    match interval {
        None => NONE.to_owned(),
        Some(RelativeInterval::Within(within)) => ends(within),
        Some(RelativeInterval::Outside(between)) => format!("not {}", ends(between)),
        Some(RelativeInterval::Anything) => "any".to_owned(),
    }
}

/// A probability: `0.034`, `< 0.001`.
pub(crate) fn probability(p: PValue) -> String {
    match p.value() {
        p if p < 0.001 => "< 0.001".to_owned(),
        p => format!("{p:.3}"),
    }
}

/// The same with what it is: `p = 0.034`, `p < 0.001`.
pub(crate) fn p(p: PValue) -> String {
    match probability(p) {
        small if small.starts_with('<') => format!("p {small}"),
        other => format!("p = {other}"),
    }
}

/// Whether viewers are better off with less of it.
pub(crate) fn less_is_better(metric: &Metric) -> bool {
    metric.better() == Alternative::Less
}

/// What a reader should know of a metric besides its name.
pub(crate) fn notes(metric: &AnalysedMetric) -> String {
    let mut notes = Vec::new();
    if metric.primary {
        notes.push("primary".to_owned());
    }
    if let Some(margin) = metric.margin {
        notes.push(format!("guardrail: less than {} % worse", trimmed(100.0 * margin)));
    }
    notes.push(kind(metric.kind).to_owned());
    if less_is_better(&metric.metric) {
        notes.push("less is better".to_owned());
    }
    notes.extend(cap(&metric.metric, metric.cap));
    notes.join(", ")
}

/// Up to where figures of units count, if there is a cap.
pub(crate) fn cap(metric: &Metric, cap: Option<u64>) -> Option<String> {
    let cap = match metric {
        Metric::WatchTime | Metric::RebufferRatio => duration(cap? as f64),
        _ => format::count(cap?),
    };
    let what = if *metric == Metric::RebufferRatio { "stalled time of each unit" } else { "each unit" };
    Some(format!("{what} counts up to {cap}"))
}

/// How the number of comparisons is taken into account.
pub(crate) fn multiplicity(report: &ExperimentReport) -> String {
    let comparisons = report.comparisons();
    let name = match report.analysis.multiplicity {
        _ if comparisons < 2 => return "There is one comparison, which needs no adjustment.".to_owned(),
        Multiplicity::Each => {
            return format!(
                "The {comparisons} comparisons are not adjusted for their number: some may differ by chance."
            );
        }
        Multiplicity::Preferential(share) => {
            let share = trimmed(100.0 * share);
            return format!(
                "p is adjusted for {comparisons} comparisons; the primary metric has {share} % of the level for itself."
            );
        }
        Multiplicity::Corrected(correction) => match correction {
            Correction::Bonferroni => "Bonferroni",
            Correction::Sidak => "Šidák",
            Correction::Holm => "Holm",
            Correction::HolmSidak => "Holm and Šidák",
            Correction::Hochberg => "Hochberg",
            Correction::Hommel => "Hommel",
            Correction::BenjaminiHochberg => "Benjamini and Hochberg",
            Correction::BenjaminiYekutieli => "Benjamini and Yekutieli",
        },
    };
    format!("p is adjusted for {comparisons} comparisons by the method of {name}.")
}

/// Whether units are divided as planned.
pub(crate) fn sample_ratio(report: &ExperimentReport) -> String {
    match &report.analysis.sample_ratio {
        None => "There are too few units to say whether they are divided as planned.".to_owned(),
        Some(ratio) if ratio.is_mismatch() => format!("They are not divided as planned ({}).", p(ratio.p)),
        Some(ratio) => format!("Nothing speaks against the planned division ({}).", p(ratio.p)),
    }
}

/// The same for each dimension.
pub(crate) fn sample_ratios_by(report: &ExperimentReport) -> impl Iterator<Item = String> {
    report.analysis.sample_ratio_by.iter().map(|(dimension, ratios)| {
        let off = ratios.mismatches().count();
        let values = format::things(ratios.tested.len() as u64, "value", "values");
        let text = match (off, ratios.tested.is_empty()) {
            (_, true) => "each value has too few units to say".to_owned(),
            (0, false) => format!("nothing speaks against the planned division in {values}"),
            (off, false) => format!("not as planned in {off} of {values}"),
        };
        format!("By {}: {text}.", format::printable(dimension))
    })
}

/// How many units were in more than one arm, if any.
pub(crate) fn mixed(report: &ExperimentReport) -> String {
    match report.analysis.mixed {
        0 => String::new(),
        mixed => format!(" {} in more than one arm.", format::things(mixed, "unit was", "units were")),
    }
}

/// The confidence of intervals, in percent.
pub(crate) fn confidence(report: &ExperimentReport) -> String {
    format!("{} %", trimmed(100.0 * report.analysis.confidence.as_f64()))
}

/// Without zeros at the end.
pub(crate) fn trimmed(number: f64) -> String {
    trimmed_to(number, 3)
}

fn trimmed_to(number: f64, digits: usize) -> String {
    let text = format!("{number:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// How units were made: `units are viewer_id, 14 days before exposure are looked at, …`.
pub(crate) fn about(report: &ExperimentReport) -> String {
    let mut parts = vec![match report.unit.as_str() {
        "viewer_id" => "units are viewers".to_owned(),
        unit => format!("units are values of {}", format::printable(unit)),
    }];
    parts.extend(report.starts_at.map(|at| format!("from {}", format::time(at))));
    parts.extend(report.ends_at.map(|at| format!("to {}", format::time(at))));
    if let Some(millis) = report.pre_period_ms {
        let days = trimmed(millis as f64 / 86_400_000.0);
        parts.push(format!("adjusted for the {days} days before exposure"));
    }
    parts.extend(report.stratified_by.as_ref().map(|name| format!("compared within {}", format::printable(name))));
    parts.extend(report.data_until.map(|at| format!("data up to {}", format::time(at))));
    parts.join(", ")
}

/// What a finding comes to however often one looks, and what to believe of it.
pub(crate) fn beside(metric: &AnalysedMetric, finding: &Finding) -> Option<String> {
    let mut texts = Vec::new();
    if let Some(sequence) = finding.sequence {
        let Interval { low, high } = sequence.interval;
        let of = |end: f64| difference(&metric.metric, end);
        let ends = match (low.is_finite(), high.is_finite()) {
            (false, _) => format!("up to {}", of(high)),
            (_, false) => format!("from {}", of(low)),
            _ => format!("{} to {}", of(low), of(high)),
        };
        texts.push(format!("However often one looks: {ends}, {}.", p(sequence.p)));
    }
    if let Some(belief) = finding.belief {
        let chance = 100.0 * belief.chance_to_be_better;
        let chance = if chance > 99.9 {
            "above 99.9 %".to_owned()
        } else if chance < 0.1 {
            "below 0.1 %".to_owned()
        } else {
            format!("{chance:.1} %")
        };
        let loss = difference(&metric.metric, belief.loss_of_arm);
        let loss = loss.trim_start_matches(['+', '−']);
        texts.push(format!("Chance to be better: {chance}; choosing it loses {loss} on average."));
    }
    (!texts.is_empty()).then(|| texts.join(" "))
}
