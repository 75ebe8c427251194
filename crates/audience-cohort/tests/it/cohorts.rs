//! Who comes back.

use audience_cohort::{
    Calendar, CohortSpec, DayCount, Error, FrequencyBand, Gaps, LoyaltySpec, Period, VisitHistory, Visits,
};
use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Elapsed, MediaTime, Merge, Portable, Timestamp};
use jiff::tz::TimeZone;
use proptest::prelude::*;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// Visits on these days, at noon, seen up to the noon of day `until`.
fn history(until: i64, visits: &[(&str, i64)]) -> VisitHistory {
    let mut state = Visits::new().until(at(until * DAY + 12 * HOUR));
    for (viewer, day) in visits {
        state.visit(viewer, at(day * DAY + 12 * HOUR));
    }
    state.into_history()
}

fn daily() -> CohortSpec {
    CohortSpec::new(Calendar::utc(), Period::Day)
}

#[test]
fn what_has_not_happened_yet_is_not_zero() {
    let history = history(3, &[("ann", 0), ("bob", 0), ("ann", 1), ("cid", 2)]);
    let matrix = history.cohorts(&daily()).unwrap();
    let active: Vec<&[u64]> = matrix.cohorts.iter().map(|cohort| cohort.active.as_slice()).collect();
    assert_eq!(active, [&[2, 1, 0, 0][..], &[0, 0, 0], &[1, 0], &[0]]);
    // Of the cohort of day 2, day 2 after it is not known: it neither is 0 nor counts as 0.
    assert_eq!(matrix.cohorts[2].retention(2), None);
    // Nor is a day that has only begun: of the cohort of day 2, day 3 may still bring cid.
    assert!(!matrix.complete(2, 1));
    let averages: Vec<(u64, u64)> =
        matrix.averages().iter().map(|average| (average.successes(), average.trials())).collect();
    assert_eq!(averages, [(3, 3), (1, 2), (0, 2)]);
    // An empty cohort has no retention instead of 0.
    assert_eq!(matrix.cohorts[1].retention(0), None);
}

#[test]
fn a_viewer_counts_once_in_a_period_and_by_the_first_visit() {
    let visits = [("ann", 9), ("ann", 8), ("ann", 8), ("ann", 1), ("bob", 8)];
    let weekly = CohortSpec::new(Calendar::utc(), Period::WEEK);
    let matrix = history(13, &visits).cohorts(&weekly).unwrap();
    // 1970-01-02 was a Friday; days 8 and 9 are in the week after.
    let starts: Vec<String> = matrix.periods.iter().map(|period| period.bounds.start.to_string()).collect();
    assert_eq!(starts, ["1969-12-29", "1970-01-05", "1970-01-12"]);
    let cohorts: Vec<(u64, &[u64])> =
        matrix.cohorts.iter().map(|cohort| (cohort.size, cohort.active.as_slice())).collect();
    assert_eq!(cohorts, [(1, &[1, 1, 0][..]), (1, &[1, 0]), (0, &[0])]);
}

#[test]
fn offsets_count_dates_and_not_hours() {
    // On 29 March 2026 clocks in Berlin go from 2:00 to 3:00: 22:30 on the day before and 22:30 on the day after are 47 hours apart.
    let berlin = Calendar::new(TimeZone::get("Europe/Berlin").unwrap());
    let time = |text: &str| at(text.parse::<jiff::Timestamp>().unwrap().as_millisecond());
    let mut visits = Visits::new().until(time("2026-04-02T00:00:00Z"));
    visits.visit("ann", time("2026-03-28T22:30:00+01:00"));
    visits.visit("ann", time("2026-03-30T22:30:00+02:00"));
    let history = visits.into_history();
    let matrix = history.cohorts(&CohortSpec::new(berlin.clone(), Period::Day)).unwrap();
    assert_eq!(matrix.cohorts[0].active[..3], [1, 0, 1]);
    let hours: Vec<i64> = matrix.periods[..3]
        .iter()
        .map(|period| (period.bounds.ends_at.as_millis() - period.bounds.starts_at.as_millis()) / HOUR)
        .collect();
    assert_eq!(hours, [24, 23, 24]);
    let on_day = |count| {
        let rows = history.day_retention(&[1, 2], count);
        rows.iter().map(|row| row.on_day).collect::<Vec<_>>()
    };
    assert_eq!(on_day(DayCount::Calendar(&berlin)), [0, 1]);
    assert_eq!(on_day(DayCount::Hours24), [1, 0]);
}

