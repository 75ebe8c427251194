//! Conversions and what led to them.

use audience_core::{Accumulator, Elapsed, Event, EventKind, Rules, Session, SessionFacts, Timestamp};
use audience_engagement::{Error, Journeys, TouchModel, TouchOf};

const DAY: i64 = 86_400_000;

fn session(viewer: &str, day: i64, title: &str, marks: &[&str]) -> SessionFacts {
    let at = Timestamp::from_millis(day * DAY);
    let marks = marks.iter().map(|name| Event::new(at, EventKind::custom(*name)));
    let events = [Event::new(at, EventKind::Play)].into_iter().chain(marks);
    let session =
        Session::new(format!("{viewer} {day}"), title, events).with_attribute("campaign", &format!("{title}!"));
    session.with_viewer(viewer).facts(&Rules::default(), None)
}

fn journeys() -> Vec<SessionFacts> {
    vec![
        session("ann", 0, "trailer", &[]),
        session("ann", 5, "pilot", &[]),
        session("ann", 7, "film", &[]),
        session("ann", 14, "film", &["conversion"]),
        session("ann", 15, "after", &["conversion"]),
        session("bob", 3, "pilot", &["conversion"]),
        session("cid", 1, "trailer", &[]),
    ]
}

fn credits(journeys: Journeys, model: TouchModel) -> Vec<(String, f64)> {
    let mut journeys = journeys;
    journeys.observe_all(&self::journeys());
    let credits = journeys.summary().credits(model).unwrap();
    credits.into_iter().map(|(label, credit)| (label.to_string(), (credit * 1e6).round() / 1e6)).collect()
}

fn expected(credits: &[(&str, f64)]) -> Vec<(String, f64)> {
    credits.iter().map(|(label, credit)| ((*label).to_owned(), *credit)).collect()
}

#[test]
fn each_model_divides_as_it_says() {
    let of = |model| credits(Journeys::new(), model);
    assert_eq!(of(TouchModel::First), expected(&[("pilot", 1.0), ("trailer", 1.0), ("film", 0.0)]));
    assert_eq!(of(TouchModel::Last), expected(&[("film", 1.0), ("pilot", 1.0), ("trailer", 0.0)]));
    assert_eq!(of(TouchModel::Linear), expected(&[("pilot", 1.25), ("film", 0.5), ("trailer", 0.25)]));
    assert_eq!(of(TouchModel::U_SHAPED), expected(&[("pilot", 1.1), ("film", 0.5), ("trailer", 0.4)]));
    // Of ann: 2^-2, 2^(-9/7), 2^-1, 1, over their sum.
    let sum = 0.25 + 2_f64.powf(-9.0 / 7.0) + 1.5;
    let (film, trailer) = (1.5 / sum, 0.25 / sum);
    let round = |share: f64| (share * 1e6).round() / 1e6;
    assert_eq!(
        of(TouchModel::WEEKLY_DECAY),
        expected(&[("pilot", round(2.0 - film - trailer)), ("film", round(film)), ("trailer", round(trailer))])
    );
}

#[test]
fn touches_after_the_conversion_and_long_before_do_not_count() {
    let week = Journeys::new().within(Elapsed::from_secs(7 * 86_400));
    // Of ann days 7 and 14 are left.
    assert_eq!(credits(week, TouchModel::First), expected(&[("film", 1.0), ("pilot", 1.0)]));
    let mut all = Journeys::new().of(TouchOf::Attribute("campaign".to_owned()));
    all.observe_all(&journeys());
    let summary = all.summary();
    assert_eq!((summary.viewers, summary.conversions, summary.without_touch), (3, 2, 0));
    assert_eq!(&*summary.credits(TouchModel::Last).unwrap()[0].0, "film!");
    let mut untouched = Journeys::new().of(TouchOf::Attribute("referrer".to_owned()));
    untouched.observe_all(&journeys());
    let summary = untouched.summary();
    assert_eq!((summary.conversions, summary.without_touch), (2, 2));
    assert!(summary.credits(TouchModel::Last).unwrap().is_empty());
}

#[test]
fn one_and_two_touches_have_all_of_it() {
    let at = |day: i64| Timestamp::from_millis(day * DAY);
    let of = |model: TouchModel, days: &[i64]| {
        let touches: Vec<_> = days.iter().map(|day| at(*day)).collect();
        model.shares(&touches, at(10))
    };
    let lopsided = TouchModel::PositionBased { first: 0.125, last: 0.375 };
    assert_eq!(of(lopsided, &[1]).unwrap(), [1.0]);
    assert_eq!(of(lopsided, &[1, 2]).unwrap(), [0.25, 0.75]);
    assert_eq!(of(TouchModel::Linear, &[]).unwrap(), [0.0; 0]);
    // So long ago that nothing is left but how they are to each other.
    let ages = of(TouchModel::TimeDecay { half_life: Elapsed::from_millis(1) }, &[1, 1]).unwrap();
    assert_eq!(ages, [0.5, 0.5]);
    assert_eq!(of(TouchModel::Linear, &[2, 1]), Err(Error::TouchOutOfOrder { at: 1 }));
    assert_eq!(of(TouchModel::Linear, &[2, 11]), Err(Error::TouchOutOfOrder { at: 1 }));
    assert_eq!(of(TouchModel::TimeDecay { half_life: Elapsed::from_millis(0) }, &[1]), Err(Error::NoHalfLife));
    for (first, last) in [(0.7, 0.4), (-0.1, 0.4), (f64::NAN, 0.4), (0.0, 0.0)] {
        let refused = of(TouchModel::PositionBased { first, last }, &[1]);
        assert!(matches!(refused, Err(Error::NotShares { .. })), "{first} {last}");
    }
}
