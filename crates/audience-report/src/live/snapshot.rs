//! How it looks at one moment.

use std::cmp::Reverse;

use audience_core::{Elapsed, Timestamp};
use audience_ingest::Quality;
use audience_realtime::{
    Arrivals, DeliverySummary, Key, LiveAudience, Per, RaisedAlert, ViewerRow, ViewersSummary, WindowFigures,
};

use super::line::LiveLine;

/// What is watched at one moment: the sliding window that ends then.
///
/// [`to_text`](Self::to_text) is how it looks on a terminal.
#[derive(Clone, Debug)]
pub struct LiveSnapshot {
    pub(super) at: Option<Timestamp>,
    pub(super) window: Elapsed,
    pub(super) everybody: Option<WindowFigures>,
    pub(super) peak: Option<Peak>,
    pub(super) arrivals: Arrivals,
    pub(super) sessions_of_requests: u64,
    pub(super) refused_audiences: u64,
    pub(super) audiences: Vec<Audiences>,
    pub(super) viewers: Option<Viewers>,
    pub(super) deliveries: Vec<(Key, DeliverySummary)>,
    pub(super) raised: Vec<RaisedAlert<Key>>,
    /// Lines that were read, those of them that could not be used, and fields that were repaired.
    pub(super) read: Option<(u64, u64, u64)>,
}

/// The most viewers there were in a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peak {
    pub(super) viewers: u64,
    /// Of the window.
    pub(super) end: Timestamp,
}

/// Audiences that are told apart by one thing, those with the most viewers first.
#[derive(Clone, Debug)]
pub(super) struct Audiences {
    pub(super) per: Per,
    pub(super) rows: Vec<(Key, WindowFigures)>,
    /// How many more there are.
    pub(super) omitted: usize,
}

/// Viewers one by one.
#[derive(Clone, Debug)]
pub(super) struct Viewers {
    pub(super) summary: ViewersSummary,
    /// Those who watched longest first.
    pub(super) rows: Vec<ViewerRow>,
    /// How many more there are.
    pub(super) omitted: usize,
}

impl LiveSnapshot {
    /// Before any event.
    pub(super) fn of_nothing(live: &LiveAudience) -> Self {
        Self {
            at: None,
            window: live.spec().window.length(),
            everybody: None,
            peak: None,
            arrivals: live.arrivals(),
            sessions_of_requests: 0,
            refused_audiences: 0,
            audiences: Vec::new(),
            viewers: None,
            deliveries: Vec::new(),
            raised: Vec::new(),
            read: None,
        }
    }

    /// The window whose last bucket is the last that is over at `end`.
    pub(super) fn of(live: &LiveAudience, end: Timestamp, top: usize, viewers: bool) -> Self {
        let kinds = live.spec().per.iter().filter(|per| **per != Per::All);
        Self {
            at: live.watermark(),
            everybody: live.figures_until(&Key::ALL, end),
            sessions_of_requests: live.sessions_of_requests(),
            refused_audiences: live.refused_keys(),
            audiences: kinds.map(|per| Audiences::of(live, end, per, top)).collect(),
            viewers: viewers.then(|| Viewers::of(live, top)),
            ..Self::of_nothing(live)
        }
    }

    /// The same with what became of the lines that were read.
    #[must_use]
    pub fn with_quality(mut self, quality: &Quality) -> Self {
        self.read = Some((quality.lines, quality.rejected(), quality.repaired()));
        self
    }

    /// The viewers one by one, as lines of JSON, after one of all of them; none where they were not asked for.
    pub fn viewer_lines(&self) -> Vec<LiveLine> {
        let (Some(viewers), Some(at)) = (&self.viewers, self.at) else { return Vec::new() };
        let all = LiveLine::viewers(at, &viewers.summary);
        std::iter::once(all).chain(viewers.rows.iter().map(LiveLine::viewer)).collect()
    }
}

impl Audiences {
    fn of(live: &LiveAudience, end: Timestamp, per: &Per, top: usize) -> Self {
        let (mut rows, mut omitted) = (Vec::new(), 0);
        for (key, viewers) in live.top(per) {
            // Those without viewers come last, and may have had some.
            if rows.len() >= top && viewers > 0 {
                omitted += 1;
                continue;
            }
            let Some(figures) = live.figures_until(key, end).filter(|figures| !figures.is_idle()) else { continue };
            if rows.len() < top {
                rows.push((key.clone(), figures));
            } else {
                omitted += 1;
            }
        }
        Self { per: per.clone(), rows, omitted }
    }
}

impl Viewers {
    fn of(live: &LiveAudience, top: usize) -> Self {
        let mut rows = live.viewers();
        // In order of ids before, and stable.
        rows.sort_by_key(|row| Reverse((row.watched, row.stalled)));
        let omitted = rows.len().saturating_sub(top);
        rows.truncate(top);
        Self { summary: live.viewers_summary(), rows, omitted }
    }
}
