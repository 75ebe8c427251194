//! Means of many items, drawn together as far as they are unsure.

use crate::error::Error;
use crate::float_sum::FloatSum;
use crate::interval::Confidence;
use crate::ranking::best_first;
use crate::student::StudentT;

/// What is known of the mean of an item by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct MeanEstimate {
    /// Its mean.
    pub mean: f64,
    /// The standard error of that: the standard deviation of its units by the root of their number. 0 is allowed.
    pub standard_error: f64,
    /// How many units it is of; a fraction when they are weighted.
    pub units: f64,
}

/// Means of items as one family: normal, around a common mean.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShrunkMeans {
    /// The common mean.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: f64,
    /// The variance of the true means of items around it, τ².
    pub between_variance: f64,
    /// The variance of units within items, pooled.
    pub unit_variance: f64,
    /// W. G. Cochran's Q: Σ (y − μ)² / v at τ² = 0, which is about χ² of one degree less than there are items if all true
    /// means are equal.
    pub q: f64,
    /// The items, in the order given.
    pub items: Vec<ShrunkMean>,
}

/// What is known of the mean of an item from itself and the others.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShrunkMean {
    /// The mean of its posterior.
    pub mean: f64,
    /// The standard deviation of that.
    pub sd: f64,
    /// The part of its own mean in it, 0–1; the rest is of the common mean.
    pub weight: f64,
    /// Of how many degrees of freedom its variance is known: its units less 1, and four.
    pub degrees: f64,
}

/// An item in its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedMean {
    /// Its place in the list that was given.
    pub item: usize,
    /// What its mean is taken to be.
    pub mean: f64,
    /// What the mean is at least, by which items are ranked.
    pub at_least: f64,
}

/// As many units of the pooled variance count with those of each item.
const PRIOR_DEGREES: f64 = 4.0;

/// The means of items drawn towards their common mean, each as far as it is unsure and the items alike: normal-normal
/// empirical Bayes.
///
/// An item i has mean yᵢ, standard error eᵢ and nᵢ units, so that the variance of its units is sᵢ² = nᵢ eᵢ². Of few units
/// this is hardly known, and 0 when three of them happen to be alike; so it is blended with that of all items:
///
/// s² = Σ (nᵢ − 1) sᵢ² / Σ (nᵢ − 1), and vᵢ = (4 s² + (nᵢ − 1) sᵢ²) / (4 + nᵢ − 1) / nᵢ,
///
/// as if the item had four more degrees of freedom with the pooled variance: what G. K. Smyth (2004) does for genes, with the
/// prior degrees given. The true means then have variance τ² around μ, which is that of R. C. Paule and J. Mandel (1982):
/// where Σ wᵢ (yᵢ − μ)² with wᵢ = 1 / (vᵢ + τ²) is the number of items less 1, or 0 where it is less already. The posterior
/// of an item has the mean μ + B (yᵢ − μ) with B = τ² / (τ² + vᵢ), and the variance B vᵢ + (1 − B)² / Σ wᵢ, the last part for
/// what is not known of μ. That τ² is itself estimated is left out.
///
/// τ² agrees with the root that SciPy finds, and with `statsmodels` (`combine_effects`, `iterated`) to the few digits that has.
///
/// With one item there is nothing to draw it to: τ² is 0 and the item is the family. Where no units vary at all, means are as
/// they are.
///
/// # Errors
///
/// [`Error::NoValues`] without items; [`Error::NotFinite`] of a mean; [`Error::NotAWeight`] of a standard error that is not
/// finite or below 0; [`Error::NotPositive`] when an item has no units; [`Error::NoWeight`] when none has more than one, as
/// then nothing is known of variances.
///
/// # Examples
///
/// ```
/// use audience_stats::{Confidence, MeanEstimate, shrink_means};
///
/// let watched = |mean, sd: f64, units: f64| MeanEstimate { mean, standard_error: sd / units.sqrt(), units };
/// let titles = [watched(0.62, 0.3, 90_000.0), watched(1.0, 0.0, 3.0), watched(0.4, 0.25, 400.0), watched(0.5, 0.3, 80.0)];
/// let family = shrink_means(&titles)?;
/// let order: Vec<usize> = family.rank(Confidence::P95).iter().map(|ranked| ranked.item).collect();
/// assert_eq!(order[0], 0);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn shrink_means(estimates: &[MeanEstimate]) -> Result<ShrunkMeans, Error> {
    if estimates.is_empty() {
        return Err(Error::NoValues);
    }
    for (at, MeanEstimate { mean, standard_error, units }) in estimates.iter().copied().enumerate() {
        if !mean.is_finite() {
            return Err(Error::NotFinite { at, value: mean });
        }
        if !(standard_error.is_finite() && standard_error >= 0.0) {
            return Err(Error::NotAWeight { at, weight: standard_error });
        }
        if !(units.is_finite() && units > 0.0) {
            return Err(Error::NotPositive { at, value: units });
        }
    }
    let degrees = |item: &MeanEstimate| (item.units - 1.0).max(0.0);
    let squares = |item: &MeanEstimate| degrees(item) * item.units * item.standard_error * item.standard_error;
    let all_degrees = estimates.iter().map(degrees).collect::<FloatSum>().value();
    if all_degrees <= 0.0 {
        return Err(Error::NoWeight);
    }
    let unit_variance = estimates.iter().map(squares).collect::<FloatSum>().value() / all_degrees;
    let blended = |item: &MeanEstimate| {
        (PRIOR_DEGREES * unit_variance + squares(item)) / (PRIOR_DEGREES + degrees(item)) / item.units
    };
    let family = Family {
        degrees: estimates.iter().map(|item| PRIOR_DEGREES + degrees(item)).collect(),
        means: estimates.iter().map(|item| item.mean).collect(),
        variances: estimates.iter().map(blended).collect(),
    };
    Ok(family.shrunk(unit_variance))
}

