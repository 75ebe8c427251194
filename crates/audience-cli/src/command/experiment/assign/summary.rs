//! How many ids are in each arm, beside how many there should be.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::num::NonZeroU32;

use audience_abtest::{Exclusion, Experiment};
use audience_report::printable;
use audience_stats::ChiSquared;

/// Below this, arms do not have their shares.
const IMPROBABLE: f64 = 0.001;

/// The fewest ids that an arm must be expected to have for its share to be judged.
const LEAST: f64 = 8.0;

/// Ids so far.
pub(super) struct Summary<'e> {
    experiment: &'e Experiment,
    arms: Vec<u64>,
    reasons: BTreeMap<&'static str, u64>,
}

impl<'e> Summary<'e> {
    pub(super) fn of(experiment: &'e Experiment) -> Self {
        Self { experiment, arms: vec![0; experiment.variants().len()], reasons: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, found: Result<usize, Exclusion>) {
        match found {
            Ok(arm) => self.arms[arm] += 1,
            Err(reason) => *self.reasons.entry(reason.as_str()).or_default() += 1,
        }
    }

    pub(super) fn to_text(&self) -> String {
        let mut out = String::new();
        // A `String` takes all.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let enrolled: u64 = self.arms.iter().sum();
        let all = enrolled + self.reasons.values().sum::<u64>();
        writeln!(out, "{all} ids, {enrolled} in an arm")?;
        let name = |name: &str| printable(name).to_string();
        let variants = self.experiment.variants();
        let reasons = self.reasons.iter().map(|(reason, count)| (format!("({reason})"), count));
        let arms = variants.iter().map(|variant| name(variant.name()));
        let width = arms.chain(reasons.clone().map(|(reason, _)| reason)).map(|name| name.chars().count()).max();
        let width = width.unwrap_or(0);
        for (variant, count) in variants.iter().zip(&self.arms) {
            write!(out, "  {:<width$}  {count:>9}", name(variant.name()))?;
            if enrolled > 0 {
                let share = *count as f64 / enrolled as f64;
                write!(out, "  {:6.2} % ({:.2} % expected)", share * 100.0, variant.weight() * 100.0)?;
            }
            writeln!(out)?;
        }
        for (reason, count) in reasons {
            writeln!(out, "  {reason:<width$}  {count:>9}")?;
        }
        match self.probability() {
            Some(p) if p < IMPROBABLE => {
                writeln!(out, "arms do not have their shares (p = {p:.2e}): are ids in there more than once?")
            }
            Some(p) => writeln!(out, "arms have their shares (p = {p:.2})"),
            None => Ok(()),
        }
    }

    /// The probability of arms as far from their shares (Pearson's χ²); `None` with too few ids.
    fn probability(&self) -> Option<f64> {
        let enrolled = self.arms.iter().sum::<u64>() as f64;
        let mut statistic = 0.0;
        for (variant, count) in self.experiment.variants().iter().zip(&self.arms) {
            let expected = enrolled * variant.weight();
            if expected < LEAST {
                return None;
            }
            statistic += (*count as f64 - expected).powi(2) / expected;
        }
        let degrees = NonZeroU32::new(self.arms.len() as u32 - 1)?;
        Some(ChiSquared::new(degrees).upper_tail(statistic))
    }
}
