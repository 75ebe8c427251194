//! Curves of sessions that count differently.

use std::collections::BTreeMap;
use std::fmt;

use audience_core::SessionFacts;
use audience_stats::{Accumulator, Merge};

use crate::curves::{Clusters, Counts, Placement, RetentionSummary, View, place};
use crate::error::Error;
use crate::grid::Grid;

/// How much a session counts: from 0 to [`MOST`](Self::MOST), in millionths.
///
/// # Examples
///
/// ```
/// use audience_retention::Weight;
///
/// assert_eq!(Weight::new(1.5).unwrap().as_f64(), 1.5);
/// assert!(Weight::new(f64::NAN).is_none() && Weight::new(-1.0).is_none());
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "f64", into = "f64"))]
pub struct Weight(u64);

impl Weight {
    /// The largest weight: of a billion sessions that weigh so much, sums are still exact.
    pub const MOST: f64 = 10_000.0;
    /// What a session counts without weights.
    pub const ONE: Self = Self(1_000_000);

    /// This weight, to the nearest millionth; `None` unless it is a number from 0 to [`MOST`](Self::MOST).
    pub fn new(weight: f64) -> Option<Self> {
        (0.0..=Self::MOST).contains(&weight).then(|| Self((weight * 1e6).round() as u64))
    }

    /// The weight as a number.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }
}

impl TryFrom<f64> for Weight {
    type Error = String;

    fn try_from(weight: f64) -> Result<Self, String> {
        Self::new(weight).ok_or_else(|| format!("{weight} is no weight from 0 to {}", Self::MOST))
    }
}

impl From<Weight> for f64 {
    fn from(weight: Weight) -> Self {
        weight.as_f64()
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_f64(), f)
    }
}

/// What a session's weight follows from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Weighting {
    attribute: Box<str>,
    weights: Option<BTreeMap<Box<str>, Weight>>,
}

impl Weighting {
    /// The number that an attribute of the session has.
    pub fn by_attribute(attribute: &str) -> Self {
        Self { attribute: attribute.into(), weights: None }
    }

    /// A weight for each value of an attribute, such as one for each country, so that the sessions stand for another
    /// population than their own. Sessions with another value are those without a weight.
    pub fn by_value<'w>(attribute: &str, weights: impl IntoIterator<Item = (&'w str, Weight)>) -> Self {
        let weights = weights.into_iter().map(|(value, weight)| (value.into(), weight)).collect();
        Self { attribute: attribute.into(), weights: Some(weights) }
    }

    /// The weight of a session; `None` where it has none.
    ///
    /// # Errors
    ///
    /// [`Error::BadWeight`] when its attribute is no number from 0 to [`Weight::MOST`].
    pub fn weight_of(&self, facts: &SessionFacts) -> Result<Option<Weight>, Error> {
        let Some(text) = facts.identity.attributes.get(&self.attribute) else { return Ok(None) };
        match &self.weights {
            Some(weights) => Ok(weights.get(text).copied()),
            None => match text.trim().parse::<f64>().ok().and_then(Weight::new) {
                Some(weight) => Ok(Some(weight)),
                None => Err(Error::BadWeight {
                    session_id: facts.identity.session_id.to_string(),
                    value: text.to_owned(),
                    most: Weight::MOST,
                }),
            },
        }
    }
}

/// [`RetentionCurves`](crate::RetentionCurves) of sessions that count as much as their weights say.
///
/// Weights are held in millionths and all sums are whole numbers, so that merging is exact here too. A weight that is no
/// number, negative or infinite is an error of the summary, which names the session; sessions without a weight are left
/// out and counted.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WeightedCurves {
    grid: Grid,
    weighting: Weighting,
    sessions: u64,
    without_weight: u64,
    zero_weight: u64,
    total: u64,
    squares: u128,
    placement: Placement,
    counts: Counts,
    clusters: Clusters,
    /// Of the sessions with a bad weight, the first in order of their ids, and the weight.
    bad: Option<(String, String)>,
}

