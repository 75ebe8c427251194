//! The section on engagement, and a page of it alone.

use super::markup::Markup;
use super::page::topic;
use super::plot;
use super::table::{Cell, Column, Table, file_names};
use crate::engagement::{EngagementFindings, EngagementReport, JourneyFindings, TitleEngagement, words};
use crate::format::{self, NONE};

/// A page of nothing else.
pub(super) fn write_page(report: &EngagementReport) -> Markup {
    let of = format::sessions(report.sessions, report.sessions_read);
    topic("Audience engagement", &of, Some(&report.asked.time_zone), |out| {
        out.element("section", &[("id", &"engagement")], |out| {
            out.leaf("h2", &[("class", &"hidden")], "How much viewers cared");
            write_parts(out, &report.findings);
        });
    })
}

/// The section of a report.
pub(super) fn write(out: &mut Markup, findings: &EngagementFindings) {
    out.element("section", &[("id", &"engagement")], |out| {
        out.leaf("h2", &[], "Engagement");
        write_parts(out, findings);
    });
    out.line();
}

fn write_parts(out: &mut Markup, findings: &EngagementFindings) {
    ranking(findings).write(out);
    if findings.titles_omitted > 0 {
        let more = format::things(findings.titles_omitted as u64, "more title", "more titles");
        out.leaf("p", &[("class", &"muted")], format_args!("and {more}."));
    }
    out.leaf("p", &[("class", &"muted")], words::how(findings));
    plot::write_days(out, &findings.daily);
    if let Some(found) = &findings.journeys {
        out.element("h3", &[], |out| {
            out.text("What led to conversions, by ");
            out.name(&found.of);
            out.text(" ");
            out.leaf("span", &[("class", &"muted")], words::conversions(found));
        });
        if !found.credits.is_empty() {
            journeys(found).write(out);
        }
    }
    out.leaf("h3", &[], "What parts of titles earned");
    let names = findings.titles.iter().map(|title| title.content_id.as_str());
    for (title, file) in findings.titles.iter().zip(file_names("segments", names)) {
        write_title(out, title, file);
    }
}

fn points(part: Option<f64>) -> Cell {
    Cell::Number(part.map_or(NONE.to_owned(), words::points), part.map(|part| 100.0 * part))
}

fn share(part: Option<f64>) -> Cell {
    Cell::Number(format::share(part), part)
}

fn ranking(findings: &EngagementFindings) -> Table {
    let row = |(name, title): (String, &TitleEngagement)| {
        let parts = &title.components;
        let drawn = title
            .score
            .map(|score| plot::share_interval(score, title.interval.map(|interval| (interval.low, interval.high))));
        vec![
            Cell::Name(name, None),
            Cell::Number(format::count(title.counts.views), Some(title.counts.views as f64)),
            points(title.score),
            Cell::Drawing(drawn.unwrap_or_default()),
            Cell::Text(title.interval.map_or(NONE.to_owned(), words::interval)),
            points(title.shrunk.map(|shrunk| shrunk.at_least)),
            share(parts.watch_time),
            share(parts.completion),
            share(parts.rewatch),
            points(parts.social),
            points(parts.skip_penalty),
        ]
        .into()
    };
    let titles = findings.titles.iter().map(|title| (title.name().to_owned(), title));
    // Of one title it is the same.
    let all = (findings.titles.len() > 1).then(|| ("All titles".to_owned(), &findings.all));
    Table {
        caption: "Titles by engagement".to_owned(),
        file: "engagement".into(),
        columns: vec![
            Column::text("Title"),
            Column::number("Views", "Sessions in which a frame was seen"),
            Column::number("Score", "0 to 100: how much viewers cared"),
            Column::drawing("0 to 100", "The score with its interval"),
            Column::text("95 %"),
            Column::number("At least", "What the score is at least, in view of all titles: the order of this table"),
            Column::number("Watched", "How much of the content was watched"),
            Column::number("Completed", "Views that played 90 % of it"),
            Column::number("Again", "Of what was watched, the part that was watched again"),
            Column::number("Social", "Likes, shares and comments, 0 to 100"),
            Column::number("Skips", "What skipping forward takes away before its weight, 0 to 100"),
        ],
        rows: titles.chain(all).map(row).collect(),
        sortable: true,
    }
}

fn journeys(found: &JourneyFindings) -> Table {
    let number = |credit: f64| Cell::Number(format!("{credit:.1}"), Some(credit));
    let rows = found.credits.iter().map(|credit| {
        let shares = [credit.first, credit.last, credit.linear, credit.time_decay, credit.position_based];
        std::iter::once(Cell::Name(credit.name.clone(), None)).chain(shares.map(number)).collect::<Vec<_>>().into()
    });
    Table {
        caption: "What led to conversions".to_owned(),
        file: "journeys".into(),
        columns: vec![
            Column::text("Touch"),
            Column::number("First", "Conversions, all credited to the first touch"),
            Column::number("Last", "To the last"),
            Column::number("Linear", "The same to each"),
            Column::number("Time decay", "Half as much for each week before the last"),
            Column::number("Position", "40 % to the first and to the last, the rest to those between"),
        ],
        rows: rows.collect(),
        sortable: false,
    }
}

fn write_title(out: &mut Markup, title: &TitleEngagement, file: String) {
    let Some(segments) = title.segments.as_ref().filter(|segments| !segments.watch_time.is_empty()) else { return };
    out.element("details", &[("class", &"numbers")], |out| {
        out.element("summary", &[], |out| {
            out.name(title.name());
            out.text(format_args!(": {}", words::placed(&segments.attribution)));
        });
        let credit = |shares: &[f64], at: usize| share(shares.get(at).copied());
        let rows = segments.attribution.segments.iter().enumerate().map(|(at, segment)| {
            vec![
                Cell::Name(words::segment(segment, at, segments.attribution.segments.len()), None),
                share(segment.reach().map(audience_core::Ratio::as_f64)),
                credit(&segments.watch_time, at),
                credit(&segments.position, at),
                credit(&segments.plays, at),
                credit(&segments.conversions, at),
            ]
            .into()
        });
        Table {
            caption: format!("What parts of {} earned", title.name()),
            file: file.into(),
            columns: vec![
                Column::text("Part"),
                Column::number("Reach", "Sessions that watched any of it"),
                Column::number("Watch time", "Its share in the content watched"),
                Column::number("By position", "The same, each moment weighted by how far into the content it is"),
                Column::number("Plays", "Its share in the content played, each pass counted"),
                Column::number("Conversions", "Its share in conversions, divided equally between parts watched"),
            ],
            rows: rows.collect(),
            sortable: false,
        }
        .write(out);
        if !title.similar.is_empty() {
            out.element("p", &[], |out| {
                out.text("Watched by the same viewers:");
                for (at, other) in title.similar.iter().enumerate() {
                    out.text(if at == 0 { " " } else { ", " });
                    out.name(other.title.as_deref().unwrap_or(&other.content_id));
                    out.leaf("span", &[("class", &"muted")], format_args!(" {:.2}", other.similarity));
                }
            });
        }
    });
    out.line();
}
