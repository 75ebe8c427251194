//! What the command line says of how an experiment is analysed.

pub(super) mod parse;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use audience_abtest::{AnalysisSpec, Experiment, ExposureSpec, Metric, Mixed, Multiplicity};
use audience_core::{Elapsed, Timestamp};
use audience_report::experiment::ExperimentSpec;
use audience_report::parse_time;
use audience_stats::Confidence;
use clap::{Args, ValueEnum};
use jiff::tz::TimeZone;

use crate::args::{FilterArgs, InputArgs};
use crate::error::Error;

/// What differs between the arms of an experiment, by how much, how sure that is, and whether to believe it.
///
/// Reads telemetry as `report` does. Sessions say in an attribute which arm they are of; what is compared are viewers, or whatever
/// was assigned, from their first session in an arm on. What to beware of comes first: units in several arms, arms of the wrong size,
/// arms that differed before, too few units. With warnings that say stop, the figures are not to be acted upon.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct AnalyzeArgs {
    /// The attribute of sessions that has their arm [default: the key of --experiment]
    #[arg(long, value_name = "ATTRIBUTE", required_unless_present = "experiment")]
    arm: Option<String>,

    /// The experiment, whose variants, weights, control, period, unit and least number of units are used: TOML, or JSON if the name
    /// ends in .json
    #[arg(long, value_name = "FILE")]
    pub(crate) experiment: Option<PathBuf>,

    /// The arm that the others are compared with [default: that of --experiment, the first of --arms or --weights,
    /// else the first by its name]
    #[arg(long, value_name = "NAME")]
    control: Option<String>,

    /// The arms of the experiment, with commas; sessions of others are left out and counted [default: those of
    /// --weights, else all that are found]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "experiment")]
    arms: Vec<String>,

    /// How many units arms should have beside each other (A=1,B=2) [default: all alike]
    #[arg(long, value_name = "NAME=WEIGHT,…", value_delimiter = ',', value_parser = parse::weight, conflicts_with = "experiment")]
    weights: Vec<(String, f64)>,

    /// What arms are compared by, the first being what the experiment is about; with commas, or repeated [default:
    /// watch-time,started,completed,rebuffer-ratio,startup-p95]
    #[arg(long = "metric", value_name = "METRIC,…", value_delimiter = ',', value_parser = parse::metric, long_help = parse::metrics("What arms are compared by, the first being what the experiment is about"))]
    metrics: Vec<Metric>,

    /// The share of units with the custom event NAME too, as `--metric conversion:NAME`; may be repeated
    #[arg(long = "conversion", value_name = "NAME", value_parser = parse::conversion)]
    conversions: Vec<Metric>,

    /// METRIC is a guardrail: it must be shown to be less than this part of the control worse (2%, or 0.02); may be repeated
    #[arg(long = "margin", value_name = "METRIC=2%", value_parser = parse::margin)]
    margins: Vec<(Metric, f64)>,

    /// The attribute that has what was assigned, such as the household [default: the viewer, or what --experiment says]
    #[arg(long, value_name = "ATTRIBUTE")]
    unit: Option<String>,

    /// Adjust for what units did this long before their first exposure, which makes intervals narrower (14d, 12h)
    #[arg(long, value_name = "TIME", value_parser = parse::period)]
    pre_period: Option<Elapsed>,

    /// When the experiment begins: sessions before are of no arm (2026-01-31, 2026-01-31T18:00, …Z, or milliseconds)
    #[arg(long, value_name = "TIME")]
    start: Option<String>,

    /// When it ends: sessions from then on do not count
    #[arg(long, value_name = "TIME")]
    end: Option<String>,

    /// Look for arms of the wrong size within the values of these attributes too, with commas (device,country)
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    by: Vec<String>,

    /// Compare units within the values of this attribute, which makes intervals narrower where values differ
    #[arg(long, value_name = "ATTRIBUTE")]
    stratify: Option<String>,

    /// How often intervals must have the true value in them, 0.5 to 0.9999 (or 95%)
    #[arg(long, value_name = "SHARE", value_parser = parse::confidence, default_value = "0.95")]
    confidence: Confidence,

    /// How p is adjusted for the number of comparisons: none, bonferroni, sidak, holm, hochberg, hommel, bh, by, preferential
    ///
    /// With `bh` and `by` it is the share of false findings among findings that is kept low. `preferential` gives half of the level
    /// to the primary metric and the rest to the others; `preferential:0.7` seven tenths.
    #[arg(long, value_name = "METHOD", value_parser = parse::correction, default_value = "holm", hide_possible_values = true)]
    correction: Multiplicity,

    /// What is above this share of the figures that are not 0 counts as no more than it, where tails are long: `none` for no cap
    #[arg(long, value_name = "SHARE", value_parser = parse::cap, default_value = "0.999")]
    cap: Cap,

    /// Units in several arms count for the first one, instead of being left out
    #[arg(long)]
    first_arm: bool,

    /// How many units each arm was planned to have [default: what --experiment says]
    #[arg(long, value_name = "N")]
    minimum_units: Option<u64>,

    /// How large effects usually are, as a part of the control: beliefs then start from a normal distribution around no effect with
    /// this standard deviation (5%) [default: from nothing]
    #[arg(long, value_name = "SHARE", value_parser = parse::prior)]
    prior: Option<f64>,

    /// What to write [default: as the name of the output file ends, else text] (docs/experiments.md)
    #[arg(long = "as", value_name = "FORMAT", value_enum)]
    form: Option<AnalyzeFormat>,

    /// Write to FILE instead of standard output: .html for a page, .json for JSON, .csv for a table, text for all others
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,

    #[command(flatten)]
    filter: FilterArgs,

    /// Durations of titles: JSON or CSV with `content_id` and `duration_ms`
    #[arg(long, value_name = "FILE")]
    pub(crate) catalog: Option<PathBuf>,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) input: InputArgs,
}

