//! Telemetry that an experiment is planned by.

use std::path::PathBuf;

use audience_abtest::{AnalysisSpec, ExposureSpec, Metric};
use audience_core::Elapsed;
use audience_report::experiment::ExperimentSpec;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use crate::args::experiment::analyze::{Cap, parse};
use crate::args::{FilterArgs, InputArgs};
use crate::error::Error;

/// What there is to read, which need not be, and how.
#[derive(Debug, Args)]
struct TelemetryForm {
    /// What is planned for, with commas, or repeated [default: watch-time,started,completed,rebuffer-ratio,startup-p95]
    #[arg(long = "metric", value_name = "METRIC,…", value_delimiter = ',', value_parser = parse::metric, long_help = parse::metrics("What is planned for"))]
    metrics: Vec<Metric>,

    /// The attribute that has what will be assigned, such as the household [default: the viewer]
    #[arg(long, value_name = "ATTRIBUTE")]
    unit: Option<String>,

    /// Adjust for what units did this long before, as the analysis will (14d, 12h): the first part of the data is for that
    #[arg(long, value_name = "TIME", value_parser = parse::period)]
    pre_period: Option<Elapsed>,

    /// What is above this share of the figures that are not 0 counts as no more than it, where tails are long: `none` for no cap
    #[arg(long, value_name = "SHARE", value_parser = parse::cap, default_value = "0.999")]
    cap: Cap,

    /// The share of units that the experiment will cover, up to 100%
    #[arg(long, value_name = "SHARE", value_parser = parse::covered, default_value = "100%", conflicts_with = "per_day")]
    share: f64,

    #[command(flatten)]
    filter: FilterArgs,

    /// Durations of titles: JSON or CSV with `content_id` and `duration_ms`
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    input: InputArgs,
}

/// Telemetry, if there is any: with no file, none of its options may be there.
#[derive(Debug)]
pub(crate) struct TelemetryArgs(TelemetryForm);

impl TelemetryArgs {
    /// The files.
    pub(crate) fn input(&self) -> Option<&InputArgs> {
        (!self.0.input.files.is_empty()).then_some(&self.0.input)
    }

    /// What is known of titles.
    pub(crate) fn catalog(&self) -> Option<&PathBuf> {
        self.0.catalog.as_ref()
    }

    /// The share of units that the experiment covers, above 0 and up to 1.
    pub(crate) fn share(&self) -> f64 {
        self.0.share
    }

    /// What is asked of the data.
    pub(crate) fn spec(&self) -> Result<ExperimentSpec, Error> {
        let mut metrics: Vec<Metric> = Vec::new();
        for metric in &self.0.metrics {
            if !metrics.contains(metric) {
                metrics.push(metric.clone());
            }
        }
        if metrics.is_empty() {
            metrics = ExperimentSpec::metrics();
        }
        let (filter, _) = self.0.filter.filter()?;
        let exposures =
            ExposureSpec { unit: self.0.unit.clone(), pre_period: self.0.pre_period, ..ExposureSpec::everyone() };
        let analysis = AnalysisSpec { cap: self.0.cap.share(), ..AnalysisSpec::new(exposures, metrics) };
        Ok(ExperimentSpec { filter, analysis, ..ExperimentSpec::everyone() })
    }
}

impl FromArgMatches for TelemetryArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let form = TelemetryForm::from_arg_matches(matches)?;
        if form.input.files.is_empty() {
            let given =
                |option: &&Arg| matches.value_source(option.get_id().as_str()) == Some(ValueSource::CommandLine);
            let alone = TelemetryForm::augment_args(Command::new("telemetry"));
            if let Some(option) = alone.get_arguments().find(given) {
                let name = option.get_long().unwrap_or_default();
                let text = format!("--{name} is for telemetry, and there is no FILE");
                return Err(clap::Error::raw(ErrorKind::MissingRequiredArgument, text));
            }
        }
        Ok(Self(form))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for TelemetryArgs {
    fn augment_args(command: Command) -> Command {
        TelemetryForm::augment_args(command).mut_arg("files", |files| files.required(false))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}
