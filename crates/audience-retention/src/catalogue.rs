//! A title beside the other titles of its length.

use std::collections::BTreeMap;

use audience_core::{MediaTime, Ratio};
use audience_stats::{Accumulator, Merge, Quantiles};

use crate::curves::RetentionSummary;
use crate::error::Error;
use crate::grid::Grid;

/// The curve of one title, for comparing it with others.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TitleCurve {
    /// How long the title is.
    #[cfg_attr(feature = "serde", serde(rename = "duration_ms"))]
    pub duration: MediaTime,
    /// How many sessions its curve is of.
    pub sessions: u64,
    /// Its curve of reach as a function of the share of the content.
    curve: Vec<(f64, f64)>,
}

impl TitleCurve {
    /// The curve of reach of a title; `None` without sessions.
    pub fn of(summary: &RetentionSummary) -> Option<Self> {
        let length = summary.longest.as_millis() as f64;
        let positions = summary.points.iter().map(|point| point.position.as_millis() as f64 / length);
        let curve: Vec<(f64, f64)> = positions.zip(summary.reaches()).collect();
        (!curve.is_empty()).then_some(Self { duration: summary.longest, sessions: summary.sessions, curve })
    }

    /// What is reached at a share of the content, on the line between two points.
    fn at(&self, share: f64) -> f64 {
        let next = self.curve.partition_point(|(x, _)| *x <= share);
        match (next.checked_sub(1).and_then(|before| self.curve.get(before)), self.curve.get(next)) {
            (Some((x, y)), Some((to, next))) if to > x => y + (next - y) * (share - x) / (to - x),
            (Some((_, y)), _) | (None, Some((_, y))) => *y,
            (None, None) => 0.0,
        }
    }
}

/// What the curves of your own titles look like, by how long they are: *relative retention*.
///
/// An accumulator over the curves of titles. Titles are compared with those of their own octave of length (15 to 30 s, 30 s
/// to a minute, 1 to 2 minutes and so on), each title alike however many watch it. Titles of few sessions are left out and
/// counted: their curves are noise.
///
/// Shares are held in millionths and counted, so that quantiles are exact and merging is too.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CatalogueCurves {
    points: u32,
    least_sessions: u64,
    too_few_sessions: u64,
    classes: BTreeMap<u32, Class>,
}

#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Class {
    titles: u64,
    /// At each point, the shares of the titles in millionths.
    shares: Vec<Quantiles>,
}

/// The titles of a catalogue by length.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct CatalogueSummary {
    /// The classes that have titles, the shortest first.
    pub classes: Vec<LengthClass>,
    /// Titles that are in none, because they have too few sessions.
    pub too_few_sessions: u64,
}

/// Titles of similar length.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LengthClass {
    /// The shortest there can be in it.
    #[cfg_attr(feature = "serde", serde(rename = "from_ms"))]
    pub from: MediaTime,
    /// What is longer than all in it.
    #[cfg_attr(feature = "serde", serde(rename = "to_ms"))]
    pub to: MediaTime,
    /// How many titles it has.
    pub titles: u64,
    /// At each point, quantiles of the titles' shares.
    pub bands: Vec<CatalogueBand>,
    /// At each point, the shares of all titles in order.
    shares: Vec<Vec<(f64, u64)>>,
}

/// What titles of similar length reach at one point: a tenth of them less than `p10`, and so on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(missing_docs, reason = "the quantiles are named by what they are")]
pub struct CatalogueBand {
    pub p10: f64,
    pub p25: f64,
    pub p50: f64,
    pub p75: f64,
    pub p90: f64,
}

impl CatalogueCurves {
    /// The sessions a title needs unless another number is asked for.
    pub const LEAST_SESSIONS: u64 = 30;
    /// The shortest length that has a class of its own; what is shorter is in the class below.
    const SHORTEST_MS: u64 = 15_000;
    const SCALE: f64 = 1e6;

    /// No title yet, compared at `points` equal shares of the content; titles with less than `least_sessions` are left
    /// out.
    ///
    /// # Errors
    ///
    /// [`Error::PointsOutOfRange`] for none or more than [`Grid::MAX_POINTS`].
    pub fn new(points: u32, least_sessions: u64) -> Result<Self, Error> {
        Grid::shares(points)?;
        Ok(Self { points, least_sessions, too_few_sessions: 0, classes: BTreeMap::new() })
    }

    /// The octave of a length: 0 below 15 s.
    fn class_of(duration: MediaTime) -> u32 {
        (duration.as_millis() / Self::SHORTEST_MS).checked_ilog2().map_or(0, |octave| octave + 1)
    }

    /// The shortest length in an octave.
    fn shortest(class: u32) -> MediaTime {
        let octave = class.checked_sub(1).map_or(0, |octave| Self::SHORTEST_MS.saturating_mul(1 << octave.min(62)));
        MediaTime::from_millis(octave)
    }
}

