//! The latest stretches of time.

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Error, Merge, TimeOf, Windowed};

#[derive(Clone, Debug, Default)]
struct Count(u64);

impl Merge for Count {
    fn merge(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Accumulator for Count {
    type Item = i64;
    type Summary = u64;

    fn observe(&mut self, _: &i64) {
        self.0 += 1;
    }

    fn summary(&self) -> u64 {
        self.0
    }
}

fn window(width: i64, buckets: usize) -> Windowed<Count, impl TimeOf<i64> + Clone> {
    Windowed::new(width, buckets, |at: &i64| *at, Count::default()).unwrap()
}

#[test]
fn obeys_the_laws_whatever_the_order() {
    check_merge_laws(&window(10, 3), &[5_i64, 12, 40, 3, 33, -7, 41, 25, 9]);
    check_merge_laws(&window(1, 1), &[3_i64, 1, 2]);
}

#[test]
fn what_is_older_than_the_window_is_counted_and_not_lost() {
    let mut state = window(10, 3);
    state.observe_all(&[5, 12, 40, 3, 25, 41]);
    let summary = state.summary();
    assert_eq!(summary.buckets, [(20, 1), (40, 2)]);
    assert_eq!((summary.total, summary.outside), (3, 3));
}

#[test]
fn times_before_1970_have_buckets_too() {
    let mut state = window(10, 2);
    state.observe_all(&[-1, -10, -11]);
    assert_eq!(state.summary().buckets, [(-20, 1), (-10, 2)]);
}

#[test]
fn times_at_the_edge_of_the_numbers_do_not_panic() {
    let mut state = window(i64::MAX, usize::MAX);
    state.observe_all(&[i64::MIN, 0, i64::MAX]);
    assert_eq!(state.summary().total + state.summary().outside, 3);
    let mut narrow = window(1, 2);
    narrow.observe_all(&[i64::MIN, i64::MAX]);
    assert_eq!(narrow.summary().outside, 1);
}

#[test]
#[should_panic(expected = "windows of 3 x 10 and 2 x 10 do not merge")]
fn windows_of_different_length_do_not_merge() {
    let time: fn(&i64) -> i64 = |at| *at;
    let mut long = Windowed::new(10, 3, time, Count::default()).unwrap();
    long.merge(Windowed::new(10, 2, time, Count::default()).unwrap());
}

#[test]
fn a_window_of_nothing_is_refused() {
    let made = |width, buckets| Windowed::new(width, buckets, |at: &i64| *at, Count::default()).map(|_| ());
    assert_eq!(made(0, 3), Err(Error::EmptyWindow { width: 0, buckets: 3 }));
    assert_eq!(made(5, 0), Err(Error::EmptyWindow { width: 5, buckets: 0 }));
    assert_eq!(made(-5, 1).unwrap_err().to_string(), "make a window of 1 buckets of width -5");
}
