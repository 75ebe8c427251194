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
    /// A dimension has a name.
    #[error("break down by {text:?}: there is an empty name in it")]
    EmptyName {
        /// What was to be read.
        text: String,
    },
    /// A change is from something before.
    #[error("compare with what is 0 places before: nothing changes")]
    NoLag,
    /// What counts in full is some amount.
    #[error("score loyalty by a limit of 0: nothing is a part of nothing")]
    NoLimit,
    /// A weight is finite and not negative, and something counts.
    #[error("score loyalty with a weight of {weight}: weights are finite and not below 0, and one is above")]
    NotAWeight {
        /// What was given.
        weight: f64,
    },
    /// A figure is a finite number.
    #[error("compare {figure}: it is no figure")]
    NotAFigure {
        /// What was given.
        figure: f64,
    },
    /// A time to look ahead is finite and not below 0.
    #[error("look ahead for {horizon}: it is not from 0 to {most:e}")]
    NotAHorizon {
        /// What was given.
        horizon: f64,
        /// The most it may be.
        most: f64,
    },
    /// The last visit of a history is between the first and now, and is the first when there are no others.
    #[error(
        "take {frequency} repeat visits, the last at {recency}, for a history until {age}: times are from 0 to its end, and 0 of no visits"
    )]
    NotAHistory {
        /// How many repeat visits there are.
        frequency: u64,
        /// The time of the last.
        recency: f64,
        /// The end.
        age: f64,
    },
    /// Parameters of a model are above 0, and of a size that can be computed with.
    #[error("use {value} for the parameter {name}: it is not from {least:e} to {most:e}")]
    NotAModelParameter {
        /// Its name.
        name: &'static str,
        /// What was given.
        value: f64,
        /// The least it may be.
        least: f64,
        /// The most it may be.
        most: f64,
    },
    /// Without repeat visits nothing is known of how often there are any.
    #[error("fit repeat visits of {viewers} viewers: none of them came back")]
    NobodyCameBack {
        /// How many there are.
        viewers: u64,
    },
    /// Times so large or so small that no parameters fit them.
    #[error("fit repeat visits of {viewers} viewers: their times are in no unit to compute with")]
    OutOfReach {
        /// How many there are.
        viewers: u64,
    },
    /// A table has some rows, and not too many.
    #[error("list {periods} periods of cohorts: there are between 1 and {most}")]
    PeriodsOutOfRange {
        /// How many were asked for.
        periods: usize,
        /// The most there can be.
        most: usize,
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
