//! What a check accumulates.

use std::collections::BTreeMap;

use audience_core::SessionFacts;
use audience_qoe::{Attempts, GoodStreamLimits};
use audience_stats::{Accumulator, Keyed, Merge, merge_fields};
use jiff::tz::TimeZone;

use super::measures::{Measures, MeasuresSummary};
use super::rule::Rule;
use crate::filter::Filter;
use audience_cohort::{Dimension, Grouping, Value};

/// What a check is asked for.
#[derive(Clone, Debug)]
pub struct CheckSpec {
    /// What must hold.
    pub rules: Vec<Rule>,
    /// Which sessions all rules are about.
    pub filter: Filter,
    /// The time zone of days.
    pub zone: TimeZone,
    /// What a good stream is, and which failures are no technical ones.
    pub good: GoodStreamLimits,
    /// Which sessions count as attempts to play.
    pub attempts: Attempts,
}

impl CheckSpec {
    /// These rules, about all sessions, with days in UTC.
    pub fn new(rules: Vec<Rule>) -> Self {
        Self {
            rules,
            filter: Filter::default(),
            zone: TimeZone::UTC,
            good: GoodStreamLimits::default(),
            attempts: Attempts::default(),
        }
    }
}

/// All that the verdicts are made of: an accumulator over session facts. Rules that look at the same groups of the same sessions
/// share what is accumulated of them.
#[derive(Clone, Debug)]
pub struct CheckState {
    filter: Filter,
    read: u64,
    passed: u64,
    views: Vec<View>,
    of_rules: Vec<usize>,
}

/// What a [`CheckState`] has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckSummary {
    /// Sessions in the data.
    pub read: u64,
    /// Sessions that pass the filter of the check.
    pub passed: u64,
    views: Vec<ViewSummary>,
    of_rules: Vec<usize>,
}

/// Groups of some sessions.
#[derive(Clone, Debug)]
struct View {
    filter: Filter,
    wanted: Named,
    grouped: Named,
    groups: Keyed<Measures, Grouping>,
}

/// Sessions with each of some attributes, by name.
type Named = BTreeMap<String, u64>;

/// What was seen of the groups that a rule looks at.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct ViewSummary {
    /// Sessions with each attribute that the rule wants, whatever their value.
    pub(super) wanted: Named,
    /// Sessions that the rule is about with each attribute that they are grouped by.
    pub(super) grouped: Named,
    /// In order.
    pub(super) groups: Vec<(Vec<Value>, MeasuresSummary)>,
}

impl View {
    fn new(rule: &Rule, spec: &CheckSpec) -> Self {
        let grouped = rule.by.iter().filter_map(|dimension| match dimension {
            Dimension::Attribute(name) => Some((name.clone(), 0)),
            _ => None,
        });
        let grouping = Grouping::new(rule.by.clone(), spec.zone.clone());
        let mut measures = Measures::new(&spec.good, spec.attempts);
        for other in spec.rules.iter().filter(|other| same_view(other, rule)) {
            measures.add(other);
        }
        Self {
            filter: Filter { attributes: rule.attributes.clone(), ..Filter::default() },
            wanted: rule.attributes.iter().map(|(name, _)| (name.clone(), 0)).collect(),
            grouped: grouped.collect(),
            groups: Keyed::new(grouping, measures),
        }
    }

    fn observe(&mut self, facts: &SessionFacts) {
        count(&mut self.wanted, facts);
        if self.filter.passes(facts) {
            count(&mut self.grouped, facts);
            self.groups.observe(facts);
        }
    }
}

fn count(named: &mut Named, facts: &SessionFacts) {
    for (name, sessions) in named {
        *sessions += u64::from(facts.identity.attributes.get(name).is_some());
    }
}

/// Whether two rules look at the same groups of the same sessions.
fn same_view(a: &Rule, b: &Rule) -> bool {
    a.by == b.by && a.attributes == b.attributes
}

impl CheckState {
    /// Nothing seen yet, to be judged as `spec` says.
    pub fn new(spec: &CheckSpec) -> Self {
        let mut firsts: Vec<&Rule> = Vec::new();
        let mut of_rules = Vec::with_capacity(spec.rules.len());
        for rule in &spec.rules {
            let known = firsts.iter().position(|first| same_view(first, rule));
            of_rules.push(known.unwrap_or_else(|| {
                firsts.push(rule);
                firsts.len() - 1
            }));
        }
        let views = firsts.into_iter().map(|rule| View::new(rule, spec)).collect();
        Self { filter: spec.filter.clone(), read: 0, passed: 0, views, of_rules }
    }
}

impl CheckSummary {
    /// What was seen of the groups that the rule with this number looks at.
    pub(super) fn view(&self, rule: usize) -> Option<&ViewSummary> {
        self.views.get(*self.of_rules.get(rule)?)
    }
}

merge_fields!(View { wanted, grouped, groups });

impl Merge for CheckState {
    fn merge(&mut self, other: Self) {
        self.read.merge(other.read);
        self.passed.merge(other.passed);
        // Both were made for the same rules.
        for (view, other) in self.views.iter_mut().zip(other.views) {
            view.merge(other);
        }
    }
}

impl Accumulator for CheckState {
    type Item = SessionFacts;
    type Summary = CheckSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.read += 1;
        if self.filter.passes(facts) {
            self.passed += 1;
            for view in &mut self.views {
                view.observe(facts);
            }
        }
    }

    fn summary(&self) -> CheckSummary {
        let view = |view: &View| ViewSummary {
            wanted: view.wanted.clone(),
            grouped: view.grouped.clone(),
            groups: view.groups.summary(),
        };
        CheckSummary {
            read: self.read,
            passed: self.passed,
            views: self.views.iter().map(view).collect(),
            of_rules: self.of_rules.clone(),
        }
    }
}
