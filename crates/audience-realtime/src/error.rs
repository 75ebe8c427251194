//! What can be wrong with the values given to this crate.

use audience_core::Elapsed;

use crate::alerts::Side;
use crate::key::Per;

/// A value this crate cannot work with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A window is a whole number of buckets, one at least.
    #[error("divide a window of {length} ms into buckets of {bucket} ms: it is a whole number of them, from 1 to {most}", length = .length.as_millis(), bucket = .bucket.as_millis())]
    NotBuckets {
        /// The length of the window.
        length: Elapsed,
        /// The width of a bucket.
        bucket: Elapsed,
        /// How many there may be.
        most: u64,
    },
    /// Parts of a state from elsewhere do not fit together.
    #[cfg(feature = "serde")]
    #[error("read a state whose parts do not fit together")]
    Inconsistent,
    /// Levels are numbers.
    #[error("compare figures with {level}: a level is finite, and a change above 0")]
    NotALevel {
        /// What was given.
        level: f64,
    },
    /// What is raised beyond one level is cleared on the near side of it.
    #[error("clear at {clear} what is raised {side} {raise}: it would be cleared while it is raised")]
    ClearsBeyond {
        /// On which side of the level it is raised.
        side: Side,
        /// The level.
        raise: f64,
        /// Where it would be cleared.
        clear: f64,
    },
    /// What is unusual is so by windows before.
    #[error(
        "judge figures by {windows} windows and {deviations} deviations: from 3 to {most} windows, and a number above 0"
    )]
    NotADetector {
        /// How many windows.
        windows: usize,
        /// How many deviations.
        deviations: f64,
        /// How many windows there may be.
        most: usize,
    },
    /// Rules are told apart by their names.
    #[error("name two rules {name:?}")]
    RepeatedRule {
        /// The name.
        name: Box<str>,
    },
    /// There are bounds to what is watched.
    #[error("watch by more than {most} rules")]
    TooManyRules {
        /// How many there may be.
        most: usize,
    },
    /// A rule that was read is none.
    #[cfg(feature = "serde")]
    #[error("read the rule {rule:?}: {error}")]
    InRule {
        /// Its name.
        rule: Box<str>,
        /// What is wrong with it.
        error: Box<Self>,
    },
    /// A rule has one condition.
    #[cfg(feature = "serde")]
    #[error("tell what is wrong by {found} of above, below and unusual: it is one")]
    NotOneCondition {
        /// How many it has.
        found: usize,
    },
    /// What is unusual is cleared when it is usual again.
    #[cfg(feature = "serde")]
    #[error("clear at a level what is unusual: clear goes with above and below")]
    ClearsNothing,
    /// A condition holds in one window at least.
    #[cfg(feature = "serde")]
    #[error("wait for 0 windows: it is 1 at least")]
    HoldsForNothing,
    /// A condition holds for windows or for a time.
    #[cfg(feature = "serde")]
    #[error("wait for windows and for_ms: it is one of them")]
    HoldsTwice,
    /// A sketch of viewers has a precision from 4 to 18.
    #[error(transparent)]
    Sketch(audience_stats::Error),
    /// Who is silent must be waited for longer than events may be late.
    #[error("take viewers to have left after {timeout} ms without an event: events may come {lateness} ms late, which must be less", timeout = .timeout.as_millis(), lateness = .lateness.as_millis())]
    ShortTimeout {
        /// The time-out.
        timeout: Elapsed,
        /// How late events may come.
        lateness: Elapsed,
    },
    /// Audiences are told apart by each thing once.
    #[error("tell audiences apart by {0} twice")]
    RepeatedKey(Per),
    /// There is no such figure.
    #[error("watch {name:?}: the figures of a window are {}", crate::Metric::ALL.iter().map(|metric| metric.as_str()).collect::<Vec<_>>().join(", "))]
    UnknownMetric {
        /// What was given.
        name: Box<str>,
    },
}
