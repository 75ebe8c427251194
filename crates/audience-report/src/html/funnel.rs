//! Funnels, as a page.

use audience_cohort::MilestoneReading;

use super::markup::Markup;
use super::page::topic;
use super::plot::{self, Level};
use super::table::{Cell, Column, Table};
use crate::cohorts::Rate;
use crate::cohorts::words::interval;
use crate::experiment::words::probability;
use crate::format::{self, NONE};
use crate::funnel::{
    EventFindings, FunnelGroup, FunnelGroups, FunnelReport, MilestoneAt, PositionFindings, PositionGroups, words,
};

/// A page of nothing else.
pub(super) fn write_page(report: &FunnelReport) -> Markup {
    let of = format::sessions(report.sessions, report.sessions_read);
    topic("How far they come", &of, None, |out| {
        if let Some(events) = &report.findings.events {
            out.element("section", &[("id", &"steps")], |out| {
                out.leaf("h2", &[], "Through steps");
                write_events(out, events, report.findings.min_units);
            });
            out.line();
        }
        if let Some(positions) = &report.findings.positions {
            out.element("section", &[("id", &"milestones")], |out| {
                out.leaf("h2", &[], "Past places in the content");
                write_positions(out, positions, report.findings.min_units);
            });
            out.line();
        }
    })
}

fn number(count: u64) -> Cell {
    Cell::Number(format::count(count), Some(count as f64))
}

fn share(rate: Option<f64>) -> Cell {
    Cell::Number(format::share(rate), rate)
}

fn rate(rate: Option<Rate>) -> Cell {
    share(rate.and_then(|rate| rate.rate))
}

fn within(rate: Option<Rate>) -> Cell {
    Cell::Text(rate.map_or(NONE.to_owned(), interval))
}

fn value(value: Option<&str>) -> Cell {
    match value {
        Some(name) => Cell::Name(name.to_owned(), None),
        None => Cell::Text("(none)".to_owned()),
    }
}

fn muted(out: &mut Markup, text: &str) {
    out.leaf("p", &[("class", &"muted")], text);
    out.line();
}

fn list(out: &mut Markup, class: &'static str, sentences: impl IntoIterator<Item = String>) {
    out.element("ul", &[("class", &class)], |out| {
        for sentence in sentences {
            out.leaf("li", &[], sentence);
        }
    });
    out.line();
}

/// A heading with the name of an attribute in it.
fn heading(out: &mut Markup, before: &str, name: &str, after: &str) {
    out.element("h3", &[], |out| {
        out.text(before);
        out.name(name);
        out.text(after);
    });
}

fn write_events(out: &mut Markup, findings: &EventFindings, least: u64) {
    let notices = words::notices(findings);
    if !notices.is_empty() {
        out.element("p", &[("class", &"notice care")], |out| {
            for notice in &notices {
                out.text(notice);
                out.text(" ");
            }
        });
        out.line();
    }
    let level = |row: &crate::funnel::FunnelStepRow| Level {
        name: words::step(findings, row.step).to_owned(),
        note: words::step_limit(findings, row.step),
        reached: row.reached,
        from_start: row.from_start,
        from_previous: row.from_previous,
    };
    let levels: Vec<Level> = findings.all.steps.iter().map(level).collect();
    let note = format!("of {}: {}", words::units(findings.per, findings.all.units), words::order(findings));
    let lost = words::most_lost(findings, &findings.all);
    let description = lost.clone().unwrap_or_else(|| "Nobody is lost.".to_owned());
    plot::write_funnel(out, ["Steps", &note, &description], &levels, steps(findings));
    let entered = findings.all.entered.map(|entered| {
        let units = words::unit_column(findings.per).to_lowercase();
        format!("{} of all {units} came to the first step, {}.", format::share(entered.rate), words::step(findings, 1))
    });
    let takes = findings.all.time.as_ref().map(|time| words::takes(findings, time));
    list(out, "sentences", entered.into_iter().chain(lost).chain(takes));
    if let Some(by) = &findings.by {
        let first = if findings.per == "viewer" { " at the first session" } else { "" };
        heading(out, "By ", &by.attribute, first);
        if !by.groups.is_empty() {
            groups(findings, by).write(out);
        }
        let notes = [words::left_out(by.too_few, by.omitted, least), words::mixed(findings, by)];
        notes.iter().flatten().for_each(|note| muted(out, note));
    }
    write_times(out, findings);
    if let Some(by) = findings.by.as_ref().filter(|by| by.comparisons.iter().any(|group| !group.steps.is_empty())) {
        heading(out, "Beside ", words::value(by.baseline.as_deref()), "");
        differences(findings, by).write(out);
        muted(out, &words::differences(by));
        if by.comparisons.iter().any(|group| group.times.is_some()) {
            heading(out, "Takes longer than ", words::value(by.baseline.as_deref()), "");
            longer(by).write(out);
            muted(out, &words::longer(words::value(by.baseline.as_deref())));
        }
    }
    muted(out, &words::counted(findings));
    muted(out, words::independence(findings.per));
}

