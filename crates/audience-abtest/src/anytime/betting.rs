//! The mean of bounded values, by betting.

use audience_stats::{Confidence, Interval};

use super::evidence::EValue;
use super::ln_inverse_alpha;
use crate::error::Error;

/// The confidence sequence of the mean of values between 0 and 1, by the capital of bets against each mean: intervals that, with the
/// stated confidence, hold it at *all* numbers of values at once, from the first on, whatever the distribution. It adapts to the
/// variance, and so is narrow for values that vary little, such as stall ratios. Of values between other bounds, scale.
///
/// For each mean m of a grid there are two bettors, one on more and one on less. Both bet
/// λ = √(2 ln(2 / α) / (t ln(1 + t) σ̂²)) before the t-th value, with the variance σ̂² so far, but at most half of what could be lost.
/// m is rejected while half the capital of the richer is above 1 / α. Values must come in the order in which units came.
///
/// Memory and time for each value grow with the grid. I. Waudby-Smith, A. Ramdas, "Estimating means of bounded random variables by
/// betting", JRSS B 86 (2024). Agrees with `confseq.betting.betting_cs`.
///
/// # Examples
///
/// ```
/// use audience_abtest::anytime::BettingSequence;
/// use audience_stats::Confidence;
///
/// let mut stalls = BettingSequence::new(Confidence::P95);
/// for session in 0..500 {
///     stalls.observe(f64::from(session % 5) / 100.0)?;
/// }
/// let interval = stalls.running_interval();
/// assert!(interval.contains(0.02) && interval.high < 0.06);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Written"))]
pub struct BettingSequence {
    confidence: Confidence,
    /// ln of the capital of those who bet on more, and on less, for each mean of the grid.
    capital: Vec<[f64; 2]>,
    values: u64,
    sum: f64,
    squares: f64,
    running: (f64, f64),
}

/// As it comes from elsewhere.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Written {
    confidence: Confidence,
    capital: Vec<[f64; 2]>,
    values: u64,
    sum: f64,
    squares: f64,
    running: (f64, f64),
}

#[cfg(feature = "serde")]
impl TryFrom<Written> for BettingSequence {
    type Error = Error;

    fn try_from(Written { confidence, capital, values, sum, squares, running }: Written) -> Result<Self, Error> {
        super::positive("number of steps", capital.len() as f64 - 1.0)?;
        if let Some(value) = capital.iter().flatten().copied().find(|ln| !ln.is_finite()) {
            return Err(Error::OutOfBounds { value });
        }
        // Each value is from 0 to 1, and so is the square of what it is off by.
        let most = values as f64;
        for (value, most) in [(sum, most), (squares, most), (running.0, 1.0), (running.1, 1.0)] {
            if !(0.0..=most).contains(&value) {
                return Err(Error::OutOfBounds { value });
            }
        }
        Ok(Self { confidence, capital, values, sum, squares, running })
    }
}

impl BettingSequence {
    /// On a grid of a thousand steps.
    pub fn new(confidence: Confidence) -> Self {
        Self::of_grid(confidence, 1000)
    }

    fn of_grid(confidence: Confidence, steps: u32) -> Self {
        let capital = vec![[0.0; 2]; steps as usize + 1];
        Self { confidence, capital, values: 0, sum: 0.0, squares: 0.0, running: (0.0, 1.0) }
    }

    /// On a grid of so many steps: intervals are wider by one step at each end, so that they hold what is between means of the grid.
    ///
    /// # Errors
    ///
    /// [`Error::NotATuning`] when there is none.
    pub fn with_grid(confidence: Confidence, steps: u32) -> Result<Self, Error> {
        super::positive("number of steps", f64::from(steps))?;
        Ok(Self::of_grid(confidence, steps))
    }

    /// Takes in a value.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfBounds`] when it is not from 0 to 1; nothing has changed then.
    pub fn observe(&mut self, value: f64) -> Result<(), Error> {
        if !(0.0..=1.0).contains(&value) {
            return Err(Error::OutOfBounds { value });
        }
        let t = self.values as f64 + 1.0;
        // With one made-up value of 1/2 before the first.
        let variance = (0.25 + self.squares) / t;
        let bet = (2.0 * self.ln_most() / (t * t.ln_1p() * variance)).sqrt();
        let steps = self.steps() as f64;
        for (at, [more, less]) in self.capital.iter_mut().enumerate() {
            let mean = at as f64 / steps;
            let apart = value - mean;
            // At half of what could be lost, none is ever ruined.
            *more += (bet.min(0.5 / mean) * apart).ln_1p();
            *less += (-bet.min(0.5 / (1.0 - mean)) * apart).ln_1p();
        }
        self.values = self.values.saturating_add(1);
        self.sum += value;
        let estimate = (0.5 + self.sum) / (t + 1.0);
        self.squares += (value - estimate) * (value - estimate);
        let Interval { low, high } = self.interval();
        self.running = (self.running.0.max(low), self.running.1.min(high));
        Ok(())
    }

    /// ln 2 / α: what either bettor must win.
    fn ln_most(&self) -> f64 {
        ln_inverse_alpha(self.confidence) + std::f64::consts::LN_2
    }

    /// Steps of the grid, at least one.
    fn steps(&self) -> usize {
        self.capital.len().saturating_sub(1).max(1)
    }

    /// How many values there are.
    pub const fn values(&self) -> u64 {
        self.values
    }

    /// The means that are not rejected by the values so far; all where none is left.
    pub fn interval(&self) -> Interval {
        let most = self.ln_most();
        let is_left = |[more, less]: &[f64; 2]| more.max(*less) <= most;
        let steps = self.steps();
        let (first, last) = (self.capital.iter().position(is_left), self.capital.iter().rposition(is_left));
        let (first, last) = first.zip(last).unwrap_or((0, steps));
        let of = |at: usize| at as f64 / steps as f64;
        Interval { low: of(first.saturating_sub(1)), high: of((last + 1).min(steps)) }
    }

    /// The means that are not rejected by any look so far, which are as sure: what to report. Where none is left, which happens if
    /// values drift, its low end is above the high one.
    pub const fn running_interval(&self) -> Interval {
        Interval { low: self.running.0, high: self.running.1 }
    }

    /// The evidence against the mean of the grid nearest to `mean`: half the capital of the richer bettor.
    pub fn evidence(&self, mean: f64) -> EValue {
        let steps = self.steps();
        let at = (mean.clamp(0.0, 1.0) * steps as f64).round() as usize;
        let ln = self.capital.get(at).map(|[more, less]| more.max(*less) - std::f64::consts::LN_2);
        ln.map_or(EValue::ONE, EValue::from_ln)
    }
}
