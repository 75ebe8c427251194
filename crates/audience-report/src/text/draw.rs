//! Small plots of block characters.

use super::{DIM, line};
use crate::format;

const EIGHTHS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

/// The mean of `values` in each of `columns` columns of equal width; of fewer values, each takes several columns.
fn columns(values: &[f64], columns: usize) -> Vec<f64> {
    if values.is_empty() {
        return Vec::new();
    }
    (0..columns)
        .map(|column| {
            let (start, end) = (column * values.len() / columns, (column + 1) * values.len() / columns);
            let part = &values[start..end.max(start + 1)];
            part.iter().sum::<f64>() / part.len() as f64
        })
        .collect()
}

/// A curve from 0 to 1 in one line. What is not 0 shows.
pub(crate) fn sparkline(values: &[f64], width: usize) -> String {
    let level = |value: f64| if value > 0.0 { ((value * 8.0).round() as usize).clamp(1, 8) } else { 0 };
    columns(values, width).into_iter().map(|value| EIGHTHS[level(value)]).collect()
}

/// A share from 0 to 1 as a bar, in eighths of columns. What is not 0 shows.
pub(crate) fn bar(share: f64, width: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (width * 8) as f64).round() as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8])
}

/// A curve from 0 to 1 over several lines, with a scale.
pub(super) fn curve(out: &mut String, values: &[f64], width: usize) {
    const ROWS: usize = 8;
    let values = columns(values, width);
    for row in (0..ROWS).rev() {
        let scale = match row {
            7 => "100 %",
            3 => " 50 %",
            _ => "",
        };
        let cells: String = values
            .iter()
            .map(|value| {
                let filled = (value * (ROWS * 8) as f64).round() as usize;
                EIGHTHS[filled.saturating_sub(row * 8).min(8)]
            })
            .collect();
        row_of(out, scale, &cells);
    }
}

/// The times under a curve.
pub(super) fn axis(out: &mut String, duration_ms: Option<u64>, width: usize) {
    let Some(duration) = duration_ms else { return };
    let at = |share: f64| format::clock(Some(duration as f64 * share));
    let (middle, end) = (at(0.5), at(1.0));
    let left = width / 2 - middle.len() / 2;
    let right = width.saturating_sub(left + middle.len());
    line(out, format_args!("  {DIM}{:>5} {:<left$}{middle}{end:>right$}{DIM:#}", "", "0:00"));
}

/// How much of each part was watched, as shades.
pub(super) fn strip(out: &mut String, intensity: &[f64], width: usize) {
    let level = |value: f64| if value > 0.0 { ((value * 4.0).ceil() as usize).clamp(1, 4) } else { 0 };
    let cells: String = columns(intensity, width).into_iter().map(|value| SHADES[level(value)]).collect();
    row_of(out, "heat", &cells);
}

/// A line of a plot with what stands beside it; without blanks at its end.
fn row_of(out: &mut String, beside: &str, cells: &str) {
    match (beside, cells.trim_end()) {
        ("", "") => line(out, format_args!("")),
        (beside, "") => line(out, format_args!("  {DIM}{beside:>5}{DIM:#}")),
        (beside, cells) => line(out, format_args!("  {DIM}{beside:>5}{DIM:#} {cells}")),
    }
}
