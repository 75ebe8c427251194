//! Differences within strata, put together.

use audience_stats::{Divisor, Moments};

use crate::adjust::cuped;
use crate::effect::{ArmEstimate, Effect, Functional, Scale, welch};
use crate::refusal::Refusal;
use crate::solve::inverse;

/// The effect with units compared within strata, which are put together in the shares that both arms have of them: what strata
/// explain is no longer noise, nor can an arm have more of one by chance. Strata are known before the experiment: the country, the
/// device, the app version at first exposure.
///
/// Each stratum is a pair of moments, control and treatment, of the same quantities. With `covariates` (quantities) the metric is
/// adjusted within each by one regression for both arms. The variance is that of means within strata weighted by the shares, and
/// of the shares themselves, which would be others in another sample. A stratum where units of an arm do not vary, or are missing,
/// goes to the largest.
///
/// L. W. Miratrix, J. S. Sekhon, B. Yu, "Adjusting treatment effect estimates by post-stratification in randomized experiments",
/// JRSS B 75 (2013); for A/B tests, Y. Xie, J. Aurisset, "Improving the sensitivity of online controlled experiments: case
/// studies at Netflix", KDD 2016. Agrees with GrowthBook's gbstats.
///
/// # Errors
///
/// As [`welch`] of all units; [`Refusal::TooFewUnits`] without strata.
///
/// # Panics
///
/// When there is no such quantity, or strata have not the same, which is a bug in the program.
pub fn post_stratified(
    strata: &[(Moments, Moments)],
    metric: Functional,
    covariates: &[usize],
    scale: Scale,
) -> Result<Effect, Refusal> {
    let cells = viable(strata, metric, covariates);
    let Some((all_control, all_treatment)) =
        cells.iter().cloned().reduce(|(a, b), (c, d)| (joined(&a, &c), joined(&b, &d)))
    else {
        return Err(Refusal::TooFewUnits { units: 0, needed: 2 });
    };
    let whole = match metric {
        Functional::Mean(_) => {
            let covariates: Vec<_> = covariates.iter().map(|covariate| Functional::Mean(*covariate)).collect();
            cuped(&all_control, &all_treatment, metric, &covariates)?
        }
        Functional::Ratio(..) => {
            let covariates: Vec<_> =
                covariates.chunks_exact(2).map(|pair| Functional::Ratio(pair[0], pair[1])).collect();
            cuped(&all_control, &all_treatment, metric, &covariates)?
        }
    };
    let effect = welch(&whole.control, &whole.treatment, scale)?;
    if cells.len() < 2 {
        return Ok(effect);
    }
    let outcomes: Vec<usize> = match metric {
        Functional::Mean(quantity) => vec![quantity],
        Functional::Ratio(numerator, denominator) => vec![numerator, denominator],
    };
    let cells: Vec<Cell> = cells.iter().map(|cell| Cell::of(cell, &outcomes, covariates)).collect();
    let (means, covariance) = together(&cells);
    let (estimate, gradient) = contrast(&means, scale)?;
    let k = means.len();
    let variance: f64 = (0..k * k).map(|at| gradient[at / k] * covariance[at] * gradient[at % k]).sum();
    if variance <= 0.0 || !variance.is_finite() {
        return Err(Refusal::NoVariance);
    }
    Ok(Effect { estimate, standard_error: variance.sqrt(), ..effect })
}

/// The strata, the largest first, and those that do not stand alone in it.
fn viable(strata: &[(Moments, Moments)], metric: Functional, covariates: &[usize]) -> Vec<(Moments, Moments)> {
    let units = |(control, treatment): &(Moments, Moments)| control.units() + treatment.units();
    let stands = |cell: &(Moments, Moments)| {
        let varies = |moments: &Moments| {
            let arm = match metric {
                Functional::Mean(quantity) => ArmEstimate::mean(moments, quantity),
                Functional::Ratio(numerator, denominator) => ArmEstimate::ratio(moments, numerator, denominator),
            };
            arm.is_ok_and(|arm| arm.variance > 0.0)
        };
        let coefficients = 2 + covariates.len();
        varies(&cell.0) && varies(&cell.1) && (covariates.is_empty() || units(cell) > 3 * coefficients as u64 / 2)
    };
    let mut cells: Vec<&(Moments, Moments)> = strata.iter().collect();
    cells.sort_by_key(|cell| std::cmp::Reverse(units(cell)));
    let mut kept: Vec<(Moments, Moments)> = Vec::with_capacity(cells.len());
    for cell in cells {
        match kept.first_mut() {
            Some((control, treatment)) if !stands(cell) => {
                *control = joined(control, &cell.0);
                *treatment = joined(treatment, &cell.1);
            }
            _ => kept.push(cell.clone()),
        }
    }
    kept
}

