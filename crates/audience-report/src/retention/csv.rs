//! A report on retention as tables of comma-separated values.

use audience_core::{MediaTime, Ratio};
use audience_retention::Fall;

use super::curve::Retention;
use super::groups::GroupsCompared;
use super::report::{RetentionReport, TitleRetention};
use crate::csv::{Cell, CsvTable, Sheet};

/// A title and what is said of its retention.
pub(crate) struct Subject<'a> {
    pub(crate) content_id: &'a str,
    pub(crate) title: Option<&'a str>,
    /// The longest content in its curves.
    pub(crate) duration: MediaTime,
    pub(crate) retention: &'a Retention,
    pub(crate) falls: &'a [Fall],
    pub(crate) groups: Option<&'a GroupsCompared>,
}

type WriteTable = fn(&[Subject<'_>]) -> String;

/// The tables of findings and of what stands behind them, which are the same wherever titles are.
pub(crate) const TABLES: [(&str, WriteTable); 5] = [
    ("survival.csv", survival),
    ("findings.csv", findings),
    ("seeks.csv", seeks),
    ("chapters.csv", chapters),
    ("groups.csv", groups),
];

impl RetentionReport {
    /// Its tables, always the same files; those that were not asked for have no rows. Documented in `docs/retention.md` in the
    /// repository.
    pub fn to_csv(&self) -> Vec<CsvTable> {
        let subjects: Vec<Subject<'_>> = self.titles.iter().map(TitleRetention::subject).collect();
        let tables = [("curves.csv", curves as WriteTable)].into_iter().chain(TABLES);
        tables.map(|(file_name, write)| CsvTable { file_name, text: write(&subjects) }).collect()
    }
}

impl TitleRetention {
    fn subject(&self) -> Subject<'_> {
        Subject {
            content_id: &self.content_id,
            title: self.title.as_deref(),
            duration: self.duration_ms,
            retention: &self.retention,
            falls: &self.falls,
            groups: self.groups.as_ref(),
        }
    }
}

fn named<'a>(title: &Subject<'a>) -> impl Iterator<Item = Cell<'a>> + use<'a> {
    [Cell::Text(title.content_id), Cell::text(title.title)].into_iter()
}

fn curves(titles: &[Subject<'_>]) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "position_ms",
        "sessions",
        "reached",
        "share",
        "low",
        "high",
        "plays",
        "relative",
        "catalogue_p10",
        "catalogue_p25",
        "catalogue_p50",
        "catalogue_p75",
        "catalogue_p90",
    ]);
    for title in titles {
        let retention = title.retention;
        let catalogue = retention.catalogue.as_ref().filter(|beside| beside.bands.len() == retention.shares.len());
        for (point, share) in retention.shares.iter().enumerate() {
            let band = catalogue.and_then(|beside| beside.bands.get(point));
            let rank = catalogue.and_then(|beside| beside.ranks.get(point));
            sheet.row(named(title).chain([
                Cell::of(retention.positions_ms[point]),
                Cell::of(retention.sessions),
                Cell::of(retention.reached[point]),
                Cell::of(share),
                Cell::some(retention.low.get(point)),
                Cell::some(retention.high.get(point)),
                Cell::some(retention.plays.get(point)),
                Cell::some(rank.map(|rank| rank.as_f64())),
                Cell::some(band.map(|band| band.p10)),
                Cell::some(band.map(|band| band.p25)),
                Cell::some(band.map(|band| band.p50)),
                Cell::some(band.map(|band| band.p75)),
                Cell::some(band.map(|band| band.p90)),
            ]));
        }
    }
    sheet.finish()
}

