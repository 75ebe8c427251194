//! Sums of doubles without any rounding.

/// The sum of numbers that are finite and not below 0, exact however many and how different they are: a whole number of the
/// smallest double, 2⁻¹⁰⁷⁴. Adding is associative and commutative, which that of doubles is not.
#[derive(Clone, Debug, Default)]
pub(crate) struct ExactSum {
    /// From the lowest 64 bits on.
    limbs: Vec<u64>,
}

/// Where the bits of fractions are in a double.
const FRACTION_BITS: u32 = 52;

/// What a double of 1 is in units of the smallest.
const ONE: u64 = 1074;

/// A number that is finite and not below 0 as m · 2ˢ of the smallest double.
fn parts(value: f64) -> (u64, u64) {
    let bits = value.to_bits() & (u64::MAX >> 1);
    let (exponent, fraction) = (bits >> FRACTION_BITS, bits & ((1 << FRACTION_BITS) - 1));
    if exponent == 0 { (fraction, 0) } else { (fraction | 1 << FRACTION_BITS, exponent - 1) }
}

impl ExactSum {
    /// As many limbs as 2¹⁴⁰ of the largest doubles need.
    #[cfg(feature = "serde")]
    pub(crate) const MOST_LIMBS: usize = 36;

    /// Adds a number so many times. Of one below 0 the sign is left out.
    pub(crate) fn add(&mut self, value: f64, times: u64) {
        let (digits, shift) = parts(value);
        let (limb, bits) = ((shift / 64) as usize, (shift % 64) as u32);
        let product = u128::from(digits) * u128::from(times);
        // 117 bits at most, which reach into a third limb.
        let low = product << bits;
        let high = if bits == 0 { 0 } else { (product >> (128 - bits)) as u64 };
        if self.limbs.len() < limb + 3 {
            self.limbs.resize(limb + 3, 0);
        }
        let mut carry = false;
        for (at, part) in [low as u64, (low >> 64) as u64, high].into_iter().enumerate() {
            (self.limbs[limb + at], carry) = carrying(self.limbs[limb + at], part, carry);
        }
        self.carry(limb + 3, carry);
    }

    /// Adds another sum.
    pub(crate) fn add_sum(&mut self, other: &Self) {
        if self.limbs.len() < other.limbs.len() {
            self.limbs.resize(other.limbs.len(), 0);
        }
        let mut carry = false;
        for (limb, other) in self.limbs.iter_mut().zip(&other.limbs) {
            (*limb, carry) = carrying(*limb, *other, carry);
        }
        self.carry(other.limbs.len(), carry);
    }

    fn carry(&mut self, mut at: usize, mut carry: bool) {
        while carry {
            if let Some(limb) = self.limbs.get_mut(at) {
                (*limb, carry) = limb.overflowing_add(1);
            } else {
                self.limbs.push(1);
                carry = false;
            }
            at += 1;
        }
    }

    /// Its bits without zeros above the highest: the same for the same sum.
    pub(crate) fn limbs(&self) -> &[u64] {
        let used = self.limbs.iter().rposition(|limb| *limb > 0).map_or(0, |at| at + 1);
        &self.limbs[..used]
    }

    #[cfg(feature = "serde")]
    pub(crate) fn of_limbs(limbs: Vec<u64>) -> Self {
        Self { limbs }
    }

    /// The same, times a factor from 0 to 1, of which each bit counts. The unit is then 2⁻¹⁰⁷⁴ of the smallest double.
    pub(crate) fn times(&self, factor: f64) -> Self {
        let (digits, shift) = parts(factor);
        let mut product = Vec::with_capacity(self.limbs.len() + 1);
        let mut over = 0_u128;
        for limb in &self.limbs {
            over += u128::from(*limb) * u128::from(digits);
            product.push(over as u64);
            over >>= 64;
        }
        product.push(over as u64);
        Self { limbs: product }.shifted(shift)
    }

    /// Times 2 to a power.
    fn shifted(&self, power: u64) -> Self {
        let (limbs, bits) = ((power / 64) as usize, (power % 64) as u32);
        let mut shifted = vec![0; limbs];
        let mut over = 0_u128;
        for limb in self.limbs.iter().chain([&0]) {
            over |= u128::from(*limb) << bits;
            shifted.push(over as u64);
            over >>= 64;
        }
        Self { limbs: shifted }
    }

