//! The best of all chains of events that go through the steps.

use std::hint::select_unpredictable;

use audience_core::{Elapsed, Timestamp};

use super::moment::Moment;
use super::spec::{FunnelSpec, FunnelStep, StepOrder, Ties};

/// How far the events of one unit lead: the best of all chains of different events, one a step, within the limits. Not the one that
/// takes the first event that fits: a first try that comes to nothing does not lose who tries again.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Chain {
    /// How many steps from the first on one chain goes through; without an order, the most that are covered together.
    pub depth: usize,
    /// The shortest time in which one goes through all steps.
    pub fastest: Option<Elapsed>,
    /// When one has first gone through all steps.
    pub earliest_completion: Option<Timestamp>,
}

/// Goes through the events of one unit after the other, without allocating anew.
///
/// They are gone through in order of time. Of all chains through the first d steps so far, the one that ends last also begins last, or
/// there is one that does both: let X begin later and Y end later. At the last step at which X was no earlier than Y, which is the first
/// if no other, X could have gone on with the events of Y, and would now end with Y. So one chain is kept of each number of steps, and
/// whatever goes on from another goes on from it, in no more time.
pub(super) struct Matcher<'s> {
    spec: &'s FunnelSpec,
    /// The longest time in milliseconds from the first step to the last.
    total: u64,
    /// Of each number of steps up to all of them, the chain that is through as many: there is one up to the [depth](Best::depth).
    fronts: Vec<Front>,
    /// How many events of each name there are.
    counts: Vec<u32>,
}

/// What is known of the chains so far.
#[derive(Clone, Copy)]
struct Best {
    /// How many steps the longest goes through.
    depth: usize,
    /// The shortest time in milliseconds in which one goes through all, if one does.
    fastest: u64,
    /// When the first was through all, if one was.
    earliest: i64,
}

impl Best {
    const NONE: Self = Self { depth: 0, fastest: u64::MAX, earliest: i64::MAX };
}

/// A chain through some steps.
#[derive(Clone, Copy)]
struct Front {
    /// The longest time in milliseconds from here to the next step.
    limit: u64,
    start: i64,
    end: i64,
}

impl Front {
    /// When none is through all steps: as slow and as late as can be.
    const NEVER: (i64, i64) = (i64::MIN, i64::MAX);
}

impl<'s> Matcher<'s> {
    pub(super) fn new(spec: &'s FunnelSpec) -> Self {
        let limits = spec.steps().iter().map(FunnelStep::limit).chain([None]);
        Self {
            spec,
            total: spec.total_limit().map_or(u64::MAX, Elapsed::as_millis),
            fronts: limits
                .map(|limit| Front { limit: limit.map_or(u64::MAX, Elapsed::as_millis), start: 0, end: 0 })
                .collect(),
            counts: vec![0; spec.names().len()],
        }
    }

    /// How far these lead, in whatever order they come.
    pub(super) fn follow<M: Moment>(&mut self, moments: &mut [M]) -> Chain {
        if !moments.is_sorted() {
            moments.sort_unstable();
        }
        let best = match self.spec.order() {
            StepOrder::Ordered => self.in_order(moments),
            StepOrder::Unordered => self.in_any_order(moments),
        };
        let completed = best.depth == self.spec.steps().len();
        Chain {
            depth: best.depth,
            fastest: completed.then_some(Elapsed::from_millis(best.fastest)),
            earliest_completion: completed.then_some(Timestamp::from_millis(best.earliest)),
        }
    }

    fn in_order<M: Moment>(&mut self, moments: &[M]) -> Best {
        let mut best = Best::NONE;
        let all = self.spec.steps().len();
        (self.fronts[all].start, self.fronts[all].end) = Front::NEVER;
        let mut rest = moments;
        while let [first, others @ ..] = rest {
            let together = |other: &&M| other.at() == first.at();
            if self.spec.ties() == Ties::AsGiven || !others.first().is_some_and(|other| together(&other)) {
                self.step(&mut best, *first);
                rest = others;
                continue;
            }
            let tied = 1 + others.iter().take_while(together).count();
            let (some, after) = rest.split_at(tied);
            if some.iter().all(|other| other.name() == first.name()) {
                // Those that are alike are the same in any order.
                for moment in some {
                    self.step(&mut best, *moment);
                }
            } else {
                self.step_together(&mut best, some);
            }
            rest = after;
        }
        best
    }