fn survival(titles: &[Subject<'_>]) -> String {
    let mut sheet = Sheet::new(["content_id", "title", "position_ms", "stays", "low", "high"]);
    for title in titles {
        if let Some(survival) = &title.retention.survival {
            for (step, share) in survival.shares.iter().enumerate() {
                sheet.row(named(title).chain([
                    Cell::of(survival.positions_ms[step].as_millis()),
                    Cell::of(share),
                    Cell::some(survival.low[step]),
                    Cell::some(survival.high[step]),
                ]));
            }
        }
    }
    sheet.finish()
}

fn findings(titles: &[Subject<'_>]) -> String {
    let mut sheet =
        Sheet::new(["content_id", "title", "finding", "start_ms", "end_ms", "rate", "expected", "lift", "p"]);
    for title in titles {
        let retention = title.retention;
        let mut row = |finding: &'static str, start: u64, end: u64, numbers: [Option<f64>; 4]| {
            let cells = [Cell::name(finding), Cell::of(start), Cell::of(end)];
            sheet.row(named(title).chain(cells).chain(numbers.map(Cell::some)));
        };
        for drop in &retention.drop_offs {
            let finding = if drop.in_credits { "drop-off in the credits" } else { "drop-off" };
            let lift = (drop.expected > 0.0).then(|| drop.hazard / drop.expected);
            let numbers = [Some(drop.hazard), Some(drop.expected), lift, Some(drop.p)];
            row(finding, drop.start.as_millis(), drop.end.as_millis(), numbers);
        }
        if let Some(credits) = &retention.credits {
            let numbers = [Some(credits.hazard_in), Some(credits.hazard_before), None, None];
            row("credits", credits.start.as_millis(), title.duration.as_millis(), numbers);
        }
        for again in &retention.rewatched {
            let expected = again.lift.map(|lift| again.again / lift);
            let numbers = [Some(again.again), expected, again.lift, Some(again.p)];
            row("watched again", again.part.start.as_millis(), again.part.end.as_millis(), numbers);
        }
        for skipped in &retention.skipped {
            let finding = if skipped.is_intro { "intro" } else { "skipped" };
            let expected = skipped.lift.map(|lift| skipped.skipped / lift);
            let numbers = [Some(skipped.skipped), expected, skipped.lift, Some(skipped.p)];
            row(finding, skipped.part.start.as_millis(), skipped.part.end.as_millis(), numbers);
        }
        for fall in title.falls {
            let before = retention.positions_ms[fall.point.saturating_sub(1)];
            row("fall", before, fall.position.as_millis(), [Some(fall.by.as_f64()), None, None, None]);
        }
    }
    sheet.finish()
}

fn seeks(titles: &[Subject<'_>]) -> String {
    let mut sheet = Sheet::new(["content_id", "title", "from_part", "to_part", "parts", "seeks"]);
    for title in titles {
        if let Some(seeks) = &title.retention.seeks {
            for (from, row) in seeks.rows.iter().enumerate() {
                for (to, count) in row.iter().enumerate().filter(|(_, count)| **count > 0) {
                    let cells = [Cell::of(from), Cell::of(to), Cell::of(seeks.rows.len()), Cell::of(count)];
                    sheet.row(named(title).chain(cells));
                }
            }
        }
    }
    sheet.finish()
}

fn chapters(titles: &[Subject<'_>]) -> String {
    let mut sheet = Sheet::new([
        "content_id",
        "title",
        "chapter",
        "start_ms",
        "end_ms",
        "sessions",
        "entered",
        "completed",
        "completed_low",
        "completed_high",
        "average_completion",
        "average_completion_low",
        "average_completion_high",
        "exits",
    ]);
    for title in titles {
        for chapter in &title.retention.chapters {
            let (completed, average) = (chapter.completed.interval, chapter.average_completion_interval);
            sheet.row(named(title).chain([
                Cell::Text(&chapter.title),
                Cell::of(chapter.start_ms.as_millis()),
                Cell::some(chapter.end_ms.map(audience_core::MediaTime::as_millis)),
                Cell::of(chapter.entered.of),
                Cell::of(chapter.entered.sessions),
                Cell::of(chapter.completed.sessions),
                Cell::some(completed.map(|interval| interval.low)),
                Cell::some(completed.map(|interval| interval.high)),
                Cell::some(chapter.average_completion.map(Ratio::as_f64)),
                Cell::some(average.map(|interval| interval.low)),
                Cell::some(average.map(|interval| interval.high)),
                Cell::of(chapter.exits.sessions),
            ]));
        }
    }
    sheet.finish()
}

fn groups(titles: &[Subject<'_>]) -> String {
    let by = titles.iter().find_map(|title| title.groups).map_or(&[][..], |groups| &groups.by[..]);
    let head = ["content_id", "title"].into_iter().chain(by.iter().map(String::as_str));
    let columns = ["point", "sessions", "share", "low", "high", "difference", "difference_low", "difference_high"];
    let mut sheet = Sheet::new(head.chain(columns));
    for title in titles {
        for group in title.groups.into_iter().flat_map(|groups| &groups.groups) {
            for (point, share) in group.shares.iter().enumerate() {
                let values = group.values.iter().map(|value| Cell::text(value.as_deref()));
                sheet.row(named(title).chain(values).chain([
                    Cell::of(point),
                    Cell::of(group.sessions),
                    Cell::of(share),
                    Cell::some(group.low.get(point)),
                    Cell::some(group.high.get(point)),
                    Cell::some(group.difference.get(point)),
                    Cell::some(group.difference_low.get(point)),
                    Cell::some(group.difference_high.get(point)),
                ]));
            }
        }
    }
    sheet.finish()
}
