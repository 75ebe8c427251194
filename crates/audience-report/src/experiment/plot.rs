//! Where relative differences go on a scale that all of them share.

use super::report::ExperimentReport;
use super::words;
use audience_abtest::{AnalysedMetric, Finding, RelativeInterval};

/// From −`reach` to `reach`, as parts of the control.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    pub(crate) reach: f64,
}

/// An end of a bar: on the scale, or beyond it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    /// Here, as a share of the width.
    At(f64),
    /// It goes on beyond the edge of the scale.
    Beyond,
}

/// An interval as it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bar {
    pub(crate) low: End,
    pub(crate) high: End,
}

impl Scale {
    /// Wide enough for the primary metric and for most others: one that is hardly known must not make all else small.
    pub(crate) fn of(report: &ExperimentReport) -> Self {
        let reach = |metric: &AnalysedMetric| {
            let findings = metric.comparisons.iter().filter_map(|comparison| comparison.finding.ok());
            let ends = findings.filter_map(|finding| match finding.relative_interval? {
                RelativeInterval::Within(ends) => {
                    [ends.low, ends.high].into_iter().map(f64::abs).filter(|end| end.is_finite()).reduce(f64::max)
                }
                RelativeInterval::Outside(_) | RelativeInterval::Anything => None,
            });
            ends.chain(metric.margin).reduce(f64::max)
        };
        let mut reaches: Vec<f64> = report.analysis.metrics.iter().filter_map(reach).collect();
        let primary = report.analysis.metrics.first().and_then(reach).unwrap_or_default();
        reaches.sort_by(f64::total_cmp);
        let most = reaches.last().copied().unwrap_or_default();
        let middle = reaches.get(reaches.len() / 2).copied().unwrap_or_default();
        let wanted = most.min(primary.max(2.0 * middle));
        let round = [0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0];
        Self { reach: round.into_iter().find(|reach| *reach >= wanted).unwrap_or(10.0) }
    }

    /// The place of a difference as a share of the width; beyond 0 or 1 it is not on the scale.
    pub(crate) fn place(self, relative: f64) -> f64 {
        f64::midpoint(relative / self.reach, 1.0)
    }

    fn end(self, relative: f64) -> End {
        match self.place(relative) {
            place if (0.0..=1.0).contains(&place) => End::At(place),
            _ => End::Beyond,
        }
    }

    /// The bars of an interval; of the one that is all but what is between two ends, two.
    pub(crate) fn bars(self, interval: Option<RelativeInterval>) -> Vec<Bar> {
        let bars = match interval {
            None => vec![],
            Some(RelativeInterval::Anything) => vec![(f64::NEG_INFINITY, f64::INFINITY)],
            Some(RelativeInterval::Within(ends)) => vec![(ends.low, ends.high)],
            Some(RelativeInterval::Outside(ends)) => {
                vec![(f64::NEG_INFINITY, ends.low), (ends.high, f64::INFINITY)]
            }
        };
        let seen = |(low, high): &(f64, f64)| *high >= -self.reach && *low <= self.reach;
        let bar = |(low, high)| Bar { low: self.end(low), high: self.end(high) };
        bars.into_iter().filter(seen).map(bar).collect()
    }

    /// Where the margin of a guardrail is.
    pub(crate) fn margin(self, metric: &AnalysedMetric) -> Option<f64> {
        let margin = metric.margin?;
        let worse = if words::less_is_better(&metric.metric) { margin } else { -margin };
        Some(self.place(worse)).filter(|place| (0.0..=1.0).contains(place))
    }

    /// Where the difference itself is; `None` when it is beyond the scale.
    pub(crate) fn estimate(self, finding: &Finding) -> Option<f64> {
        Some(self.place(finding.relative?)).filter(|place| (0.0..=1.0).contains(place))
    }
}

impl Bar {
    /// From where to where it is drawn.
    pub(crate) fn places(self) -> (f64, f64) {
        let place = |end: End, edge: f64| match end {
            End::At(place) => place,
            End::Beyond => edge,
        };
        (place(self.low, 0.0), place(self.high, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use audience_stats::Interval;

    use super::*;

    #[test]
    fn intervals_that_leave_the_scale_go_on_beyond_it() {
        let scale = Scale { reach: 0.1 };
        let within = |low, high| scale.bars(Some(RelativeInterval::Within(Interval { low, high })));
        assert_eq!(within(-0.05, 0.1), [Bar { low: End::At(0.25), high: End::At(1.0) }]);
        assert_eq!(within(-0.05, 0.2), [Bar { low: End::At(0.25), high: End::Beyond }]);
        assert_eq!(within(0.2, 0.3), []);
        let outside = scale.bars(Some(RelativeInterval::Outside(Interval { low: -0.05, high: 0.5 })));
        assert_eq!(outside, [Bar { low: End::Beyond, high: End::At(0.25) }]);
        assert_eq!(scale.bars(Some(RelativeInterval::Anything))[0].places(), (0.0, 1.0));
    }
}
