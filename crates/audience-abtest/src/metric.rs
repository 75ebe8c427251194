//! What arms are compared by.

use std::fmt;
use std::str::FromStr;

use audience_core::Mark;
use audience_stats::Alternative;

use crate::error::Error;
use crate::exposure::{ExperimentUnit, Totals};

/// The name of the custom event that says that something was shown.
pub const IMPRESSION: &str = Mark::IMPRESSION;
/// The name of the custom event that says that it was clicked.
pub const CLICK: &str = Mark::CLICK;

/// What arms are compared by. It is always one figure of each unit, since units are what was assigned.
///
/// As text: `started`, `completed`, `reached-end`, `conversion:NAME`, `watch-time`, `rebuffer-ratio`, `startup-p95` …: see
/// [`Metric::NAMES`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "String", into = "String")
)]
pub enum Metric {
    /// The share of units that saw a frame.
    Started,
    /// The share of units that played nearly all of a title.
    Completed,
    /// The share of units that got to the end of a title.
    ReachedEnd,
    /// The share of units with this custom event.
    Conversion(String),
    /// Content played by a unit, in milliseconds: the mean.
    WatchTime,
    /// Sessions of a unit: the mean.
    Sessions,
    /// Clicks by impressions: the ratio of their sums.
    ClickThrough,
    /// Sessions that played nearly all of the content, by sessions.
    CompletionRate,
    /// Stalled time by stalled and playing time.
    RebufferRatio,
    /// This quantile of the start-up times, in milliseconds, in thousandths: 950 is the one that 95 % are below.
    StartUp(u16),
}

/// How a metric is made of what units did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum MetricKind {
    /// A share of units: each is 0 or 1.
    Proportion,
    /// A mean over units.
    Mean,
    /// A ratio of sums over units.
    Ratio,
    /// A quantile of values, of which units have any number.
    Quantile,
}

