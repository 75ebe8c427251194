//! What text and pages say alike.

use super::findings::{GroupRow, GroupTable, GroupsFindings};
use super::report::GroupsReport;
use crate::format;

/// What groups are by, as it is in telemetry.
pub(crate) fn by(table: &GroupTable) -> String {
    match table.by.as_slice() {
        [] => "all sessions".to_owned(),
        by => by.join(" and "),
    }
}

/// How many viewers and sessions there are; `None` when that may not be said.
pub(crate) fn size(report: &GroupsReport) -> Option<String> {
    let total = report.findings.table.total.as_ref()?;
    let viewers = viewers(&report.findings, total.viewers);
    let sessions = report.sessions?;
    let sessions = format::sessions(sessions, report.sessions_read.unwrap_or(sessions));
    let order = report.findings.order_by.words();
    let order = if report.findings.table.rows.len() > 1 { format!("; most {order} first") } else { String::new() };
    Some(format!("{viewers}, {sessions}{order}"))
}

fn viewers(findings: &GroupsFindings, viewers: u64) -> String {
    let about = if findings.viewers_standard_error.is_some() { "about " } else { "" };
    format!("{about}{}", format::things(viewers, "viewer", "viewers"))
}

/// The value of a group in one dimension, as it is in telemetry, or the name of the title.
pub(crate) fn value<'a>(table: &GroupTable, row: &'a GroupRow, at: usize) -> &'a str {
    let title = row.title.as_deref().filter(|_| table.by.get(at).is_some_and(|by| by == "content"));
    let value = row.values.get(at).and_then(Option::as_deref);
    title.or(value).unwrap_or("(none)")
}

/// What the row of all others is called, with their number; `None` where it is the same as the total, or there is none.
pub(crate) fn other(table: &GroupTable) -> Option<String> {
    let shown = table.other.is_some() && !table.rows.is_empty();
    shown.then(|| format!("all other ({})", format::count(table.other_groups as u64)))
}

/// Why there are no rows, where there are none.
pub(crate) fn nothing(table: &GroupTable, min_viewers: u64) -> Option<String> {
    if !table.rows.is_empty() || table.groups == 0 || table.too_few == 0 {
        return None;
    }
    let (few, groups) = (format::count(min_viewers), format::things(table.groups as u64, "group", "groups"));
    Some(match (&table.total, table.groups) {
        (None, 1) => format!("The only group has fewer than {few} viewers: nothing is shown."),
        (None, _) => format!("The {groups} together have fewer than {few} viewers: nothing is shown."),
        (Some(_), of) if of == table.too_few => {
            format!("None of the {groups} has {few} viewers or more: only all together are shown.")
        }
        (Some(_), _) => {
            format!(
                "No group can be shown without telling of those with fewer than {few} viewers: only all together are."
            )
        }
    })
}

/// Which groups are not shown because they are about too few viewers, where some are.
pub(crate) fn hidden(table: &GroupTable, min_viewers: u64) -> Option<String> {
    if table.too_few == 0 || table.rows.is_empty() {
        return None;
    }
    let few = table.too_few as u64;
    let (have, they) = if few == 1 { ("has", "it is") } else { ("have", "they are") };
    let place = if table.other.is_some() { ", only among all other" } else { "" };
    let it = if few == 1 { "it" } else { "they" };
    let protecting = match table.protecting as u64 {
        0 => String::new(),
        more => format!(
            " {} kept back as well: {it} could be worked out otherwise.",
            format::things(more, "more is", "more are")
        ),
    };
    let groups = format::things(few, "group", "groups");
    let min_viewers = format::count(min_viewers);
    Some(format!("{groups} {have} fewer than {min_viewers} viewers: {they} not shown{place}.{protecting}"))
}

/// How to read the figures.
pub(crate) fn caveats(findings: &GroupsFindings) -> Vec<String> {
    let table = &findings.table;
    let mut sentences = Vec::new();
    if table.groups > 1 && !table.rows.is_empty() {
        sentences.push(
            "Viewers do not add up: one who is in several groups counts in each, and once in all together.".to_owned(),
        );
    }
    if let Some(error) = findings.viewers_standard_error {
        sentences.push(format!("Numbers of viewers are estimates, with a standard error of {:.1} %.", error * 100.0));
    }
    let unknown = table.total.as_ref().map_or(0, |total| total.of.unknown_viewer);
    if unknown > 0 {
        let sessions =
            format::things(unknown, "session names no viewer and counts", "sessions name no viewer and count");
        sentences.push(format!("{sessions} for none."));
    }
    if findings.versus.is_some() {
        sentences.extend(changes(findings));
    }
    if findings.min_viewers > 1 && !findings.rollups.is_empty() {
        sentences.push(
            "Each table is protected by itself: what is not shown in one may follow from the difference to another."
                .to_owned(),
        );
    }
    sentences
}

fn changes(findings: &GroupsFindings) -> Vec<String> {
    if findings.versus.as_ref().is_some_and(|versus| versus.empty) {
        return vec!["There is no session to compare with.".to_owned()];
    }
    let few = match findings.min_viewers {
        0 | 1 => String::new(),
        few => format!(", or where that would tell of fewer than {} viewers", format::count(few)),
    };
    let mut sentences = vec![format!("There is no change of a group that was not there before{few}.")];
    let gone = findings.table.gone.unwrap_or(0) as u64;
    if gone > 0 {
        let groups = format::things(gone, "group that was there before is", "groups that were there before are");
        sentences.push(format!("{groups} not there now."));
    }
    if findings.versus.as_ref().is_some_and(|versus| versus.overlaps) {
        sentences.push("Some sessions are on both sides of the comparison.".to_owned());
    }
    sentences
}
