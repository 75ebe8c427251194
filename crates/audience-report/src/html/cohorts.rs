//! Who comes back, and a page of it alone.

use super::markup::Markup;
use super::page::topic;
use super::plot;
use super::table::{Cell, Column, Table};
use crate::cohorts::{CohortRow, CohortsFindings, CohortsReport, OffsetRow, words};
use crate::format::{self, NONE};

/// A page of nothing else.
pub(super) fn write_page(report: &CohortsReport) -> Markup {
    let viewers = format::things(report.findings.viewers, "viewer", "viewers");
    let of = format!("{viewers}, {}", format::sessions(report.sessions, report.sessions_read));
    topic("Who comes back", &of, Some(&report.asked.time_zone), |out| {
        out.element("section", &[("id", &"cohorts")], |out| {
            out.leaf("h2", &[("class", &"hidden")], "Who comes back");
            write_parts(out, &report.findings);
        });
    })
}

/// The section of a report.
pub(super) fn write(out: &mut Markup, findings: &CohortsFindings) {
    out.element("section", &[("id", &"cohorts")], |out| {
        out.leaf("h2", &[], "Who comes back");
        write_parts(out, findings);
    });
    out.line();
}

fn write_parts(out: &mut Markup, findings: &CohortsFindings) {
    matrix(out, findings);
    plot::write_returns(out, findings);
    if !findings.days.is_empty() {
        out.leaf("h3", &[], "Days after the first visit");
        days(findings).write(out);
    }
    if let Some(by) = &findings.by {
        out.element("h3", &[], |out| {
            out.text("By ");
            out.name(&by.attribute);
            out.text(" at the first visit");
        });
        groups(findings).write(out);
        if by.omitted > 0 {
            let more = format::things(by.omitted as u64, "more value", "more values");
            out.leaf("p", &[("class", &"muted")], format_args!("and {more} not shown."));
        }
    }
    if let Some(returns) = &findings.returns {
        out.leaf("h3", &[], "How long viewers stay away");
        out.leaf("p", &[], words::returned(returns));
        silence(findings).write(out);
    }
    out.leaf("h3", &[], "On how many days viewers came");
    frequency(findings).write(out);
    out.leaf("h3", &[], "Who is still there");
    match (&findings.model, &findings.no_model) {
        (Some(model), _) => {
            alive(findings).write(out);
            let once = format::things(model.once, "viewer", "viewers");
            let sentence = format!("{once} came on one day only, and are in no row. {}", words::model(model));
            out.leaf("p", &[("class", &"muted")], sentence);
        }
        (None, why) => out.leaf("p", &[], format_args!("No model: {}.", why.as_deref().unwrap_or(NONE))),
    }
    out.element("ul", &[("class", &"sentences muted")], |out| {
        for sentence in words::caveats(findings) {
            out.leaf("li", &[], sentence);
        }
    });
}

/// The most columns of the matrix.
const COLUMNS: usize = 32;

