//! What is like what, by features.

use audience_stats::FloatSum;

use crate::error::Error;

/// How alike two lists of features are.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Similarity {
    /// The cosine of the angle between them, −1 to 1: whether features are in the same proportion. None of all zeros.
    #[default]
    Cosine,
    /// Pearson's correlation, −1 to 1: whether features rise and fall together. None of one feature, or of features that are all the
    /// same.
    Pearson,
    /// Less Euclid's distance, so that the larger is the more alike: at most 0. It depends on the units of features: see
    /// [`Normaliser`].
    NegativeEuclidean,
}

impl Similarity {
    /// Of two lists of the same features; `None` where it is not defined. Numbers too large or too small to be squared are no
    /// difficulty. Agrees with the definitions in 40 digits, and with `scipy.spatial.distance` and `scipy.stats.pearsonr` where these do
    /// not overflow.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when they have not the same length, or none, or a feature is not finite.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_engagement::Similarity;
    ///
    /// assert_eq!(Similarity::Cosine.of(&[3.0, 4.0], &[4.0, 3.0])?, Some(0.96));
    /// assert_eq!(Similarity::Pearson.of(&[3.0, 4.0], &[4.0, 3.0])?, Some(-1.0));
    /// assert_eq!(Similarity::NegativeEuclidean.of(&[0.0, 0.0], &[3.0, 4.0])?, Some(-5.0));
    /// assert_eq!(Similarity::Cosine.of(&[0.0, 0.0], &[3.0, 4.0])?, None);
    /// # Ok::<(), audience_engagement::Error>(())
    /// ```
    pub fn of(self, a: &[f64], b: &[f64]) -> Result<Option<f64>, Error> {
        check(a, b.len())?;
        check(b, a.len())?;
        Ok(match self {
            Self::Cosine => cosine(a, b),
            Self::Pearson => centred(a).zip(centred(b)).and_then(|(a, b)| cosine(&a, &b)),
            Self::NegativeEuclidean => {
                // Halves differ by no more than there is.
                let halves: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / 2.0 - b / 2.0).collect();
                Some(
                    scaled(&halves)
                        .map_or(0.0, |(scaled, exponent)| -libm::ldexp(dot(&scaled, &scaled).sqrt(), exponent + 1)),
                )
            }
        })
    }
}

fn check(features: &[f64], expected: usize) -> Result<(), Error> {
    if features.is_empty() {
        return Err(audience_stats::Error::NoValues.into());
    }
    if features.len() != expected {
        return Err(audience_stats::Error::LengthsDiffer { expected, found: features.len() }.into());
    }
    match features.iter().position(|value| !value.is_finite()) {
        Some(at) => Err(audience_stats::Error::NotFinite { at, value: features[at] }.into()),
        None => Ok(()),
    }
}

/// Divided by a power of two near the largest of them, which is exact, and its exponent; `None` of all zeros.
fn scaled(values: &[f64]) -> Option<(Vec<f64>, i32)> {
    let most = values.iter().fold(0.0, |most: f64, value| most.max(value.abs()));
    if most <= 0.0 {
        return None;
    }
    let (_, exponent) = libm::frexp(most);
    Some((values.iter().map(|value| libm::ldexp(*value, -exponent)).collect(), exponent))
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).collect::<FloatSum>().value()
}

fn cosine(a: &[f64], b: &[f64]) -> Option<f64> {
    let ((a, _), (b, _)) = scaled(a).zip(scaled(b))?;
    Some((dot(&a, &b) / (dot(&a, &a) * dot(&b, &b)).sqrt()).clamp(-1.0, 1.0))
}

/// Less their mean; `None` where nothing is left of it.
fn centred(values: &[f64]) -> Option<Vec<f64>> {
    if values.iter().all(|value| *value == values[0]) {
        return None;
    }
    let (values, _) = scaled(values)?;
    let n = values.len() as f64;
    let sum = |values: &[f64]| values.iter().copied().collect::<FloatSum>().value();
    let mean = sum(&values) / n;
    let around: Vec<f64> = values.iter().map(|value| value - mean).collect();
    // What rounding left of the mean.
    let rest = sum(&around) / n;
    Some(around.into_iter().map(|value| value - rest).collect())
}

