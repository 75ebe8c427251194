//! What is raised now, and what changes.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use audience_core::{Elapsed, Timestamp};

use super::alarm::{Alarm, Raised, Step};
use super::rule::{AlertRule, AlertRules};

/// Watches figures by rules, for each key (a stream, a CDN, a country) apart: what is raised now, and what changes with each
/// window.
///
/// Windows of a key and series are fed in order of time, since what they mean depends on those before; the state does not
/// merge. One that is not after the last changes nothing and is counted.
///
/// A window without a figure (`None`; NaN and the infinities are none either) is not 0. It raises nothing and clears
/// nothing: what is raised stays so, no detector takes it in, and what held for some windows in a row begins anew. To be
/// told that figures are missing, watch a figure that counts them.
///
/// Keys may be any, up to a bound: figures of those for which there is no room are counted and not watched.
///
/// # Examples
///
/// ```
/// use audience_core::Timestamp;
/// use audience_realtime::{AlertRule, AlertRules, Condition, Threshold, Transition, Watch};
///
/// let stalls = AlertRule::new("stalls", "rebuffer_ratio", Condition::Threshold(Threshold::above(0.02, 0.01)?));
/// let mut watch = Watch::<Box<str>>::new(AlertRules::new([stalls])?, 1000);
/// let mut changes = Vec::new();
/// for (minute, ratio) in [0.001, 0.03, 0.015, 0.025, 0.009].into_iter().enumerate() {
///     let at = Timestamp::from_millis(60_000 * minute as i64);
///     changes.extend(watch.observe("rebuffer_ratio", "cdn-a", at, Some(ratio)));
/// }
/// // Once, though it was below 0.02 in between.
/// let [Transition::Raised(raised), Transition::Cleared(cleared)] = &changes[..] else { panic!("{changes:?}") };
/// assert_eq!((&*raised.rule, &*raised.key, raised.value), ("stalls", "cdn-a", 0.03));
/// assert_eq!((cleared.lasted.as_millis(), cleared.worst), (180_000, 0.03));
/// assert_eq!(watch.raised().count(), 0);
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(
        try_from = "Form<K>",
        bound(serialize = "K: serde::Serialize", deserialize = "K: Ord + serde::Deserialize<'de>")
    )
)]
pub struct Watch<K> {
    rules: AlertRules,
    most_keys: usize,
    left_out: u64,
    not_in_order: u64,
    /// An alarm for each rule.
    keys: BTreeMap<K, Vec<Alarm>>,
}

/// A state as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(bound(deserialize = "K: Ord + serde::Deserialize<'de>"))]
struct Form<K> {
    rules: AlertRules,
    most_keys: usize,
    left_out: u64,
    not_in_order: u64,
    keys: BTreeMap<K, Vec<Alarm>>,
}

#[cfg(feature = "serde")]
impl<K: Ord> TryFrom<Form<K>> for Watch<K> {
    type Error = crate::Error;

    fn try_from(Form { rules, most_keys, left_out, not_in_order, keys }: Form<K>) -> Result<Self, crate::Error> {
        let of_rules = |alarms: &Vec<Alarm>| {
            alarms.len() == rules.iter().len() && alarms.iter().zip(rules.iter()).all(|(alarm, rule)| alarm.is_of(rule))
        };
        if keys.len() <= most_keys && keys.values().all(of_rules) {
            Ok(Self { rules, most_keys, left_out, not_in_order, keys })
        } else {
            Err(crate::Error::Inconsistent)
        }
    }
}

/// What has changed.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Transition<K> {
    /// Something is wrong, and was not before.
    Raised(RaisedAlert<K>),
    /// It is right again.
    Cleared(ClearedAlert<K>),
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RaisedAlert<K> {
    /// The rule's name.
    pub rule: Box<str>,
    /// Of what the figure is.
    pub key: K,
    /// The first window in which the condition held.
    pub since: Timestamp,
    /// The window with which it was raised.
    pub at: Timestamp,
    /// The figure of that window.
    pub value: f64,
    /// The median of those before; `None` of a level.
    pub usual: Option<f64>,
    /// The worst figure until now: the farthest beyond the level, or from the usual.
    pub worst: f64,
}

