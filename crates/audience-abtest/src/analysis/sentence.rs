//! Findings in words, which claim no more than they show.

use audience_stats::Interval;

use super::warning::{Probability, Severity};
use super::{AnalysedMetric, Analysis, Comparison, Finding, Multiplicity, Verdict};
use crate::effect::RelativeInterval;
use crate::metric::{Metric, MetricKind};

impl Analysis {
    /// Writes the sentence of each comparison, and the conclusion.
    pub(super) fn put_into_words(&mut self) {
        let level = self.confidence.as_f64();
        let p_of = if self.multiplicity == Multiplicity::Each { "p" } else { "adjusted p" };
        let names: Vec<String> = self.arms.iter().map(|arm| arm.name.to_string()).collect();
        for metric in &mut self.metrics {
            let (of, margin) = (metric.metric.clone(), metric.margin);
            for comparison in &mut metric.comparisons {
                comparison.sentence = sentence(&of, margin, comparison, &names, (level, p_of));
            }
        }
        self.conclusion = self.conclude();
    }

    fn conclude(&self) -> String {
        let stops = self.warnings.iter().filter(|warning| warning.severity() == Severity::Stop).count();
        if stops > 0 {
            let what = if stops == 1 { "the warning" } else { "the warnings" };
            return format!("Do not decide by these figures: see {what} above.");
        }
        let Some(primary) = self.metrics.first() else { return String::new() };
        let mut texts: Vec<String> = primary.comparisons.iter().map(|comparison| comparison.sentence.clone()).collect();
        for (verdict, what) in [
            (Verdict::Better, "Also better"),
            (Verdict::Worse, "Worse"),
            (Verdict::MayBeWorse, "Not shown to be within its margin"),
        ] {
            let others = self.metrics.iter().skip(1).flat_map(|metric| found(metric, verdict));
            let others: Vec<String> =
                others.map(|(label, arm)| format!("{label} in {}", self.arms[arm].name)).collect();
            if !others.is_empty() {
                texts.push(format!("{what}: {}.", others.join("; ")));
            }
        }
        texts.join(" ")
    }
}

/// The arms in which a metric has this verdict, with its label.
fn found(metric: &AnalysedMetric, verdict: Verdict) -> impl Iterator<Item = (String, usize)> {
    let has = move |comparison: &&Comparison| comparison.finding.is_ok_and(|finding| finding.verdict == verdict);
    metric.comparisons.iter().filter(has).map(|comparison| (metric.metric.label(), comparison.arm))
}

fn sentence(
    metric: &Metric,
    margin: Option<f64>,
    comparison: &Comparison,
    names: &[String],
    (level, p_of): (f64, &str),
) -> String {
    let (arm, control) = (&names[comparison.arm], &names[0]);
    let label = metric.label();
    let finding = match &comparison.finding {
        Ok(finding) => finding,
        Err(refusal) => return format!("{label}: nothing can be said of {arm}: {refusal}."),
    };
    let percent = percent_of(level);
    let (size, range) = sizes(metric, finding);
    let p = Probability(p_of, finding.adjusted);
    let own = Probability("p", finding.p);
    match finding.verdict {
        Verdict::Better | Verdict::Worse => {
            let more = if finding.difference > 0.0 { "higher" } else { "lower" };
            let good = if finding.verdict == Verdict::Better { "better" } else { "worse" };
            format!(
                "{label}: {arm} is {more} than {control}, which is {good}: {size} ({percent} interval {range}; {p})."
            )
        }
        Verdict::NotShown if finding.difference == 0.0 => format!(
            "{label}: {arm} and {control} are alike. That is no proof that they always are: anything from {range} is compatible with the \
             data ({percent} interval; {p})."
        ),
        Verdict::NotShown if finding.p.value() <= 1.0 - level => format!(
            "{label}: no difference between {arm} and {control} is shown. {size} was found ({percent} interval {range}); looked at \
             alone it would be one, and among all comparisons it may be chance ({own}, {p})."
        ),
        Verdict::NotShown => format!(
            "{label}: no difference between {arm} and {control} is shown. {size} was found, and anything from {range} is compatible \
             with the data ({percent} interval; {p})."
        ),
        Verdict::NotWorse | Verdict::MayBeWorse => {
            let margin = percent_of(margin.unwrap_or_default());
            let shown = if finding.verdict == Verdict::NotWorse {
                format!("{arm} is not worse than {control} by {margin} or more")
            } else {
                format!("it is not shown that {arm} is less than {margin} worse than {control}")
            };
            format!("{label}: {shown}. {size} was found (one-sided {own}).")
        }
    }
}

/// How large a difference is, and from where to where it may be: as a part of the control where that can be said.
fn sizes(metric: &Metric, finding: &Finding) -> (String, String) {
    if let (Some(relative), Some(RelativeInterval::Within(Interval { low, high }))) =
        (finding.relative, finding.relative_interval)
    {
        return (signed_percent(relative), format!("{} to {}", signed_percent(low), signed_percent(high)));
    }
    let Interval { low, high } = finding.interval;
    let (scale, unit) = match metric {
        Metric::WatchTime | Metric::StartUp(_) => (0.001, " s"),
        _ if matches!(metric.kind(), MetricKind::Proportion | MetricKind::Ratio) => (100.0, " percentage points"),
        _ => (1.0, ""),
    };
    let text = |value: f64| format!("{}{:.2}", sign(value), scale * value.abs());
    (format!("{}{unit}", text(finding.difference)), format!("{} to {}{unit}", text(low), text(high)))
}

/// With as many digits as say something: `+12.3 %`, `−0.42 %`.
fn signed_percent(share: f64) -> String {
    let percent = 100.0 * share.abs();
    let digits = if percent < 1.0 { 2 } else { 1 };
    format!("{}{percent:.digits$} %", sign(share))
}

const fn sign(value: f64) -> &'static str {
    if value > 0.0 {
        "+"
    } else if value < 0.0 {
        "−"
    } else {
        "±"
    }
}

fn percent_of(share: f64) -> String {
    let text = format!("{:.4}", 100.0 * share);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