/// Brings features to one scale, so that none counts more for its unit.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Normaliser {
    /// Of each feature, what is taken away, and what is then divided by; 0 of one that does not vary.
    scales: Vec<(f64, f64)>,
}

impl Normaliser {
    /// From the least to the largest of each feature, to 0–1; one half where it does not vary.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when there are no rows, rows have not the same length, or something is not finite.
    pub fn min_max(rows: &[Vec<f64>]) -> Result<Self, Error> {
        let fold = |rows: &[Vec<f64>], at: usize, of: fn(f64, f64) -> f64| {
            rows.iter().map(|row| row[at]).reduce(of).unwrap_or_default()
        };
        Self::fit(rows, |rows, at| {
            let (low, high) = (fold(rows, at, f64::min), fold(rows, at, f64::max));
            (low, high - low)
        })
    }

    /// Less the mean of each feature, by its standard deviation; one half where it does not vary.
    ///
    /// # Errors
    ///
    /// As [`min_max`](Self::min_max).
    pub fn standard(rows: &[Vec<f64>]) -> Result<Self, Error> {
        Self::fit(rows, |rows, at| {
            let n = rows.len() as f64;
            let mean = rows.iter().map(|row| row[at]).collect::<FloatSum>().value() / n;
            let squares: FloatSum = rows.iter().map(|row| (row[at] - mean) * (row[at] - mean)).collect();
            (mean, (squares.value() / n).sqrt())
        })
    }

    fn fit(rows: &[Vec<f64>], scale: impl Fn(&[Vec<f64>], usize) -> (f64, f64)) -> Result<Self, Error> {
        let features = rows.first().ok_or(audience_stats::Error::NoValues)?.len();
        rows.iter().try_for_each(|row| check(row, features))?;
        Ok(Self { scales: (0..features).map(|at| scale(rows, at)).collect() })
    }

    /// The features of one row on the common scale.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when it has not as many as the rows it was made from, or one is not finite.
    pub fn transform(&self, row: &[f64]) -> Result<Vec<f64>, Error> {
        check(row, self.scales.len())?;
        let of = |(value, (less, by)): (&f64, &(f64, f64))| if *by > 0.0 { (value - less) / by } else { 0.5 };
        Ok(row.iter().zip(&self.scales).map(of).collect())
    }
}

/// The rows most similar to one of them, the most similar first; of those that are equal, the first in the list. Those of which the
/// similarity is not defined are left out.
///
/// Exact: every row is compared. Work grows with rows, memory with `most`.
///
/// # Errors
///
/// [`Error::UnknownItem`]; [`Error::Statistics`] as [`Similarity::of`].
///
/// # Examples
///
/// ```
/// use audience_engagement::{Similarity, most_similar};
///
/// let rows = [vec![1.0, 0.0], vec![0.0, 1.0], vec![2.0, 0.1], vec![3.0, 0.0]];
/// let similar = most_similar(&rows, 0, Similarity::Cosine, 2)?;
/// assert_eq!((similar[0], similar[1].0), ((3, 1.0), 2));
/// # Ok::<(), audience_engagement::Error>(())
/// ```
pub fn most_similar(
    rows: &[Vec<f64>],
    item: usize,
    similarity: Similarity,
    most: usize,
) -> Result<Vec<(usize, f64)>, Error> {
    let own = rows.get(item).ok_or(Error::UnknownItem { item, items: rows.len() })?;
    let mut scored = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(at, _)| *at != item) {
        scored.extend(similarity.of(own, row)?.map(|score| (at, score)));
        keep_best(&mut scored, most, 2);
    }
    keep_best(&mut scored, most, 1);
    Ok(scored)
}

/// Leaves the `most` with the largest scores, in order, where there are more than so many times as many.
pub(crate) fn keep_best(scored: &mut Vec<(usize, f64)>, most: usize, times: usize) {
    if times == 1 || scored.len() > most.saturating_mul(times).max(64) {
        scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        scored.truncate(most);
    }
}
