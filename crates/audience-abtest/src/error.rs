//! What can be wrong with the values given to this crate.

use audience_core::{Elapsed, Timestamp};

use crate::assignment::Outcome;
use crate::factorial::Change;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A one-sided confidence sequence is only there for more than half of all cases.
    #[error("be sure of one side with a probability of {}: it must be above a half", confidence.as_f64())]
    OneSidedBelowHalf {
        /// The confidence that was asked for.
        confidence: audience_stats::Confidence,
    },
    /// An attribute with very many values is hardly one of arms.
    #[error("compare {found} arms: {most} are the most, and the attribute may be none of arms")]
    TooManyArms {
        /// How many were found.
        found: usize,
        /// How many there may be.
        most: usize,
    },
    /// Arms are compared by something.
    #[error("compare arms by no metric")]
    NoMetric,
    /// Weights are given for all arms, or for none.
    #[error("compare arm {arm:?}: the others have a weight, and it has none")]
    NoWeight {
        /// The arm.
        arm: String,
    },
    /// A metric has a name that is known.
    #[error("compare by {metric:?}: there is no such metric; there are {}", known_metrics())]
    UnknownMetric {
        /// What was asked for.
        metric: String,
    },
    /// What must have a name has none.
    #[error("use an empty name for the {of}")]
    EmptyName {
        /// What has none.
        of: &'static str,
    },
    /// An experiment compares.
    #[error("compare {variants} variant(s): it takes two")]
    TooFewVariants {
        /// How many were given.
        variants: usize,
    },
    /// Variants are told apart by name.
    #[error("use two variants of one name, {name:?}")]
    DuplicateVariant {
        /// The name.
        name: String,
    },
    /// A weight is a finite number above 0.
    #[error("give variant {variant:?} the weight {weight:?}: it is not a number above 0")]
    NotPositive {
        /// The variant.
        variant: String,
        /// What was given.
        weight: f64,
    },
    /// A variant gets units.
    #[error(
        "give variant {variant:?} the weight {weight:?}: beside the others it is so small that no unit would get it"
    )]
    WeightTooSmall {
        /// The variant.
        variant: String,
        /// What was given.
        weight: f64,
    },
    /// There is no such variant.
    #[error("use variant {name:?}: experiment {key:?} has none of that name")]
    UnknownVariant {
        /// The experiment.
        key: String,
        /// The name.
        name: String,
    },
    /// An experiment takes time.
    #[error("end experiment {key:?} at {} ms: it starts at {} ms", ends_at.as_millis(), starts_at.as_millis())]
    EndsBeforeStart {
        /// The experiment.
        key: String,
        /// When it starts.
        starts_at: Timestamp,
        /// When it would end.
        ends_at: Timestamp,
    },
    /// The oldest version that may go on is no later than the version.
    #[error("block versions of experiment {key:?} below {minimum}: its own is {version}")]
    MinimumAboveVersion {
        /// The experiment.
        key: String,
        /// Its version.
        version: u32,
        /// The oldest that may go on.
        minimum: u32,
    },
    /// A slot has units.
    #[error("use a slot of layer {layer:?} from {start} to {end}: it ends no later than it starts")]
    EmptySlot {
        /// The layer.
        layer: String,
        /// Where it starts.
        start: f64,
        /// Where it ends.
        end: f64,
    },
    /// Shares of a layer add up to 1 at the most.
    #[error("give a share of {share} of layer {layer:?}: {left} is left")]
    LayerFull {
        /// The layer.
        layer: String,
        /// What was asked for.
        share: f64,
        /// What is left.
        left: f64,
    },
    /// Experiments of a layer are told apart by key.
    #[error("use experiment {key:?} of layer {layer:?} twice")]
    DuplicateExperiment {
        /// The layer.
        layer: String,
        /// The experiment.
        key: String,
    },
    /// Experiments of a layer exclude each other.
    #[error("give experiment {key:?} of layer {layer:?} units that experiment {other:?} has")]
    SlotsOverlap {
        /// The layer.
        layer: String,
        /// The experiment.
        key: String,
        /// The one that has them.
        other: String,
    },
    /// Something of a period is left when the carry-over is over.
    #[error("leave out {carry_over} of each period of {period}")]
    CarryOverTooLong {
        /// How long periods are.
        period: Elapsed,
        /// What is left out of each.
        carry_over: Elapsed,
    },
    /// In a block of periods each arm has one.
    #[error("give variant {variant:?} a share of {weight} of balanced periods: the first one has {first}")]
    UnequalWeights {
        /// The variant.
        variant: String,
        /// Its share.
        weight: f64,
        /// The share of the first.
        first: f64,
    },
    /// There is no such arm.
    #[error("count for arm {arm}: there are {arms}, from 0 on")]
    UnknownArm {
        /// The arm.
        arm: usize,
        /// How many there are.
        arms: usize,
    },
    /// An impression has each outcome once.
    #[error("take a rate of {count} {outcome} on {impressions} impressions")]
    MoreThanImpressions {
        /// What was counted.
        outcome: Outcome,
        /// How many there are.
        count: u64,
        /// On how many impressions.
        impressions: u64,
    },
    /// A value that the statistics underneath cannot work with.
    #[error(transparent)]
    Statistics(#[from] audience_stats::Error),
    /// The data do not say.
    #[error(transparent)]
    Refused(#[from] crate::refusal::Refusal),
    /// No arm has this name.
    #[error("find arm {name:?}: there are {}", arms.join(", "))]
    UnknownArmName {
        /// The name.
        name: String,
        /// The arms there are, each in quotes; of many, the first, and how many more.
        arms: Vec<String>,
    },
    /// Arms are compared with each other.
    #[error("compare {found} arms that may have units: there must be {needed}")]
    TooFewArms {
        /// How many there must be.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// The division of a handful of units says nothing.
    #[error("test the division of units: an arm is expected to have {expected}, not {needed}")]
    TooFewUnits {
        /// How many units every arm must be expected to have.
        needed: f64,
        /// How many the smallest is expected to have.
        expected: f64,
    },
    /// There must be something to divide a level over.
    #[error("divide a level over {metrics} metrics in {comparisons} comparisons")]
    NothingToCompare {
        /// How many metrics were given.
        metrics: u32,
        /// How many comparisons were given.
        comparisons: u32,
    },
    /// Times of a stream are finite and not below 0, and it waits no longer than it lasts.
    #[error("take in stream {at}: it lasts {watch_seconds} s and waits {stall_seconds} s")]
    NotAStream {
        /// Its place in the list, from 0.
        at: usize,
        /// How long it lasts.
        watch_seconds: f64,
        /// How long it waits.
        stall_seconds: f64,
    },
    /// What a method is tuned by is finite and above 0.
    #[error("tune by a {what} of {value}: it is not a finite number above 0")]
    NotATuning {
        /// What it is.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// A bounded value is between its bounds.
    #[error("bet on {value}: it is not between 0 and 1")]
    OutOfBounds {
        /// What was given.
        value: f64,
    },
    /// A regression needs more rows than columns.
    #[error(
        "fit {columns} coefficients to {rows} rows: there must be more rows than coefficients, and one coefficient"
    )]
    TooFewRows {
        /// How many rows there are.
        rows: usize,
        /// How many columns there are.
        columns: usize,
    },
    /// A column that others make up has no coefficient of its own.
    #[error("fit column {column}: those before it make it up")]
    DependentColumn {
        /// Its place, from 0.
        column: usize,
    },
    /// Looks come one after the other, up to the planned end.
    #[error(
        "look at {fraction} of the information: looks are at more than 0 and at most 1, and each later than the last"
    )]
    NotALaterLook {
        /// The fraction that was given.
        fraction: f64,
    },
    /// A plan is of finite numbers of the right sign.
    #[error("plan with {value} for the {of}")]
    NotAPlan {
        /// What it is.
        of: &'static str,
        /// What was given.
        value: f64,
    },
    /// An effect is too small to be found.
    #[error("plan for an effect of {effect}: it takes more than {most} units")]
    TooManyUnits {
        /// The effect.
        effect: f64,
        /// The most units there may be.
        most: f64,
    },
    /// No effect there can be is found so often on so few units.
    #[error(
        "find an effect with a probability of {power} on {control_units} units of the control: none is large enough"
    )]
    TooFewToDetect {
        /// How many there are.
        control_units: f64,
        /// How often it should be found.
        power: f64,
    },
    /// A factorial design has factors.
    #[error("combine {factors} factor(s): it takes two")]
    TooFewFactors {
        /// How many were given.
        factors: usize,
    },
    /// Factors are assigned on their own.
    #[error("combine factors {key:?} and {other:?}: units are hashed with the same salt for both")]
    SharedSalt {
        /// The one.
        key: String,
        /// The other.
        other: String,
    },
    /// A design has so many cells that units go round.
    #[error("combine levels to more than {most} cells")]
    TooManyCells {
        /// How many there may be.
        most: usize,
    },
    /// A factor goes from a level to another.
    #[error("change {}", change.map_or("nothing".to_owned(), |Change { factor, level, from }| {
        format!("factor {factor} from level {from} to level {level}: there is no such change, or another of the factor")
    }))]
    NotAChange {
        /// What was asked for; `None` if nothing was.
        change: Option<Change>,
    },
    /// A bandit has shares from 0 to 1, and finite numbers of the right sign.
    #[error("make a bandit with {value} for the {of}")]
    NotABandit {
        /// What it is.
        of: &'static str,
        /// What was given.
        value: f64,
    },
    /// A reward is a finite number, and for rates one from 0 to 1.
    #[error("record {reward} for a reward")]
    NotAReward {
        /// What was given.
        reward: f64,
    },
    /// A part of the time watched needs time watched.
    #[error("take a part of the time watched: there is none")]
    NothingWatched,
}

/// The most names that a message lists.
const MOST_NAMES: usize = 20;

impl Error {
    /// Of an arm that none of these is.
    pub(crate) fn unknown_arm(name: &str, arms: &[std::sync::Arc<str>]) -> Self {
        let mut names: Vec<String> = arms.iter().take(MOST_NAMES).map(|arm| format!("{arm:?}")).collect();
        if arms.len() > MOST_NAMES {
            names.push(format!("and {} more", arms.len() - MOST_NAMES));
        }
        Self::UnknownArmName { name: name.to_owned(), arms: names }
    }
}

fn known_metrics() -> String {
    let names: Vec<&str> = crate::metric::Metric::NAMES.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}
