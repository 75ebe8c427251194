//! The integral over the time at which a viewer leaves.

use libm::{exp, expm1, log, log1p};

use super::jet::Jet;

/// Nodes and weights of Gauss's rule of 16 points on −1 to 1, of the positive half.
const NODES: [(f64, f64); 8] = [
    (0.095_012_509_837_637_44, 0.189_450_610_455_068_5),
    (0.281_603_550_779_258_9, 0.182_603_415_044_923_58),
    (0.458_016_777_657_227_37, 0.169_156_519_395_002_54),
    (0.617_876_244_402_643_8, 0.149_595_988_816_576_73),
    (0.755_404_408_355_003, 0.124_628_971_255_533_88),
    (0.865_631_202_387_831_8, 0.095_158_511_682_492_79),
    (0.944_575_023_073_232_6, 0.062_253_523_938_647_894),
    (0.989_400_934_991_649_9, 0.027_152_459_411_754_096),
];

/// How far below its peak the function is left out, as a logarithm.
const DROP: f64 = 45.0;

/// By how much the logarithm may change within a panel: up to here the rule is exact to the last digits.
const STEEPEST: f64 = 16.0;

/// ∫ ((α + τ) / (α + y))ᴬ ((β + τ) / (β + y))ˢ dy from τ to T: how likely it is that a viewer left at y, after the last visit at τ, relative
/// to leaving right then.
///
/// With u = ln of 1 + (y − τ) / m, where m is the smaller of α + τ and β + τ, the integrand is the exponential of a concave function
/// that has no singularity nearer than π, whatever the parameters: panels of Gauss's rule converge at once, where the Gauss hypergeometric
/// series that the integral can be written with takes long or cancels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Leaving {
    /// α + τ, and its exponent.
    visits: (f64, f64),
    /// β + τ, and its exponent.
    stay: (f64, f64),
    /// T − τ.
    until: f64,
}

impl Leaving {
    pub(super) const fn new(visits: (f64, f64), stay: (f64, f64), until: f64) -> Self {
        Self { visits, stay, until }
    }

    /// The logarithm of the integral; −∞ where it is over nothing.
    pub(super) fn ln(&self) -> f64 {
        let mut sum = 0.0;
        let peak = self.each(|weight, _, _, _| sum += weight);
        peak + log(sum)
    }

    /// The logarithm of ∫ (α + y)⁻ᴬ (β + y)⁻ˢ dy with its derivatives in A, α, s, β, in this order; but the value is that of
    /// [`ln`](Self::ln).
    pub(super) fn jet(&self) -> Jet {
        let ((a, of_a), (b, of_b)) = (self.visits, self.stay);
        let (mut sum, mut mean, mut square, mut own) = (0.0, [0.0; 4], [[0.0; 4]; 4], [0.0; 4]);
        let peak = self.each(|weight, ln_a, ln_b, later| {
            // 1 / (α + y) and 1 / (β + y).
            let (inverse_a, inverse_b) = (1.0 / (a + later), 1.0 / (b + later));
            let slopes = [-ln_a, -of_a * inverse_a, -ln_b, -of_b * inverse_b];
            sum += weight;
            for i in 0..4 {
                let weighted = weight * slopes[i];
                mean[i] += weighted;
                for j in 0..=i {
                    square[i][j] += weighted * slopes[j];
                }
            }
            own[0] += weight * inverse_a;
            own[1] += weight * of_a * inverse_a * inverse_a;
            own[2] += weight * inverse_b;
            own[3] += weight * of_b * inverse_b * inverse_b;
        });
        let mut jet = Jet { value: peak + log(sum), ..Jet::default() };
        for i in 0..4 {
            mean[i] /= sum;
            for j in 0..=i {
                jet.hessian[i][j] = square[i][j] / sum - mean[i] * mean[j];
                jet.hessian[j][i] = jet.hessian[i][j];
            }
        }
        jet.gradient = mean;
        jet.gradient[0] -= log(a);
        jet.gradient[2] -= log(b);
        for (exponent, shift) in [(0, 1), (2, 3)] {
            jet.add_mixed(exponent, shift, -own[exponent] / sum);
            jet.hessian[shift][shift] += own[shift] / sum;
        }
        jet
    }

    /// Calls with the weight of each node, as a part of a peak whose logarithm is returned, and with what it is there: ln of (α + y) / (α + τ)
    /// and of (β + y) / (β + τ), and y − τ.
    fn each(&self, mut visit: impl FnMut(f64, f64, f64, f64)) -> f64 {
        let visits_first = self.visits.0 <= self.stay.0;
        let ((near, of_near), (far, of_far)) =
            if visits_first { (self.visits, self.stay) } else { (self.stay, self.visits) };
        let end = log1p(self.until / near);
        let ln_far = |later: f64| log1p(later / far);
        let later = |u: f64| near * expm1(u);
        let ln_f = |u: f64, ln_far: f64| -(of_near - 1.0) * u - of_far * ln_far;
        // By how much it falls.
        let fall = |u: f64| (of_near - 1.0) + of_far / (1.0 + (far / near - 1.0) * exp(-u));
        // Where it is flat; where it falls from the beginning, that is before it.
        let flat = log((1.0 - of_near) * (far - near) / (near * (of_far + of_near - 1.0)));
        let top = if flat > 0.0 { flat.min(end) } else { 0.0 };
        let peak = ln_f(top, ln_far(later(top)));
        let mut from = 0.0;
        while from < end {
            let mut width = (end - from).min(2.0);
            while width * fall(from).abs().max(fall(from + width).abs()) > STEEPEST {
                width /= 2.0;
            }
            let (half, middle) = (width / 2.0, from + width / 2.0);
            for (node, weight) in NODES {
                for u in [middle - node * half, middle + node * half] {
                    let later = later(u);
                    let ln_far = ln_far(later);
                    let weight = weight * half * exp(ln_f(u, ln_far) - peak);
                    let (ln_visits, ln_stay) = if visits_first { (u, ln_far) } else { (ln_far, u) };
                    visit(weight, ln_visits, ln_stay, later);
                }
            }
            // So near the end nothing is left between.
            let next = from + width;
            if next <= from || (fall(next) > 0.0 && peak - ln_f(next, ln_far(later(next))) > DROP) {
                break;
            }
            from = next;
        }
        peak + log(near)
    }
}
