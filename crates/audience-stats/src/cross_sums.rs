//! Exact sums of whole numbers and of their products.

use crate::moments::Moments;
use crate::{Accumulator, Merge};

/// Sums of some whole quantities of each unit, and of their products, which is all that means and covariances need.
///
/// The state is a few integers however many units there are, so that merging is exact: [`Moments`] are centred when they are
/// made from it, and lose nothing to cancellation. Sums stay at the largest number there is; they are good for 10⁹ units of up
/// to 10¹⁴ each.
///
/// # Examples
///
/// ```
/// use audience_stats::{Accumulator, CrossSums};
///
/// let mut sums = CrossSums::new(1);
/// for milliseconds in [1_000_000_000_000_i64, 1_000_000_000_001, 1_000_000_000_002] {
///     sums.observe(&[milliseconds]);
/// }
/// assert_eq!(sums.summary().unwrap().variance(0), Some(1.0));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Form", into = "Form"))]
pub struct CrossSums {
    units: u64,
    sums: Vec<i128>,
    /// Of each quantity, products with itself and with those after it.
    products: Vec<i128>,
}

impl CrossSums {
    /// No unit yet, of so many quantities.
    pub fn new(quantities: usize) -> Self {
        Self { units: 0, sums: vec![0; quantities], products: vec![0; quantities * (quantities + 1) / 2] }
    }

    /// The number of units.
    pub const fn units(&self) -> u64 {
        self.units
    }

    /// The sum of each quantity.
    pub fn sums(&self) -> &[i128] {
        &self.sums
    }

    /// The sums of products: of each quantity, with itself and with those after it.
    pub fn products(&self) -> &[i128] {
        &self.products
    }
}

impl Merge for CrossSums {
    /// # Panics
    ///
    /// When the two are not of the same number of quantities, which is a bug in the program.
    fn merge(&mut self, other: Self) {
        assert_eq!(self.sums.len(), other.sums.len(), "sums of other quantities");
        self.units = self.units.saturating_add(other.units);
        for (sum, other) in
            self.sums.iter_mut().chain(&mut self.products).zip(other.sums.into_iter().chain(other.products))
        {
            *sum = sum.saturating_add(other);
        }
    }
}

impl Accumulator for CrossSums {
    type Item = [i64];
    /// `None` of no units.
    type Summary = Option<Moments>;

    /// # Panics
    ///
    /// When a unit has another number of quantities, which is a bug in the program.
    fn observe(&mut self, values: &[i64]) {
        assert_eq!(self.sums.len(), values.len(), "values of other quantities");
        self.units = self.units.saturating_add(1);
        let mut products = self.products.iter_mut();
        for (at, (sum, x)) in self.sums.iter_mut().zip(values).enumerate() {
            let x = i128::from(*x);
            *sum = sum.saturating_add(x);
            // The values end first, so that no product is passed over.
            for (y, product) in values[at..].iter().zip(products.by_ref()) {
                *product = product.saturating_add(x * i128::from(*y));
            }
        }
    }

    fn summary(&self) -> Option<Moments> {
        if self.units == 0 {
            return None;
        }
        let n = i128::from(self.units);
        let parts: Vec<(i128, i128)> = self.sums.iter().map(|sum| (sum.div_euclid(n), sum.rem_euclid(n))).collect();
        let means = parts.iter().map(|(whole, rest)| *whole as f64 + *rest as f64 / n as f64).collect();
        // Σ (x − x̄)(y − ȳ), around the whole parts of the means first: that is exact, and what is left is below the number of
        // units.
        let scatter = |x: usize, y: usize, product: i128| {
            let ((x_whole, x_rest), (y_whole, y_rest)) = (parts[x], parts[y]);
            let around = product
                .saturating_sub(x_whole.saturating_mul(self.sums[y]))
                .saturating_sub(y_whole.saturating_mul(self.sums[x].saturating_sub(n.saturating_mul(x_whole))));
            around as f64 - x_rest as f64 * (y_rest as f64 / n as f64)
        };
        Some(Moments::from_triangle(self.units, means, self.products.iter().copied(), scatter))
    }
}

#[cfg(feature = "serde")]
impl crate::Portable for CrossSums {
    fn fingerprint(&self) -> u64 {
        crate::fingerprint_of("audience.cross_sums/1", &self.sums.len())
    }

    fn size_bytes(&self) -> usize {
        (self.sums.capacity() + self.products.capacity()) * size_of::<i128>()
    }
}

/// How sums are written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    units: u64,
    sums: Vec<i128>,
    products: Vec<i128>,
}

#[cfg(feature = "serde")]
impl From<CrossSums> for Form {
    fn from(CrossSums { units, sums, products }: CrossSums) -> Self {
        Self { units, sums, products }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for CrossSums {
    type Error = crate::Error;

    fn try_from(Form { units, sums, products }: Form) -> Result<Self, crate::Error> {
        let (expected, found) = (sums.len() * (sums.len() + 1) / 2, products.len());
        if expected == found {
            Ok(Self { units, sums, products })
        } else {
            Err(crate::Error::LengthsDiffer { expected, found })
        }
    }
}
