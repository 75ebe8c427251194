//! Which parts of the content were watched, and how often.

use std::fmt::Write;

use audience_core::{MediaTime, Run};

use super::super::{Figure, below, chart, levels, path, shapes};
use super::positions::{Positions, millis};
use crate::format;
use crate::html::markup::Markup;
use crate::html::table::{Cell, Column, Table};
use crate::session::SessionView;

/// Cells of the table.
const CELLS: u64 = 100;

/// As many places as can be told apart.
const PLACES: usize = 1000;

/// Most stretches that are listed.
const LISTED: usize = 200;

pub(in crate::html) fn write(out: &mut Markup, view: &SessionView) {
    let runs = view.facts.map.runs();
    let [first, ..] = runs else {
        out.leaf("p", &[("class", &"muted")], "Nothing was watched at a known position in the content.");
        return;
    };
    let duration = view.facts.duration;
    let end = view.facts.map.furthest().unwrap_or_default();
    let positions = Positions::of(millis(first.start), millis(duration.unwrap_or(end).max(end)));
    // Of content whose length is known, all is shown.
    let positions = if duration.is_some() { Positions { low: 0.0, ..positions } } else { positions };
    let plays = runs.iter().map(|run| run.plays).max().unwrap_or(1);
    let end = if duration.is_some() { "" } else { ", to the last position played: its length is not known" };
    let figure = Figure {
        name: "What was watched",
        note: &format!("how often each part of the content was played{end}"),
        kind: "cell",
        table: table(runs, positions),
    };
    figure.write(out, |out| {
        let description = match plays {
            1 => "No part was played more than once.".to_owned(),
            plays => format!("Parts were played up to {plays} times."),
        };
        chart(out, "chart low", "How often each part was played", &description, |out| {
            let top = f64::from(plays);
            let marks = [0, plays.div_ceil(2), plays].map(|count| (f64::from(count) / top, count.to_string()));
            levels(out, if plays > 1 { &marks } else { &marks[..2] });
            shapes(out, |out| path(out, "played", &shape(runs, positions, top)));
            below(out, &positions.ticks());
        });
    });
    write_runs(out, runs);
}

/// How much of a run is between two positions.
fn within(run: &Run, start: u64, end: u64) -> u64 {
    run.end.as_millis().min(end).saturating_sub(run.start.as_millis().max(start))
}

/// Cells of equal length: how much of each was played, and how often on average.
fn table(runs: &[Run], positions: Positions) -> Table {
    let at = |cell: u64| (positions.low + positions.range() * cell as f64 / CELLS as f64) as u64;
    let row = |cell: u64| {
        let (start, end) = (at(cell), at(cell + 1));
        let first = runs.partition_point(|run| run.end.as_millis() <= start);
        let here = || runs[first..].iter().take_while(|run| run.start.as_millis() < end);
        let once: u64 = here().map(|run| within(run, start, end)).sum();
        let all: f64 = here().map(|run| within(run, start, end) as f64 * f64::from(run.plays)).sum();
        let most = here().map(|run| run.plays).max().unwrap_or(0);
        let (share, times) = (once as f64 / (end - start).max(1) as f64, all / (end - start).max(1) as f64);
        vec![
            Cell::Text(format::clock(Some(start as f64))),
            Cell::Number(format::share(Some(share)), Some(share)),
            Cell::Number(format!("{times:.2}"), Some(times)),
            Cell::Number(most.to_string(), Some(f64::from(most))),
        ]
        .into()
    };
    Table {
        caption: "What was watched".to_owned(),
        file: "watched".into(),
        columns: vec![
            Column::text("From").raw("start"),
            Column::number("Watched", "Share of this part that was played at all").raw("watched_share"),
            Column::number("Times", "How often it was played, on average over its length").raw("times"),
            Column::number("At most", "How often the moment played most was played").raw("most_times"),
        ],
        rows: (0..CELLS).map(row).collect(),
        sortable: false,
    }
}

/// A block for each run, as high as it was often played.
fn shape(runs: &[Run], positions: Positions, top: f64) -> String {
    let mut plays = vec![0_u32; PLACES];
    let place = |position: MediaTime| positions.share(position) * PLACES as f64;
    for run in runs {
        let first = (place(run.start) as usize).min(PLACES - 1);
        let end = (place(run.end).ceil() as usize).clamp(first + 1, PLACES);
        for most in &mut plays[first..end] {
            *most = run.plays.max(*most);
        }
    }
    let mut d = String::new();
    let mut x = 0;
    for same in plays.chunk_by(|a, b| a == b) {
        if same[0] > 0 {
            let y = 1000.0 * (1.0 - f64::from(same[0]) / top);
            let _ = write!(d, "M{x} 1000V{y:.0}h{}V1000z", same.len());
        }
        x += same.len();
    }
    d
}

/// The stretches themselves.
fn write_runs(out: &mut Markup, runs: &[Run]) {
    let row = |run: &Run| {
        let place = |position: MediaTime| Cell::Number(position.to_string(), Some(position.as_millis() as f64));
        vec![
            place(run.start),
            place(run.end),
            place(run.length()),
            Cell::Number(format::count(u64::from(run.plays)), Some(f64::from(run.plays))),
        ]
        .into()
    };
    let table = Table {
        caption: "Stretches that were played equally often".to_owned(),
        file: "runs".into(),
        columns: vec![
            Column::number("From", "Position in the content").raw("start_ms"),
            Column::number("To", "Position in the content").raw("end_ms"),
            Column::number("Length", "Of content").raw("length_ms"),
            Column::number("Times", "How often it was played").raw("plays"),
        ],
        rows: runs.iter().take(LISTED).map(row).collect(),
        sortable: true,
    };
    out.element("details", &[("class", &"numbers")], |out| {
        let stretches = format::things(runs.len() as u64, "stretch", "stretches");
        out.leaf("summary", &[], format_args!("Exactly: {stretches}"));
        table.write(out);
        if runs.len() > LISTED {
            let more = format::count((runs.len() - LISTED) as u64);
            out.leaf("p", &[("class", &"muted")], format_args!("And {more} more; JSON has them all."));
        }
    });
    out.line();
}