#[test]
fn a_wrong_clock_is_counted_and_takes_no_memory() {
    let mut visits = Visits::new();
    visits.visit("ann", at(0));
    visits.visit("bob", at(20_000 * DAY));
    visits.visit("cid", at(20_003 * DAY));
    visits.visit("dan", at(i64::MAX));
    let history = visits.into_history();
    assert_eq!((history.counts().visits, history.counts().no_date), (3, 1));
    let matrix = history.cohorts(&CohortSpec { periods: 30, ..daily() }).unwrap();
    // The last thirty days; ann came before them.
    assert_eq!((matrix.periods.len(), matrix.viewers_before), (30, 1));
    assert_eq!(matrix.cohorts.iter().map(|cohort| cohort.size).sum::<u64>(), 2);
    for periods in [0, 2001, usize::MAX] {
        let refused = history.cohorts(&CohortSpec { periods, ..daily() });
        assert_eq!(refused, Err(Error::PeriodsOutOfRange { periods, most: 2000 }));
    }
}

#[test]
fn only_those_count_for_whom_the_day_is_over() {
    // The noon of day 3: of ann, who came first on day 0, day 2 is over and day 3 is not.
    let history = history(3, &[("ann", 0), ("ann", 3), ("bob", 2)]);
    let utc = Calendar::utc();
    let rows = history.day_retention(&[0, 1, 2, 3], DayCount::Calendar(&utc));
    let figures: Vec<[u64; 4]> =
        rows.iter().map(|row| [row.eligible, row.on_day, row.within, row.on_or_after]).collect();
    assert_eq!(figures, [[2, 2, 0, 2], [1, 0, 0, 1], [1, 0, 0, 1], [0, 0, 0, 0]]);
    assert_eq!(rows[3].on_day_rate().rate(), None);
    let bracket = history.bracket_retention(1, 2, DayCount::Calendar(&utc)).unwrap();
    assert_eq!((bracket.successes(), bracket.trials()), (0, 1));
    assert_eq!(
        history.bracket_retention(2, 1, DayCount::Hours24),
        Err(Error::BracketEndsBeforeItBegins { first: 2, last: 1 })
    );
}

#[test]
fn the_attribute_is_that_of_the_first_visit() {
    let mut visits = Visits::new().by("device");
    visits.observe_all(&various_facts());
    let history = visits.into_history();
    // Sessions alternate between tv, web, tv; ann's first is on a tv, as is her third, and her second is not.
    let of = |id: &str| history.viewers().find(|viewer| viewer.id() == id).unwrap().value().map(str::to_owned);
    assert_eq!(of("ann").as_deref(), Some("tv"));
    assert_eq!(of("bob").as_deref(), Some("web"));
    let all = history.cohorts(&daily()).unwrap();
    let parts: Vec<u64> = history
        .values()
        .iter()
        .map(|(value, viewers)| {
            let matrix = history.cohorts_with(&daily(), *value).unwrap();
            let own: u64 = matrix.cohorts.iter().map(|cohort| cohort.size).sum();
            assert_eq!(own, *viewers, "{value:?}");
            assert_eq!(matrix.periods, all.periods);
            own
        })
        .collect();
    assert_eq!(parts.iter().sum::<u64>(), all.cohorts.iter().map(|cohort| cohort.size).sum::<u64>());
}

#[test]
fn sessions_that_are_no_visits_are_counted() {
    let facts = various_facts();
    let mut visits = Visits::new().since(at(2 * HOUR)).until(at(9 * HOUR)).only_started();
    visits.observe_all(&facts);
    let counts = visits.into_history().counts();
    // Thirteen, of which one never started and one names nobody.
    assert_eq!((counts.unknown_viewer, counts.not_started), (1, 1));
    assert_eq!(counts.before_the_beginning, 2);
    assert_eq!(counts.visits + counts.after_the_end + 4, facts.len() as u64);
}

#[test]
fn who_is_away_is_censored_and_not_lost() {
    // Ann is back after two days; bob, first seen a day before the end, is not known to be.
    let history = history(10, &[("ann", 0), ("ann", 2), ("bob", 9)]);
    let first = history.returns(Gaps::First).unwrap();
    assert_eq!(first.median(), Some(Elapsed::from_millis(2 * DAY as u64)));
    // Of those away for 2 days at least, nobody is known to have come in the week after.
    let all = history.returns(Gaps::All).unwrap();
    let days = |days: u64| Elapsed::from_millis(days * DAY as u64);
    assert_eq!(all.chance_to_return(days(0), days(2)), Some(0.5));
    assert_eq!(all.chance_to_return(days(2), days(5)), Some(0.0));
    assert_eq!(all.chance_to_return(days(8), days(7)), None);
    assert!(self::history(0, &[]).returns(Gaps::First).is_err());
}

