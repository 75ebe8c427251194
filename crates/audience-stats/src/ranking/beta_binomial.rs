//! A prior that makes what was seen the most probable, and what is known after it.

use libm::{exp, log1p};

use super::{BetaPrior, Ranked, best_first};
use crate::beta::Beta;
use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::gamma::{digamma_step, trigamma_step};
use crate::proportion::Proportion;

/// Beyond these, α + β cannot be told from 0 or from no end.
const STRENGTHS: (f64, f64) = (1e-9, 1e12);

impl BetaPrior {
    /// Worth so many successes and failures.
    ///
    /// # Errors
    ///
    /// [`Error::NotPositive`] when one of them is not finite and above 0.
    pub fn new(alpha: f64, beta: f64) -> Result<Self, Error> {
        match [alpha, beta].into_iter().enumerate().find(|(_, value)| !(value.is_finite() && *value > 0.0)) {
            Some((at, value)) => Err(Error::NotPositive { at, value }),
            None => Ok(Self { alpha, beta }),
        }
    }

    /// The prior under which the successes seen are the most probable: the maximum of [`ln_likelihood`](Self::ln_likelihood)
    /// over α and β, where both score equations are 0. It uses all that counts say; [`of`](Self::of) takes fewer steps and
    /// always ends with a prior.
    ///
    /// For each α + β the likelihood has one maximum over α / (α + β), as it is concave there; α + β is then found between a
    /// place where it rises and one where it falls. Agrees with the root of the score equations in 40 digits (mpmath) to 10⁻⁹.
    ///
    /// `None` where there is no maximum: with fewer than two items that have trials; when all trials or none succeeded; when
    /// rates vary no more than chance makes them, so that the likelihood rises as α + β grows without end, as when all ratios
    /// are equal (by the score test of R. E. Tarone, Biometrika 66, 1979: Σ x (x − 1) / p + (n − x) (n − x − 1) / (1 − p) − n
    /// (n − 1) is not above 0, with p the rate of all); and when each item is all or nothing, and it rises as α + β goes to
    /// 0. Take the pooled rate for all of them, or [`of`](Self::of), which does.
    ///
    /// # Errors
    ///
    /// [`Error::NoValues`] when no item has a trial.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{BetaPrior, Proportion};
    ///
    /// let items = [Proportion::new(1, 10)?, Proportion::new(5, 10)?, Proportion::new(80, 100)?, Proportion::new(2, 3)?];
    /// let prior = BetaPrior::maximum_likelihood(&items)?.unwrap();
    /// assert!(prior.ln_likelihood(&items)? > BetaPrior::UNIFORM.ln_likelihood(&items)?);
    ///
    /// let alike = [Proportion::new(2, 4)?, Proportion::new(20, 40)?];
    /// assert_eq!(BetaPrior::maximum_likelihood(&alike)?, None);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn maximum_likelihood(items: &[Proportion]) -> Result<Option<Self>, Error> {
        let mut items: Vec<Tried> = items.iter().filter_map(Tried::of).collect();
        if items.is_empty() {
            return Err(Error::NoValues);
        }
        // Of the rarer of the two, so that a share near 1 loses no digits.
        let swapped = items.iter().map(|item| item.x - item.y).collect::<FloatSum>().value() > 0.0;
        if swapped {
            for item in &mut items {
                *item = Tried { x: item.y, y: item.x };
            }
        }
        let sum = |of: fn(&Tried) -> f64| items.iter().map(of).collect::<FloatSum>().value();
        let (x, y) = (sum(|item| item.x), sum(|item| item.y));
        let p = x / (x + y);
        let overdispersion: FloatSum = items
            .iter()
            .map(|Tried { x, y }| x * (x - 1.0) / p + y * (y - 1.0) / (1.0 - p) - (x + y) * (x + y - 1.0))
            .collect();
        // What rounding leaves of 0 is no sign of anything.
        let noise = 1e-12 * sum(|item| (item.x + item.y).powi(2));
        if items.len() < 2 || x == 0.0 || y == 0.0 || overdispersion.value() <= noise {
            return Ok(None);
        }
        let prior = Profile { items: &items, start: p }.maximum();
        Ok(prior
            .map(|Self { alpha, beta }| if swapped { Self { alpha: beta, beta: alpha } } else { Self { alpha, beta } }))
    }

    /// The natural logarithm of the probability of the successes seen, if each rate is drawn from this prior and the trials
    /// of each item follow: Σ ln (C(n, x) B(α + x, β + n − x) / B(α, β)), at most 0. Items without trials add nothing. Agrees
    /// with `scipy.stats.betabinom.logpmf`.
    ///
    /// # Errors
    ///
    /// [`Error::NotPositive`] when the prior is none.
    pub fn ln_likelihood(&self, items: &[Proportion]) -> Result<f64, Error> {
        let Self { alpha, beta } = Self::new(self.alpha, self.beta)?;
        let prior = ln_beta(alpha, beta);
        let of = |item: Tried| {
            let Tried { x, y } = item;
            ln_beta(alpha + x, beta + y) - prior - ln_beta(x + 1.0, y + 1.0) - log1p(x + y)
        };
        Ok(items.iter().filter_map(Tried::of).map(of).collect::<FloatSum>().value())
    }

    /// The mean of the posterior of an item's rate, (x + α) / (n + α + β), 0–1. Of one without trials it is that of the prior.
    ///
    /// # Errors
    ///
    /// [`Error::NotPositive`] when the prior is none.
    pub fn posterior_mean(&self, item: &Proportion) -> Result<f64, Error> {
        let Self { alpha, beta } = Self::new(self.alpha, self.beta)?;
        Ok((item.successes() as f64 + alpha) / (item.trials() as f64 + alpha + beta))
    }

    /// The rate that a part `q` of the posterior of an item's rate lies below, 0–1. Agrees with `scipy.stats.beta.ppf`.
    ///
    /// # Errors
    ///
    /// [`Error::NotPositive`] when the prior is none; [`Error::QuantileOutOfRange`] when `q` is not between 0 and 1.
    pub fn posterior_quantile(&self, item: &Proportion, q: f64) -> Result<f64, Error> {
        let Self { alpha, beta } = Self::new(self.alpha, self.beta)?;
        let (successes, failures) = (item.successes(), item.trials() - item.successes());
        Beta::new(alpha + successes as f64, beta + failures as f64)?.quantile(q)
    }

    /// Items by the quantile `q` of their posterior (0.05 is usual), the best first, of equal ones in the order given: what
    /// the rate is at least, but for a part `q`. Exact where [`rank_by_shrinkage`](super::rank_by_shrinkage) approximates,
    /// and for items without trials too, which have the prior.
    ///
    /// # Errors
    ///
    /// As [`posterior_quantile`](Self::posterior_quantile).
    pub fn rank(&self, items: &[Proportion], q: f64) -> Result<Vec<Ranked>, Error> {
        let bounds: Vec<f64> = items.iter().map(|item| self.posterior_quantile(item, q)).collect::<Result<_, _>>()?;
        let ranked = |item: usize| {
            let rate = Some(self.posterior_mean(&items[item])?);
            Ok(Ranked { item, rate, at_least: Some(bounds[item]) })
        };
        best_first(&bounds).into_iter().map(ranked).collect()
    }
}

