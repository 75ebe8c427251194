//! What can be wrong with the values given to this crate.

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A window needs a positive width and at least one bucket.
    #[error("make a window of {buckets} buckets of width {width}")]
    EmptyWindow {
        /// The width that was asked for.
        width: i64,
        /// The number of buckets that was asked for.
        buckets: usize,
    },
    /// A sample needs room for at least one item.
    #[error("sample into a reservoir of size 0")]
    EmptyReservoir,
    /// A quantile lies between 0 and 1.
    #[error("take the quantile {q}: it is not between 0 and 1")]
    QuantileOutOfRange {
        /// The quantile that was asked for.
        q: f64,
    },
    /// A confidence lies between 0 and 1, without either.
    #[error("be sure with a probability of {share}: it is not between 0 and 1")]
    ConfidenceOutOfRange {
        /// The confidence that was asked for.
        share: f64,
    },
    /// No group may have more successes than trials.
    #[error("compare proportions: {successes} successes in {trials} trials")]
    MoreSuccessesThanTrials {
        /// Successes of the offending group.
        successes: u64,
        /// Trials of the offending group.
        trials: u64,
    },
    /// What is no number has no place in an order.
    #[error("rank value {at}: it is not a number")]
    NotANumber {
        /// Its place in the list, from 0.
        at: usize,
    },
    /// Values are correlated in pairs.
    #[error("correlate {x} values with {y}")]
    UnpairedValues {
        /// How many the first list has.
        x: usize,
        /// How many the second list has.
        y: usize,
    },
    /// A probability lies between 0 and 1.
    #[error("take {value} for a probability: it is not between 0 and 1")]
    NotAProbability {
        /// What was given.
        value: f64,
    },
    /// Groups are told apart by the bits of a hash.
    #[error("divide units into {groups} groups: their number is a power of two from 2 to 65536")]
    NumberOfGroups {
        /// The number that was asked for.
        groups: u32,
    },
    /// Something must have a weight: there are no items, or all weights are 0.
    #[error("weigh nothing: no item has a weight")]
    NoWeight,
    /// Times of a table are finite, not before 0, and each is after the one before.
    #[error("follow time {at}: {time} is not finite, below 0 or not after the one before")]
    NotATime {
        /// Its place in the list, from 0.
        at: usize,
        /// The time that was given.
        time: f64,
    },
    /// One is at risk after one's entry, until one's exit.
    #[error("follow lifetime {at}: it begins at {entry} and ends at {exit}")]
    EndsBeforeItBegins {
        /// Its place in the list, from 0.
        at: usize,
        /// When it begins.
        entry: f64,
        /// When it ends.
        exit: f64,
    },
    /// Weights and numbers of units are finite and not below 0.
    #[error("weigh item {at}: {weight} is not finite or below 0")]
    NotAWeight {
        /// Its place in the list, from 0.
        at: usize,
        /// The weight that was given.
        weight: f64,
    },
    /// Nobody leaves who was not there.
    #[error("follow row {at}: {leaving} leave of {at_risk}")]
    MoreLeaveThanAreAtRisk {
        /// Its place in the table, from 0.
        at: usize,
        /// How many leave, seen or not.
        leaving: f64,
        /// How many there are.
        at_risk: f64,
    },
    /// Groups are compared with each other.
    #[error("compare {groups} groups: there must be two")]
    TooFewGroups {
        /// How many were given.
        groups: usize,
    },
    /// Lists that belong together have the same length.
    #[error("pair {expected} values with {found}")]
    LengthsDiffer {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Some things cannot be had of nothing.
    #[error("compute with no values")]
    NoValues,
    /// Values are finite.
    #[error("compute with value {at}: {value} is not finite")]
    NotFinite {
        /// Its place in the list, from 0.
        at: usize,
        /// The value that was given.
        value: f64,
    },
    /// A part of a positive, finite number.
    #[error("divide by {denominator}: it is not finite and above 0")]
    NotADenominator {
        /// The denominator that was given or that values sum up to.
        denominator: f64,
    },
    /// Successes are some of all, in fractions too.
    #[error("estimate a proportion: {successes} successes in {n}")]
    NotAPart {
        /// The number of successes that was given.
        successes: f64,
        /// Of how many.
        n: f64,
    },
    /// An area is measured from left to right.
    #[error("measure an area: position {at} is before the one before it")]
    GoesBack {
        /// Its place in the list, from 0.
        at: usize,
    },
    /// Some numbers are finite and above 0.
    #[error("compute with value {at}: {value} is not finite and above 0")]
    NotPositive {
        /// Its place in the list, from 0.
        at: usize,
        /// The value that was given.
        value: f64,
    },
    /// A range goes from one finite number to a larger.
    #[error("divide the range from {low} to {high}")]
    NotARange {
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
    },
    /// Values lie within the range that was given.
    #[error("compute with value {at}: {value} is not from {low} to {high}")]
    OutOfRange {
        /// Its place in the list, from 0.
        at: usize,
        /// The value that was given.
        value: f64,
        /// The lower end of the range.
        low: f64,
        /// The upper end of the range.
        high: f64,
    },
    /// What is cut off at both ends leaves something between.
    #[error("cut off {low} of the values at the low end and {high} at the high end: these are parts of less than all")]
    NothingLeft {
        /// The part at the low end.
        low: f64,
        /// The part at the high end.
        high: f64,
    },
    /// A method needs some values, or points, to say anything.
    #[error("compute with {found} values: there must be {needed}")]
    TooFewValues {
        /// How many it needs.
        needed: usize,
        /// How many there are.
        found: usize,
    },
    /// A method takes no more values, or points, than memory and time allow.
    #[error("compute with {found} values: there can be {most}")]
    TooManyValues {
        /// How many it takes.
        most: usize,
        /// How many there are.
        found: usize,
    },
    /// A line needs points at two places.
    #[error("fit a line: all points are at {x}")]
    AllAtOnePlace {
        /// Where they are.
        x: f64,
    },
    /// Times of a series are in order.
    #[error("follow a series: time {at} is before the one before it")]
    TimeGoesBack {
        /// Its place in the list, from 0.
        at: usize,
    },
    /// A part by which a mean follows its values is above 0 and at most 1.
    #[error("smooth by a part of {alpha}: it is not above 0 and at most 1")]
    NotASmoothing {
        /// The part that was given or that follows from what was given.
        alpha: f64,
    },
    /// A period has at least two values, and a series at least two periods.
    #[error("take {period} for the period of {values} values: it is at least 2, and there are two of them")]
    NotAPeriod {
        /// The period that was given.
        period: usize,
        /// How many values there are.
        values: usize,
    },
    /// Windows have a least size, and those around a value are odd.
    #[error("take a window of {window} values: it has at least {least} and, around a value, an odd number")]
    NotAWindow {
        /// The size that was given.
        window: usize,
        /// The least that it can be.
        least: usize,
    },
    /// A sketch has bins, and not more than memory allows.
    #[error("count in {bins} bins: there are 1 to {most}")]
    NumberOfBins {
        /// The number that was asked for.
        bins: u32,
        /// The most there may be.
        most: u32,
    },
    /// Frequent items need counters, and not more than memory allows.
    #[error("find frequent items with k = {k}: it is from 1 to {most}")]
    NumberOfCounters {
        /// The k that was asked for.
        k: u32,
        /// The most it may be.
        most: u32,
    },
    /// A sketch of different ids needs registers, and not more than memory allows.
    #[error("count different ids with a precision of {precision}: it is from {least} to {most}")]
    SketchPrecision {
        /// The precision that was asked for.
        precision: u8,
        /// The least it may be.
        least: u8,
        /// The most it may be.
        most: u8,
    },
    /// Parts of a state from elsewhere are not of the same items.
    #[cfg(feature = "serde")]
    #[error("read a state whose parts do not fit together")]
    Inconsistent,
    /// A state from elsewhere has another number of sums in each group.
    #[cfg(feature = "serde")]
    #[error("read {found} sums of a group that has {expected}")]
    NumberOfSums {
        /// How many there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A state from elsewhere was not made like the one it should be merged with.
    #[cfg(feature = "serde")]
    #[error("merge a state of another kind or configuration: its fingerprint is {found:016x}, not {expected:016x}")]
    ForeignState {
        /// The fingerprint of the state it should be merged with.
        expected: u64,
        /// Its own fingerprint.
        found: u64,
    },
    /// The bytes of a state are not what was written.
    #[cfg(feature = "serde")]
    #[error("read a state: {0}")]
    DamagedState(postcard::Error),
}
