//! Rules from text.

use std::str::FromStr;

use audience_stats::Confidence;

use super::error::{Clause, LineError, RuleError};
use super::metric::Metric;
use super::rule::{Operator, Rule};
use super::unit::Unit;
use crate::filter::parse_attribute;
use audience_cohort::Dimension;

/// The rules of a file: one a line, without empty lines and comments.
///
/// # Errors
///
/// [`LineError`] with the first line that is no rule.
pub fn parse_rules(text: &str) -> Result<Vec<Rule>, LineError> {
    let rules = text.lines().enumerate().map(|(at, line)| match line.parse::<Rule>() {
        Err(RuleError::Empty) => Ok(None),
        Ok(rule) => Ok(Some(rule)),
        Err(source) => Err(LineError { line: at + 1, source }),
    });
    rules.filter_map(Result::transpose).collect()
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let words = words(text)?;
        let mut rest = words.iter();
        let name = rest.next().ok_or(RuleError::Empty)?.text();
        let metric = Metric::named(&name)
            .ok_or_else(|| RuleError::UnknownMetric { nearest: Metric::nearest(&name), word: name.clone() })?;
        let sign = rest.next().map(Word::text);
        let operator = sign
            .as_deref()
            .and_then(Operator::of_sign)
            .ok_or_else(|| RuleError::NoComparison { metric: name.clone(), word: sign })?;
        let word = rest.next().map(Word::text);
        let limit = word.as_deref().and_then(|word| metric.limit(word)).ok_or_else(|| RuleError::NotALimit {
            metric: name.clone(),
            operator: operator.as_str(),
            unit: metric.unit(),
            word: word.clone(),
        })?;
        if let Some(always) = pointless(operator, limit, metric.unit()) {
            let (operator, limit) = (operator.as_str(), word.unwrap_or_default());
            return Err(RuleError::Pointless { metric: name, operator, limit, always });
        }
        let clauses = Clauses::read(rest)?;
        if clauses.confidence.is_some() && !metric.has_interval() {
            return Err(RuleError::NoInterval { metric: name });
        }
        let by = clauses.by.unwrap_or_default();
        // Of a count, a small one is the very thing to find.
        let fewest = if by.is_empty() || metric.unit() == Unit::Count { 1 } else { Self::MIN_SESSIONS };
        Ok(Self {
            text: words.iter().map(|word| word.written.as_str()).collect::<Vec<_>>().join(" "),
            metric,
            operator,
            limit,
            by,
            attributes: clauses.attributes.unwrap_or_default(),
            min_sessions: clauses.min_sessions.unwrap_or(fewest),
            confidence: clauses.confidence,
        })
    }
}

/// Whether such a rule always holds, or never; `None` when it depends on the data.
fn pointless(operator: Operator, limit: f64, unit: Unit) -> Option<bool> {
    let largest = unit.largest();
    match (operator.holds(0.0, limit), operator.holds(largest, limit)) {
        (true, true) => Some(true),
        (false, false) => Some(false),
        _ => None,
    }
}

/// What may stand after the limit.
#[derive(Default)]
struct Clauses {
    by: Option<Vec<Dimension>>,
    attributes: Option<Vec<(String, String)>>,
    min_sessions: Option<u64>,
    confidence: Option<Confidence>,
}

impl Clauses {
    fn read<'w>(mut words: impl Iterator<Item = &'w Word>) -> Result<Self, RuleError> {
        let mut clauses = Self::default();
        while let Some(word) = words.next() {
            let clause =
                Clause::of_word(&word.written).ok_or_else(|| RuleError::UnknownClause { word: word.text() })?;
            let value = words.next();
            let first = match clause {
                Clause::By => set(&mut clauses.by, clause, value, by),
                Clause::Where => set(&mut clauses.attributes, clause, value, attributes),
                Clause::MinSessions => set(&mut clauses.min_sessions, clause, value, min_sessions),
                Clause::Confidence => set(&mut clauses.confidence, clause, value, confidence),
            }?;
            if !first {
                return Err(RuleError::Repeated { clause });
            }
        }
        Ok(clauses)
    }
}

/// Fills a clause with what stands after it; false when it is there already.
fn set<T>(
    place: &mut Option<T>,
    clause: Clause,
    value: Option<&Word>,
    read: impl Fn(&Word) -> Option<T>,
) -> Result<bool, RuleError> {
    let read = value.and_then(read).ok_or_else(|| RuleError::NotOfClause { clause, word: value.map(Word::text) })?;
    Ok(place.replace(read).is_none())
}

fn by(word: &Word) -> Option<Vec<Dimension>> {
    let lists = word.parts.iter().map(|part| Dimension::parse_list(part).ok());
    Some(lists.collect::<Option<Vec<_>>>()?.concat())
}

fn attributes(word: &Word) -> Option<Vec<(String, String)>> {
    word.parts.iter().map(|part| parse_attribute(part).ok()).collect()
}

fn min_sessions(word: &Word) -> Option<u64> {
    word.text().parse().ok().filter(|sessions| *sessions > 0)
}

fn confidence(word: &Word) -> Option<Confidence> {
    let share = Unit::Ratio.limit(&word.text(), true).filter(|share| *share >= 0.5)?;
    Confidence::new(share).ok()
}

/// A word of a rule.
#[derive(Debug, Default)]
struct Word {
    /// As it was written.
    written: String,
    /// What stands between its commas. Between quotes, blanks and commas are part of it.
    parts: Vec<String>,
}

impl Word {
    /// Without quotes.
    fn text(&self) -> String {
        self.parts.join(",")
    }
}

/// The words of a text up to a comment, which is a word that begins with `#`.
fn words(text: &str) -> Result<Vec<Word>, RuleError> {
    let mut words: Vec<Word> = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        let mut word = Word { written: String::new(), parts: vec![String::new()] };
        let mut quoted = false;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            match (c, word.parts.last_mut()) {
                (c, _) if c.is_whitespace() && !quoted => {
                    end = at;
                    break;
                }
                ('"', _) => quoted = !quoted,
                (',', _) if !quoted => word.parts.push(String::new()),
                (c, Some(part)) => part.push(c),
                (_, None) => {}
            }
        }
        if quoted {
            return Err(RuleError::OpenQuote { word: word.text() });
        }
        word.written.push_str(&rest[..end]);
        words.push(word);
        rest = rest[end..].trim_start();
    }
    Ok(words)
}
