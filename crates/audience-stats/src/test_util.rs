//! Checks for tests of accumulators.

use std::borrow::Borrow;
use std::fmt::Debug;

use crate::Accumulator;

/// Panics unless `empty` obeys the laws of [`Accumulator`] on `items`: at every split, in both orders, for every
/// pair of cuts, against the items in reverse, and with summaries taken on the way.
///
/// Takes O(n³) observations for n items; a dozen well chosen ones say more than a thousand.
///
/// # Panics
///
/// When a law is broken; the message names it and the place of the split.
pub fn check_merge_laws<A, T>(empty: &A, items: &[T])
where
    A: Accumulator<Summary: PartialEq + Debug> + Clone,
    T: Borrow<A::Item>,
{
    let fold = |items: &[T]| {
        let mut state = empty.clone();
        for item in items {
            state.observe(item.borrow());
        }
        state
    };
    let merged = |mut left: A, right: A| {
        left.merge(right);
        left.summary()
    };

    let whole = fold(items).summary();
    assert_eq!(merged(empty.clone(), fold(items)), whole, "empty then whole is not the whole");
    assert_eq!(merged(fold(items), empty.clone()), whole, "whole then empty is not the whole");

    let mut watched = empty.clone();
    for item in items {
        assert_eq!(watched.summary(), watched.summary(), "two summaries of one state differ");
        watched.observe(item.borrow());
    }
    assert_eq!(watched.summary(), whole, "taking summaries changed the state");

    let mut backwards = empty.clone();
    for item in items.iter().rev() {
        backwards.observe(item.borrow());
    }
    assert_eq!(backwards.summary(), whole, "the order of the items matters");

    for cut in 0..=items.len() {
        let (left, right) = items.split_at(cut);
        assert_eq!(merged(fold(left), fold(right)), whole, "left then right at {cut} is not the whole");
        assert_eq!(merged(fold(right), fold(left)), whole, "right then left at {cut} is not the whole");
        for second in 0..=right.len() {
            let (middle, right) = right.split_at(second);
            let mut left_first = fold(left);
            left_first.merge(fold(middle));
            let mut right_first = fold(middle);
            right_first.merge(fold(right));
            assert_eq!(
                merged(left_first, fold(right)),
                merged(fold(left), right_first),
                "grouping matters at {cut} and {}",
                cut + second
            );
        }
    }
}
