//! The score interval of a difference of rates.

use crate::interval::Interval;

use super::difference::rates_apart;

/// The differences δ that (p₂ − p₁ − δ)² ≤ z² V(δ) does not reject, with the variance of the rates that are most likely when
/// they are δ apart, times N / (N − 1).
pub(super) fn miettinen_nurminen(own: (f64, f64), other: (f64, f64), z: f64) -> Interval {
    let estimate = rates_apart(own, other);
    let trials = own.1 + other.1;
    let holds = |difference: f64| {
        let rate = likeliest_rate(own, other, difference);
        let own_rate = (rate + difference).clamp(0.0, 1.0);
        let variance = own_rate * (1.0 - own_rate) / own.1 + rate * (1.0 - rate) / other.1;
        let distance = estimate - difference;
        distance * distance <= z * z * variance * (trials / (trials - 1.0))
    };
    Interval { low: boundary(estimate, -1.0, holds), high: boundary(estimate, 1.0, holds) }
}

/// How far from `inside` towards `outside` it holds, to the last digit.
fn boundary(inside: f64, outside: f64, holds: impl Fn(f64) -> bool) -> f64 {
    if holds(outside) {
        return outside;
    }
    let (estimate, mut inside, mut outside) = (inside, inside, outside);
    loop {
        let middle = f64::midpoint(inside, outside);
        let known = (inside - outside).abs() <= f64::EPSILON / 4.0 * (inside - estimate).abs();
        if known || middle == inside || middle == outside {
            return inside;
        }
        if holds(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
}

/// The rate of the other group that is most likely when the own rate is higher by `difference`.
///
/// The likelihood is concave in it, so that its slope x₂ / (r + δ) − f₂ / (1 − r − δ) + x₁ / r − f₁ / (1 − r) falls and has one
/// root at most. The closed form by a cubic equation loses half of the digits where rates are near 0 or 1.
fn likeliest_rate((x2, n2): (f64, f64), (x1, n1): (f64, f64), difference: f64) -> f64 {
    let (f2, f1) = (n2 - x2, n1 - x1);
    // 0 of a rate of 0 is as likely as can be.
    let part = |count: f64, rate: f64| if count == 0.0 { 0.0 } else { count / rate };
    let (mut low, mut high) = ((-difference).max(0.0), (1.0 - difference).min(1.0));
    let mut rate = f64::midpoint(low, high);
    for _ in 0..200 {
        let own = rate + difference;
        let terms = [part(x2, own), part(x1, rate), part(f2, 1.0 - own), part(f1, 1.0 - rate)];
        let slope = terms[0] + terms[1] - terms[2] - terms[3];
        if slope > 0.0 {
            low = rate;
        } else {
            high = rate;
        }
        // The slope of the slope: Newton's step, or halving where it leads out of what is left.
        let squares = [(terms[0], x2), (terms[1], x1), (terms[2], f2), (terms[3], f1)];
        let curvature: f64 =
            squares.iter().map(|(term, count)| if *count > 0.0 { term * term / count } else { 0.0 }).sum();
        let newton = rate + slope / curvature;
        if (newton - rate).abs() <= f64::EPSILON * rate {
            break;
        }
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if next == rate {
            break;
        }
        rate = next;
    }
    rate
}
