//! What a window shows.

use audience_core::{Elapsed, Merge, Timestamp};
use audience_stats::{DistinctEstimate, DistinctSketch};

use crate::audience_window::Standing;
use crate::cell::{COUNTS, Cell, Count, LEVELS, Level, add};
use crate::multiset::Multiset;
use crate::window::Window;

/// How many watched in a stretch of time, what they did and what happened to them.
///
/// A *viewer* is there while a player of theirs plays, waits for frames or shows an advertisement; a pause is not. Who watches with two players
/// at once is one viewer. Players are counted one by one.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WindowFigures {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends: the first moment after it.
    pub end: Timestamp,
    /// Events in it.
    pub events: u64,
    /// Different viewers who are there.
    pub viewers: LevelFigures,
    /// About how many different viewers sent an event in it. Those who send none in a whole window are not among them.
    pub unique_viewers: DistinctEstimate,
    /// How often a viewer came.
    pub joins: u64,
    /// How often a viewer left, or paused.
    pub leaves: u64,
    /// Players whose frames move. The time spent is wall-clock time watched.
    pub playing: LevelFigures,
    /// Players that wait for their first frame.
    pub starting: LevelFigures,
    /// Players that wait after a seek.
    pub seek_waiting: LevelFigures,
    /// Players that stall.
    pub stalled: LevelFigures,
    /// Players that are paused.
    pub paused: LevelFigures,
    /// Players that show an advertisement, or wait for one.
    pub in_ads: LevelFigures,
    /// First frames.
    pub starts: u64,
    /// How long viewers had waited for them; `None` of none whose time is known.
    pub startup: Option<StartUpFigures>,
    /// Stalls that began.
    pub stalls: u64,
    /// The time stalled as a part of the time stalled and playing; `None` of no such time.
    pub stall_ratio: Option<f64>,
    /// Seeks.
    pub seeks: u64,
    /// Quality changes.
    pub quality_changes: u64,
    /// Errors that players reported.
    pub errors: u64,
    /// Players that gave up.
    pub failures: u64,
    /// What was played, by wall-clock time; `None` where no player said.
    pub bitrate: Option<BitrateFigures>,
}

impl WindowFigures {
    /// Whether nobody was there and nothing happened.
    pub fn is_idle(&self) -> bool {
        let levels =
            [self.viewers, self.playing, self.starting, self.seek_waiting, self.stalled, self.paused, self.in_ads];
        let counts = [
            self.events,
            self.joins,
            self.leaves,
            self.starts,
            self.stalls,
            self.seeks,
            self.quality_changes,
            self.errors,
            self.failures,
        ];
        levels.iter().all(|level| level.peak == 0 && level.time.is_zero()) && counts == [0; 9]
    }
}

/// A number of viewers or players over a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LevelFigures {
    /// At the end.
    pub last: u64,
    /// The most where a bucket begins or ends, who came before the stretch among them.
    pub peak: u64,
    /// The mean over time, exact.
    pub mean: f64,
    /// The time that all of them spent together, exact.
    pub time: Elapsed,
}

/// How long viewers waited for the first frame, in whole milliseconds of four significant digits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StartUpFigures {
    /// How many are known.
    pub count: u64,
    /// The mean.
    pub mean_ms: f64,
    /// The median: the least time that half of them, or more, did not exceed.
    pub p50_ms: u64,
    /// The same of 95 in 100.
    pub p95_ms: u64,
}

/// Bit rates that were played, in bits per second, weighted by the wall-clock time for which they were, to four significant digits.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct BitrateFigures {
    /// The time for which it is known.
    pub time: Elapsed,
    /// The lowest.
    pub min_bps: u64,
    /// The mean over time.
    pub mean_bps: f64,
    /// The bit rate that was not exceeded in a twentieth of the time.
    pub p5_bps: u64,
    /// In half of the time.
    pub p50_bps: u64,
    /// In 19 of 20 parts of it.
    pub p95_bps: u64,
    /// The highest.
    pub max_bps: u64,
}

