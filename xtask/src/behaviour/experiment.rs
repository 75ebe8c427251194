//! Viewers by the arm of their sessions.

use std::collections::BTreeSet;

use audience_abtest::{ExperimentUnit, ExposureSpec, Exposures, Mixed, Totals};
use audience_core::{Accumulator, SessionFacts};
use audience_ingest::Sessions;
use audience_stats::CrossSums;
use serde_json::{Map, Value, json};

use super::observed;

/// The attribute that has the arm.
const ATTRIBUTE: &str = "variant";

/// The sums of each arm, with viewers in both arms in both, and in that of their first session.
pub(super) fn figures(sessions: &Sessions, _: &Value) -> anyhow::Result<Value> {
    let spec = ExposureSpec { mixed: Mixed::FirstArm, ..ExposureSpec::new(ATTRIBUTE) };
    let all = observed(sessions, &Exposures::new(spec.clone()))?;
    let (mut as_seen, mut first_arm) = (Map::new(), Map::new());
    for (at, arm) in all.arms.iter().enumerate() {
        let first: Vec<_> = all.units.iter().filter(|unit| unit.arm == at).collect();
        first_arm.insert(arm.to_string(), sums(&first));
        let of_arm = observed(sessions, &OfArm { arm: arm.to_string(), exposures: Exposures::new(spec.clone()) })?;
        as_seen.insert(arm.to_string(), sums(&of_arm.units.iter().collect::<Vec<_>>()));
    }
    Ok(json!({ "as_seen": as_seen, "first_arm": first_arm, "viewers_in_both_arms": all.mixed }))
}

/// Exposures of the sessions of one arm alone.
#[derive(Clone)]
struct OfArm {
    arm: String,
    exposures: Exposures,
}

impl audience_core::Merge for OfArm {
    fn merge(&mut self, other: Self) {
        self.exposures.merge(other.exposures);
    }
}

impl Accumulator for OfArm {
    type Item = SessionFacts;
    type Summary = <Exposures as Accumulator>::Summary;

    fn observe(&mut self, facts: &SessionFacts) {
        if facts.identity.attributes.get(ATTRIBUTE) == Some(&self.arm) {
            self.exposures.observe(facts);
        }
    }

    fn summary(&self) -> Self::Summary {
        self.exposures.summary()
    }
}

fn sums(units: &[&ExperimentUnit]) -> Value {
    let mut sums = CrossSums::new(5);
    for unit in units {
        let Totals { sessions, watched_ms, reached_end, stalled_ms, seek_waiting_ms, playing_ms, .. } = unit.totals;
        let waiting = stalled_ms + seek_waiting_ms;
        sums.observe(&[sessions, watched_ms, reached_end, waiting, waiting + playing_ms].map(|figure| figure as i64));
    }
    let [sessions, watched, completed, waiting, watchable] = sums.sums() else { return Value::Null };
    // Of each figure, products with itself and with those after it.
    let product = |row: usize, column: usize| sums.products()[row * 5 - row * (row + 1) / 2 + column];
    let numbers = [
        ("sessions", *sessions),
        ("sessions_sq", product(0, 0)),
        ("watch_ms_sum", *watched),
        ("watch_ms_sq", product(1, 1)),
        ("completions", *completed),
        ("completions_sq", product(2, 2)),
        ("completions_x_sessions", product(0, 2)),
        ("rebuffer_ms_sum", *waiting),
        ("rebuffer_ms_sq", product(3, 3)),
        ("watchable_ms_sum", *watchable),
        ("watchable_ms_sq", product(4, 4)),
        ("rebuffer_x_watchable", product(3, 4)),
    ];
    let mut figures: Map<String, Value> =
        numbers.into_iter().map(|(name, number)| (name.to_owned(), json!(number.to_string()))).collect();
    figures.insert("viewers".to_owned(), json!(units.iter().map(|unit| &unit.id).collect::<BTreeSet<_>>().len()));
    let completing = units.iter().filter(|unit| unit.totals.reached_end > 0).count();
    figures.insert("viewers_with_completion".to_owned(), json!(completing));
    Value::Object(figures)
}
