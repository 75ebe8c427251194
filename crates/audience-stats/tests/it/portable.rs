//! States that leave the process and come back.

use std::fmt::Debug;

use audience_stats::sample::BottomK;
use audience_stats::{Accumulator, Confidence, Distinct, Error, MeanRatio, Portable, Quantiles};

fn survives<A: Portable + Accumulator<Summary: PartialEq + Debug>>(state: &A, like: &A) {
    let bytes = state.encode();
    let back = A::decode(&bytes, like).unwrap();
    assert_eq!(back.summary(), state.summary());
    assert_eq!(back.encode(), bytes);
    for length in 0..bytes.len() {
        assert!(A::decode(&bytes[..length], like).is_err(), "the first {length} bytes");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(matches!(A::decode(&longer, like), Err(Error::DamagedState(_))));
}

fn quantiles(values: &[u64]) -> Quantiles {
    let mut quantiles = Quantiles::new();
    quantiles.observe_all(values);
    quantiles
}

#[test]
fn states_survive_and_cut_ones_are_refused() {
    survives(&quantiles(&[]), &Quantiles::new());
    survives(&quantiles(&[3, 1, 4, 1, 5, 92_653]), &Quantiles::new());
    let mut ids = Distinct::new();
    ids.observe_all(["ann", "bob"]);
    survives(&ids, &Distinct::new());
    survives(&(quantiles(&[3, 3]), quantiles(&[7])), &(Quantiles::new(), Quantiles::new()));
}

#[test]
fn a_confidence_is_read_as_one_or_not_at_all() {
    let read = serde_json::from_str::<Confidence>;
    assert_eq!(read("0.95").unwrap(), Confidence::new(0.95).unwrap());
    assert!(read("1.0").is_err() && read("95").is_err());
}

#[test]
fn a_mean_of_ratios_survives() {
    let mut ratios = MeanRatio::new();
    ratios.observe_ratio(1, 3);
    assert_eq!(MeanRatio::decode(&ratios.encode(), &MeanRatio::new()), Ok(ratios));
    // More than one whole for each ratio, which no ratios come to.
    let too_much = postcard::to_stdvec(&(ratios.fingerprint(), (2_u128 << 64) + 1, 2_u64)).unwrap();
    assert!(matches!(MeanRatio::decode(&too_much, &ratios), Err(Error::DamagedState(_))));
}

#[test]
fn a_sample_survives_with_its_items() {
    let mut sample = BottomK::new(2, 7).unwrap();
    for id in ["a", "b", "c", "d"] {
        sample.offer(id, || id.to_owned());
    }
    let back = BottomK::decode(&sample.encode(), &sample).unwrap();
    assert_eq!(back, sample);
    assert_eq!(serde_json::from_str::<BottomK<String>>(&serde_json::to_string(&sample).unwrap()).unwrap(), sample);
    assert!(sample.size_bytes() > 0);
}

#[test]
fn a_state_of_another_kind_or_configuration_is_refused() {
    let (sample, other) = (BottomK::<u64>::new(2, 7).unwrap(), BottomK::<u64>::new(2, 8).unwrap());
    let error = BottomK::decode(&other.encode(), &sample).unwrap_err();
    assert_eq!(error, Error::ForeignState { expected: sample.fingerprint(), found: other.fingerprint() });
    assert!(BottomK::decode(&Distinct::new().encode(), &sample).is_err());
    assert!(error.to_string().starts_with("merge a state of another kind or configuration: its fingerprint is"));
}

#[test]
fn the_order_of_observation_does_not_show_in_the_bytes() {
    assert_eq!(quantiles(&[5, 1, 5, 9]).encode(), quantiles(&[9, 5, 5, 1]).encode());
}

#[test]
fn values_written_by_hand_in_any_order_are_put_right() {
    let read: Quantiles = serde_json::from_str(r#"{"counted":[[9,1],[2,3],[9,2],[4,0]]}"#).unwrap();
    assert_eq!(read.summary().counted, [(2, 3), (9, 3)]);
}
