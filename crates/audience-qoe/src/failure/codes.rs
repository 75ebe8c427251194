//! With which codes sessions failed.

use std::collections::HashMap;

use audience_core::{Failure, SessionFacts};
use audience_stats::{Accumulator, Merge, merge_fields};
use foldhash::fast::RandomState;

use super::{BusinessErrors, FailureCause};

/// Failures by the code of the fatal error. Memory grows with the number of different codes.
#[derive(Clone, Debug, Default)]
pub struct FailureCodes {
    business: BusinessErrors,
    codes: HashMap<Option<Box<str>>, Failures, RandomState>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Failures {
    start: u64,
    playback: u64,
}

/// How often sessions failed with one code.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FailureCode {
    /// The code; `None` for failures without one.
    pub code: Option<Box<str>>,
    /// Whose failure it is.
    pub cause: FailureCause,
    /// Before the first frame.
    pub start: u64,
    /// After it.
    pub playback: u64,
}

impl FailureCodes {
    /// No failure yet; those with one of these codes are none of the technology's.
    pub fn new(business: BusinessErrors) -> Self {
        Self { business, ..Self::default() }
    }
}

merge_fields!(FailureCodes { codes });
merge_fields!(Failures { start, playback });

impl Accumulator for FailureCodes {
    type Item = SessionFacts;
    /// The most frequent first; of the same number, by their codes.
    type Summary = Vec<FailureCode>;

    fn observe(&mut self, facts: &SessionFacts) {
        let (start, playback) = match facts.failure {
            Some(Failure::Start) => (1, 0),
            Some(Failure::Playback) => (0, 1),
            Some(Failure::ExitBeforeStart) | None => return,
        };
        self.codes.entry(facts.failure_code.clone()).or_default().merge(Failures { start, playback });
    }

    fn summary(&self) -> Vec<FailureCode> {
        let code = |(code, failures): (&Option<Box<str>>, &Failures)| FailureCode {
            cause: self.business.cause_of(code.as_deref()),
            code: code.clone(),
            start: failures.start,
            playback: failures.playback,
        };
        let mut codes: Vec<FailureCode> = self.codes.iter().map(code).collect();
        let rank = |a: &FailureCode| std::cmp::Reverse(a.start.saturating_add(a.playback));
        codes.sort_unstable_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.code.cmp(&b.code)));
        codes
    }
}
