//! Days, weeks and months of a time zone.

use audience_cohort::{Calendar, Period, PeriodBounds};
use audience_core::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use crate::vectors::Family;
use crate::vectors::comparison::{Comparison, Failure, read};

pub(super) const FAMILIES: &[(&str, Family)] = &[("civil_periods", civil_periods)];

/// The calendar of the time zone of this name.
pub(super) fn calendar(zone: &str) -> Result<Calendar, Failure> {
    Ok(Calendar::new(TimeZone::get(zone).map_err(Failure::refused)?))
}

fn civil_periods(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Instant {
        zone: String,
        ts_ms: i64,
    }
    let instant: Instant = read(input)?;
    let calendar = calendar(&instant.zone)?;
    let at = Timestamp::from_millis(instant.ts_ms);
    // How an instant is written is not what this is about; the date in it is compared.
    compare.pass_over("local");
    compare.check("date", 0.0, calendar.day(at).map(|day| day.to_string()).unwrap_or_default());
    for (name, period) in [
        ("day", Period::Day),
        ("week", Period::WEEK),
        ("week_sunday", Period::Week(Weekday::Sunday)),
        ("month", Period::Month),
    ] {
        let bounds = calendar.period_of(at, period).ok_or_else(|| Failure::refused("past the last year"))?;
        compare.within(name, |compare| {
            check_bounds(&bounds, compare);
            Ok::<(), Failure>(())
        })?;
    }
    Ok(())
}

fn check_bounds(bounds: &PeriodBounds, compare: &mut Comparison) {
    let (start, end) = (bounds.starts_at.as_millis(), bounds.ends_at.as_millis());
    compare.check("start_date", 0.0, bounds.start.to_string());
    compare.check("start_ms", 0.0, start as f64);
    compare.check("end_ms", 0.0, end as f64);
    compare.check("hours", 0.0, (end - start) as f64 / 3_600_000.0);
}
