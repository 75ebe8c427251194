//! Units of metrics, and numbers in them.

use serde::Serialize;

use crate::format;

/// In what a metric is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// How many.
    Count,
    /// A share from 0 to 1.
    Ratio,
    /// How many in an hour in which frames moved.
    PerHour,
    /// Milliseconds.
    Ms,
    /// Bits per second.
    Bps,
    /// Points of a score, from 0 to 100.
    Points,
}

impl Unit {
    /// Its name in lists of metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Ratio => "0 to 1",
            Self::PerHour => "per hour",
            Self::Ms => "time",
            Self::Bps => "bit rate",
            Self::Points => "0 to 100",
        }
    }

    /// What numbers of it look like in rules.
    pub const fn example(self) -> &'static str {
        match self {
            Self::Count | Self::PerHour => "a number",
            Self::Ratio => "a share from 0 to 1 (0.01, 1%)",
            Self::Ms => "a time with its unit (4s, 400ms, 2min)",
            Self::Points => "points from 0 to 100",
            Self::Bps => "a bit rate with its unit (2.5Mbps, 800kbps)",
        }
    }

    /// How names of metrics end that say it.
    pub(super) const fn suffix(self) -> &'static str {
        match self {
            Self::Ms => "_ms",
            Self::Bps => "_bps",
            Self::Count | Self::Ratio | Self::PerHour | Self::Points => "",
        }
    }

    /// What the text of a limit says, in milliseconds, bits per second or as it is. A number without a unit must not leave
    /// open whether it is one of seconds or milliseconds: `said` is whether something else says it.
    pub(super) fn limit(self, text: &str, said: bool) -> Option<f64> {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(end);
        let (power, factor) = match (self, unit) {
            (Self::Count | Self::Ratio | Self::PerHour | Self::Points, "") | (Self::Ms, "ms") | (Self::Bps, "bps") => {
                (0, 1.0)
            }
            (Self::Ms | Self::Bps, "") if said => (0, 1.0),
            (Self::Ratio, "%") => (-2, 1.0),
            (Self::Ms, "s") | (Self::Bps, "kbps") => (3, 1.0),
            (Self::Ms, "min") => (3, 60.0),
            (Self::Ms, "h") => (3, 3600.0),
            (Self::Bps, "Mbps") => (6, 1.0),
            (Self::Bps, "Gbps") => (9, 1.0),
            _ => return None,
        };
        // As one decimal number: 0.7 / 100 is another number than 0.007, and 7 of 1000 would be more than 0.7 %.
        let value = format!("{number}e{power}").parse::<f64>().ok()? * factor;
        let possible = value.is_finite() && value <= self.largest();
        possible.then_some(value)
    }

    /// The largest value there is.
    pub(super) const fn largest(self) -> f64 {
        match self {
            Self::Ratio => 1.0,
            Self::Points => 100.0,
            Self::Count | Self::PerHour | Self::Ms | Self::Bps => f64::INFINITY,
        }
    }

    /// A value for people. It has as many decimals as it takes to tell it from what it is compared with.
    pub(super) fn text(self, value: f64, beside: f64) -> String {
        let decimals = if self == Self::Count { 0 } else { 2 };
        let mut texts = (decimals..=9).map(|decimals| (self.fixed(value, decimals), self.fixed(beside, decimals)));
        let differs = |(text, other): &(String, String)| value == beside || text != other;
        texts.find(differs).map_or_else(|| self.fixed(value, 9), |(text, _)| text)
    }

    /// A value with so many decimals.
    fn fixed(self, value: f64, decimals: usize) -> String {
        match self {
            Self::Count if decimals == 0 => format::count(value.round() as u64),
            Self::Count | Self::Points => format!("{value:.decimals$}"),
            Self::Ratio => format!("{:.decimals$} %", value * 100.0),
            Self::PerHour => format!("{value:.decimals$} /h"),
            Self::Ms => format!("{:.decimals$} s", value / 1000.0),
            Self::Bps => format!("{:.decimals$} Mbit/s", value / 1e6),
        }
    }
}
