//! A rule.

use std::fmt;

use audience_stats::Confidence;

use super::metric::Metric;
use audience_cohort::Dimension;

/// What must hold of a metric, in all sessions or in each group of them: `rebuffer_ratio < 1% by cdn min_sessions 200`.
/// Read from text; `docs/check.md` in the repository has the grammar.
///
/// # Examples
///
/// ```
/// use audience_report::check::Rule;
///
/// let rule: Rule = "startup_p95 < 4s by device".parse()?;
/// assert_eq!((rule.metric.to_string(), rule.limit, rule.min_sessions), ("startup_p95".to_owned(), 4000.0, 100));
/// let unknown = "startup < 4s".parse::<Rule>();
/// assert!(unknown.is_err());
/// # Ok::<(), audience_report::check::RuleError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// As it was written, with one blank between words.
    pub text: String,
    /// What it is about.
    pub metric: Metric,
    /// How the metric must compare with the limit.
    pub operator: Operator,
    /// The limit, in the unit of the metric: 0 or more.
    pub limit: f64,
    /// By what sessions are grouped; nothing for all of them together.
    pub by: Vec<Dimension>,
    /// Only sessions with all of these attributes; several values of one name are alternatives.
    pub attributes: Vec<(String, String)>,
    /// Groups with fewer sessions are not judged.
    pub min_sessions: u64,
    /// How sure it must be that the rule is broken; without it, what was seen decides.
    pub confidence: Option<Confidence>,
}

impl Rule {
    /// From how many sessions on groups are judged when nothing is said: the figures of smaller ones are mostly chance.
    pub const MIN_SESSIONS: u64 = 100;
}

/// How a metric must compare with a limit.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operator {
    /// It must be smaller.
    Below,
    /// It must not be larger.
    AtMost,
    /// It must be larger.
    Above,
    /// It must not be smaller.
    AtLeast,
}

impl Operator {
    const ALL: [Self; 4] = [Self::Below, Self::AtMost, Self::Above, Self::AtLeast];

    /// The one with this sign.
    pub(super) fn of_sign(sign: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operator| operator.as_str() == sign)
    }

    /// Its sign.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it holds.
    pub fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Below => value < limit,
            Self::AtMost => value <= limit,
            Self::Above => value > limit,
            Self::AtLeast => value >= limit,
        }
    }

    /// Whether it asks for small values.
    pub const fn is_upper_limit(self) -> bool {
        matches!(self, Self::Below | Self::AtMost)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
