//! Mergeable accumulators and the small statistics that playback analytics stands on.
//!
//! An analysis here is a state that observes items, merges with other states and gives a summary: see
//! [`Accumulator`] for the laws. Because states hold integers, the answer is the same to the last bit however the items
//! were split over threads, windows or machines.
//!
//! # Examples
//!
//! Two threads' worth of start-up times, merged:
//!
//! ```
//! use audience_stats::{Accumulator, Merge, Quantiles};
//!
//! let mut first = Quantiles::new();
//! first.observe_all(&[120, 80, 450]);
//! let mut second = Quantiles::new();
//! second.observe_all(&[95, 300]);
//!
//! first.merge(second);
//! let startup = first.summary();
//! assert_eq!(startup.median(), Some(120.0));
//! assert_eq!(startup.quantile(0.95)?, Some(420.0));
//! # Ok::<(), audience_stats::Error>(())
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | the contract of a mergeable analysis | [`Merge`], [`Accumulator`], [`test_util::check_merge_laws`] |
//! | states that travel or are stored | [`Portable`] |
//! | one analysis per group, per stretch of time | [`Keyed`], [`Windowed`] |
//! | quantiles of whole numbers, exact | [`Quantiles`], [`Distribution`] |
//! | quantiles of any numbers in bounded memory, within a relative error | [`QuantileSketch`], [`SketchedDistribution`] |
//! | quantiles of values with weights, exact | [`weighted_quantile()`], [`WeightedValues`], [`QuantileRule::of_counted`] |
//! | what is frequent, in bounded memory | [`TopK`], [`FrequentItems`] |
//! | how many different ids | [`Distinct`] |
//! | how many different ids in bounded memory, about | [`DistinctSketch`], [`DistinctEstimate`] |
//! | means of ratios | [`MeanRatio`] |
//! | adding to a range of positions in constant time | [`RangeCounts`] |
//! | whether two lists have the same order | [`spearman`] |
//! | items in order of their rates, by what is known of these | [`rank_by_shrinkage`], [`rank_by_wilson`], [`BetaPrior`], [`best_first`] |
//! | means of items drawn together, and in order by what they are at least | [`shrink_means`], [`rank_by_shrunk_means`], [`MeanEstimate`] |
//! | sums by random group of units, and how sure functions of them are | [`GroupedSums`], [`RandomGroups`], [`Bootstrap`], [`Estimate`] |
//! | Student's t, of means that are alike or differ; other distributions | [`StudentT`], [`NoncentralT`], [`Normal`], [`Beta`], [`Gamma`], [`zeta()`], [`RisingFactorial`] |
//! | integrals of log-concave functions, far out too | [`ln_integral`] |
//! | many hypotheses at once | [`Correction`], [`PValue`] |
//! | whether counts come in the shares they should, values are uniform | [`goodness_of_fit`], [`bucket_counts`], [`kolmogorov_smirnov`], [`ln_bayes_factor_of_shares`] |
//! | whether one group's values are larger, by rank | [`MannWhitney`] |
//! | values capped, pulled in or left out | [`Cap`], [`winsorize`], [`trimmed_mean`], [`QuantileRule`] |
//! | intervals of any statistic, by resampling | [`Replicates`], [`PoissonBootstrap`] |
//! | samples of a fixed size | [`sample`] |
//! | hashes that never change | [`hash`] |
//! | how sure a proportion is, two proportions | [`Proportion`], [`RateInterval`], [`DifferenceInterval`], [`wilson()`], [`Interval`], [`Confidence`] |
//! | a ratio of sums over sessions of the same viewers | [`ClusteredRatio`] |
//! | how many units as many weights are worth | [`effective_sample_size`] |
//! | how long units stay when some are still there | [`RiskTable`], [`KaplanMeier`], [`NelsonAalen`] |
//! | whether groups leave at the same pace | [`log_rank`], [`KaplanMeier::difference`], [`ChiSquared`] |
//! | areas under curves, sums of floats | [`trapezoid`], [`FloatSum`] |
//! | lines through points, and whether a series rises or falls | [`LinearRegression`], [`TheilSen`], [`MannKendall`], [`TrendDirection`] |
//! | means that forget | [`ema()`], [`ema_over_time`] |
//! | trend and season of a series | [`decompose()`], [`Stl`] |
//! | values of a series that are unlike the others, or those before | [`generalized_esd`], [`esd_of_fit`], [`seasonal_esd`], [`robust_z`], [`RobustDetector`] |
//! | where the mean of a series changes | [`Pelt`] |
//!
//! # What is not here
//!
//! Nothing knows about playback, nothing reads a clock or a file, no thread is started, and no random number is drawn
//! without a seed you gave.
//!
//! # Features
#![doc = document_features::document_features!()]