/// What was wrong.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClearedAlert<K> {
    /// The rule's name.
    pub rule: Box<str>,
    /// Of what the figure is.
    pub key: K,
    /// The window with which it was raised.
    pub raised_at: Timestamp,
    /// The window with which it was cleared.
    pub at: Timestamp,
    /// The figure of that window.
    pub value: f64,
    /// From the one to the other.
    pub lasted: Elapsed,
    /// The worst figure of that time.
    pub worst: f64,
}

impl<K: Clone + Ord> Watch<K> {
    /// Watches by these rules, so many keys at most.
    pub const fn new(rules: AlertRules, most_keys: usize) -> Self {
        Self { rules, most_keys, left_out: 0, not_in_order: 0, keys: BTreeMap::new() }
    }

    /// The rules.
    pub const fn rules(&self) -> &AlertRules {
        &self.rules
    }

    /// Takes the figure of a window in that a series has for a key; what changes with it, by rule. `at` is the same instant
    /// of each window, such as its end.
    pub fn observe<Q: ?Sized + Ord>(
        &mut self,
        series: &str,
        key: &Q,
        at: Timestamp,
        value: Option<f64>,
    ) -> Vec<Transition<K>>
    where
        K: Borrow<Q> + for<'q> From<&'q Q>,
    {
        let value = value.filter(|value| value.is_finite());
        let mut changes = Vec::new();
        if !self.rules.iter().any(|rule| rule.series() == series) {
            return changes;
        }
        if !self.keys.contains_key(key) {
            // Nothing is known of it, and nothing is said.
            if value.is_none() {
                return changes;
            }
            if self.keys.len() >= self.most_keys {
                self.left_out = self.left_out.saturating_add(1);
                return changes;
            }
            self.keys.insert(K::from(key), self.rules.iter().map(Alarm::new).collect());
        }
        let Some(alarms) = self.keys.get_mut(key) else { return changes };
        let mut late = false;
        for (rule, alarm) in self.rules.iter().zip(alarms).filter(|(rule, _)| rule.series() == series) {
            match (alarm.step(rule, at, value), value) {
                (Step::Raised(raised), _) => changes.push(Transition::Raised(alert(rule, K::from(key), raised))),
                (Step::Cleared(raised, lasted), Some(value)) => changes.push(Transition::Cleared(ClearedAlert {
                    rule: rule.name.clone(),
                    key: K::from(key),
                    raised_at: raised.at,
                    at,
                    value,
                    lasted,
                    worst: raised.worst,
                })),
                (Step::NotInOrder, _) => late = true,
                (Step::Nothing | Step::Cleared(..), _) => {}
            }
        }
        self.not_in_order = self.not_in_order.saturating_add(u64::from(late));
        changes
    }

    /// What is raised now, by key and rule.
    pub fn raised(&self) -> impl Iterator<Item = RaisedAlert<K>> {
        self.keys.iter().flat_map(|(key, alarms)| {
            let alarms = self.rules.iter().zip(alarms);
            alarms.filter_map(|(rule, alarm)| Some(alert(rule, key.clone(), alarm.raised()?)))
        })
    }

    /// Forgets the keys for which `stays` says no: nothing is raised for them any more, and nothing is told of it.
    pub fn retain(&mut self, mut stays: impl FnMut(&K) -> bool) {
        self.keys.retain(|key, _| stays(key));
    }

    /// How many keys are watched.
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Figures of keys for which there was no room.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Windows that were not after the last one of their key and series.
    pub const fn not_in_order(&self) -> u64 {
        self.not_in_order
    }
}

fn alert<K>(rule: &AlertRule, key: K, raised: Raised) -> RaisedAlert<K> {
    let Raised { since, at, value, usual, worst } = raised;
    RaisedAlert { rule: rule.name.clone(), key, since, at, value, usual, worst }
}
