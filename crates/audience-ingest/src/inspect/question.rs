//! Questions, and what they need.

use std::fmt;

use super::Contents;
use crate::quality::Quality;

/// What people ask of telemetry.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Question {
    /// How much was watched?
    WatchTime,
    /// By how many viewers, and who comes back?
    Viewers,
    /// Where do they leave, and what do they watch again?
    Retention,
    /// How many watch to the end?
    Completion,
    /// How long does it take to start?
    StartUp,
    /// How often and for how long does it stall?
    Stalls,
    /// At which bit rate?
    Bitrate,
    /// What fails?
    Failures,
    /// What do they skip?
    Seeks,
    /// How many watch at the same time?
    Concurrency,
    /// What do advertisements take?
    Advertisements,
    /// Which variant of an experiment is better?
    Experiments,
    /// How does it differ by device, country and so on?
    Breakdowns,
}

impl Question {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::WatchTime,
        Self::Viewers,
        Self::Retention,
        Self::Completion,
        Self::StartUp,
        Self::Stalls,
        Self::Bitrate,
        Self::Failures,
        Self::Seeks,
        Self::Concurrency,
        Self::Advertisements,
        Self::Experiments,
        Self::Breakdowns,
    ];

    /// The question in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::WatchTime => "How much was watched?",
            Self::Viewers => "By how many viewers?",
            Self::Retention => "Where do they leave, what do they watch again?",
            Self::Completion => "How many watch to the end?",
            Self::StartUp => "How long does it take to start?",
            Self::Stalls => "How often and how long does it stall?",
            Self::Bitrate => "At which bit rate?",
            Self::Failures => "What fails?",
            Self::Seeks => "What do they skip?",
            Self::Concurrency => "How many watch at the same time?",
            Self::Advertisements => "What do advertisements take?",
            Self::Experiments => "Which variant of an experiment is better?",
            Self::Breakdowns => "How does it differ by device, country …?",
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How far a question can be answered.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// For (nearly) all sessions.
    Yes,
    /// For some sessions, or only by a bound.
    Partly,
    /// Not at all.
    No,
}

impl Verdict {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Partly => "partly",
            Self::No => "no",
        }
    }
}

/// How far a question can be answered, and what is missing.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Answer {
    /// The question.
    pub question: Question,
    /// How far.
    pub verdict: Verdict,
    /// Sessions that can be used for it.
    pub sessions: u64,
    /// Of so many.
    pub of: u64,
    /// What is missing, or what to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Attributes that name the variant of an experiment.
const ARMS: [&str; 6] = ["variant", "experiment", "arm", "test_group", "bucket", "treatment"];

/// Each question with its answer.
pub(super) fn answers(contents: &Contents, quality: &Quality) -> Vec<Answer> {
    Question::ALL.into_iter().map(|question| answer(question, contents, quality)).collect()
}

fn answer(question: Question, all: &Contents, quality: &Quality) -> Answer {
    // A few among many do not matter.
    let inferred = all.from_requests * 20 > all.sessions;
    let (sessions, of, missing, care): (u64, u64, &str, Option<&str>) = match question {
        Question::WatchTime => {
            let care = inferred.then_some("inferred from requests, with bounds");
            (all.started, all.started, "no event says that anything was played", care)
        }
        Question::Viewers => (all.with_viewer, all.sessions, "no viewer_id", None),
        Question::Retention => {
            let usable = all.placed.min(all.with_duration);
            let missing = match (all.placed, inferred) {
                (0, true) => "nothing says where segments are in the content: give a manifest or a table of segments",
                (0, false) => "no positions (position_ms)",
                _ => "no durations of titles (duration_ms, or a catalogue)",
            };
            let care = inferred.then_some("positions inferred from requests are known to a segment");
            (usable, all.started.saturating_sub(all.live).max(usable), missing, care)
        }
        Question::Completion => {
            let usable = all.placed.min(all.with_duration);
            let missing = "no positions, or no durations of titles (duration_ms, or a catalogue)";
            (usable, all.started.saturating_sub(all.live).max(usable), missing, None)
        }
        Question::StartUp => {
            let bound = all.with_request * 10 < all.with_startup * 9;
            let care = bound.then_some("nobody says when playback was asked for: an upper bound");
            (all.with_startup, all.started, "neither load nor play_request", care)
        }
        Question::Stalls => {
            let known = all.sessions_with_states.max(all.with_waits).min(all.sessions);
            let care = inferred.then_some("at least: short ones do not show in requests");
            (known, all.sessions, "no buffer_start, nor any state of the player", care)
        }
        Question::Bitrate => (all.with_bitrate, all.started, "no bitrate_bps", None),
        Question::Failures => {
            let care = (all.with_errors == 0).then_some("no error was reported: perhaps there was none");
            (all.sessions, all.sessions, "there is no session", care)
        }
        Question::Seeks => {
            let care = match (all.with_seeks, all.with_inferred_seeks) {
                (0, 0) => Some("no seek was reported or seen: perhaps there was none"),
                (0, _) => Some("inferred from where the playhead was found"),
                _ => None,
            };
            let seen = if all.with_seeks > 0 { all.sessions } else { all.placed };
            (seen, all.sessions, "neither seeks nor positions", care)
        }
        Question::Concurrency => (all.started, all.started, "no event says that anything was played", None),
        Question::Advertisements => {
            let told = if all.with_ads > 0 { all.sessions } else { 0 };
            (told, all.sessions, "no ad_start: advertisements, if there were any, count as content", None)
        }
        Question::Experiments => {
            let arm = ARMS.iter().find(|name| quality.attributes.contains_key(**name));
            let told = if arm.is_some() { all.sessions } else { 0 };
            let care = (all.with_viewer == 0).then_some("without viewers, every session counts as one");
            (told, all.sessions, "no attribute names a variant (variant, experiment, arm …)", care)
        }
        Question::Breakdowns => {
            let told = if quality.attributes.is_empty() { 0 } else { all.sessions };
            (told, all.sessions, "no attributes", None)
        }
    };
    let enough = sessions * 20 >= of * 19;
    let verdict = match () {
        () if sessions == 0 => Verdict::No,
        () if enough && care.is_none() => Verdict::Yes,
        () => Verdict::Partly,
    };
    let note = match verdict {
        Verdict::No => Some(missing.to_owned()),
        Verdict::Partly if enough => care.map(str::to_owned),
        Verdict::Partly => {
            Some(care.map_or_else(|| format!("elsewhere {missing}"), |care| format!("{care}; elsewhere {missing}")))
        }
        Verdict::Yes => None,
    };
    Answer { question, verdict, sessions, of, note }
}
