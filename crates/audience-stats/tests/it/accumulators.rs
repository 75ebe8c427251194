//! The contract itself: what the law checker accepts, and that it refuses what breaks a law.

use std::collections::{BTreeMap, HashMap};
use std::panic::catch_unwind;

use audience_stats::test_util::check_merge_laws;
use audience_stats::{Accumulator, Distinct, Keyed, Merge, Quantiles, merge_fields};

/// Declares an accumulator over numbers from its parts.
macro_rules! accumulator {
    ($name:ident, $state:ty, $merge:expr, $observe:expr, $summary:expr) => {
        #[derive(Clone, Default)]
        struct $name($state);

        impl Merge for $name {
            fn merge(&mut self, other: Self) {
                let merge: fn(&mut $state, $state) = $merge;
                merge(&mut self.0, other.0);
            }
        }

        impl Accumulator for $name {
            type Item = f64;
            type Summary = f64;

            fn observe(&mut self, item: &f64) {
                let observe: fn(&mut $state, f64) = $observe;
                observe(&mut self.0, *item);
            }

            fn summary(&self) -> f64 {
                let summary: fn(&$state) -> f64 = $summary;
                summary(&self.0)
            }
        }
    };
}

accumulator!(FloatSum, f64, |a, b| *a += b, |a, x| *a += x, |a| *a);
accumulator!(Last, f64, |a, b| *a = b, |a, x| *a = x, |a| *a);
accumulator!(Forgetful, f64, |_, _| {}, |a, x| *a += x, |a| *a);
accumulator!(MeanOfMeans, f64, |a, b| *a = f64::midpoint(*a, b), |a, x| *a = f64::midpoint(*a, x), |a| *a);
accumulator!(WholeSum, u64, |a, b| *a += b, |a, x| *a += x as u64, |a| *a as f64);

fn refused<A: Accumulator<Item = f64, Summary = f64> + Clone + Default>(items: &'static [f64]) -> bool {
    catch_unwind(|| check_merge_laws(&A::default(), items)).is_err()
}

#[test]
fn the_law_checker_refuses_what_breaks_a_law() {
    assert!(refused::<FloatSum>(&[0.1, 0.2, 0.3, 1e16, -1e16]), "a sum of floats is not associative");
    assert!(refused::<Last>(&[1.0, 2.0]), "the last item depends on the order");
    assert!(refused::<Forgetful>(&[1.0, 2.0]), "half the items are lost");
    assert!(refused::<MeanOfMeans>(&[1.0, 2.0, 4.0]), "means of means are not means");
}

#[test]
fn the_law_checker_accepts_a_sum_of_integers() {
    assert!(!refused::<WholeSum>(&[1.0, 2.0, 3.0, 4.0]));
}

#[test]
fn several_analyses_in_one_pass() {
    let mut both = (WholeSum::default(), WholeSum::default(), WholeSum::default());
    both.observe_all(&[1.0, 2.0]);
    assert_eq!(both.summary(), (3.0, 3.0, 3.0));
    check_merge_laws(&(WholeSum::default(), WholeSum::default()), &[1.0, 2.0, 3.0]);
}

#[test]
fn keyed_analyses_obey_the_laws_and_list_groups_in_order() {
    let by_parity = Keyed::new(|n: &u64| n % 2, Quantiles::new());
    let items: Vec<u64> = vec![5, 2, 9, 9, 4, 1];
    check_merge_laws(&by_parity, &items);
    let mut state = by_parity.clone();
    assert!(state.is_empty());
    state.observe_all(&items);
    let groups: Vec<(u64, u64)> = state.summary().into_iter().map(|(key, group)| (key, group.count())).collect();
    assert_eq!(groups, [(0, 2), (1, 4)]);
    assert_eq!((state.len(), state.get(&1).map(|group| group.summary().max())), (2, Some(Some(9))));
    assert_eq!(state.into_sorted().len(), 2);
}

#[derive(Default)]
struct Views {
    sessions: u64,
    watched_ms: u128,
    viewers: Distinct,
}
merge_fields!(Views { sessions, watched_ms, viewers });

#[test]
fn maps_options_and_structs_merge_part_by_part() {
    let map = |pairs: &[(&'static str, u64)]| pairs.iter().copied().collect::<BTreeMap<_, _>>();
    let mut ordered = map(&[("a", 1), ("b", 2)]);
    Merge::merge(&mut ordered, map(&[("b", 3), ("c", 4)]));
    assert_eq!(ordered, map(&[("a", 1), ("b", 5), ("c", 4)]));

    let mut hashed: HashMap<&str, u64> = HashMap::from([("a", 1)]);
    hashed.merge(HashMap::from([("a", 1), ("b", 1)]));
    assert_eq!(hashed, HashMap::from([("a", 2), ("b", 1)]));

    let merged = |mut left: Option<u64>, right| {
        left.merge(right);
        left
    };
    assert_eq!(merged(None, Some(2)), Some(2));
    assert_eq!(merged(Some(1), None), Some(1));
    assert_eq!(merged(Some(1), Some(2)), Some(3));

    let mut views = Views { sessions: 1, watched_ms: 5, viewers: Distinct::new() };
    let mut others = Views { sessions: 2, watched_ms: u128::MAX, ..Views::default() };
    others.viewers.observe("ann");
    views.merge(others);
    assert_eq!((views.sessions, views.watched_ms, views.viewers.count()), (3, u128::MAX, 1));
}

#[test]
fn counts_stay_at_the_largest_there_is() {
    let mut count = u64::MAX - 1;
    count.merge(5);
    assert_eq!(count, u64::MAX);
}
