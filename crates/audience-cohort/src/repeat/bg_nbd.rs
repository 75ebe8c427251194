//! Viewers who may leave after each visit.

use audience_stats::{Beta, RisingFactorial, ln_integral};
use libm::{exp, expm1, log, log1p};

use super::fit::{Fit, Model, fit};
use super::history::RepeatHistory;
use super::jet::Jet;
use super::{horizon, ln_one_plus_exp, parameters};
use crate::error::Error;

/// The beta-geometric/NBD model: each viewer comes at random times with a rate of their own, and after each repeat visit leaves for good
/// with a probability of their own. Rates are of a gamma distribution with shape r and rate α, probabilities of a beta distribution with
/// parameters a and b.
///
/// Rates are per unit of the times of histories. A viewer who never came back cannot have left, since nobody leaves but after a repeat
/// visit: [`probability_alive`](Self::probability_alive) is 1 for them whatever time has passed. Where that is the question, use
/// [`ParetoNbd`](super::ParetoNbd).
///
/// P. S. Fader, B. G. S. Hardie, K. L. Lee, "'Counting your customers' the easy way: an alternative to the Pareto/NBD model", Marketing
/// Science 24 (2005). Agrees with mpmath 1.4.1 to 10⁻¹⁰, and with lifetimes 0.11.3 where that has an answer: at a = 1 it has none.
///
/// # Examples
///
/// The parameters of the paper, in weeks: of a customer with two repeat purchases, the last after 30.43 weeks, 1.226 are expected in the
/// 39 weeks after the 38.86 of observation.
///
/// ```
/// use audience_cohort::{BgNbd, RepeatHistory};
///
/// let model = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
/// let history = RepeatHistory::new(2, 30.43, 38.86)?;
/// assert!((model.expected_visits(&history, 39.0)? - 1.226).abs() < 5e-4);
/// assert!((model.probability_alive(&history) - 0.7266).abs() < 5e-5);
/// # Ok::<(), audience_cohort::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct BgNbd {
    r: f64,
    alpha: f64,
    a: f64,
    b: f64,
}

/// The most terms that are added up; of more, an integral is taken.
const MOST_TERMS: f64 = 4000.0;

/// Parameters of a beta distribution from which on its third moment makes no difference.
const NARROW: f64 = 1e8;

impl BgNbd {
    /// With these parameters: shape and rate of the distribution of rates, and those of the distribution of probabilities to leave.
    ///
    /// # Errors
    ///
    /// [`Error::NotAModelParameter`] of one that is not above 0, or not between 10⁻¹² and 10¹².
    pub fn new(r: f64, alpha: f64, a: f64, b: f64) -> Result<Self, Error> {
        let [r, alpha, a, b] = parameters([("r", r), ("alpha", alpha), ("a", a), ("b", b)])?;
        Ok(Self { r, alpha, a, b })
    }

    /// The parameters r, α, a, b in this order.
    pub const fn parameters(&self) -> [f64; 4] {
        [self.r, self.alpha, self.a, self.b]
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

    /// The probability that a viewer with this history has not left, 0–1; 1 of one without repeat visits.
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
        let stays = RisingFactorial::ln(self.b, x) - RisingFactorial::ln(self.a + self.b, x);
        let stayed =
            RisingFactorial::ln(self.r, x) - self.r * log1p(age / self.alpha) - x as f64 * log(self.alpha + age);
        stays + stayed + ln_one_plus_exp(self.ln_odds_of_having_left(history))
    }

    /// How often a viewer with this history will come in the time `horizon` from now, on average.
    ///
    /// # Errors
    ///
    /// [`Error::NotAHorizon`] when that is below 0 or not finite (above 10¹²).
    pub fn expected_visits(&self, history: &RepeatHistory, horizon: f64) -> Result<f64, Error> {
        // What is known of one who is still there.
        let x = history.frequency() as f64;
        let seen = Self { r: self.r + x, alpha: self.alpha + history.age(), a: self.a, b: self.b + x };
        Ok(self.probability_alive(history) * seen.expected_visits_of_new(horizon)?)
    }

