//! Windows judged by rules.

use std::collections::{BTreeMap, BTreeSet};

use audience_core::Timestamp;
use audience_realtime::{
    AlertRules, AudienceWindow, Error, Key, LiveSpec, Metric, RaisedAlert, Transition, Watch, Window, WindowFigures,
};

/// For so many windows after its last an audience that nobody is in is judged too.
const IDLE: u32 = 60;

/// Judges each window of each audience by rules, in order of time.
#[derive(Debug)]
pub(super) struct Judge {
    watch: Watch<Key>,
    metrics: Vec<Metric>,
    window: Window,
    /// For how many windows nobody has been in an audience.
    idle: BTreeMap<Key, u32>,
    /// The end of the last window that was judged.
    until: Option<Timestamp>,
    /// The figures of nobody.
    nobody: WindowFigures,
}

/// What has changed, and of which figure.
pub(super) type Change = (Metric, Transition<Key>);

impl Judge {
    pub(super) fn new(rules: AlertRules, spec: &LiveSpec) -> Result<Self, Error> {
        let mut metrics = BTreeSet::new();
        for rule in rules.iter() {
            let metric = rule.series().parse::<Metric>();
            metrics.insert(metric.map_err(|error| Error::InRule { rule: rule.name().into(), error: Box::new(error) })?);
        }
        let nobody = AudienceWindow::new(spec.window, spec.lateness, spec.precision)?;
        Ok(Self {
            watch: Watch::new(rules, spec.max_keys),
            metrics: metrics.into_iter().collect(),
            window: spec.window,
            idle: BTreeMap::new(),
            until: None,
            nobody: nobody.figures_until(Timestamp::default()),
        })
    }

    /// Judges the window that ends then, which was not idle, after all before it.
    pub(super) fn judge(&mut self, end: Timestamp, audiences: &[(Key, WindowFigures)]) -> Vec<Change> {
        if self.metrics.is_empty() {
            return Vec::new();
        }
        let length = self.window.length().as_millis();
        let mut changes = self.pass(Timestamp::from_millis(end.as_millis().saturating_sub_unsigned(length)));
        for (key, _) in audiences {
            self.idle.insert(key.clone(), 0);
        }
        let figures: BTreeMap<&Key, &WindowFigures> = audiences.iter().map(|(key, figures)| (key, figures)).collect();
        self.judge_all(end, &figures, &mut changes);
        changes
    }

    /// Judges the windows up to then in which nobody was.
    pub(super) fn pass(&mut self, until: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        while let Some(end) = self.until.map(|end| end + self.window.length()).filter(|end| *end <= until) {
            if self.idle.is_empty() {
                self.until = Some(until);
                break;
            }
            self.judge_all(end, &BTreeMap::new(), &mut changes);
        }
        changes
    }

    fn judge_all(&mut self, end: Timestamp, figures: &BTreeMap<&Key, &WindowFigures>, changes: &mut Vec<Change>) {
        for (key, idle) in &mut self.idle {
            let known = figures.get(key).copied();
            *idle = if known.is_some() { 0 } else { *idle + 1 };
            for metric in &self.metrics {
                let value = metric.of(known.unwrap_or(&self.nobody));
                let changed = self.watch.observe(metric.as_str(), key, end, value);
                changes.extend(changed.into_iter().map(|change| (*metric, change)));
            }
        }
        self.idle.retain(|_, idle| *idle < IDLE);
        self.until = Some(end);
        // What is raised of an audience that is gone stays so.
        let raised: BTreeSet<Key> = self.raised().map(|alert| alert.key).collect();
        self.watch.retain(|key| self.idle.contains_key(key) || raised.contains(key));
    }

    /// What is raised now.
    pub(super) fn raised(&self) -> impl Iterator<Item = RaisedAlert<Key>> {
        self.watch.raised()
    }
}
