//! Groups of sessions, and changes.

use audience_cohort::{Breakdown, Delta, Dimension, Group, Grouping, PublishSpec, Slice, Value as GroupValue};
use audience_core::{Event, EventKind, MediaTime, Rules, Session, Timestamp};
use audience_stats::Accumulator;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::Family;
use crate::vectors::comparison::{Comparison, Failure, Number, read};
use crate::vectors::retention::SUM;

pub(super) const FAMILIES: &[(&str, Family)] = &[("breakdown", breakdown), ("period_delta", period_delta)];

/// A viewer, a session, milliseconds watched, and a value of each attribute.
#[derive(Deserialize)]
struct Record(String, String, u64, Option<String>, Option<String>, Option<String>);

/// Attributes of records in their order.
const ATTRIBUTES: [&str; 3] = ["country", "device", "player"];

impl Record {
    /// A session that plays for as long.
    fn session(&self) -> Session {
        let watched = MediaTime::from_millis(self.2);
        let events = [
            Event::new(Timestamp::from_millis(0), EventKind::Play).at(MediaTime::ZERO),
            Event::new(Timestamp::from_millis(self.2 as i64), EventKind::Pause).at(watched),
        ];
        let session = Session::new(self.1.as_str(), "c", events).with_viewer(self.0.as_str());
        let values = [&self.3, &self.4, &self.5];
        let known = ATTRIBUTES.iter().zip(values).filter_map(|(name, value)| Some((*name, value.as_deref()?)));
        known.fold(session, |session, (name, value)| session.with_attribute(name, value))
    }
}

fn breakdown(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Asked {
        records: Vec<Record>,
        by: Vec<String>,
        order_by: String,
        top: usize,
        min_viewers: u64,
    }
    let asked: Asked = read(input)?;
    let grouping = Grouping::new(Dimension::parse_list(&asked.by.join(","))?, TimeZone::UTC);
    let mut groups = Breakdown::new(grouping, Slice::default());
    for record in &asked.records {
        groups.observe(&record.session().facts(&Rules::default(), None));
    }
    let measure = |viewers: u64, slice: &Slice| match asked.order_by.as_str() {
        "viewers" => u128::from(viewers),
        "sessions" => u128::from(slice.sessions()),
        _ => slice.watched_ms(),
    };
    let check = |group: &Group<Slice>, compare: &mut Comparison| {
        compare.check("sessions", 0.0, group.of.sessions());
        compare.check("viewers", 0.0, group.viewers);
        compare.check("watch_ms", 0.0, group.of.watched_ms() as f64);
    };
    let total = groups.total();
    compare.within("total", |compare| {
        check(&total, compare);
        Ok::<(), Failure>(())
    })?;
    // In their order: as ours, without a floor and an end.
    let everything = groups.publish(&PublishSpec::default(), measure);
    let share = format!("share_of_{}", asked.order_by);
    let mut rows = everything.shown.iter();
    compare.within("groups", |compare| {
        let group = rows.next().ok_or_else(|| Failure::refused("it has no such group"))?;
        compare.check("key", 0.0, values(&group.key));
        check(group, compare);
        let of = measure(total.viewers, &total.of);
        compare.check(&share, SUM, (of > 0).then(|| measure(group.viewers, &group.of) as f64 / of as f64));
        Ok::<(), Failure>(())
    })?;
    let spec = PublishSpec { top: asked.top, min_viewers: asked.min_viewers, protect_rest: false };
    let published = groups.publish(&spec, measure);
    compare.check("shown", 0.0, published.shown.iter().map(|group| values(&group.key)).collect::<Vec<_>>());
    compare.check("below_min_viewers", 0.0, published.below.iter().map(|key| values(key)).collect::<Vec<_>>());
    compare.within("other", |compare| {
        compare.check("groups", 0.0, published.other_groups as u64);
        check(published.other.as_ref().ok_or_else(|| Failure::refused("it is not shown"))?, compare);
        Ok::<(), Failure>(())
    })
}

/// The values of a group; one that is missing is null.
fn values(key: &[GroupValue]) -> Vec<Option<String>> {
    key.iter().map(GroupValue::known).collect()
}

fn period_delta(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Series {
        series: Vec<u64>,
        lag: usize,
    }
    #[derive(Deserialize)]
    struct Pair {
        previous: Option<Number>,
        current: Option<Number>,
    }
    if input.get("series").is_some() {
        let Series { series, lag } = read(input)?;
        let deltas = Delta::along(&series, lag)?;
        compare.check("difference", 0.0, deltas.iter().map(|delta| delta.difference).collect::<Vec<_>>());
        compare.check("relative", SUM, deltas.iter().map(|delta| delta.relative).collect::<Vec<_>>());
        return Ok(());
    }
    let count = |name: &str| input.get(name).and_then(Value::as_u64);
    let whole = ["previous", "current"].iter().all(|name| input[name].is_null() || input[name].is_u64());
    let delta = if whole {
        Delta::of_counts(count("previous"), count("current"))
    } else {
        let Pair { previous, current } = read(input)?;
        Delta::of_figures(previous.map(|figure| figure.0), current.map(|figure| figure.0))?
    };
    compare.check("difference", SUM, delta.difference);
    compare.check("relative", SUM, delta.relative);
    Ok(())
}
