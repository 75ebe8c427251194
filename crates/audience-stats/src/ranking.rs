//! Items in order of their rates, by what is known of these.

mod beta_binomial;

use std::cmp::Ordering;

use crate::interval::Confidence;
use crate::proportion::{Proportion, wilson};

/// An item in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// Its place in the list that was given.
    pub item: usize,
    /// What its rate is taken to be, 0–1; `None` without trials.
    pub rate: Option<f64>,
    /// What the rate is at least, by which items are ranked; `None` without trials.
    pub at_least: Option<f64>,
}

/// Items by the lower end of Wilson's interval of their rate, the best first.
///
/// Never by the rate itself: one click on one impression says little, and comes after 300,000 on a million. Of items that are
/// equal, the one with more trials comes first, then the one that was given first; those without trials come last.
///
/// It ranks by what is proven, so new items start low: to find out about them, explore. E. Miller, "How not to sort by average
/// rating" (2009); see [`Proportion::wilson`] for the interval.
///
/// # Examples
///
/// ```
/// use audience_stats::{Confidence, Proportion, rank_by_wilson};
///
/// let items = [Proportion::new(0, 0)?, Proportion::new(1, 1)?, Proportion::new(300_000, 1_000_000)?];
/// let order: Vec<usize> = rank_by_wilson(&items, Confidence::P95).iter().map(|ranked| ranked.item).collect();
/// assert_eq!(order, [2, 1, 0]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn rank_by_wilson(items: &[Proportion], confidence: Confidence) -> Vec<Ranked> {
    rank(items, |item| (item.rate(), item.wilson(confidence.z()).map(|interval| interval.low)))
}

/// Items by their rate drawn towards that of all, as far as their own trials are few and the items alike, less how unsure it
/// still is: the best first.
///
/// Empirical Bayes: what rates of such items are is learnt from all of them ([`BetaPrior::of`]). The rate of an item is the
/// mean of its posterior, (x + α) / (n + α + β). Items are ranked by the lower end of Wilson's interval of that rate, as one of
/// n + α + β trials: by the posterior mean alone, one click on one impression would always come before many items that are
/// just average. The interval approximates the beta posterior's lower quantile, closely unless α + β is below about 2.
///
/// Where there is no prior, as with fewer than two items with trials, it is [`rank_by_wilson`]; ties and items without
/// trials are as there.
pub fn rank_by_shrinkage(items: &[Proportion], confidence: Confidence) -> Vec<Ranked> {
    let Some(prior) = BetaPrior::of(items) else { return rank_by_wilson(items, confidence) };
    let strength = prior.alpha + prior.beta;
    rank(items, |item| {
        let rate = prior.rate(item);
        let at_least = rate.and_then(|rate| {
            let trials = item.trials() as f64 + strength;
            // Rounding must not make more of it than all.
            wilson((rate * trials).min(trials), trials, confidence).ok().map(|interval| interval.low)
        });
        (rate, at_least)
    })
}

/// What the rates of such items are, before one has been tried: a beta distribution.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BetaPrior {
    /// As many successes as it is worth.
    pub alpha: f64,
    /// As many failures as it is worth.
    pub beta: f64,
}

impl BetaPrior {
    /// All rates are as probable: worth one success and one failure.
    pub const UNIFORM: Self = Self { alpha: 1.0, beta: 1.0 };

    /// H. Jeffreys's: worth half a success and half a failure.
    pub const JEFFREYS: Self = Self { alpha: 0.5, beta: 0.5 };

    /// Estimated from items by moments, each weighted by its trials.
    ///
    /// With p = Σx / Σn the rate of all, k items, N = Σn and S = Σ n (x/n − p)², the correlation of trials within items is
    /// ρ = (S / (p (1 − p)) − (k − 1)) / (N − Σn²/N − (k − 1)), and α + β = 1/ρ − 1. Rates that vary no more than chance
    /// does have ρ ≤ 0 and are drawn together; α + β is then N, as a prior cannot be worth more than all there is to learn it
    /// from. J. C. Kleinman, "Proportions with extraneous variance: single and independent samples", JASA 68 (1973), with
    /// weights n.
    ///
    /// `None` with fewer than two items that have trials, and when all trials or none succeeded.
    pub fn of(items: &[Proportion]) -> Option<Self> {
        let tried = || items.iter().filter(|item| item.trials() > 0);
        let sum = |of: fn(&Proportion) -> f64| tried().map(of).sum::<f64>();
        let (k, n) = (tried().count() as f64, sum(|item| item.trials() as f64));
        let p = sum(|item| item.successes() as f64) / n;
        let spread = p * (1.0 - p);
        // Without trials it is no number.
        if k < 2.0 || !spread.is_finite() || spread <= 0.0 {
            return None;
        }
        let s: f64 = tried().filter_map(|item| Some(item.trials() as f64 * (item.rate()? - p).powi(2))).sum();
        let squares = sum(|item| (item.trials() as f64).powi(2));
        let (excess, most) = (s / spread - (k - 1.0), n - squares / n - (k - 1.0));
        // With items of one trial each there is nothing to see how much they vary.
        let strength = if excess > 0.0 && most > 0.0 { (most / excess - 1.0).clamp(0.0, n) } else { n };
        Some(Self { alpha: strength * p, beta: strength * (1.0 - p) })
    }

    /// The mean of the posterior of an item's rate, 0–1; `None` for one without trials.
    pub fn rate(&self, item: &Proportion) -> Option<f64> {
        let trials = item.trials() as f64 + self.alpha + self.beta;
        (item.trials() > 0).then(|| ((item.successes() as f64 + self.alpha) / trials).min(1.0))
    }
}

/// The places of scores, the largest first, of equal ones in the order given; what is not a number comes last. The same at every run, on every
/// machine.
///
/// # Examples
///
/// ```
/// assert_eq!(audience_stats::best_first(&[0.5, f64::NAN, 0.75, 0.5]), [2, 0, 3, 1]);
/// ```
pub fn best_first(scores: &[f64]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..scores.len()).collect();
    let score = |place: usize| Some(scores[place] + 0.0).filter(|score| !score.is_nan());
    places.sort_by(|a, b| worst_last(score(*a), score(*b)));
    places
}

fn rank(items: &[Proportion], score: impl Fn(&Proportion) -> (Option<f64>, Option<f64>)) -> Vec<Ranked> {
    let scored = items.iter().enumerate().map(|(at, item)| (at, score(item)));
    let mut ranked: Vec<_> = scored.map(|(item, (rate, at_least))| Ranked { item, rate, at_least }).collect();
    // The sort keeps equal ones in the order given.
    ranked.sort_by(|a, b| {
        let trials = |ranked: &Ranked| items[ranked.item].trials();
        worst_last(a.at_least, b.at_least).then_with(|| trials(b).cmp(&trials(a)))
    });
    ranked
}

/// The larger first, those that have none last.
fn worst_last(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (a, b) => b.is_some().cmp(&a.is_some()),
    }
}
