//! A funnel over positions as bytes.

use audience_stats::{Portable, fingerprint_of};
use serde::{Deserialize, Serialize, Serializer};

use super::{Passed, PositionFunnel, PositionFunnelSummary, PositionUnit};
use crate::funnel::milestones::Milestones;

/// What is written: units in order of their keys, so that the same sessions are the same bytes.
#[derive(Serialize, Deserialize)]
pub(super) struct Written {
    milestones: Milestones,
    unit: PositionUnit,
    counts: PositionFunnelSummary,
    units: Vec<(u128, Vec<Passed>)>,
}

impl TryFrom<Written> for PositionFunnel {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, &'static str> {
        let Written { milestones, unit, counts, units } = written;
        let all = milestones.len();
        let lists = [&counts.furthest, &counts.each, &counts.each_with_previous, &counts.unordered, &counts.ordered];
        if lists.iter().any(|list| list.len() != all || list.iter().any(|count| *count > counts.units)) {
            return Err("counts are not of the milestones");
        }
        let falls = |list: &[u64]| list.windows(2).all(|pair| pair[0] >= pair[1]);
        // Counts that stay at the largest there is no longer add up.
        let known = counts.units.saturating_sub(counts.order_unknown);
        let ordered = counts.units == u64::MAX || counts.ordered.iter().all(|count| *count <= known);
        let parts = counts.each_with_previous.iter().enumerate().all(|(at, count)| {
            *count <= counts.each[at] && at.checked_sub(1).is_none_or(|before| *count <= counts.each[before])
        });
        if !(falls(&counts.furthest) && falls(&counts.unordered) && falls(&counts.ordered) && ordered && parts) {
            return Err("more came to a milestone than to those before");
        }
        if counts.order_unknown > counts.units || (unit == PositionUnit::ViewerTitle && counts.units > 0) {
            return Err("units are counted that are not there");
        }
        if !units.is_sorted_by(|a, b| a.0 < b.0) || (unit == PositionUnit::Session && !units.is_empty()) {
            return Err("units are not in order");
        }
        let most = super::bits((0, all as u8));
        for (_, sessions) in &units {
            if sessions.is_empty() || !sessions.is_sorted() {
                return Err("sessions are not in order");
            }
            let known = |passed: &Passed| {
                let crossed = passed.crossed.iter().flatten();
                // What was played in order is all that was played, and what was played was come as far as.
                let right = crossed.clone().all(|(first, end)| first < end && usize::from(*end) <= all);
                let each = crossed.fold(0, |played, stretch| played | super::bits(*stretch));
                let falls = passed.furthest & (passed.furthest.wrapping_add(1)) == 0;
                right
                    && falls
                    && (passed.crossed.is_none() || passed.each == each)
                    && (passed.furthest | passed.each) & !most == 0
            };
            if !sessions.iter().all(known) {
                return Err("a session came past milestones that are not there");
            }
        }
        Ok(Self { counts, units: units.into_iter().collect(), ..Self::new(milestones, unit) })
    }
}

impl Serialize for PositionFunnel {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut units: Vec<(u128, Vec<Passed>)> =
            self.units.iter().map(|(key, sessions)| (*key, sessions.clone())).collect();
        units.sort_unstable_by_key(|(key, _)| *key);
        let (milestones, counts) = ((*self.milestones).clone(), self.counts());
        Written { milestones, unit: self.unit, counts, units }.serialize(serializer)
    }
}

impl Portable for PositionFunnel {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.position_funnel/1", &(self.milestones(), self.unit))
    }

    fn size_bytes(&self) -> usize {
        let crossed = |passed: &Passed| passed.crossed.as_ref().map_or(0, |crossed| crossed.len() * 2);
        let session = |passed: &Passed| size_of::<Passed>() + crossed(passed);
        self.units.capacity() * (size_of::<(u128, Vec<Passed>)>() + 1)
            + self.units.values().flatten().map(session).sum::<usize>()
    }
}
