//! Comparing an answer with the one expected, field by field.

use std::collections::BTreeSet;
use std::fmt;

use audience_stats::Interval;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Fields whose names begin like this are the answer of one program, which may be wrong.
const OF_A_PROGRAM: &[&str] =
    &["lifelines", "lifetimes", "max_", "pandas", "pymannkendall", "r_", "scipy", "sesd_package", "statsmodels"];

/// Why a case has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// We refuse the input.
    Refused(String),
    /// The case is not what the family asks for.
    Unreadable(String),
}

impl Failure {
    /// We refuse the input, for this reason.
    pub(super) fn refused(reason: impl fmt::Display) -> Self {
        Self::Refused(reason.to_string())
    }
}

impl From<audience_retention::Error> for Failure {
    fn from(error: audience_retention::Error) -> Self {
        Self::refused(error)
    }
}

impl From<audience_abtest::Error> for Failure {
    fn from(error: audience_abtest::Error) -> Self {
        Self::refused(error)
    }
}

impl From<audience_cohort::Error> for Failure {
    fn from(error: audience_cohort::Error) -> Self {
        Self::refused(error)
    }
}

impl From<audience_engagement::Error> for Failure {
    fn from(error: audience_engagement::Error) -> Self {
        Self::refused(error)
    }
}

impl From<audience_stats::Error> for Failure {
    fn from(error: audience_stats::Error) -> Self {
        Self::refused(error)
    }
}

/// The input of a case as what a family asks for.
pub(super) fn read<T: DeserializeOwned>(input: &Value) -> Result<T, Failure> {
    T::deserialize(input).map_err(|error| Failure::Unreadable(error.to_string()))
}

/// A number, also one that JSON has no form for: `"inf"`, `"-inf"`, `"nan"`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "Value")]
pub(super) struct Number(pub(super) f64);

impl TryFrom<Value> for Number {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, String> {
        number(&value).map(Self).ok_or_else(|| format!("{value} is no number"))
    }
}

fn number(value: &Value) -> Option<f64> {
    match value.as_str() {
        Some(text) => ["inf", "-inf", "nan"].contains(&text).then(|| text.parse().ok()).flatten(),
        None => value.as_f64(),
    }
}

/// What we answer.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Undefined,
    Number(f64),
    Text(String),
    Truth(bool),
    List(Vec<Self>),
}

impl From<f64> for Answer {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Answer {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Answer {
    fn from(number: usize) -> Self {
        Self::Number(number as f64)
    }
}

impl From<u64> for Answer {
    fn from(number: u64) -> Self {
        Self::Number(number as f64)
    }
}

impl<T: Into<Self>> From<Option<T>> for Answer {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Undefined, Into::into)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Answer {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}

impl From<Interval> for Answer {
    fn from(interval: Interval) -> Self {
        vec![interval.low, interval.high].into()
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undefined => f.write_str("null"),
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "{text:?}"),
            Self::Truth(truth) => write!(f, "{truth}"),
            Self::List(values) => {
                f.write_str("[")?;
                for (at, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if at > 0 { "," } else { "" })?;
                }
                f.write_str("]")
            }
        }
    }
}

/// The `out` of a case, and how far from it our answer is.
#[derive(Debug)]
pub(super) struct Comparison<'a> {
    expected: &'a Value,
    /// The whole case, of which the above is a part; nothing where it is within another.
    case: &'a Value,
    compared: BTreeSet<String>,
    found: Compared,
}

/// What became of a comparison.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// The largest error.
    pub(super) worst: f64,
    /// All that differs.
    pub(super) differences: Vec<String>,
    /// Fields that are not compared, for a reason that the family gives.
    pub(super) passed_over: BTreeSet<String>,
}

impl<'a> Comparison<'a> {
    pub(super) fn with(expected: &'a Value) -> Self {
        Self { expected, case: &Value::Null, compared: BTreeSet::new(), found: Compared::default() }
    }

