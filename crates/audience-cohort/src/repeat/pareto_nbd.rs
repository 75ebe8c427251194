//! Viewers who may leave at any time.

use audience_stats::RisingFactorial;
use libm::{exp, expm1, log, log1p};

use super::fit::{Fit, Model, fit};
use super::history::RepeatHistory;
use super::jet::Jet;
use super::leaving::Leaving;
use super::{horizon, ln_one_plus_exp, parameters};
use crate::error::Error;

/// The Pareto/NBD model: each viewer comes at random times with a rate of their own, and leaves for good at a random time, with a rate of
/// their own too. Rates of visits are of a gamma distribution with shape r and rate α, rates of leaving of one with shape s and rate β; how
/// long viewers stay has then a Pareto distribution.
///
/// Rates are per unit of the times of histories. A viewer who never came back may have left right after the first visit, other than in
/// [`BgNbd`](super::BgNbd), which is faster to compute.
///
/// D. C. Schmittlein, D. G. Morrison, R. Colombo, "Counting your customers: who are they and what will they do next?", Management Science
/// 33 (1987); P. S. Fader, B. G. S. Hardie, "A note on deriving the Pareto/NBD model and related expressions" (2005). The two Gauss
/// hypergeometric functions of these are the one integral that they stand for. Agrees with mpmath 1.4.1 to 10⁻¹⁰, and with lifetimes 0.11.3
/// where that has an answer: at s = 1 it has none.
///
/// # Examples
///
/// ```
/// use audience_cohort::{ParetoNbd, RepeatHistory};
///
/// let model = ParetoNbd::new(0.553, 10.58, 0.606, 11.67)?;
/// let history = RepeatHistory::new(2, 30.43, 38.86)?;
/// assert!((model.probability_alive(&history) - 0.869_171).abs() < 1e-6);
/// assert!((model.expected_visits(&history, 39.0)? - 1.455_075).abs() < 1e-6);
/// // Never came back, and is probably gone.
/// let once = RepeatHistory::new(0, 0.0, 38.86)?;
/// assert!((model.probability_alive(&once) - 0.295_311).abs() < 1e-6);
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct ParetoNbd {
    r: f64,
    alpha: f64,
    s: f64,
    beta: f64,
}

impl ParetoNbd {
    /// With these parameters: shape and rate of the distribution of rates of visits, and of that of rates of leaving.
    ///
    /// # Errors
    ///
    /// [`Error::NotAModelParameter`] of one that is not above 0, or not between 10⁻¹² and 10¹².
    pub fn new(r: f64, alpha: f64, s: f64, beta: f64) -> Result<Self, Error> {
        let [r, alpha, s, beta] = parameters([("r", r), ("alpha", alpha), ("s", s), ("beta", beta)])?;
        Ok(Self { r, alpha, s, beta })
    }

