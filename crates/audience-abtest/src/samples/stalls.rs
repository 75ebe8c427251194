//! How much of the time viewers wait, and how sure that is.

use audience_stats::{Bootstrap, FloatSum, Interval, percentile_interval};
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::Error;

/// One stream that was watched.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Stream {
    /// From the first picture to the end, waiting included, in seconds.
    pub watch_seconds: f64,
    /// Of these, waiting.
    pub stall_seconds: f64,
}

/// The stalled part of the time that was watched: Σ stall / Σ watch, 0–1.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StallRatio {
    /// The ratio.
    pub ratio: f64,
    /// Its standard error by linearisation: √(Σ (stall − ratio · watch)² / (n − 1) / n) / mean watch. `None` of one stream.
    pub standard_error: Option<f64>,
}

impl StallRatio {
    /// Of these streams.
    ///
    /// # Errors
    ///
    /// [`Error::NotAStream`] for times that are not finite, below 0, or where more is stalled than watched;
    /// [`Error::NothingWatched`] when nothing was.
    pub fn of(streams: &[Stream]) -> Result<Self, Error> {
        let total = Total::of(streams)?;
        let ratio = total.ratio().ok_or(Error::NothingWatched)?;
        let n = streams.len() as f64;
        let residual = |stream: &Stream| stream.stall_seconds - ratio * stream.watch_seconds;
        let squares: FloatSum = streams.iter().map(|stream| residual(stream) * residual(stream)).collect();
        let standard_error = (n > 1.0).then(|| (squares.value() / (n - 1.0) / n).sqrt() / (total.watch.value() / n));
        Ok(Self { ratio, standard_error })
    }

    /// The ratio in resamples of the streams, drawn with replacement as often as the plan says. Resamples in which nothing was
    /// watched are left out.
    ///
    /// # Errors
    ///
    /// As [`of`](Self::of).
    pub fn replicates(streams: &[Stream], plan: Bootstrap) -> Result<Vec<f64>, Error> {
        Self::of(streams)?;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(plan.seed);
        let mut drawn = || {
            let mut total = Total::default();
            for _ in streams {
                total.add(&streams[rng.random_range(0..streams.len())]);
            }
            total.ratio()
        };
        Ok((0..plan.replicates).filter_map(|_| drawn()).collect())
    }
}

#[derive(Debug, Default)]
struct Total {
    stall: FloatSum,
    watch: FloatSum,
}

impl Total {
    fn of(streams: &[Stream]) -> Result<Self, Error> {
        let mut total = Self::default();
        for (at, stream) in streams.iter().enumerate() {
            let Stream { watch_seconds, stall_seconds } = *stream;
            if !(watch_seconds.is_finite() && (0.0..=watch_seconds).contains(&stall_seconds)) {
                return Err(Error::NotAStream { at, watch_seconds, stall_seconds });
            }
            total.add(stream);
        }
        Ok(total)
    }

    fn add(&mut self, stream: &Stream) {
        self.stall.add(stream.stall_seconds);
        self.watch.add(stream.watch_seconds);
    }

    fn ratio(&self) -> Option<f64> {
        let watch = self.watch.value();
        (watch > 0.0).then(|| self.stall.value() / watch)
    }
}

/// The stall ratio of an arm with the luck of watch times taken out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SimulatedStallRatio {
    /// The mean of the replicates, 0–1.
    pub mean: f64,
    /// The 95 % interval: the replicates at ⌊0.025 B⌋ and ⌊0.975 B⌋ of B in order.
    pub interval: Interval,
}

