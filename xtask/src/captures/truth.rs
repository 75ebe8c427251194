//! What media elements really did, and how a comparison with it ended.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use anyhow::Context;
use serde::Deserialize;

/// What a media element did.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Truth {
    #[serde(default)]
    pub(crate) sid: String,
    #[serde(default)]
    pub(crate) player: String,
    pub(crate) startup_ms: Option<i64>,
    pub(crate) first_frame_t: Option<i64>,
    pub(crate) played_wall_s: f64,
    pub(crate) stalls: Vec<TrueStall>,
    pub(crate) open_stall_from: Option<i64>,
    pub(crate) seeks: Vec<TrueSeek>,
    pub(crate) rate_changes: Vec<TrueRateChange>,
    #[serde(default)]
    pub(crate) element_error: Option<serde_json::Value>,
    pub(crate) ended: bool,
    pub(crate) max_position_s: f64,
    /// Where the element's playhead was, now and then while it played: seconds of content by milliseconds since 1970.
    #[serde(skip)]
    pub(crate) ticks: Vec<(i64, f64)>,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrueStall {
    pub(crate) ms: i64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrueSeek {
    pub(crate) t: i64,
    pub(crate) from: f64,
    pub(crate) to: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TrueRateChange {
    pub(crate) rate: f64,
}

/// One comparison.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) measured: String,
    pub(crate) truth: String,
    pub(crate) verdict: Verdict,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Pass,
    Fail,
    /// The telemetry does not say.
    NotReported,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "FAIL",
            Self::NotReported => "not reported",
        })
    }
}

pub(crate) fn check(name: &'static str, measured: String, truth: String, pass: bool) -> Check {
    Check { name, measured, truth, verdict: if pass { Verdict::Pass } else { Verdict::Fail } }
}

/// What really happened, by the names of the logs.
pub(crate) fn truths(dir: &Path) -> anyhow::Result<BTreeMap<String, Truth>> {
    let path = dir.join("expected.json");
    let mut truths: BTreeMap<String, Truth> = read(&path)?;
    for (name, truth) in &mut truths {
        let moments = dir.join(format!("{name}.truth.json"));
        if moments.exists() {
            let Moments { truth: moments } = read(&moments)?;
            truth.ticks = moments.iter().filter(|moment| moment.ev == "tick").map(|tick| (tick.t, tick.ct)).collect();
        }
    }
    Ok(truths)
}

/// What a media element said from moment to moment.
#[derive(Deserialize)]
struct Moments {
    truth: Vec<Moment>,
}

#[derive(Deserialize)]
struct Moment {
    t: i64,
    ev: String,
    #[serde(default)]
    ct: f64,
}

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
}
