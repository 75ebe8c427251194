//! How an experiment is written in files.

use audience_core::{Ratio, Timestamp};
use serde::{Deserialize, Serialize};

use super::experiment::Experiment;
use super::layer::{HoldOut, Slot};
use crate::error::Error;

/// The fields of an experiment. What is left out has its default; what is not known is refused, as it would be a misspelt
/// condition.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    key: String,
    #[serde(default)]
    salt: Option<String>,
    #[serde(default = "viewer")]
    unit: String,
    #[serde(default)]
    control: Option<String>,
    #[serde(default)]
    version: u32,
    #[serde(default)]
    minimum_version: u32,
    #[serde(default = "everybody")]
    coverage: Ratio,
    #[serde(default)]
    starts_at_ms: Option<Timestamp>,
    #[serde(default)]
    ends_at_ms: Option<Timestamp>,
    #[serde(default)]
    minimum_units: u64,
    variants: Vec<VariantForm>,
    // Tables come last in TOML.
    #[serde(default)]
    layer: Option<Slot>,
    #[serde(default)]
    hold_out: Option<HoldOut>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VariantForm {
    name: String,
    #[serde(default = "one")]
    weight: f64,
}

fn viewer() -> String {
    Experiment::UNIT.to_owned()
}

const fn everybody() -> Ratio {
    Ratio::ONE
}

const fn one() -> f64 {
    1.0
}

impl TryFrom<Form> for Experiment {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let variants = form.variants.into_iter().map(|variant| (variant.name, variant.weight));
        let mut experiment = Self::new(form.key, variants)?
            .with_unit(form.unit)?
            .with_version(form.version, form.minimum_version)?
            .with_coverage(form.coverage)
            .with_period(form.starts_at_ms, form.ends_at_ms)?
            .with_minimum_units(form.minimum_units);
        if let Some(salt) = form.salt {
            experiment = experiment.with_salt(salt)?;
        }
        if let Some(control) = form.control {
            experiment = experiment.with_control(&control)?;
        }
        if let Some(slot) = form.layer {
            experiment = experiment.with_slot(slot);
        }
        if let Some(hold_out) = form.hold_out {
            experiment = experiment.with_hold_out(hold_out);
        }
        Ok(experiment)
    }
}

impl From<Experiment> for Form {
    fn from(experiment: Experiment) -> Self {
        let control = &experiment.variants()[experiment.control()];
        let variants = experiment.variants().iter();
        let variants =
            variants.map(|variant| VariantForm { name: variant.name().to_owned(), weight: variant.given_weight() });
        Self {
            key: experiment.key().to_owned(),
            salt: experiment.own_salt().map(str::to_owned),
            unit: experiment.unit().to_owned(),
            control: Some(control.name().to_owned()),
            version: experiment.version(),
            minimum_version: experiment.minimum_version(),
            coverage: experiment.coverage(),
            starts_at_ms: experiment.starts_at(),
            ends_at_ms: experiment.ends_at(),
            minimum_units: experiment.minimum_units(),
            variants: variants.collect(),
            layer: experiment.slot().cloned(),
            hold_out: experiment.hold_out().cloned(),
        }
    }
}
