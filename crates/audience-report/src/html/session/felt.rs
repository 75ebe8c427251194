//! How the stream of one session felt.

use audience_qoe::{ExperienceScore, Score};

use super::capitalised;
use crate::format;
use crate::html::markup::Markup;
use crate::html::plot;
use crate::html::streams::in_words;
use crate::html::table::{Cell, Column, Table};
use crate::session::{SessionView, felt_rows};

pub(super) fn write(out: &mut Markup, view: &SessionView) {
    out.leaf("h3", &[], "Sums and quality of experience");
    let rows = view.sums().into_iter().chain(felt_rows(&view.facts));
    let table = Table {
        caption: "Sums and quality of experience".to_owned(),
        file: "experience".into(),
        columns: vec![Column::text("What"), Column::text("Found")],
        rows: rows.map(|(name, text)| vec![Cell::Text(capitalised(name)), Cell::Name(text, None)].into()).collect(),
        sortable: false,
    };
    table.write(out);
    match &view.scored.experience {
        Some(found) => write_index(out, found),
        None => out.leaf("p", &[("class", &"none")], "No score: nothing was played."),
    }
    write_others(out, view);
}

/// The index, and what each part took from it.
fn write_index(out: &mut Markup, found: &ExperienceScore) {
    out.leaf("h3", &[], format_args!("Experience index: {:.1} of 100", found.score));
    out.leaf(
        "p",
        &[("class", &"muted")],
        "A policy index, no MOS. What is not known costs nothing; the points add up to what is missing to 100.",
    );
    let mut parts: Vec<_> = found.parts.iter().collect();
    parts.sort_by(|a, b| {
        let points = |part: &audience_qoe::ScorePart| part.cost.map_or(-1.0, |cost| cost.points);
        points(b).total_cmp(&points(a))
    });
    let row = |part: &audience_qoe::ScorePart| {
        let drawing = part.cost.map_or_else(Markup::new, |cost| plot::bar(cost.points / 100.0));
        let points = match part.cost {
            None => "not known".to_owned(),
            Some(cost) if cost.points > 0.0 && cost.points < 0.05 => "less than 0.1".to_owned(),
            Some(cost) => format!("{:.1}", cost.points),
        };
        vec![
            Cell::Text(capitalised(part.impairment.name())),
            Cell::Number(points, part.cost.map(|cost| cost.points)),
            Cell::Drawing(drawing),
        ]
        .into()
    };
    let table = Table {
        caption: "What the experience index lost".to_owned(),
        file: "index".into(),
        columns: vec![
            Column::text("Part"),
            Column::number("Points lost", "Its share of what is missing to 100").raw("points"),
            Column::drawing("Of 100", "The points as a share of 100"),
        ],
        rows: parts.into_iter().map(row).collect(),
        sortable: false,
    };
    table.write(out);
}

/// The scores of others that are known.
fn write_others(out: &mut Markup, view: &SessionView) {
    let others = Score::ALL.into_iter().filter(|score| *score != Score::Experience);
    let known = others.filter_map(|score| Some((score, (*view.scored.scores.get(score))?)));
    let rows: Vec<_> = known
        .map(|(score, value)| {
            let (name, range, about) = in_words(score);
            vec![
                Cell::Text(name.to_owned()),
                Cell::Number(format!("{value:.1}"), Some(value)),
                Cell::Text(range.to_owned()),
                Cell::Text(about.to_owned()),
            ]
            .into()
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    let table = Table {
        caption: "Other scores".to_owned(),
        file: "scores".into(),
        columns: vec![
            Column::text("Score"),
            Column::number("Value", "More is better in all").raw("value"),
            Column::text("Range"),
            Column::text("About"),
        ],
        rows,
        sortable: false,
    };
    out.leaf("h3", &[], "Other scores");
    out.leaf(
        "p",
        &[("class", &"muted")],
        format_args!("{}. More is better in all; none is an opinion of this viewer.", scores(view)),
    );
    table.write(out);
}

/// `6 of 8 are known`.
fn scores(view: &SessionView) -> String {
    let others = Score::ALL.into_iter().filter(|score| *score != Score::Experience);
    let (known, all) = others
        .fold((0, 0), |(known, all), score| (known + u64::from(view.scored.scores.get(score).is_some()), all + 1));
    format!("{} of {} are known", format::count(known), format::count(all))
}
