//! What can be wrong with a scenario.

/// A scenario that cannot be simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A probability is a number from 0 to 1.
    #[error("simulate with {field} = {value}: it is not between 0 and 1")]
    NotAProbability {
        /// The field's path in the scenario.
        field: &'static str,
        /// What it holds.
        value: f64,
    },
    /// A number is outside of what makes sense.
    #[error("simulate with {field} = {value}: it is not between {least} and {most}")]
    OutOfRange {
        /// The field's path in the scenario.
        field: &'static str,
        /// What it holds.
        value: f64,
        /// The least it may be.
        least: f64,
        /// The most it may be.
        most: f64,
    },
    /// Shares need at least one that is above 0.
    #[error("simulate with {field}: all its shares are 0")]
    NoShare {
        /// The field's path in the scenario.
        field: &'static str,
    },
    /// A list must not be empty.
    #[error("simulate with {field}: it is empty")]
    Empty {
        /// The field's path in the scenario.
        field: &'static str,
    },
    /// The bit rates of a ladder rise from rung to rung.
    #[error("simulate with network.ladder: {after} bit/s comes after {before} bit/s")]
    LadderNotRising {
        /// The bit rate of a rung.
        before: u32,
        /// That of the next one, which is not higher.
        after: u32,
    },
    /// Two entries of a list must not have the same name.
    #[error("simulate with {field}: {name:?} is there twice")]
    SameName {
        /// The field's path in the scenario.
        field: &'static str,
        /// The name.
        name: String,
    },
    /// A session attribute has a name that something else has already.
    #[error("simulate with {field} = {name:?}: it is the name of something else")]
    ReservedName {
        /// The field's path in the scenario.
        field: &'static str,
        /// The name.
        name: String,
    },
}
