//! The best of all chains of events that go through the steps.

use std::collections::VecDeque;

use audience_core::{Elapsed, Timestamp};

use super::spec::{FunnelSpec, StepOrder, Ties};

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

/// An event that is a step, 16 bytes wide, in order of time and then of what tells ties apart.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Moment {
    at: i64,
    tail: u32,
}

impl Moment {
    #[inline]
    pub(super) fn new(at: Timestamp, tail: u32) -> Self {
        Self { at: at.as_millis(), tail }
    }

    fn name(self) -> u8 {
        self.tail as u8
    }
}

/// Goes through the events of one unit after the other, without allocating anew.
///
/// Of chains through the first d steps, one is better than another if it begins no earlier and ends no earlier: whatever goes on
/// from the other goes on from it, in no more time. So events are gone through in order of time, and of each number of steps
/// those chains are kept that no other is better than.
pub(super) struct Matcher<'s> {
    spec: &'s FunnelSpec,
    /// The longest time in milliseconds from the first step to the last.
    total: u64,
    /// Of each step, the chains that it may go on from; of the first, none.
    fronts: Vec<Front>,
    /// Of each step, the latest beginning of a chain that it may go on from.
    begun: Vec<Option<i64>>,
    /// How many events of each name there are.
    counts: Vec<u32>,
    found: Chain,
}

/// Chains that are through as many steps, as when they begin and end.
struct Front {
    /// The longest time in milliseconds from here to the next step.
    limit: Option<u64>,
    /// In order of their ends; later ones begin earlier. Without a limit one alone, that begins last.
    chains: VecDeque<(i64, i64)>,
}

impl Front {
    #[inline]
    fn push(&mut self, end: i64, start: i64) {
        if self.limit.is_none() {
            match self.chains.front_mut() {
                Some(chain) => chain.1 = chain.1.max(start),
                None => self.chains.push_back((end, start)),
            }
            return;
        }
        while self.chains.back().is_some_and(|(_, other)| *other <= start) {
            self.chains.pop_back();
        }
        self.chains.push_back((end, start));
    }

    /// When the chain began that a step now goes on from at best.
    #[inline]
    fn latest_start(&mut self, now: i64) -> Option<i64> {
        if let Some(limit) = self.limit {
            while self.chains.front().is_some_and(|(end, _)| now.abs_diff(*end) > limit) {
                self.chains.pop_front();
            }
        }
        self.chains.front().map(|(_, start)| *start)
    }
}

impl<'s> Matcher<'s> {
    pub(super) fn new(spec: &'s FunnelSpec) -> Self {
        let front =
            |at: usize| Front { limit: spec.steps()[at].limit().map(Elapsed::as_millis), chains: VecDeque::new() };
        Self {
            spec,
            total: spec.total_limit().map_or(u64::MAX, Elapsed::as_millis),
            fronts: (0..spec.steps().len()).map(front).collect(),
            begun: Vec::new(),
            counts: vec![0; spec.names().len()],
            found: Chain::default(),
        }
    }

    /// How far these lead, in whatever order they come.
    pub(super) fn follow(&mut self, moments: &mut [Moment]) -> Chain {
        if !moments.is_sorted() {
            moments.sort_unstable();
        }
        self.found = Chain::default();
        match self.spec.order() {
            StepOrder::Ordered => {
                self.fronts.iter_mut().for_each(|front| front.chains.clear());
                self.in_order(moments);
            }
            StepOrder::Unordered => {
                self.counts.fill(0);
                self.in_any_order(moments);
            }
        }
        self.found
    }

    fn in_order(&mut self, moments: &[Moment]) {
        let mut rest = moments;
        while let Some((first, others)) = rest.split_first() {
            let tied = match self.spec.ties() {
                Ties::AsGiven => 0,
                Ties::AnyOrder => others.iter().take_while(|other| other.at == first.at).count(),
            };
            if others[..tied].iter().all(|other| other.name() == first.name()) {
                // Those that are alike are the same in any order.
                for moment in &rest[..=tied] {
                    self.step(*moment);
                }
            } else {
                self.step_together(&rest[..=tied]);
            }
            rest = &others[tied..];
        }
    }

    /// An event that comes after those before it.
    #[inline]
    fn step(&mut self, moment: Moment) {
        let now = moment.at;
        let mut steps = self.spec.steps_of(moment.name());
        // From the last on, so that it is no step after itself.
        while steps != 0 {
            let step = 63 - steps.leading_zeros() as usize;
            steps &= !(1 << step);
            let start = if step == 0 { Some(now) } else { self.fronts[step].latest_start(now) };
            if let Some(start) = start.filter(|start| now.abs_diff(*start) <= self.total) {
                self.reach(step + 1, now, start);
            }
        }
    }

    /// Events in one millisecond, in whatever order serves: from any step before it, they lead as far as there is an event of
    /// its own for each step.
    fn step_together(&mut self, moments: &[Moment]) {
        let now = moments[0].at;
        let total = self.total;
        self.counts.fill(0);
        for moment in moments {
            self.counts[usize::from(moment.name())] += 1;
        }
        let before = |front: (usize, &mut Front)| {
            let start = if front.0 == 0 { Some(now) } else { front.1.latest_start(now) };
            start.filter(|start| now.abs_diff(*start) <= total)
        };
        self.begun.clear();
        self.begun.extend(self.fronts.iter_mut().enumerate().map(before));
        let steps = self.fronts.len();
        let mut reached = [None; FunnelSpec::MAX_STEPS];
        for from in 0..steps {
            let Some(start) = self.begun[from] else { continue };
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
            if let Some(start) = start {
                self.reach(step + 1, now, *start);
            }
        }
    }

    /// A chain is through so many steps.
    #[inline]
    fn reach(&mut self, depth: usize, now: i64, start: i64) {
        self.found.depth = self.found.depth.max(depth);
        match self.fronts.get_mut(depth) {
            Some(front) => front.push(now, start),
            None => self.complete(start, now),
        }
    }

    fn complete(&mut self, start: i64, end: i64) {
        let time = Elapsed::from_millis(end.abs_diff(start));
        self.found.fastest = Some(self.found.fastest.map_or(time, |fastest| fastest.min(time)));
        self.found.earliest_completion.get_or_insert(Timestamp::from_millis(end));
    }

    /// Moves a stretch of time over the events.
    fn in_any_order(&mut self, moments: &[Moment]) {
        let mut first = 0;
        let mut covered = 0;
        for moment in moments {
            let needed = self.spec.steps_of(moment.name()).count_ones();
            let count = &mut self.counts[usize::from(moment.name())];
            *count += 1;
            covered += usize::from(*count <= needed);
            while moment.at.abs_diff(moments[first].at) > self.total {
                covered -= usize::from(self.drop_first(moments[first]));
                first += 1;
            }
            self.found.depth = self.found.depth.max(covered);
            // As short as it may be and still have all.
            while covered == self.spec.steps().len() {
                self.complete(moments[first].at, moment.at);
                covered -= usize::from(self.drop_first(moments[first]));
                first += 1;
            }
        }
    }

    /// Leaves out an event; whether it covered a step.
    fn drop_first(&mut self, moment: Moment) -> bool {
        let needed = self.spec.steps_of(moment.name()).count_ones();
        let count = &mut self.counts[usize::from(moment.name())];
        *count -= 1;
        *count < needed
    }
}