/// Of the units of two strata, whose variance is that of a sample.
fn joined(one: &Moments, other: &Moments) -> Moments {
    let of = |moments: &Moments| moments.clone().divided_by(Divisor::UnitsLessOne);
    of(one).pooled(&of(other))
}

/// A stratum: of each outcome its mean in the control and how much more the treatment has, and n times the covariance of these.
struct Cell {
    units: f64,
    means: Vec<f64>,
    covariance: Vec<f64>,
}

impl Cell {
    fn of((control, treatment): &(Moments, Moments), outcomes: &[usize], covariates: &[usize]) -> Self {
        let pooled = control.pooled(treatment);
        let vary =
            |covariate: &&usize| [control, treatment].iter().all(|arm| arm.scatter(**covariate, **covariate) > 0.0);
        let told = covariates.iter().filter(vary).count() == covariates.len() && !covariates.is_empty();
        let units = pooled.units() as f64;
        let (means, covariance) = if told {
            regressed(treatment, &pooled, outcomes, covariates)
        } else {
            let means = outcomes.iter().flat_map(|y| [control.mean(*y), treatment.mean(*y) - control.mean(*y)]);
            let covariance = pairs(outcomes, |one, other| {
                let part = |arm: &Moments| arm.covariance(one, other).unwrap_or(0.0) / arm.units() as f64;
                let base = part(control);
                [[base, -base], [-base, base + part(treatment)]].map(|row| row.map(|value| value * units))
            });
            (means.collect(), covariance)
        };
        Self { units, means, covariance }
    }
}

/// A matrix made of a 2 × 2 block for each pair of outcomes.
fn pairs(outcomes: &[usize], block: impl Fn(usize, usize) -> [[f64; 2]; 2]) -> Vec<f64> {
    let k = 2 * outcomes.len();
    let mut matrix = vec![0.0; k * k];
    for (row, one) in outcomes.iter().enumerate() {
        for (column, other) in outcomes.iter().enumerate() {
            for (at, line) in block(*one, *other).iter().enumerate() {
                for (to, value) in line.iter().enumerate() {
                    matrix[(2 * row + at) * k + 2 * column + to] = *value;
                }
            }
        }
    }
    matrix
}

/// By one regression of each outcome on the arm and the covariates, the mean in the control where covariates are as in both arms
/// together, and how much more the treatment has.
fn regressed(treatment: &Moments, pooled: &Moments, outcomes: &[usize], covariates: &[usize]) -> (Vec<f64>, Vec<f64>) {
    let (n, n_treated) = (pooled.units() as f64, treatment.units() as f64);
    let share = n_treated / n;
    // Around the means, the columns are the arm and the covariates. The arm's products come from how far its means are apart.
    let with_arm = |quantity: usize| n_treated * (treatment.mean(quantity) - pooled.mean(quantity));
    let rows = 1 + covariates.len();
    let product = |row: usize, quantity: usize| match row {
        0 => with_arm(quantity),
        row => pooled.scatter(covariates[row - 1], quantity),
    };
    let mut matrix = vec![0.0; rows * rows];
    for row in 0..rows {
        for column in 0..rows {
            matrix[row * rows + column] = match (row, column) {
                (0, 0) => n_treated * (1.0 - share),
                (0, column) => with_arm(covariates[column - 1]),
                (row, 0) => with_arm(covariates[row - 1]),
                (row, column) => pooled.scatter(covariates[row - 1], covariates[column - 1]),
            };
        }
    }
    let inverse = inverse(&matrix, rows);
    let coefficients = |quantity: usize| -> Vec<f64> {
        let right: Vec<f64> = (0..rows).map(|row| product(row, quantity)).collect();
        inverse.chunks_exact(rows).map(|row| row.iter().zip(&right).map(|(a, b)| a * b).sum()).collect()
    };
    // The control's mean where covariates are as in both arms: that of both less the treatment's part of the effect.
    let means = outcomes.iter().flat_map(|y| {
        let effect = coefficients(*y)[0];
        [pooled.mean(*y) - share * effect, effect]
    });
    // Each outcome takes an intercept, an effect and, by its own covariate, a slope.
    let divisor = n - 3.0 * outcomes.len() as f64;
    let spread = |one: usize, other: usize| pooled.covariance(covariates[one], covariates[other]).unwrap_or(0.0) / n;
    let covariance = pairs(outcomes, |one, other| {
        let (of_one, of_other) = (coefficients(one), coefficients(other));
        let explained: f64 = (0..rows).map(|row| product(row, one) * of_other[row]).sum();
        let residual = (pooled.scatter(one, other) - explained) / divisor;
        // The variance of the level has besides what varies with the means of the covariates.
        let mut level = residual * (1.0 / n + share * share * inverse[0]);
        for row in 1..rows {
            for column in 1..rows {
                let spread = spread(row - 1, column - 1);
                level += spread * (residual * inverse[row * rows + column] + of_one[row] * of_other[column]);
            }
        }
        let effect = residual * inverse[0];
        let both = -share * effect;
        [[level, both], [both, effect]].map(|row| row.map(|value| value * n))
    });
    (means.collect(), covariance)
}