    /// The same, for a family that asks for what is beside the `out` of a case.
    pub(super) fn of(self, case: &'a Value) -> Self {
        Self { case, ..self }
    }

    /// The field that is expected; `None` where the case does not have it.
    pub(super) fn expected(&self, field: &str) -> Option<&'a Value> {
        self.expected.get(field)
    }

    /// Whether the other program failed to give this field.
    fn is_failure(&self, field: &str) -> bool {
        self.expected.get(field).is_some_and(|value| value.get("exception").is_some())
    }

    /// A field that is not compared, which the family says why.
    pub(super) fn pass_over(&mut self, field: &str) {
        if self.expected(field).is_some() {
            self.compared.insert(field.to_owned());
            self.found.passed_over.insert(field.to_owned());
        }
    }

    /// Compares a field in which the other program is wrong, as the family says: nearly the same is enough, and it is said that
    /// it was.
    pub(super) fn roughly(&mut self, field: &str, tolerance: f64, scale: f64, ours: impl Into<Answer>) {
        if self.expected(field).is_some() {
            let worst = self.found.worst;
            self.near(field, tolerance, scale, ours);
            self.found.worst = worst;
            self.found.passed_over.insert(format!("{field} (but roughly)"));
        }
    }

    /// Compares a field, if the case has it: what is not a number must be the same, and numbers be as near as `tolerance`, as
    /// a part of what is expected.
    pub(super) fn check(&mut self, field: &str, tolerance: f64, ours: impl Into<Answer>) {
        self.near(field, tolerance, 0.0, ours);
    }

    /// Compares a field whose numbers are differences of larger ones: `tolerance` is a part of `scale` where they are
    /// smaller.
    pub(super) fn near(&mut self, field: &str, tolerance: f64, scale: f64, ours: impl Into<Answer>) {
        if let Some(expected) = self.expected(field) {
            self.compared.insert(field.to_owned());
            if self.is_failure(field) {
                return;
            }
            self.values(field, tolerance, scale, &ours.into(), expected);
        }
    }

    /// Compares an answer that has no fields.
    pub(super) fn check_all(&mut self, tolerance: f64, ours: impl Into<Answer>) {
        self.check_against("out", tolerance, ours, self.expected);
    }

    /// A field beside the `out` of the case, if the case has it.
    pub(super) fn beside(&self, field: &str) -> Option<&'a Value> {
        self.case.get(field)
    }

    /// Compares a field beside the `out` of the case, if the case has it.
    pub(super) fn check_beside(&mut self, field: &str, tolerance: f64, ours: impl Into<Answer>) {
        if let Some(expected) = self.case.get(field) {
            self.check_against(field, tolerance, ours, expected);
        }
    }

    /// Compares with what is expected by something else than the `out` of the case.
    pub(super) fn check_against(&mut self, what: &str, tolerance: f64, ours: impl Into<Answer>, expected: &Value) {
        self.values(what, tolerance, 0.0, &ours.into(), expected);
    }

    /// Compares the fields within a field, if the case has it; of a list, those of each of its parts.
    pub(super) fn within<E>(
        &mut self,
        field: &str,
        compare: impl FnMut(&mut Comparison<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Some(expected) = self.expected(field) else { return Ok(()) };
        self.compared.insert(field.to_owned());
        self.parts(field, expected, compare)
    }

    /// Compares an answer that is one object, or a list of them.
    pub(super) fn each<E>(&mut self, compare: impl FnMut(&mut Comparison<'a>) -> Result<(), E>) -> Result<(), E> {
        self.compared.extend(self.expected.as_object().into_iter().flatten().map(|(field, _)| field.clone()));
        self.parts("", self.expected, compare)
    }

    /// Compares the fields within each of a list of objects in a field, if the case has it.
    pub(super) fn within_each<E>(
        &mut self,
        field: &str,
        compare: impl FnMut(&mut Comparison<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.expected(field).is_some_and(Value::is_array) { self.within(field, compare) } else { Ok(()) }
    }

    fn parts<E>(
        &mut self,
        name: &str,
        expected: &'a Value,
        mut compare: impl FnMut(&mut Comparison<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let parts = expected.as_array().map_or(std::slice::from_ref(expected), Vec::as_slice);
        for (at, part) in parts.iter().enumerate() {
            let mut inner = Self::with(part);
            compare(&mut inner)?;
            let own = if expected.is_array() { format!("{name}[{at}]") } else { name.to_owned() };
            self.take_in(name, &own, inner);
        }
        Ok(())
    }

    /// Takes in what was compared beside the answer, under a name.
    pub(super) fn absorb(&mut self, name: &str, other: Comparison<'_>) {
        self.take_in(name, name, other);
    }

    /// Takes in what was compared within a field, of which `place` is one of several.
    fn take_in(&mut self, field: &str, place: &str, inner: Comparison<'_>) {
        let Compared { worst, differences, passed_over } = inner.end(Ok(()));
        let within = |name: &str, what: &str| if name.is_empty() { what.to_owned() } else { format!("{name}.{what}") };
        self.found.worst = self.found.worst.max(worst);
        self.found.differences.extend(differences.iter().map(|difference| within(place, difference)));
        self.found.passed_over.extend(passed_over.iter().map(|what| within(field, what)));
    }

    fn values(&mut self, field: &str, tolerance: f64, scale: f64, ours: &Answer, expected: &Value) {
        let alike = match (ours, expected) {
            (Answer::Undefined, Value::Null) => true,
            (Answer::Text(ours), Value::String(expected)) => ours == expected,
            (Answer::Truth(ours), Value::Bool(expected)) => ours == expected,
            (Answer::List(ours), Value::Array(expected)) if ours.len() == expected.len() => {
                for (at, (ours, expected)) in ours.iter().zip(expected).enumerate() {
                    self.values(&format!("{field}[{at}]"), tolerance, scale, ours, expected);
                }
                true
            }
            (Answer::Number(ours), expected) => number(expected).is_some_and(|expected| {
                let error = error(*ours, expected, scale);
                let alike = error <= tolerance;
                if alike || error.is_finite() {
                    self.found.worst = self.found.worst.max(error);
                }
                alike
            }),
            _ => false,
        };
        if !alike {
            self.found.differences.push(format!("{field} is {ours}, not {expected}"));
        }
    }

    /// What became of it.
    pub(super) fn end(mut self, answered: Result<(), Failure>) -> Compared {
        let to_be_refused = self.expected == "error";
        match answered {
            Ok(()) if to_be_refused => self.found.differences.push("accepted, not refused".to_owned()),
            Err(Failure::Refused(_)) if to_be_refused => {}
            Err(Failure::Refused(reason)) => self.found.differences.push(format!("refused: {reason}")),
            Err(Failure::Unreadable(reason)) => self.found.differences.push(format!("cannot be read: {reason}")),
            Ok(()) => {
                let fields = self.expected.as_object().into_iter().flatten().map(|(field, _)| field);
                let skipped = fields.filter(|field| {
                    !self.compared.contains(*field)
                        && !OF_A_PROGRAM.iter().any(|program| field.starts_with(program))
                        && !self.is_failure(field)
                });
                let skipped: Vec<_> = skipped.map(|field| format!("{field} is not compared")).collect();
                self.found.differences.extend(skipped);
            }
        }
        self.found
    }
}

/// How far off a number is, as a part of the expected one, or of `scale` where that is larger; of 0, as it is.
fn error(ours: f64, expected: f64, scale: f64) -> f64 {
    if ours == expected || (ours.is_nan() && expected.is_nan()) {
        return 0.0;
    }
    let difference = (ours - expected).abs();
    let size = expected.abs().max(scale);
    let error = if size > 0.0 { difference / size } else { difference };
    // Not a number against one is not near.
    if error.is_nan() { f64::INFINITY } else { error }
}
