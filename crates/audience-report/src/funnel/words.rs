//! What text and pages say alike.

use audience_cohort::{MilestoneReading, StepOrder};

use super::findings::{EventFindings, FunnelGroup, FunnelGroups, TimeDifference, TimeFindings};
use super::places::{MilestoneAt, PositionFindings};
use crate::format;

/// A time that may be moments or months: `0.4 s`, `12 s`, `5:02 min`, `3.2 h`, `4.1 d`.
pub(crate) fn time(millis: f64) -> String {
    let seconds = millis / 1000.0;
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 59.5 => format!("{s:.0} s"),
        s if s < 3_599.5 => format!("{} min", format::clock(Some(millis))),
        s if s < 48.0 * 3600.0 => format!("{:.1} h", s / 3600.0),
        s => format!("{:.1} d", s / 86_400.0),
    }
}

/// A time that was asked for, as exactly as it was: `10 min`, `1 d`, `90 s`.
pub(crate) fn limit(millis: u64) -> String {
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s")];
    let whole = units.into_iter().find(|(unit, _)| millis >= *unit && millis.is_multiple_of(*unit));
    whole.map_or_else(|| format!("{millis} ms"), |(unit, name)| format!("{} {name}", millis / unit))
}

/// What counts once.
pub(crate) fn units(per: &str, count: u64) -> String {
    match per {
        "viewer" => format::things(count, "viewer", "viewers"),
        "viewer_title" => format::things(count, "viewer with a title", "viewers with a title"),
        _ => format::things(count, "session", "sessions"),
    }
}

/// The same as the head of a column.
pub(crate) fn unit_column(per: &str) -> &'static str {
    match per {
        "viewer" => "Viewers",
        "viewer_title" => "Viewer × title",
        _ => "Sessions",
    }
}

/// The value of a group.
pub(crate) fn value(value: Option<&str>) -> &str {
    value.unwrap_or("(none)")
}

/// What a step is, where that takes no limit.
pub(crate) fn step(findings: &EventFindings, step: usize) -> &str {
    findings.asked_steps.get(step.saturating_sub(1)).map_or("", |asked| asked.name.as_str())
}

/// How long after the step before it may be.
pub(crate) fn step_limit(findings: &EventFindings, step: usize) -> String {
    let limit_ms = findings.asked_steps.get(step.saturating_sub(1)).and_then(|asked| asked.limit_ms);
    limit_ms.map_or_else(String::new, |millis| format!("≤ {}", limit(millis)))
}

/// How the steps follow each other.
pub(crate) fn order(findings: &EventFindings) -> String {
    let order = match findings.order {
        StepOrder::Ordered => "each step after the one before",
        StepOrder::Unordered => "steps in any order",
    };
    let limits: Vec<u64> = findings.asked_steps.iter().skip(1).filter_map(|step| step.limit_ms).collect();
    let alike = limits
        .first()
        .filter(|first| limits.len() + 1 == findings.asked_steps.len() && limits.iter().all(|other| other == *first));
    let each = match (alike, limits.len()) {
        (Some(millis), _) => format!(", within {} of it", limit(*millis)),
        (None, 0) => String::new(),
        (None, _) => ", within the limit beside it".to_owned(),
    };
    let all = findings.within_ms.map_or_else(String::new, |millis| format!(", all within {}", limit(millis)));
    format!("{order}{each}{all}")
}

/// How the count of units is to be taken.
pub(crate) fn counted(findings: &EventFindings) -> String {
    let reached = match findings.order {
        StepOrder::Ordered => {
            "A step is reached if any chain of different events leads to it within the limits, so who fails and tries again is not lost."
        }
        StepOrder::Unordered => {
            "So many steps are reached as are covered together by different events, within the limit."
        }
    };
    let once = match findings.per {
        "viewer" => {
            "Each viewer counts once, with the events of all their sessions; sessions without a viewer count for themselves."
        }
        _ => "Each session counts once; viewers with several count several times.",
    };
    format!("{reached} {once}")
}

/// That intervals know nothing of whose units are whose.
pub(crate) fn independence(per: &str) -> &'static str {
    match per {
        "viewer" => "Intervals are of 95 % and take viewers to be independent of each other.",
        _ => {
            "Intervals are of 95 % and take units to be independent of each other: where viewers have several, they are too narrow."
        }
    }
}

/// Where most are lost.
pub(crate) fn most_lost(findings: &EventFindings, group: &FunnelGroup) -> Option<String> {
    let row = group.most_lost()?;
    let (from, to) = (step(findings, row.step - 1), step(findings, row.step));
    let part = row.from_previous.and_then(|rate| rate.rate).map(|rate| 1.0 - rate);
    let lost = units(findings.per, row.lost);
    Some(format!("Most are lost between {from} and {to}: {lost}, {} of those who came to {from}.", format::share(part)))
}

/// How long it takes.
pub(crate) fn takes(findings: &EventFindings, time_findings: &TimeFindings) -> String {
    let [p25, p50, p75, p95] = time_findings.drawn().map(time);
    format!(
        "Of {} who came through all steps, half took {p50} or less, a quarter {p25} or less, three quarters {p75} or less, 95 % {p95} or less: \
         the shortest time of each.",
        units(findings.per, time_findings.units)
    )
}

