//! How far to trust a report, in plain words.

use crate::format;
use crate::report::Report;

/// What was found.
pub(super) struct Verdict {
    /// The worst of the findings.
    pub(super) level: Level,
    /// The worst first.
    pub(super) findings: Vec<Finding>,
}

/// Something that a reader should know.
pub(super) struct Finding {
    pub(super) level: Level,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Level {
    Fine,
    Care,
    Bad,
}

impl Verdict {
    /// The thresholds are in `docs/report-html.md`.
    pub(super) fn of(report: &Report) -> Self {
        let (lines, sessions) = (&report.quality.lines, &report.quality.sessions);
        let (all, startups) = (report.totals.sessions, report.experience.startups);
        let mut findings = Vec::new();
        // Part of what, from which share on care is due and from which it is bad, and what to say then.
        let mut check = |part: u64, whole: u64, [care, bad]: [f64; 2], text: &str| {
            let share = part as f64 / whole.max(1) as f64;
            if part == 0 || share < care {
                return;
            }
            let level = if share >= bad { Level::Bad } else { Level::Care };
            findings.push(Finding { level, text: format!("{} {text}", share_of(share)) });
        };
        let never = f64::INFINITY;
        check(lines.rejected(), lines.lines, [0.01, 0.1], "of the lines could not be used.");
        check(lines.repaired(), lines.events, [0.05, 0.5], "as many fields as events had to be repaired.");
        // Also where the lines were read another time.
        let events = report.totals.events + sessions.duplicate_events;
        check(sessions.duplicate_events, events, [0.2, never], "of the events were there twice, and count once.");
        check(
            sessions.conflicting_events,
            events,
            [0.01, 0.1],
            "of the events share their number with a different one.",
        );
        let vod = all.saturating_sub(sessions.live);
        check(
            sessions.unknown_duration,
            vod,
            [0.1, 0.5],
            "of the sessions are of titles of unknown duration: they are not in retention or completion.",
        );
        check(
            sessions.unknown_positions,
            all,
            [0.1, 0.5],
            "of the sessions played at positions nobody reported: they are not in retention.",
        );
        check(
            sessions.inferred_runs,
            all,
            [0.3, never],
            "of the sessions have ends of playback that were inferred from the clock.",
        );
        check(
            sessions.from_requests,
            all,
            [0.0, never],
            "of the sessions are inferred from requests alone: positions to about a segment, stalls at least.",
        );
        check(sessions.inferred_seeks, all, [0.3, never], "of the sessions have seeks that were inferred.");
        check(
            sessions.unknown_viewer,
            all,
            [0.1, never],
            "of the sessions name no viewer: the count of viewers is too low.",
        );
        check(
            sessions.startup_from_load,
            startups,
            [0.1, never],
            "of the start-up times are upper bounds: players do not say when playback was asked for.",
        );
        check(lines.clocks_ahead, lines.events, [0.0, never], "of the events are from clocks far ahead of all others.");
        if let Some(few) = (1..30).contains(&all).then(|| format::things(all, "session is", "sessions are")) {
            let text = format!("{few} few: shares and quantiles say little.");
            findings.push(Finding { level: Level::Care, text });
        }
        let uneven = report.quality.durations_disagree.len() as u64;
        if uneven > 0 {
            let text =
                format!("Sessions disagree about the duration of {}.", format::things(uneven, "title", "titles"));
            findings.push(Finding { level: Level::Care, text });
        }
        if all == 0 {
            findings.push(Finding { level: Level::Bad, text: "There is not a single session.".to_owned() });
        }
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        Self { level: findings.first().map_or(Level::Fine, |worst| worst.level), findings }
    }

    pub(super) const fn headline(&self) -> &'static str {
        match self.level {
            Level::Fine => "The data look sound.",
            Level::Care => "Read with care.",
            Level::Bad => "Do not rely on these figures before looking into the data.",
        }
    }
}

/// A share at the beginning of a sentence.
fn share_of(share: f64) -> String {
    match share * 100.0 {
        percent if percent < 0.1 => "Less than 0.1 %".to_owned(),
        percent if percent < 10.0 => format!("{percent:.1} %"),
        percent => format!("{percent:.0} %"),
    }
}
