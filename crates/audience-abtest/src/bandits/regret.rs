//! What is lost while it is found out which arm is the best.

use audience_stats::FloatSum;

#[cfg(feature = "serde")]
use crate::error::Error;

/// What was lost by selecting other arms than the best, in a world whose rates are known, such as a simulation: the sum of the best
/// rate less that of the arm selected. In memory that does not grow: of its history it keeps what it was after 1, 2, 4, 8 … pulls.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Written"))]
pub struct Regret {
    pulls: u64,
    total: FloatSum,
    history: Vec<(u64, f64)>,
}

/// As it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Written {
    pulls: u64,
    total: FloatSum,
    history: Vec<(u64, f64)>,
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for Regret {
    type Error = Error;

    fn try_from(Written { pulls, total, history }: Written) -> Result<Self, Error> {
        let losses = history.iter().map(|(_, lost)| *lost).chain([total.value()]);
        if let Some(value) = losses.into_iter().find(|lost| !lost.is_finite()) {
            return Err(Error::NotABandit { of: "regret", value });
        }
        // One for each power of two there was, and no other.
        let expected = pulls.checked_ilog2().map_or(0, |last| last as usize + 1);
        if history.len() != expected {
            return Err(audience_stats::Error::LengthsDiffer { expected, found: history.len() }.into());
        }
        for (power, (at, _)) in history.iter().enumerate() {
            if *at != 1 << power {
                return Err(Error::NotABandit { of: "pulls before a regret", value: *at as f64 });
            }
        }
        Ok(Self { pulls, total, history })
    }
}

impl Regret {
    /// Nothing lost.
    pub fn new() -> Self {
        Self::default()
    }

    /// An arm of this rate was selected where the best has `best`.
    pub fn record(&mut self, best: f64, selected: f64) {
        self.pulls = self.pulls.saturating_add(1);
        self.total.add(best - selected);
        if self.pulls.is_power_of_two() {
            self.history.push((self.pulls, self.total()));
        }
    }

    /// How many pulls there were.
    pub const fn pulls(&self) -> u64 {
        self.pulls
    }

    /// What was lost in all.
    pub fn total(&self) -> f64 {
        self.total.value()
    }

    /// What was lost on average; `None` without pulls.
    pub fn per_pull(&self) -> Option<f64> {
        (self.pulls > 0).then(|| self.total() / self.pulls as f64)
    }

    /// Pulls and what was lost in all by then, after each power of two of them.
    pub fn history(&self) -> &[(u64, f64)] {
        &self.history
    }
}
