//! Whether one of two proportions is the larger, exactly.

use libm::{exp, log, log1p};

use crate::gamma::{LN_SQRT_2PI, deviance, stirling_error};
use crate::p_value::{Alternative, PValue};

use super::Proportion;

/// How much more probable than what was seen another outcome may be and still count as no more probable: outcomes that are
/// equally probable must not differ by rounding. As in R's `fisher.test`.
const AS_PROBABLE: f64 = 1e-7;

impl Proportion {
    /// The p value of Fisher's exact test that the rate of `self` is no greater than that of `baseline`: the probability of as
    /// many successes or more in `self`, if all successes were dealt out among all trials at random. 1 when one of them has
    /// no trials. [`fisher`](Self::fisher) has the other sides, and what is too small for a number.
    ///
    /// It takes trials to be independent; with several trials per viewer it is too small. Unlike
    /// [`pooled_z`](Self::pooled_z), it holds for counts of any size, and is then a little too large.
    ///
    /// Agrees with `scipy.stats.fisher_exact(alternative="greater")` and `scipy.stats.hypergeom.sf` to a relative 10⁻⁸ for
    /// up to 10⁹ trials each; it takes less than a millisecond there, and longer with the root of more.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::Proportion;
    ///
    /// let (drawn, baseline) = (Proportion::new(3, 3)?, Proportion::new(0, 3)?);
    /// assert!((drawn.fisher_greater(&baseline) - 1.0 / 20.0).abs() < 1e-15);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn fisher_greater(&self, baseline: &Self) -> f64 {
        self.fisher(baseline, Alternative::Greater).value()
    }

    /// The p value of Fisher's exact test that the rate of `self` is that of `baseline`: of all ways to deal out the successes
    /// among the trials, the part that is at least as far to the side asked for, or for both sides, the part that is no more
    /// probable than what was seen, within a relative 10⁻⁷. 1 when one of them has no trials.
    ///
    /// Holds for counts of any size; it rejects less often than asked, with few trials much less often.
    ///
    /// R. A. Fisher, "The Design of Experiments" (1935). Agrees with `scipy.stats.fisher_exact`, whose tolerance is 10⁻¹⁴, and
    /// with R's `fisher.test`.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_stats::{Alternative, Proportion};
    ///
    /// let (drawn, baseline) = (Proportion::new(3, 3)?, Proportion::new(0, 3)?);
    /// assert!((drawn.fisher(&baseline, Alternative::TwoSided).value() - 0.1).abs() < 1e-15);
    /// # Ok::<(), audience_stats::Error>(())
    /// ```
    pub fn fisher(&self, baseline: &Self, alternative: Alternative) -> PValue {
        let dealt = Dealt {
            own: self.trials as f64,
            other: baseline.trials as f64,
            successes: self.successes as f64 + baseline.successes as f64,
        };
        let seen = self.successes as f64;
        match alternative {
            Alternative::Greater => PValue::from_ln(dealt.ln_from(seen)),
            // As many of the other's, seen from there.
            Alternative::Less => PValue::from_ln(dealt.turned().ln_from(dealt.successes - seen)),
            Alternative::TwoSided => dealt.two_sided(seen),
        }
    }
}

/// Successes dealt out among the trials of two groups at random: the hypergeometric distribution of those in the first.
#[derive(Clone, Copy, Debug)]
struct Dealt {
    own: f64,
    other: f64,
    successes: f64,
}

impl Dealt {
    /// How many the first has to take, since the second has no room for them.
    fn least(&self) -> f64 {
        (self.successes - self.other).max(0.0)
    }

    fn most(&self) -> f64 {
        self.successes.min(self.own)
    }

    /// How much more probable k + 1 is than k.
    fn rise(&self, k: f64) -> f64 {
        (self.own - k) / (k + 1.0) * ((self.successes - k) / (self.other - self.successes + k + 1.0))
    }

