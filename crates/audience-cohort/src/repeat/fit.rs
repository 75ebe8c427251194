//! The parameters under which histories are likeliest.

use libm::{exp, log, sqrt};

use super::history::RepeatHistory;
use super::jet::Jet;
use crate::error::Error;

/// A model with the parameters under which histories are likeliest.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Fit<M> {
    /// The model.
    pub model: M,
    /// The natural logarithm of the likelihood of all histories under it.
    pub log_likelihood: f64,
    /// How many histories there were.
    pub viewers: u64,
    /// How many steps it took.
    pub iterations: u32,
    /// Whether this is a maximum. It is not where the likelihood rises without end as parameters grow or shrink, as it does when viewers
    /// are all alike, or when nobody leaves, or is so flat that a parameter has a standard error of more than ten times itself. The model is
    /// then as far along as makes a difference: what it predicts for viewers like these can be used, its parameters say nothing.
    pub converged: bool,
    /// The standard errors of the parameters, in their order, from the curvature of the likelihood at the maximum; `None` where there is
    /// none. They say nothing of whether the model is right.
    pub standard_errors: Option<[f64; 4]>,
}

/// What can be fitted. Of four parameters, all above 0.
pub(super) trait Model: Sized {
    /// With these parameters; `None` when they are not such.
    fn of(parameters: [f64; 4]) -> Option<Self>;

    /// Where to begin, of which the likeliest is taken: for the visits that viewers pay in a unit of time, and how long they are known, both on
    /// average.
    fn starts(rate: f64, age: f64) -> Vec<[f64; 4]>;

    /// The part of a log-likelihood that depends on the number of visits alone, with its derivatives.
    fn jet_of_frequency(&self, frequency: u64) -> Jet;

    /// The other part.
    fn jet_of_times(&self, history: &RepeatHistory) -> Jet;
}

/// How many histories that differ say where to begin.
const ENOUGH: usize = 1000;

/// The most steps.
const MOST_STEPS: u32 = 200;

/// How far a parameter may be from where the search begins, as a logarithm: a factor of some 10⁹.
const FARTHEST: f64 = 21.0;

/// The largest standard error of a parameter, as a part of it, with which it is still known.
const VAGUEST: f64 = 10.0;

/// The largest step, as a logarithm of each parameter.
const LONGEST: f64 = 2.0;

pub(super) fn fit<M: Model>(histories: &[RepeatHistory]) -> Result<Fit<M>, Error> {
    let grouped = RepeatHistory::grouped(histories);
    let total = |of: fn(&RepeatHistory) -> f64| grouped.iter().map(|(one, count)| *count as f64 * of(one)).sum::<f64>();
    let viewers = histories.len() as u64;
    let (visits, age) = (total(|one| one.frequency() as f64), total(RepeatHistory::age));
    // Whoever came back did so in some time.
    if visits == 0.0 {
        return Err(Error::NobodyCameBack { viewers });
    }
    let likelihood = |logarithms: [f64; 4], histories: &[(RepeatHistory, u64)]| {
        let parameters = logarithms.map(exp);
        M::of(parameters).map(|model| sum(&model, histories).in_logarithms(parameters))
    };
    // Some of them, of all frequencies, are enough to see where to begin.
    let some: Vec<_> = grouped.iter().step_by(grouped.len().div_ceil(ENOUGH)).copied().collect();
    let mut best: Option<([f64; 4], f64)> = None;
    for start in M::starts(visits / age, age / viewers as f64).into_iter().map(|start| start.map(log)) {
        let reached = likelihood(start, &some).map_or(f64::NAN, |jet| jet.value);
        if reached.is_finite() && best.is_none_or(|(_, most)| reached > most) {
            best = Some((start, reached));
        }
    }
    let likelihood = |logarithms| likelihood(logarithms, &grouped).filter(|jet| jet.value.is_finite());
    let start = best.map(|(start, _)| start).ok_or(Error::OutOfReach { viewers })?;
    let jet = likelihood(start).ok_or(Error::OutOfReach { viewers })?;
    let found = climb(start, jet, likelihood);
    let parameters = found.at.map(exp);
    let model = M::of(parameters).ok_or(Error::OutOfReach { viewers })?;
    // Errors of logarithms are parts of the parameters.
    let relative_errors = Cholesky::of(&found.jet.hessian, 0.0).map(|cholesky| cholesky.inverse_diagonal().map(sqrt));
    let known = relative_errors.filter(|errors| found.converged && errors.iter().all(|error| *error <= VAGUEST));
    let standard_errors = known.map(|mut errors| {
        errors.iter_mut().zip(parameters).for_each(|(error, parameter)| *error *= parameter);
        errors
    });
    let Found { jet, iterations, .. } = found;
    let converged = standard_errors.is_some();
    Ok(Fit { model, log_likelihood: jet.value, viewers, iterations, converged, standard_errors })
}

