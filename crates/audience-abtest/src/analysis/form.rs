//! How an analysis is written in files.

use audience_stats::Interval;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Comparison, Finding, Severity, Warning};
use crate::refusal::Refusal;

/// A comparison, with one of the two.
#[derive(Serialize, Deserialize)]
pub(super) struct ComparisonForm {
    arm: usize,
    sentence: String,
    finding: Option<Finding>,
    refused: Option<Refusal>,
}

impl From<Comparison> for ComparisonForm {
    fn from(comparison: Comparison) -> Self {
        let Comparison { arm, finding, sentence } = comparison;
        Self { arm, sentence, finding: finding.ok(), refused: finding.err() }
    }
}

impl TryFrom<ComparisonForm> for Comparison {
    type Error = &'static str;

    fn try_from(form: ComparisonForm) -> Result<Self, &'static str> {
        let finding = match (form.finding, form.refused) {
            (Some(finding), None) => Ok(finding),
            (None, Some(refusal)) => Err(refusal),
            _ => return Err("a comparison has either a finding or the reason why there is none"),
        };
        Ok(Self { arm: form.arm, finding, sentence: form.sentence })
    }
}

/// Warnings with what they come to.
pub(super) fn described<S: Serializer>(warnings: &[Warning], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Described<'a> {
        severity: Severity,
        #[serde(flatten)]
        warning: &'a Warning,
        text: String,
    }
    serializer.collect_seq(warnings.iter().map(|warning| Described {
        severity: warning.severity(),
        warning,
        text: warning.to_string(),
    }))
}

/// Intervals that go on without end on one side.
pub(crate) mod open {
    use super::{Deserialize, Deserializer, Interval, Serialize, Serializer};

    #[derive(Serialize, Deserialize)]
    struct Ends {
        low: Option<f64>,
        high: Option<f64>,
    }

    pub(crate) fn serialize<S: Serializer>(interval: &Interval, serializer: S) -> Result<S::Ok, S::Error> {
        let finite = |end: f64| Some(end).filter(|end| end.is_finite());
        Ends { low: finite(interval.low), high: finite(interval.high) }.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Interval, D::Error> {
        let ends = Ends::deserialize(deserializer)?;
        Ok(Interval { low: ends.low.unwrap_or(f64::NEG_INFINITY), high: ends.high.unwrap_or(f64::INFINITY) })
    }
}

#[cfg(all(test, feature = "serde"))]
mod tests {
    use audience_stats::PValue;
    use serde_json::{from_value, json, to_value};

    use super::*;
    use crate::analysis::{Method, Verdict};
    use crate::effect::RelativeInterval;

    #[test]
    fn comparisons_come_back_as_they_were() {
        let finding = Finding {
            method: Method::Means,
            difference: 1.5,
            interval: Interval { low: -0.5, high: f64::INFINITY },
            simultaneous: Interval { low: f64::NEG_INFINITY, high: 2.0 },
            relative: None,
            relative_interval: Some(RelativeInterval::Within(Interval { low: f64::NEG_INFINITY, high: 0.02 })),
            relative_simultaneous: Some(RelativeInterval::Anything),
            p: PValue::from_ln(-900.0),
            adjusted: PValue::ONE,
            sequence: None,
            belief: None,
            variance_reduction: None,
            verdict: Verdict::NotWorse,
        };
        let refusal = Refusal::TooFewUnits { units: 1, needed: 2 };
        for finding in [Ok(finding), Err(refusal)] {
            let comparison = Comparison { arm: 1, finding, sentence: "so".to_owned() };
            let value = to_value(&comparison).unwrap();
            assert_eq!(from_value::<Comparison>(value.clone()).unwrap(), comparison);
            match finding {
                Ok(_) => assert_eq!(value["finding"]["interval"], json!({ "low": -0.5, "high": null })),
                Err(_) => assert_eq!(value["refused"], json!({ "refusal": "too_few_units", "units": 1, "needed": 2 })),
            }
        }
        assert!(
            from_value::<Comparison>(json!({ "arm": 1, "sentence": "", "finding": null, "refused": null })).is_err()
        );
    }

    #[test]
    fn warnings_say_what_they_come_to() {
        #[derive(Serialize, Deserialize)]
        struct Warnings(#[serde(serialize_with = "described")] Vec<Warning>);
        let warnings = Warnings(vec![Warning::MixedArms { mixed: 1, exposed: 2, excluded: false }]);
        let value = to_value(&warnings).unwrap();
        assert_eq!((&value[0]["severity"], &value[0]["warning"]), (&json!("stop"), &json!("mixed_arms")));
        assert!(value[0]["text"].as_str().is_some_and(|text| text.starts_with("1 of 2 units")));
        assert_eq!(from_value::<Warnings>(value).unwrap().0, warnings.0);
    }
}
