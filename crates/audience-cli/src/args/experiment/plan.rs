//! `audience experiment plan`

mod telemetry;

use audience_abtest::planning::{Criterion, PlannedMetric, TestDesign};
use audience_stats::{Alternative, Confidence};
use clap::{ArgGroup, Args};

use super::analyze::parse;
use crate::error::Error;
use telemetry::TelemetryArgs;

/// How many units an experiment takes to find effects.
///
/// What a unit (a viewer) does in the control is found in telemetry from before the experiment, which also says how fast units come
/// in; or it is a rate, or a mean with its standard deviation over units. Effects are parts of it. Deciding on a number before the experiment, and looking when it is reached, is what makes
/// its probabilities right; with `--sequential` one may look as often as one likes.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP, group = ArgGroup::new("known").args(["rate", "mean", "files"]).required(true))]
pub(crate) struct PlanArgs {
    /// The share of units of the control that do it (12%, or 0.12)
    #[arg(long, value_name = "SHARE", value_parser = parse::part, group = "known")]
    rate: Option<f64>,

    /// The mean of the control, in any unit
    #[arg(long, value_name = "NUMBER", group = "known", requires = "sd")]
    mean: Option<f64>,

    /// The standard deviation over units, in the same unit
    #[arg(long, value_name = "NUMBER", requires = "mean", conflicts_with = "files")]
    sd: Option<f64>,

    /// Effects to plan for, as parts of the control, with commas (-2% for less)
    #[arg(
        long = "effect",
        value_name = "SHARE,…",
        value_delimiter = ',',
        value_parser = parse::effect,
        allow_hyphen_values = true,
        default_value = "1%,2%,5%,10%"
    )]
    pub(crate) effects: Vec<f64>,

    /// How probable it must be to find the effect, if it is there
    #[arg(long, value_name = "SHARE", value_parser = parse::part, default_value = "80%")]
    pub(crate) power: f64,

    /// 1 − α of each comparison; with several arms, what is left of α for each is taken
    #[arg(long, value_name = "SHARE", value_parser = parse::confidence, default_value = "95%")]
    confidence: Confidence,

    /// The number of arms, with the control
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100), default_value = "2")]
    pub(crate) arms: u32,

    /// By how much the pre-period narrows it: the squared correlation with what units did before (`variance_reduction`)
    #[arg(long, value_name = "SHARE", value_parser = parse::part, conflicts_with = "files")]
    variance_reduction: Option<f64>,

    /// New units a day, of all arms together: how long it takes is told too [default: with files, as units come in there]
    #[arg(long, value_name = "N")]
    pub(crate) per_day: Option<f64>,

    /// Plan for looking as often as one likes, and stopping when something is found
    #[arg(long)]
    pub(crate) sequential: bool,

    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,

    // Last, as what follows would stand below its headings.
    #[command(flatten)]
    pub(crate) telemetry: TelemetryArgs,
}

const AFTER_HELP: &str = "\
Examples:
  audience experiment plan logs/ --metric watch-time --effect 2% --pre-period 14d
  audience experiment plan logs/ --metric completed,startup-p95 --unit household --arms 3 --share 20%
  audience experiment plan --rate 12% --per-day 20000
  audience experiment plan --mean 1541 --sd 2210 --effect 2%,5% --arms 3
  audience experiment plan --rate 60% --effect 2% --power 90% --sequential --json";

impl PlanArgs {
    /// The control's level, and what is planned for.
    pub(crate) fn metric(&self) -> Result<(f64, PlannedMetric), Error> {
        let kept = 1.0 - self.variance_reduction.unwrap_or(0.0);
        match (self.rate, self.mean, self.sd) {
            (Some(control), ..) if kept < 1.0 => Ok((control, PlannedMetric::mean(kept * control * (1.0 - control)))),
            (Some(control), ..) => Ok((control, PlannedMetric::Rate { control })),
            (None, Some(mean), Some(sd)) => {
                if !(mean.is_finite() && mean != 0.0) {
                    let reason = "effects are parts of it: it is a number, and not 0";
                    return Err(Error::Option { option: "--mean", value: mean.to_string(), reason });
                }
                if !(sd.is_finite() && sd > 0.0) {
                    return Err(Error::Option { option: "--sd", value: sd.to_string(), reason: "it is not above 0" });
                }
                Ok((mean.abs(), PlannedMetric::mean(kept * sd * sd)))
            }
            _ => {
                Err(Error::Option { option: "--rate", value: String::new(), reason: "there is neither rate nor mean" })
            }
        }
    }

    /// How it is tested; a sequence is narrowest at so many units.
    pub(crate) fn design(&self, tuned_for: Option<f64>) -> Result<TestDesign, Error> {
        let alpha = (1.0 - self.confidence.as_f64()) / f64::from(self.arms - 1);
        let confidence = Confidence::new(1.0 - alpha).map_err(audience_abtest::Error::from)?;
        let criterion = tuned_for.map_or(Criterion::OneLook, |tuned_for| Criterion::Sequence { tuned_for });
        Ok(TestDesign { confidence, alternative: Alternative::TwoSided, criterion, ..TestDesign::default() })
    }
}
