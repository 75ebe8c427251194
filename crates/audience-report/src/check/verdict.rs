//! What became of the rules, as data.

use std::fmt;

use audience_core::Timestamp;
use audience_ingest::Catalog;
use audience_stats::Accumulator;
use serde::Serialize;

use super::judge::judge;
use super::state::{CheckSpec, CheckState};
use super::unit::Unit;

/// The version of the JSON form of a check.
pub const SCHEMA: &str = "audience.check/1";

/// The verdicts of a check: plain data, in an order that depends on nothing but the telemetry and the rules. Its JSON form is in
/// `docs/check.md` in the repository.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CheckReport {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Which sessions were asked for.
    pub checked: Checked,
    /// Sessions in the data.
    pub sessions_read: u64,
    /// Those of them that were asked for.
    pub sessions: u64,
    /// Rules that are broken.
    pub broken: usize,
    /// Rules that judged nothing.
    pub not_judged: usize,
    /// The rules, in the order in which they were given.
    pub rules: Vec<RuleReport>,
}

/// Which sessions a check is about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Checked {
    /// Only this title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Only these attributes, as `name=value`.
    #[serde(skip_serializing_if = "Vec::is_empty", rename = "where")]
    pub attributes: Vec<String>,
    /// Only sessions that began at this time or later.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "crate::json::time")]
    pub from: Option<Timestamp>,
    /// Only sessions that began before this time.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "crate::json::time")]
    pub to: Option<Timestamp>,
    /// The time zone of days.
    pub time_zone: String,
}

/// What became of a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RuleReport {
    /// The rule as it was written.
    pub rule: String,
    /// What it is about.
    pub metric: String,
    /// The unit of its limit and of all values.
    pub unit: Unit,
    /// `<`, `<=`, `>` or `>=`.
    pub operator: &'static str,
    /// The limit.
    pub limit: f64,
    /// By what sessions are grouped.
    pub by: Vec<String>,
    /// Only these attributes, as `name=value`.
    #[serde(rename = "where")]
    pub attributes: Vec<String>,
    /// Groups with fewer sessions are not judged.
    pub min_sessions: u64,
    /// How sure it must be that it is broken.
    pub confidence: Option<f64>,
    /// The verdict.
    pub verdict: Verdict,
    /// Why nothing was judged.
    pub why: Option<Unjudged>,
    /// Groups there are.
    pub groups: u64,
    /// Groups that were judged.
    pub judged: u64,
    /// Groups with too few sessions.
    pub too_small: u64,
    /// Groups with enough sessions in which the metric is undefined.
    pub undefined: u64,
    /// Groups that were judged and are beyond the limit, but not as surely as was asked: they are not offenders.
    pub uncertain: u64,
    /// The judged group that is furthest beyond the limit, or nearest to it.
    pub worst: Option<Outcome>,
    /// Groups that break the rule, the worst first.
    pub offenders: Vec<Outcome>,
}

/// Whether a rule holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// In all groups that were judged.
    Held,
    /// Not in all of them.
    Broken,
    /// No group was judged.
    NotJudged,
}

/// Why a rule judged nothing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
pub enum Unjudged {
    /// No session has this attribute.
    NoSuchAttribute {
        /// Its name.
        attribute: String,
    },
    /// No session has the values that the rule wants.
    NoSessions,
    /// All groups have too few sessions.
    TooSmall {
        /// Sessions of the largest.
        largest: u64,
    },
    /// The metric is undefined in all groups that have enough sessions.
    Undefined,
}

/// What a group has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// The value in each dimension; `None` for sessions that have none.
    pub values: Vec<Option<String>>,
    /// The title's name, where the title is a dimension and has one in the catalogue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Sessions in the group.
    pub sessions: u64,
    /// The metric.
    pub value: f64,
    /// Where its interval begins, with `confidence`; `None` when that is not known.
    pub low: Option<f64>,
    /// Where it ends, likewise.
    pub high: Option<f64>,
}

impl CheckReport {
    /// The verdicts on what was accumulated, with names of titles from `catalog`.
    pub fn new(state: &CheckState, spec: &CheckSpec, catalog: &Catalog) -> Self {
        let seen = state.summary();
        let rules = spec.rules.iter().enumerate();
        let rules: Vec<RuleReport> =
            rules.filter_map(|(at, rule)| Some(judge(rule, seen.view(at)?, catalog))).collect();
        let count = |verdict: Verdict| rules.iter().filter(|rule| rule.verdict == verdict).count();
        Self {
            schema: SCHEMA,
            checked: Checked {
                content: spec.filter.content.as_ref().map(ToString::to_string),
                attributes: pairs(&spec.filter.attributes),
                from: spec.filter.from,
                to: spec.filter.to,
                time_zone: spec.zone.iana_name().unwrap_or("UTC").to_owned(),
            },
            sessions_read: seen.read,
            sessions: seen.passed,
            broken: count(Verdict::Broken),
            not_judged: count(Verdict::NotJudged),
            rules,
        }
    }
}

/// As `name=value`.
pub(super) fn pairs(attributes: &[(String, String)]) -> Vec<String> {
    attributes.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

impl fmt::Display for Unjudged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchAttribute { attribute } => write!(f, "no session has the attribute {attribute}"),
            Self::NoSessions => f.write_str("no session is as the rule says"),
            Self::TooSmall { largest } => write!(f, "no group has enough sessions; the largest has {largest}"),
            Self::Undefined => f.write_str("the metric is undefined"),
        }
    }
}