const AFTER_HELP: &str = "\
Examples:
  audience experiment analyze logs/ --arm variant
  audience experiment analyze logs/ --arm variant --control old --metric completed,watch-time --by device
  audience experiment analyze logs/ --experiment start-up.toml --pre-period 14d -o start-up.html
  audience experiment analyze logs/ --arm variant --conversion subscribe --margin rebuffer-ratio=2%
  audience experiment analyze logs/ --arm variant --unit household --minimum-units 20000 --as csv";

/// What is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum AnalyzeFormat {
    /// For a terminal
    Text,
    /// All of it
    Json,
    /// A row for each metric and arm
    Csv,
    /// A page
    Html,
}

/// The share of figures that stay as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cap(Option<f64>);

impl Cap {
    /// The share; `None` for no cap.
    pub(super) const fn share(self) -> Option<f64> {
        self.0
    }
}

impl AnalyzeArgs {
    /// What to write.
    pub(crate) fn form(&self) -> AnalyzeFormat {
        let name = self.output.as_deref().and_then(Path::extension).unwrap_or_default().to_ascii_lowercase();
        self.form.unwrap_or(match name.to_str() {
            Some("html" | "htm") => AnalyzeFormat::Html,
            Some("json") => AnalyzeFormat::Json,
            Some("csv") => AnalyzeFormat::Csv,
            _ => AnalyzeFormat::Text,
        })
    }

    /// What is asked for; `experiment` is the one in the file.
    pub(crate) fn spec(&self, experiment: Option<&Experiment>) -> Result<ExperimentSpec, Error> {
        let (filter, zone) = self.filter.filter()?;
        let mut weights: BTreeMap<String, f64> = self.weights.iter().cloned().collect();
        if let Some(experiment) = experiment {
            let variants = experiment.variants().iter();
            weights = variants.map(|variant| (variant.name().to_owned(), variant.weight())).collect();
        }
        let (arms, control) = self.arms(experiment)?;
        let mut analysis = AnalysisSpec::new(self.exposures(experiment, arms, &zone)?, self.metrics());
        analysis.margins = self.margins.iter().cloned().collect();
        analysis.weights = weights;
        analysis.confidence = self.confidence;
        analysis.multiplicity = self.correction;
        let dimensions = &analysis.exposures.dimensions;
        analysis.stratify = self.stratify.as_ref().and_then(|name| dimensions.iter().position(|known| known == name));
        analysis.cap = self.cap.share();
        analysis.prior = self.prior;
        let planned = experiment.map(Experiment::minimum_units);
        analysis.minimum_units = self.minimum_units.or(planned).unwrap_or_default();
        Ok(ExperimentSpec { filter, analysis, control })
    }

