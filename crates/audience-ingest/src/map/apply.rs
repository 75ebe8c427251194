//! From a record to events.

use std::borrow::Cow;

use audience_core::Field;

use super::Map;
use super::clock::Clock;
use super::record::Record;
use super::rule::{Assignment, Rule};
use super::source::Found;
use super::unit::Target;
use crate::batch::Batch;
use crate::draft::{Draft, Memory, convert};
use crate::quality::{Name, Problem, Reason, Repair};
use crate::scalar::Scalar;

/// What reading records takes, used again from record to record.
#[derive(Debug, Default)]
pub(super) struct Applier {
    memory: Memory,
    clock: Clock,
}

impl Applier {
    /// Begins a line.
    pub(super) fn begin_line(&mut self) {
        self.clock = Clock::default();
    }

    /// Gives the events that a record is to the batch.
    pub(super) fn apply(&mut self, map: &Map, record: Record<'_>, batch: &mut Batch) -> Result<(), Problem> {
        count_oddities(map, record, batch);
        let mut draft = Draft::within(std::mem::take(&mut self.memory));
        let result = apply(map, record, &mut draft, &mut self.clock, batch);
        self.memory = draft.into_memory();
        result
    }
}

/// What had to be left out of the record before it was looked at.
fn count_oddities(map: &Map, record: Record<'_>, batch: &mut Batch) {
    for (slots, tree) in [(Some(record.own), &map.record), (record.line.filter(|_| record.index == 0), &map.line)] {
        let Some(slots) = slots else { continue };
        for slot in &slots.repeated {
            batch.repair(tree.name(*slot), Repair::Repeated, slots.get(*slot));
        }
        if let Some(broken) = &slots.broken {
            batch.repair("(JSON in text)", Repair::Dropped, broken);
        }
    }
}

fn apply<'r>(
    map: &'r Map,
    record: Record<'r>,
    draft: &mut Draft<'r>,
    clock: &mut Clock,
    batch: &mut Batch,
) -> Result<(), Problem> {
    let name = match &map.name {
        None => None,
        Some(source) => {
            let missing = || Problem::missing(source.name().unwrap_or_default());
            Some(source.text(record).ok_or_else(missing)?)
        }
    };
    let mut any = false;
    for rule in map.rules_for(name.as_deref()).filter(|rule| rule.holds(record)) {
        if any {
            draft.fields = audience_core::Fields::default();
        } else {
            take_attributes(map, record, draft, batch);
        }
        any = true;
        draft.fields.kind = Some(Cow::Borrowed(&rule.kind));
        give(map, rule, record, draft, clock, batch)?;
    }
    if any {
        return Ok(());
    }
    let name = name.unwrap_or(Cow::Borrowed("(no name)"));
    if !map.keeps_others {
        batch.quality.ignore_event(&name);
        return Ok(());
    }
    take_attributes(map, record, draft, batch);
    draft.fields.name = Some(name.clone());
    draft.fields.kind = Some(Cow::Borrowed("custom"));
    batch.quality.name_custom_type(&name);
    give(map, &map.other, record, draft, clock, batch)
}

/// Fills the fields as the rule says, and gives the event to the batch.
fn give<'r>(
    map: &'r Map,
    rule: &'r Rule,
    record: Record<'r>,
    draft: &mut Draft<'r>,
    clock: &mut Clock,
    batch: &mut Batch,
) -> Result<(), Problem> {
    let duration = match &map.duration {
        Some(duration) => match duration.source.read(duration.target, record, None) {
            Found::Value(Scalar::Unsigned(duration)) => Some(duration),
            _ => None,
        },
        None => None,
    };
    let mut left_out = Vec::new();
    for Assignment { field, target, source } in &rule.fields {
        match source.read(*target, record, duration) {
            Found::Nothing => {}
            Found::Value(value) => convert::set(&mut draft.fields, *field, value, batch)?,
            Found::Unusable { name, value, expected } => {
                if matches!(field, Field::SessionId | Field::Ts) {
                    return Err(Problem::bad(name, value, &expected));
                }
                left_out.push((name, value, expected));
            }
        }
    }
    if let Some(start) = &map.clock {
        let start = match start.read(Target::of(Field::Ts), record, None) {
            Found::Value(Scalar::Unsigned(start)) => i64::try_from(start).ok(),
            _ => None,
        };
        clock.tell(&mut draft.fields, start);
    }
    if let Err(problem) = draft.finish(false, |field| name_of(rule, field), batch) {
        // What is missing was there, but could not be used.
        let culprit = left_out.iter().find(|(name, ..)| problem.field.as_ref() == Some(name));
        return Err(match culprit {
            Some((name, value, expected)) if problem.reason == Reason::MissingField => {
                Problem::bad(name.clone(), value, expected)
            }
            _ => problem,
        });
    }
    for (name, value, _) in left_out {
        batch.repair(name, Repair::Dropped, value);
    }
    Ok(())
}

/// What the source calls a field.
fn name_of(rule: &Rule, field: Field) -> Name {
    let assignment = rule.fields.iter().find(|assignment| assignment.field == field);
    assignment.and_then(|assignment| assignment.source.name()).unwrap_or(Cow::Borrowed(field.name()))
}

fn take_attributes<'r>(map: &'r Map, record: Record<'r>, draft: &mut Draft<'r>, batch: &mut Batch) {
    for (name, source) in &map.attributes {
        match source.read(Target::TEXT, record, None) {
            Found::Nothing => {}
            Found::Value(value) => draft.take_attribute(Cow::Borrowed(name), value, batch),
            Found::Unusable { name, value, .. } => batch.repair(name, Repair::Dropped, value),
        }
    }
}
