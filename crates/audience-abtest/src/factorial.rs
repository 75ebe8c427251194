//! Several things changed at once, in all combinations.

use audience_core::Timestamp;
use audience_stats::{Beta, PValue};

use crate::assignment::{Assignment, Experiment};
use crate::effect::{ArmEstimate, Effect, Scale};
use crate::error::Error;
use crate::refusal::Refusal;
use crate::solve::inverse;

/// The most cells that a design has.
const MOST_CELLS: usize = 4096;

/// A full factorial design: an experiment for each factor, such as the poster and the place of the play button, whose variants are the
/// levels of the factor; each combination of levels is a cell. Units are assigned to levels of each factor on their own, by its salt, so that
/// what is assigned of one factor says nothing of another, and every unit counts for every factor.
///
/// Cells are numbered with the levels of the last factor running fastest.
///
/// # Examples
///
/// ```
/// use audience_abtest::{Change, Experiment, Factorial};
/// use audience_abtest::ArmEstimate;
///
/// let design = Factorial::new(vec![
///     Experiment::equal("poster", ["old", "new"])?,
///     Experiment::equal("button", ["left", "right"])?,
/// ])?;
/// // Units, and mean and variance of a unit, of (old, left), (old, right), (new, left), (new, right).
/// let cells = [(10.0, 4.0), (11.0, 4.0), (13.0, 4.0), (18.0, 4.0)].map(|(mean, v)| Some(ArmEstimate::new(100, mean, v)));
/// let poster = Change { factor: 0, level: 1, from: 0 };
/// let button = Change { factor: 1, level: 1, from: 0 };
/// assert_eq!(design.effect(&cells, &[poster])?.unwrap().estimate, 5.0);
/// assert_eq!(design.effect(&cells, &[button])?.unwrap().estimate, 3.0);
/// // With the new poster the button does 4 more than with the old one.
/// assert_eq!(design.effect(&cells, &[poster, button])?.unwrap().estimate, 4.0);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Factorial {
    factors: Vec<Experiment>,
}

/// A factor that goes from one level to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Change {
    /// The place of the factor in [`Factorial::factors`].
    pub factor: usize,
    /// The level it goes to, a place in [`Experiment::variants`].
    pub level: usize,
    /// The level it goes from.
    pub from: usize,
}

impl Factorial {
    /// Of these factors.
    ///
    /// # Errors
    ///
    /// [`Error::TooFewFactors`] for less than two; [`Error::SharedSalt`] when two of them hash units with the same salt, so that their
    /// levels would go together; [`Error::TooManyCells`] for more than 4096 combinations.
    pub fn new(factors: Vec<Experiment>) -> Result<Self, Error> {
        if factors.len() < 2 {
            return Err(Error::TooFewFactors { factors: factors.len() });
        }
        for (at, factor) in factors.iter().enumerate() {
            if let Some(other) = factors[..at].iter().find(|other| other.salt() == factor.salt()) {
                return Err(Error::SharedSalt { key: factor.key().to_owned(), other: other.key().to_owned() });
            }
        }
        let cells = factors.iter().try_fold(1_usize, |cells, factor| cells.checked_mul(factor.variants().len()));
        match cells {
            Some(..=MOST_CELLS) => Ok(Self { factors }),
            _ => Err(Error::TooManyCells { most: MOST_CELLS }),
        }
    }

    /// Its factors.
    pub fn factors(&self) -> &[Experiment] {
        &self.factors
    }

    /// How many cells there are.
    pub fn cells(&self) -> usize {
        self.factors.iter().map(|factor| factor.variants().len()).product()
    }

    /// The levels of a cell, one for each factor; `None` when there is no such cell.
    pub fn levels(&self, cell: usize) -> Option<Vec<usize>> {
        if cell >= self.cells() {
            return None;
        }
        let mut rest = cell;
        let mut levels: Vec<usize> = self
            .factors
            .iter()
            .rev()
            .map(|factor| {
                let level = rest % factor.variants().len();
                rest /= factor.variants().len();
                level
            })
            .collect();
        levels.reverse();
        Some(levels)
    }

