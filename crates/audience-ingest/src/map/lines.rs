//! Lines of JSON, each a record, a list of records, or something that has such a list in it.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Map;
use super::apply::Applier;
use super::record::{Record, Slots};
use super::walk::{Borrowed, Walk};
use crate::batch::Batch;
use crate::quality::{Ignored, Problem, Reason};
use crate::scalar::Scalar;
use crate::split::lines;

/// Reads all lines of a text into the batch.
pub(crate) fn read_lines(map: &Map, text: &str, batch: &mut Batch) {
    let (mut applier, mut memory) = (Applier::default(), Memory::default());
    for line in lines(text) {
        if !batch.begin_line(line) {
            continue;
        }
        applier.begin_line();
        let mut any = false;
        let read = each_record(map, line, &mut memory, &mut |record| {
            any = true;
            if let Err(problem) = applier.apply(map, record, batch) {
                batch.reject(problem, line);
            }
        });
        match read {
            Err(error) => batch.reject(Problem::detailed(Reason::NotJson, crate::scalar::without_line(&error)), line),
            Ok(()) if !any => batch.quality.ignore(Ignored::Blank),
            Ok(()) => {}
        }
    }
}

/// Whether the first record of a line looks as if the map were for it.
pub(super) fn is_for(map: &Map, line: &str) -> bool {
    let mut first = None;
    let read = each_record(map, line, &mut Memory::default(), &mut |record| {
        first.get_or_insert_with(|| map.is_for(record));
    });
    read.is_ok() && first == Some(true)
}

/// Memory for values, used again from line to line.
#[derive(Debug, Default)]
struct Memory {
    line: Slots<'static>,
    record: Slots<'static>,
}

pub(super) type Take<'t> = dyn FnMut(Record<'_>) + 't;

/// Gives every record of a line to `take`.
fn each_record(map: &Map, line: &str, memory: &mut Memory, take: &mut Take<'_>) -> Result<(), serde_json::Error> {
    if map.each.is_none() {
        return records_of(map, line, None, memory, take);
    }
    if !line.trim_start().starts_with('[') {
        return each_in(map, line, memory, take);
    }
    let lines: Vec<&RawValue> = serde_json::from_str(line)?;
    lines.into_iter().try_for_each(|line| each_in(map, line.get(), memory, take))
}

/// Gives every record in the list that an object has to `take`; without the list, the object itself.
fn each_in(map: &Map, text: &str, memory: &mut Memory, take: &mut Take<'_>) -> Result<(), serde_json::Error> {
    // Most lines of systems that may send lists are none: those need not be gone through for one.
    if map.line.slots() == 1 && !text.contains(&*map.each_key) {
        return records_of(map, text, None, memory, take);
    }
    let mut around = std::mem::take(&mut memory.line).reuse(map.line.slots());
    let mut json = serde_json::Deserializer::from_str(text);
    let walked = json.deserialize_map(Walk::<Borrowed>::new(&map.line.root, &mut around)).and_then(|()| json.end());
    let read = walked.and_then(|()| match map.each.map(|each| around.get(each)) {
        Some(Scalar::Text(list)) => records_of(map, list, Some(&around), memory, take),
        _ => records_of(map, text, Some(&around), memory, take),
    });
    memory.line = around.reuse(0);
    read
}

/// Gives every record of a text, which is one or a list of them, to `take`.
pub(super) fn records_in(
    map: &Map,
    text: &str,
    around: &Slots<'_>,
    take: &mut Take<'_>,
) -> Result<(), serde_json::Error> {
    records_of(map, text, Some(around), &mut Memory::default(), take)
}

fn records_of(
    map: &Map,
    text: &str,
    around: Option<&Slots<'_>>,
    memory: &mut Memory,
    take: &mut Take<'_>,
) -> Result<(), serde_json::Error> {
    let slots = std::mem::take(&mut memory.record).reuse(map.record.slots());
    let mut records = Records { map, around, slots, take, index: 0 };
    let mut json = serde_json::Deserializer::from_str(text);
    let read = json.deserialize_any(&mut records).and_then(|()| json.end());
    memory.record = records.slots.reuse(0);
    read
}

/// Reads a record, or a list of them.
struct Records<'s, 't, 'a> {
    map: &'s Map,
    around: Option<&'s Slots<'s>>,
    slots: Slots<'a>,
    take: &'s mut Take<'t>,
    index: usize,
}

impl<'a> Visitor<'a> for &mut Records<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object, or a list of them")
    }

    fn visit_map<A: MapAccess<'a>>(self, map: A) -> Result<(), A::Error> {
        // The first record of a line finds them empty.
        if self.index > 0 {
            self.slots.clear();
        }
        Walk::<Borrowed>::new(&self.map.record.root, &mut self.slots).visit_map(map)?;
        (self.take)(Record { own: &self.slots, line: self.around, index: self.index });
        self.index += 1;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(One(&mut *self))?.is_some() {}
        Ok(())
    }
}

/// Reads one record of a list.
struct One<'r, 's, 't, 'a>(&'r mut Records<'s, 't, 'a>);

impl<'a> DeserializeSeed<'a> for One<'_, '_, '_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self.0)
    }
}
