//! From events to lines and snapshots.

use std::collections::BTreeMap;

use audience_core::{Elapsed, Envelope, EventKind, Timestamp};
use audience_ingest::Quality;
use audience_realtime::{
    AlertRules, Arrival, DeliverySummary, Error, Key, LiveAudience, LiveSpec, Tumbling, WindowFigures,
};

use super::deliveries::Deliveries;
use super::judge::Judge;
use super::line::LiveLine;
use super::snapshot::{LiveSnapshot, Peak};

/// Follows what is watched, gives each window once when it is final, and what rules make of it.
///
/// # Examples
///
/// ```
/// use audience_core::{Envelope, Event, EventKind, Timestamp};
/// use audience_realtime::{AlertRules, LiveSpec};
/// use audience_report::TextOptions;
/// use audience_report::live::LiveMonitor;
///
/// let mut monitor = LiveMonitor::new(LiveSpec::default(), AlertRules::default())?;
/// for (secs, kind) in [(0, EventKind::Play), (20, EventKind::Pause)] {
///     monitor.observe(Envelope {
///         session_id: "tv".into(),
///         viewer_id: None,
///         content_id: Some("film".into()),
///         event: Event::new(Timestamp::from_millis(secs * 1000), kind),
///         attributes: Vec::new(),
///     });
/// }
/// monitor.take_held();
/// assert!(monitor.snapshot(10, false).to_text(TextOptions::default()).contains("film"));
/// monitor.finish();
/// assert_eq!(monitor.take_lines().len(), 2); // of everybody, and of the film
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Debug)]
pub struct LiveMonitor {
    live: LiveAudience,
    tumbling: Tumbling,
    judge: Judge,
    deliveries: Deliveries,
    lines: Vec<LiveLine>,
    /// The most viewers there were in a window.
    peak: Option<Peak>,
    /// Whether no more events are waited for.
    at_end: bool,
}

/// What there is of one window.
#[derive(Default)]
struct Closed {
    audiences: Vec<(Key, WindowFigures)>,
    deliveries: Vec<(Key, DeliverySummary)>,
}

impl LiveMonitor {
    /// Nobody watches yet.
    ///
    /// # Errors
    ///
    /// Those of [`LiveSpec::check`], and [`Error::InRule`] of a rule for a series that is no [`Metric`](audience_realtime::Metric).
    pub fn new(spec: LiveSpec, rules: AlertRules) -> Result<Self, Error> {
        let deliveries = Deliveries::new(spec.window);
        let judge = Judge::new(rules, &spec)?;
        let mut live = LiveAudience::new(spec)?;
        let tumbling = Tumbling::new(&mut live);
        Ok(Self { live, tumbling, judge, deliveries, lines: Vec::new(), peak: None, at_end: false })
    }

    /// Takes in an event that has just come.
    pub fn observe(&mut self, envelope: Envelope) {
        self.at_end = false;
        let request = matches!(envelope.event.kind, EventKind::Request(_)).then(|| envelope.clone());
        let arrival = self.live.observe(envelope);
        if let Some(request) = request
            && !matches!(arrival, Arrival::TooLate | Arrival::Duplicate | Arrival::Refused)
        {
            self.deliveries.observe(&request);
        }
        self.take_windows(false);
    }

    /// It is `now`, by a clock that is right.
    pub fn advance(&mut self, now: Timestamp) {
        self.live.advance(now);
        self.take_windows(false);
    }

    /// All that has come is looked at, as if no more came; who is there stays. For a snapshot at the end of the data.
    pub fn take_held(&mut self) {
        self.at_end = true;
        self.live.take_held();
        if let Some(now) = self.live.watermark() {
            self.live.advance(now);
        }
        self.take_windows(false);
    }

    /// No more events come: all who are there left at their last event, and all windows are final.
    pub fn finish(&mut self) {
        self.live.finish();
        self.take_windows(true);
    }

    fn take_windows(&mut self, all: bool) {
        let mut closed: BTreeMap<Timestamp, Closed> = BTreeMap::new();
        let before = self.tumbling.until(&self.live);
        let each = |key: &Key, figures: &WindowFigures| {
            closed.entry(figures.end).or_default().audiences.push((key.clone(), figures.clone()));
        };
        if all {
            self.tumbling.take_rest(&mut self.live, each);
        } else {
            self.tumbling.take(&mut self.live, each);
        }
        let Some(until) = self.tumbling.until(&self.live) else { return };
        if before == Some(until) {
            return;
        }
        for (end, deliveries) in self.deliveries.close(until) {
            closed.entry(end).or_default().deliveries = deliveries;
        }
        for (end, Closed { audiences, deliveries }) in closed {
            for (key, figures) in &audiences {
                if *key == Key::ALL && self.peak.is_none_or(|peak| peak.viewers < figures.viewers.peak) {
                    self.peak = Some(Peak { viewers: figures.viewers.peak, end });
                }
                self.lines.push(LiveLine::window(key, figures));
            }
            self.lines.extend(deliveries.iter().map(|(key, summary)| LiveLine::delivery(key, summary)));
            let changes = self.judge.judge(end, &audiences);
            self.lines.extend(changes.iter().map(|(metric, change)| LiveLine::alert(*metric, change)));
        }
        // After the last event nobody knows what would have come.
        if !all {
            let changes = self.judge.pass(until);
            self.lines.extend(changes.iter().map(|(metric, change)| LiveLine::alert(*metric, change)));
        }
    }

    /// What time it is, by events or a clock.
    pub fn watermark(&self) -> Option<Timestamp> {
        self.live.watermark()
    }

    /// What has become final since this was asked last, in order of time; of one window audiences, then deliveries, then alerts.
    pub fn take_lines(&mut self) -> Vec<LiveLine> {
        std::mem::take(&mut self.lines)
    }

    /// How it looks now: so many audiences of each kind, and viewers one by one if they are asked for.
    pub fn snapshot(&self, top: usize, viewers: bool) -> LiveSnapshot {
        // The bucket of the last event is never over where none comes after it.
        let rest = if self.at_end { self.live.spec().window.bucket() } else { Elapsed::ZERO };
        let Some(end) = self.live.watermark().map(|now| now + rest) else {
            return LiveSnapshot::of_nothing(&self.live);
        };
        let mut snapshot = LiveSnapshot::of(&self.live, end, top, viewers);
        snapshot.deliveries = self.deliveries.until(end);
        snapshot.raised = self.judge.raised().collect();
        snapshot.peak = self.peak;
        snapshot
    }

    /// What came of all that was read, as the last line.
    pub fn summary(&self, quality: Option<&Quality>) -> LiveLine {
        LiveLine::summary(&self.live, self.peak, quality)
    }
}
