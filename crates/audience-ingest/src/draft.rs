//! An event being put together from what was read, until it is whole.

pub(crate) mod convert;

use std::borrow::Cow;

use audience_core::{Event, EventKind, Field, Fields, SCHEMA};

use crate::batch::{Batch, Ids};
use crate::quality::{Name, Problem, Reason, Repair};
use crate::scalar::Scalar;

/// The largest time that is taken for one: the end of the year 9999.
pub(crate) const MAX_TS: i64 = 253_402_300_799_999;

/// The most attributes an event may carry.
pub(crate) const MAX_ATTRIBUTES: usize = audience_core::Attributes::MAX;

/// The fields and attributes of one event; its memory is reused from event to event.
#[derive(Debug, Default)]
pub(crate) struct Draft<'a> {
    pub(crate) fields: Fields<'a>,
    pub(crate) attributes: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// What is left of a draft: much less than one, and so cheaper to hand on.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    attributes: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl<'a> Draft<'a> {
    pub(crate) fn clear(&mut self) {
        self.fields = Fields::default();
        self.attributes.clear();
    }

    /// No event yet, in the memory of one from elsewhere.
    pub(crate) fn within(memory: Memory) -> Self {
        // No item is made: the list keeps its memory and changes what it may hold.
        let attributes = memory.attributes.into_iter().map(|_| (Cow::Borrowed(""), Cow::Borrowed(""))).collect();
        Self { fields: Fields::default(), attributes }
    }

    /// Its memory, for another event.
    pub(crate) fn into_memory(mut self) -> Memory {
        self.attributes.clear();
        let attributes = self.attributes.into_iter().map(|_| (Cow::Borrowed(""), Cow::Borrowed(""))).collect();
        Memory { attributes }
    }

    pub(crate) fn take_attribute(&mut self, name: Cow<'a, str>, value: Scalar<'a>, batch: &mut Batch) {
        let text = match value {
            Scalar::Null => return,
            Scalar::Nested => {
                batch.quality.nested_values += 1;
                return;
            }
            Scalar::Text(text) => text,
            scalar => Cow::Owned(scalar.as_text().unwrap_or_default().into_owned()),
        };
        if self.attributes.len() < MAX_ATTRIBUTES {
            self.attributes.push((name, text));
        } else {
            batch.quality.further_attributes += 1;
        }
    }

    /// Gives the event to the batch, after what cannot be used and is not needed was left out and counted. `name` is what
    /// the source calls a field.
    pub(crate) fn finish(
        &mut self,
        count_unused: bool,
        name: impl Fn(Field) -> Name,
        batch: &mut Batch,
    ) -> Result<(), Problem> {
        if let Some(schema) = self.fields.schema.filter(|&schema| schema != SCHEMA) {
            return Err(Problem {
                value: Some(schema.to_string().into()),
                detail: Some(format!("this program reads schema {SCHEMA}").into()),
                ..Problem::new(Reason::UnknownSchema)
            });
        }
        self.fields.source.take_if(|source| source.is_empty());
        // The source goes with the group of events; only the id stays with the event.
        let source = self.fields.source.take();
        let event = match self.fields.event() {
            Ok(event) => event,
            Err(error) => mend(&mut self.fields, error, &name, batch)?,
        };
        if let EventKind::Custom(custom) = &event.kind
            && self.fields.kind.as_deref() != Some("custom")
        {
            batch.quality.name_custom_type(&custom.name);
        }
        if count_unused {
            for unused in self.fields.unused(&event.kind) {
                *batch.quality.unused_fields.entry(unused.name()).or_default() += 1;
            }
        }
        let ids = Ids {
            session: self.fields.session_id.as_deref().ok_or_else(|| Problem::missing(name(Field::SessionId)))?,
            viewer: self.fields.viewer_id.as_deref(),
            content: self.fields.content_id.as_deref(),
            source: source.as_deref(),
        };
        batch.push(ids, event, self.attributes.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        Ok(())
    }
}

/// The event of the fields, after what cannot be used and is not needed was left out and counted.
#[cold]
fn mend(
    fields: &mut Fields<'_>,
    mut error: audience_core::Error,
    name: &dyn Fn(Field) -> Name,
    batch: &mut Batch,
) -> Result<Event, Problem> {
    loop {
        leave_out(fields, &error, name, batch)?;
        match fields.event() {
            Ok(event) => return Ok(event),
            Err(another) => error = another,
        }
    }
}

/// Leaves out the field that `error` is about, or gives up if the event needs it.
fn leave_out(
    fields: &mut Fields<'_>,
    error: &audience_core::Error,
    name: &dyn Fn(Field) -> Name,
    batch: &mut Batch,
) -> Result<(), Problem> {
    use audience_core::Error;
    let kind = fields.kind.as_deref().unwrap_or_default();
    match error {
        Error::MissingField { field, .. } => Err(Problem::missing(named(field, name))),
        Error::UnknownWord { field: "state", value, expected } if kind == "state_change" => {
            // Either of two fields; the one that says where from is not needed.
            if fields.from_state.as_deref() == Some(value) && fields.state.as_deref() != Some(value) {
                fields.from_state = None;
                batch.repair(name(Field::FromState), Repair::Dropped, value);
                return Ok(());
            }
            Err(Problem::bad(name(Field::State), value, &format!("one of {expected}")))
        }
        Error::UnknownWord { field: "state", value, .. } => {
            fields.state = None;
            batch.repair(name(Field::State), Repair::Dropped, value);
            Ok(())
        }
        Error::UnknownWord { field: "object", value, .. } => {
            fields.object = None;
            batch.repair(name(Field::Object), Repair::Dropped, value);
            Ok(())
        }
        Error::UnknownWord { field: "cache_result", value, .. } => {
            fields.cache_result = None;
            batch.repair(name(Field::CacheResult), Repair::Dropped, value);
            Ok(())
        }
        Error::UnknownWord { field, value, .. } => {
            fields.reason = Some("other".into());
            batch.repair(named(field, name), Repair::Dropped, value);
            Ok(())
        }
        Error::RateOutOfRange { rate } if kind == "rate_change" => {
            Err(Problem::bad(name(Field::Rate), rate, "between 0 and 100"))
        }
        Error::RateOutOfRange { rate } => {
            fields.rate = None;
            batch.repair(name(Field::Rate), Repair::Dropped, rate);
            Ok(())
        }
        Error::NotFinite { value } => {
            fields.value = None;
            batch.repair(name(Field::Value), Repair::Dropped, value);
            Ok(())
        }
        other => Err(Problem::detailed(Reason::BadValue, other)),
    }
}

/// What the source calls the field that is called `field` on the wire.
fn named(field: &'static str, name: &dyn Fn(Field) -> Name) -> Name {
    Field::from_name(field).map_or(Cow::Borrowed(field), name)
}