/// The 95 % interval of one arm's stall ratio as Puffer has it, with the luck of how long viewers watched taken out.
///
/// Few streams last for hours, and in which arm these are is mostly chance; but they weigh most in the ratio. So in each
/// replicate as many streams are made up as the arm has: a watch time is drawn from *all* arms together, and the stalled part of
/// it from this arm's streams of about that length, ⌊log₂ of the seconds⌋ from 2 to 20, or the nearest that the arm has any of,
/// the shorter first. The ratio of their sums is one replicate. Streams under 4 seconds take no part.
///
/// Same seed, same answer.
///
/// It assumes that arms do not change how long viewers watch: where they do, this hides it, and with it stalls that make them
/// leave. Streams are taken for independent. Compare arms only by intervals made from the same `all`.
///
/// F. Y. Yan et al., "Learning in situ: a randomized experiment in video streaming", NSDI 2020, section 3.4, and
/// <https://github.com/StanfordSNR/puffer-statistics>.
///
/// # Errors
///
/// [`Error::NotAStream`] as [`StallRatio::of`], those of `all` counted first; [`Error::NothingWatched`] when there is no
/// stream of 4 seconds in either, or no replicate.
///
/// # Examples
///
/// ```
/// use audience_abtest::samples::{Stream, simulated_stall_ratio};
/// use audience_stats::Bootstrap;
///
/// let stream = |watch_seconds: f64| Stream { watch_seconds, stall_seconds: watch_seconds / 100.0 };
/// let arm: Vec<_> = [5.0, 20.0, 90.0, 400.0, 1800.0].map(stream).to_vec();
/// let stalled = simulated_stall_ratio(&arm, &arm, Bootstrap::default())?;
/// assert!((stalled.mean - 0.01).abs() < 1e-12 && stalled.interval.high - stalled.interval.low < 1e-12);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
pub fn simulated_stall_ratio(all: &[Stream], arm: &[Stream], plan: Bootstrap) -> Result<SimulatedStallRatio, Error> {
    Total::of(all)?;
    Total::of(arm)?;
    let watch_times: Vec<f64> =
        all.iter().map(|stream| stream.watch_seconds).filter(|seconds| bin(*seconds).is_some()).collect();
    let bins = Bins::of(arm);
    if watch_times.is_empty() || bins.streams == 0 {
        return Err(Error::NothingWatched);
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(plan.seed);
    let mut replicates: Vec<f64> = (0..plan.replicates).map(|_| bins.replicate(&watch_times, &mut rng)).collect();
    let mean = replicates.iter().copied().collect::<FloatSum>().value() / replicates.len() as f64;
    let interval = percentile_interval(&mut replicates).ok_or(Error::NothingWatched)?;
    Ok(SimulatedStallRatio { mean, interval })
}

/// The stalled parts of an arm's streams, by how long these are.
#[derive(Debug)]
struct Bins {
    stalled: [Vec<f64>; BINS],
    streams: usize,
}

/// ⌊log₂⌋ of 4 seconds and of about 12 days.
const FIRST_BIN: usize = 2;
const BINS: usize = 19;

/// Which bin a watch time is in; `None` under 4 seconds. What is longer than the last is in it.
fn bin(seconds: f64) -> Option<usize> {
    // By the whole seconds, whose logarithm is exact.
    let log = (seconds as u64).checked_ilog2()? as usize;
    Some(log.checked_sub(FIRST_BIN)?.min(BINS - 1))
}

impl Bins {
    fn of(arm: &[Stream]) -> Self {
        let mut bins = Self { stalled: [const { Vec::new() }; BINS], streams: 0 };
        for stream in arm {
            if let Some(bin) = bin(stream.watch_seconds) {
                bins.stalled[bin].push(stream.stall_seconds / stream.watch_seconds);
                bins.streams += 1;
            }
        }
        bins
    }

    /// The nearest bin that has a stream, the shorter first. There is one.
    fn nearest(&self, bin: usize) -> &[f64] {
        let near = (0..BINS).flat_map(|distance| [bin.checked_sub(distance), Some(bin + distance)]).flatten();
        let mut held = near.filter_map(|bin| self.stalled.get(bin)).filter(|stalled| !stalled.is_empty());
        held.next().map_or(&[], Vec::as_slice)
    }

    fn replicate(&self, watch_times: &[f64], rng: &mut impl Rng) -> f64 {
        let (mut stall, mut watch) = (0.0, 0.0);
        for _ in 0..self.streams {
            let seconds = watch_times[rng.random_range(0..watch_times.len())];
            let stalled = self.nearest(bin(seconds).unwrap_or(0));
            watch += seconds;
            stall += seconds * stalled[rng.random_range(0..stalled.len())];
        }
        stall / watch
    }
}
