//! What stands out from its neighbourhood, and is no chance.

use std::ops::Range;

use audience_stats::{Correction, Proportion};

/// How neighbours are taken together.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Neighbours {
    /// They are of other sessions, or of other moments of leaving: all of them count.
    Independent,
    /// They are mostly of the same sessions: together they say as much as one of them.
    Alike,
}

/// What to look for.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    /// Neighbours on each side.
    pub(crate) reach: usize,
    pub(crate) neighbours: Neighbours,
    /// The share of false findings among all that is accepted.
    pub(crate) false_findings: f64,
    /// How many times the rate of the neighbourhood it must be.
    pub(crate) least_lift: f64,
    /// By how much variances are larger than those of independent sessions, in equal parts of all places.
    pub(crate) variance_factors: Vec<f64>,
}

/// A place whose rate is above that of its neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct StandOut {
    pub(crate) at: usize,
    /// The rate of the neighbourhood.
    pub(crate) expected: f64,
    /// The probability of such a rate by chance, adjusted for the number of places.
    pub(crate) p: f64,
}

/// How often something happened, of how often it could have.
pub(crate) type Rate = (u64, u64);

impl Search {
    /// The places in `looked_at` whose rates stand out from those of their neighbours there: by Fisher's exact test, one-sided,
    /// with the p values of all places adjusted by Benjamini and Hochberg. What was found is left out of the
    /// neighbourhood of the others and these are tested again, once, so that two beside each other do not hide each other.
    pub(crate) fn stand_outs(&self, rates: &[Rate], looked_at: Range<usize>) -> Vec<StandOut> {
        let first = self.pass(rates, &looked_at, &[]);
        let found: Vec<usize> = first.iter().map(|place| place.at).collect();
        if found.is_empty() { first } else { self.pass(rates, &looked_at, &found) }
    }

    fn pass(&self, rates: &[Rate], looked_at: &Range<usize>, found: &[usize]) -> Vec<StandOut> {
        let mut tested = Vec::new();
        for at in looked_at.clone() {
            let low = at.saturating_sub(self.reach).max(looked_at.start);
            let high = (at + self.reach + 1).min(looked_at.end);
            let around = (low..high).filter(|other| *other != at && found.binary_search(other).is_err());
            let (mut happened, mut could, mut number) = (0_u64, 0_u64, 0_u64);
            for (part, whole) in around.filter_map(|other| rates.get(other)) {
                (happened, could, number) = (happened.saturating_add(*part), could.saturating_add(*whole), number + 1);
            }
            let Some(&(part, whole)) = rates.get(at).filter(|(_, whole)| *whole > 0 && could > 0) else { continue };
            if self.neighbours == Neighbours::Alike {
                (happened, could) = (happened / number, could / number);
            }
            let expected = happened as f64 / could as f64;
            let factor = self.factor(at, rates.len());
            tested.push(StandOut { at, expected, p: p((part, whole), (happened, could), factor) });
        }
        let p_values: Vec<f64> = tested.iter().map(|place| place.p).collect();
        let adjusted = Correction::BenjaminiHochberg.adjust(&p_values).unwrap_or_default();
        let mut accepted = Vec::new();
        for (place, p) in tested.into_iter().zip(adjusted) {
            let (part, whole) = rates[place.at];
            let rate = part as f64 / whole as f64;
            if p <= self.false_findings && rate >= place.expected * self.least_lift {
                accepted.push(StandOut { p, ..place });
            }
        }
        accepted
    }

    /// The factor at one of so many places.
    fn factor(&self, at: usize, places: usize) -> f64 {
        let part = at * self.variance_factors.len() / places.max(1);
        self.variance_factors.get(part).copied().unwrap_or(1.0)
    }
}

/// The probability of a rate at least so far above the other one, if both were the same, with a variance larger by `factor`
/// than that of independent ones.
pub(crate) fn p(rate: Rate, around: Rate, factor: f64) -> f64 {
    // As many independent ones as say as much.
    let shrunk = |(part, whole): Rate| {
        let whole = (whole as f64 / factor).round() as u64;
        Proportion::new(((part as f64 / factor).round() as u64).min(whole), whole)
    };
    match (shrunk(rate), shrunk(around)) {
        (Ok(rate), Ok(around)) => rate.fisher_greater(&around),
        _ => 1.0,
    }
}

/// Places beside each other, as ranges.
pub(crate) fn runs(places: &[StandOut]) -> impl Iterator<Item = &[StandOut]> {
    places.chunk_by(|one, next| one.at + 1 == next.at)
}
