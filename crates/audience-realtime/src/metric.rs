//! The figures of a window by name.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::figures::WindowFigures;

macro_rules! metrics {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $of:expr;)+) => {
        /// One figure of a window, as series of them are watched: see [`Watch`](crate::Watch).
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
        #[non_exhaustive]
        pub enum Metric {
            $($(#[$doc])* $variant,)+
        }

        impl Metric {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }

            /// The figure; `None` where there is none.
            pub fn of(self, figures: &WindowFigures) -> Option<f64> {
                match self {
                    $(Self::$variant => ($of)(figures),)+
                }
            }
        }
    };
}

/// What is counted is always there.
#[expect(clippy::unnecessary_wraps, reason = "as the others are")]
fn count(number: u64) -> Option<f64> {
    Some(number as f64)
}

/// A part of others; `None` of none.
fn share(part: u64, all: u64) -> Option<f64> {
    (all > 0).then(|| part as f64 / all as f64)
}

metrics! {
    /// Viewers at the end of the window.
    Viewers = "viewers", |figures: &WindowFigures| count(figures.viewers.last);
    /// The most viewers there were.
    PeakViewers = "peak_viewers", |figures: &WindowFigures| count(figures.viewers.peak);
    /// Players that play at the end of the window.
    Playing = "playing", |figures: &WindowFigures| count(figures.playing.last);
    /// Viewers who came.
    Joins = "joins", |figures: &WindowFigures| count(figures.joins);
    /// Viewers who left.
    Leaves = "leaves", |figures: &WindowFigures| count(figures.leaves);
    /// First frames.
    Starts = "starts", |figures: &WindowFigures| count(figures.starts);
    /// The 95 % quantile of start-up times, in milliseconds.
    StartupP95 = "startup_p95", |figures: &WindowFigures| figures.startup.map(|startup| startup.p95_ms as f64);
    /// Stalls that began.
    Stalls = "stalls", |figures: &WindowFigures| count(figures.stalls);
    /// The time stalled as a part of the time stalled and playing.
    StallRatio = "stall_ratio", |figures: &WindowFigures| figures.stall_ratio;
    /// The mean bit rate that was played, in bits per second.
    Bitrate = "bitrate", |figures: &WindowFigures| figures.bitrate.map(|bitrate| bitrate.mean_bps);
    /// Errors that players reported.
    Errors = "errors", |figures: &WindowFigures| count(figures.errors);
    /// Players that gave up.
    Failures = "failures", |figures: &WindowFigures| count(figures.failures);
    /// Players that gave up as a part of these and of those that began to play.
    FailureRatio = "failure_ratio", |figures: &WindowFigures| share(figures.failures, figures.starts + figures.failures);
    /// Events.
    Events = "events", |figures: &WindowFigures| count(figures.events);
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let known = Self::ALL.iter().find(|metric| metric.as_str() == name);
        known.copied().ok_or_else(|| Error::UnknownMetric { name: name.into() })
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