fn steps(findings: &EventFindings) -> Table {
    let row = |row: &crate::funnel::FunnelStepRow| {
        vec![
            Cell::Name(words::step(findings, row.step).to_owned(), None),
            Cell::Text(words::step_limit(findings, row.step)),
            number(row.reached),
            number(row.lost),
            rate(row.from_previous),
            within(row.from_previous),
            rate(row.from_start),
            within(row.from_start),
        ]
        .into()
    };
    Table {
        caption: "How many come to each step".to_owned(),
        file: "funnel".into(),
        columns: vec![
            Column::text("Step").raw("name"),
            Column::text("Limit").raw("limit"),
            Column::number(words::unit_column(findings.per), "That came to the step").raw("reached"),
            Column::number("Lost", "That came to the step before, and not to this one").raw("lost"),
            Column::number("From previous", "Of those that came to the step before").raw("from_previous"),
            Column::text("95 %").raw("from_previous_interval"),
            Column::number("From start", "Of those that came to the first step").raw("from_start"),
            Column::text("95 %").raw("from_start_interval"),
        ],
        rows: findings.all.steps.iter().map(row).collect(),
        sortable: false,
    }
}

fn groups(findings: &EventFindings, by: &FunnelGroups) -> Table {
    let row = |group: &FunnelGroup| {
        let reached = group.steps.first().map_or(0, |step| step.reached);
        let rates = group.steps.iter().skip(1).map(|step| rate(step.from_start));
        [value(group.value.as_deref()), number(group.units), number(reached)]
            .into_iter()
            .chain(rates)
            .collect::<Vec<_>>()
            .into()
    };
    let first = Column::number(words::step(findings, 1), "That came to the first step");
    let others = (2..=findings.asked_steps.len())
        .map(|step| Column::number(words::step(findings, step), "Of those that came to the first step"));
    let units = Column::number(words::unit_column(findings.per), "Also those without any step").raw("units");
    Table {
        caption: format!("How far they come, by {}", by.attribute),
        file: "funnel-groups".into(),
        columns: [Column::text("Value").raw("value"), units, first].into_iter().chain(others).collect(),
        rows: by.groups.iter().map(row).collect(),
        sortable: true,
    }
}

/// How long it takes to come through all steps.
fn write_times(out: &mut Markup, findings: &EventFindings) {
    let groups = findings.by.iter().flat_map(|by| &by.groups);
    let timed: Vec<(Cell, &crate::funnel::TimeFindings)> =
        std::iter::once((Cell::Text("all".to_owned()), findings.all.time.as_ref()))
            .chain(groups.map(|group| (value(group.value.as_deref()), group.time.as_ref())))
            .filter_map(|(name, time)| Some((name, time?)))
            .collect();
    let reach = timed.iter().map(|(_, time)| time.p95_ms).fold(0.0, f64::max);
    if timed.is_empty() {
        return;
    }
    let time = |millis: f64| Cell::Number(words::time(millis), Some(millis));
    let row = |(name, found): (Cell, &crate::funnel::TimeFindings)| {
        let [p25, p50, p75, p95] = found.drawn();
        let drawn = Cell::Drawing(plot::quantiles(found.drawn(), reach));
        vec![name, number(found.units), drawn, time(p25), time(p50), time(p75), time(p95)].into()
    };
    let table = Table {
        caption: "How long it takes to come through all steps".to_owned(),
        file: "funnel-times".into(),
        columns: vec![
            Column::text("Of").raw("value"),
            Column::number("Came through", "Each with the shortest time in which it did").raw("units"),
            Column::drawing("0 to the longest p95", "The middle half with the median, and a line to p95"),
            Column::number("A quarter in", "Took no longer").raw("p25_ms"),
            Column::number("Half in", "The median").raw("p50_ms"),
            Column::number("Three quarters in", "Took no longer").raw("p75_ms"),
            Column::number("95 % in", "All but a twentieth took no longer").raw("p95_ms"),
        ],
        rows: timed.into_iter().map(row).collect(),
        sortable: false,
    };
    out.leaf("h3", &[], "How long it takes to come through");
    table.write(out);
}