impl Metric {
    /// The metrics as text, with what they are.
    pub const NAMES: &'static [(&'static str, &'static str)] = &[
        ("started", "share of viewers who saw a frame"),
        ("completed", "share of viewers who played nearly all of a title"),
        ("reached-end", "share of viewers who got to the end of a title"),
        ("conversion:NAME", "share of viewers with the custom event NAME"),
        ("watch-time", "content played per viewer"),
        ("sessions", "sessions per viewer"),
        ("click-through", "clicks by impressions"),
        ("completion-rate", "completed sessions by sessions"),
        ("rebuffer-ratio", "stalled time by stalled and playing time"),
        ("startup-p50", "start-up time that half are below; p75, p90, p95, p99 likewise"),
    ];

    /// What it is called in reports, as the beginning of a line.
    ///
    /// ```
    /// # use audience_abtest::Metric;
    /// assert_eq!(Metric::StartUp(950).label(), "Start-up time, p95");
    /// ```
    pub fn label(&self) -> String {
        match self {
            Self::Started => "Started to watch".to_owned(),
            Self::Completed => "Completed a title".to_owned(),
            Self::ReachedEnd => "Reached an end".to_owned(),
            Self::Conversion(name) => format!("Conversion {name}"),
            Self::WatchTime => "Watch time".to_owned(),
            Self::Sessions => "Sessions".to_owned(),
            Self::ClickThrough => "Click-through rate".to_owned(),
            Self::CompletionRate => "Completed sessions".to_owned(),
            Self::RebufferRatio => "Rebuffer ratio".to_owned(),
            Self::StartUp(thousandths) if thousandths % 10 == 0 => format!("Start-up time, p{}", thousandths / 10),
            Self::StartUp(thousandths) => format!("Start-up time, p{}.{}", thousandths / 10, thousandths % 10),
        }
    }

    /// What kind of figure it is.
    pub const fn kind(&self) -> MetricKind {
        match self {
            Self::Started | Self::Completed | Self::ReachedEnd | Self::Conversion(_) => MetricKind::Proportion,
            Self::WatchTime | Self::Sessions => MetricKind::Mean,
            Self::ClickThrough | Self::CompletionRate | Self::RebufferRatio => MetricKind::Ratio,
            Self::StartUp(_) => MetricKind::Quantile,
        }
    }

    /// Which way is better for viewers.
    pub const fn better(&self) -> Alternative {
        match self {
            Self::RebufferRatio | Self::StartUp(_) => Alternative::Less,
            _ => Alternative::Greater,
        }
    }

    /// The custom events it counts.
    pub fn marks(&self) -> Vec<&str> {
        match self {
            Self::Conversion(name) => vec![name],
            Self::ClickThrough => vec![IMPRESSION, CLICK],
            _ => Vec::new(),
        }
    }

    /// Its level, of a quantile.
    pub fn level(&self) -> Option<f64> {
        match self {
            Self::StartUp(thousandths) => Some(f64::from(*thousandths) / 1000.0),
            _ => None,
        }
    }

    /// Whether its figures have long tails, which a cap keeps from drowning all else.
    pub const fn is_capped(&self) -> bool {
        matches!(self, Self::WatchTime | Self::Sessions | Self::RebufferRatio)
    }

    /// What a unit has: of a proportion or a mean one figure, of a ratio two. Custom events are found by their place in `marks`.
    pub(crate) fn figures(&self, totals: &Totals, marks: &[String]) -> [u64; 2] {
        let any = |count: u64| [u64::from(count > 0), 0];
        let mark = |name: &str| marks.iter().position(|mark| mark == name).map_or(0, |at| totals.marks[at]);
        match self {
            Self::Started => any(totals.started),
            Self::Completed => any(totals.completed),
            Self::ReachedEnd => any(totals.reached_end),
            Self::Conversion(name) => any(mark(name)),
            Self::WatchTime => [totals.watched_ms, 0],
            Self::Sessions => [totals.sessions, 0],
            Self::ClickThrough => [mark(CLICK), mark(IMPRESSION)],
            Self::CompletionRate => [totals.completed, totals.sessions],
            Self::RebufferRatio => [totals.stalled_ms, totals.stalled_ms.saturating_add(totals.playing_ms)],
            Self::StartUp(_) => [0, totals.startup_ms.len() as u64],
        }
    }

    /// The values of a unit, in order of size, of which quantiles are taken.
    pub(crate) fn values<'a>(&self, unit: &'a ExperimentUnit) -> &'a [u64] {
        match self {
            Self::StartUp(_) => &unit.totals.startup_ms,
            _ => &[],
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Started => "started",
            Self::Completed => "completed",
            Self::ReachedEnd => "reached-end",
            Self::Conversion(name) => return write!(f, "conversion:{name}"),
            Self::WatchTime => "watch-time",
            Self::Sessions => "sessions",
            Self::ClickThrough => "click-through",
            Self::CompletionRate => "completion-rate",
            Self::RebufferRatio => "rebuffer-ratio",
            Self::StartUp(thousandths) if thousandths % 10 == 0 => return write!(f, "startup-p{}", thousandths / 10),
            Self::StartUp(thousandths) => return write!(f, "startup-p{}.{}", thousandths / 10, thousandths % 10),
        })
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(match text {
            "started" => Self::Started,
            "completed" => Self::Completed,
            "reached-end" => Self::ReachedEnd,
            "watch-time" => Self::WatchTime,
            "sessions" => Self::Sessions,
            "click-through" => Self::ClickThrough,
            "completion-rate" => Self::CompletionRate,
            "rebuffer-ratio" => Self::RebufferRatio,
            _ => {
                let unknown = || Error::UnknownMetric { metric: text.to_owned() };
                if let Some(name) = text.strip_prefix("conversion:").filter(|name| !name.is_empty()) {
                    return Ok(Self::Conversion(name.to_owned()));
                }
                let percent = text.strip_prefix("startup-p").ok_or_else(unknown)?;
                let (whole, tenth) = percent.split_once('.').unwrap_or((percent, "0"));
                let whole: u16 = whole.parse().map_err(|_| unknown())?;
                let tenth: u16 = tenth.parse().map_err(|_| unknown())?;
                let thousandths = whole.checked_mul(10).and_then(|tens| tens.checked_add(tenth));
                let within = thousandths.filter(|thousandths| tenth < 10 && (1..1000).contains(thousandths));
                Self::StartUp(within.ok_or_else(unknown)?)
            }
        })
    }
}

impl TryFrom<String> for Metric {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<Metric> for String {
    fn from(metric: Metric) -> Self {
        metric.to_string()
    }
}
