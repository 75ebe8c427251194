//! Tables.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::markup::Markup;

/// A table: what is in it and what to call it.
#[derive(Default)]
pub(super) struct Table {
    /// What it is about, for those who cannot see what stands around it.
    pub(super) caption: String,
    /// What to call the file that the page's script makes of it.
    pub(super) file: Cow<'static, str>,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Row>,
    /// Whether its rows can be put in another order.
    pub(super) sortable: bool,
}

#[derive(Default)]
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// What a search looks through.
    pub(super) search: Option<String>,
}

pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// What the figure is.
    pub(super) help: &'static str,
    /// What it is called in a file, with its unit, where that is not the name.
    pub(super) raw: &'static str,
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    Number,
    Drawing,
}

pub(super) enum Cell {
    Text(String),
    /// A name from telemetry, and where on the page it leads.
    Name(String, Option<String>),
    /// As people read it, and as it is.
    Number(String, Option<f64>),
    Drawing(Markup),
}

impl Column {
    pub(super) fn text(name: impl Into<String>) -> Self {
        Self { name: name.into(), kind: Kind::Text, help: "", raw: "" }
    }

    pub(super) fn number(name: impl Into<String>, help: &'static str) -> Self {
        Self { name: name.into(), kind: Kind::Number, help, raw: "" }
    }

    pub(super) fn drawing(name: impl Into<String>, help: &'static str) -> Self {
        Self { name: name.into(), kind: Kind::Drawing, help, raw: "" }
    }
}

impl Column {
    /// The same, called `raw` in a file.
    pub(super) fn raw(self, raw: &'static str) -> Self {
        Self { raw, ..self }
    }
}

impl From<Vec<Cell>> for Row {
    fn from(cells: Vec<Cell>) -> Self {
        Self { cells, search: None }
    }
}

impl Table {
    pub(super) fn write(&self, out: &mut Markup) {
        self.write_with_foot(out, &[]);
    }

    /// As [`write`](Self::write), with rows at the end that stay there, however the others are sorted.
    pub(super) fn write_with_foot(&self, out: &mut Markup, foot: &[Row]) {
        let class = match self.dense() {
            true => "dense",
            false if self.sortable => "sortable",
            false => "plain",
        };
        let label = ("aria-label", &self.caption as &dyn std::fmt::Display);
        out.element("div", &[("class", &"scroll"), ("tabindex", &0), ("role", &"region"), label], |out| {
            out.element("table", &[("class", &class), ("data-file", &self.file)], |out| {
                out.leaf("caption", &[("class", &"hidden")], &self.caption);
                out.element("thead", &[], |out| out.element("tr", &[], |out| self.write_head(out)));
                out.line();
                out.element("tbody", &[], |out| {
                    for row in &self.rows {
                        self.write_row(out, row);
                        out.line();
                    }
                });
                if !foot.is_empty() {
                    out.element("tfoot", &[], |out| foot.iter().for_each(|row| self.write_row(out, row)));
                }
            });
        });
        out.line();
    }

    /// Whether all cells but the first of each row are numbers, so that they need not say so one by one.
    fn dense(&self) -> bool {
        !self.sortable && self.columns.iter().skip(1).all(|column| column.kind == Kind::Number)
    }

    fn write_head(&self, out: &mut Markup) {
        for column in &self.columns {
            let class = column.kind.class();
            let mut attributes: Vec<(&'static str, &dyn std::fmt::Display)> =
                vec![("scope", &"col"), ("class", &class)];
            if !column.help.is_empty() {
                attributes.push(("title", &column.help));
            }
            if !column.raw.is_empty() {
                attributes.push(("data-csv", &column.raw));
            }
            out.leaf("th", &attributes, &column.name);
        }
    }

    fn write_row(&self, out: &mut Markup, row: &Row) {
        let cells = |out: &mut Markup| {
            for (at, cell) in row.cells.iter().enumerate() {
                write_cell(out, cell, at == 0 && self.columns[0].kind == Kind::Text, self.dense());
            }
        };
        match &row.search {
            Some(words) => out.element("tr", &[("data-search", words)], cells),
            None => out.element("tr", &[], cells),
        }
    }
}

fn write_cell(out: &mut Markup, cell: &Cell, heads: bool, dense: bool) {
    let name = if heads { "th" } else { "td" };
    let scope: &[(&'static str, &dyn std::fmt::Display)] = if heads { &[("scope", &"row")] } else { &[] };
    match cell {
        Cell::Text(text) => out.leaf(name, scope, text),
        Cell::Name(text, None) => out.element(name, scope, |out| out.name(text)),
        Cell::Name(text, Some(to)) => {
            out.element(name, scope, |out| out.element("a", &[("href", to)], |out| out.name(text)));
        }
        Cell::Number(text, Some(_)) if dense && says_it_all(text) => out.leaf("td", &[], text),
        Cell::Number(text, value) if dense => match value {
            Some(value) => out.leaf("td", &[("data-v", &Short(*value))], text),
            None => out.leaf("td", &[("data-v", &"")], text),
        },
        Cell::Number(text, Some(value)) => out.leaf("td", &[("class", &"n"), ("data-v", &Short(*value))], text),
        Cell::Number(text, None) => out.leaf("td", &[("class", &"n"), ("data-v", &"")], text),
        Cell::Drawing(drawing) => out.element("td", &[("class", &"drawing")], |out| out.append(drawing)),
    }
}

/// Whether the page's script can make a number of the text, so that a long table need not have it twice.
fn says_it_all(text: &str) -> bool {
    let digits = text.trim_end_matches(" %").trim_end_matches(" pp").trim_start_matches(['+', '−', '±']);
    !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.')
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Self::Text => "t",
            Self::Number => "n",
            Self::Drawing => "drawing",
        }
    }
}

/// A number to no more digits than anybody looks at.
struct Short(f64);

impl std::fmt::Display for Short {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self(value) = *self;
        if value.fract() == 0.0 || value.abs() >= 1e4 {
            write!(f, "{}", value.round())
        } else {
            let text = format!("{value:.4}");
            f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

/// What to call files of tables that are one for each name, after the name, in letters that file systems take: each another, also where
/// only letters differ that they do not tell apart.
pub(super) fn file_names<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let (mut taken, mut last) = (HashSet::new(), HashMap::new());
    let file = |name: &str| {
        let safe = |letter: char| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '-' };
        let name: String = name.chars().take(60).map(safe).collect();
        let name = format!("{what}-{}", name.to_ascii_lowercase());
        let number: &mut u64 = last.entry(name.clone()).or_default();
        loop {
            *number += 1;
            let file = if *number == 1 { name.clone() } else { format!("{name}-{number}") };
            if taken.insert(file.clone()) {
                return file;
            }
        }
    };
    names.map(file).collect()
}
