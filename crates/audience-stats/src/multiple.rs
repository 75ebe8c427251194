//! Many hypotheses at once.

use libm::{exp, expm1, log, log1p};

use crate::error::Error;
use crate::p_value::PValue;

/// How the p values of many hypotheses are adjusted for their number, so that each can be held against the level α that all
/// of them share.
///
/// With p₍₁₎ ≤ … ≤ p₍ₘ₎ the values in order:
///
/// | | adjusted p₍ᵢ₎ | holds |
/// |---|---|---|
/// | [`Bonferroni`](Self::Bonferroni) | m p₍ᵢ₎ | a false finding anywhere at most α, always |
/// | [`Sidak`](Self::Sidak) | 1 − (1 − p₍ᵢ₎)ᵐ | the same if independent or positively dependent |
/// | [`Holm`](Self::Holm) | max over j ≤ i of (m − j + 1) p₍ⱼ₎ | a false finding anywhere at most α, always |
/// | [`HolmSidak`](Self::HolmSidak) | max over j ≤ i of 1 − (1 − p₍ⱼ₎)^(m − j + 1) | the same if independent or positively dependent |
/// | [`Hochberg`](Self::Hochberg) | min over j ≥ i of (m − j + 1) p₍ⱼ₎ | the same if independent or positively dependent |
/// | [`Hommel`](Self::Hommel) | the least α at which Simes' test rejects every set with it | as Hochberg, never less powerful |
/// | [`BenjaminiHochberg`](Self::BenjaminiHochberg) | min over j ≥ i of m p₍ⱼ₎ / j | false findings are at most a part α of all, if independent or positively dependent |
/// | [`BenjaminiYekutieli`](Self::BenjaminiYekutieli) | the same times Σ 1 / j | the same, always |
///
/// Holm is never less powerful than Bonferroni and asks for nothing more: there is no reason for the latter but that its
/// intervals are simple. All are at most 1.
///
/// S. Holm, Scandinavian Journal of Statistics 6 (1979); Z. Šidák, JASA 62 (1967); Y. Hochberg, Biometrika 75 (1988);
/// G. Hommel, Biometrika 75 (1988), by the algorithm of S. P. Wright, Biometrics 48 (1992); Y. Benjamini, Y. Hochberg, JRSS B
/// 57 (1995); Y. Benjamini, D. Yekutieli, Annals of Statistics 29 (2001). Agrees with statsmodels' `multipletests` of
/// `bonferroni`, `sidak`, `holm`, `holm-sidak`, `simes-hochberg`, `hommel`, `fdr_bh` and `fdr_by`.
///
/// # Examples
///
/// ```
/// use audience_stats::Correction;
///
/// assert_eq!(Correction::BenjaminiHochberg.adjust(&[0.01, 0.5, 0.02])?, [0.03, 0.5, 0.03]);
/// assert_eq!(Correction::Holm.adjust(&[0.01, 0.5, 0.02])?, [0.03, 0.5, 0.04]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Correction {
    /// As many times as there are hypotheses.
    Bonferroni,
    /// Exact for independent hypotheses.
    Sidak,
    /// Bonferroni, step by step down from the smallest.
    #[default]
    Holm,
    /// Šidák, step by step down from the smallest.
    HolmSidak,
    /// Step by step up from the largest; also named after Simes.
    Hochberg,
    /// By closing Simes' test. Takes time that grows with the square of the number of hypotheses.
    Hommel,
    /// The false discovery rate.
    BenjaminiHochberg,
    /// The false discovery rate, however hypotheses hang together.
    BenjaminiYekutieli,
}

