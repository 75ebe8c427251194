//! The linear and the exponential quality of the literature.

use audience_core::test_util::various_facts;
use audience_qoe::{Error, Iqx, LinearQoe, LinearWeights, Viewing, stalling_mos};

use super::{assert_near, shown};

#[test]
fn chunks_are_summed_as_in_the_paper() {
    // 2 + 2 + 4 + 1 = 9 Mbit/s; changes of 0 + 2 + 3; 4.3 for each of 0.5 s: (9 − 5 − 2.15) / 4.
    let chunks = [2e6, 2e6, 4e6, 1e6];
    assert_near(LinearQoe::default().of_chunks(&chunks, 0.5, 3.0).unwrap(), 0.4625);
    // As Yin et al. have it, with start-up, by hand: (9 − 5 − 3 · 0.5 − 3 · 3) / 4.
    let weights = LinearWeights { stalled_per_sec: 3.0, startup_per_sec: 3.0, ..LinearWeights::default() };
    assert_near(LinearQoe::new(weights).unwrap().of_chunks(&chunks, 0.5, 3.0).unwrap(), -1.625);
}

#[test]
fn a_session_is_its_chunks() {
    // Half of 20 chunks at 1 Mbit/s and half at 3, 2 s stalled: (40 − 2 − 8.6) / 20.
    let mut chunks = [1e6; 20];
    chunks[10..].fill(3e6);
    let viewing = Viewing::new(80.0).unwrap().with_bitrate(2e6).unwrap().with_switches(1, 2e6).unwrap();
    let viewing = viewing.with_stalls(1, 2.0).unwrap();
    let quality = LinearQoe::default();
    assert_near(quality.of(&viewing).unwrap(), 1.47);
    assert_near(quality.of_chunks(&chunks, 2.0, 0.0).unwrap(), 1.47);
    // At twice the speed the same content has as many chunks.
    let fast = Viewing::new(40.0).unwrap().with_content(80.0).unwrap().with_bitrate(2e6).unwrap();
    let fast = fast.with_switches(1, 2e6).unwrap().with_stalls(1, 2.0).unwrap();
    assert_eq!(quality.of(&fast), quality.of(&viewing));
    // Less than a chunk is one.
    let glimpse = Viewing::new(0.1).unwrap().with_bitrate(2e6).unwrap().with_stalls(1, 1.0).unwrap();
    assert_near(quality.of(&glimpse).unwrap(), -2.3);
    assert_eq!(quality.of(&Viewing::new(80.0).unwrap()), None);
    // 30 s at 1 and 60 s at 6 Mbit/s: 22.5 chunks, a switch of 5, 2 s stalled.
    assert_near(quality.of(&Viewing::of(&shown(&[])).unwrap()).unwrap(), 13.0 / 3.0 - (5.0 + 8.6) / 22.5);
}

#[test]
fn chunks_that_make_no_sense_are_refused() {
    let quality = LinearQoe::default();
    for bps in [f64::NAN, f64::INFINITY, 0.0, -1.0, 5e9] {
        assert!(matches!(
            quality.of_chunks(&[1e6, bps], 0.0, 0.0),
            Err(Error::OutOfRange { field: "bitrate_bps", .. })
        ));
    }
    assert!(matches!(quality.of_chunks(&[], 0.0, 0.0), Err(Error::OutOfRange { field: "chunks", .. })));
    assert!(quality.of_chunks(&[1e6], -1.0, 0.0).is_err());
    assert!(quality.of_chunks(&[1e6], 0.0, f64::NAN).is_err());
    let weights = |chunk_secs, switches| LinearQoe::new(LinearWeights { chunk_secs, switches, ..Default::default() });
    assert!(weights(0.0, 1.0).is_err() && weights(4.0, -1.0).is_err() && weights(f64::NAN, 1.0).is_err());
    assert!(serde_json::from_str::<LinearQoe>(r#"{"chunk_secs": 0}"#).is_err());
}

/// Evaluated with Python.
#[test]
fn stalls_cost_exponentially() {
    let mos = |stalls, secs| stalling_mos(&Viewing::new(30.0).unwrap().with_stalls(stalls, secs).unwrap());
    assert_eq!(mos(0, 0.0), 5.0);
    assert_near(mos(1, 1.0), 3.991_196_129_669_133_6);
    assert_near(mos(2, 6.0), 2.473_130_551_586_179_7);
    assert_near(mos(6, 18.0), 1.575_227_604_707_814_9);
    assert_eq!(mos(1000, 86_400.0), 1.5);
    // As long as the session is, it costs the same.
    let long = Viewing::new(7200.0).unwrap().with_stalls(2, 6.0).unwrap();
    assert_eq!(stalling_mos(&long), mos(2, 6.0));
    for facts in various_facts() {
        let mos = Viewing::of(&facts).map(|viewing| stalling_mos(&viewing));
        assert!(mos.is_none_or(|mos| (1.5..=5.0).contains(&mos)));
    }
}

#[test]
fn the_exponential_relation_has_parameters_that_make_sense() {
    assert!(Iqx::new(-1.0, 1.0, 1.0).is_err());
    assert!(Iqx::new(1.0, f64::NAN, 1.0).is_err());
    assert!(Iqx::new(1.0, 1.0, f64::NEG_INFINITY).is_err());
    let quality = Iqx::new(4.0, 0.5, 1.0).unwrap();
    assert_near(quality.at(2.0).unwrap(), 4.0 / std::f64::consts::E + 1.0);
    assert!(quality.at(-1.0).is_err() && quality.at(f64::NAN).is_err());
}
