//! Plots as SVG.
//!
//! A chart is as wide as there is room, and its text stays readable however narrow that is: positions are percentages, and
//! only shapes, which have no text, are stretched.

mod attendance;
mod curve;
mod days;
mod effects;
mod funnel;
mod groups;
mod looks;
mod marks;
mod returns;
mod scale;
mod session;
mod small;
mod streams;
mod strip;

use std::fmt::{Display, Write};

pub(super) use attendance::{concurrent, write as write_attendance};
pub(super) use curve::{Curve, write as write_curve};
pub(super) use days::write as write_days;
pub(super) use effects::write as write_effects;
pub(super) use funnel::{Level, write as write_funnel};
pub(super) use groups::{write as write_group_curves, write_two_titles};
pub(super) use looks::write as write_looks;
pub(super) use marks::seeks as write_seeks;
pub(super) use returns::write as write_returns;
pub(super) use session::{Course, state_class, write_watched};
pub(super) use small::{bar, interval, quantiles, share_interval, sparkline};
pub(super) use streams::{write_course, write_rungs, write_startup};
pub(super) use strip::{CLASSES as SHADES, write as write_strip};

use super::markup::{Attributes, Markup};
use super::table::Table;
use scale::Tick;

/// A figure: charts, what the pointer reads off, and the numbers in a table.
struct Figure<'a> {
    /// What is on it, in a few words.
    name: &'a str,
    /// How to read it.
    note: &'a str,
    /// What rows of the table are in the chart: a `point`, a `cell` between two, or a `row`.
    kind: &'static str,
    table: Table,
}

impl Figure<'_> {
    fn write(&self, out: &mut Markup, charts: impl FnOnce(&mut Markup)) {
        out.element("figure", &[("class", &"plot"), ("data-kind", &self.kind)], |out| {
            out.element("figcaption", &[], |out| {
                out.leaf("strong", &[], self.name);
                out.text(" ");
                out.leaf("span", &[("class", &"muted")], self.note);
            });
            out.line();
            out.element("div", &[("class", &"area"), ("data-label", &self.table.caption)], charts);
            out.line();
            out.leaf("p", &[("class", &"read"), ("hidden", &"hidden")], "");
            out.element("details", &[("class", &"numbers")], |out| {
                out.leaf("summary", &[], "The same as a table");
                self.table.write(out);
            });
        });
        out.line();
    }
}

/// A chart with its description and, at the end, the line that the pointer moves.
fn chart(out: &mut Markup, class: &'static str, title: &str, description: &str, inside: impl FnOnce(&mut Markup)) {
    write_chart(out, &[("class", &class)], title, description, inside);
}

/// As [`chart`], so many pixels high.
fn chart_of_height(
    out: &mut Markup,
    class: &'static str,
    height: usize,
    words: [&str; 2],
    inside: impl FnOnce(&mut Markup),
) {
    write_chart(out, &[("class", &class), ("height", &height)], words[0], words[1], inside);
}

fn write_chart(
    out: &mut Markup,
    own: Attributes<'_>,
    title: &str,
    description: &str,
    inside: impl FnOnce(&mut Markup),
) {
    let label = format_args!("{title}. {description}");
    let attributes: [(&'static str, &dyn Display); 2] = [("role", &"img"), ("aria-label", &label)];
    out.element("svg", &[own, &attributes].concat(), |out| {
        out.leaf("title", &[], title);
        out.leaf("desc", &[], description);
        inside(out);
        out.empty("line", &[("class", &"cursor"), ("x1", &0), ("x2", &0), ("y1", &0), ("y2", &"100%")]);
    });
    out.line();
}

/// Shapes in a square of 1000 by 1000 that fills the chart.
fn shapes(out: &mut Markup, inside: impl FnOnce(&mut Markup)) {
    out.element(
        "svg",
        &[("viewBox", &"0 0 1000 1000"), ("preserveAspectRatio", &"none"), ("class", &"shapes")],
        inside,
    );
}

fn path(out: &mut Markup, class: &'static str, d: &impl Display) {
    out.empty("path", &[("class", &class), ("d", d)]);
}

/// A line through points.
fn line_through(points: impl IntoIterator<Item = (f64, f64)>) -> String {
    let mut d = String::new();
    for (at, (x, y)) in points.into_iter().enumerate() {
        let command = if at == 0 { 'M' } else { 'L' };
        let _ = write!(d, "{command}{:.0} {:.0}", x * 1000.0, (1.0 - y) * 1000.0);
    }
    d
}

/// A line that stays level from the start of each bucket to its end.
fn steps(values: &[f64], top: f64) -> String {
    let mut d = String::new();
    for (at, value) in values.iter().enumerate() {
        let command = if at == 0 { "M0 " } else { "V" };
        let y = 1000.0 * (1.0 - value / top);
        let x = 1000.0 * (at + 1) as f64 / values.len() as f64;
        let _ = write!(d, "{command}{y:.0}H{x:.1}");
    }
    d
}

/// A bar for each value that is not 0.
fn bars(values: &[u64], top: f64) -> String {
    let mut d = String::new();
    let width = 1000.0 / values.len() as f64;
    for (at, value) in values.iter().enumerate().filter(|(_, value)| **value > 0) {
        let height = 1000.0 * *value as f64 / top;
        let _ = write!(d, "M{:.1} 1000v-{height:.0}h{:.1}V1000", (at as f64 + 0.1) * width, width * 0.8);
    }
    d
}

/// Lines across the chart with what they stand for; the values are shares of the height.
fn levels(out: &mut Markup, levels: &[(f64, String)]) {
    for (at, label) in levels {
        let y = format!("{:.2}%", (1.0 - at) * 100.0);
        out.empty("line", &[("class", &"grid"), ("x1", &0), ("x2", &"100%"), ("y1", &y), ("y2", &y)]);
        out.leaf("text", &[("class", &"tick end"), ("x", &0), ("y", &y), ("dx", &-8), ("dy", &"0.35em")], label);
    }
}

/// Marks and words below the chart. Every other one goes where there is little room.
fn below(out: &mut Markup, ticks: &[Tick]) {
    for (number, tick) in ticks.iter().enumerate() {
        let x = format!("{:.2}%", tick.at * 100.0);
        let few = if number % 2 == 1 { " minor" } else { "" };
        let end = if tick.at > 0.96 { " end" } else { " middle" };
        let mark = [("y1", &"100%" as &dyn Display), ("y2", &"100%"), ("class", &"mark")];
        out.empty("line", &[("x1", &x), ("x2", &x), mark[0], mark[1], mark[2]]);
        out.leaf(
            "text",
            &[("class", &format_args!("tick{end}{few}")), ("x", &x), ("y", &"100%"), ("dy", &"1.5em")],
            &tick.label,
        );
    }
}
