//! Two reports in one pass.

use audience_core::SessionFacts;
use audience_stats::{Accumulator, Merge, merge_fields};

use super::{ReportState, ReportSummary};
use crate::spec::ReportSpec;

/// A report, and if one is asked for another one of other sessions of the same data to compare it with.
#[derive(Clone, Debug)]
pub struct ComparedState {
    /// What the report is about.
    pub this: ReportState,
    /// What it is compared with.
    pub other: Option<ReportState>,
    /// Sessions that are in both.
    pub in_both: u64,
}

impl ComparedState {
    /// Nothing seen yet. What the report is compared with is not broken down.
    pub fn new(this: &ReportSpec, other: Option<&ReportSpec>) -> Self {
        let plain =
            |spec: &ReportSpec| ReportState::new(&ReportSpec { by: Vec::new(), slices: Vec::new(), ..spec.clone() });
        Self { this: ReportState::new(this), other: other.map(plain), in_both: 0 }
    }
}

merge_fields!(ComparedState { this, other, in_both });

impl Accumulator for ComparedState {
    type Item = SessionFacts;
    type Summary = (ReportSummary, Option<ReportSummary>, u64);

    fn observe(&mut self, facts: &SessionFacts) {
        self.this.observe(facts);
        if let Some(other) = &mut self.other {
            other.observe(facts);
            self.in_both.merge(u64::from(self.this.filter.passes(facts) && other.filter.passes(facts)));
        }
    }

    fn summary(&self) -> Self::Summary {
        (self.this.summary(), self.other.as_ref().map(Accumulator::summary), self.in_both)
    }
}
