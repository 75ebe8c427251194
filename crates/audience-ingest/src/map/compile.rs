//! From the TOML of a map to what reads records.

mod rules;

use std::collections::{HashMap, HashSet};

use audience_core::Field;
use jiff::tz::TimeZone;
use rules::Rules;

use super::Map;
use super::document::{Document, TableReader, ValueReader};
use super::error::MapError;
use super::path::Path;
use super::record::Place;
use super::rule::{Assignment, Condition, Rule, Test};
use super::source::{Alternative, Origin, Source};
use super::tree::Tree;
use super::unit::{Target, Unit};

/// The map that a text is.
pub(super) fn compile(file: &str, text: &str) -> Result<Map, MapError> {
    Document { file, text }.read(|table| {
        let each = table.take("each");
        let zone = table.take("zone").map(|zone| time_zone(&zone)).transpose()?.unwrap_or(TimeZone::UTC);
        let mut compiler = Compiler { line: Tree::default(), record: Tree::default(), has_each: each.is_some(), zone };
        let each_path = each.as_ref().map(ValueReader::text).transpose()?.unwrap_or_default();
        let mut each_keys = each_path.trim_start_matches("$.").split(['.', '"', '[', ']', '*']);
        let each_key = each_keys.find(|key| !key.is_empty()).unwrap_or_default().into();
        let each = each.map(|path| compiler.place_of(&path, true, true)).transpose()?;
        let name = table.take("name").map(|name| compiler.source(&name, Target::TEXT)).transpose()?;
        let fields = compiler.fields_of(table)?;
        let clock = table
            .take("clock")
            .map(|clock| clock.table(|clock| compiler.source(&clock.require("start")?, Target::of(Field::Ts))));
        let mut rules = Rules { needs_name: name.is_none(), common: &fields, all: Vec::new(), by_name: HashMap::new() };
        if let Some(types) = table.take("types") {
            rules.take_types(&types)?;
        }
        for event in table.take("event").iter().flat_map(ValueReader::items) {
            rules.take_event(&event, &mut compiler)?;
        }
        let (rules, by_name) = (rules.all, rules.by_name);
        let named: HashSet<usize> = by_name.values().flatten().copied().collect();
        let needs_duration = |rule: &Rule| rule.fields.iter().any(|field| field.source.needs_duration());
        let is_duration = |assignment: &&Assignment| assignment.field == Field::DurationMs;
        let duration = fields.iter().find(is_duration).filter(|_| rules.iter().any(needs_duration)).cloned();
        Ok(Map {
            each: each.map(|place| place.slot),
            each_key,
            name,
            clock: clock.transpose()?,
            unnamed: (0..rules.len()).filter(|rule| !named.contains(rule)).collect(),
            rules,
            by_name,
            duration,
            attributes: compiler.attributes(table)?,
            keeps_others: match table.take("others") {
                None => false,
                Some(others) => match others.text()? {
                    "ignore" => false,
                    "custom" => true,
                    _ => return Err(others.bad("ignore or custom")),
                },
            },
            other: Rule { kind: "custom".into(), when: Vec::new(), fields },
            detect: compiler.detect(table)?,
            line: compiler.line,
            record: compiler.record,
        })
    })
}

fn time_zone(value: &ValueReader<'_, '_>) -> Result<TimeZone, MapError> {
    TimeZone::get(value.text()?).map_err(|_| value.bad("a time zone"))
}

/// Puts the paths of a map into its trees.
struct Compiler {
    line: Tree,
    record: Tree,
    has_each: bool,
    zone: TimeZone,
}

impl Compiler {
    fn place_of(&mut self, value: &ValueReader<'_, '_>, raw: bool, in_line: bool) -> Result<Place, MapError> {
        let text = value.text()?;
        self.place(text, raw, in_line).map_err(|expected| value.bad(expected))
    }

