//! Viewers who come back.

use audience_cohort::{Calendar, CohortSpec, DayCount, DayRetention, Period, VisitHistory, Visits};
use audience_core::Timestamp;
use audience_stats::{Confidence, Lifetime, Proportion, RiskTable};
use jiff::civil::Weekday;
use serde::Deserialize;
use serde_json::Value;

use super::periods::calendar;
use crate::vectors::Family;
use crate::vectors::comparison::{Comparison, Failure, read};
use crate::vectors::retention::{BOUND, SUM};

pub(super) const FAMILIES: &[(&str, Family)] =
    &[("cohort_matrix", cohort_matrix), ("n_day_retention", n_day_retention), ("visit_summary", visit_summary)];

#[derive(Deserialize)]
struct Observed {
    events: Vec<(String, i64)>,
    #[serde(default)]
    zone: Option<String>,
    as_of_ms: i64,
}

impl Observed {
    fn calendar(&self) -> Result<Calendar, Failure> {
        calendar(self.zone.as_deref().unwrap_or("UTC"))
    }

    fn history(&self) -> VisitHistory {
        let mut visits = Visits::new().until(Timestamp::from_millis(self.as_of_ms));
        for (viewer, at) in &self.events {
            visits.visit(viewer, Timestamp::from_millis(*at));
        }
        visits.into_history()
    }
}

fn check_ratio(compare: &mut Comparison, name: &str, ratio: Proportion) {
    compare.check(name, 0.0, ratio.successes());
    compare.check("ratio", SUM, ratio.rate());
    let interval = ratio.wilson(Confidence::P95.z());
    compare.near("wilson95", BOUND, 1.0, interval.map_or_else(Vec::new, |interval| vec![interval.low, interval.high]));
}

fn cohort_matrix(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Asked {
        unit: String,
        #[serde(default)]
        week_starts: Option<String>,
    }
    let (observed, asked): (Observed, Asked) = (read(input)?, read(input)?);
    let period = match (asked.unit.as_str(), asked.week_starts.as_deref()) {
        ("day", _) => Period::Day,
        ("week", Some("sunday")) => Period::Week(Weekday::Sunday),
        ("week", _) => Period::WEEK,
        ("month", _) => Period::Month,
        (unit, _) => return Err(Failure::Unreadable(format!("{unit:?} is no unit"))),
    };
    let matrix = observed.history().cohorts(&CohortSpec::new(observed.calendar()?, period))?;
    // Cohorts without viewers are not listed there.
    let mut cohorts = matrix.cohorts.iter().enumerate().filter(|(_, cohort)| cohort.size > 0);
    compare.within("cohorts", |compare| {
        let (at, cohort) = cohorts.next().ok_or_else(|| Failure::refused("it has no such cohort"))?;
        compare.check("cohort", 0.0, matrix.periods[at].bounds.start.to_string());
        compare.check("size", 0.0, cohort.size);
        let mut offset = 0;
        compare.within("cells", |compare| {
            let ours = cohort.retention(offset);
            if let Some(ours) = ours {
                check_ratio(compare, "active", ours);
                compare.check("complete", 0.0, matrix.complete(at, offset));
            }
            offset += 1;
            Ok::<(), Failure>(())
        })
    })?;
    let mut offset = 0;
    compare.within("average_weighted_by_size_complete_cells", |compare| {
        let average = matrix.average(offset);
        compare.check("offset", 0.0, offset as u64);
        compare.check("viewers", 0.0, average.trials());
        check_ratio(compare, "active", average);
        offset += 1;
        Ok::<(), Failure>(())
    })
}

type Came = fn(&DayRetention) -> Proportion;

fn n_day_retention(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    #[derive(Deserialize)]
    struct Asked {
        n: Vec<u32>,
        brackets: Vec<(u32, u32)>,
    }
    let (observed, asked): (Observed, Asked) = (read(input)?, read(input)?);
    let (history, calendar) = (observed.history(), observed.calendar()?);
    compare.check("viewers", 0.0, history.viewers().len() as u64);
    for (suffix, count) in [("", DayCount::Calendar(&calendar)), ("_24h", DayCount::Hours24)] {
        let rows = history.day_retention(&asked.n, count);
        let came: [(&str, Came); 2] =
            [("n_day", DayRetention::on_day_rate), ("rolling", DayRetention::on_or_after_rate)];
        for (name, came) in came {
            let mut rows = rows.iter();
            compare.within(&format!("{name}{suffix}"), |compare| {
                let row = rows.next().ok_or_else(|| Failure::refused("it is not asked for"))?;
                compare.check("n", 0.0, u64::from(row.day));
                compare.check("eligible", 0.0, row.eligible);
                check_ratio(compare, "active", came(row));
                Ok::<(), Failure>(())
            })?;
        }
    }
    let brackets: Vec<Proportion> = asked
        .brackets
        .iter()
        .map(|(first, last)| history.bracket_retention(*first, *last, DayCount::Calendar(&calendar)))
        .collect::<Result<_, _>>()?;
    let mut rows = asked.brackets.iter().zip(brackets);
    compare.within("bracket", |compare| {
        let ((first, last), came) = rows.next().ok_or_else(|| Failure::refused("it is not asked for"))?;
        compare.check("first_day", 0.0, u64::from(*first));
        compare.check("last_day", 0.0, u64::from(*last));
        compare.check("eligible", 0.0, came.trials());
        check_ratio(compare, "active", came);
        Ok::<(), Failure>(())
    })
}

fn visit_summary(input: &Value, compare: &mut Comparison) -> Result<(), Failure> {
    let observed: Observed = read(input)?;
    let (history, calendar) = (observed.history(), observed.calendar()?);
    let mut viewers: Vec<_> = history.visit_days(&calendar).collect();
    viewers.sort_unstable_by_key(|(viewer, _)| viewer.id());
    let mut rows = viewers.iter();
    compare.within("calendar_days_utc", |compare| {
        let (viewer, days) = rows.next().ok_or_else(|| Failure::refused("there is no such viewer"))?;
        compare.check("viewer", 0.0, viewer.id().to_owned());
        compare.check("frequency", 0.0, u64::from(days.frequency));
        compare.check("recency_days", 0.0, u64::from(days.recency));
        compare.check("age_days", 0.0, u64::from(days.age));
        Ok::<(), Failure>(())
    })?;
    let gaps = viewers.iter().flat_map(|(viewer, _)| history.gaps_of(*viewer));
    let gaps: Vec<Lifetime> = gaps.collect();
    compare.check("gaps_ms", 0.0, gaps.iter().map(|gap| gap.exit).collect::<Vec<_>>());
    compare.check("observed", 0.0, gaps.iter().map(|gap| f64::from(u8::from(gap.observed))).collect::<Vec<_>>());
    let curve = RiskTable::of_lifetimes(&gaps)?.kaplan_meier();
    compare.within("kaplan_meier", |compare| {
        let steps = curve.steps();
        compare.check("times_ms", 0.0, steps.iter().map(|step| step.time).collect::<Vec<_>>());
        compare.check("not_yet_returned", SUM, steps.iter().map(|step| step.survival).collect::<Vec<_>>());
        compare.check("median_ms", 0.0, curve.median().unwrap_or(f64::INFINITY));
        Ok::<(), Failure>(())
    })
}
