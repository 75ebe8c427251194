//! Failures by code.

use audience_core::Accumulator;
use audience_core::test_util::{check_merge_laws, various_facts};
use audience_qoe::{BusinessErrors, FailureCause, FailureCode, FailureCodes};

use super::{failed, view};

#[test]
fn the_most_frequent_code_comes_first_and_failures_without_one_are_counted_too() {
    let sessions = [
        failed("a", "GEO", false),
        failed("b", "DECODE", true),
        failed("c", "DECODE", false),
        failed("d", "", true),
        view("fine", 0.0, 9.0, 0.0),
    ];
    let mut codes = FailureCodes::new(BusinessErrors::new(["GEO"]).unwrap());
    codes.observe_all(&sessions);
    let code =
        |code: Option<&str>, cause, start, playback| FailureCode { code: code.map(Box::from), cause, start, playback };
    assert_eq!(
        codes.summary(),
        [
            code(Some("DECODE"), FailureCause::Technical, 1, 1),
            code(None, FailureCause::Technical, 0, 1),
            code(Some("GEO"), FailureCause::Business, 1, 0),
        ]
    );
}

#[test]
fn states_merge_by_the_laws() {
    let mut all = various_facts();
    all.extend([failed("a", "A", false), failed("b", "B", true), failed("c", "A", true)]);
    check_merge_laws(&FailureCodes::default(), &all);
}
