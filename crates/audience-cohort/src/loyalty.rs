//! How attached viewers are: how recently, how often and how long they watch.

use std::fmt;

use audience_core::{Elapsed, MediaTime};
use audience_stats::Accumulator;
use audience_stats::Distribution;
use audience_stats::Quantiles;

use crate::calendar::Calendar;
use crate::error::Error;
use crate::visits::{ViewerVisits, VisitHistory, days_of};

/// How a loyalty score is made.
///
/// Of each viewer, 0–1 each, with the end of what was observed as now:
///
/// - recency: 1 − (now − last visit) / [`window`](Self::window), at least 0;
/// - frequency: days with a visit within the window before now / [`days`](Self::days), at most 1;
/// - duration: content played per visit / [`per_visit`](Self::per_visit), at most 1.
///
/// The score is their mean by weight. What is much depends on the platform: the limits are to be chosen. By default they are a window of
/// 30 days, visits on 12 days of it, and 30 minutes a visit, with weights of 0.35, 0.35 and 0.3.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct LoyaltySpec {
    /// What recency counts for.
    pub recency: f64,
    /// What frequency counts for.
    pub frequency: f64,
    /// What duration counts for.
    pub duration: f64,
    /// After how long a viewer is not recent at all.
    #[cfg_attr(feature = "serde", serde(rename = "window_ms"))]
    pub window: Elapsed,
    /// On how many days of the window a viewer comes who comes as often as counts.
    pub days: u32,
    /// How much a visit of a viewer plays that is as long as counts.
    #[cfg_attr(feature = "serde", serde(rename = "per_visit_ms"))]
    pub per_visit: MediaTime,
}

impl Default for LoyaltySpec {
    fn default() -> Self {
        Self {
            recency: 0.35,
            frequency: 0.35,
            duration: 0.3,
            window: Elapsed::from_secs(30 * 86_400),
            days: 12,
            per_visit: MediaTime::from_secs(1800),
        }
    }
}

impl LoyaltySpec {
    fn check(&self) -> Result<(), Error> {
        let weights = [self.recency, self.frequency, self.duration];
        if let Some(weight) = weights.iter().find(|weight| !(weight.is_finite() && **weight >= 0.0)) {
            return Err(Error::NotAWeight { weight: *weight });
        }
        if weights.iter().sum::<f64>() <= 0.0 {
            return Err(Error::NotAWeight { weight: 0.0 });
        }
        let limits = [self.window.as_millis(), self.days.into(), self.per_visit.as_millis()];
        if limits.contains(&0) { Err(Error::NoLimit) } else { Ok(()) }
    }
}

/// How attached one viewer is.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Loyalty {
    /// All of it, 0–1.
    pub score: f64,
    /// How recently, 0–1.
    pub recency: f64,
    /// How often, 0–1.
    pub frequency: f64,
    /// How long, 0–1.
    pub duration: f64,
}

/// Viewers by on how many days they came, and what they watched: who the core of an audience is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct FrequencyBand {
    /// On how many days at least.
    pub from: u32,
    /// On how many at most; `None` where there is no end.
    pub to: Option<u32>,
    /// How many viewers.
    pub viewers: u64,
    /// Visits of theirs.
    pub visits: u64,
    /// What they played, in milliseconds.
    pub watched_ms: u128,
}

impl fmt::Display for FrequencyBand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to {
            Some(to) if to == self.from => write!(f, "{to}"),
            Some(to) => write!(f, "{} to {to}", self.from),
            None => write!(f, "{} or more", self.from),
        }
    }
}

impl VisitHistory {
    /// How attached each viewer is; days are those of the calendar.
    ///
    /// # Errors
    ///
    /// [`Error::NotAWeight`] when a weight is not finite or below 0, or all are 0; [`Error::NoLimit`] when a limit is 0.
    pub fn loyalty<'h>(
        &'h self,
        spec: &LoyaltySpec,
        calendar: &'h Calendar,
    ) -> Result<impl Iterator<Item = (ViewerVisits<'h>, Loyalty)> + use<'h>, Error> {
        spec.check()?;
        let spec = *spec;
        let now = self.until().unwrap_or_default();
        let since = now.as_millis().saturating_sub_unsigned(spec.window.as_millis());
        let mut days = Vec::new();
        Ok(self.viewers().map(move |viewer| {
            let recent = viewer.times().filter(|at| at.as_millis() > since);
            days_of(recent, calendar, &mut days);
            let part = |amount: u64, limit: u64| (amount as f64 / limit as f64).min(1.0);
            let recency = 1.0 - part(now.since(viewer.last()).as_millis(), spec.window.as_millis());
            let frequency = part(days.len() as u64, spec.days.into());
            let per_visit = viewer.watched().as_millis() / viewer.count().max(1);
            let duration = part(per_visit, spec.per_visit.as_millis());
            let weights = spec.recency + spec.frequency + spec.duration;
            let sum = spec.recency * recency + spec.frequency * frequency + spec.duration * duration;
            (viewer, Loyalty { score: sum / weights, recency, frequency, duration })
        }))
    }

    /// How loyalty scores spread, in thousandths of 1.
    ///
    /// # Errors
    ///
    /// Those of [`loyalty`](Self::loyalty).
    pub fn loyalty_distribution(&self, spec: &LoyaltySpec, calendar: &Calendar) -> Result<Distribution, Error> {
        let mut scores = Quantiles::new();
        for (_, loyalty) in self.loyalty(spec, calendar)? {
            scores.observe(&((loyalty.score * 1000.0).round() as u64));
        }
        Ok(scores.summary())
    }

    /// Viewers by on how many days they came: each of `starts`, which rise from 1 on, begins a band. What is below the first is in none.
    pub fn frequency_bands(&self, calendar: &Calendar, starts: &[u32]) -> Vec<FrequencyBand> {
        let end = |at: usize| starts.get(at + 1).map(|next| next.saturating_sub(1));
        let mut bands: Vec<FrequencyBand> = starts
            .iter()
            .enumerate()
            .map(|(at, from)| FrequencyBand { from: *from, to: end(at), ..FrequencyBand::default() })
            .collect();
        let mut days = Vec::new();
        for viewer in self.viewers() {
            days_of(viewer.times(), calendar, &mut days);
            let after = starts.partition_point(|start| *start as usize <= days.len());
            if let Some(band) = after.checked_sub(1).and_then(|at| bands.get_mut(at)) {
                band.viewers += 1;
                band.visits += viewer.count();
                band.watched_ms += u128::from(viewer.watched().as_millis());
            }
        }
        bands
    }
}