    /// The logarithm of the probability of `k`.
    fn ln_probability(&self, k: f64) -> f64 {
        let trials = self.own + self.other;
        let share = self.successes / trials;
        ln_binomial(k, self.own, share) + ln_binomial(self.successes - k, self.other, share)
            - ln_binomial(self.successes, trials, share)
    }

    /// The same successes, seen from the other group.
    fn turned(&self) -> Self {
        Self { own: self.other, other: self.own, successes: self.successes }
    }

    /// The logarithm of the probability of `from` or more.
    fn ln_from(&self, from: f64) -> f64 {
        if from <= self.least() {
            return 0.0;
        }
        // The shorter side has the smaller probability.
        if from > self.own * (self.successes / (self.own + self.other)) {
            self.ln_probability(from) + log(falling(self.most() - from, |step| self.rise(from + step)))
        } else {
            let below = from - 1.0;
            let sum = falling(below - self.least(), |step| self.rise(below - step - 1.0).recip());
            log1p(-(exp(self.ln_probability(below)) * sum).min(1.0))
        }
    }

    /// The probability of all that is no more probable than `seen`.
    fn two_sided(&self, seen: f64) -> PValue {
        let (least, most) = (self.least(), self.most());
        let mean = self.own * (self.successes / (self.own + self.other));
        if least == most || mean.is_nan() {
            return PValue::ONE;
        }
        // Up to the most probable number probabilities rise, and after it they fall.
        let mode =
            (((self.successes + 1.0) * ((self.own + 1.0) / (self.own + self.other + 2.0))).floor()).clamp(least, most);
        let limit = self.ln_probability(seen) + log1p(AS_PROBABLE);
        if self.ln_probability(mode) <= limit {
            return PValue::ONE;
        }
        let turned = self.turned();
        let ln_to = |k: f64| turned.ln_from(self.successes - k);
        let no_more = |k: f64| self.ln_probability(k) <= limit;
        let (ln_near, ln_far) = if seen < mode {
            (ln_to(seen), first(mode, most, no_more).map(|k| self.ln_from(k)))
        } else {
            // From the mode down, counted up.
            let down = first(0.0, mode - least, |steps| no_more(mode - steps));
            (self.ln_from(seen), down.map(|steps| ln_to(mode - steps)))
        };
        PValue::from_ln(ln_far.map_or(ln_near, |ln_far| ln_near + log1p(exp(ln_far - ln_near))))
    }
}

/// The first whole number after `low` and up to `high` for which something holds, which once it does goes on to.
fn first(low: f64, high: f64, holds: impl Fn(f64) -> bool) -> Option<f64> {
    if !holds(high) {
        return None;
    }
    let (mut low, mut high) = (low, high);
    while high - low > 1.0 {
        let middle = f64::midpoint(low, high).floor();
        if middle <= low {
            break;
        }
        if holds(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(high)
}

/// 1 + f(0) + f(0) f(1) + …, of so many falling factors.
fn falling(factors: f64, factor: impl Fn(f64) -> f64) -> f64 {
    let (mut term, mut sum, mut step) = (1.0, 1.0, 0.0);
    while step < factors {
        let factor = factor(step);
        term *= factor;
        sum += term;
        // All that follow are together below this.
        if factor < 1.0 && term * factor < (1.0 - factor) * sum * 1e-14 {
            break;
        }
        step += 1.0;
    }
    sum
}

/// The logarithm of the binomial probability of `k` in `n`, by Loader's saddle-point expansion, which is exact.
fn ln_binomial(k: f64, n: f64, share: f64) -> f64 {
    let rest = n - k;
    let far = deviance(k, n * share) + deviance(rest, n * (1.0 - share));
    if k == 0.0 || rest == 0.0 {
        return -far;
    }
    let stirling = stirling_error(n) - stirling_error(k) - stirling_error(rest);
    stirling - far - LN_SQRT_2PI - 0.5 * libm::log(k / n * rest)
}