/// Cohorts as rows, periods since as columns, the part that came as shades.
fn matrix(out: &mut Markup, findings: &CohortsFindings) {
    let period = findings.period;
    let longest = findings.cohorts.iter().map(|row| row.active.len()).max().unwrap_or(0);
    let offsets = longest.clamp(1, COLUMNS);
    // Shades say how the cells differ from each other: the first, which is always full, aside.
    let most =
        findings.cohorts.iter().flat_map(|row| (1..offsets).filter_map(|at| row.rate(at)?.rate)).fold(0.0, f64::max);
    let class = |rate: f64| {
        let shade = if most > 0.0 { (rate / most * 8.0).ceil() } else { 0.0 };
        if shade < 1.0 { "" } else { plot::SHADES[(shade as usize).min(plot::SHADES.len()) - 1] }
    };
    out.element("figure", &[("class", &"plot")], |out| {
        out.element("figcaption", &[], |out| {
            out.leaf("strong", &[], format_args!("By {period} of the first visit"));
            out.text(" ");
            out.leaf("span", &[("class", &"muted")], words::cells(period));
        });
        out.element(
            "div",
            &[("class", &"scroll"), ("tabindex", &0), ("role", &"region"), ("aria-label", &"Cohorts")],
            |out| {
                out.element("table", &[("class", &"matrix"), ("data-file", &"cohorts")], |out| {
                    out.leaf(
                        "caption",
                        &[("class", &"hidden")],
                        format_args!("Viewers by the {period} of their first visit"),
                    );
                    out.element("thead", &[], |out| {
                        out.element("tr", &[], |out| {
                            out.leaf("th", &[("scope", &"col")], period);
                            out.leaf("th", &[("scope", &"col")], "viewers");
                            for offset in 1..offsets {
                                out.leaf("th", &[("scope", &"col")], format_args!("+{offset}"));
                            }
                        });
                    });
                    out.line();
                    out.element("tbody", &[], |out| {
                        for row in &findings.cohorts {
                            out.element("tr", &[], |out| write_row(out, row, offsets, findings.min_viewers, class));
                            out.line();
                        }
                        out.element("tr", &[], |out| {
                            out.leaf("th", &[("scope", &"row")], "all");
                            out.leaf("td", &[], format::count(findings.viewers - findings.viewers_before));
                            for offset in 1..offsets {
                                let average = findings.averages.get(offset).map(|row| row.came);
                                let help = average.map_or(String::new(), |came| {
                                    format!(
                                        "{} of {}, {}",
                                        format::count(came.count),
                                        format::count(came.of),
                                        words::interval(came)
                                    )
                                });
                                let text = average.map_or(String::new(), |came| words::percent(came.rate));
                                out.leaf("td", &[("title", &help)], text);
                            }
                        });
                    });
                });
            },
        );
        if longest > offsets {
            let more = format::things((longest - offsets) as u64, "later column is", "later columns are");
            out.leaf("p", &[("class", &"muted")], format_args!("{more} in the tables of --csv and in JSON."));
        }
    });
    out.line();
}

fn write_row(out: &mut Markup, row: &CohortRow, offsets: usize, min_viewers: u64, class: impl Fn(f64) -> &'static str) {
    let begun = if row.complete { "" } else { "*" };
    out.leaf("th", &[("scope", &"row")], format_args!("{}{begun}", row.start));
    out.leaf("td", &[], row.size.map_or_else(|| format!("< {min_viewers}"), format::count));
    for offset in 1..offsets {
        let Some(came) = row.rate(offset) else {
            out.leaf("td", &[], "");
            continue;
        };
        let star = if offset < row.over { "" } else { "*" };
        let rate = came.rate.unwrap_or_default();
        let help = format!("{} of {}, {}", format::count(came.count), format::count(came.of), words::interval(came));
        let text = format!("{:.0} %{star}", rate * 100.0);
        match class(rate) {
            "" => out.leaf("td", &[("title", &help)], text),
            class => out.leaf("td", &[("class", &class), ("title", &help)], text),
        }
    }
}

fn number(count: u64) -> Cell {
    Cell::Number(format::count(count), Some(count as f64))
}

fn share(share: Option<f64>) -> Cell {
    Cell::Number(format::share(share), share)
}

fn days(findings: &CohortsFindings) -> Table {
    let rows = findings.days.iter().map(|row| {
        let drawn = |rate: f64| plot::share_interval(rate, row.on_day.low.zip(row.on_day.high));
        vec![
            Cell::Text(format!("day {}", row.day)),
            number(row.on_day.of),
            share(row.on_day.rate),
            Cell::Drawing(row.on_day.rate.map(drawn).unwrap_or_default()),
            Cell::Text(words::interval(row.on_day)),
            share(row.within.rate),
            share(row.on_or_after.rate),
        ]
        .into()
    });
    Table {
        caption: "Who comes back some days after the first visit".to_owned(),
        file: "return-days".into(),
        columns: vec![
            Column::text("Day").raw("day"),
            Column::number("Viewers", "For whom that day is over").raw("eligible"),
            Column::number("On the day", "Came on that very day").raw("on_day"),
            Column::drawing("0 to 100 %", "The part that came on the day, with its interval"),
            Column::text("95 %"),
            Column::number("By then", "Came again up to that day").raw("within"),
            Column::number("On it or later", "Came on that day or after it").raw("on_or_after"),
        ],
        rows: rows.collect(),
        sortable: false,
    }
}

