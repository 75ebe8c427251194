//! An axis of positions in the content.

use audience_core::MediaTime;

use super::super::scale::Tick;
use crate::format;

/// Positions from one to another, in milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Positions {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Positions {
    /// From the beginning of the content, unless all is far from it: live streams may count from anywhere.
    pub(super) fn of(least: f64, most: f64) -> Self {
        let low = if least <= 0.5 * most { 0.0 } else { least };
        // Never nothing, however large the numbers.
        Self { low, high: most.max(low + (low * 1e-9).max(1000.0)) }
    }

    /// Where a position is, as a share of the axis.
    pub(super) fn share(&self, position: MediaTime) -> f64 {
        (millis(position) - self.low) / self.range()
    }

    pub(super) fn range(&self) -> f64 {
        self.high - self.low
    }

    /// A few marks, at whole numbers of what people count in.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let secs = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0];
        let hours = (0..50).map(|doublings| 3600.0 * f64::from(doublings).exp2());
        let steps = secs.into_iter().chain(hours).map(|secs| secs * 1000.0);
        let Some(step) = steps.into_iter().find(|step| self.range() / step < 6.0) else { return Vec::new() };
        let first = (self.low / step).ceil() * step;
        let values = (0..7).map(|number| first + f64::from(number) * step).take_while(|value| *value <= self.high);
        values.map(|value| Tick { at: (value - self.low) / self.range(), label: format::clock(Some(value)) }).collect()
    }
}

pub(super) fn millis(position: MediaTime) -> f64 {
    position.as_millis() as f64
}