/// The log-likelihood of all histories, in the order of their frequencies.
fn sum<M: Model>(model: &M, grouped: &[(RepeatHistory, u64)]) -> Jet {
    let mut total = Jet::default();
    for same in grouped.chunk_by(|(one, _), (other, _)| one.frequency() == other.frequency()) {
        let mut viewers = 0;
        for (history, count) in same {
            viewers += count;
            total.add(*count as f64, &model.jet_of_times(history));
        }
        if let Some((first, _)) = same.first() {
            total.add(viewers as f64, &model.jet_of_frequency(first.frequency()));
        }
    }
    total
}

struct Found {
    at: [f64; 4],
    jet: Jet,
    iterations: u32,
    converged: bool,
}

/// Newton's steps uphill in the logarithms of the parameters, shortened towards the gradient where the function is not concave or a step
/// does not lead up (Levenberg, Marquardt).
fn climb(start: [f64; 4], mut jet: Jet, function: impl Fn([f64; 4]) -> Option<Jet>) -> Found {
    let (mut at, mut damping, mut iterations, mut converged) = (start, 0.0_f64, 0, false);
    // What rounding may make of a value that does not change.
    let noise = |value: f64| 1e-13 * value.abs();
    while iterations < MOST_STEPS {
        if let Some(step) = Cholesky::of(&jet.hessian, 0.0).map(|cholesky| cholesky.solve(jet.gradient)) {
            // Half of it is how much there is to gain.
            let gain: f64 = step.iter().zip(jet.gradient).map(|(step, slope)| step * slope).sum();
            if gain <= 1e-10 + noise(jet.value) {
                // Where it takes a long way to gain next to nothing, there is no maximum.
                converged = step.iter().all(|step| step.abs() < 1e-3);
                if converged {
                    let last = moved_by(at, step);
                    if let Some(there) = function(last) {
                        (at, jet, iterations) = (last, there, iterations + 1);
                    }
                }
                if converged || gain <= f64::EPSILON {
                    break;
                }
            }
        }
        iterations += 1;
        let scale = (0..4).map(|i| jet.hessian[i][i].abs()).fold(1e-12, f64::max);
        let mut moved = false;
        for _ in 0..60 {
            let step = Cholesky::of(&jet.hessian, damping * scale).map(|cholesky| cholesky.solve(jet.gradient));
            if let Some(step) = step.filter(|step| step.iter().all(|step| step.abs() <= LONGEST)) {
                let next = moved_by(at, step);
                if let Some(there) = function(next).filter(|there| there.value >= jet.value - noise(jet.value)) {
                    (at, jet, moved) = (next, there, true);
                    damping = if damping < 1e-6 { 0.0 } else { damping / 8.0 };
                    break;
                }
            }
            damping = (damping * 4.0).max(1e-6);
        }
        let far = at.iter().zip(start).any(|(at, start)| (at - start).abs() > FARTHEST);
        if !moved || far {
            break;
        }
    }
    Found { at, jet, iterations, converged }
}

fn moved_by(mut at: [f64; 4], step: [f64; 4]) -> [f64; 4] {
    at.iter_mut().zip(step).for_each(|(at, step)| *at += step);
    at
}

/// The triangle whose product with itself is a symmetric matrix.
struct Cholesky([[f64; 4]; 4]);

impl Cholesky {
    /// Of the negative of this matrix, with so much added to its diagonal; `None` when that is not positive definite.
    fn of(negative: &[[f64; 4]; 4], damping: f64) -> Option<Self> {
        let mut l = [[0.0; 4]; 4];
        for i in 0..4 {
            for j in 0..=i {
                let own = if i == j { damping - negative[i][i] } else { -negative[i][j] };
                let rest = own - (0..j).map(|k| l[i][k] * l[j][k]).sum::<f64>();
                if i != j {
                    l[i][j] = rest / l[j][j];
                } else if rest > 1e-14 * own.abs() {
                    l[i][i] = sqrt(rest);
                } else {
                    return None;
                }
            }
        }
        l.iter().flatten().all(|value| value.is_finite()).then_some(Self(l))
    }

    /// The diagonal of the inverse of the matrix.
    fn inverse_diagonal(&self) -> [f64; 4] {
        std::array::from_fn(|at| {
            let mut unit = [0.0; 4];
            unit[at] = 1.0;
            self.solve(unit)[at]
        })
    }

    fn solve(&self, mut right: [f64; 4]) -> [f64; 4] {
        let l = &self.0;
        for i in 0..4 {
            right[i] = (right[i] - (0..i).map(|k| l[i][k] * right[k]).sum::<f64>()) / l[i][i];
        }
        for i in (0..4).rev() {
            right[i] = (right[i] - (i + 1..4).map(|k| l[k][i] * right[k]).sum::<f64>()) / l[i][i];
        }
        right
    }
}