    /// The arms as far as they are given, the control first, and the control of arms that have to be found.
    fn arms(&self, experiment: Option<&Experiment>) -> Result<(Vec<String>, Option<String>), Error> {
        let mut arms = self.arms.clone();
        if arms.is_empty() {
            arms = self.weights.iter().map(|(name, _)| name.clone()).collect();
        }
        let mut control = self.control.clone();
        if let Some(experiment) = experiment {
            arms = experiment.variants().iter().map(|variant| variant.name().to_owned()).collect();
            control = control.or_else(|| arms.get(experiment.control()).cloned());
        }
        let option = if self.arms.is_empty() { "--weights" } else { "--arms" };
        if let Some(name) = arms.iter().find(|name| name.is_empty()) {
            return Err(Error::Option { option, value: name.clone(), reason: "an arm has a name" });
        }
        if let Some(at) = (1..arms.len()).find(|at| arms[..*at].contains(&arms[*at])) {
            let value = arms.swap_remove(at);
            return Err(Error::Option { option, value, reason: "the arm is there twice" });
        }
        if arms.is_empty() {
            return Ok((arms, control));
        }
        if let Some(name) = control {
            let place = arms.iter().position(|arm| *arm == name);
            let unknown = || Error::Option { option: "--control", value: name, reason: "it is none of the arms" };
            let place = place.ok_or_else(unknown)?;
            arms[..=place].rotate_right(1);
        }
        Ok((arms, None))
    }

    fn metrics(&self) -> Vec<Metric> {
        let mut metrics = self.metrics.clone();
        if metrics.is_empty() {
            metrics = ExperimentSpec::metrics();
        }
        let guarded = self.margins.iter().map(|(metric, _)| metric);
        metrics.extend(self.conversions.iter().chain(guarded).cloned());
        // Each once, where it is first.
        let mut known = Vec::new();
        metrics.retain(|metric| {
            let new = !known.contains(metric);
            known.push(metric.clone());
            new
        });
        metrics
    }

    fn exposures(
        &self,
        experiment: Option<&Experiment>,
        arms: Vec<String>,
        zone: &TimeZone,
    ) -> Result<ExposureSpec, Error> {
        let attribute = self.arm.as_deref().or(experiment.map(Experiment::key)).unwrap_or_default();
        let time = |text: &Option<String>, planned: Option<Timestamp>| match text {
            Some(text) => parse_time(text, zone).map(Some),
            None => Ok(planned),
        };
        let assigned = experiment.map(Experiment::unit).filter(|unit| *unit != Experiment::UNIT);
        let mut dimensions = self.by.clone();
        dimensions.extend(self.stratify.clone().filter(|name| !self.by.contains(name)));
        let exposures = ExposureSpec {
            arms,
            unit: self.unit.clone().or(assigned.map(str::to_owned)),
            starts_at: time(&self.start, experiment.and_then(Experiment::starts_at))?,
            ends_at: time(&self.end, experiment.and_then(Experiment::ends_at))?,
            pre_period: self.pre_period,
            dimensions,
            mixed: if self.first_arm { Mixed::FirstArm } else { Mixed::Excluded },
            ..ExposureSpec::new(attribute)
        };
        match (exposures.starts_at, exposures.ends_at) {
            (Some(start), Some(end)) if start >= end => Err(Error::Option {
                option: "--end",
                value: self.end.clone().or_else(|| self.start.clone()).unwrap_or_default(),
                reason: "the experiment ends before it begins",
            }),
            _ => Ok(exposures),
        }
    }
}
