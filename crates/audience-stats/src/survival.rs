//! How long units stay, when some are still there at the end of what was seen.

mod clusters;
mod difference;
mod kaplan_meier;
mod log_rank;
mod nelson_aalen;
mod quantile;

pub use clusters::ClusterRow;
pub use difference::CurveDifference;
pub use kaplan_meier::{BandScale, KaplanMeier, SurvivalStep};
pub use log_rank::{LogRank, log_rank};
pub use nelson_aalen::{HazardStep, NelsonAalen, TieCorrected};
pub use quantile::MedianInterval;

use crate::error::Error;
use crate::float_sum::FloatSum;

/// How long one unit was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Lifetime {
    /// The time after which it was at risk, for one that came later than the beginning: at risk at times t with
    /// `entry` < t ≤ `exit`. `None`: from the beginning on, time 0 included.
    pub entry: Option<f64>,
    /// When it left or was last seen.
    pub exit: f64,
    /// Whether it left then. Otherwise it is censored: it may have stayed for longer.
    pub observed: bool,
    /// What it counts for: 1, unless it stands for others.
    pub weight: f64,
}

/// What happened at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RiskRow {
    /// The time.
    pub time: f64,
    /// The weight of those that were there just before.
    pub at_risk: f64,
    /// The weight of those that left.
    pub events: f64,
    /// The weight of those last seen. They are at risk at this time, too.
    pub censored: f64,
}

/// Who was at risk of leaving, and who left, at each time: all that curves of survival are made of.
///
/// # Examples
///
/// Ten viewers; three leave after a minute, one after three, and the others were still there when last seen:
///
/// ```
/// use audience_stats::{BandScale, Confidence, RiskRow, RiskTable};
///
/// let table = RiskTable::new(vec![
///     RiskRow { time: 60.0, at_risk: 10.0, events: 3.0, censored: 2.0 },
///     RiskRow { time: 180.0, at_risk: 5.0, events: 1.0, censored: 4.0 },
/// ])?;
/// let curve = table.kaplan_meier();
/// assert!((curve.at(200.0) - 0.7 * 0.8).abs() < 1e-15);
/// assert_eq!(curve.median(), None); // more than half are never seen to leave
/// let band = curve.interval(0, BandScale::LogLog, Confidence::new(0.95)?).unwrap();
/// assert!((band.low - 0.3287).abs() < 1e-4 && (band.high - 0.8919).abs() < 1e-4);
/// # Ok::<(), audience_stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RiskTable {
    rows: Vec<RiskRow>,
    /// Of each row, those at risk that do not leave. Apart, since little may be left of a large difference.
    staying: Vec<f64>,
    /// Later entries in order, each with the weight of all up to and including it.
    entries: Vec<(f64, f64)>,
}

impl RiskTable {
    /// A table of these rows. Between two of them, those are taken to be at risk that are at the second.
    ///
    /// The number at risk may also rise, when some come later, and fall by more than leave.
    ///
    /// # Errors
    ///
    /// [`Error::NotATime`] when times are not finite, not at least 0 or do not rise; [`Error::NotAWeight`] when a number is
    /// not finite or below 0; [`Error::MoreLeaveThanAreAtRisk`] by more than rounding; [`Error::NoWeight`] without
    /// rows, or when there is nobody in any.
    pub fn new(rows: Vec<RiskRow>) -> Result<Self, Error> {
        let mut before = None;
        for (at, row) in rows.iter().enumerate() {
            if !is_time(row.time) || before.is_some_and(|before| row.time <= before) {
                return Err(Error::NotATime { at, time: row.time });
            }
            before = Some(row.time);
            for weight in [row.at_risk, row.events, row.censored] {
                check_weight(at, weight)?;
            }
            let leaving = row.events + row.censored;
            if leaving > row.at_risk * (1.0 + 1e-12) {
                return Err(Error::MoreLeaveThanAreAtRisk { at, leaving, at_risk: row.at_risk });
            }
        }
        if rows.iter().all(|row| row.at_risk == 0.0) {
            return Err(Error::NoWeight);
        }
        // Less than two roundings of the number at risk are no unit.
        let staying = |row: &RiskRow| {
            let staying = row.at_risk - row.events;
            if staying > 2.0 * f64::EPSILON * row.at_risk { staying } else { 0.0 }
        };
        Ok(Self { staying: rows.iter().map(staying).collect(), rows, entries: Vec::new() })
    }

