//! How long viewers stay away.

use audience_core::Elapsed;
use audience_stats::{KaplanMeier, Lifetime, RiskTable};

use crate::calendar::Calendar;
use crate::error::Error;
use crate::visits::{ViewerVisits, VisitHistory, days_of};

/// A viewer's visits by days, as models of repeat visits take them: several visits on one day count once.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct VisitDays {
    /// Days with a visit after the first.
    pub frequency: u32,
    /// Days from the first to the last; 0 without a repeat.
    pub recency: u32,
    /// Days from the first to the last observed.
    pub age: u32,
}

/// Which times between visits are looked at.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Gaps {
    /// From each viewer's first visit to the second: one of each viewer, so that they are independent of each other.
    #[default]
    First,
    /// All of them. Those of one viewer are alike, so that intervals that take them to be independent are too narrow.
    All,
}

/// How long it takes until viewers come back: a survival curve of "not yet back", in which who has not come back by the end of the data
/// counts as long as that is known (Kaplan and Meier, 1958).
///
/// Times are in milliseconds.
#[derive(Clone, Debug)]
pub struct ReturnCurve(KaplanMeier);

impl ReturnCurve {
    /// The curve of those not yet back, by milliseconds since the visit.
    pub fn not_yet_back(&self) -> &KaplanMeier {
        &self.0
    }

    /// The time after which half have come back; `None` where fewer are seen to.
    pub fn median(&self) -> Option<Elapsed> {
        self.0.median().map(|median| Elapsed::from_millis(median as u64))
    }

    /// The part that comes back within `within` of those who have stayed away for `silence`: 1 − S(silence + within) / S(silence), 0–1.
    ///
    /// `None` when nobody is known to stay away for so long, or not for as long as that together.
    pub fn chance_to_return(&self, silence: Elapsed, within: Elapsed) -> Option<f64> {
        let (from, to) = (silence.as_millis() as f64, silence.as_millis().saturating_add(within.as_millis()) as f64);
        let last = self.0.steps().last()?.time;
        let still_away = self.0.at(from);
        (still_away > 0.0 && to <= last).then(|| 1.0 - self.0.at(to) / still_away)
    }
}

impl VisitHistory {
    /// The visits of each viewer by days of a calendar.
    pub fn visit_days<'h>(&'h self, calendar: &'h Calendar) -> impl Iterator<Item = (ViewerVisits<'h>, VisitDays)> {
        let last = self.until().and_then(|until| calendar.day_number(until));
        let mut days = Vec::new();
        self.viewers().filter_map(move |viewer| {
            days_of(viewer.times(), calendar, &mut days);
            let (first, latest) = (*days.first()?, *days.last()?);
            Some((
                viewer,
                VisitDays {
                    frequency: days.len() as u32 - 1,
                    recency: latest.abs_diff(first),
                    age: last?.max(latest).abs_diff(first),
                },
            ))
        })
    }

    /// Times from each visit of a viewer to the next, in milliseconds; the last goes up to the end of what was observed, and is not seen
    /// to end.
    pub fn gaps_of<'h>(&self, viewer: ViewerVisits<'h>) -> impl Iterator<Item = Lifetime> + use<'h> {
        let gap =
            |gap: Elapsed, observed| Lifetime { entry: None, exit: gap.as_millis() as f64, observed, weight: 1.0 };
        let silence = self.until().map(|until| gap(until.since(viewer.last()), false));
        viewer.gaps().map(move |time| gap(time, true)).chain(silence)
    }

    /// How long it takes until viewers come back.
    ///
    /// # Errors
    ///
    /// [`Error::Statistics`] without viewers.
    pub fn returns(&self, gaps: Gaps) -> Result<ReturnCurve, Error> {
        let most = match gaps {
            Gaps::First => 1,
            Gaps::All => usize::MAX,
        };
        let lifetimes: Vec<Lifetime> = self.viewers().flat_map(|viewer| self.gaps_of(viewer).take(most)).collect();
        Ok(ReturnCurve(RiskTable::of_lifetimes(&lifetimes)?.kaplan_meier()))
    }
}
