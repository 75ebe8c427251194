//! What text and pages say alike.

use super::findings::{CohortsFindings, Rate};
use super::returns::{ChurnModel, ReturnFindings, SilenceBand};
use crate::format::{self, NONE};

/// A share in whole percent.
pub(crate) fn percent(rate: Option<f64>) -> String {
    rate.map_or(NONE.to_owned(), |rate| format!("{:.0} %", rate * 100.0))
}

/// The interval of a share.
pub(crate) fn interval(rate: Rate) -> String {
    match rate.low.zip(rate.high) {
        Some((low, high)) => format!("{:.1} to {:.1} %", low * 100.0, high * 100.0),
        None => NONE.to_owned(),
    }
}

/// What is left out, and what is not known.
pub(crate) fn caveats(findings: &CohortsFindings) -> Vec<String> {
    let mut sentences =
        vec!["Who came before the data begin is taken for new: first visits are the first seen here.".to_owned()];
    let counts = findings.counts;
    let unknown = [
        (counts.unknown_viewer, "name no viewer"),
        (counts.not_started, "saw no frame"),
        (counts.after_the_end, "are after the end"),
        (counts.no_date, "are at a time without a date"),
    ];
    for (sessions, why) in unknown.into_iter().filter(|(sessions, _)| *sessions > 0) {
        let sessions = format::things(sessions, "session", "sessions");
        sentences.push(format!("{sessions} that {why} are left out."));
    }
    let hidden = findings.cohorts.iter().filter(|row| row.size.is_none()).count();
    if hidden > 0 {
        let few = format::things(hidden as u64, "cohort", "cohorts");
        sentences.push(format!("{few} of fewer than {} viewers are not shown.", findings.min_viewers));
    }
    if findings.viewers_before > 0 {
        let before = format::things(findings.viewers_before, "viewer", "viewers");
        sentences.push(format!("{before} came first before the periods that are listed."));
    }
    sentences
}

/// How soon viewers come a second time.
pub(crate) fn returned(returns: &ReturnFindings) -> String {
    let of = format::count(returns.viewers);
    let came = format::count(returns.returned);
    match returns.median_ms {
        Some(median) => {
            format!("{came} of {of} viewers came a second time; half come back within {}.", days(median))
        }
        None => format!("{came} of {of} viewers came a second time: less than half are seen to."),
    }
}

/// Milliseconds in days or hours.
fn days(millis: u64) -> String {
    let hours = millis as f64 / 3_600_000.0;
    if hours < 48.0 { format!("{hours:.1} hours") } else { format!("{:.1} days", hours / 24.0) }
}

/// Which viewers a band has.
pub(crate) fn silence(band: &SilenceBand) -> String {
    match band.to_days {
        None => format!("{} days or more", band.from_days),
        Some(1) => "less than a day".to_owned(),
        Some(to) => format!("{} to {to} days", band.from_days),
    }
}

/// What the model says of all.
pub(crate) fn model(model: &ChurnModel) -> String {
    let [r, alpha, a, b] = model.parameters.parameters();
    let fit = if model.converged { "" } else { " The likelihood was still rising: take it with care." };
    format!(
        "BG/NBD model: r {r:.3}, α {alpha:.3} days, a {a:.3}, b {b:.3}. In the next {} days it expects {} days with a visit from \
         the viewers known, and {:.2} more of a new one.{fit}",
        model.expect_days,
        format::count(model.expected_visit_days.round().max(0.0) as u64),
        model.expected_of_new
    )
}

/// What the note on cells is.
pub(crate) fn cells(period: &str) -> String {
    format!(
        "Of the viewers who came first in a {period}, the part that came again so many {period}s later. * is not over yet: more may come."
    )
}
