//! What a rule has seen of one key.

use audience_core::{Elapsed, Timestamp};
use audience_stats::RobustDetector;

use super::condition::Evidence;
use super::rule::{AlertRule, Hold};

#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Alarm {
    /// The time of the last window.
    last: Option<Timestamp>,
    state: State,
    detector: Option<RobustDetector>,
}

#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum State {
    /// All is well.
    #[default]
    Quiet,
    /// The condition holds, but not for long.
    Pending {
        since: Timestamp,
        windows: u32,
    },
    Raised(Raised),
}

/// What was raised.
#[derive(Clone, Copy, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Raised {
    /// The first window in which the condition held.
    pub(super) since: Timestamp,
    pub(super) at: Timestamp,
    pub(super) value: f64,
    pub(super) usual: Option<f64>,
    pub(super) worst: f64,
}

/// What changes with a window.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Raised(Raised),
    Cleared(Raised, Elapsed),
    Nothing,
    /// The window is not after the last one.
    NotInOrder,
}

impl Alarm {
    pub(super) fn new(rule: &AlertRule) -> Self {
        Self { detector: rule.condition.detector(), ..Self::default() }
    }

    pub(super) fn raised(&self) -> Option<Raised> {
        if let State::Raised(raised) = self.state { Some(raised) } else { None }
    }

    /// Whether it can be of this rule.
    #[cfg(feature = "serde")]
    pub(super) fn is_of(&self, rule: &AlertRule) -> bool {
        match (&self.detector, rule.condition.detector()) {
            (Some(detector), Some(new)) => detector.is_set_like(&new),
            (None, None) => true,
            _ => false,
        }
    }

    /// Takes the next window in; a figure is finite, and none when there is none.
    pub(super) fn step(&mut self, rule: &AlertRule, at: Timestamp, value: Option<f64>) -> Step {
        if self.last.is_some_and(|last| at <= last) {
            return Step::NotInOrder;
        }
        self.last = Some(at);
        let Some(value) = value else {
            // What holds for some windows in a row holds in each.
            if matches!(self.state, State::Pending { .. }) {
                self.state = State::Quiet;
            }
            return Step::Nothing;
        };
        let evidence = rule.condition.evidence(value, self.detector.as_mut());
        if let State::Raised(raised) = &mut self.state {
            if evidence == Evidence::Fails {
                let raised = *raised;
                self.state = State::Quiet;
                return Step::Cleared(raised, at.since(raised.at));
            }
            raised.worst = rule.condition.worse(raised.worst, value, raised.usual);
            return Step::Nothing;
        }
        let Evidence::Holds(usual) = evidence else {
            self.state = State::Quiet;
            return Step::Nothing;
        };
        let (since, windows) = match self.state {
            State::Pending { since, windows } => (since, windows.saturating_add(1)),
            State::Quiet | State::Raised(_) => (at, 1),
        };
        let long_enough = match rule.hold {
            Hold::Windows(needed) => windows >= needed.get(),
            Hold::For(time) => at.since(since) >= time,
        };
        if !long_enough {
            self.state = State::Pending { since, windows };
            return Step::Nothing;
        }
        let raised = Raised { since, at, value, usual, worst: value };
        self.state = State::Raised(raised);
        Step::Raised(raised)
    }
}
