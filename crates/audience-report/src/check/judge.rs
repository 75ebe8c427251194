//! The verdict on one rule.

use audience_ingest::Catalog;

use super::measures::MeasuresSummary;
use super::rule::Rule;
use super::state::ViewSummary;
use super::verdict::{Outcome, RuleReport, Unjudged, Verdict, pairs};
use audience_cohort::{Dimension, Value};

/// The verdict on `rule`, from what was seen of its groups.
pub(super) fn judge(rule: &Rule, seen: &ViewSummary, catalog: &Catalog) -> RuleReport {
    let mut report = RuleReport {
        rule: rule.text.clone(),
        metric: rule.metric.to_string(),
        unit: rule.metric.unit(),
        operator: rule.operator.as_str(),
        limit: rule.limit,
        by: rule.by.iter().map(|dimension| dimension.name().to_owned()).collect(),
        attributes: pairs(&rule.attributes),
        min_sessions: rule.min_sessions,
        confidence: rule.confidence.map(audience_stats::Confidence::as_f64),
        verdict: Verdict::NotJudged,
        why: None,
        groups: seen.groups.len() as u64,
        judged: 0,
        too_small: 0,
        undefined: 0,
        uncertain: 0,
        worst: None,
        offenders: Vec::new(),
    };
    report.why = unjudged(seen);
    if report.why.is_none() {
        report.judge_groups(rule, seen, catalog);
    }
    report.verdict = match &report.why {
        Some(_) => Verdict::NotJudged,
        None if report.offenders.is_empty() => Verdict::Held,
        None => Verdict::Broken,
    };
    report
}

/// Why there is nothing to judge, where that does not depend on the metric.
fn unjudged(seen: &ViewSummary) -> Option<Unjudged> {
    let absent = |named: &std::collections::BTreeMap<String, u64>| {
        let absent = named.iter().find(|(_, sessions)| **sessions == 0);
        absent.map(|(name, _)| Unjudged::NoSuchAttribute { attribute: name.clone() })
    };
    let nobody = || seen.groups.is_empty().then_some(Unjudged::NoSessions);
    absent(&seen.wanted).or_else(nobody).or_else(|| absent(&seen.grouped))
}

impl RuleReport {
    fn judge_groups(&mut self, rule: &Rule, seen: &ViewSummary, catalog: &Catalog) {
        let mut judged: Vec<(bool, Outcome)> = Vec::new();
        let mut largest = 0;
        for (values, measures) in &seen.groups {
            let sessions = measures.experience.sessions;
            largest = largest.max(sessions);
            if sessions < rule.min_sessions {
                self.too_small += 1;
            } else if let Some(value) = rule.metric.value(measures) {
                let outcome = outcome(rule, values, measures, value, catalog);
                let beyond = !rule.operator.holds(value, rule.limit);
                let broken = beyond && is_sure(rule, &outcome);
                self.uncertain += u64::from(beyond && !broken);
                judged.push((broken, outcome));
            } else {
                self.undefined += 1;
            }
        }
        self.judged = judged.len() as u64;
        // Groups come in order, and equally bad ones stay so.
        judged.sort_by(|(_, a), (_, b)| {
            let ascending = a.value.total_cmp(&b.value);
            if rule.operator.is_upper_limit() { ascending.reverse() } else { ascending }
        });
        self.worst = judged.first().map(|(_, outcome)| outcome.clone());
        self.offenders = judged.into_iter().filter(|(broken, _)| *broken).map(|(_, outcome)| outcome).collect();
        self.why = match self.judged {
            0 if self.undefined > 0 => Some(Unjudged::Undefined),
            0 => Some(Unjudged::TooSmall { largest }),
            _ => None,
        };
    }
}

/// Whether a value beyond the limit is so for sure: with a confidence, when all of its interval is.
fn is_sure(rule: &Rule, outcome: &Outcome) -> bool {
    let nearest = if rule.operator.is_upper_limit() { outcome.low } else { outcome.high };
    rule.confidence.is_none() || nearest.is_some_and(|end| !rule.operator.holds(end, rule.limit))
}

fn outcome(rule: &Rule, values: &[Value], measures: &MeasuresSummary, value: f64, catalog: &Catalog) -> Outcome {
    let interval = rule.confidence.map(|confidence| rule.metric.interval(measures, confidence));
    let (low, high) = interval.unwrap_or_default();
    let text = |value: &Value| (*value != Value::Missing).then(|| value.to_string());
    let content = rule.by.iter().position(|dimension| *dimension == Dimension::Content);
    let title = content.and_then(|at| catalog.get(&values.get(at)?.to_string())?.title.clone());
    Outcome {
        values: values.iter().map(text).collect(),
        title,
        sessions: measures.experience.sessions,
        value,
        low,
        high,
    }
}
