//! Start-up times in bins.

use audience_stats::Distribution;

/// Start-up times in bins, beside the sessions that never started: without these, the slowest streams, those that viewers
/// gave up on, make the figures better.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StartUpHistogram {
    /// Bins in order, without gaps between them.
    pub bins: Vec<StartUpBin>,
    /// Sessions that ended before the first frame.
    pub never_started: u64,
    /// Sessions that started, without anything to count their start-up from.
    pub unknown: u64,
}

/// A bin of a [`StartUpHistogram`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StartUpBin {
    /// The shortest time in it, in milliseconds.
    pub from_ms: u64,
    /// Times in it are shorter than this; without it, the bin has all longer ones.
    pub to_ms: Option<u64>,
    /// Sessions in it.
    pub sessions: u64,
}

/// Where bins begin: steps that viewers notice, finer where most streams are.
const EDGES: [u64; 14] = [0, 250, 500, 750, 1000, 1500, 2000, 3000, 4000, 6000, 8000, 10_000, 15_000, 30_000];

impl StartUpHistogram {
    /// Of `started` sessions with these start-up times, of so many attempts.
    pub(crate) fn new(times: &Distribution, started: u64, attempts: u64) -> Self {
        let ends = EDGES.iter().skip(1).copied().map(Some).chain([None]);
        let mut bins: Vec<StartUpBin> = EDGES
            .iter()
            .zip(ends)
            .map(|(from_ms, to_ms)| StartUpBin { from_ms: *from_ms, to_ms, sessions: 0 })
            .collect();
        for (time, sessions) in &times.counted {
            let bin = EDGES.partition_point(|edge| edge <= time) - 1;
            bins[bin].sessions += sessions;
        }
        Self { bins, never_started: attempts.saturating_sub(started), unknown: started.saturating_sub(times.count()) }
    }
}
