//! What can be wrong with what a report is asked for.

/// Why a report cannot be made as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A filter is not `name=value`.
    #[error("filter by {text:?}: it is not name=value")]
    NotAFilter {
        /// What was given.
        text: String,
    },
    /// A time is none.
    #[error("read the time {text:?}: {reason}")]
    NotATime {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A time zone is not known.
    #[error("use the time zone {name:?}: {reason}")]
    UnknownTimeZone {
        /// The name that was given.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Sessions are sliced by each name once.
    #[error("slice sessions by {name:?} twice")]
    SliceTwice {
        /// The name.
        name: String,
    },
    /// Stalls cannot be laid to it.
    #[error("slice sessions by {name}: slices are titles and values of attributes")]
    NoSlice {
        /// The name.
        name: String,
    },
    /// A state from elsewhere speaks of a time that cannot be.
    #[error("read an attendance: there is no quarter of an hour {quarter}")]
    NoSuchQuarter {
        /// The quarter, counted from 1970.
        quarter: i64,
    },
    /// The chapters a catalogue has of a title cannot be.
    #[error("use the chapters of {content_id:?}: cannot {source}")]
    Chapters {
        /// The title.
        content_id: String,
        /// What is wrong with them.
        source: audience_core::Error,
    },
    /// No session says which arm it is of.
    #[error("compare the arms of {attribute:?}: no session has this attribute{}", there_are(known))]
    NoArms {
        /// The attribute that was asked for.
        attribute: String,
        /// Those that sessions have.
        known: Vec<String>,
    },
    /// No session says which group it is of.
    #[error("group by {attribute:?}: no session has this attribute{}", there_are(known))]
    NoGroups {
        /// The attribute that was asked for.
        attribute: String,
        /// Those that sessions have.
        known: Vec<String>,
    },
    /// No session says which unit it is of.
    #[error("plan for units of {attribute:?}: no session has this attribute{}", there_are(known))]
    NoUnits {
        /// The attribute that was asked for.
        attribute: String,
        /// Those that sessions have.
        known: Vec<String>,
    },
    /// No session has what sessions are to be grouped by.
    #[error("break down by {name:?}: no session has this attribute{}{}", meant(name, known), there_are(known))]
    NoDimension {
        /// The attribute that was asked for.
        name: String,
        /// Those that sessions have.
        known: Vec<String>,
    },
    /// No session has an attribute that a class is told by.
    #[error("break down by {name}: no session has any of the attributes {}{}", by.join(", "), there_are(known))]
    NoClass {
        /// What was asked for.
        name: String,
        /// The attributes that say it.
        by: &'static [&'static str],
        /// Those that sessions have.
        known: Vec<String>,
    },
    /// Sessions are grouped by each name once.
    #[error("break down by {name:?} twice")]
    GroupTwice {
        /// The name.
        name: String,
    },
    /// There is nothing after the pre-period.
    #[error("plan with a pre-period of {} days: the data end after {} days", days(*pre_period_ms), days(*data_ms))]
    NothingAfter {
        /// How long the pre-period is, in milliseconds.
        pre_period_ms: u64,
        /// How long the data are, in milliseconds.
        data_ms: u64,
    },
    /// An experiment cannot be analysed as asked.
    #[error(transparent)]
    Experiment(#[from] audience_abtest::Error),
    /// Retention cannot be had as asked.
    #[error(transparent)]
    Retention(#[from] audience_retention::Error),
    /// The period before needs a period.
    #[error("compare with the previous period: it takes a beginning and, after it, an end of this one")]
    NoPeriod,
    /// Scores of engagement cannot be had so.
    #[error(transparent)]
    Engagement(#[from] audience_engagement::Error),
    /// What the analyses of viewers over time refuse.
    #[error(transparent)]
    Cohort(#[from] audience_cohort::Error),
    /// What the statistics underneath refuse.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}

fn there_are(names: &[String]) -> String {
    match names {
        [] => "; they have none".to_owned(),
        names => format!("; they have {}", names.join(", ")),
    }
}

/// The name that was probably meant, if one is near.
fn meant(name: &str, known: &[String]) -> String {
    let most = 1.max(name.chars().count() / 3);
    let distance = |other: &String| strsim::damerau_levenshtein(&name.to_lowercase(), &other.to_lowercase());
    let nearest = known.iter().map(|other| (distance(other), other)).min();
    nearest
        .filter(|(distance, _)| *distance <= most)
        .map_or(String::new(), |(_, other)| format!(", perhaps {other:?} is meant"))
}

/// Milliseconds as days, to the thousandth.
fn days(millis: u64) -> f64 {
    (millis as f64 / 86_400.0).round() / 1000.0
}