mod accumulator;
mod area;
mod beta;
mod capping;
mod chi_squared;
mod clustered_ratio;
mod cross_sums;
mod distinct;
mod distinct_sketch;
mod error;
mod estimate;
mod exact_sum;
mod float_sum;
mod gamma;
mod goodness_of_fit;
mod grouped_sums;
pub mod hash;
mod interval;
mod keyed;
mod kolmogorov;
mod mann_whitney;
mod mean_ratio;
mod moments;
mod multiple;
mod noncentral_t;
mod normal;
mod p_value;
#[cfg(feature = "serde")]
mod portable;
mod proportion;
mod quadrature;
mod quantile_sketch;
mod quantiles;
mod random_groups;
mod range_counts;
mod rank;
mod ranking;
mod resample;
mod rising;
pub mod sample;
mod series;
mod shrinkage;
mod student;
mod survival;
#[cfg(feature = "test-util")]
pub mod test_util;
mod top_k;
mod weighted_quantile;
mod weights;
mod windowed;
mod zeta;

pub use accumulator::{Accumulator, Merge};
pub use area::trapezoid;
pub use beta::Beta;
pub use capping::{Cap, Capped, Zeros, trimmed_mean, winsorize};
pub use chi_squared::ChiSquared;
pub use clustered_ratio::ClusteredRatio;
pub use cross_sums::CrossSums;
pub use distinct::Distinct;
pub use distinct_sketch::{DistinctEstimate, DistinctSketch};
pub use error::Error;
pub use estimate::Estimate;
pub use float_sum::FloatSum;
pub use gamma::Gamma;
pub use goodness_of_fit::{GoodnessOfFit, bucket_counts, goodness_of_fit, ln_bayes_factor_of_shares};
pub use grouped_sums::{Bootstrap, GroupedSums, percentile_interval};
pub use interval::{Confidence, Interval, Z_95};
pub use keyed::{KeyOf, Keyed};
pub use kolmogorov::{KolmogorovSmirnov, kolmogorov_smirnov};
pub use mann_whitney::MannWhitney;
pub use mean_ratio::MeanRatio;
pub use moments::{Divisor, Moments};
pub use multiple::Correction;
pub use noncentral_t::NoncentralT;
pub use normal::Normal;
pub use p_value::{Alternative, PValue};
#[cfg(feature = "serde")]
pub use portable::{Portable, fingerprint_of};
pub use proportion::{DifferenceInterval, Proportion, RateInterval, ZTest, newcombe, wilson};
pub use quadrature::ln_integral;
pub use quantile_sketch::{QuantileSketch, SketchedDistribution};
pub use quantiles::{Distribution, QuantileInterval, QuantileRule, Quantiles};
pub use random_groups::RandomGroups;
pub use range_counts::{Addend, RangeCounts};
pub use rank::spearman;
pub use ranking::{BetaPrior, Ranked, best_first, rank_by_shrinkage, rank_by_wilson};
pub use resample::{PoissonBootstrap, PoissonReplicates, Replicates, jackknife, jackknife_of_two};
pub use rising::RisingFactorial;
pub use series::{
    ChangePoints, Decomposition, EmaStart, Esd, EsdCentre, EsdRemoval, Judgement, LinearRegression, MannKendall, Pelt,
    RobustDetector, RobustScale, SeasonalEsd, SeasonalModel, Segment, Smoothing, Stl, StlDecomposition, TheilSen,
    TrendDirection, Verdict, decompose, ema, ema_over_time, esd_of_fit, generalized_esd, robust_z, seasonal_esd,
    trailing_robust_z,
};
pub use shrinkage::{MeanEstimate, RankedMean, ShrunkMean, ShrunkMeans, rank_by_shrunk_means, shrink_means};
pub use student::StudentT;
pub use survival::{
    BandScale, ClusterRow, CurveDifference, HazardStep, KaplanMeier, Lifetime, LogRank, MedianInterval, NelsonAalen,
    RiskRow, RiskTable, SurvivalStep, TieCorrected, log_rank,
};
pub use top_k::{Frequent, FrequentItems, TopK};
pub use weighted_quantile::{WeightedValues, weighted_quantile};
pub use weights::effective_sample_size;
pub use windowed::{TimeOf, WindowSummary, Windowed};
pub use zeta::zeta;