fn differences(findings: &EventFindings, by: &FunnelGroups) -> Table {
    let steps = || by.comparisons.iter().flat_map(|group| &group.steps);
    let reach = steps().map(|step| step.low.abs().max(step.high.abs())).fold(0.0, f64::max);
    let rows = by.comparisons.iter().flat_map(|group| {
        group.steps.iter().map(|step| {
            let drawing =
                if reach > 0.0 { plot::interval(step.difference, step.low, step.high, reach) } else { Markup::new() };
            vec![
                value(group.value.as_deref()),
                Cell::Name(words::step(findings, step.step).to_owned(), None),
                share(Some(step.rate)),
                share(Some(step.baseline_rate)),
                Cell::Number(format::points(Some(step.difference)), Some(step.difference)),
                Cell::Drawing(drawing),
                Cell::Text(format::points_between(Some(step.low), Some(step.high))),
                Cell::Number(probability(step.p), Some(step.p.value())),
                Cell::Number(probability(step.adjusted_p), Some(step.adjusted_p.value())),
            ]
            .into()
        })
    });
    let baseline = words::value(by.baseline.as_deref());
    Table {
        caption: format!("How far they come, beside {baseline}"),
        file: "funnel-comparison".into(),
        columns: vec![
            Column::text("Value").raw("value"),
            Column::text("Step").raw("name"),
            Column::number("Here", "Of those that came to the first step").raw("rate"),
            Column::number(baseline, "The same of what it is compared with").raw("baseline_rate"),
            Column::number("Difference", "In percentage points").raw("difference"),
            Column::drawing("With its interval", "95 %, of this difference alone; the line is no difference"),
            Column::text("95 %").raw("interval"),
            Column::number("p", "Of so much or more if there is no difference").raw("p"),
            Column::number("Adjusted", "By Holm, for all rows of this table").raw("adjusted_p"),
        ],
        rows: rows.collect(),
        sortable: false,
    }
}

/// Which group takes longer.
fn longer(by: &FunnelGroups) -> Table {
    let rows = by.comparisons.iter().filter_map(|group| {
        let (times, own) = (group.times.as_ref()?, by.group(group.value.as_deref())?.time.as_ref()?);
        let drawn = plot::share_interval(times.longer, times.low.zip(times.high));
        Some(
            vec![
                value(group.value.as_deref()),
                Cell::Number(words::time(own.p50_ms), Some(own.p50_ms)),
                share(Some(times.longer)),
                Cell::Drawing(drawn),
                Cell::Text(words::longer_interval(times)),
                Cell::Number(probability(times.p), Some(times.p.value())),
            ]
            .into(),
        )
    });
    Table {
        caption: format!("Which groups take longer than {}", words::value(by.baseline.as_deref())),
        file: "funnel-longer".into(),
        columns: vec![
            Column::text("Value").raw("value"),
            Column::number("Median time", "To come through all steps").raw("p50_ms"),
            Column::number("Longer", "The probability that one of the group takes longer").raw("longer"),
            Column::drawing("0 to 100 %", "The probability with its interval"),
            Column::text("95 %").raw("interval"),
            Column::number("p", "Of so much or more if neither takes longer").raw("p"),
        ],
        rows: rows.collect(),
        sortable: false,
    }
}

