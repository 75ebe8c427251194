//! Which events a record is.

use audience_core::Field;

use super::record::{Place, Record};
use super::source::Source;
use super::unit::Target;
use crate::scalar::Scalar;

/// One kind of event that a record may be.
#[derive(Debug)]
pub(super) struct Rule {
    /// The type on the wire.
    pub(super) kind: Box<str>,
    /// All of them hold.
    pub(super) when: Vec<Condition>,
    /// What goes into which field.
    pub(super) fields: Vec<Assignment>,
}

/// What goes into a field.
#[derive(Clone, Debug)]
pub(super) struct Assignment {
    pub(super) field: Field,
    pub(super) target: Target,
    pub(super) source: Source,
}

impl Rule {
    pub(super) fn holds(&self, record: Record<'_>) -> bool {
        self.when.iter().all(|condition| condition.holds(record))
    }
}

/// Something that is so or not in a record.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) place: Place,
    pub(super) test: Test,
}

/// What has to be so.
#[derive(Debug)]
pub(super) enum Test {
    /// It is one of these.
    Is(Vec<Box<str>>),
    /// It is none of these, or nothing.
    IsNot(Vec<Box<str>>),
    /// It begins with this.
    Begins(Box<str>),
    /// It is there, or is not.
    Exists(bool),
}

impl Condition {
    pub(super) fn holds(&self, record: Record<'_>) -> bool {
        let value = Some(record.get(self.place)).filter(|value| **value != Scalar::Null);
        match (&self.test, value) {
            (Test::Exists(exists), value) => value.is_some() == *exists,
            (Test::Is(_) | Test::Begins(_), None) => false,
            (Test::IsNot(_), None) => true,
            (Test::Is(words), Some(value)) => is_one_of(value, words),
            (Test::IsNot(words), Some(value)) => !is_one_of(value, words),
            (Test::Begins(start), Some(value)) => value.as_text().is_some_and(|text| text.starts_with(&**start)),
        }
    }
}

fn is_one_of(value: &Scalar<'_>, words: &[Box<str>]) -> bool {
    let Some(text) = value.as_text() else { return false };
    // Tables write truth values in capitals.
    let truth = |word: &str| matches!(word, "true" | "false") && text.eq_ignore_ascii_case(word);
    words.iter().any(|word| **word == *text || truth(word))
}