fn groups(findings: &CohortsFindings) -> Table {
    let Some(by) = &findings.by else { return Table::default() };
    let longest = by.values.iter().map(|value| value.averages.len()).max().unwrap_or(0).clamp(1, 9);
    let cell = |averages: &[OffsetRow], offset: usize| share(averages.get(offset).and_then(|row| row.came.rate));
    let rows = by.values.iter().map(|value| {
        let name = value.value.clone().unwrap_or_else(|| "(none)".to_owned());
        let cells = (1..longest).map(|offset| cell(&value.averages, offset));
        [Cell::Name(name, None), number(value.viewers)].into_iter().chain(cells).collect::<Vec<_>>().into()
    });
    let help = "The part that came so many periods after the first, of viewers for whom it is over";
    let columns = [Column::text("Value"), Column::number("Viewers", "By their first visit")];
    Table {
        caption: format!("Who comes back, by {}", by.attribute),
        file: "cohort-averages".into(),
        columns: columns.into_iter().chain((1..longest).map(|at| Column::number(format!("+{at}"), help))).collect(),
        rows: rows.collect(),
        sortable: true,
    }
}

fn silence(findings: &CohortsFindings) -> Table {
    let bands = findings.returns.iter().flat_map(|returns| &returns.silence);
    let row = |band: &crate::cohorts::SilenceBand| {
        vec![Cell::Text(words::silence(band)), number(band.viewers), share(band.back_in_a_week)].into()
    };
    Table {
        caption: "Viewers by how long they have been away".to_owned(),
        file: "silence".into(),
        columns: vec![
            Column::text("Away for").raw("away"),
            Column::number("Viewers now", "At the end of what was observed").raw("viewers"),
            Column::number("Back in a week", "Of those who had been away for so long, at any time")
                .raw("back_in_a_week"),
        ],
        rows: bands.map(row).collect(),
        sortable: false,
    }
}

fn frequency(findings: &CohortsFindings) -> Table {
    let watched: u128 = findings.frequency.iter().map(|band| band.watched_ms).sum();
    let part = |part: f64, of: f64| if of > 0.0 { Some(part / of) } else { None };
    let rows = findings.frequency.iter().map(|band| {
        let millis = u64::try_from(band.watched_ms).unwrap_or(u64::MAX);
        vec![
            Cell::Text(band.to_string()),
            number(band.viewers),
            share(part(band.viewers as f64, findings.viewers as f64)),
            Cell::Number(format::hours(millis), Some(millis as f64)),
            share(part(band.watched_ms as f64, watched as f64)),
        ]
        .into()
    });
    Table {
        caption: "Viewers by on how many days they came".to_owned(),
        file: "frequency".into(),
        columns: vec![
            Column::text("Days").raw("days"),
            Column::number("Viewers", "Who came on so many days").raw("viewers"),
            Column::number("Of all", "As a share of all viewers").raw("share"),
            Column::number("Watched", "Content played").raw("watched_ms"),
            Column::number("Of it all", "As a share of all that was watched").raw("watched_share"),
        ],
        rows: rows.collect(),
        sortable: false,
    }
}

fn alive(findings: &CohortsFindings) -> Table {
    let bands = findings.model.iter().flat_map(|model| &model.alive);
    let row = |band: &crate::cohorts::AliveBand| {
        let expected = band.expected_visit_days;
        vec![
            Cell::Text(format!("{:.0} to {:.0} %", band.from * 100.0, band.to * 100.0)),
            number(band.viewers),
            Cell::Number(format::count(expected.round().max(0.0) as u64), Some(expected)),
        ]
        .into()
    };
    let days = findings.model.as_ref().map_or(0, |model| model.expect_days);
    Table {
        caption: "Viewers by how likely they are still there".to_owned(),
        file: "still-there".into(),
        columns: vec![
            Column::text("Still there").raw("alive"),
            Column::number("Viewers", "Who came on more than one day").raw("viewers"),
            Column::number(format!("Days in the next {days}"), "Days with a visit expected of them")
                .raw("expected_visit_days"),
        ],
        rows: bands.map(row).collect(),
        sortable: false,
    }
}
