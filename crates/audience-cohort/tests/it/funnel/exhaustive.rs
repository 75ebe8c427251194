//! The best chain, beside all there are.

use audience_cohort::{Chain, FunnelSpec, FunnelStep, StepOrder, Ties};
use audience_core::{Elapsed, Timestamp};
use proptest::prelude::*;

const NAMES: [&str; 4] = ["a", "b", "c", "x"];

/// When and what, in milliseconds.
type Events = Vec<(i64, &'static str)>;

fn within(limit: Option<Elapsed>, earlier: i64, later: i64) -> bool {
    limit.is_none_or(|limit| later.abs_diff(earlier) <= limit.as_millis())
}

impl Best {
    fn found(&mut self, depth: usize) {
        self.0.depth = self.0.depth.max(depth);
    }

    fn complete(&mut self, first: i64, last: i64) {
        let (time, end) = (Elapsed::from_millis(last.abs_diff(first)), Timestamp::from_millis(last));
        self.0.fastest = Some(self.0.fastest.map_or(time, |fastest| fastest.min(time)));
        self.0.earliest_completion = Some(self.0.earliest_completion.map_or(end, |earliest| earliest.min(end)));
    }
}

#[derive(Default)]
struct Best(Chain);

/// Goes on from a chain of events, given by their places, with every event there is.
fn go_on(spec: &FunnelSpec, events: &Events, chain: &mut Vec<usize>, best: &mut Best) {
    best.found(chain.len());
    if chain.len() == spec.steps().len() {
        best.complete(events[chain[0]].0, events[chain[chain.len() - 1]].0);
        return;
    }
    let step = &spec.steps()[chain.len()];
    for place in 0..events.len() {
        let (at, name) = events[place];
        if name != step.name() || chain.contains(&place) {
            continue;
        }
        if let (Some(first), Some(last)) = (chain.first(), chain.last()) {
            let before = events[*last].0;
            let follows = match spec.ties() {
                Ties::AnyOrder => before <= at,
                Ties::AsGiven => (before, *last) < (at, place),
            };
            if !follows || !within(step.limit(), before, at) || !within(spec.total_limit(), events[*first].0, at) {
                continue;
            }
        }
        chain.push(place);
        go_on(spec, events, chain, best);
        chain.pop();
    }
}

/// Looks at every set of events.
fn all_sets(spec: &FunnelSpec, events: &Events, best: &mut Best) {
    for set in 1..1_u32 << events.len() {
        let chosen = || (0..events.len()).filter(|place| set >> place & 1 == 1).map(|place| events[place]);
        let (first, last) =
            (chosen().map(|event| event.0).min().unwrap(), chosen().map(|event| event.0).max().unwrap());
        if !within(spec.total_limit(), first, last) {
            continue;
        }
        let covered = NAMES.iter().map(|name| {
            let needed = spec.steps().iter().filter(|step| step.name() == *name).count();
            needed.min(chosen().filter(|event| event.1 == *name).count())
        });
        let covered: usize = covered.sum();
        best.found(covered);
        if covered == spec.steps().len() {
            best.complete(first, last);
        }
    }
}

fn exhaustive(spec: &FunnelSpec, events: &Events) -> Chain {
    let mut best = Best::default();
    match spec.order() {
        StepOrder::Ordered => go_on(spec, events, &mut Vec::new(), &mut best),
        StepOrder::Unordered => all_sets(spec, events, &mut best),
    }
    best.0
}

prop_compose! {
    /// Few names, few times: so that ties and repeats are frequent.
    fn asked()(
        names in prop::collection::vec((0..3_usize, prop::option::of(0..8_u64)), 1..5),
        total in prop::option::of(0..12_u64),
        as_given in any::<bool>(),
        ordered in prop::bool::weighted(0.75),
    ) -> FunnelSpec {
        let steps = names.iter().enumerate().map(|(at, (name, limit))| {
            let step = FunnelStep::new(NAMES[*name]);
            let limit = limit.filter(|_| at > 0 && ordered);
            limit.map_or(step.clone(), |limit| step.within(Elapsed::from_millis(limit)))
        });
        let spec = FunnelSpec::new(steps).unwrap();
        let spec = total.map_or(spec.clone(), |total| spec.within(Elapsed::from_millis(total)));
        let spec = spec.with_ties(if as_given { Ties::AsGiven } else { Ties::AnyOrder });
        if ordered { spec } else { spec.unordered().unwrap() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]
    #[test]
    fn no_chain_is_better(
        spec in asked(),
        events in prop::collection::vec((0..20_i64, 0..4_usize), 0..9),
    ) {
        let events: Events = events.into_iter().map(|(at, name)| (at, NAMES[name])).collect();
        let given = events.iter().map(|(at, name)| (Timestamp::from_millis(*at), *name));
        prop_assert_eq!(spec.chain(given), exhaustive(&spec, &events));
    }
}
