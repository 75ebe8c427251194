//! Attention over a title, as strips of colour.

use std::fmt::Write;

use super::{Figure, below, chart, curve, path, scale, shapes};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};
use crate::report::{Heatmap, TitleReport};

/// Most cells of a strip.
const CELLS: usize = 100;
/// Shades, apart from none.
const SHADES: usize = 8;
pub(in crate::html) const CLASSES: [&str; SHADES] = ["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8"];

/// Some neighbouring buckets of a heatmap, in milliseconds.
struct HeatCell {
    start: u64,
    length: u64,
    watched: u64,
    rewatched: u64,
}

pub(in crate::html) fn write(out: &mut Markup, title: &TitleReport) {
    let (cells, length) = cells(&title.heatmap, title.duration_ms);
    let density = |cell: &HeatCell| cell.watched as f64 / cell.length.max(1) as f64;
    let peak = cells.iter().map(density).fold(0.0, f64::max);
    if length == 0 || peak <= 0.0 {
        return;
    }
    let intensity: Vec<f64> = cells.iter().map(|cell| density(cell) / peak).collect();
    let again: Vec<f64> = cells.iter().map(|cell| cell.rewatched as f64 / cell.watched.max(1) as f64).collect();
    let most_again = again.iter().copied().fold(0.0, f64::max);
    let note = format!(
        "how much of each part was watched (most: {:.1} times a session), and the share of it watched again (most: \
         {:.1} %)",
        peak / title.totals.started.max(1) as f64,
        most_again * 100.0
    );
    let hottest = intensity.iter().position(|value| *value >= 1.0).unwrap_or(0);
    let figure =
        Figure { name: "Attention", note: &note, kind: "cell", table: table(title, &cells, &intensity, &again) };
    figure.write(out, |out| {
        let label = |out: &mut Markup, text: &'static str| {
            out.leaf("text", &[("class", &"tick end"), ("x", &0), ("y", &"50%"), ("dx", &-8), ("dy", &"0.35em")], text);
        };
        let most = format!("Most was watched at {}.", format::clock(Some(cells[hottest].start as f64)));
        chart(out, "strip", &format!("What was watched of {}", title.name()), &most, |out| {
            label(out, "Watched");
            shapes(out, |out| shade(out, &cells, &intensity, length));
            curve::chapters(out, title, false);
        });
        let most = format!("At most {:.1} % of what was watched was watched again.", most_again * 100.0);
        chart(out, "strip again", &format!("What was watched again of {}", title.name()), &most, |out| {
            label(out, "Again");
            let scaled: Vec<f64> =
                again.iter().map(|share| if most_again > 0.0 { share / most_again } else { 0.0 }).collect();
            shapes(out, |out| shade(out, &cells, &scaled, length));
            curve::chapters(out, title, false);
            below(out, &scale::of_content(length));
        });
    });
}

/// At most [`CELLS`] cells, and the length of the content they cover.
fn cells(heatmap: &Heatmap, duration_ms: Option<u64>) -> (Vec<HeatCell>, u64) {
    let buckets = heatmap.watched_ms.len();
    let end = (buckets as u64).saturating_mul(heatmap.bucket_ms);
    // The last bucket ends where the content does.
    let length =
        duration_ms.filter(|length| length.div_ceil(heatmap.bucket_ms.max(1)) == buckets as u64).unwrap_or(end);
    let every = buckets.div_ceil(CELLS).max(1);
    let cell = |first: usize| {
        let last = (first + every).min(buckets);
        let start = first as u64 * heatmap.bucket_ms;
        HeatCell {
            start,
            length: (last as u64).saturating_mul(heatmap.bucket_ms).min(length) - start.min(length),
            watched: heatmap.watched_ms[first..last].iter().fold(0, |sum, part| part.saturating_add(sum)),
            rewatched: heatmap.rewatched_ms[first..last].iter().fold(0, |sum, part| part.saturating_add(sum)),
        }
    };
    ((0..buckets).step_by(every).map(cell).collect(), length)
}

/// One path for each shade; neighbours of one shade are one piece, without a seam.
fn shade(out: &mut Markup, cells: &[HeatCell], values: &[f64], length: u64) {
    let level = |value: f64| if value > 0.0 { ((value * SHADES as f64).ceil() as usize).clamp(1, SHADES) } else { 0 };
    let shaded: Vec<(usize, &HeatCell)> = values.iter().map(|value| level(*value)).zip(cells).collect();
    for (level, class) in (1..).zip(CLASSES) {
        let mut d = String::new();
        let pieces = shaded.chunk_by(|a, b| a.0 == b.0).filter(|piece| piece[0].0 == level);
        for piece in pieces {
            let scale = 1000.0 / length as f64;
            let width = piece.iter().map(|(_, cell)| cell.length).sum::<u64>() as f64 * scale;
            let _ = write!(d, "M{:.1} 0h{width:.1}v1000h-{width:.1}z", piece[0].1.start as f64 * scale);
        }
        if !d.is_empty() {
            path(out, class, &d);
        }
    }
}

fn table(title: &TitleReport, cells: &[HeatCell], intensity: &[f64], again: &[f64]) -> Table {
    let amount = |millis: u64| Cell::Number(format::hours(millis), Some(millis as f64));
    let share = |share: f64| Cell::Number(format!("{:.1} %", share * 100.0), Some(share));
    let row = |(at, cell): (usize, &HeatCell)| {
        vec![
            Cell::Text(format::clock(Some(cell.start as f64))),
            amount(cell.watched),
            share(intensity[at]),
            share(again[at]),
        ]
        .into()
    };
    Table {
        caption: format!("Attention over {}", title.name()),
        file: "heatmap".into(),
        columns: vec![
            Column::text("From").raw("start"),
            Column::number("Watched", "Content watched here, every pass counted").raw("watched_ms"),
            Column::number("Intensity", "The same for its length, as a share of the part with most").raw("intensity"),
            Column::number("Again", "The part beyond each session's first pass, as a share of what was watched here")
                .raw("rewatched_share"),
        ],
        rows: cells.iter().enumerate().map(row).collect(),
        sortable: false,
    }
}