    fn place(&mut self, text: &str, raw: bool, in_line: bool) -> Result<Place, &'static str> {
        let path = Path::parse(text)?;
        let in_line = self.has_each && (in_line || path.from_line);
        let tree = if in_line { &mut self.line } else { &mut self.record };
        Ok(Place { in_line, slot: tree.add(&path.steps, text, raw)? })
    }

    fn fields_of(&mut self, table: &mut TableReader<'_, '_>) -> Result<Vec<Assignment>, MapError> {
        match table.take("fields") {
            Some(fields) => fields.table(|table| self.assignments(table)),
            None => Ok(Vec::new()),
        }
    }

    /// Everything in the table that is the name of a field.
    fn assignments(&mut self, table: &mut TableReader<'_, '_>) -> Result<Vec<Assignment>, MapError> {
        let fields = Field::ALL.iter().filter(|field| !matches!(field, Field::Type | Field::Schema));
        let mut assignments = Vec::new();
        for field in fields {
            let Some(value) = table.take(field.name()) else { continue };
            let target = Target::of(*field);
            assignments.push(Assignment { field: *field, target, source: self.source(&value, target)? });
        }
        Ok(assignments)
    }

    fn attributes(&mut self, table: &mut TableReader<'_, '_>) -> Result<Vec<(Box<str>, Source)>, MapError> {
        let Some(attributes) = table.take("attributes") else { return Ok(Vec::new()) };
        let mut read = Vec::new();
        for (name, value) in attributes.entries()? {
            if Field::from_name(name).is_some() {
                return Err(value.bad("of use: the name is that of a field, not of an attribute"));
            }
            read.push((name.into(), self.source(&value, Target::TEXT)?));
        }
        Ok(read)
    }

    fn detect(&mut self, table: &mut TableReader<'_, '_>) -> Result<Vec<Vec<Condition>>, MapError> {
        table.take("detect").iter().flat_map(ValueReader::items).map(|any| self.conditions(&any)).collect()
    }

    fn conditions(&mut self, value: &ValueReader<'_, '_>) -> Result<Vec<Condition>, MapError> {
        let mut conditions = Vec::new();
        for (path, value) in value.entries()? {
            let place = self.place(path, false, false).map_err(|expected| value.bad(expected))?;
            conditions.push(Condition { place, test: test(&value)? });
        }
        Ok(conditions)
    }

    fn source(&mut self, value: &ValueReader<'_, '_>, target: Target) -> Result<Source, MapError> {
        let mut alternatives = Vec::new();
        for value in value.items() {
            alternatives.extend(self.alternatives(&value, target)?);
        }
        Ok(Source { alternatives })
    }

    fn alternatives(&mut self, value: &ValueReader<'_, '_>, target: Target) -> Result<Vec<Alternative>, MapError> {
        if value.is_text() {
            return Ok(vec![self.by_path(value, target)?]);
        }
        if !value.is_table() {
            return Err(value.bad("a path, or a table that has one (or value, join, sum, index)"));
        }
        value.table(|table| {
            let mut alternatives = Vec::new();
            for path in table.take("path").iter().flat_map(ValueReader::items) {
                alternatives.push(self.by_path(&path, target)?);
            }
            if let Some(constant) = table.take("value") {
                let text = constant.constant()?;
                alternatives.push(self.alternative(text, Origin::Constant(text.into())));
            }
            if let Some(join) = table.take("join") {
                let places = join.items().map(|path| self.place_of(&path, false, false)).collect::<Result<_, _>>()?;
                let separator = table.take("with").map(|with| with.text()).transpose()?.unwrap_or("/");
                let name = join.items().filter_map(|path| path.text().ok()).collect::<Vec<_>>().join(separator);
                alternatives.push(self.alternative(&name, Origin::Join(places, separator.into())));
            }
            if let Some(sum) = table.take("sum") {
                let parts = self.source(&sum, target)?.alternatives;
                if parts.iter().any(|part| !matches!(part.unit, Unit::Factor(_))) {
                    return Err(sum.bad("a list of sources that are no parts of the duration"));
                }
                let name = parts.first().map(|part| part.name.to_string()).unwrap_or_default();
                alternatives.push(self.alternative(&name, Origin::Sum(parts)));
            }
            if let Some(index) = table.take("index") {
                if !index.truth()? {
                    return Err(index.bad("true"));
                }
                alternatives.push(self.alternative("(number in the line)", Origin::Index));
            }
            if alternatives.is_empty() {
                table.require("path")?;
            }
            let unit = table.take("unit").map(|unit| target.unit(unit.text()?).map_err(|names| unit.bad(names)));
            let zone = table.take("zone").map(|zone| time_zone(&zone));
            let words = table.take("table").map(|words| {
                let words = words.entries()?.into_iter();
                words.map(|(word, meaning)| Ok((word.into(), meaning.constant()?.into()))).collect::<Result<_, _>>()
            });
            let (unit, zone, words) = (unit.transpose()?, zone.transpose()?, words.transpose()?);
            for alternative in &mut alternatives {
                alternative.unit = unit.unwrap_or(alternative.unit);
                alternative.zone = zone.clone().unwrap_or_else(|| alternative.zone.clone());
                alternative.table.clone_from(&words);
            }
            Ok(alternatives)
        })
    }

    fn by_path(&mut self, value: &ValueReader<'_, '_>, target: Target) -> Result<Alternative, MapError> {
        let place = self.place_of(value, target.raw, false)?;
        Ok(self.alternative(value.text()?, Origin::Path(place)))
    }

    fn alternative(&self, name: &str, origin: Origin) -> Alternative {
        let name = name.to_owned().into();
        Alternative { name, origin, unit: Unit::Factor(1.0), table: None, zone: self.zone.clone() }
    }
}

fn test(value: &ValueReader<'_, '_>) -> Result<Test, MapError> {
    let words = |value: &ValueReader<'_, '_>| -> Result<Vec<Box<str>>, MapError> {
        value.items().map(|word| Ok(word.constant()?.into())).collect()
    };
    if !value.is_table() {
        return Ok(Test::Is(words(value)?));
    }
    value.table(|table| {
        if let Some(exists) = table.take("exists") {
            return Ok(Test::Exists(exists.truth()?));
        }
        if let Some(start) = table.take("begins") {
            return Ok(Test::Begins(start.text()?.into()));
        }
        let not = table
            .take("not")
            .ok_or_else(|| value.bad("a value, a list of them, or a table of exists, begins or not"))?;
        Ok(Test::IsNot(words(&not)?))
    })
}