    /// Whether it is at least a part of another sum: not a bit of either is lost.
    pub(crate) fn is_at_least(&self, part: f64, of: &Self) -> bool {
        let (left, right) = (self.shifted(ONE), of.times(part));
        let (left, right) = (left.limbs(), right.limbs());
        left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev())).is_ge()
    }

    /// This sum less another, as the nearest double, of two the even one; infinite where it is past the largest.
    pub(crate) fn less(&self, other: &Self) -> f64 {
        let (left, right) = (self.limbs(), other.limbs());
        let order = left.len().cmp(&right.len()).then_with(|| left.iter().rev().cmp(right.iter().rev()));
        let (sign, more, less) = if order.is_ge() { (1.0, left, right) } else { (-1.0, right, left) };
        let mut difference = more.to_vec();
        let mut borrow = false;
        for (at, limb) in difference.iter_mut().enumerate() {
            let (without, first) = limb.overflowing_sub(less.get(at).copied().unwrap_or(0));
            let (without, second) = without.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (without, first || second);
        }
        sign * nearest(&difference)
    }
}

fn carrying(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, first) = a.overflowing_add(b);
    let (sum, second) = sum.overflowing_add(u64::from(carry));
    (sum, first || second)
}

/// The double nearest to so many of the smallest.
fn nearest(limbs: &[u64]) -> f64 {
    let Some(top) = limbs.iter().rposition(|limb| *limb > 0) else { return 0.0 };
    let length = top as u64 * 64 + u64::from(64 - limbs[top].leading_zeros());
    // The 64 highest bits, the last of which says whether anything is below.
    let from = length.saturating_sub(64);
    let (limb, bits) = ((from / 64) as usize, (from % 64) as u32);
    let high = limbs.get(limb + 1).copied().unwrap_or(0);
    let digits = ((u128::from(high) << 64 | u128::from(limbs[limb])) >> bits) as u64;
    let lost = limbs[..limb].iter().any(|limb| *limb > 0) || limbs[limb] & ((1 << bits) - 1) != 0;
    // Rounds once: what is shifted down below has no more than 53 bits, or is subnormal and fits without rounding.
    let rounded = (digits | u64::from(lost)) as f64;
    libm::ldexp(rounded, (from as i64 - ONE as i64) as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> f64 {
        let (mut above, mut below) = (ExactSum::default(), ExactSum::default());
        for value in values {
            if *value < 0.0 { &mut below } else { &mut above }.add(*value, 1);
        }
        above.less(&below)
    }

    #[test]
    fn sums_are_rounded_once() {
        assert_eq!(sum(&[]), 0.0);
        for value in [0.0, 1.0, -0.1, 5e-324, -3e-310, f64::MAX, f64::MIN_POSITIVE, 1e300, 123_456.789] {
            assert_eq!(sum(&[value]), value);
        }
        assert_eq!(sum(&[1e308, 1.0, -1e308]), 1.0);
        assert_eq!(sum(&[0.1; 10]), 1.0);
        assert_eq!(sum(&[1e16, 1.0, 1e-300]), 1e16 + 2.0);
        assert_eq!(sum(&[1e16, 1.0]), 1e16);
        assert_eq!(sum(&[f64::MAX, f64::MAX]), f64::INFINITY);
        assert_eq!(sum(&[f64::MAX, f64::MAX, f64::MIN]), f64::MAX);
        assert_eq!(sum(&[5e-324, -1.0]), -1.0);
    }

    #[test]
    fn many_times_is_as_if_one_by_one() {
        let mut many = ExactSum::default();
        many.add(0.1, 1000);
        many.add(1e300, u64::MAX);
        many.add(7.0, 0);
        let mut other = ExactSum::default();
        for _ in 0..1000 {
            other.add(0.1, 1);
        }
        let mut half = ExactSum::default();
        half.add(1e300, u64::MAX / 2);
        other.add_sum(&half);
        other.add_sum(&half);
        other.add(1e300, 1);
        assert_eq!(many.limbs(), other.limbs());
    }

    #[test]
    fn parts_are_compared_to_the_last_bit() {
        let of = |values: &[f64]| {
            let mut sum = ExactSum::default();
            for value in values {
                sum.add(*value, 1);
            }
            sum
        };
        // The double 0.1 is a little more than a tenth; 0.3 a little less than three.
        assert!(!of(&[1.0]).is_at_least(0.1, &of(&[10.0])));
        assert!(of(&[3.0]).is_at_least(0.3, &of(&[10.0])));
        assert!(of(&[1.0]).is_at_least(0.5, &of(&[2.0])));
        assert!(!of(&[1.0]).is_at_least(0.5, &of(&[2.0, 5e-324])));
        assert!(of(&[]).is_at_least(0.0, &of(&[1e308])));
        assert!(!of(&[]).is_at_least(5e-324, &of(&[5e-324])));
        assert!(of(&[f64::MAX, f64::MAX]).is_at_least(1.0, &of(&[f64::MAX, f64::MAX])));
    }
}
