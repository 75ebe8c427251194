//! One session over wall-clock time: what the player did, where the playhead was, and what was played.

mod lanes;
mod lines;
mod moments;
mod positions;
mod watched;

use audience_core::{Activity, Elapsed, Span, Timestamp};

pub(in crate::html) use lanes::state_class;
pub(in crate::html) use watched::write as write_watched;

use super::scale::{self, Tick};
use super::{Figure, below, chart, levels};
use crate::format;
use crate::html::markup::Markup;
use crate::session::SessionView;
use lanes::Lanes;
use moments::Moments;

/// Most cells of the table, and of what the pointer reads.
const CELLS: u64 = 200;

/// What is closer than this share of the width is drawn as one.
const FINEST: f64 = 0.001;

/// Wall-clock time as the width of the charts: from the first event in equal cells to past the last.
#[derive(Clone, Copy)]
struct Axis {
    first: Timestamp,
    step: Elapsed,
    cells: u64,
}

impl Axis {
    /// `None` when no time passed.
    fn of(first: Timestamp, last: Timestamp) -> Option<Self> {
        let length = last.since(first).as_millis();
        let small = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000];
        let large = (0..45).map(|doublings| 60_000 << doublings);
        let step = small.into_iter().chain(large).find(|step| length.div_ceil(*step) <= CELLS)?;
        (length > 0).then_some(Self { first, step: Elapsed::from_millis(step), cells: length.div_ceil(step) })
    }

    fn length_ms(&self) -> u64 {
        self.step.as_millis().saturating_mul(self.cells)
    }

    /// Where a time is, as a share of the width. What is outside, such as a request after all that it tells of, is at the end.
    fn share(&self, at: Timestamp) -> f64 {
        (at.since(self.first).as_millis() as f64 / self.length_ms() as f64).min(1.0)
    }

    fn ticks(&self) -> Vec<Tick> {
        match self.length_ms() {
            short if short < 2000 => [0, short]
                .map(|millis| Tick { at: millis as f64 / short as f64, label: format::seconds(Some(millis as f64)) })
                .into(),
            length => scale::of_content(length),
        }
    }
}

/// A session's course, as a figure.
pub(in crate::html) struct Course<'a> {
    view: &'a SessionView,
    activities: Vec<Span>,
    axis: Option<Axis>,
}

impl<'a> Course<'a> {
    pub(in crate::html) fn of(view: &'a SessionView) -> Self {
        let bounds = view.timeline.bounds();
        let axis = bounds.and_then(|(first, last)| Axis::of(first, last));
        Self { view, activities: view.timeline.activities().collect(), axis }
    }

    pub(in crate::html) fn write(&self, out: &mut Markup) {
        let Some(axis) = self.axis else {
            out.leaf(
                "p",
                &[("class", &"none")],
                "All its events are of one moment: there is no time over which to draw what the player did.",
            );
            return;
        };
        let lanes = Lanes::of(self, axis);
        let merged = match lanes.merged {
            Some(share) => format!("; stretches less than {} % of the width apart are drawn as one", share * 100.0),
            None => String::new(),
        };
        let figure = Figure {
            name: "What the player did",
            note: &format!("over wall-clock time since the first event{merged}"),
            kind: "cell",
            table: Moments::of(self, axis).table(),
        };
        figure.write(out, |out| {
            lanes.write(out, &axis.ticks());
            self.write_playhead(out, axis);
            self.write_renditions(out, axis);
            self.write_buffer(out, axis);
        });
    }

    fn write_playhead(&self, out: &mut Markup, axis: Axis) {
        let Some(playhead) = lines::Playhead::of(self.view, axis) else {
            out.leaf("p", &[("class", &"series")], "Playhead: nothing says where in the content it was.");
            return;
        };
        let jumps = self.view.timeline.seeks();
        let inferred = jumps.iter().any(|seek| seek.inferred);
        out.element("p", &[("class", &"series")], |out| {
            out.text("Playhead: position in the content. Flat while frames stand still");
            out.text(if jumps.is_empty() { "." } else { "; seeks are jumps, " });
            if !jumps.is_empty() {
                out.text("dots where they landed");
                out.text(if inferred { ", dashed and hollow where inferred." } else { "." });
            }
        });
        let seeks = format::things(jumps.len() as u64, "seek", "seeks");
        chart(out, "chart course", "Playhead over time", &format!("With {seeks}."), |out| {
            levels(out, &playhead.levels());
            playhead.write(out, &self.activities, axis);
            below(out, &axis.ticks());
        });
    }

    fn write_renditions(&self, out: &mut Markup, axis: Axis) {
        let spans = self.view.timeline.spans();
        let rate = |span: &Span| span.rendition.bitrate.map(|rate| rate.as_bps() as f64 / 1e6);
        let height = |span: &Span| Some(f64::from(span.rendition.height)).filter(|height| *height > 0.0);
        let (values, name) = if spans.iter().any(|span| rate(span).is_some()) {
            (lines::steps_of(spans, axis, rate), "Bit rate: declared, of what is played, Mbit/s.")
        } else {
            (lines::steps_of(spans, axis, height), "Picture: its height, in lines.")
        };
        if values.is_empty() {
            return;
        }
        let facts = &self.view.facts.quality;
        let switches = match facts.changes {
            0 => "No switch was reported.".to_owned(),
            _ => format!(
                "{} up, {} down.",
                format::things(facts.switches_up, "switch", "switches"),
                format::count(facts.switches_down)
            ),
        };
        out.leaf("p", &[("class", &"series")], format_args!("{name} {switches}"));
        write_line(out, "Rendition over time", &switches, &values, axis);
    }

    /// What events say is buffered ahead.
    fn write_buffer(&self, out: &mut Markup, axis: Axis) {
        let events = self.view.session.events().iter();
        let said = events.filter_map(|event| {
            let buffer = event.vitals.as_ref()?.buffer?;
            Some((axis.share(event.ts), buffer.as_secs_f64()))
        });
        let line: Vec<(f64, f64)> = said.collect();
        if line.len() < 2 {
            return;
        }
        out.leaf("p", &[("class", &"series")], "Buffer: content ahead of the playhead as the player says, seconds.");
        write_line(out, "Buffer over time", "As the player says.", &[line], axis);
    }
}

/// A chart of lines from 0 up.
fn write_line(out: &mut Markup, title: &str, description: &str, lines: &[Vec<(f64, f64)>], axis: Axis) {
    let most = lines.iter().flatten().map(|(_, value)| *value).fold(0.0, f64::max);
    let (top, marks) = scale::of_values(most);
    chart(out, "chart low course", title, description, |out| {
        levels(out, &marks);
        lines::write_scaled(out, lines, 0.0, top);
        below(out, &axis.ticks());
    });
}

/// What the player was doing as a share of the width: `None` when it took no time.
fn stretch(span: &Span, axis: Axis) -> Option<(Activity, f64, f64)> {
    (span.start < span.end).then(|| (span.activity, axis.share(span.start), axis.share(span.end)))
}
