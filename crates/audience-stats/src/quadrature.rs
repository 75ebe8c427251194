//! Integrals of positive functions, in logarithms.

use libm::{exp, log};

/// How far below its peak a function is left out, as a logarithm: what lies beyond is some 10⁻¹⁸ of the whole.
const DROP: f64 = 42.0;

/// Nodes and weights of Kronrod's rule of 15 points on −1 to 1, of the positive half; every second node, from the second on, is of
/// Gauss's rule of 7 points, whose weight is the third number.
const NODES: [(f64, f64, f64); 8] = [
    (0.991_455_371_120_812_6, 0.022_935_322_010_529_224, 0.0),
    (0.949_107_912_342_758_5, 0.063_092_092_629_978_56, 0.129_484_966_168_869_7),
    (0.864_864_423_359_769_1, 0.104_790_010_322_250_18, 0.0),
    (0.741_531_185_599_394_4, 0.140_653_259_715_525_92, 0.279_705_391_489_276_64),
    (0.586_087_235_467_691_1, 0.169_004_726_639_267_9, 0.0),
    (0.405_845_151_377_397_2, 0.190_350_578_064_785_4, 0.381_830_050_505_118_9),
    (0.207_784_955_007_898_47, 0.204_432_940_075_298_9, 0.0),
    (0.0, 0.209_482_141_084_727_82, 0.417_959_183_673_469_4),
];

/// The natural logarithm of ∫ exp(`ln_f`(x)) dx over all x, where `ln_f` is concave: it rises to one peak and falls on both sides
/// of it. Densities of normal, beta, gamma and Student distributions, their tails, and products of all these are so (a beta
/// distribution in ln(x / (1 − x)), for every parameter).
///
/// `near` is where to begin the search for the peak, which must have a finite logarithm, and `scale` some width of the function,
/// above 0. Outside its domain a function is −∞. A relative error of some 10⁻¹³, besides that of the function itself; −∞ where
/// the function is nowhere above 0.
///
/// The peak is found by golden sections; the function is integrated from where it has fallen to e⁻⁴² of the peak, by
/// Gauss and Kronrod's rule of 7 and 15 points, in halves as long as the two disagree.
///
/// # Examples
///
/// ```
/// use audience_stats::ln_integral;
///
/// // A normal density, far from where the search begins, and too small for a number.
/// let ln = ln_integral(|x| -1000.0 - (x - 5.0) * (x - 5.0) / 2.0, 0.0, 1.0);
/// assert!((ln - (-1000.0 + std::f64::consts::TAU.ln() / 2.0)).abs() < 1e-12);
/// ```
pub fn ln_integral(ln_f: impl Fn(f64) -> f64, near: f64, scale: f64) -> f64 {
    let (at, peak) = peak(&ln_f, near, scale);
    if !peak.is_finite() {
        return f64::NEG_INFINITY;
    }
    let (low, high) = (end(&ln_f, at, peak, -scale), end(&ln_f, at, peak, scale));
    let rule = |low: f64, high: f64| panel(&ln_f, peak, low, high);
    let mut panels = Vec::new();
    for (from, to) in [(low, at), (at, high)] {
        let step = (to - from) / 4.0;
        panels.extend((0..4_u32).map(|part| {
            let start = from + f64::from(part) * step;
            (start, start + step, rule(start, start + step), 0_u32)
        }));
    }
    let total: f64 = panels.iter().map(|(.., (kronrod, _), _)| kronrod).sum();
    let mut sum = 0.0;
    while let Some((low, high, (kronrod, gauss), depth)) = panels.pop() {
        // Kronrod's rule is far nearer than the two are to each other.
        if (kronrod - gauss).abs() <= 1e-10 * total || depth == 50 {
            sum += kronrod;
            continue;
        }
        let middle = low.midpoint(high);
        panels.push((low, middle, rule(low, middle), depth + 1));
        panels.push((middle, high, rule(middle, high), depth + 1));
    }
    peak + log(sum)
}

/// Kronrod's and Gauss's rule for one panel, of the function as a part of its peak.
fn panel(ln_f: &impl Fn(f64) -> f64, peak: f64, low: f64, high: f64) -> (f64, f64) {
    let (middle, half) = (low.midpoint(high), (high - low) / 2.0);
    let value = |x: f64| exp(ln_f(x) - peak);
    let (mut kronrod, mut gauss) = (0.0, 0.0);
    for (node, of_kronrod, of_gauss) in NODES {
        let both = if node == 0.0 { value(middle) } else { value(middle - node * half) + value(middle + node * half) };
        kronrod += of_kronrod * both;
        gauss += of_gauss * both;
    }
    (kronrod * half, gauss * half)
}

