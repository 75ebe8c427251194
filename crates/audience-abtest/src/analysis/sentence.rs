//! Findings in words, which claim no more than they show.

use audience_stats::Interval;

use super::warning::{Probability, Severity};
use super::{AnalysedMetric, Analysis, Comparison, Finding, Verdict};
use crate::effect::RelativeInterval;
use crate::metric::{Metric, MetricKind};

impl Analysis {
    /// Writes the sentence of each comparison, and the conclusion.
    pub(super) fn put_into_words(&mut self) {
        let percent = percent_of(self.confidence.as_f64());
        let names: Vec<String> = self.arms.iter().map(|arm| arm.name.to_string()).collect();
        for metric in &mut self.metrics {
            let (of, margin) = (metric.metric.clone(), metric.margin);
            for comparison in &mut metric.comparisons {
                comparison.sentence = sentence(&of, margin, comparison, &names, &percent);
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
        let sentences: Vec<&str> = primary.comparisons.iter().map(|comparison| comparison.sentence.as_str()).collect();
        let mut texts: Vec<String> = sentences.into_iter().map(str::to_owned).collect();
        let others = |verdict: Verdict| self.metrics.iter().skip(1).filter(move |metric| any(metric, verdict));
        let worse: Vec<String> = others(Verdict::Worse).map(|metric| metric.metric.to_string()).collect();
        let guardrails: Vec<String> = others(Verdict::MayBeWorse).map(|metric| metric.metric.to_string()).collect();
        if !worse.is_empty() {
            texts.push(format!("Worse: {}.", worse.join(", ")));
        }
        if !guardrails.is_empty() {
            texts.push(format!("Not shown to be within its margin: {}.", guardrails.join(", ")));
        }
        texts.join(" ")
    }
}

fn any(metric: &AnalysedMetric, verdict: Verdict) -> bool {
    metric.comparisons.iter().any(|comparison| comparison.finding.is_ok_and(|finding| finding.verdict == verdict))
}

fn sentence(metric: &Metric, margin: Option<f64>, comparison: &Comparison, names: &[String], percent: &str) -> String {
    let arm = &names[comparison.arm];
    let control = &names[0];
    let what = metric.to_string();
    let finding = match &comparison.finding {
        Ok(finding) => finding,
        Err(refusal) => return format!("Nothing can be said of {what} in {arm}: {refusal}."),
    };
    let (size, range) = sizes(metric, finding);
    let p = Probability(finding.adjusted);
    match finding.verdict {
        Verdict::Better | Verdict::Worse => {
            let more = if finding.difference > 0.0 { "higher" } else { "lower" };
            let good = if finding.verdict == Verdict::Better { "better" } else { "worse" };
            format!(
                "{arm} has a {more} {what} than {control}, which is {good}: {size} ({percent} interval {range}; p = {p})."
            )
        }
        Verdict::NotShown => format!(
            "It is not shown that {what} differs between {arm} and {control}: {size} was found, and {range} is compatible with the data ({percent} interval; p = {p})."
        ),
        Verdict::NotWorse | Verdict::MayBeWorse => {
            let margin = percent_of(margin.unwrap_or_default());
            let shown =
                if finding.verdict == Verdict::NotWorse { "is not worse" } else { "is not shown to be no worse" };
            format!(
                "{arm} {shown} than {control} in {what} by more than {margin}: {size} was found (one-sided p = {p})."
            )
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
    let text = |value: f64| absolute(metric, value);
    (text(finding.difference), format!("{} to {}", text(low), text(high)))
}

/// A difference in the metric's own unit.
fn absolute(metric: &Metric, value: f64) -> String {
    match metric {
        Metric::WatchTime | Metric::StartUp(_) => format!("{:+.3} s", value / 1000.0),
        _ if matches!(metric.kind(), MetricKind::Proportion | MetricKind::Ratio) => {
            format!("{:+.3} percentage points", 100.0 * value)
        }
        _ => format!("{value:+.4}"),
    }
}

fn signed_percent(share: f64) -> String {
    format!("{:+.2} %", 100.0 * share)
}

fn percent_of(share: f64) -> String {
    let text = format!("{:.4}", 100.0 * share);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}