/// What [`WeightedCurves`] have seen.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WeightedSummary {
    /// The curves; counts are sums of weights in millionths.
    pub retention: RetentionSummary,
    /// Sessions that have no weight, and are left out.
    pub without_weight: u64,
    /// Sessions that count nothing.
    pub zero_weight: u64,
}

impl WeightedCurves {
    /// Curves of no session yet.
    pub fn new(grid: Grid, weighting: Weighting) -> Self {
        Self {
            grid,
            weighting,
            sessions: 0,
            without_weight: 0,
            zero_weight: 0,
            total: 0,
            squares: 0,
            placement: Placement::default(),
            counts: Counts::default(),
            clusters: Clusters::default(),
            bad: None,
        }
    }

    /// Takes in a session that counts as much as `weight`, whatever its attributes say.
    pub fn observe_weighted(&mut self, facts: &SessionFacts, weight: Weight) {
        let Some(duration) = place(facts, &self.grid, &mut self.placement) else { return };
        self.sessions.merge(1);
        if weight.0 == 0 {
            self.zero_weight.merge(1);
            return;
        }
        self.total.merge(weight.0);
        self.squares.merge(u128::from(weight.0) * u128::from(weight.0));
        let view = View::of(facts, duration);
        self.counts.observe(&self.grid, &view, weight.0 as i64);
        self.clusters.observe(self.clusters.group_of(facts), &view, weight.0);
    }
}

/// # Panics
///
/// When the two have other points or other weights.
impl Merge for WeightedCurves {
    fn merge(&mut self, other: Self) {
        assert!(self.grid == other.grid, "curves at {:?} and at {:?} do not merge", self.grid, other.grid);
        let (mine, theirs) = (&self.weighting, &other.weighting);
        assert!(mine == theirs, "curves weighted by {mine:?} and by {theirs:?} do not merge");
        self.sessions.merge(other.sessions);
        self.without_weight.merge(other.without_weight);
        self.zero_weight.merge(other.zero_weight);
        self.total.merge(other.total);
        self.squares.merge(other.squares);
        self.placement.merge(other.placement);
        self.counts.merge(other.counts);
        self.clusters.merge(other.clusters);
        self.bad = self.bad.take().into_iter().chain(other.bad).min();
    }
}

impl Accumulator for WeightedCurves {
    type Item = SessionFacts;
    /// [`Error::BadWeight`] of the first session, in order of the ids, whose weight is none.
    type Summary = Result<WeightedSummary, Error>;

    fn observe(&mut self, facts: &SessionFacts) {
        match self.weighting.weight_of(facts) {
            Ok(Some(weight)) => self.observe_weighted(facts, weight),
            Ok(None) => self.without_weight.merge(1),
            Err(Error::BadWeight { session_id, value, .. }) => {
                self.bad = self.bad.take().into_iter().chain([(session_id, value)]).min();
            }
            Err(_) => {}
        }
    }

    fn summary(&self) -> Self::Summary {
        if let Some((session_id, value)) = self.bad.clone() {
            return Err(Error::BadWeight { session_id, value, most: Weight::MOST });
        }
        let total = self.total as f64;
        let effective = if self.squares > 0 { total * total / self.squares as f64 } else { 0.0 };
        let numbers = (self.sessions, self.total, effective);
        let counted = self.counts.summary(&self.grid, &self.clusters, numbers);
        Ok(WeightedSummary {
            retention: RetentionSummary { placement: self.placement, unit: Weight::ONE.0, ..counted },
            without_weight: self.without_weight,
            zero_weight: self.zero_weight,
        })
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for WeightedCurves {
    fn fingerprint(&self) -> u64 {
        let made_with = (&self.grid, &self.weighting, self.clusters.groups());
        audience_stats::fingerprint_of("audience.weighted_curves/1", &made_with)
    }

    fn size_bytes(&self) -> usize {
        self.counts.size_bytes() + self.clusters.size_bytes()
    }
}
