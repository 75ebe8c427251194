//! Retention of a title in words, tables and block characters.

use audience_core::{MediaTime, Ratio};
use audience_retention::{BenchmarkPart, Independent};

use super::{DIM, draw, line, paragraph, tables};
use crate::format;
use crate::retention::{ChapterReport, GroupsCompared, Retention};

/// Findings of each kind that are listed.
const LISTED: usize = 5;

/// The curve, with the times under it.
pub(crate) fn write_curve(out: &mut String, retention: &Retention, duration_ms: Option<u64>, width: usize) {
    let columns = columns(width);
    draw::curve(out, &retention.shares, columns);
    draw::axis(out, duration_ms, columns);
}

/// As many columns as curves and strips have.
pub(crate) fn columns(width: usize) -> usize {
    width.saturating_sub(10).clamp(20, 100)
}

/// What follows from the curves.
pub(crate) fn write_findings(out: &mut String, retention: &Retention, width: usize) {
    for (name, text) in findings(retention) {
        paragraph(out, width, &format!("  {name:<14}"), &text);
    }
    // One chapter is the title.
    if retention.chapters.len() > 1 {
        write_chapters(out, &retention.chapters, width);
    }
}

/// What follows from the curves, each finding with its name.
pub(crate) fn findings(retention: &Retention) -> impl Iterator<Item = (&'static str, String)> {
    let rows = [
        ("Watched", view(retention)),
        ("Stay", stay(retention)),
        ("Drop-offs", drop_offs(retention)),
        ("Credits", credits(retention)),
        ("Watched again", again(retention)),
        ("Skipped", skipped(retention)),
        ("Catalogue", catalogue(retention)),
        ("Benchmark", benchmark(retention)),
        ("How sure", sure(retention)),
    ];
    rows.into_iter().filter_map(|(name, text)| Some((name, text?)))
}

fn at(position: MediaTime) -> String {
    format::clock(Some(position.as_millis() as f64))
}

/// `A, B, and 3 more`
fn list(texts: impl Iterator<Item = String>) -> Option<String> {
    let mut texts: Vec<String> = texts.collect();
    if texts.len() > LISTED {
        let more = format!("and {} more", texts.len() - LISTED);
        texts.truncate(LISTED);
        texts.push(more);
    }
    (!texts.is_empty()).then(|| texts.join("; "))
}

fn view(retention: &Retention) -> Option<String> {
    let coverage = format::ratio(retention.average_coverage);
    let half = match retention.half_life_ms {
        Some(half) => format!("; half-life {}, the first moment that less than half watch", at(half)),
        None => "; no moment is watched by less than half".to_owned(),
    };
    Some(format!("{} on average, {coverage} of the title{half}", format::clock(Some(retention.average_view_ms?))))
}

fn stay(retention: &Retention) -> Option<String> {
    let survival = retention.survival.as_ref()?;
    let last = format::share(survival.shares.last().copied());
    Some(survival.median_ms.map_or_else(
        || format!("{last} of the viewers stay to the end, whatever they skip"),
        |median| format!("half of the viewers have left by {}", at(median)),
    ))
}

fn drop_offs(retention: &Retention) -> Option<String> {
    list(retention.early_drop_offs().map(|drop_off| {
        let (hazard, expected) = (format::share(Some(drop_off.hazard)), format::share(Some(drop_off.expected)));
        format!("{} to {}: {hazard} leave, {expected} around there", at(drop_off.start), at(drop_off.end))
    }))
}

fn credits(retention: &Retention) -> Option<String> {
    let credits = retention.credits?;
    let left = format::share(Some(credits.left as f64 / credits.at_risk as f64));
    Some(format!("from {}: {left} of those who are there leave before the end", at(credits.start)))
}

fn again(retention: &Retention) -> Option<String> {
    list(retention.rewatched.iter().map(|part| {
        let lift = part.lift.map_or(String::new(), |lift| format!(", {lift:.1} times as many as around there"));
        let again = format::share(Some(part.again));
        format!("{} to {}: {again} of its viewers{lift}", at(part.part.start), at(part.part.end))
    }))
}

fn skipped(retention: &Retention) -> Option<String> {
    list(retention.skipped.iter().map(|part| {
        let what = match (part.is_intro, retention.in_credits(part)) {
            (true, _) => " (the intro)",
            (_, true) => " (credits)",
            (false, false) => "",
        };
        let skipped = format::share(Some(part.skipped));
        format!("{} to {}{what}: {skipped} seek over it", at(part.part.start), at(part.part.end))
    }))
}

