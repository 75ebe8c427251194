//! The numbers of the charts, moment by moment.

use audience_core::{Activity, Elapsed, Frame, MediaTime, Rendition};

use super::{Axis, Course};
use crate::format;
use crate::html::table::{Cell, Column, Row, Table};

/// The player in each cell of the axis.
pub(super) struct Moments {
    moments: Vec<Moment>,
    axis: Axis,
}

/// One cell: the player at its start, and what it did until its end.
struct Moment {
    since: Elapsed,
    did: Vec<Activity>,
    frame: Frame,
    /// What the player last said was buffered.
    buffer: Option<MediaTime>,
}

impl Moments {
    pub(super) fn of(course: &Course<'_>, axis: Axis) -> Self {
        let frames = course.view.timeline.replay(axis.step).take(axis.cells as usize);
        let (mut spans, mut events) = (course.activities.as_slice(), course.view.session.events());
        let mut buffer = None;
        let moments = frames.map(|frame| {
            let end = frame.at + axis.step;
            while let [span, rest @ ..] = spans
                && span.end <= frame.at
            {
                spans = rest;
            }
            let mut did: Vec<Activity> = Vec::new();
            for span in spans.iter().take_while(|span| span.start < end).filter(|span| span.start < span.end) {
                if !did.contains(&span.activity) {
                    did.push(span.activity);
                }
            }
            while let [event, rest @ ..] = events
                && event.ts < end
            {
                buffer = event.vitals.as_ref().and_then(|vitals| vitals.buffer).or(buffer);
                events = rest;
            }
            Moment { since: frame.at.since(axis.first), did, frame, buffer }
        });
        Self { moments: moments.collect(), axis }
    }

    pub(super) fn table(&self) -> Table {
        let any = |known: fn(&Moment) -> bool| self.moments.iter().any(known);
        let placed = any(|moment| moment.frame.position.is_some());
        let rated = any(|moment| moment.frame.rendition.bitrate.is_some());
        let sized = any(|moment| moment.frame.rendition.height > 0);
        let buffered = any(|moment| moment.buffer.is_some());
        let columns = [
            (true, Column::number("At", "Since the first event").raw("at_ms")),
            (true, Column::text("Did")),
            (placed, Column::number("Position", "In the content").raw("position_ms")),
            (rated, Column::number("Bit rate", "Declared").raw("bitrate_bps")),
            (sized, Column::text("Picture")),
            (buffered, Column::number("Buffer", "Content ahead, as the player last said").raw("buffer_ms")),
        ];
        let shown = columns.each_ref().map(|(shown, _)| *shown);
        let row = |moment: &Moment| -> Row {
            let cells = self.cells(moment).into_iter().zip(shown).filter(|(_, shown)| *shown);
            cells.map(|(cell, _)| cell).collect::<Vec<_>>().into()
        };
        Table {
            caption: "What the player did over time".to_owned(),
            file: "course".into(),
            columns: columns.into_iter().filter(|(shown, _)| *shown).map(|(_, column)| column).collect(),
            rows: self.moments.iter().map(row).collect(),
            sortable: false,
        }
    }

    fn cells(&self, moment: &Moment) -> [Cell; 6] {
        let did: Vec<&str> = moment.did.iter().map(|activity| activity.as_str()).collect();
        let Rendition { bitrate, width, height } = moment.frame.rendition;
        let bps = bitrate.map(|rate| rate.as_bps() as f64);
        [
            Cell::Number(self.clock(moment.since.as_millis()), Some(moment.since.as_millis() as f64)),
            Cell::Text(did.join(", ")),
            millis(moment.frame.position, |position| self.clock(position.as_millis())),
            Cell::Number(format::bitrate(bps), bps),
            Cell::Text(if height > 0 { format!("{width} × {height}") } else { format::NONE.to_owned() }),
            millis(moment.buffer, |buffer| format::seconds(Some(buffer.as_millis() as f64))),
        ]
    }

    /// With as many digits as cells differ in.
    fn clock(&self, millis: u64) -> String {
        let fine = self.axis.step < Elapsed::from_secs(1);
        if fine { Elapsed::from_millis(millis).to_string() } else { format::clock(Some(millis as f64)) }
    }
}

fn millis(time: Option<MediaTime>, text: impl FnOnce(MediaTime) -> String) -> Cell {
    match time {
        Some(time) => Cell::Number(text(time), Some(time.as_millis() as f64)),
        None => Cell::Number(format::NONE.to_owned(), None),
    }
}
