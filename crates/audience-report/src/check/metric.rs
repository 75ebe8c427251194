//! What rules are about.

use std::fmt::{self, Write};

use audience_stats::{Confidence, Interval, Proportion};

use super::figures::{FIGURES, Figure, Source};
use super::measures::MeasuresSummary;
use super::unit::Unit;

/// A figure that rules may be about, by one of the names of [`metrics`].
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    figure: &'static Figure,
    /// Of a quantile, thousandths.
    thousandths: u16,
    /// Whether its name says the unit.
    says_unit: bool,
}

/// Which values of a metric are the better ones.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Better {
    /// Small ones.
    Lower,
    /// Large ones.
    Higher,
    /// It depends.
    Neither,
}

impl Better {
    /// In a word; of those that depend there is none.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lower => "lower",
            Self::Higher => "higher",
            Self::Neither => "",
        }
    }
}

/// What there is to know of a metric before it is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MetricHelp {
    /// Its name; for quantiles it ends in `_pNN`, where NN is any number from 1 to 99, also with one decimal.
    pub name: &'static str,
    /// In what it is measured.
    pub unit: Unit,
    /// Which values are the better ones.
    pub better: Better,
    /// How sure it is can be said: `confidence` may be asked for.
    pub has_interval: bool,
    /// What it is, in one line.
    pub help: &'static str,
}

/// Every metric, in the order of their subjects.
pub fn metrics() -> impl Iterator<Item = MetricHelp> {
    FIGURES.iter().map(|figure| MetricHelp {
        name: figure.name,
        unit: figure.unit,
        better: figure.better,
        has_interval: figure.has_interval(),
        help: figure.help,
    })
}

/// [`metrics`] as a table for a terminal.
pub fn metrics_text() -> String {
    let width = FIGURES.iter().map(|figure| figure.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for metric in metrics() {
        let (unit, better) = (metric.unit.name(), metric.better.as_str());
        // A `String` takes all.
        let _ = writeln!(out, "{:<width$}  {unit:<9}  {better:<6}  {}", metric.name, metric.help);
    }
    out
}

impl Metric {
    /// The metric of this name: as in [`metrics`], or as in the JSON of a report (`startup_p95_ms`).
    pub(super) fn named(name: &str) -> Option<Self> {
        FIGURES.iter().find_map(|figure| {
            let suffix = figure.unit.suffix();
            let base = if suffix.is_empty() { None } else { name.strip_suffix(suffix) };
            let (base, says_unit) = base.map_or((name, false), |base| (base, true));
            let thousandths = match figure.name.strip_suffix("NN") {
                Some(start) => thousandths(base.strip_prefix(start)?)?,
                None if base == figure.name => 0,
                None => return None,
            };
            Some(Self { figure, thousandths, says_unit })
        })
    }

    /// Names that may have been meant by one that is none, the nearest first.
    pub(super) fn nearest(name: &str) -> Vec<String> {
        let names = FIGURES.iter().flat_map(|figure| {
            let quantiles = ["50", "75", "95", "99"].map(|at| figure.name.replace("NN", at));
            quantiles.into_iter().take(if figure.name.ends_with("NN") { 4 } else { 1 })
        });
        // The beginning of a name is nearer than any mistyped one.
        let begins = |other: &str| name.len() > 2 && other.starts_with(name);
        let distance = |other: &str| if begins(other) { 0 } else { strsim::damerau_levenshtein(name, other) };
        let most = 2.max(name.chars().count() / 3);
        let mut near: Vec<(usize, String)> =
            names.map(|other| (distance(&other), other)).filter(|(distance, _)| *distance <= most).collect();
        near.sort();
        near.into_iter().take(3).map(|(_, name)| name).collect()
    }

    /// In what it is measured.
    pub fn unit(&self) -> Unit {
        self.figure.unit
    }

    /// Which values are the better ones.
    pub fn better(&self) -> Better {
        self.figure.better
    }

    /// Whether it can be said how sure it is.
    pub fn has_interval(&self) -> bool {
        self.figure.has_interval()
    }

    /// What the text of a limit says.
    pub(super) fn limit(&self, text: &str) -> Option<f64> {
        self.unit().limit(text, self.says_unit)
    }

    pub(super) fn figure(&self) -> &'static Figure {
        self.figure
    }

    /// The value; `None` where it is undefined.
    pub(super) fn value(&self, of: &MeasuresSummary) -> Option<f64> {
        match self.figure.source {
            Source::Plain(value) | Source::Share(value, _) | Source::Ratio { value, .. } => {
                value(&of.totals, &of.experience)
            }
            Source::Part(parts) => proportion(parts(&of.totals, &of.experience))?.rate(),
            Source::Counted(_) => of.shares.get(self.figure.name)?.rate(),
            Source::Mean { scale, .. } => of.ratios.get(self.figure.name)?.value.map(|mean| mean * scale),
            Source::Quantile(times) => of.times.get(&times)?.quantile(self.quantile()).ok()?,
        }
    }

    /// Between which values it is; `None` for an end that nothing is known of.
    pub(super) fn interval(&self, of: &MeasuresSummary, confidence: Confidence) -> (Option<f64>, Option<f64>) {
        let ends = match self.figure.source {
            Source::Plain(_) => None,
            Source::Part(parts) => {
                proportion(parts(&of.totals, &of.experience)).and_then(|share| share.wilson(confidence.z()))
            }
            Source::Share(..) | Source::Counted(_) => {
                of.shares.get(self.figure.name).and_then(|share| share.wilson(confidence.z()))
            }
            Source::Ratio { scale, .. } | Source::Mean { scale, .. } => {
                let interval = of.ratios.get(self.figure.name).and_then(|ratio| ratio.estimate).map(|ratio| {
                    // Where all viewers are alike, there is nothing to be unsure of.
                    let alike = Interval { low: ratio.value, high: ratio.value };
                    ratio.interval(confidence).unwrap_or(alike)
                });
                interval.map(|ends| Interval { low: ends.low.max(0.0) * scale, high: ends.high * scale })
            }
            Source::Quantile(times) => {
                let of = of.times.get(&times);
                let interval = of.and_then(|times| times.quantile_interval(self.quantile(), confidence).ok());
                let interval = interval.unwrap_or_default();
                return (interval.low.map(|low| low as f64), interval.high.map(|high| high as f64));
            }
        };
        (ends.map(|ends| ends.low), ends.map(|ends| ends.high))
    }

    fn quantile(&self) -> f64 {
        f64::from(self.thousandths) / 1000.0
    }
}

fn proportion((successes, trials): (u64, u64)) -> Option<Proportion> {
    Proportion::new(successes, trials).ok()
}

/// Thousandths from the NN of a name: `95`, `5`, `99.9`.
fn thousandths(percent: &str) -> Option<u16> {
    let (whole, tenth) = percent.split_once('.').unwrap_or((percent, "0"));
    let digits = |text: &str, most: usize| {
        let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if fits { text.parse::<u16>().ok() } else { None }
    };
    Some(digits(whole, 2)? * 10 + digits(tenth, 1)?).filter(|thousandths| *thousandths > 0)
}

/// Its name, without the unit.
impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.figure.name.strip_suffix("NN") {
            Some(start) if self.thousandths.is_multiple_of(10) => write!(f, "{start}{}", self.thousandths / 10),
            Some(start) => write!(f, "{start}{}.{}", self.thousandths / 10, self.thousandths % 10),
            None => f.write_str(self.figure.name),
        }
    }
}

impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        (self.figure.name, self.thousandths) == (other.figure.name, other.thousandths)
    }
}
