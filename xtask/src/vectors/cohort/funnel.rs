//! Funnels over events.

use audience_cohort::{Chain, EventFunnel, FunnelFigures, FunnelSpec, FunnelStep, StepOrder, Ties};
use audience_core::{Elapsed, Timestamp};
use audience_stats::{Accumulator, Proportion};
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::Family;
use crate::vectors::comparison::{Answer, Comparison, Failure, read};

pub(super) const FAMILIES: &[(&str, Family)] = &[("funnel", funnel)];

#[derive(Deserialize)]
struct Asked {
    order: Order,
    steps: Vec<String>,
    limit_from_previous_ms: Vec<Option<i64>>,
    limit_total_ms: Option<i64>,
    events_by_viewer: Vec<Vec<(i64, String)>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Ordered,
    Unordered,
}

/// A limit in milliseconds; one below 0 is no amount of time.
fn limit(millis: i64) -> Result<Elapsed, Failure> {
    let millis = u64::try_from(millis).map_err(|_| Failure::refused(format!("a limit of {millis} ms")))?;
    Ok(Elapsed::from_millis(millis))
}

fn spec(asked: &Asked) -> Result<FunnelSpec, Failure> {
    let mut steps = Vec::new();
    for (name, within) in asked.steps.iter().zip(&asked.limit_from_previous_ms) {
        let step = FunnelStep::new(name.as_str());
        steps.push(match within {
            Some(millis) => step.within(limit(*millis)?),
            None => step,
        });
    }
    let spec = FunnelSpec::new(steps)?.with_ties(Ties::AsGiven);
    let spec = match asked.limit_total_ms {
        Some(millis) => spec.within(limit(millis)?),
        None => spec,
    };
    Ok(match asked.order {
        Order::Ordered => spec,
        Order::Unordered => spec.unordered()?,
    })
}

fn funnel(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let asked: Asked = read(input)?;
    let spec = spec(&asked)?;
    let mut funnel = EventFunnel::new(spec.clone());
    let mut chains = Vec::new();
    for (viewer, events) in asked.events_by_viewer.iter().enumerate() {
        let events = events.iter().map(|(at, name)| (Timestamp::from_millis(*at), name.as_str()));
        funnel.observe_events(&viewer.to_string(), (Timestamp::default(), ""), None, events.clone());
        chains.push(spec.chain(events));
    }
    check_figures(&funnel.summary().all, compare);
    let mut chains = chains.into_iter();
    compare.within("viewers", |compare| {
        let chain = chains.next().ok_or_else(|| Failure::Unreadable("more viewers than there are".to_owned()))?;
        check_chain(&chain, spec.order(), compare);
        Ok::<(), Failure>(())
    })
}

fn check_figures(figures: &FunnelFigures, compare: &mut Comparison) {
    let rates = |of: &dyn Fn(usize) -> Option<Proportion>| -> Vec<Option<f64>> {
        (0..figures.reached.len()).map(|step| of(step)?.rate()).collect()
    };
    compare.check("reached", 0.0, figures.reached.clone());
    compare.check("conversion_from_start", 1e-15, rates(&|step| figures.from_start(step)));
    compare.check("conversion_from_previous", 1e-15, rates(&|step| figures.from_previous(step)));
    compare.check("median_fastest_ms", 0.0, figures.times.median());
}

fn check_chain(chain: &Chain, order: StepOrder, compare: &mut Comparison) {
    // What the first events that fit would say: wrong, and there to be told from ours.
    compare.pass_over("greedy_depth");
    compare.check("depth", 0.0, chain.depth);
    check_if_complete("fastest_ms", chain.fastest.map(|time| time.as_millis() as f64), compare);
    // Of steps in any order nobody says when they were first complete.
    if order == StepOrder::Ordered {
        let earliest = chain.earliest_completion.map(|at| at.as_millis() as f64);
        check_if_complete("earliest_completion_ms", earliest, compare);
    }
}

/// A field that is there only where a chain is complete.
fn check_if_complete(field: &str, ours: Option<f64>, compare: &mut Comparison) {
    match compare.expected(field) {
        Some(_) => compare.check(field, 0.0, ours),
        None => compare.check_against(field, 0.0, Answer::from(ours), &Value::Null),
    }
}
