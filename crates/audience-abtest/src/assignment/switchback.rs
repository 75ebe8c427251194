//! Arms that take turns in time.

use audience_core::{Elapsed, Timestamp};

use super::draw::{Purpose, Seed};
use super::experiment::Experiment;
use super::outcome::{Assignment, Origin};
use crate::error::Error;

/// How the arms of a cluster follow each other.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Balance {
    /// Each period is drawn by itself.
    #[default]
    Independent,
    /// Each run of as many periods as there are arms has every arm once, in an order that is drawn: with two arms, each
    /// pair of periods has both.
    Blocks,
}

/// An experiment whose arms take turns: in each period a cluster, such as a region or an edge of a network, is in one arm
/// with all its viewers.
///
/// For what viewers share, where one arm changes what the other one gets: bandwidth, caches, the load of a live stream. The
/// unit of analysis is a cluster's period, and not a viewer or a session.
///
/// The start of each period is left out: viewers who came before, full buffers and warm caches are still of the period
/// before. Every period loses the same, whether the arm changed or not, so that arms stay comparable.
///
/// Periods are counted from the start of the experiment, or from the epoch if it has none. Coverage, hold-out, layer and
/// weights of the experiment count for clusters.
///
/// # Examples
///
/// ```
/// use audience_abtest::{Balance, Experiment, Switch, Switchback};
/// use audience_core::{Elapsed, Timestamp};
///
/// let experiment = Experiment::equal("congestion", ["control", "cap"])?.with_unit("region")?;
/// let hours = |hours: u64| Elapsed::from_secs(hours * 3600);
/// let switchback = Switchback::new(experiment, hours(4), hours(1), Balance::Blocks)?;
/// let at = |hour: i64| Timestamp::from_millis(hour * 3_600_000);
/// assert_eq!(switchback.arm_at("eu-west", at(0)), Switch::CarryOver);
/// let arms = [1, 5].map(|hour| switchback.arm_at("eu-west", at(hour)).arm());
/// assert_eq!(arms, [Some(0), Some(1)]);
/// # Ok::<(), audience_abtest::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Switchback {
    experiment: Experiment,
    period: Elapsed,
    carry_over: Elapsed,
    balance: Balance,
    seed: Seed,
}

/// Which arm a cluster is in at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Switch<'e> {
    /// Of this period; or in none.
    Of(Assignment<'e>),
    /// The period has just begun: what is seen now may come from the one before. Treat it as the period's arm says
    /// ([`Switchback::arm_in`]), and leave it out of the analysis.
    CarryOver,
}

impl Switch<'_> {
    /// The arm, if it is in one and counts.
    pub const fn arm(&self) -> Option<usize> {
        match self {
            Self::Of(assignment) => assignment.arm(),
            Self::CarryOver => None,
        }
    }
}

impl Switchback {
    /// Periods of this length, of which the first `carry_over` is left out.
    ///
    /// # Errors
    ///
    /// [`Error::CarryOverTooLong`] unless some of the period is left; [`Error::UnequalWeights`] for
    /// [`Balance::Blocks`] of variants whose weights differ: each has one period in each block.
    pub fn new(experiment: Experiment, period: Elapsed, carry_over: Elapsed, balance: Balance) -> Result<Self, Error> {
        if carry_over >= period {
            return Err(Error::CarryOverTooLong { period, carry_over });
        }
        if let (Balance::Blocks, [first, others @ ..]) = (balance, experiment.variants())
            && let Some(other) = others.iter().find(|variant| variant.weight() != first.weight())
        {
            let (variant, weight) = (other.name().to_owned(), other.weight());
            return Err(Error::UnequalWeights { variant, weight, first: first.weight() });
        }
        let seed = Seed::new(experiment.salt(), Purpose::Period);
        Ok(Self { experiment, period, carry_over, balance, seed })
    }

    /// The experiment.
    pub const fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// The number of the period that a time is in: 0 is the first one from the start of the experiment, or from the epoch.
    pub fn period_at(&self, at: Timestamp) -> i64 {
        self.place(at).0
    }

    /// The arm of a cluster at some time; [`Switch::CarryOver`] at the start of each period.
    pub fn arm_at(&self, cluster: &str, at: Timestamp) -> Switch<'_> {
        if let Some(exclusion) = self.experiment.exclusion(cluster, at) {
            return Switch::Of(Assignment::Excluded(exclusion));
        }
        let (period, since) = self.place(at);
        if since < i128::from(self.carry_over.as_millis()) {
            return Switch::CarryOver;
        }
        Switch::Of(self.experiment.enrolled(self.drawn(cluster, period), Origin::Drawn))
    }

    /// The arm that a cluster has in a period, from its first millisecond on, if the experiment is on and covers it: what to
    /// serve. `None` without an id.
    pub fn arm_in(&self, cluster: &str, period: i64) -> Option<usize> {
        (!cluster.is_empty()).then(|| self.drawn(cluster, period))
    }

    /// What to serve a cluster at some time: as [`arm_at`](Self::arm_at), with an arm also while the carry-over lasts.
    pub fn serve(&self, cluster: &str, at: Timestamp) -> Assignment<'_> {
        match self.experiment.exclusion(cluster, at) {
            Some(exclusion) => Assignment::Excluded(exclusion),
            None => self.experiment.enrolled(self.drawn(cluster, self.period_at(at)), Origin::Drawn),
        }
    }

    /// The period of a time, and how many milliseconds of it are over.
    fn place(&self, at: Timestamp) -> (i64, i128) {
        let origin = self.experiment.starts_at().unwrap_or_default();
        let since = i128::from(at.as_millis()) - i128::from(origin.as_millis());
        // Longer than the carry-over, so not 0.
        let period = i128::from(self.period.as_millis());
        // Of periods of one millisecond, at the ends of time, there are more than numbers.
        let number = since.div_euclid(period).clamp(i128::from(i64::MIN), i128::from(i64::MAX));
        (number as i64, since.rem_euclid(period))
    }

    fn drawn(&self, cluster: &str, period: i64) -> usize {
        let (arms, own) = (self.experiment.arms(), self.seed.of(cluster));
        match self.balance {
            Balance::Independent => arms.at(own.hash_number(period)),
            Balance::Blocks => {
                let length = arms.len() as i64;
                let block = own.of_number(period.div_euclid(length));
                shuffled(period.rem_euclid(length) as usize, arms.len(), block)
            }
        }
    }
}

/// What stands at a place when 0, 1, … up to a number are shuffled (Fisher and Yates), found by taking the exchanges back.
fn shuffled(place: usize, of: usize, seed: Seed) -> usize {
    let mut place = place;
    for last in 1..of {
        // A number from 0 to `last`: the product's upper half is as good as uniform.
        let other = ((u128::from(seed.hash_number(last as i64)) * (last as u128 + 1)) >> 64) as usize;
        if place == last {
            place = other;
        } else if place == other {
            place = last;
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shuffle_has_each_once_and_all_orders_alike() {
        let mut orders = std::collections::BTreeMap::<Vec<usize>, u32>::new();
        for number in 0..6000 {
            let seed = Seed::new("s", Purpose::Period).of_number(number);
            let order: Vec<usize> = (0..3).map(|place| shuffled(place, 3, seed)).collect();
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2]);
            *orders.entry(order).or_default() += 1;
        }
        // Each is expected 1000 times, give or take 29.
        assert!(orders.len() == 6 && orders.values().all(|times| (880..1120).contains(times)), "{orders:?}");
    }
}