fn write_positions(out: &mut Markup, findings: &PositionFindings, least: u64) {
    let rows = || findings.all.milestones.iter().zip(&findings.milestones);
    let level = |(row, at): (&crate::funnel::MilestoneRow, &MilestoneAt)| Level {
        name: words::milestone(*at),
        note: String::new(),
        reached: row.by(findings.reading),
        from_start: row.from_start,
        // By some readings others come to one than went on from the one before.
        from_previous: row.from_previous.filter(|_| findings.reading != MilestoneReading::Each),
    };
    let levels: Vec<Level> = rows().map(level).collect();
    let reading = words::reading(findings.reading).to_lowercase();
    let note = format!(
        "of {}, {reading}: {}",
        words::units(findings.per, findings.all.units),
        words::meaning(findings.reading)
    );
    plot::write_funnel(out, ["Milestones", &note, &words::meanings()], &levels, milestones(findings));
    out.leaf("h3", &[], "The same by each reading");
    readings(findings).write(out);
    list(
        out,
        "sentences muted",
        MilestoneReading::ALL.map(|of| format!("{}: {}.", words::reading(of), words::meaning(of))),
    );
    if let Some(by) = &findings.by {
        heading(out, "By ", &by.attribute, "");
        if !by.groups.is_empty() {
            position_groups(findings, by).write(out);
        }
        if let Some(note) = words::left_out(by.too_few, by.omitted, least) {
            muted(out, &note);
        }
    }
    for caveat in words::caveats(findings) {
        muted(out, &caveat);
    }
}

fn milestones(findings: &PositionFindings) -> Table {
    let rows = findings.all.milestones.iter().zip(&findings.milestones).map(|(row, at)| {
        vec![
            Cell::Text(words::milestone(*at)),
            number(row.by(findings.reading)),
            rate(row.from_previous),
            within(row.from_previous),
            rate(row.from_start),
            within(row.from_start),
        ]
        .into()
    });
    Table {
        caption: "How many come to each milestone".to_owned(),
        file: "funnel-positions".into(),
        columns: vec![
            Column::text("At").raw("milestone"),
            Column::number(words::unit_column(findings.per), words::meaning(findings.reading)).raw("reached"),
            Column::number("From previous", "Of those that came to the one before").raw("from_previous"),
            Column::text("95 %").raw("from_previous_interval"),
            Column::number("Of all", "Also those that played nothing").raw("from_start"),
            Column::text("95 %").raw("from_start_interval"),
        ],
        rows: rows.collect(),
        sortable: false,
    }
}

fn readings(findings: &PositionFindings) -> Table {
    let rows = findings.all.milestones.iter().zip(&findings.milestones).map(|(row, at)| {
        let counts = MilestoneReading::ALL.map(|reading| number(row.by(reading)));
        std::iter::once(Cell::Text(words::milestone(*at))).chain(counts).collect::<Vec<_>>().into()
    });
    let columns = MilestoneReading::ALL
        .map(|reading| Column::number(words::reading(reading), words::meaning(reading)).raw(reading.name()));
    Table {
        caption: "How many come to each milestone, by each reading".to_owned(),
        file: "funnel-readings".into(),
        columns: std::iter::once(Column::text("At").raw("milestone")).chain(columns).collect(),
        rows: rows.collect(),
        sortable: false,
    }
}

fn position_groups(findings: &PositionFindings, by: &PositionGroups) -> Table {
    let rows = by.groups.iter().map(|group| {
        let rates = group.milestones.iter().map(|row| rate(row.from_start));
        [value(group.value.as_deref()), number(group.units)].into_iter().chain(rates).collect::<Vec<_>>().into()
    });
    let units = Column::number(words::unit_column(findings.per), "Also those that played nothing").raw("units");
    let columns =
        findings.milestones.iter().map(|at| Column::number(words::milestone(*at), words::meaning(findings.reading)));
    Table {
        caption: format!("How far they come, by {}", by.attribute),
        file: "funnel-position-groups".into(),
        columns: [Column::text("Value").raw("value"), units].into_iter().chain(columns).collect(),
        rows: rows.collect(),
        sortable: true,
    }
}
