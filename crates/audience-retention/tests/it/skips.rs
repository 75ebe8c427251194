//! The seek matrix.

use audience_core::test_util::{check_merge_laws, various_facts};
use audience_core::{Accumulator, Portable};
use audience_retention::{Error, SeekMatrix, SeekSource};

use super::facts;

#[test]
fn seeks_are_placed_by_both_of_their_ends() {
    let mut matrix = SeekMatrix::new(10, SeekSource::Reported).unwrap();
    // From 20 to 90, from 100 back to 0, and from 5 to where it was.
    matrix.observe(&facts(Some(100), &[(0, 20), (90, 100), (0, 5)]));
    let seeks = matrix.summary();
    assert_eq!((seeks.count(2, 9), seeks.count(9, 0), seeks.count(0, 0)), (1, 1, 1));
    assert_eq!((seeks.total(), seeks.unplaced), (3, 0));
    assert_eq!(seeks.count(99, 0), 0);
}

#[test]
fn seeks_of_unknown_content_are_counted_apart() {
    let mut matrix = SeekMatrix::new(10, SeekSource::Reported).unwrap();
    matrix.observe(&facts(None, &[(0, 20), (90, 100)]));
    assert_eq!((matrix.summary().total(), matrix.summary().unplaced), (0, 2));
}

#[test]
fn obeys_the_laws_and_survives_being_written() {
    for source in [SeekSource::Reported, SeekSource::All] {
        let empty = SeekMatrix::new(3, source).unwrap();
        check_merge_laws(&empty, &various_facts());
        let mut state = empty.clone();
        state.observe_all(&various_facts());
        assert!(state.summary().total() > 0);
        assert_eq!(SeekMatrix::decode(&state.encode(), &empty).unwrap().summary(), state.summary());
        assert!(SeekMatrix::decode(&state.encode(), &SeekMatrix::new(4, source).unwrap()).is_err());
    }
    let broken = r#"{"parts":3,"source":"all","counts":[1,2],"unplaced":0}"#;
    assert!(serde_json::from_str::<SeekMatrix>(broken).is_err());
    assert_eq!(SeekMatrix::new(101, SeekSource::All).unwrap_err(), Error::PartsOutOfRange { parts: 101, most: 100 });
}
