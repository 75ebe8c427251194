//! Curves beside what is expected of them.

use audience_core::Ratio;

use crate::curves::RetentionSummary;
use crate::error::Error;

/// The shares of viewers expected at a quarter, the middle and three quarters of content of some kind.
///
/// Those given here are rules of thumb of an earlier analytics library (`oximedia-analytics` 0.2.1), not measurements:
/// [`CatalogueCurves`](crate::CatalogueCurves) compare with your own titles instead.
///
/// # Examples
///
/// ```
/// use audience_retention::Benchmark;
///
/// assert_eq!(Benchmark::VOD.expected().map(|share| share.as_f64()), [0.8, 0.6, 0.4]);
/// assert!(Benchmark::new([0.5, 0.6, 0.4]).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "[f64; 3]", into = "[f64; 3]")
)]
pub struct Benchmark([f64; 3]);

/// A curve beside a [`Benchmark`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BenchmarkScore {
    /// The mean over the three places of what is reached of the expected share, 100 at each at the most: 0–100. More than
    /// expected at one place does not make up for less at another.
    pub score: f64,
    /// The three places.
    pub parts: [BenchmarkPart; 3],
}

/// One place of a [`BenchmarkScore`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BenchmarkPart {
    /// Where in the content.
    pub at: Ratio,
    /// The share that is expected there.
    pub expected: f64,
    /// The share there is, on the line between two points where need be.
    pub reached: f64,
    /// The one by the other; above 1 where more is reached than expected.
    pub ratio: f64,
}

impl Benchmark {
    /// Linear television: 85, 70 and 55 %.
    pub const BROADCAST: Self = Self([0.85, 0.70, 0.55]);
    /// Video on demand: 80, 60 and 40 %.
    pub const VOD: Self = Self([0.80, 0.60, 0.40]);
    /// Short clips: 95, 88 and 78 %.
    pub const SHORT_FORM: Self = Self([0.95, 0.88, 0.78]);

    /// These shares at 25, 50 and 75 %.
    ///
    /// # Errors
    ///
    /// [`Error::BadBenchmark`] unless they are above 0 and up to 1, and none is larger than the one before.
    pub fn new(shares: [f64; 3]) -> Result<Self, Error> {
        let each = shares.iter().all(|share| *share > 0.0 && *share <= 1.0);
        let falls = shares[0] >= shares[1] && shares[1] >= shares[2];
        if each && falls { Ok(Self(shares)) } else { Err(Error::BadBenchmark { shares }) }
    }

    /// The shares at 25, 50 and 75 %.
    pub fn expected(&self) -> [Ratio; 3] {
        self.0.map(|share| Ratio::new(share).unwrap_or_default())
    }

    /// A curve beside these; `None` without sessions.
    pub fn score(&self, curve: &RetentionSummary) -> Option<BenchmarkScore> {
        let part = |quarter: u64, expected: f64| {
            let at = Ratio::of(quarter, 4)?;
            let reached = curve.reach_at(at)?;
            Some(BenchmarkPart { at, expected, reached, ratio: reached / expected })
        };
        let parts = [part(1, self.0[0])?, part(2, self.0[1])?, part(3, self.0[2])?];
        let score = parts.iter().map(|part| part.ratio.min(1.0)).sum::<f64>() / 3.0 * 100.0;
        Some(BenchmarkScore { score, parts })
    }
}

impl TryFrom<[f64; 3]> for Benchmark {
    type Error = Error;

    fn try_from(shares: [f64; 3]) -> Result<Self, Error> {
        Self::new(shares)
    }
}

impl From<Benchmark> for [f64; 3] {
    fn from(benchmark: Benchmark) -> Self {
        benchmark.0
    }
}