/// Means over strata by their shares, and their covariance: within strata, and of the shares.
fn together(cells: &[Cell]) -> (Vec<f64>, Vec<f64>) {
    let n: f64 = cells.iter().map(|cell| cell.units).sum();
    let k = cells[0].means.len();
    let shares: Vec<f64> = cells.iter().map(|cell| cell.units / n).collect();
    let mean = |at: usize| cells.iter().zip(&shares).map(|(cell, share)| share * cell.means[at]).sum::<f64>();
    let means: Vec<f64> = (0..k).map(mean).collect();
    let covariance = (0..k * k).map(|at| {
        let (one, other) = (at / k, at % k);
        let products = cells.iter().zip(&shares).map(|(cell, share)| share * cell.means[one] * cell.means[other]);
        let of_shares = (products.sum::<f64>() - means[one] * means[other]) / n;
        let within = cells.iter().zip(&shares).map(|(cell, share)| share * cell.covariance[at]);
        of_shares + within.sum::<f64>() / n
    });
    let covariance = covariance.collect();
    (means, covariance)
}

/// The effect that means of the control and effects on them make, and its derivatives by these.
fn contrast(means: &[f64], scale: Scale) -> Result<(f64, Vec<f64>), Refusal> {
    let level = |value: f64| if value == 0.0 { Err(Refusal::ZeroBaseline) } else { Ok(value) };
    match *means {
        [control, effect] => match scale {
            Scale::Absolute => Ok((effect, vec![0.0, 1.0])),
            Scale::Relative => {
                let base = level(control.abs())?;
                Ok((effect / base, vec![-effect * control.signum() / (base * base), base.recip()]))
            }
        },
        [numerator, numerator_effect, denominator, denominator_effect] => {
            let (own_numerator, own_denominator) = (numerator + numerator_effect, denominator + denominator_effect);
            if denominator == 0.0 || own_denominator == 0.0 {
                return Err(Refusal::ZeroDenominator);
            }
            let (base, own) = (numerator / denominator, own_numerator / own_denominator);
            // Of the treatment's ratio by its numerator and denominator, and of the control's.
            let (own_by, own_over) = (own_denominator.recip(), -own / own_denominator);
            let (base_by, base_over) = (denominator.recip(), -base / denominator);
            match scale {
                Scale::Absolute => Ok((own - base, vec![own_by - base_by, own_by, own_over - base_over, own_over])),
                Scale::Relative => {
                    let size = level(base.abs())?;
                    let by_base = -own * base.signum() / (size * size);
                    let gradient = vec![
                        own_by / size + by_base * base_by,
                        own_by / size,
                        own_over / size + by_base * base_over,
                        own_over / size,
                    ];
                    Ok(((own - base) / size, gradient))
                }
            }
        }
        _ => Err(Refusal::NoVariance),
    }
}
