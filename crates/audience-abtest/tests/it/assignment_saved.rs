//! Assignments that were kept.

use audience_abtest::{Assignment, Exclusion, Experiment, HoldOut, Origin, SavedAssignment, Slot};
use audience_core::Ratio;

use crate::assignment::{at, ratio};

fn saved(variant: &str, version: u32) -> SavedAssignment {
    SavedAssignment { variant: variant.to_owned(), version }
}

fn experiment() -> Experiment {
    Experiment::equal("x", ["a", "b", "c"]).unwrap().with_version(4, 2).unwrap()
}

fn assigned(experiment: &Experiment, saved: &SavedAssignment) -> (Option<usize>, Option<Origin>) {
    match experiment.assign_saved("ada", at(0), Some(saved)) {
        Assignment::Enrolled(enrolled) => (Some(enrolled.arm), Some(enrolled.origin)),
        Assignment::Excluded(_) => (None, None),
    }
}

#[test]
fn what_was_saved_holds_whatever_changes() {
    let narrow = experiment().with_coverage(Ratio::ZERO).with_slot(Slot::new("ui", ratio(0.0), ratio(1e-9)).unwrap());
    assert_eq!(narrow.assign("ada", at(0)).arm(), None);
    for (arm, variant) in ["a", "b", "c"].into_iter().enumerate() {
        assert_eq!(assigned(&narrow, &saved(variant, 4)), (Some(arm), Some(Origin::Saved)));
    }
}

#[test]
fn another_version_is_assigned_anew() {
    let drawn = experiment().assign("ada", at(0)).arm();
    assert!(drawn.is_some());
    for version in [2, 3, 5] {
        for variant in ["a", "b", "c"] {
            let origin = Some(Origin::OtherVersion { saved: version });
            assert_eq!(assigned(&experiment(), &saved(variant, version)), (drawn, origin));
        }
    }
}

#[test]
fn versions_that_are_too_old_are_kept_out() {
    for version in [0, 1] {
        let assignment = experiment();
        let assignment = assignment.assign_saved("ada", at(0), Some(&saved("a", version)));
        assert_eq!(assignment.exclusion(), Some(Exclusion::BlockedVersion { saved: version, minimum: 2 }));
    }
}

#[test]
fn a_variant_that_is_gone_is_no_assignment() {
    let drawn = experiment().assign("ada", at(0)).arm();
    assert_eq!(assigned(&experiment(), &saved("z", 4)), (drawn, Some(Origin::VariantGone)));
}

#[test]
fn the_period_and_the_hold_out_count_for_all() {
    let over = experiment().with_period(None, Some(at(0))).unwrap();
    let held_out = experiment().with_hold_out(HoldOut::new("all", Ratio::ONE).unwrap());
    assert_eq!(
        over.assign_saved("ada", at(0), Some(&saved("a", 4))).exclusion(),
        Some(Exclusion::Ended { ends_at: at(0) })
    );
    assert_eq!(held_out.assign_saved("ada", at(0), Some(&saved("a", 4))).exclusion(), Some(Exclusion::HeldOut));
}

#[test]
fn what_is_drawn_can_be_saved() {
    let experiment = experiment();
    assert_eq!(experiment.assign_saved("ada", at(0), None), experiment.assign("ada", at(0)));
    let Assignment::Enrolled(enrolled) = experiment.assign("ada", at(0)) else { panic!("not enrolled") };
    let kept = SavedAssignment::from(enrolled);
    assert_eq!(assigned(&experiment, &kept), (Some(enrolled.arm), Some(Origin::Saved)));
    let text = serde_json::to_string(&kept).unwrap();
    assert_eq!(serde_json::from_str::<SavedAssignment>(&text).unwrap(), kept);
}
