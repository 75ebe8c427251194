//! One of several things, each with its weight.

use super::Stream;

/// Draws indices in proportion to weights. Takes a binary search.
#[derive(Clone, Debug)]
pub(crate) struct Weighted {
    /// The sum of the weights up to and including each.
    upto: Vec<f64>,
}

impl Weighted {
    /// Weights that are finite and not negative, at least one of them positive.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let upto = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self { upto: upto.collect() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.upto.len()
    }

    /// Whether any of them weighs anything.
    pub(crate) fn has_weight(&self) -> bool {
        self.upto.last().is_some_and(|sum| *sum > 0.0)
    }

    /// One of them.
    pub(crate) fn draw(&self, stream: &mut Stream) -> usize {
        self.locate(stream.uniform()).0
    }

    /// The one at this share, 0 to 1, of the sum of the weights, and how far into it that is.
    pub(crate) fn locate(&self, share: f64) -> (usize, f64) {
        let sum = self.upto.last().copied().unwrap_or(0.0);
        let target = share * sum;
        let mut at = self.upto.partition_point(|upto| *upto <= target);
        if at >= self.upto.len() {
            // Rounding: the last one that weighs anything.
            at = self.upto.partition_point(|upto| *upto < sum).min(self.upto.len().saturating_sub(1));
        }
        let before = at.checked_sub(1).map_or(0.0, |before| self.upto[before]);
        let weight = self.upto.get(at).map_or(0.0, |upto| upto - before);
        let inside = if weight > 0.0 { ((target - before) / weight).clamp(0.0, 1.0) } else { 0.0 };
        (at, inside)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Purpose;

    #[test]
    fn things_come_in_proportion_and_never_those_without_weight() {
        let weighted = Weighted::new([1.0, 0.0, 3.0, 0.0]);
        let mut stream = Stream::new(1, Purpose::Title, 0);
        let mut counts = [0_u32; 4];
        for _ in 0..8_000 {
            counts[weighted.draw(&mut stream)] += 1;
        }
        assert_eq!((counts[1], counts[3]), (0, 0));
        assert!(counts[0].abs_diff(2_000) < 200, "{counts:?}");
        assert_eq!(weighted.locate(1.0), (2, 1.0));
        assert_eq!(weighted.locate(0.625), (2, 0.5));
    }
}
