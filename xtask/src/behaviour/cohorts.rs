//! Who comes back, by period and by day.

use audience_cohort::{Calendar, CohortSpec, DayCount, DayRetention, Period, VisitHistory, Visits};
use audience_core::Timestamp;
use audience_ingest::Sessions;
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};

use super::observed;

/// When the simulated days begin: 2026-01-01T00:00Z.
const BEGIN_MS: i64 = 1_767_225_600_000;

/// Days after the first that are looked at.
const DAYS: [u32; 9] = [1, 2, 3, 4, 5, 6, 7, 14, 28];
const BRACKETS: [(u32, u32); 5] = [(1, 1), (2, 3), (4, 7), (8, 14), (15, 28)];

/// Figures of the same visits in each time zone that is expected. Days end where the days of the generator do.
fn by_zone(
    sessions: &Sessions,
    expected: &Value,
    horizon: Timestamp,
    figures: impl Fn(&VisitHistory, &Calendar) -> anyhow::Result<Value>,
) -> anyhow::Result<Value> {
    let until = Timestamp::from_millis(horizon.as_millis() - 1);
    let history = observed(sessions, &Visits::new().since(Timestamp::from_millis(BEGIN_MS)).until(until))?;
    let mut zones = Map::new();
    for zone in expected.as_object().into_iter().flatten().map(|(zone, _)| zone) {
        zones.insert(zone.clone(), figures(&history, &Calendar::new(TimeZone::get(zone)?))?);
    }
    Ok(Value::Object(zones))
}

/// Cohorts by day and by week.
pub(super) fn matrices(sessions: &Sessions, expected: &Value, horizon: Timestamp) -> anyhow::Result<Value> {
    by_zone(sessions, expected, horizon, |history, calendar| {
        let mut units = Map::new();
        for period in [Period::Day, Period::WEEK] {
            let matrix = history.cohorts(&CohortSpec::new(calendar.clone(), period))?;
            let length = matrix.periods.len();
            // What is not known yet is not in our rows, and null in theirs.
            let row = |active: &[u64]| -> Vec<Option<u64>> { (0..length).map(|at| active.get(at).copied()).collect() };
            let starts = matrix.periods.iter().map(|period| period.bounds.start.to_string());
            units.insert(
                period.name().to_owned(),
                json!({
                    "periods": starts.collect::<Vec<_>>(),
                    "complete": matrix.periods.iter().map(|period| period.complete).collect::<Vec<_>>(),
                    "sizes": matrix.cohorts.iter().map(|cohort| cohort.size).collect::<Vec<_>>(),
                    "cells": matrix.cohorts.iter().map(|cohort| row(&cohort.active)).collect::<Vec<_>>(),
                }),
            );
        }
        Ok(Value::Object(units))
    })
}

/// Who came back so many days after the first.
pub(super) fn days(sessions: &Sessions, expected: &Value, horizon: Timestamp) -> anyhow::Result<Value> {
    by_zone(sessions, expected, horizon, |history, calendar| {
        let rows = history.day_retention(&DAYS, DayCount::Calendar(calendar));
        let of = |came: fn(&DayRetention) -> u64| {
            let rows = rows.iter().map(|row| (row.day.to_string(), json!([row.eligible, came(row)])));
            Value::Object(rows.collect())
        };
        let mut brackets = Map::new();
        for (first, last) in BRACKETS {
            let came = history.bracket_retention(first, last, DayCount::Calendar(calendar))?;
            brackets.insert(format!("{first}-{last}"), json!([came.trials(), came.successes()]));
        }
        Ok(json!({
            "on_day": of(|row| row.on_day),
            "within": of(|row| row.within),
            "on_or_after": of(|row| row.on_or_after),
            "bracket": brackets,
        }))
    })
}
