//! How many come how far, as a bar for each step.

use std::fmt::Display;

use super::{Figure, chart_of_height};
use crate::cohorts::Rate;
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::Table;

/// Pixels of a step: a line of text, the bar, and what part goes on from it.
const ROW: usize = 62;

/// A step of a funnel.
pub(in crate::html) struct Level {
    /// What it is, which may be text from telemetry.
    pub(in crate::html) name: String,
    /// More about it.
    pub(in crate::html) note: String,
    pub(in crate::html) reached: u64,
    /// Of all that are counted here.
    pub(in crate::html) from_start: Option<Rate>,
    /// Of those before.
    pub(in crate::html) from_previous: Option<Rate>,
}

/// A bar for each step, as long as the part of all that came to it, and between two how many went on.
pub(in crate::html) fn write(out: &mut Markup, words: [&str; 3], levels: &[Level], table: Table) {
    let [name, note, description] = words;
    let figure = Figure { name, note, kind: "row", table };
    figure.write(out, |out| {
        chart_of_height(out, "funnel", ROW * levels.len(), [name, description], |out| {
            for (at, level) in levels.iter().enumerate() {
                write_level(out, level, levels.get(at + 1), at * ROW);
            }
        });
    });
}

fn percent(place: f64) -> String {
    format!("{:.2}%", place.clamp(0.0, 1.0) * 100.0)
}

fn write_level(out: &mut Markup, level: &Level, next: Option<&Level>, top: usize) {
    let text = top + 14;
    out.element("text", &[("class", &"name"), ("x", &0), ("y", &text)], |out| {
        out.text(&level.name);
        out.leaf("tspan", &[("class", &"size"), ("dx", &8)], &level.note);
    });
    let rate = level.from_start.and_then(|rate| rate.rate);
    let size = format!("{}, {}", format::count(level.reached), format::share(rate));
    out.leaf("text", &[("class", &"size end"), ("x", &"100%"), ("y", &text)], size);
    let place: [(&'static str, &dyn Display); 2] = [("y", &(top + 20)), ("height", &18)];
    out.empty("rect", &[("class", &"back"), ("x", &0), place[0], ("width", &"100%"), place[1]]);
    let width = percent(rate.unwrap_or_default());
    out.empty("rect", &[("class", &"front"), ("x", &0), place[0], ("width", &width), place[1]]);
    if let Some((low, high)) = level.from_start.and_then(|rate| rate.low.zip(rate.high)) {
        let (y, ends) = (top + 29, [percent(low), percent(high)]);
        out.empty("line", &[("class", &"reach"), ("x1", &ends[0]), ("x2", &ends[1]), ("y1", &y), ("y2", &y)]);
        for end in &ends {
            let (from, to) = (top + 25, top + 33);
            out.empty("line", &[("class", &"reach"), ("x1", end), ("x2", end), ("y1", &from), ("y2", &to)]);
        }
    }
    if let Some(went) = next.and_then(|next| next.from_previous) {
        let lost = went.of.saturating_sub(went.count);
        let words = format!("▾ {} went on, {} did not", format::share(went.rate), format::count(lost));
        out.leaf("text", &[("class", &"size"), ("x", &12), ("y", &(top + 53))], words);
    }
}