impl Correction {
    /// The adjusted values, in the order given; nothing of nothing. A hypothesis is rejected at the level α when its adjusted
    /// value is at most α.
    ///
    /// # Errors
    ///
    /// [`Error::NotAProbability`] when a value is not a number from 0 to 1.
    pub fn adjust(self, p_values: &[f64]) -> Result<Vec<f64>, Error> {
        if let Some(value) = p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
            return Err(Error::NotAProbability { value: *value });
        }
        Ok(self.adjusted(p_values))
    }

    /// The adjusted values by their logarithm, in the order given: the same as [`adjust`](Self::adjust) also for evidence
    /// whose probability is too small for a number. Where a value lies exactly on α, rounding of the logarithm decides.
    ///
    /// ```
    /// use audience_stats::{Correction, PValue};
    ///
    /// let adjusted = Correction::Bonferroni.adjust_p(&[PValue::from_ln(-900.0), PValue::ONE]);
    /// assert_eq!(adjusted[0].ln(), -900.0 + 2.0_f64.ln());
    /// ```
    pub fn adjust_p(self, p_values: &[PValue]) -> Vec<PValue> {
        let logarithms: Vec<Ln> = p_values.iter().map(|p| Ln(p.ln())).collect();
        self.adjusted(&logarithms).into_iter().map(|Ln(ln)| PValue::from_ln(ln)).collect()
    }

    fn adjusted<P: Probability>(self, p_values: &[P]) -> Vec<P> {
        let mut rising: Vec<usize> = (0..p_values.len()).collect();
        rising.sort_by(|a, b| p_values[*a].order().total_cmp(&p_values[*b].order()));
        let sorted: Vec<P> = rising.iter().map(|at| p_values[*at]).collect();
        let number = sorted.len() as f64;
        let from_here = |at: usize| number - at as f64;
        let adjusted = match self {
            Self::Bonferroni => sorted.iter().map(|p| p.times(number)).collect(),
            Self::Sidak => sorted.iter().map(|p| p.any_of(number)).collect(),
            Self::Holm => step_down(&sorted, |at, p| p.times(from_here(at))),
            Self::HolmSidak => step_down(&sorted, |at, p| p.any_of(from_here(at))),
            Self::Hochberg => step_up(&sorted, |at, p| p.times(from_here(at))),
            Self::Hommel => hommel(&sorted),
            Self::BenjaminiHochberg => step_up(&sorted, |at, p| p.times(number).over((at + 1) as f64)),
            Self::BenjaminiYekutieli => {
                let harmonic: f64 = (1..=sorted.len()).map(|rank| 1.0 / rank as f64).sum();
                step_up(&sorted, |at, p| p.times(number * harmonic).over((at + 1) as f64))
            }
        };
        let mut in_order = vec![P::ONE; p_values.len()];
        for (at, p) in rising.into_iter().zip(adjusted) {
            in_order[at] = p.least(P::ONE);
        }
        in_order
    }
}

/// Each as adjusted, and no less than those before it.
fn step_down<P: Probability>(sorted: &[P], adjust: impl Fn(usize, P) -> P) -> Vec<P> {
    let mut most = None;
    let mut step = |at: usize, p: &P| {
        let adjusted = adjust(at, *p);
        *most.insert(most.map_or(adjusted, |most: P| most.greatest(adjusted)))
    };
    sorted.iter().enumerate().map(|(at, p)| step(at, p)).collect()
}

/// Each as adjusted, and no more than those after it.
fn step_up<P: Probability>(sorted: &[P], adjust: impl Fn(usize, P) -> P) -> Vec<P> {
    let mut adjusted: Vec<P> = sorted.iter().enumerate().map(|(at, p)| adjust(at, *p)).collect();
    for at in (1..adjusted.len()).rev() {
        adjusted[at - 1] = adjusted[at - 1].least(adjusted[at]);
    }
    adjusted
}

/// For each size of a set, Simes' level of the largest values; the others are in a set with all but the smallest of these.
fn hommel<P: Probability>(sorted: &[P]) -> Vec<P> {
    let mut adjusted = sorted.to_vec();
    for size in 2..=sorted.len() {
        let (smaller, largest) = sorted.split_at(sorted.len() - size);
        let scaled = |p: &P| p.times(size as f64);
        let levels = largest.iter().enumerate().map(|(at, p)| scaled(p).over((at + 1) as f64));
        let simes = levels.reduce(P::least).unwrap_or(P::ONE);
        let of_smaller = smaller.iter().map(|p| scaled(p).least(simes));
        for (adjusted, level) in adjusted.iter_mut().zip(of_smaller.chain(largest.iter().map(|_| simes))) {
            *adjusted = adjusted.greatest(level);
        }
    }
    adjusted
}

/// What adjusting does with a p value. As a number it is done in the order of the formulas, so that what lies exactly on a
/// level stays there.
trait Probability: Copy {
    const ONE: Self;

    fn order(self) -> f64;
    fn times(self, factor: f64) -> Self;
    fn over(self, divisor: f64) -> Self;
    /// That one of so many independent events happens which are each as probable as this.
    fn any_of(self, number: f64) -> Self;

    fn least(self, other: Self) -> Self {
        if self.order() <= other.order() { self } else { other }
    }

    fn greatest(self, other: Self) -> Self {
        if self.order() >= other.order() { self } else { other }
    }
}

impl Probability for f64 {
    const ONE: Self = 1.0;

    fn order(self) -> f64 {
        self
    }

    fn times(self, factor: f64) -> Self {
        self * factor
    }

    fn over(self, divisor: f64) -> Self {
        self / divisor
    }

    fn any_of(self, number: f64) -> Self {
        -expm1(number * log1p(-self))
    }
}

/// The logarithm of a p value, or of a multiple of one, which may be more than 1.
#[derive(Clone, Copy)]
struct Ln(f64);

impl Probability for Ln {
    const ONE: Self = Self(0.0);

    fn order(self) -> f64 {
        self.0
    }

    fn times(self, factor: f64) -> Self {
        Self(self.0 + log(factor))
    }

    fn over(self, divisor: f64) -> Self {
        Self(self.0 - log(divisor))
    }

    fn any_of(self, number: f64) -> Self {
        let p = exp(self.0);
        // Of what is too small to square, none happens twice.
        if p < 1e-200 { self.times(number) } else { Self(log(-expm1(number * log1p(-p)))) }
    }
}