/// The figures of the buckets from one number to another, of whose cells these are all, with what stands at the start.
pub(crate) fn of<'c>(
    window: Window,
    (start, end): (i64, i64),
    standing: &mut Standing,
    cells: impl Iterator<Item = (i64, &'c Cell)>,
    precision: u8,
) -> WindowFigures {
    let width = window.bucket().as_millis() as i64;
    let mut peaks = standing.levels;
    let mut areas = [0_i128; LEVELS];
    let mut counts = [0_i64; COUNTS];
    let mut startups = Multiset::default();
    let mut rates = Multiset::default();
    let mut viewers = DistinctSketch::new(precision).unwrap_or_default();
    // Levels go on until the end unless something changes.
    let rest = |number: i64| i128::from(end.saturating_sub(number)) * i128::from(width);
    for (area, level) in areas.iter_mut().zip(standing.levels) {
        *area = i128::from(level).saturating_mul(rest(start));
    }
    for (bitrate, level, _) in &standing.rates.0 {
        rates.add(bitrate.as_bps(), millis(i128::from(*level).saturating_mul(rest(start))));
    }
    for (number, cell) in cells {
        standing.pass(cell);
        for level in 0..LEVELS {
            peaks[level] = peaks[level].max(standing.levels[level]);
            let after = i128::from(cell.steps[level]).saturating_mul(rest(number.saturating_add(1)));
            areas[level] = areas[level].saturating_add(after).saturating_add(i128::from(cell.areas[level]));
        }
        for (bitrate, step, area) in &cell.rates.0 {
            let after = i128::from(*step).saturating_mul(rest(number.saturating_add(1)));
            rates.add(bitrate.as_bps(), millis(after.saturating_add(i128::from(*area))));
        }
        counts.iter_mut().zip(cell.counts).for_each(|(sum, count)| add(sum, count));
        startups.merge(&cell.startups);
        if let Some(seen) = &cell.viewers {
            viewers.merge((**seen).clone());
        }
    }
    let length = rest(start);
    let level = |level: Level| LevelFigures {
        last: natural(standing.levels[level as usize]),
        peak: natural(peaks[level as usize]),
        mean: if length > 0 { areas[level as usize].max(0) as f64 / length as f64 } else { 0.0 },
        time: Elapsed::from_millis(natural(millis(areas[level as usize]))),
    };
    let count = |count: Count| natural(counts[count as usize]);
    let (playing, stalled) = (level(Level::Playing), level(Level::Stalled));
    let watched = playing.time.as_millis().saturating_add(stalled.time.as_millis());
    WindowFigures {
        start: window.start(start),
        end: window.start(end),
        events: count(Count::Events),
        viewers: level(Level::Viewers),
        unique_viewers: viewers.estimate(),
        joins: count(Count::Joins),
        leaves: count(Count::Leaves),
        playing,
        starting: level(Level::Starting),
        seek_waiting: level(Level::SeekWaiting),
        stalled,
        paused: level(Level::Paused),
        in_ads: level(Level::InAds),
        starts: count(Count::Starts),
        startup: StartUpFigures::of(&startups),
        stalls: count(Count::Stalls),
        stall_ratio: (watched > 0).then(|| stalled.time.as_millis() as f64 / watched as f64),
        seeks: count(Count::Seeks),
        quality_changes: count(Count::QualityChanges),
        errors: count(Count::Errors),
        failures: count(Count::Failures),
        bitrate: BitrateFigures::of(&rates),
    }
}

impl StartUpFigures {
    fn of(times: &Multiset) -> Option<Self> {
        Some(Self {
            count: times.weight(),
            mean_ms: times.mean()?,
            p50_ms: times.quantile(0.5)?,
            p95_ms: times.quantile(0.95)?,
        })
    }
}

impl BitrateFigures {
    fn of(rates: &Multiset) -> Option<Self> {
        Some(Self {
            time: Elapsed::from_millis(rates.weight()),
            min_bps: rates.iter().next()?.0,
            mean_bps: rates.mean()?,
            p5_bps: rates.quantile(0.05)?,
            p50_bps: rates.quantile(0.5)?,
            p95_bps: rates.quantile(0.95)?,
            max_bps: rates.iter().next_back()?.0,
        })
    }
}

/// What is told in halves may be less than nothing in between.
fn natural(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

fn millis(area: i128) -> i64 {
    area.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}