    /// The parameters r, α, s, β in this order.
    pub const fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.s, self.beta]
    }

    /// The parameters under which histories are likeliest: maximum likelihood.
    ///
    /// Histories that are the same are computed once, so that days are a better unit than milliseconds. The order of the list makes no
    /// difference.
    ///
    /// # Errors
    ///
    /// [`Error::NobodyCameBack`] when no history has a repeat visit: then the likelihood is largest where rates are 0.
    pub fn fit(histories: &[RepeatHistory]) -> Result<Fit<Self>, Error> {
        fit(histories)
    }

    /// The probability that a viewer with this history has not left, 0–1.
    pub fn probability_alive(&self, history: &RepeatHistory) -> f64 {
        exp(self.ln_probability_alive(history))
    }

    /// The natural logarithm of [`probability_alive`](Self::probability_alive), also where that is too small for a number.
    pub fn ln_probability_alive(&self, history: &RepeatHistory) -> f64 {
        -ln_one_plus_exp(self.ln_odds_of_having_left(history))
    }

    /// The natural logarithm of the density of the times of visits of this history, for which it is enough to know it.
    pub fn log_likelihood(&self, history: &RepeatHistory) -> f64 {
        let (x, age) = (history.frequency(), history.age());
        let visits =
            RisingFactorial::ln(self.r, x) - self.r * log1p(age / self.alpha) - x as f64 * log(self.alpha + age);
        visits - self.s * log1p(age / self.beta) + ln_one_plus_exp(self.ln_odds_of_having_left(history))
    }

    /// How often a viewer with this history will come in the time `horizon` from now, on average.
    ///
    /// # Errors
    ///
    /// [`Error::NotAHorizon`] when that is below 0 or not finite (above 10¹²).
    pub fn expected_visits(&self, history: &RepeatHistory, horizon: f64) -> Result<f64, Error> {
        // What is known of one who is still there.
        let seen = Self {
            r: self.r + history.frequency() as f64,
            alpha: self.alpha + history.age(),
            s: self.s,
            beta: self.beta + history.age(),
        };
        Ok(self.probability_alive(history) * seen.expected_visits_of_new(horizon)?)
    }

    /// How often a viewer comes in the time `horizon` after the first visit, on average over all viewers.
    ///
    /// # Errors
    ///
    /// [`Error::NotAHorizon`] when that is below 0 or not finite (above 10¹²).
    pub fn expected_visits_of_new(&self, horizon: f64) -> Result<f64, Error> {
        let t = self::horizon(horizon)?;
        let (ln, over) = (log1p(t / self.beta), self.s - 1.0);
        // (1 − (β / (β + t))ˢ⁻¹) / (s − 1), which goes over into the logarithm at s = 1.
        let stay = if over == 0.0 { ln } else { -expm1(-over * ln) / over };
        Ok(self.r / self.alpha * self.beta * stay)
    }

    /// ln of how much likelier it is that the viewer has left since the last visit than that not; −∞ when there was no time for it.
    fn ln_odds_of_having_left(&self, history: &RepeatHistory) -> f64 {
        let since = history.age() - history.recency();
        let (leaving, visits, stay) = self.leaving(history);
        if since == 0.0 {
            return f64::NEG_INFINITY;
        }
        let all = (self.r + history.frequency() as f64) * log1p(since / visits) + self.s * log1p(since / stay);
        log(self.s / stay) + all + leaving.ln()
    }

    /// The integral over when the viewer left, and α and β with the time of the last visit added.
    fn leaving(&self, history: &RepeatHistory) -> (Leaving, f64, f64) {
        let (visits, stay) = (self.alpha + history.recency(), self.beta + history.recency());
        let since = history.age() - history.recency();
        let leaving = Leaving::new((visits, self.r + history.frequency() as f64), (stay, self.s + 1.0), since);
        (leaving, visits, stay)
    }
}

impl Model for ParetoNbd {
    fn of([r, alpha, s, beta]: [f64; 4]) -> Option<Self> {
        Self::new(r, alpha, s, beta).ok()
    }

    fn starts(rate: f64, age: f64) -> Vec<[f64; 4]> {
        let mut starts = Vec::new();
        for r in [0.3, 1.0, 3.0] {
            for (s, stay) in [(0.5, 0.3), (0.5, 2.0), (1.5, 1.0)] {
                for leaving in [1.0, 2.0] {
                    starts.push([r, r / (rate * leaving), s, stay * age]);
                }
            }
        }
        starts
    }

    /// ln (r)ₓ.
    fn jet_of_frequency(&self, x: u64) -> Jet {
        let mut jet = Jet::default();
        let rising = RisingFactorial::new(self.r, x);
        jet.add_of(0, [rising.ln, rising.slope, rising.curvature]);
        jet
    }

    fn jet_of_times(&self, history: &RepeatHistory) -> Jet {
        let (x, age) = (history.frequency() as f64, history.age());
        let of_visits = self.r + x;
        let (all, whole) = (self.alpha + age, self.beta + age);
        let (visits_to_now, stay_to_now) = (log1p(age / self.alpha), log1p(age / self.beta));
        let mut jet = Jet { value: -self.r * visits_to_now - x * log(all) - self.s * stay_to_now, ..Jet::default() };
        jet.gradient =
            [-visits_to_now, self.r / self.alpha - of_visits / all, -stay_to_now, self.s / self.beta - self.s / whole];
        jet.hessian[1][1] = of_visits / (all * all) - self.r / (self.alpha * self.alpha);
        jet.hessian[3][3] = self.s / (whole * whole) - self.s / (self.beta * self.beta);
        jet.add_mixed(0, 1, age / (self.alpha * all));
        jet.add_mixed(2, 3, age / (self.beta * whole));
        let since = age - history.recency();
        if since > 0.0 {
            let (leaving, visits, stay) = self.leaving(history);
            let mut left = leaving.jet();
            left.value += log(self.s / stay) + of_visits * log1p(since / visits) + self.s * log1p(since / stay);
            left.add_of(2, [0.0, 1.0 / self.s + log(whole), -1.0 / (self.s * self.s)]);
            left.add_of(3, [0.0, self.s / whole, -self.s / (whole * whole)]);
            left.add_mixed(2, 3, 1.0 / whole);
            left.add_of(0, [0.0, log(all), 0.0]);
            left.add_of(1, [0.0, of_visits / all, -of_visits / (all * all)]);
            left.add_mixed(0, 1, 1.0 / all);
            jet.add(1.0, &left.ln_one_plus_exp());
        }
        jet
    }
}
