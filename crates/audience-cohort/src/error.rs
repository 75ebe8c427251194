//! What can be wrong with the values given to this crate.

use audience_core::Elapsed;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A bracket of days ends after it begins.
    #[error("look at days {first} to {last} after the first: a bracket does not end before it begins")]
    BracketEndsBeforeItBegins {
        /// Its first day.
        first: u32,
        /// Its last day.
        last: u32,
    },
    /// A funnel has some steps.
    #[error("follow {steps} steps: there are between 1 and {most}")]
    StepsOutOfRange {
        /// How many were asked for; of too many, those that were looked at.
        steps: usize,
        /// The most there can be.
        most: usize,
    },
    /// A step is an event with a name.
    #[error("follow step {at}: it names no event")]
    StepWithoutName {
        /// Its place, from 0.
        at: usize,
    },
    /// There is no step before the first.
    #[error("reach the first step within {limit}: there is no step before it")]
    LimitOfFirstStep {
        /// What was asked for.
        limit: Elapsed,
    },
    /// Steps in any order have none before them.
    #[error("follow step {step} within a time of the one before: steps in any order have none before")]
    LimitWithoutOrder {
        /// Its place, from 0.
        step: usize,
    },
    /// A funnel has some milestones.
    #[error("pass {milestones} milestones: there are between 1 and {most}")]
    MilestonesOutOfRange {
        /// How many were asked for; of too many, those that were looked at.
        milestones: usize,
        /// The most there can be.
        most: usize,
    },
    /// Milestones come one after the other.
    #[error("pass milestone {at}, which is {value}: it is not after the one before")]
    MilestonesNotRising {
        /// Its place, from 0.
        at: usize,
        /// What it is: parts per million, or milliseconds.
        value: u64,
    },
    /// A share is a part of one.
    #[error("pass a milestone at {millionths} millionths of the content: it ends at 1000000")]
    MilestonePastTheEnd {
        /// What was asked for.
        millionths: u64,
    },
    /// Nobody has this value.
    #[error("compare units of {value:?}: there are none")]
    UnknownGroup {
        /// The value; empty for those without one.
        value: String,
    },
    /// What the statistics underneath refuse.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
}