/// ln B(a, b), from its largest part and what is left of it.
fn ln_beta(a: f64, b: f64) -> f64 {
    let (a_part, b_part) = (-log1p(b / a), -log1p(a / b));
    a * a_part + b * b_part - Beta::of(a, b).ln_scale()
}

/// Successes and failures of an item that has any.
#[derive(Clone, Copy)]
struct Tried {
    x: f64,
    y: f64,
}

impl Tried {
    fn of(item: &Proportion) -> Option<Self> {
        let failures = item.trials() - item.successes();
        (item.trials() > 0).then_some(Self { x: item.successes() as f64, y: failures as f64 })
    }
}

/// The likelihood by α + β = s, at the best m = α / (α + β) for it.
struct Profile<'a> {
    items: &'a [Tried],
    start: f64,
}

impl Profile<'_> {
    fn maximum(&self) -> Option<BetaPrior> {
        let (least, most) = STRENGTHS;
        // From 1 on up, or down, until the likelihood falls, or rises.
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        while self.slope(exp(high)).0 > 0.0 {
            low = high;
            high += 1.0;
            if exp(high) > most {
                return None;
            }
        }
        while low == high || self.slope(exp(low)).0 <= 0.0 {
            high = low;
            low -= 1.0;
            if exp(low) < least {
                return None;
            }
        }
        let ln_strength = root((low, high), |ln| self.slope(exp(ln)).0 * exp(ln));
        let strength = exp(ln_strength);
        let (_, m) = self.slope(strength);
        Some(BetaPrior { alpha: strength * m, beta: strength * (1.0 - m) })
    }

    /// How fast the likelihood rises with s, and where m is then.
    fn slope(&self, s: f64) -> (f64, f64) {
        let m = self.best_share(s);
        let (alpha, beta) = (s * m, s * (1.0 - m));
        let of = |item: &Tried| {
            m * digamma_step(alpha, item.x) + (1.0 - m) * digamma_step(beta, item.y) - digamma_step(s, item.x + item.y)
        };
        (self.items.iter().map(of).collect::<FloatSum>().value(), m)
    }

    /// Where Σ (ψ(α + x) − ψ(α)) is Σ (ψ(β + y) − ψ(β)): their difference falls with m. By Newton's method, and by halves
    /// where that leads out.
    fn best_share(&self, s: f64) -> f64 {
        let (mut low, mut high) = (0.0_f64, 1.0_f64);
        let mut m = self.start;
        for _ in 0..100 {
            let (alpha, beta) = (s * m, s * (1.0 - m));
            let (mut difference, mut slope) = (FloatSum::default(), FloatSum::default());
            for item in self.items {
                difference.extend([digamma_step(alpha, item.x), -digamma_step(beta, item.y)]);
                slope.extend([trigamma_step(alpha, item.x), trigamma_step(beta, item.y)]);
            }
            let difference = difference.value();
            if difference > 0.0 {
                low = m;
            } else {
                high = m;
            }
            let newton = m - difference / (s * slope.value());
            let next = if newton > low && newton < high { newton } else { low.midpoint(high) };
            if (next - m).abs() <= 1e-14 * m {
                return next;
            }
            m = next;
        }
        m
    }
}