    /// The table of these lifetimes, in any order: a row for each time at which one ends.
    ///
    /// # Errors
    ///
    /// [`Error::NotATime`] when a time is not finite or below 0; [`Error::EndsBeforeItBegins`] also when both are the same
    /// time; [`Error::NotAWeight`] when a weight is not finite or below 0, or with the others is past the largest number;
    /// [`Error::NoWeight`] without lifetimes, or when all weights are 0.
    pub fn of_lifetimes(lifetimes: &[Lifetime]) -> Result<Self, Error> {
        for (at, lifetime) in lifetimes.iter().enumerate() {
            check(at, lifetime)?;
        }
        let total = lifetimes.iter().map(|lifetime| lifetime.weight).collect::<FloatSum>().value();
        if total == 0.0 {
            return Err(Error::NoWeight);
        }
        check_weight(lifetimes.len() - 1, total)?;

        let mut by_exit = lifetimes.to_vec();
        // Within a time those that stay come last, and are the first from the end. Sorted by weight as well, the order in
        // which they were given does not show.
        by_exit.sort_by(|a, b| {
            let (time, weight) = ((a.exit + 0.0).total_cmp(&(b.exit + 0.0)), a.weight.total_cmp(&b.weight));
            time.then(b.observed.cmp(&a.observed)).then(weight)
        });
        let mut entries: Vec<(f64, f64)> =
            lifetimes.iter().filter_map(|of| Some((of.entry? + 0.0, of.weight))).collect();
        entries.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));

        let (mut rows, mut staying) = (Vec::new(), Vec::new());
        let (mut later_entries, mut waiting) = (entries.as_slice(), FloatSum::default());
        let mut exits = FloatSum::default();
        for same_time in by_exit.chunk_by(|a, b| a.exit == b.exit).rev() {
            let time = same_time[0].exit + 0.0;
            while let Some((last, earlier)) = later_entries.split_last().filter(|(last, _)| last.0 >= time) {
                waiting.add(last.1);
                later_entries = earlier;
            }
            let (left, seen) = same_time.split_at(same_time.partition_point(|lifetime| lifetime.observed));
            let weight =
                |lifetimes: &[Lifetime]| lifetimes.iter().map(|lifetime| lifetime.weight).collect::<FloatSum>();
            exits.extend(seen.iter().map(|lifetime| lifetime.weight));
            let stay = exits.less(&waiting);
            // What rounding leaves of nobody.
            let stay = if stay > 1e-22 * exits.value() { stay } else { 0.0 };
            exits.extend(left.iter().map(|lifetime| lifetime.weight));
            let events = weight(left).value();
            rows.push(RiskRow { time, at_risk: stay + events, events, censored: weight(seen).value() });
            staying.push(stay);
        }
        rows.reverse();
        staying.reverse();

        let mut entered = FloatSum::default();
        for (_, weight) in &mut entries {
            entered.add(*weight);
            *weight = entered.value();
        }
        // Of those at the same time, the last has all.
        entries.dedup_by(|later, first| {
            later.0 == first.0 && {
                first.1 = later.1;
                true
            }
        });
        Ok(Self { rows, staying, entries })
    }

    /// The rows, by time.
    pub fn rows(&self) -> &[RiskRow] {
        &self.rows
    }

    /// The weight of those at risk just before a time, also one without a row; 0 after the last.
    pub fn at_risk(&self, time: f64) -> f64 {
        let Some(next) = self.rows.get(self.rows.partition_point(|row| row.time < time)) else { return 0.0 };
        if next.time == time {
            return next.at_risk;
        }
        // Nobody leaves before the next row, but some of those there may not have come yet.
        let entered = |before: f64| match self.entries.partition_point(|(entry, _)| *entry < before) {
            0 => 0.0,
            number => self.entries[number - 1].1,
        };
        let (until_next, until_now) = (entered(next.time), entered(time));
        let there = next.at_risk - (until_next - until_now);
        if there > 4.0 * f64::EPSILON * until_next { there } else { 0.0 }
    }

    /// Each row with those of it that stay.
    fn with_staying(&self) -> impl Iterator<Item = (&RiskRow, f64)> {
        self.rows.iter().zip(self.staying.iter().copied())
    }
}

fn is_time(time: f64) -> bool {
    time.is_finite() && time >= 0.0
}

pub(crate) fn check_weight(at: usize, weight: f64) -> Result<(), Error> {
    if weight.is_finite() && weight >= 0.0 { Ok(()) } else { Err(Error::NotAWeight { at, weight }) }
}

fn check(at: usize, lifetime: &Lifetime) -> Result<(), Error> {
    let Lifetime { entry, exit, weight, .. } = *lifetime;
    for time in entry.into_iter().chain([exit]) {
        if !is_time(time) {
            return Err(Error::NotATime { at, time });
        }
    }
    match entry {
        Some(entry) if entry >= exit => Err(Error::EndsBeforeItBegins { at, entry, exit }),
        _ => check_weight(at, weight),
    }
}