/// Means and their variances, and of how many degrees of freedom these are.
struct Family {
    degrees: Vec<f64>,
    means: Vec<f64>,
    variances: Vec<f64>,
}

impl Family {
    fn shrunk(&self, unit_variance: f64) -> ShrunkMeans {
        let k = self.means.len() as f64;
        let known = self.variances.iter().all(|variance| *variance > 0.0);
        let (between_variance, q) = if known {
            (self.between_variance(), self.around(0.0).squares)
        } else {
            // All variances are 0 together: what is seen is how means vary.
            let mean = self.means.iter().copied().collect::<FloatSum>().value() / k;
            let squares: FloatSum = self.means.iter().map(|value| (value - mean) * (value - mean)).collect();
            let varies = squares.value() > 0.0;
            (if varies { squares.value() / (k - 1.0) } else { 0.0 }, if varies { f64::INFINITY } else { 0.0 })
        };
        let Around { mean, weights, .. } = self.around(between_variance);
        let of_mean = if weights.is_finite() { 1.0 / weights } else { 0.0 };
        let item = |((own, variance), degrees): ((&f64, &f64), &f64)| {
            let weight = if *variance > 0.0 { between_variance / (between_variance + variance) } else { 1.0 };
            let rest = 1.0 - weight;
            ShrunkMean {
                mean: mean + weight * (own - mean),
                sd: (weight * variance + rest * rest * of_mean).sqrt(),
                weight,
                degrees: *degrees,
            }
        };
        let items = self.means.iter().zip(&self.variances).zip(&self.degrees).map(item).collect();
        ShrunkMeans { mean, standard_error: of_mean.sqrt(), between_variance, unit_variance, q, items }
    }

    /// The common mean at a τ², and how far means are from it.
    fn around(&self, between: f64) -> Around {
        let weight = |variance: f64| 1.0 / (variance + between);
        let weights = self.variances.iter().map(|variance| weight(*variance)).collect::<FloatSum>().value();
        if !weights.is_finite() {
            let mean = self.means.iter().copied().collect::<FloatSum>().value() / self.means.len() as f64;
            return Around { mean, weights, squares: 0.0, slope: 0.0 };
        }
        let items = || self.means.iter().zip(&self.variances);
        let mean = items().map(|(mean, variance)| weight(*variance) / weights * mean).collect::<FloatSum>().value();
        let (mut squares, mut slope) = (FloatSum::default(), FloatSum::default());
        for (own, variance) in items() {
            let square = weight(*variance) * (own - mean) * (own - mean);
            squares.add(square);
            slope.add(-weight(*variance) * square);
        }
        Around { mean, weights, squares: squares.value(), slope: slope.value() }
    }

    /// τ² by Paule and Mandel. The sum of squares falls with τ² and is convex, so that Newton's method comes near from below.
    fn between_variance(&self) -> f64 {
        let degrees = self.means.len() as f64 - 1.0;
        let mut between = 0.0_f64;
        for _ in 0..200 {
            let Around { squares, slope, .. } = self.around(between);
            let next = between + (degrees - squares) / slope;
            // Where all means are equal nothing slopes, and the next is no number.
            if squares <= degrees || next.is_nan() || next <= between {
                break;
            }
            between = next;
        }
        between
    }
}

/// The common mean, the sum of weights, the sum of weighted squares around it, and how that changes with τ².
struct Around {
    mean: f64,
    weights: f64,
    squares: f64,
    slope: f64,
}

impl ShrunkMeans {
    /// Items by the lower end of the interval of their mean, the best first, of equal ones in the order given. It is as many
    /// standard deviations below the mean as Student's t of the item's degrees of freedom says: few units know their own
    /// variance badly.
    pub fn rank(&self, confidence: Confidence) -> Vec<RankedMean> {
        let at_least: Vec<f64> = self.items.iter().map(|item| item.at_least(confidence)).collect();
        let ranked = |item: usize| RankedMean { item, mean: self.items[item].mean, at_least: at_least[item] };
        best_first(&at_least).into_iter().map(ranked).collect()
    }
}

impl ShrunkMean {
    /// The lower end of the interval of its mean.
    fn at_least(&self, confidence: Confidence) -> f64 {
        // Degrees are finite and above 0.
        let student = StudentT::new(self.degrees).and_then(|student| student.quantile(1.0 - confidence.tail()));
        self.mean - student.unwrap_or_else(|_| confidence.z()) * self.sd
    }
}

/// Items by what their mean is at least, the best first: [`shrink_means`] and [`ShrunkMeans::rank`].
///
/// # Errors
///
/// As [`shrink_means`].
pub fn rank_by_shrunk_means(estimates: &[MeanEstimate], confidence: Confidence) -> Result<Vec<RankedMean>, Error> {
    Ok(shrink_means(estimates)?.rank(confidence))
}