/// # Panics
///
/// When the two have other points, or leave out other titles.
impl Merge for CatalogueCurves {
    fn merge(&mut self, other: Self) {
        let (mine, theirs) = ((self.points, self.least_sessions), (other.points, other.least_sessions));
        assert!(mine == theirs, "catalogues at (points, sessions) {mine:?} and {theirs:?} do not merge");
        self.too_few_sessions.merge(other.too_few_sessions);
        Merge::merge(&mut self.classes, other.classes);
    }
}

impl Class {
    /// Whether it has the shares of all its titles at so many points, which one from elsewhere need not have.
    #[cfg(feature = "serde")]
    fn is_whole(&self, points: u32) -> bool {
        self.shares.len() == points as usize && self.shares.iter().all(|shares| shares.summary().count() == self.titles)
    }
}

impl Merge for Class {
    fn merge(&mut self, other: Self) {
        self.titles.merge(other.titles);
        if self.shares.is_empty() {
            self.shares = other.shares;
        } else {
            self.shares.iter_mut().zip(other.shares).for_each(|(shares, other)| shares.merge(other));
        }
    }
}

impl Accumulator for CatalogueCurves {
    type Item = TitleCurve;
    type Summary = CatalogueSummary;

    fn observe(&mut self, title: &TitleCurve) {
        if title.sessions < self.least_sessions {
            self.too_few_sessions.merge(1);
            return;
        }
        let points = self.points;
        let class = self.classes.entry(Self::class_of(title.duration)).or_default();
        class.titles.merge(1);
        class.shares.resize(points as usize, Quantiles::new());
        for (point, shares) in (0..points).zip(&mut class.shares) {
            let share = title.at(f64::from(point) / f64::from(points));
            shares.observe(&((share * Self::SCALE).round() as u64));
        }
    }

    fn summary(&self) -> CatalogueSummary {
        let class = |(class, state): (&u32, &Class)| {
            let distributions: Vec<_> = state.shares.iter().map(Quantiles::summary).collect();
            let band = |distribution: &audience_stats::Distribution| {
                let at = |q: f64| distribution.quantile(q).ok().flatten().unwrap_or_default() / Self::SCALE;
                CatalogueBand { p10: at(0.1), p25: at(0.25), p50: at(0.5), p75: at(0.75), p90: at(0.9) }
            };
            let shares = |distribution: &audience_stats::Distribution| {
                distribution.counts().map(|(share, count)| (share as f64 / Self::SCALE, count)).collect()
            };
            LengthClass {
                from: Self::shortest(*class),
                to: Self::shortest(class.saturating_add(1)),
                titles: state.titles,
                bands: distributions.iter().map(band).collect(),
                shares: distributions.iter().map(shares).collect(),
            }
        };
        CatalogueSummary { classes: self.classes.iter().map(class).collect(), too_few_sessions: self.too_few_sessions }
    }
}

impl CatalogueSummary {
    /// The titles that one of this length is compared with; `None` when there are none.
    pub fn class_of(&self, duration: MediaTime) -> Option<&LengthClass> {
        self.classes.iter().find(|class| (class.from..class.to).contains(&duration))
    }

    /// The fewest other titles that a rank means something among.
    pub const LEAST_TITLES: u64 = 5;

    /// At each point, the share of the titles of similar length that reach less than this one (half of those that reach as
    /// much, itself among them): 0.5 is the middle of the catalogue. `None` where there are less than
    /// [`LEAST_TITLES`](Self::LEAST_TITLES) of them.
    pub fn relative(&self, title: &TitleCurve) -> Option<Vec<Ratio>> {
        let class = self.class_of(title.duration).filter(|class| class.titles >= Self::LEAST_TITLES)?;
        let points = class.shares.len() as f64;
        let ranks = class.shares.iter().enumerate().map(|(point, shares)| {
            let reached = (title.at(point as f64 / points) * CatalogueCurves::SCALE).round() / CatalogueCurves::SCALE;
            let count = |of: fn(&f64, &f64) -> bool| -> u128 {
                shares.iter().filter(|(share, _)| of(share, &reached)).map(|(_, count)| u128::from(*count)).sum()
            };
            Ratio::of_sums(count(f64::lt) * 2 + count(f64::eq), u128::from(class.titles) * 2).unwrap_or_default()
        });
        Some(ranks.collect())
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for CatalogueCurves {
    fn fingerprint(&self) -> u64 {
        // A damaged state, which does not have each title at each point, is of no catalogue.
        let whole = self.classes.values().all(|class| class.is_whole(self.points));
        audience_stats::fingerprint_of("audience.catalogue_curves/1", &(self.points, self.least_sessions, whole))
    }

    fn size_bytes(&self) -> usize {
        self.classes.values().flat_map(|class| &class.shares).map(audience_stats::Portable::size_bytes).sum()
    }
}
