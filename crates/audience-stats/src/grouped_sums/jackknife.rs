//! How sure functions of sums are, from how groups vary.

use super::GroupedSums;
use crate::estimate::Estimate;

impl<const K: usize> GroupedSums<K> {
    /// A smooth function of the sums, with the error that the delete-a-group jackknife gives it: the function is taken
    /// again without each group in turn, the other groups weighing G / (G − 1), and the standard error is √((G − 1) / G ·
    /// Σ (θ₍g₎ − θ̄)²), with G the groups that hold anything.
    ///
    /// Right for totals, ratios, and what is smooth in them; quantiles are not. `None` with less than two groups, or
    /// where the function is undefined (`None`, infinite or no number) for all groups or without one of them. Takes O(G)
    /// time.
    ///
    /// K. M. Wolter, "Introduction to Variance Estimation", 2nd ed. 2007, chapter 4; P. S. Kott, "The delete-a-group
    /// jackknife", Journal of Official Statistics 17 (2001).
    pub fn jackknife(&self, function: impl Fn(&[f64; K]) -> Option<f64>) -> Option<Estimate> {
        let totals = self.totals();
        let number = self.len() as f64;
        let weight = number / (number - 1.0);
        let without = |sums: &[u64; K]| {
            let mut rest = [0.0; K];
            for ((rest, total), sum) in rest.iter_mut().zip(totals).zip(sums) {
                *rest = (total - u128::from(*sum)) as f64 * weight;
            }
            function(&rest)
        };
        let value = function(&totals.map(|total| total as f64))?;
        let replicates: Vec<f64> = self.iter().map(|(_, sums)| without(sums)).collect::<Option<_>>()?;
        Estimate::from_jackknife(value, &replicates)
    }
}

impl GroupedSums<2> {
    /// The first sum R = Y / X of the second, with its linearised error, as of a ratio over clusters:
    /// G / (G − 1) · Σ (y − R x)² / X² is the square of its standard error, with G the groups that hold anything.
    ///
    /// `None` with less than two groups, or when the second sum is 0. W. G. Cochran, "Sampling Techniques", 3rd ed. 1977,
    /// section 6.3 (the delta method). Agrees with statsmodels' weighted regression of y / x on a constant with errors
    /// clustered by group.
    pub fn ratio(&self) -> Option<Estimate> {
        let [y, x] = self.totals().map(|total| total as f64);
        let number = self.len() as f64;
        if x <= 0.0 {
            return None;
        }
        let ratio = y / x;
        let squares: f64 = self.iter().map(|(_, [y, x])| *y as f64 - ratio * *x as f64).map(|rest| rest * rest).sum();
        let standard_error = (number / (number - 1.0) * squares).sqrt() / x;
        Estimate::new(ratio, standard_error, self.len())
    }
}