    /// How often a viewer comes in the time `horizon` after the first visit, on average over all viewers.
    ///
    /// The published formula divides by a − 1 what it takes from 1. Here it is a sum of what is not below 0: of each number of visits
    /// that a viewer who stays would pay, its probability times how many of them come before the viewer leaves. Where that takes too many
    /// terms it is an integral over the probability to leave.
    ///
    /// # Errors
    ///
    /// [`Error::NotAHorizon`] when that is below 0 or not finite (above 10¹²).
    pub fn expected_visits_of_new(&self, horizon: f64) -> Result<f64, Error> {
        let t = self::horizon(horizon)?;
        if t == 0.0 {
            return Ok(0.0);
        }
        // Terms fall by t / (α + t) in the end.
        let terms = 2.0 * self.r * t / self.alpha + 45.0 * (1.0 + t / self.alpha);
        let none = -self.r * log1p(t / self.alpha);
        Ok(if terms < MOST_TERMS && none > -600.0 {
            self.sum_of_visits(t, exp(none))
        } else {
            self.integral_of_visits(t)
        })
    }

    /// The probability of `n` visits in the time `horizon` after the first visit, 0–1.
    ///
    /// # Errors
    ///
    /// [`Error::NotAHorizon`] when that is below 0 or not finite (above 10¹²).
    pub fn probability_of_visits(&self, n: u64, horizon: f64) -> Result<f64, Error> {
        let t = self::horizon(horizon)?;
        if t == 0.0 {
            return Ok(if n == 0 { 1.0 } else { 0.0 });
        }
        let none = -self.r * log1p(t / self.alpha);
        if n == 0 {
            return Ok(exp(none));
        }
        let x = n as f64;
        // So many and still there, or the last of them was the last.
        let of_rates = RisingFactorial::ln(self.r, n) - RisingFactorial::ln(1.0, n) + none - x * log1p(self.alpha / t);
        let all = of_rates + RisingFactorial::ln(self.b, n) - RisingFactorial::ln(self.a + self.b, n);
        let leave = log(self.a / (self.a + self.b + (x - 1.0))) + RisingFactorial::ln(self.b, n - 1)
            - RisingFactorial::ln(self.a + self.b, n - 1);
        let at_least = Beta::new(x, self.r)?.ln_lower_tail_at_logit(log(t / self.alpha));
        Ok((exp(all) + exp(leave + at_least)).min(1.0))
    }

    /// ln of how much likelier it is that the viewer left after the last visit than that not; −∞ of one who cannot have.
    fn ln_odds_of_having_left(&self, history: &RepeatHistory) -> f64 {
        if history.frequency() == 0 {
            return f64::NEG_INFINITY;
        }
        let x = history.frequency() as f64;
        let since = (history.age() - history.recency()) / (self.alpha + history.recency());
        log(self.a / (self.b + (x - 1.0))) + (self.r + x) * log1p(since)
    }

    /// Σ P(N = k) E[min(k, G)] over k from 1 on, where N is the number of visits of a viewer who stays, and G the visit after which a viewer
    /// leaves: E[min(k, G)] is the sum of (b)ⱼ / (a + b)ⱼ over j below k.
    fn sum_of_visits(&self, t: f64, none: f64) -> f64 {
        let part = t / (self.alpha + t);
        let (mut probability, mut stays, mut visits, mut sum) = (none, 1.0, 0.0, 0.0);
        let mut k = 0.0;
        loop {
            probability *= part * ((self.r + k) / (k + 1.0));
            visits += stays;
            stays *= (self.b + k) / (self.a + self.b + k);
            k += 1.0;
            let term = probability * visits;
            sum += term;
            // Terms fall at least so fast from here on.
            let ratio = part * ((self.r + k) / (k + 1.0)).max(1.0) * ((k + 1.0) / k);
            if ratio < 1.0 && term * ratio <= 1e-17 * (1.0 - ratio) * sum {
                return sum;
            }
        }
    }