    /// The cell with these levels; `None` when there is none.
    pub fn cell(&self, levels: &[usize]) -> Option<usize> {
        if levels.len() != self.factors.len() {
            return None;
        }
        self.factors.iter().zip(levels).try_fold(0, |cell, (factor, level)| {
            let count = factor.variants().len();
            (*level < count).then(|| cell * count + level)
        })
    }

    /// The cell that a unit is in at some time; `None` when one of the factors leaves it out.
    pub fn assign(&self, unit: &str, at: Timestamp) -> Option<usize> {
        self.factors.iter().try_fold(0, |cell, factor| match factor.assign(unit, at) {
            Assignment::Enrolled(enrolled) => Some(cell * factor.variants().len() + enrolled.arm),
            Assignment::Excluded(_) => None,
        })
    }

    /// What a change does, averaged over all combinations of the other factors, each combination alike: a main effect. Of several
    /// changes, how much more one does where the others are made too: an interaction, of two the difference of differences.
    ///
    /// `cells` are estimates of each cell, `None` of one without units. The effect is a contrast Σ c m of cell means with SE² = Σ c² v / n
    /// and the degrees of freedom of Welch and Satterthwaite, which takes neither equal variances nor equal cells. For two levels each and
    /// equal variances it agrees with the analysis of variance.
    ///
    /// `None` when a cell that takes part is empty: its mean is not 0 but unknown.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] when there are other numbers of estimates than cells; [`Error::NotAChange`] when there is no such factor or
    /// level, the levels are the same, a factor is changed twice, or nothing is; [`Error::Refused`] when a cell has a single unit, or no
    /// unit varies.
    pub fn effect(&self, cells: &[Option<ArmEstimate>], changes: &[Change]) -> Result<Option<Effect>, Error> {
        self.check(cells, changes)?;
        let contrast = self.contrast(changes);
        let (mut estimate, mut squared, mut share) = (0.0, 0.0, 0.0);
        for (c, cell) in contrast.iter().zip(cells).filter(|(c, _)| **c != 0.0) {
            let Some(cell) = some_units(cell.as_ref())? else { return Ok(None) };
            let part = c * c * cell.variance / cell.units as f64;
            estimate += c * cell.value;
            squared += part;
            share += part * part / (cell.units - 1) as f64;
        }
        if !(squared > 0.0 && squared.is_finite()) {
            return Err(Refusal::NoVariance.into());
        }
        let degrees = Some(squared * squared / share);
        Ok(Some(Effect { scale: Scale::Absolute, estimate, standard_error: squared.sqrt(), degrees }))
    }

