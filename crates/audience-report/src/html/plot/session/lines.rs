//! Lines over the wall clock.

use std::fmt::Display;

use audience_core::{Activity, Seek, Span};

use super::super::{line_through, path, shapes};
use super::positions::{Positions, millis};
use super::{Axis, FINEST, stretch};
use crate::html::markup::Markup;
use crate::session::SessionView;

/// Points that follow each other without a gap: where they are as a share of the width, and a value.
type Line = Vec<(f64, f64)>;

/// Most dots where seeks landed; of more, there are only the lines.
const DOTS: usize = 150;

/// Where the playhead was.
pub(super) struct Playhead<'a> {
    lines: Vec<Line>,
    seeks: Vec<&'a Seek>,
    positions: Positions,
}

impl<'a> Playhead<'a> {
    /// `None` when no position is known.
    pub(super) fn of(view: &'a SessionView, axis: Axis) -> Option<Self> {
        let lines = lines(view.timeline.spans(), axis);
        let seeks: Vec<&Seek> = view.timeline.seeks().iter().filter(|seek| seek.to.is_some()).collect();
        let jumps = seeks.iter().flat_map(|seek| [seek.from, seek.to]).flatten().map(millis);
        let values = lines.iter().flatten().map(|(_, value)| *value).chain(jumps);
        let (least, most) =
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), value| (least.min(value), most.max(value)));
        if !least.is_finite() {
            return None;
        }
        // The whole of the content, if most of it was visited.
        let duration = view.facts.duration.map_or(0.0, millis);
        let most = if duration * 0.6 <= most { most.max(duration) } else { most };
        Some(Self { lines, seeks, positions: Positions::of(least, most) })
    }

    /// Marks of the axis of positions.
    pub(super) fn levels(&self) -> Vec<(f64, String)> {
        self.positions.ticks().into_iter().map(|tick| (tick.at, tick.label)).collect()
    }

    pub(super) fn write(&self, out: &mut Markup, activities: &[Span], axis: Axis) {
        shapes(out, |out| {
            for activity in Activity::ALL.into_iter().filter(|activity| activity.is_wait()) {
                let waits = activities.iter().filter(|span| span.activity == activity);
                let d = bands(waits.filter_map(|span| stretch(span, axis)).map(|(_, start, end)| (start, end)));
                let class = if activity == Activity::Stall { "while stalled" } else { "while" };
                if !d.is_empty() {
                    path(out, class, &d);
                }
            }
            for (class, inferred) in [("jump", false), ("jump inferred", true)] {
                let d = self.jumps(inferred, axis);
                if !d.is_empty() {
                    path(out, class, &d);
                }
            }
        });
        write_scaled(out, &self.lines, self.positions.low, self.positions.high);
        if self.seeks.len() > DOTS {
            return;
        }
        for seek in &self.seeks {
            let Some(to) = seek.to else { continue };
            let x = format!("{:.2}%", axis.share(seek.at) * 100.0);
            let y = format!("{:.2}%", (1.0 - self.positions.share(to)) * 100.0);
            let class = if seek.inferred { "seek inferred" } else { "seek" };
            let place: [(&'static str, &dyn Display); 3] = [("cx", &x), ("cy", &y), ("r", &"4")];
            out.empty("circle", &[("class", &class), place[0], place[1], place[2]]);
        }
    }

    /// Upright lines from where seeks began to where they landed; those in one place are one.
    fn jumps(&self, inferred: bool, axis: Axis) -> String {
        let seeks = self.seeks.iter().filter(|seek| seek.inferred == inferred);
        let jumps: Line = seeks
            .filter_map(|seek| {
                let (from, to) = (self.positions.share(seek.from?), self.positions.share(seek.to?));
                Some([(axis.share(seek.at), from), (axis.share(seek.at), to)])
            })
            .flatten()
            .collect();
        let columns = jumps.chunk_by(|a, b| column(a.0) == column(b.0));
        columns.map(|column| line_through(ends(column))).collect()
    }
}

/// The lowest and the highest point of some.
fn ends(points: &[(f64, f64)]) -> [(f64, f64); 2] {
    let by_value = |a: &&(f64, f64), b: &&(f64, f64)| a.1.total_cmp(&b.1);
    let least = points.iter().min_by(by_value).copied().unwrap_or_default();
    [least, points.iter().max_by(by_value).copied().unwrap_or_default()]
}

/// The playhead where it is known.
fn lines(spans: &[Span], axis: Axis) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    let mut last = None;
    for span in spans {
        let Some(from) = span.from else {
            last = None;
            continue;
        };
        let moves = span.activity == Activity::Playing && span.to.is_some_and(|to| to >= from);
        let to = span.to.filter(|_| moves).unwrap_or(from);
        // Elsewhere than before: a jump, which is drawn on its own.
        if last != Some(from) || lines.is_empty() {
            lines.push(vec![(axis.share(span.start), millis(from))]);
        }
        if let Some(line) = lines.last_mut() {
            line.push((axis.share(span.end), millis(to)));
        }
        last = Some(to);
    }
    lines
}

