//! Which figures are watched, and for what.

use std::num::NonZeroU32;

use audience_core::Elapsed;

use super::condition::Condition;
#[cfg(feature = "serde")]
use super::condition::{Side, Threshold, Unusual};
use crate::error::Error;

/// How long something must be wrong before it is raised.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Hold {
    /// In so many windows in a row.
    Windows(NonZeroU32),
    /// From one window to one that is at least so much later, and in all between.
    For(Elapsed),
}

/// In one window.
impl Default for Hold {
    fn default() -> Self {
        Self::Windows(NonZeroU32::MIN)
    }
}

/// What is wrong with which figure, and for how long.
///
/// With feature `serde` it is read from what people write: `name`, `series`, one of `above`, `below` (levels; `clear` is
/// where it is right again, the level itself unless it is said) and `unusual`, and `windows` or `for_ms` for how long.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "serde")] {
/// use audience_realtime::AlertRules;
///
/// let rules: AlertRules = serde_json::from_str(r#"{"rules": [
///     {"name": "stalls", "series": "rebuffer_ratio", "above": 0.02, "clear": 0.01, "windows": 3},
///     {"name": "nobody starts", "series": "starts", "for_ms": 60000,
///      "unusual": {"windows": 60, "deviations": 5.0, "only": "below", "least_change": 10.0}}
/// ]}"#).unwrap();
/// assert_eq!(rules.iter().count(), 2);
///
/// let wrong = serde_json::from_str::<AlertRules>(r#"{"rules": [{"name": "x", "series": "y", "above": 1.0, "clear": 2.0}]}"#);
/// assert!(wrong.unwrap_err().to_string().starts_with("read the rule \"x\": clear at 2 what is raised above 1"));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AlertRule {
    pub(super) name: Box<str>,
    pub(super) series: Box<str>,
    pub(super) condition: Condition,
    pub(super) hold: Hold,
}

impl AlertRule {
    /// A rule of this name for figures of this series, which is raised when the condition holds in one window.
    pub fn new(name: impl Into<Box<str>>, series: impl Into<Box<str>>, condition: Condition) -> Self {
        Self { name: name.into(), series: series.into(), condition, hold: Hold::default() }
    }

    /// The same that is raised when the condition has held so long.
    #[must_use]
    pub fn holding(self, hold: Hold) -> Self {
        Self { hold, ..self }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The figures it is for.
    pub fn series(&self) -> &str {
        &self.series
    }

    /// What is wrong with them.
    pub const fn condition(&self) -> &Condition {
        &self.condition
    }

    /// How long that must be so.
    pub const fn hold(&self) -> Hold {
        self.hold
    }
}

/// Rules, each with a name of its own.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "File", into = "File"))]
pub struct AlertRules {
    rules: Vec<AlertRule>,
}

impl AlertRules {
    /// The most rules there may be.
    pub const MAX: usize = 1000;

    /// These rules.
    ///
    /// # Errors
    ///
    /// [`Error::RepeatedRule`] when two have the same name, [`Error::TooManyRules`] when there are more than [`MAX`](Self::MAX).
    pub fn new(rules: impl IntoIterator<Item = AlertRule>) -> Result<Self, Error> {
        let rules: Vec<AlertRule> = rules.into_iter().take(Self::MAX + 1).collect();
        if rules.len() > Self::MAX {
            return Err(Error::TooManyRules { most: Self::MAX });
        }
        let mut names: Vec<&str> = rules.iter().map(AlertRule::name).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(Error::RepeatedRule { name: pair[0].into() }),
            None => Ok(Self { rules }),
        }
    }

    /// The rules in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &AlertRule> {
        self.rules.iter()
    }
}

/// Rules as they are written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<Written>,
}

/// A rule as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Box<str>,
    series: Box<str>,
    above: Option<f64>,
    below: Option<f64>,
    clear: Option<f64>,
    unusual: Option<WrittenUnusual>,
    windows: Option<u32>,
    for_ms: Option<Elapsed>,
}

#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenUnusual {
    windows: usize,
    deviations: f64,
    only: Option<Side>,
    least_change: Option<f64>,
    #[serde(default)]
    leave_out: bool,
}

#[cfg(feature = "serde")]
impl TryFrom<File> for AlertRules {
    type Error = Error;

    fn try_from(file: File) -> Result<Self, Error> {
        let rule = |written: Written| {
            let name = written.name.clone();
            written.rule().map_err(|error| Error::InRule { rule: name, error: Box::new(error) })
        };
        Self::new(file.rules.into_iter().map(rule).collect::<Result<Vec<_>, _>>()?)
    }
}

#[cfg(feature = "serde")]
impl Written {
    fn rule(self) -> Result<AlertRule, Error> {
        let Self { name, series, above, below, clear, unusual, windows, for_ms } = self;
        let conditions = [above.is_some(), below.is_some(), unusual.is_some()];
        let condition = match (above, below, unusual) {
            (Some(level), None, None) => Condition::Threshold(Threshold::above(level, clear.unwrap_or(level))?),
            (None, Some(level), None) => Condition::Threshold(Threshold::below(level, clear.unwrap_or(level))?),
            (None, None, Some(_)) if clear.is_some() => return Err(Error::ClearsNothing),
            (None, None, Some(unusual)) => Condition::Unusual(unusual.unusual()?),
            _ => return Err(Error::NotOneCondition { found: conditions.iter().filter(|there| **there).count() }),
        };
        let hold = match (windows, for_ms) {
            (None, None) => Hold::default(),
            (Some(windows), None) => Hold::Windows(NonZeroU32::new(windows).ok_or(Error::HoldsForNothing)?),
            (None, Some(time)) => Hold::For(time),
            (Some(_), Some(_)) => return Err(Error::HoldsTwice),
        };
        Ok(AlertRule { name, series, condition, hold })
    }
}

#[cfg(feature = "serde")]
impl WrittenUnusual {
    fn unusual(self) -> Result<Unusual, Error> {
        let mut unusual = Unusual::new(self.windows, self.deviations)?;
        if let Some(side) = self.only {
            unusual = unusual.only(side);
        }
        if let Some(change) = self.least_change {
            unusual = unusual.at_least(change)?;
        }
        Ok(if self.leave_out { unusual.leaving_out_unusual() } else { unusual })
    }
}

#[cfg(feature = "serde")]
impl From<AlertRules> for File {
    fn from(rules: AlertRules) -> Self {
        Self { rules: rules.rules.into_iter().map(Written::from).collect() }
    }
}

#[cfg(feature = "serde")]
impl From<AlertRule> for Written {
    fn from(AlertRule { name, series, condition, hold }: AlertRule) -> Self {
        let (mut above, mut below, mut clear, mut unusual) = (None, None, None, None);
        match condition {
            Condition::Threshold(threshold) => {
                let level = if threshold.side() == Side::Above { &mut above } else { &mut below };
                *level = Some(threshold.raise());
                clear = Some(threshold.clear());
            }
            Condition::Unusual(Unusual { windows, deviations, only, least_change, leaves_out, .. }) => {
                unusual = Some(WrittenUnusual { windows, deviations, only, least_change, leave_out: leaves_out });
            }
        }
        let (windows, for_ms) = match hold {
            Hold::Windows(windows) => (Some(windows.get()), None),
            Hold::For(time) => (None, Some(time)),
        };
        Self { name, series, above, below, clear, unusual, windows, for_ms }
    }
}