/// About where the peak is, and how high the function is there.
fn peak(ln_f: &impl Fn(f64) -> f64, near: f64, scale: f64) -> (f64, f64) {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let at = |x: f64| {
        let ln = ln_f(x);
        if ln.is_nan() { f64::NEG_INFINITY } else { ln }
    };
    // Three places with the middle one highest.
    let (mut low, mut middle, mut high) = (near - scale, near, near + scale);
    let (mut of_low, mut of_middle, mut of_high) = (at(low), at(middle), at(high));
    let mut step = scale;
    for _ in 0..1100 {
        step *= 2.0;
        if of_high > of_middle {
            (low, of_low, middle, of_middle) = (middle, of_middle, high, of_high);
            high += step;
            of_high = at(high);
        } else if of_low > of_middle {
            (high, of_high, middle, of_middle) = (middle, of_middle, low, of_low);
            low -= step;
            of_low = at(low);
        } else {
            break;
        }
    }
    let (mut best, mut of_best) = (middle, of_middle);
    let (mut one, mut other) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
    let (mut of_one, mut of_other) = (at(one), at(other));
    for _ in 0..200 {
        for (x, ln) in [(one, of_one), (other, of_other)] {
            if ln > of_best {
                (best, of_best) = (x, ln);
            }
        }
        // A peak this flat, or this near, is near enough to scale by and to divide at.
        if (of_best - of_low).max(of_best - of_high) < 0.5 || high - low <= 1e-14 * (low.abs() + high.abs()) {
            break;
        }
        if of_one >= of_other {
            (high, of_high, other, of_other) = (other, of_other, one, of_one);
            one = high - GOLDEN * (high - low);
            of_one = at(one);
        } else {
            (low, of_low, one, of_one) = (one, of_one, other, of_other);
            other = low + GOLDEN * (high - low);
            of_other = at(other);
        }
    }
    (best, of_best)
}

/// About where the function has fallen so far from its peak that the rest does not count, on the side of `step`.
fn end(ln_f: &impl Fn(f64) -> f64, at: f64, peak: f64, step: f64) -> f64 {
    let fallen = |x: f64| !matches!((peak - ln_f(x)).partial_cmp(&DROP), Some(std::cmp::Ordering::Less));
    let (mut near, mut far, mut step) = (at, at + step, step);
    for _ in 0..1100 {
        if fallen(far) {
            break;
        }
        step *= 2.0;
        near = far;
        far += step;
    }
    // Nearer is better by as much as it saves panels; at this precision it need not be right.
    for _ in 0..60 {
        let middle = near.midpoint(far);
        if middle == near || middle == far || (far - near).abs() <= 0.05 * (far - at).abs() {
            break;
        }
        if fallen(middle) {
            far = middle;
        } else {
            near = middle;
        }
    }
    far
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ln_f: impl Fn(f64) -> f64, near: f64, scale: f64, expected: f64) {
        let ln = ln_integral(ln_f, near, scale);
        assert!((ln - expected).abs() < 1e-12, "{ln}, not {expected}");
    }

    #[test]
    fn integrals_are_those_known() {
        let ln_sqrt_tau = std::f64::consts::TAU.ln() / 2.0;
        check(|x| -x * x / 2.0, 0.0, 1.0, ln_sqrt_tau);
        check(|x| -x * x / 2.0, 40.0, 1e-3, ln_sqrt_tau);
        check(|x| -x * x / 2e-12, 1.0, 1.0, ln_sqrt_tau - 6.0 * 10.0_f64.ln());
        // Of an edge, a double exponential, and a logistic density.
        check(|x| if x < 0.0 { f64::NEG_INFINITY } else { -3.0 * x }, 1.0, 1.0, -(3.0_f64.ln()));
        check(|x| -x.abs(), 3.0, 1.0, 2.0_f64.ln());
        check(|x| -x - 2.0 * (-x).exp().ln_1p(), 9.0, 0.1, 0.0);
        assert_eq!(ln_integral(|_| f64::NEG_INFINITY, 0.0, 1.0), f64::NEG_INFINITY);
    }
}