    /// Whether a factor does anything at any of its levels; of several factors, whether they interact at any combination of levels.
    ///
    /// The statistic of Welch and James: W = (L m)ᵀ (L V Lᵀ)⁻¹ L m of all r = ∏ (levels − 1) contrasts with the first level of each, with
    /// the variances of the cell means in V. With A = Σ Mⱼⱼ² / (nⱼ − 1) for M = V Lᵀ (L V Lᵀ)⁻¹ L, W / (r + 2 A − 6 A / (r + 2)) is
    /// nearly F distributed with r and r (r + 2) / (3 A) degrees of freedom. It takes neither equal variances nor equal cells. With one
    /// contrast it is the test of [`effect`](Self::effect), and with one factor the analysis of variance of Welch.
    ///
    /// S. Johansen, "The Welch-James approximation to the distribution of the residual sum of squares in a weighted linear
    /// regression", Biometrika 67 (1980). Agrees with statsmodels' `anova_oneway(use_var="unequal")`.
    ///
    /// `None` when a cell is empty.
    ///
    /// # Errors
    ///
    /// As [`effect`](Self::effect), and [`Error::Refused`] when contrasts are sure that the others do not say.
    pub fn test(&self, cells: &[Option<ArmEstimate>], factors: &[usize]) -> Result<Option<PValue>, Error> {
        let firsts: Vec<Change> = factors.iter().map(|factor| Change { factor: *factor, level: 1, from: 0 }).collect();
        self.check(cells, &firsts)?;
        let mut estimates = Vec::with_capacity(cells.len());
        for cell in cells {
            let Some(cell) = some_units(cell.as_ref())? else { return Ok(None) };
            estimates.push((cell.value, cell.variance / cell.units as f64, (cell.units - 1) as f64));
        }
        // Every combination of levels above the first.
        let mut combinations = vec![vec![]];
        for factor in factors {
            let levels = 1..self.factors[*factor].variants().len();
            combinations = combinations
                .into_iter()
                .flat_map(|changes: Vec<Change>| {
                    levels.clone().map(move |level| {
                        let change = Change { factor: *factor, level, from: 0 };
                        changes.iter().copied().chain([change]).collect()
                    })
                })
                .collect();
        }
        let contrasts: Vec<Vec<f64>> = combinations.iter().map(|changes| self.contrast(changes)).collect();
        let found: Vec<f64> = contrasts
            .iter()
            .map(|contrast| contrast.iter().zip(&estimates).map(|(c, (mean, ..))| c * mean).sum())
            .collect();
        let rows = contrasts.len();
        let mut covariances = Vec::with_capacity(rows * rows);
        for one in &contrasts {
            for other in &contrasts {
                let products = one.iter().zip(other).zip(&estimates);
                covariances.push(products.map(|((one, other), (_, squared, _))| one * other * squared).sum::<f64>());
            }
        }
        let inverse = inverse(&covariances, rows);
        if (0..rows).any(|row| inverse[row * rows + row] <= 0.0) {
            return Err(Refusal::NoVariance.into());
        }
        let quadratic = |of: &dyn Fn(usize) -> f64| -> f64 {
            (0..rows * rows).map(|at| of(at / rows) * inverse[at] * of(at % rows)).sum()
        };
        let statistic = quadratic(&|row| found[row]).max(0.0);
        let shares = estimates.iter().enumerate().map(|(cell, (_, squared, degrees))| {
            let share = squared * quadratic(&|row| contrasts[row][cell]);
            share * share / degrees
        });
        let (rank, a) = (rows as f64, shares.sum::<f64>());
        let f = statistic / (rank + 2.0 * a - 6.0 * a / (rank + 2.0));
        let degrees = rank * (rank + 2.0) / (3.0 * a);
        // F is a ratio of gamma variables, whose share of their sum is beta distributed.
        let beta = Beta::new(degrees / 2.0, rank / 2.0)?;
        Ok(Some(PValue::from_ln(beta.ln_lower_tail(degrees / (degrees + rank * f)))))
    }

    /// The coefficient of each cell.
    fn contrast(&self, changes: &[Change]) -> Vec<f64> {
        let coefficient = |cell: usize| {
            let levels = self.levels(cell).unwrap_or_default();
            let factors = self.factors.iter().zip(levels).enumerate();
            factors
                .map(|(at, (factor, level))| match changes.iter().find(|change| change.factor == at) {
                    Some(change) if change.level == level => 1.0,
                    Some(change) if change.from == level => -1.0,
                    Some(_) => 0.0,
                    None => (factor.variants().len() as f64).recip(),
                })
                .product()
        };
        (0..self.cells()).map(coefficient).collect()
    }

    fn check(&self, cells: &[Option<ArmEstimate>], changes: &[Change]) -> Result<(), Error> {
        if cells.len() != self.cells() {
            return Err(audience_stats::Error::LengthsDiffer { expected: self.cells(), found: cells.len() }.into());
        }
        if changes.is_empty() {
            return Err(Error::NotAChange { change: None });
        }
        for (at, change) in changes.iter().enumerate() {
            let levels = self.factors.get(change.factor).map_or(0, |factor| factor.variants().len());
            let twice = changes[..at].iter().any(|other| other.factor == change.factor);
            if change.level >= levels || change.from >= levels || change.level == change.from || twice {
                return Err(Error::NotAChange { change: Some(*change) });
            }
        }
        Ok(())
    }
}

/// A cell that says how its units vary; `None` of one without units.
fn some_units(cell: Option<&ArmEstimate>) -> Result<Option<&ArmEstimate>, Refusal> {
    match cell {
        Some(cell) if cell.units == 1 => Err(Refusal::TooFewUnits { units: 1, needed: 2 }),
        Some(cell) if cell.units > 0 => Ok(Some(cell)),
        _ => Ok(None),
    }
}