    /// ∫ (1 − (α / (α + p t))ʳ) / p over the distribution of p: a function of ln(p / (1 − p)) with one peak, since the fraction is
    /// log-concave in ln p.
    fn integral_of_visits(&self, t: f64) -> f64 {
        let Ok(beta) = Beta::new(self.a, self.b) else { return f64::NAN };
        let scale = t / self.alpha;
        let ln_visits = |logit: f64| {
            let small = exp(-logit.abs());
            let p = if logit < 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
            let visits = self.r * log1p(p * scale);
            // Of such a small p it does not depend on it.
            if visits < 1e-290 { log(self.r * scale) } else { log(-expm1(-visits)) - log(p) }
        };
        // So narrow a distribution is its mean and its variance; a density has no digits left there.
        if self.a.min(self.b) > NARROW {
            let mean = self.a / (self.a + self.b);
            let visits = |p: f64| -expm1(-self.r * log1p(p * scale)) / p;
            let step = 1e-3;
            let bend = (visits(mean * (1.0 + step)) - 2.0 * visits(mean) + visits(mean * (1.0 - step))) / (step * step);
            return visits(mean) + bend * (self.b / self.a / (self.a + self.b + 1.0)) / 2.0;
        }
        let near = log(self.a / self.b);
        let width = (1.0 / self.a + 1.0 / self.b).sqrt();
        exp(ln_integral(|logit| beta.ln_density_at_logit(logit) + ln_visits(logit), near, width))
    }
}

impl Model for BgNbd {
    fn of([r, alpha, a, b]: [f64; 4]) -> Option<Self> {
        Self::new(r, alpha, a, b).ok()
    }

    fn starts(rate: f64, _age: f64) -> Vec<[f64; 4]> {
        let mut starts = Vec::new();
        for r in [0.3, 1.0, 3.0] {
            for (a, b) in [(0.5, 4.0), (0.5, 1.0), (1.5, 1.0)] {
                for leaving in [1.0, 2.0] {
                    starts.push([r, r / (rate * leaving), a, b]);
                }
            }
        }
        starts
    }

    /// ln (r)ₓ + r ln α + ln (b)ₓ − ln (a + b)ₓ.
    fn jet_of_frequency(&self, x: u64) -> Jet {
        let mut jet = Jet::default();
        let of = |a: f64| {
            let rising = RisingFactorial::new(a, x);
            [rising.ln, rising.slope, rising.curvature]
        };
        let both = of(self.a + self.b).map(|value| -value);
        jet.add_of(0, of(self.r));
        jet.add_of(2, both);
        jet.add_of(3, of(self.b));
        jet.gradient[3] += both[1];
        jet.hessian[3][3] += both[2];
        jet.add_mixed(2, 3, both[2]);
        jet
    }

    fn jet_of_times(&self, history: &RepeatHistory) -> Jet {
        let (x, age, recency) = (history.frequency() as f64, history.age(), history.recency());
        let visits = self.r + x;
        let mut jet = Jet { value: -self.r * log1p(age / self.alpha) - x * log(self.alpha + age), ..Jet::default() };
        let all = self.alpha + age;
        jet.gradient[0] = -log1p(age / self.alpha);
        jet.gradient[1] = self.r / self.alpha - visits / all;
        jet.hessian[1][1] = visits / (all * all) - self.r / (self.alpha * self.alpha);
        jet.add_mixed(0, 1, age / (self.alpha * all));
        if history.frequency() > 0 {
            let last = self.alpha + recency;
            let since = log1p((age - recency) / last);
            let before = self.b + (x - 1.0);
            let mut left = Jet { value: log(self.a / before) + visits * since, ..Jet::default() };
            left.gradient = [since, visits * (1.0 / all - 1.0 / last), 1.0 / self.a, -1.0 / before];
            left.hessian[1][1] = visits * (1.0 / (last * last) - 1.0 / (all * all));
            left.hessian[2][2] = -1.0 / (self.a * self.a);
            left.hessian[3][3] = 1.0 / (before * before);
            left.add_mixed(0, 1, 1.0 / all - 1.0 / last);
            jet.add(1.0, &left.ln_one_plus_exp());
        }
        jet
    }
}
