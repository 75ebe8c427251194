//! Bins of about the same ratio from end to end, without taking logarithms.

use crate::error::Error;

/// Which bin a number is in. With x = (1 + s) 2ᵉ, 0 ≤ s < 1, it is the whole part of (e + P(s)) / w, where
/// P(s) = 6/35 s³ − 3/5 s² + 10/7 s goes from 0 to 1 as s does and is near log₂(1 + s): the cubic mapping of the sketches of
/// Masson, Rim and Lee.
///
/// How fast e + P(s) rises with ln x is (1 + s) P′(s). Its least value is 10/7, at s = 0 and s = 2/3 (its derivative is 0 at
/// 2/9 and 2/3, and at s = 1 it is 52/35). So a bin of width w has ends whose ratio is at most exp(7 w / 10), and with w =
/// 10/7 ln γ at most γ = (1 + α) / (1 − α): the harmonic mean of its ends is then within a part α of all that is between. A
/// logarithm would need 1 % fewer bins.
///
/// Rounding moves e + P(s) and the quotient by at most 4 · 10⁻¹³ in all, for exponents up to 2046; w is 10⁻¹² less to make up
/// for it at both ends, and for that of the mean.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mapping {
    width: f64,
    per_width: f64,
}

/// The bits of a double that are its fraction.
const FRACTION: u64 = (1 << 52) - 1;

/// The exponent of 1 as it is in its bits.
const BIAS: u64 = 1023;

/// 6/35, −3/5 and 10/7.
const CUBIC: [f64; 3] = [6.0 / 35.0, -0.6, 10.0 / 7.0];

fn cubic(s: f64) -> f64 {
    ((CUBIC[0] * s + CUBIC[1]) * s + CUBIC[2]) * s
}

impl Mapping {
    /// The least relative error: 2¹⁶ bins from 1 to about 1.14, more than rounding spoils.
    pub(super) const LEAST_ERROR: f64 = 1e-6;

    pub(super) const MOST_ERROR: f64 = 0.5;

    pub(super) fn new(relative_error: f64) -> Result<Self, Error> {
        let (low, high) = (Self::LEAST_ERROR, Self::MOST_ERROR);
        if !(low..=high).contains(&relative_error) {
            return Err(Error::OutOfRange { at: 0, value: relative_error, low, high });
        }
        let ln_gamma = libm::log1p(relative_error) - libm::log1p(-relative_error);
        let width = 10.0 / 7.0 * ln_gamma - 1e-12;
        Ok(Self { width, per_width: 1.0 / width })
    }

    /// The bin of a number with these bits, which is finite and not subnormal. Its sign is left out.
    pub(super) fn bin(self, bits: u64) -> u32 {
        let exponent = (bits >> 52) as u32 & 0x7ff;
        let s = f64::from_bits(bits & FRACTION | BIAS << 52) - 1.0;
        ((f64::from(exponent) + cubic(s)) * self.per_width) as u32
    }

    /// The number that stands for a bin: 2 a b / (a + b) of its ends.
    pub(super) fn value(self, bin: u32) -> f64 {
        let (low, high) = (self.start(f64::from(bin)), self.start(f64::from(bin) + 1.0));
        low * (2.0 / (1.0 + low / high))
    }

    /// Where a bin begins, at most the largest double.
    fn start(self, bin: f64) -> f64 {
        let at = bin * self.width;
        let exponent = at.floor();
        let part = at - exponent;
        // P is near the line from 0 to 1, so that Newton's method ends in a few steps.
        let mut s = part;
        for _ in 0..6 {
            let slope = (3.0 * CUBIC[0] * s + 2.0 * CUBIC[1]) * s + CUBIC[2];
            s -= (cubic(s) - part) / slope;
        }
        libm::ldexp(1.0 + s, exponent as i32 - BIAS as i32).min(f64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The guarantee, for any number and any relative error.
        #[test]
        fn bins_stand_for_all_that_is_in_them(bits in 1_u64 << 52..0x7ff << 52, error in -13.8..-0.7_f64) {
            let error = error.exp();
            let mapping = Mapping::new(error).unwrap();
            let value = f64::from_bits(bits);
            let found = mapping.value(mapping.bin(bits));
            prop_assert!((found - value).abs() <= error * value, "{found:e} for {value:e}, {error}");
        }

        #[test]
        fn larger_numbers_are_in_later_bins(bits in 1_u64 << 52..0x7ff << 52, more in 1.000_001..1e10_f64) {
            let mapping = Mapping::new(0.01).unwrap();
            let larger = (f64::from_bits(bits) * more).min(f64::MAX);
            prop_assert!(mapping.bin(bits) <= mapping.bin(larger.to_bits()));
        }
    }

    /// At both sides of all the places where bins change.
    #[test]
    fn ends_of_bins_are_within_the_guarantee() {
        for error in [1e-6, 1e-3, 0.01, 0.05, 0.5] {
            let mapping = Mapping::new(error).unwrap();
            let first = mapping.bin(1.0_f64.to_bits());
            for bin in first.saturating_sub(5000)..first + 5000 {
                let start = mapping.start(f64::from(bin)).to_bits();
                for bits in [start - 2, start - 1, start, start + 1, start + 2] {
                    let value = f64::from_bits(bits);
                    if !(value.is_normal() && mapping.bin(bits).abs_diff(bin) <= 1) {
                        continue;
                    }
                    let found = mapping.value(mapping.bin(bits));
                    assert!((found - value).abs() <= error * value, "{found:e} for {value:e}, {error}");
                }
            }
        }
    }
}
