//! Stall ratios.

use audience_abtest::Error;
use audience_abtest::samples::{SimulatedStallRatio, StallRatio, Stream, simulated_stall_ratio};
use audience_stats::Bootstrap;

const PLAN: Bootstrap = Bootstrap { replicates: 2000, seed: 3 };

fn stream(watch_seconds: f64, stall_seconds: f64) -> Stream {
    Stream { watch_seconds, stall_seconds }
}

#[test]
fn times_that_cannot_be_are_refused() {
    for (watch, stall) in [(10.0, 11.0), (-1.0, 0.0), (f64::NAN, 0.0), (f64::INFINITY, 0.0), (1.0, f64::NAN)] {
        let streams = [stream(5.0, 0.0), stream(watch, stall)];
        assert!(matches!(StallRatio::of(&streams), Err(Error::NotAStream { at: 1, .. })));
        assert!(simulated_stall_ratio(&streams, &streams[..1], PLAN).is_err());
    }
    assert_eq!(StallRatio::of(&[]), Err(Error::NothingWatched));
    assert_eq!(StallRatio::of(&[stream(0.0, 0.0)]), Err(Error::NothingWatched));
    assert_eq!(StallRatio::of(&[stream(10.0, 1.0)]), Ok(StallRatio { ratio: 0.1, standard_error: None }));
}

/// Streams under 4 seconds are none, and a length that the arm has none of takes the nearest.
#[test]
fn short_streams_take_no_part_and_neighbours_step_in() {
    let short = [stream(3.9, 3.0)];
    let long = [stream(6.0, 0.6)];
    assert_eq!(simulated_stall_ratio(&short, &long, PLAN), Err(Error::NothingWatched));
    assert_eq!(simulated_stall_ratio(&long, &short, PLAN), Err(Error::NothingWatched));
    let all = [stream(3.0, 0.0), stream(10_000.0, 0.0), stream(20.0, 5.0)];
    let SimulatedStallRatio { mean, interval } = simulated_stall_ratio(&all, &long, PLAN).unwrap();
    assert!((mean - 0.1).abs() < 1e-12 && (interval.high - interval.low) < 1e-12, "{mean} {interval:?}");
    // Between two neighbours the shorter, in the bin of 16 seconds.
    let arm = [stream(40.0, 4.0), stream(9.0, 1.8)];
    let SimulatedStallRatio { mean, .. } = simulated_stall_ratio(&[stream(20.0, 0.0)], &arm, PLAN).unwrap();
    assert!((mean - 0.2).abs() < 1e-12, "{mean}");
    assert_eq!(simulated_stall_ratio(&all, &arm, Bootstrap { replicates: 0, seed: 1 }), Err(Error::NothingWatched));
}

/// Arms that stall alike but whose viewers, by chance, watch for different times have one ratio.
#[test]
fn the_luck_of_watch_times_is_taken_out() {
    let streams = |hours: usize| {
        let short = (0..400).map(|n| stream(20.0 + f64::from(n % 10), if n % 4 == 0 { 2.0 } else { 0.0 }));
        let long = (0..hours).map(|_| stream(36_000.0, 10.0));
        short.chain(long).collect::<Vec<_>>()
    };
    let (few, many) = (streams(2), streams(20));
    let all: Vec<Stream> = few.iter().chain(&many).copied().collect();
    let as_they_are = [&few, &many].map(|arm| StallRatio::of(arm).unwrap().ratio);
    assert!(as_they_are[0] > 4.0 * as_they_are[1], "{as_they_are:?}");
    let simulated = [&few, &many].map(|arm| simulated_stall_ratio(&all, arm, PLAN).unwrap().mean);
    assert!((simulated[0] / simulated[1] - 1.0).abs() < 0.1, "{simulated:?}");
    assert_eq!(simulated_stall_ratio(&all, &few, PLAN), simulated_stall_ratio(&all, &few, PLAN));
}

/// The standard error of the ratio is about that of its resamples.
#[test]
fn resamples_vary_as_the_linear_error_says() {
    let streams: Vec<Stream> =
        (1..400).map(|n| stream(f64::from(n % 50 + 10), f64::from(n * 7919 % 13) / 4.0)).collect();
    let ratio = StallRatio::of(&streams).unwrap();
    let replicates = StallRatio::replicates(&streams, PLAN).unwrap();
    let of_resamples = audience_stats::Replicates::new(ratio.ratio, replicates).unwrap();
    let relative = of_resamples.standard_error().unwrap() / ratio.standard_error.unwrap();
    assert!((relative - 1.0).abs() < 0.06, "{relative}");
}
