//! What is simulated: every rate there is, with its default.

mod check;
mod experiment;
mod faults;
mod network;
mod titles;
mod viewers;
mod viewing;

pub use experiment::{Arm, Experiment};
pub use faults::Faults;
pub use network::{Network, Rung, StartUp};
pub use titles::{KindSpec, Kinds, Titles};
pub use viewers::{Cdn, Country, Device, Rhythm, Viewers};
pub use viewing::{Advertising, Failures, Viewing};

use audience_core::Timestamp;

/// Everything a simulation takes but its seed.
///
/// Times of content and of players are in seconds, probabilities and shares between 0 and 1. Shares of a list need not
/// add up to 1. With feature `serde`, keys that are missing have their defaults, and unknown keys are errors.
///
/// # Examples
///
/// ```
/// use audience_simulate::{Scenario, Simulation};
///
/// let mut scenario = Scenario { sessions: 50, days: 2, ..Scenario::default() };
/// scenario.faults = scenario.faults.times(0.0);
/// assert!(Simulation::new(scenario, 7).is_ok());
///
/// let wrong = Scenario { days: 0, ..Scenario::default() };
/// assert_eq!(
///     Simulation::new(wrong, 7).unwrap_err().to_string(),
///     "simulate with days = 0: it is not between 1 and 3660"
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Scenario {
    /// How many sessions begin. 1000.
    pub sessions: u64,
    /// Over how many days from [`start`](Self::start) on. 7.
    pub days: u32,
    /// When the first day begins. 2026-01-05T00:00Z, a Monday.
    pub start: Timestamp,
    /// What there is to watch.
    pub titles: Titles,
    /// Who watches.
    pub viewers: Viewers,
    /// How they watch.
    pub viewing: Viewing,
    /// Advertisements.
    pub ads: Advertising,
    /// What players cannot play.
    pub failures: Failures,
    /// How data come in.
    pub network: Network,
    /// How often players say that they are still there while they play, pause or wait, in seconds. 30.
    pub heartbeat_secs: f64,
    /// What goes wrong between the players and the log.
    pub faults: Faults,
    /// What is tried on viewers.
    pub experiment: Experiment,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            sessions: 1000,
            days: 7,
            start: Timestamp::from_millis(1_767_571_200_000),
            titles: Titles::default(),
            viewers: Viewers::default(),
            viewing: Viewing::default(),
            ads: Advertising::default(),
            failures: Failures::default(),
            network: Network::default(),
            heartbeat_secs: 30.0,
            faults: Faults::default(),
            experiment: Experiment::default(),
        }
    }
}
