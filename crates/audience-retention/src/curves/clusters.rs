//! How much less sessions say because viewers come back.

use audience_core::{MediaTime, SessionFacts};
use audience_stats::{GroupedSums, merge_fields};

use super::View;
use crate::grid::Parts;

/// Parts of the content that are looked at: their starts for reach, they themselves for survival.
const TENTHS: usize = 10;
/// Sessions; at each tenth those that watch its start; by tenth those at risk of leaving, and those that left.
const SUMS: usize = 1 + 3 * TENTHS;

/// Sums by random group of viewers at tenths of the content, from which it follows how much less sessions say than as many
/// independent ones would: the *design effect*, by which their variance is larger.
///
/// It is one number for a curve: the sum of the variances at all tenths over the sum of those of independent sessions. At
/// single points it would be known badly. As a state of 64 groups it takes 16 kB at most, whatever the number of points.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Clusters {
    sums: GroupedSums<SUMS>,
}

merge_fields!(Clusters { sums });

impl Clusters {
    /// How viewers are divided, which states that are merged must share.
    #[cfg(feature = "serde")]
    pub(crate) const fn groups(&self) -> audience_stats::RandomGroups {
        self.sums.groups()
    }

    /// The group of a session's viewer. Where that is stands elsewhere in memory: who asks early need not wait for it later.
    #[inline]
    pub(crate) fn group_of(&self, facts: &SessionFacts) -> u16 {
        self.sums.groups().group_of(facts.unit())
    }

    /// A session of a viewer of this group.
    pub(crate) fn observe(&mut self, group: u16, view: &View<'_>, weight: u64) {
        let tenths = Parts::new(TENTHS as u32, view.duration);
        // A bit for each tenth whose start was watched.
        let mut watched = 0_u32;
        let (mut first, mut last) = (None, MediaTime::ZERO);
        for (start, end) in view.map.covered() {
            watched |= (1 << tenths.up(end)) - (1 << tenths.up(start));
            first = first.or(Some(start));
            last = end.min(view.duration);
        }
        let sums = self.sums.sums_of(group);
        let add = |sum: &mut u64| *sum = sum.saturating_add(weight);
        let ([sessions, reached @ ..], rest) = sums.split_at_mut(1 + TENTHS) else { return };
        add(sessions);
        let bits = reached.iter_mut().enumerate();
        bits.filter(|(tenth, _)| watched >> tenth & 1 == 1).for_each(|(_, sum)| add(sum));
        if let Some(first) = first.filter(|first| *first < last) {
            let (at_risk, left) = rest.split_at_mut(TENTHS);
            let exit = tenths.down(last.saturating_sub(MediaTime::from_millis(1))) as usize;
            at_risk[tenths.down(first) as usize..=exit].iter_mut().for_each(add);
            if view.left {
                add(&mut left[exit]);
            }
        }
    }

    /// The design effect of reach, for sessions that say as much as `effective` of equal weight; `None` with less than two
    /// groups of viewers, or when nothing varies.
    pub(super) fn of_reach(&self, effective: f64) -> Option<f64> {
        let groups = self.sums.len() as f64;
        let totals = self.sums.totals().map(|total| total as f64);
        let (mut clustered, mut independent) = (0.0, 0.0);
        for reached in 1..=TENTHS {
            let share = totals[reached] / totals[0];
            let squares: f64 = self
                .sums
                .iter()
                .map(|(_, sums)| sums[reached] as f64 - share * sums[0] as f64)
                .map(|rest| rest * rest)
                .sum();
            clustered += groups / (groups - 1.0) * squares / (totals[0] * totals[0]);
            independent += share * (1.0 - share) / effective;
        }
        design_effect(clustered, independent)
    }

    /// The design effect of the logarithm of survival: see [`of_reach`](Self::of_reach).
    pub(super) fn of_survival(&self, total: u64, effective: f64) -> Option<f64> {
        let groups = self.sums.len() as f64;
        let totals = self.sums.totals().map(|total| total as f64);
        let (at_risk, left) = totals[1 + TENTHS..].split_at(TENTHS);
        let scale = effective / total as f64;
        let mut influence = vec![0.0; self.sums.len()];
        let (mut greenwood, mut clustered, mut independent) = (0.0, 0.0, 0.0);
        for tenth in 0..TENTHS {
            let (n, d) = (at_risk[tenth], left[tenth]);
            if n <= d {
                break;
            }
            for (sum, (_, sums)) in influence.iter_mut().zip(self.sums.iter()) {
                let (of_n, of_d) = (sums[1 + TENTHS + tenth] as f64, sums[1 + 2 * TENTHS + tenth] as f64);
                // The derivative of ln (1 − d / n).
                *sum += (of_d - of_n * d / n) / (n - d);
            }
            greenwood += d / (n * (n - d)) / scale;
            clustered += groups / (groups - 1.0) * influence.iter().map(|sum| sum * sum).sum::<f64>();
            independent += greenwood;
        }
        design_effect(clustered, independent)
    }

    /// The design effect of the hazard in each tenth: one viewer who leaves at the same place again and again is no crowd.
    /// 1 where that is not known.
    pub(super) fn of_hazards(&self, total: u64, effective: f64) -> [f64; TENTHS] {
        let groups = self.sums.len() as f64;
        let totals = self.sums.totals().map(|total| total as f64);
        let (at_risk, left) = totals[1 + TENTHS..].split_at(TENTHS);
        let scale = effective / total as f64;
        std::array::from_fn(|tenth| {
            let (n, d) = (at_risk[tenth], left[tenth]);
            let rest =
                |sums: &[u64; SUMS]| sums[1 + 2 * TENTHS + tenth] as f64 - sums[1 + TENTHS + tenth] as f64 * d / n;
            let squares: f64 = self.sums.iter().map(|(_, sums)| rest(sums) * rest(sums)).sum();
            let clustered = groups / (groups - 1.0) * squares / (n * n);
            design_effect(clustered, d / n * (1.0 - d / n) / (n * scale)).unwrap_or(1.0)
        })
    }

    #[cfg(feature = "serde")]
    pub(crate) fn size_bytes(&self) -> usize {
        self.sums.size_bytes()
    }
}

/// No less than 1: that viewers who come back would make sessions say more is chance.
fn design_effect(clustered: f64, independent: f64) -> Option<f64> {
    let ratio = clustered / independent;
    (independent > 0.0 && ratio.is_finite()).then_some(ratio.max(1.0))
}