fn catalogue(retention: &Retention) -> Option<String> {
    let beside = retention.catalogue.as_ref()?;
    let (from, to) = (at(beside.from_ms), at(beside.to_ms));
    let below = format::ratio(Ratio::new(beside.rank).ok());
    Some(format!("holds more viewers than {below} of the {} titles of {from} to {to}", beside.titles))
}

fn benchmark(retention: &Retention) -> Option<String> {
    let score = retention.benchmark?;
    let part = |part: &BenchmarkPart| {
        format!(
            "{} at {:.0} % ({} expected)",
            format::share(Some(part.reached)),
            part.at.as_f64() * 100.0,
            format::share(Some(part.expected))
        )
    };
    let parts: Vec<String> = score.parts.iter().map(part).collect();
    Some(format!("{:.0} of 100: {}", score.score, parts.join(", ")))
}

fn sure(retention: &Retention) -> Option<String> {
    let (low, high) = (retention.low.first()?, retention.high.first()?);
    let widest = retention.low.iter().zip(&retention.high).map(|(low, high)| high - low).fold(high - low, f64::max);
    let of = format::things(retention.sessions, "session", "sessions");
    let effect = match retention.independent {
        Independent::Sessions => 1.0,
        Independent::Viewers => retention.design_effect.unwrap_or(1.0),
    };
    let independent = (retention.effective_sessions / effect).round() as u64;
    let why = match (effect > 1.0, retention.effective_sessions < retention.sessions as f64) {
        (_, true) => "weights differ and viewers come back",
        (true, false) => "viewers come back",
        (false, false) => "",
    };
    let independent = match why {
        "" => String::new(),
        why => format!(", which say as much as {} independent ones, because {why}", format::count(independent)),
    };
    Some(format!("to ±{:.1} pp at each point (95 %): {of}{independent}", widest * 50.0))
}

fn write_chapters(out: &mut String, chapters: &[ChapterReport], width: usize) {
    let header = ["Chapter", "From", "Entered", "Completed", "95 %", "Watched", "Exits"];
    let row = |chapter: &ChapterReport| {
        let interval = chapter.completed.interval;
        let interval = interval.map_or(format::NONE.to_owned(), |interval| {
            format!("{:.0}–{:.0} %", interval.low * 100.0, interval.high * 100.0)
        });
        vec![
            format::printable(&chapter.title).into_owned(),
            at(chapter.start_ms),
            format::ratio(chapter.entered.share),
            format::ratio(chapter.completed.share),
            interval,
            format::ratio(chapter.average_completion),
            format::ratio(chapter.exits.share),
        ]
    };
    tables::write(out, &header, chapters.iter().map(row).collect(), 1, &["95 %", "From"], width);
}

/// The curves of groups, one under the other, and whether they leave alike.
pub(crate) fn write_groups(out: &mut String, groups: &GroupsCompared, width: usize) {
    let header = ["Group", "Sessions", "Avg view", "Covered", "At the end", "Retention"];
    let curve = (width / 5).clamp(10, 30);
    let rows = groups.groups.iter().map(|group| {
        vec![
            format::printable(&group.name()).into_owned(),
            format::count(group.sessions),
            format::clock(group.average_view_ms),
            format::ratio(group.average_coverage),
            format::share(group.shares.last().copied()),
            draw::sparkline(&group.shares, curve),
        ]
    });
    line(out, format_args!("  {DIM}By {}{DIM:#}", format::printable(&groups.by.join(" and "))));
    tables::write(out, &header, rows.collect(), 1, &["At the end", "Avg view"], width);
    if groups.groups_omitted > 0 {
        let more = format::things(groups.groups_omitted as u64, "smaller group", "smaller groups");
        line(out, format_args!("  {DIM}and {more}{DIM:#}"));
    }
    if let Some(text) = leave_alike(groups) {
        paragraph(out, width, "  ", &text);
    }
}

/// Whether groups leave alike, in words.
pub(crate) fn leave_alike(groups: &GroupsCompared) -> Option<String> {
    let (statistic, degrees, p) = (groups.log_rank?, groups.degrees_of_freedom?, groups.p?);
    let p = if p < 0.001 { "p < 0.001".to_owned() } else { format!("p = {p:.3}") };
    let so = if groups.p? < 0.05 { "They do not leave alike" } else { "That they leave alike is not refuted" };
    Some(format!(
        "{so}: log-rank {statistic:.1} with {degrees} degrees of freedom, {p}. A description, not an experiment."
    ))
}
