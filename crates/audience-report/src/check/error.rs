//! What can be wrong with a rule.

use std::fmt;

use super::unit::Unit;

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// There is nothing in it.
    #[error("there is no rule in it")]
    Empty,
    /// A quote that begins and does not end.
    #[error("there is no second \" after {word:?}")]
    OpenQuote {
        /// What stands after it.
        word: String,
    },
    /// No metric has this name.
    #[error("there is no metric {word:?}{}", or_nearest(nearest))]
    UnknownMetric {
        /// The name.
        word: String,
        /// Names that may have been meant.
        nearest: Vec<String>,
    },
    /// Something else stands where the metric is compared.
    #[error("expected one of < <= > >= after {metric}, found {}", or_end(word.as_deref()))]
    NoComparison {
        /// The metric.
        metric: String,
        /// What stands there.
        word: Option<String>,
    },
    /// A limit that is not one of its metric.
    #[error("expected {} after {metric} {operator}, found {}", unit.example(), or_end(word.as_deref()))]
    NotALimit {
        /// The metric.
        metric: String,
        /// How it is compared.
        operator: &'static str,
        /// In what it is measured.
        unit: Unit,
        /// What stands there.
        word: Option<String>,
    },
    /// A limit on which nothing depends.
    #[error("{metric} {operator} {limit} {} holds", if *always { "always" } else { "never" })]
    Pointless {
        /// The metric.
        metric: String,
        /// How it is compared.
        operator: &'static str,
        /// With what.
        limit: String,
        /// Whether it always holds; else it never does.
        always: bool,
    },
    /// Something that begins no clause.
    #[error("expected by, where, min_sessions or confidence, found {word:?}")]
    UnknownClause {
        /// What stands there.
        word: String,
    },
    /// A clause that is there twice.
    #[error("{clause} is given twice")]
    Repeated {
        /// Which.
        clause: Clause,
    },
    /// A clause with something it does not take.
    #[error("expected {} after {clause}, found {}", clause.example(), or_end(word.as_deref()))]
    NotOfClause {
        /// Which.
        clause: Clause,
        /// What stands there.
        word: Option<String>,
    },
    /// A metric that is what was seen, no estimate of anything.
    #[error("{metric} has no interval of confidence: leave out confidence")]
    NoInterval {
        /// The metric.
        metric: String,
    },
}

/// The parts of a rule that may be left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Clause {
    /// How sessions are grouped.
    By,
    /// Which sessions it is about.
    Where,
    /// From how many sessions on a group is judged.
    MinSessions,
    /// How sure it must be.
    Confidence,
}

impl Clause {
    const ALL: [Self; 4] = [Self::By, Self::Where, Self::MinSessions, Self::Confidence];

    /// The clause that begins with this word.
    pub(super) fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|clause| clause.as_str() == word)
    }

    /// The word it begins with.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::By => "by",
            Self::Where => "where",
            Self::MinSessions => "min_sessions",
            Self::Confidence => "confidence",
        }
    }

    /// What it takes.
    const fn example(self) -> &'static str {
        match self {
            Self::By => "names with commas between them (cdn,device)",
            Self::Where => "NAME=VALUE (device=tv,country=DE)",
            Self::MinSessions => "a number from 1 on",
            Self::Confidence => "a share from 0.5 to below 1 (0.95, 95%)",
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A line of a file that is no rule.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("line {line}: {source}")]
pub struct LineError {
    /// Its number, from 1 on.
    pub line: usize,
    /// What is wrong.
    pub source: RuleError,
}

fn or_end(word: Option<&str>) -> String {
    word.map_or("nothing".to_owned(), |word| format!("{word:?}"))
}

fn or_nearest(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; there is {}", nearest.join(", ")) }
}