/// What is wrong with what was asked, one sentence each.
pub(crate) fn notices(findings: &EventFindings) -> Vec<String> {
    let mut sentences = Vec::new();
    for step in &findings.unknown_steps {
        let meant = step.suggestion.as_ref().map_or_else(String::new, |name| format!(" Did you mean {name}?"));
        sentences.push(format!("No event is named {}.{meant}", step.name));
    }
    if !findings.unknown_steps.is_empty() {
        sentences.push(names(&findings.event_names));
    }
    if let Some(by) = &findings.by {
        sentences.extend(groups(by));
    }
    sentences
}

/// How many names of events are listed.
const NAMES: usize = 25;

fn names(names: &[String]) -> String {
    let listed = names.iter().take(NAMES).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len() {
        0 => "There are no events.".to_owned(),
        all if all > NAMES => format!("Events are named {listed}, and {} more.", all - NAMES),
        _ => format!("Events are named {listed}."),
    }
}

fn groups(by: &FunnelGroups) -> Vec<String> {
    if by.unknown { vec![unknown(&by.attribute)] } else { Vec::new() }
}

/// That there is no such attribute.
pub(crate) fn unknown(attribute: &str) -> String {
    format!("No session has the attribute {attribute}.")
}

/// Groups that are not listed, and why.
pub(crate) fn left_out(too_few: usize, omitted: usize, least: u64) -> Option<String> {
    let few = (too_few > 0).then(|| {
        format!("{} of fewer than {}", format::things(too_few as u64, "group", "groups"), format::count(least))
    });
    let rest =
        (omitted > 0).then(|| format!("{} of fewer than the last", format::things(omitted as u64, "group", "groups")));
    let parts: Vec<String> = few.into_iter().chain(rest).collect();
    (!parts.is_empty()).then(|| format!("Not shown: {}.", parts.join(", ")))
}

/// What the differences are.
pub(crate) fn differences(by: &FunnelGroups) -> String {
    let tests = by.comparisons.iter().map(|group| group.steps.len()).sum::<usize>();
    format!(
        "Of those who came to the first step, the part that came to this one, minus that of {}. Intervals are each for its difference alone; \
         p is by Fisher's exact test, and adjusted by Holm for all {tests} differences. A difference is not the doing of the attribute: groups differ in \
         other ways too.",
        value(by.baseline.as_deref())
    )
}

/// That units are in one group alone.
pub(crate) fn mixed(findings: &EventFindings, by: &FunnelGroups) -> Option<String> {
    let mixed = units(findings.per, by.mixed);
    (by.mixed > 0).then(|| format!("{mixed} with several values of it are in the group of their first session."))
}

/// What the probabilities of taking longer are.
pub(crate) fn longer(baseline: &str) -> String {
    format!(
        "Of two who come through, one of the group and one of {baseline}, that of the group takes longer with this probability: 50 % when neither \
         does. p is by Mann and Whitney, not adjusted."
    )
}

/// The interval of such a probability.
pub(crate) fn longer_interval(times: &TimeDifference) -> String {
    match times.low.zip(times.high) {
        Some((low, high)) => format!("{:.1} to {:.1} %", low * 100.0, high * 100.0),
        None => format::NONE.to_owned(),
    }
}

/// A milestone.
pub(crate) fn milestone(at: MilestoneAt) -> String {
    match at {
        MilestoneAt::Share(share) => {
            let percent = format!("{:.4}", share * 100.0);
            format!("{} %", percent.trim_end_matches('0').trim_end_matches('.'))
        }
        MilestoneAt::PositionMs(millis) => {
            audience_core::MediaTime::from_millis(millis).to_string().trim_end_matches(".000").to_owned()
        }
    }
}

/// What a reading is called.
pub(crate) const fn reading(reading: MilestoneReading) -> &'static str {
    match reading {
        MilestoneReading::Furthest => "Furthest",
        MilestoneReading::Each => "Each",
        MilestoneReading::Unordered => "All so far",
        MilestoneReading::Ordered => "In order",
    }
}

/// What a reading means.
pub(crate) const fn meaning(reading: MilestoneReading) -> &'static str {
    match reading {
        MilestoneReading::Furthest => "something was played there or later: to jump ahead is enough",
        MilestoneReading::Each => "that moment was played, whatever else was: to seek past it is not enough",
        MilestoneReading::Unordered => "that moment and those of all milestones before it were played, in any order",
        MilestoneReading::Ordered => {
            "that moment and those of all milestones before it were played, one after the other"
        }
    }
}

/// What all readings mean.
pub(crate) fn meanings() -> String {
    let each = MilestoneReading::ALL.map(|of| format!("{}: {}.", reading(of), meaning(of)));
    each.join(" ")
}

/// What is left out, and what is not known.
pub(crate) fn caveats(findings: &PositionFindings) -> Vec<String> {
    let all = &findings.all;
    let mut sentences = Vec::new();
    if all.unknown_duration > 0 {
        let sessions = format::things(all.unknown_duration, "session", "sessions");
        sentences.push(format!(
            "{sessions} of unknown duration are left out: live streams have none, and --catalog may say others."
        ));
    }
    if all.order_unknown > 0 {
        let some = units(findings.per, all.order_unknown);
        sentences.push(format!("Of {some} it is not known in which order they played: they are not in \"in order\"."));
    }
    if let Some(by) = &findings.by {
        if by.unknown {
            sentences.push(unknown(&by.attribute));
        }
        if findings.per == "viewer_title" {
            sentences.push(format!(
                "Groups are of sessions by {}: a viewer with several values is in each of them.",
                by.attribute
            ));
        }
    }
    sentences.push(independence(findings.per).to_owned());
    sentences
}
