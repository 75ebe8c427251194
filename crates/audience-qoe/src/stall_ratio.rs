//! The share of viewing time that was stalled, over all sessions, and how sure it is.

use audience_core::{Ratio, SessionFacts};
use audience_stats::{Accumulator, Bootstrap, GroupedSums, Interval, RandomGroups, merge_fields};

use crate::playback::LeftOut;

/// Time stalled / (time in which frames moved + time stalled), pooled over sessions, so that each weighs as much as it is
/// long: the stall ratio of F. Y. Yan et al., "Learning in situ: a randomized experiment in video streaming", NSDI 2020.
///
/// Sessions of one viewer share a network and a device, so that the interval is over viewers: they are divided at random
/// into groups (64, if not asked otherwise; more make the interval itself more certain, see [`RandomGroups`]), and groups
/// are resampled. Of a session without a viewer, the session is the unit.
///
/// Stalls are rare and some are long: a ratio of few viewers is less sure than it seems. Simulated for a thousand viewers,
/// its 95 % intervals held the truth in 93 % of the cases.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_qoe::PooledStallRatio;
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let stalled = Session::new("s1", "film", [
///     Event::new(at(0), EventKind::Play).at(secs(0)),
///     Event::new(at(40), EventKind::BufferStart).at(secs(40)),
///     Event::new(at(50), EventKind::buffer_end()).at(secs(40)),
///     Event::new(at(100), EventKind::Pause).at(secs(90)),
/// ]);
/// let never_started = Session::new("s2", "film", [Event::new(at(0), EventKind::load())]);
///
/// let mut ratio = PooledStallRatio::default();
/// for session in [stalled, never_started] {
///     ratio.observe(&session.facts(&Rules::default(), None));
/// }
/// let summary = ratio.summary();
/// assert_eq!(summary.ratio.map(|ratio| ratio.as_f64()), Some(0.1)); // 10 s of 100
/// assert_eq!((summary.sessions, summary.left_out.never_started), (1, 1));
/// assert_eq!(summary.interval, None); // of a single viewer
/// ```
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PooledStallRatio {
    bootstrap: Bootstrap,
    sessions: u64,
    left_out: LeftOut,
    /// Stalled and viewing milliseconds.
    sums: GroupedSums<2>,
}

/// What a [`PooledStallRatio`] has seen. Times are wall-clock time.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StallRatioSummary {
    /// Time stalled of viewing time; `None` without any.
    pub ratio: Option<Ratio>,
    /// The 95 % interval of the ratio by the percentile bootstrap over groups of viewers; `None` with less than two
    /// groups, or when all groups have the same ratio, as when nothing stalled.
    pub interval: Option<Interval>,
    /// The linearised standard error of the ratio, from how groups of viewers vary; `None` with less than two groups.
    pub standard_error: Option<f64>,
    /// Groups that have viewers.
    pub groups: u64,
    /// How the interval was resampled.
    pub bootstrap: Bootstrap,
    /// Sessions it is of.
    pub sessions: u64,
    /// Time stalled.
    pub stalled_ms: u64,
    /// Time in which frames moved, and time stalled.
    pub viewing_ms: u64,
    /// Sessions it is not of.
    pub left_out: LeftOut,
}

impl PooledStallRatio {
    /// Of no session yet, with viewers in these groups, which are resampled so.
    pub fn new(groups: RandomGroups, bootstrap: Bootstrap) -> Self {
        Self { bootstrap, sums: GroupedSums::new(groups), ..Self::default() }
    }
}

merge_fields!(PooledStallRatio { sessions, left_out, sums });

impl Accumulator for PooledStallRatio {
    type Item = SessionFacts;
    type Summary = StallRatioSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        let Some(playback) = self.left_out.sift(facts) else { return };
        self.sessions = self.sessions.saturating_add(1);
        let viewing_ms = playback.stalled_ms.saturating_add(playback.playing_ms);
        self.sums.observe(facts.unit(), [playback.stalled_ms, viewing_ms]);
    }

    fn summary(&self) -> StallRatioSummary {
        let [stalled, viewing] = self.sums.totals();
        let ratio = |&[stalled, viewing]: &[f64; 2]| (viewing > 0.0).then(|| stalled / viewing);
        StallRatioSummary {
            ratio: Ratio::of_sums(stalled, viewing),
            interval: self.sums.bootstrap(self.bootstrap, ratio),
            standard_error: self.sums.ratio().map(|estimate| estimate.standard_error),
            groups: self.sums.len() as u64,
            bootstrap: self.bootstrap,
            sessions: self.sessions,
            stalled_ms: u64::try_from(stalled).unwrap_or(u64::MAX),
            viewing_ms: u64::try_from(viewing).unwrap_or(u64::MAX),
            left_out: self.left_out,
        }
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for PooledStallRatio {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.pooled_stall_ratio/1", &(self.bootstrap, self.sums.groups()))
    }

    fn size_bytes(&self) -> usize {
        self.sums.size_bytes()
    }
}