#[test]
fn loyalty_is_what_it_says() {
    let spec = LoyaltySpec {
        recency: 1.0,
        frequency: 2.0,
        duration: 1.0,
        window: Elapsed::from_millis(10 * DAY as u64),
        days: 4,
        per_visit: MediaTime::from_secs(60),
    };
    // The last visit is 5 of 10 days ago; 2 of 4 days are within the window; nothing was watched.
    let history = history(20, &[("ann", 0), ("ann", 12), ("ann", 15), ("ann", 15)]);
    let utc = Calendar::utc();
    let (_, ann) = history.loyalty(&spec, &utc).unwrap().next().unwrap();
    assert_eq!((ann.recency, ann.frequency, ann.duration, ann.score), (0.5, 0.5, 0.0, 0.375));
    let band = |from, to, viewers, visits| FrequencyBand { from, to, viewers, visits, watched_ms: 0 };
    assert_eq!(
        history.frequency_bands(&utc, &[1, 2, 4]),
        [band(1, Some(1), 0, 0), band(2, Some(3), 1, 4), band(4, None, 0, 0)]
    );
    for bad in [
        LoyaltySpec { recency: f64::NAN, ..spec },
        LoyaltySpec { frequency: -1.0, ..spec },
        LoyaltySpec { recency: 0.0, frequency: 0.0, duration: 0.0, ..spec },
    ] {
        assert!(matches!(history.loyalty_distribution(&bad, &utc), Err(Error::NotAWeight { .. })));
    }
    assert_eq!(history.loyalty_distribution(&LoyaltySpec { days: 0, ..spec }, &utc), Err(Error::NoLimit));
}

#[test]
fn visits_obey_the_laws() {
    let facts = various_facts();
    check_merge_laws(&Visits::new(), &facts);
    check_merge_laws(&Visits::new().by("device").since(at(HOUR)).until(at(8 * HOUR)), &facts);
}

proptest! {
    /// However visits are split, the same bytes come out, and go in again.
    #[test]
    fn states_travel(visits in prop::collection::vec((0..9_u8, -1_000_000_000_000..4_000_000_000_000_i64), 0..40), cut in 0..40_usize) {
        let of = |visits: &[(u8, i64)]| {
            let mut state = Visits::new();
            for (viewer, ms) in visits {
                state.visit(&viewer.to_string(), at(*ms));
            }
            state
        };
        let (left, right) = visits.split_at(cut.min(visits.len()));
        let mut merged = of(right);
        merged.merge(of(left));
        let bytes = of(&visits).encode();
        prop_assert_eq!(&merged.encode(), &bytes);
        let back = Visits::decode(&bytes, &Visits::new()).unwrap();
        prop_assert_eq!(back.summary(), of(&visits).summary());
        prop_assert!(Visits::decode(&bytes, &Visits::new().by("device")).is_err());
    }

    /// A matrix is what a plain count over sets finds, in a zone whose days differ in length.
    #[test]
    fn a_matrix_is_a_count_of_sets(visits in prop::collection::vec((0..6_u8, 0..40 * 24_i64), 1..60), until in 0..45 * 24_i64) {
        use std::collections::{BTreeMap, BTreeSet};
        let begin = 1_773_500_000_000; // 2026-03-14, a fortnight before clocks change
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let day = |ms: i64| {
            let date = zone.to_datetime(jiff::Timestamp::from_millisecond(ms).unwrap()).date();
            (date - jiff::civil::date(2026, 1, 1)).get_days()
        };
        let until = begin + until * HOUR;
        let mut state = Visits::new().until(at(until));
        let mut days: BTreeMap<u8, BTreeSet<i32>> = BTreeMap::new();
        for (viewer, hours) in &visits {
            let ms = begin + hours * HOUR;
            state.visit(&viewer.to_string(), at(ms));
            if ms <= until {
                days.entry(*viewer).or_default().insert(day(ms));
            }
        }
        let matrix = state.into_history().cohorts(&CohortSpec::new(Calendar::new(zone.clone()), Period::Day)).unwrap();
        let Some(first) = days.values().filter_map(|days| days.first()).min() else {
            prop_assert!(matrix.cohorts.is_empty());
            return Ok(());
        };
        prop_assert_eq!(matrix.cohorts.len() as i32, day(until) - first + 1);
        for (at, cohort) in (*first..).zip(&matrix.cohorts) {
            let own: Vec<_> = days.values().filter(|days| days.first() == Some(&at)).collect();
            prop_assert_eq!(cohort.size, own.len() as u64);
            let active: Vec<u64> = (at..=day(until)).map(|day| own.iter().filter(|days| days.contains(&day)).count() as u64).collect();
            prop_assert_eq!(&cohort.active, &active);
        }
    }
}