    /// An event that comes after those before it.
    #[inline]
    fn step(&mut self, best: &mut Best, moment: impl Moment) {
        let now = moment.at();
        let mut steps = self.spec.steps_of(moment.name());
        self.begin(now);
        // From the last on, so that it is no step after itself.
        while steps != 0 {
            let step = 63 - steps.leading_zeros() as usize;
            steps &= !(1 << step);
            // Whether it does cannot be guessed: what is written is the same as before if it does not.
            let goes_on = self.goes_on(best.depth, step, now);
            let start = self.fronts[step].start;
            let front = &mut self.fronts[step + 1];
            front.start = select_unpredictable(goes_on, start, front.start);
            front.end = select_unpredictable(goes_on, now, front.end);
            best.depth = best.depth.max(select_unpredictable(goes_on, step + 1, 0));
        }
        self.complete(best);
    }

    /// The chain without steps, from which the first goes on.
    fn begin(&mut self, now: i64) {
        (self.fronts[0].start, self.fronts[0].end) = (now, now);
    }

    /// Whether there is a chain from which this step goes on.
    #[inline]
    fn goes_on(&self, depth: usize, step: usize, now: i64) -> bool {
        let Front { limit, start, end } = self.fronts[step];
        // What is kept of more steps than have been gone through is of events before, and may be later.
        let since = |then: i64| now.wrapping_sub(then) as u64;
        (step <= depth) & (since(end) <= limit) & (since(start) <= self.total)
    }

    /// A chain is through so many steps.
    #[inline]
    fn reach(&mut self, best: &mut Best, depth: usize, start: i64, end: i64) {
        let front = &mut self.fronts[depth];
        (front.start, front.end) = (start, end);
        best.depth = best.depth.max(depth);
    }

    /// Takes in the chain through all steps, which may be the same as before.
    #[inline]
    fn complete(&self, best: &mut Best) {
        let Front { start, end, .. } = self.fronts[self.spec.steps().len()];
        best.fastest = best.fastest.min(end.wrapping_sub(start) as u64);
        best.earliest = best.earliest.min(end);
    }

    /// Events in one millisecond, in whatever order serves: from any step before it, they lead as far as there is an event of
    /// its own for each step.
    fn step_together<M: Moment>(&mut self, best: &mut Best, moments: &[M]) {
        let now = moments[0].at();
        self.counts.fill(0);
        for moment in moments {
            self.counts[usize::from(moment.name())] += 1;
        }
        self.begin(now);
        let steps = self.spec.steps().len();
        let mut reached = [None; FunnelSpec::MAX_STEPS];
        for from in 0..steps {
            if !self.goes_on(best.depth, from, now) {
                continue;
            }
            let start = self.fronts[from].start;
            let mut to = from;
            while to < steps {
                let left = &mut self.counts[usize::from(self.spec.name_of(to))];
                if *left == 0 {
                    break;
                }
                *left -= 1;
                reached[to] = reached[to].max(Some(start));
                to += 1;
            }
            for step in from..to {
                self.counts[usize::from(self.spec.name_of(step))] += 1;
            }
        }
        for (step, start) in reached.iter().enumerate().take(steps) {
            if let Some(start) = *start {
                self.reach(best, step + 1, start, now);
            }
        }
        self.complete(best);
    }

    /// Moves a stretch of time over the events.
    fn in_any_order<M: Moment>(&mut self, moments: &[M]) -> Best {
        let mut best = Best::NONE;
        self.counts.fill(0);
        let mut first = 0;
        let mut covered = 0;
        for moment in moments {
            let needed = self.spec.steps_of(moment.name()).count_ones();
            let count = &mut self.counts[usize::from(moment.name())];
            *count += 1;
            covered += usize::from(*count <= needed);
            while moment.at().abs_diff(moments[first].at()) > self.total {
                covered -= usize::from(self.drop_first(moments[first]));
                first += 1;
            }
            best.depth = best.depth.max(covered);
            // As short as it may be and still have all.
            while covered == self.spec.steps().len() {
                let (start, end) = (moments[first].at(), moment.at());
                best.fastest = best.fastest.min(end.abs_diff(start));
                best.earliest = best.earliest.min(end);
                covered -= usize::from(self.drop_first(moments[first]));
                first += 1;
            }
        }
        best
    }

    /// Leaves out an event; whether it covered a step.
    fn drop_first(&mut self, moment: impl Moment) -> bool {
        let needed = self.spec.steps_of(moment.name()).count_ones();
        let count = &mut self.counts[usize::from(moment.name())];
        *count -= 1;
        *count < needed
    }
}