/// Where a function that is above 0 at the lower end and not at the upper one changes its sign: by false position, where an
/// end that stays has half the weight (the Illinois method), and halves where that is slow.
fn root((mut low, mut high): (f64, f64), function: impl Fn(f64) -> f64) -> f64 {
    let (mut at_low, mut at_high) = (function(low), function(high));
    for step in 0..200 {
        let line = (low * at_high - high * at_low) / (at_high - at_low);
        let middle = if line > low && line < high && step % 4 < 3 { line } else { low.midpoint(high) };
        if high - low <= 1e-13 * (1.0 + high.abs()) || middle <= low || middle >= high {
            break;
        }
        let value = function(middle);
        if value > 0.0 {
            (low, at_low, at_high) = (middle, value, at_high / 2.0);
        } else {
            (high, at_high, at_low) = (middle, value, at_low / 2.0);
        }
    }
    low.midpoint(high)
}

#[cfg(test)]
mod tests {
    use libm::log;

    use super::*;

    #[test]
    fn beta_functions_are_those_of_factorials() {
        // B(3, 4) = 2! 3! / 6!.
        assert!((ln_beta(3.0, 4.0) - log(1.0 / 60.0)).abs() < 1e-14);
        assert!((ln_beta(1.0, 1e9) - -log(1e9)).abs() < 1e-12);
        assert!((ln_beta(0.5, 0.5) - log(std::f64::consts::PI)).abs() < 1e-14);
    }
}
