//! Time and fractions.

use std::collections::HashSet;

use audience_core::{Elapsed, Error, MediaTime, Rate, Ratio, Timestamp};

#[test]
fn options_of_times_are_no_larger() {
    assert_eq!(size_of::<Option<MediaTime>>(), 8);
    assert_eq!(size_of::<Option<Elapsed>>(), 8);
    assert_eq!(size_of::<audience_core::Event>(), 64);
}

#[test]
fn amounts_saturate() {
    let second = MediaTime::from_secs(1);
    assert_eq!(second.saturating_sub(MediaTime::from_secs(2)), MediaTime::ZERO);
    assert_eq!(MediaTime::MAX.saturating_add(second), MediaTime::MAX);
    assert_eq!(MediaTime::from_millis(u64::MAX), MediaTime::MAX);
    assert_eq!(MediaTime::from_secs(u64::MAX), MediaTime::MAX);
    let last = Timestamp::from_millis(i64::MAX);
    assert_eq!(last + Elapsed::from_millis(1), last);
    assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(7)), Elapsed::ZERO);
    assert_eq!(last.since(Timestamp::from_millis(i64::MIN)), Elapsed::MAX);
}

#[test]
fn rates_convert_wall_time_to_content() {
    let advance = |rate: f64, millis: u64| Rate::new(rate).unwrap().advance(Elapsed::from_millis(millis)).as_millis();
    assert_eq!(advance(1.0, 1234), 1234);
    assert_eq!(advance(1.5, 1001), 1501);
    assert_eq!(advance(0.0, 9999), 0);
    assert_eq!(advance(100.0, u64::MAX), u64::MAX - 1);
}

#[test]
fn out_of_range_is_an_error_that_says_so() {
    insta::assert_snapshot!(Rate::new(-1.0).unwrap_err(), @"use the playback rate -1: it is not between 0 and 100");
    insta::assert_snapshot!(Ratio::new(1.01).unwrap_err(), @"use the fraction 1.01: it is not between 0 and 1");
    let word = "dreaming".parse::<audience_core::PlayerState>().unwrap_err();
    insta::assert_snapshot!(word, @r#"read state: "dreaming" is not one of idle loading seeking buffering playing paused ended error"#);
    assert!(matches!(Rate::new(f64::NAN), Err(Error::RateOutOfRange { .. })));
}

#[test]
fn ratios_of_nothing_are_undefined() {
    assert_eq!(Ratio::of(0, 0), None);
    assert_eq!(Ratio::of(1, 4).map(Ratio::as_f64), Some(0.25));
    assert_eq!(Ratio::of_sums(u128::MAX, u128::MAX).map(Ratio::as_f64), Some(1.0));
    assert!(!Ratio::ZERO.reached(MediaTime::ZERO, MediaTime::ZERO));
}

#[test]
fn times_print_as_clocks() {
    assert_eq!(MediaTime::from_millis(3_723_004).to_string(), "1:02:03.004");
    assert_eq!(MediaTime::from_millis(63_004).to_string(), "1:03.004");
    assert_eq!(format!("{:>10}", MediaTime::ZERO), "  0:00.000");
}

#[test]
fn ids_are_told_apart_by_text_and_share_it() {
    let id = audience_core::ContentId::from("c1");
    let set: HashSet<_> = [id.clone(), id.clone(), "c2".into()].into_iter().collect();
    assert_eq!(set.len(), 2);
    assert!(set.contains("c1"));
}