/// A level for each span of which there is a value.
pub(super) fn steps_of(spans: &[Span], axis: Axis, value: impl Fn(&Span) -> Option<f64>) -> Vec<Line> {
    let runs = spans.chunk_by(|a, b| value(a).is_some() == value(b).is_some());
    let line = |run: &[Span]| -> Line {
        let same = run.chunk_by(|a, b| value(a) == value(b));
        let level = same.filter_map(|same| {
            let level = value(&same[0])?;
            Some([(axis.share(same[0].start), level), (axis.share(same[same.len() - 1].end), level)])
        });
        level.flatten().collect()
    };
    runs.map(line).filter(|line| !line.is_empty()).collect()
}

/// Draws values from `low` to `high`.
pub(super) fn write_scaled(out: &mut Markup, lines: &[Line], low: f64, high: f64) {
    let scaled = |(x, value): (f64, f64)| (x, (value - low) / (high - low));
    let few = few(lines);
    let d: String = few.iter().map(|line| line_through(line.iter().copied().map(scaled))).collect();
    shapes(out, |out| path(out, "curve", &d));
}

/// The same lines with no more points than can be told apart: of those in one place the first, the lowest, the highest and
/// the last.
fn few(lines: &[Line]) -> Vec<Line> {
    let mut few: Vec<Line> = Vec::new();
    for line in lines {
        let columns = line.chunk_by(|a, b| column(a.0) == column(b.0));
        let mut kept: Line = Vec::new();
        for column in columns {
            if let [first, .., last] = column {
                let [least, most] = ends(column);
                kept.push(*first);
                kept.extend([least, most].into_iter().filter(|end| column.len() > 2 && end != first && end != last));
                kept.push(*last);
            } else {
                kept.extend_from_slice(column);
            }
        }
        let start = kept.first().map(|point| column(point.0));
        let alone = kept.iter().all(|point| Some(column(point.0)) == start);
        // Many lines in one place are one of their lowest and highest points.
        match few.last_mut().filter(|before| alone && start == before.last().map(|point| column(point.0))) {
            Some(before) if before.iter().all(|point| Some(column(point.0)) == start) => {
                before.extend(kept);
                let [least, most] = ends(before);
                *before = vec![least, most];
            }
            _ => few.push(kept),
        }
    }
    few
}

fn column(share: f64) -> u64 {
    (share / FINEST) as u64
}

/// Stretches over the whole height; those that are too close to tell apart are one.
fn bands(stretches: impl Iterator<Item = (f64, f64)>) -> String {
    let mut bands: Line = Vec::new();
    for (start, end) in stretches {
        match bands.last_mut().filter(|before| start - before.1 < FINEST) {
            Some(before) => before.1 = end,
            None => bands.push((start, end)),
        }
    }
    let band = |(start, end): &(f64, f64)| {
        let (start, width) = (start * 1000.0, ((end - start) * 1000.0).max(1.0));
        format!("M{start:.1} 0h{width:.1}v1000h-{width:.1}z")
    };
    bands.iter().map(band).collect()
}
