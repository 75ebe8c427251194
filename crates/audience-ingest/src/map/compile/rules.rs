//! Which records are which events.

use std::collections::HashMap;

use audience_core::{EventKind, Field, Fields};

use super::Compiler;
use crate::map::document::ValueReader;
use crate::map::error::MapError;
use crate::map::rule::{Assignment, Rule};

/// Collects the rules of a map.
pub(super) struct Rules<'c> {
    /// Whether nothing says where the names stand.
    pub(super) needs_name: bool,
    /// The fields that all events have.
    pub(super) common: &'c [Assignment],
    pub(super) all: Vec<Rule>,
    pub(super) by_name: HashMap<Box<str>, Vec<usize>>,
}

impl Rules<'_> {
    pub(super) fn take_types(&mut self, types: &ValueReader<'_, '_>) -> Result<(), MapError> {
        for (name, kinds) in types.entries()? {
            if self.needs_name {
                return Err(kinds.bad("of use without the key name, which says where the names stand"));
            }
            for kind in kinds.items() {
                let kind = event_type(&kind)?;
                let rule = Rule { kind: kind.into(), when: Vec::new(), fields: self.merged(kind, &[]) };
                self.add(rule, &[name.into()]);
            }
        }
        Ok(())
    }

    pub(super) fn take_event(&mut self, event: &ValueReader<'_, '_>, compiler: &mut Compiler) -> Result<(), MapError> {
        let (rule, names) = event.table(|table| {
            let mut names = Vec::new();
            if let Some(is) = table.take("is") {
                if self.needs_name {
                    return Err(is.bad("of use without the key name, which says where the names stand"));
                }
                for name in is.items() {
                    names.push(name.constant()?.into());
                }
            }
            let when = table.take("when").map(|when| compiler.conditions(&when)).transpose()?.unwrap_or_default();
            let kind = event_type(&table.require("type")?)?;
            let fields = compiler.assignments(table)?;
            Ok((Rule { kind: kind.into(), when, fields: self.merged(kind, &fields) }, names))
        })?;
        self.add(rule, &names);
        Ok(())
    }

    fn add(&mut self, rule: Rule, names: &[Box<str>]) {
        for name in names {
            self.by_name.entry(name.clone()).or_default().push(self.all.len());
        }
        self.all.push(rule);
    }

    /// The fields of a rule with those that all have.
    fn merged(&self, kind: &str, own: &[Assignment]) -> Vec<Assignment> {
        // Of a wait, the duration is not that of the content.
        let fits = |field: Field| field != Field::DurationMs || kind != "buffer_end";
        let others = self.common.iter().filter(|common| fits(common.field));
        let others = others.filter(|common| !own.iter().any(|own| own.field == common.field)).cloned();
        others.chain(own.iter().cloned()).collect()
    }
}

/// The type of an event, which must be one of the vocabulary.
fn event_type<'t>(value: &ValueReader<'t, '_>) -> Result<&'t str, MapError> {
    let name = value.text()?;
    let fields = Fields {
        ts: Some(0),
        kind: Some(name.into()),
        rate: Some(1.0),
        state: Some("idle".into()),
        name: Some("name".into()),
        ..Fields::default()
    };
    match fields.event().map(|event| event.kind) {
        Ok(EventKind::Custom(_)) if name != "custom" => Err(value.bad("a type of event (docs/formats/events.md)")),
        _ => Ok(name),
    }
}
