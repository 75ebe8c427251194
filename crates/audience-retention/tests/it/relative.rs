//! Curves beside what is expected of them, and beside other titles.

use audience_core::test_util::check_merge_laws;
use audience_core::{Accumulator, Portable};
use audience_retention::{
    Benchmark, CatalogueCurves, CatalogueSummary, Error, Grid, RetentionCurves, RetentionSummary, TitleCurve,
};

use super::{facts, ms};

/// A title of which these many of a hundred sessions watch each quarter.
fn title(duration: u64, quarters: [u64; 4]) -> RetentionSummary {
    let mut curves = RetentionCurves::default();
    for session in 0..100 {
        let watched = quarters.iter().take_while(|quarter| session < **quarter).count() as u64;
        let end = duration * watched / 4;
        curves.observe(&facts(Some(duration), &if end > 0 { vec![(0, end)] } else { Vec::new() }));
    }
    curves.summary()
}

#[test]
fn scores_are_those_of_the_formula() {
    // At 25, 50 and 75 %: 90, 45 and 30 of a hundred, where 80, 60 and 40 are expected.
    let score = Benchmark::VOD.score(&title(1000, [100, 90, 45, 30])).unwrap();
    assert!((score.score - (1.0 + 0.75 + 0.75) / 3.0 * 100.0).abs() < 1e-9, "{score:?}");
    assert!((score.parts[0].ratio - 1.125).abs() < 1e-9, "more than expected shows");
    let full = Benchmark::SHORT_FORM.score(&title(1000, [100; 4])).unwrap();
    assert_eq!(full.score, 100.0);
    assert_eq!(Benchmark::BROADCAST.score(&RetentionCurves::default().summary()), None);
    // Between two points it is on the line through them.
    let mut coarse = RetentionCurves::new(Grid::shares(3).unwrap());
    for stretches in [[(0, 1000)], [(0, 100)]] {
        coarse.observe(&facts(Some(1000), &stretches));
    }
    let score = Benchmark::new([1.0; 3]).unwrap().score(&coarse.summary()).unwrap();
    assert!((score.parts[0].reached - (1.0 - 0.5 * 250.0 / 333.0)).abs() < 1e-9, "{score:?}");
}

#[test]
fn benchmarks_that_cannot_be_are_refused() {
    for shares in [[0.0, 0.0, 0.0], [1.1, 1.0, 0.9], [0.5, 0.6, 0.1], [f64::NAN, 0.1, 0.1]] {
        assert!(matches!(Benchmark::new(shares), Err(Error::BadBenchmark { .. })), "{shares:?}");
    }
}

fn catalogue() -> CatalogueCurves {
    CatalogueCurves::new(4, 30).unwrap()
}

fn summary_of(titles: &[RetentionSummary]) -> CatalogueSummary {
    let mut curves = catalogue();
    for title in titles {
        curves.observe(&TitleCurve::of(title).unwrap());
    }
    curves.summary()
}

#[test]
fn a_title_is_placed_among_those_of_its_length() {
    let titles: Vec<RetentionSummary> =
        (1..=9).map(|tenth| title(60_000, [100, tenth * 10, tenth * 10, tenth * 5])).collect();
    let mut all = titles.clone();
    // Of another length: it does not matter.
    all.push(title(600_000, [100, 1, 1, 1]));
    let catalogue = summary_of(&all);
    let class = catalogue.class_of(ms(60_000)).unwrap();
    assert_eq!((class.titles, class.from, class.to), (9, ms(60_000), ms(120_000)));
    let middle = class.bands[1];
    assert!((middle.p50 - 0.5).abs() < 1e-6 && (middle.p10 - 0.18).abs() < 1e-6, "{middle:?}");
    let ranks = catalogue.relative(&TitleCurve::of(&titles[4]).unwrap()).unwrap();
    assert_eq!(ranks.iter().map(|rank| rank.as_f64()).collect::<Vec<_>>(), [0.5; 4]);
    let best = catalogue.relative(&TitleCurve::of(&titles[8]).unwrap()).unwrap();
    assert!((best[1].as_f64() - 8.5 / 9.0).abs() < 1e-9);
    // One title alone is no catalogue.
    assert_eq!(catalogue.relative(&TitleCurve::of(&all[9]).unwrap()), None);
}

#[test]
fn titles_of_few_sessions_are_counted_and_left_out() {
    let mut few = RetentionCurves::default();
    few.observe(&facts(Some(1000), &[(0, 1000)]));
    let catalogue = summary_of(&[few.summary()]);
    assert_eq!((catalogue.classes.len(), catalogue.too_few_sessions), (0, 1));
    assert_eq!(TitleCurve::of(&RetentionCurves::default().summary()), None);
}

#[test]
fn obeys_the_laws_and_survives_being_written() {
    let lengths = [1, 14_999, 15_000, 31_000, 59_000, 7_200_000];
    let titles: Vec<TitleCurve> = lengths
        .iter()
        .zip(1..)
        .map(|(length, n)| TitleCurve::of(&title(*length, [100, 90 - n, 60, 10 * n])).unwrap())
        .collect();
    check_merge_laws(&catalogue(), &titles);
    let mut state = catalogue();
    state.observe_all(&titles);
    assert_eq!(state.summary().classes.len(), 4);
    assert_eq!(CatalogueCurves::decode(&state.encode(), &catalogue()).unwrap().summary(), state.summary());
    assert!(CatalogueCurves::new(0, 30).is_err());
}

/// Classes that do not have each of their titles at each point are of no catalogue.
#[test]
fn damaged_catalogues_are_refused() {
    use std::collections::BTreeMap;

    type Shares = Vec<Vec<(u64, u64)>>;
    let like = catalogue();
    let decoded = |titles: u64, shares: Shares| {
        let classes: BTreeMap<u32, (u64, Shares)> = [(1, (titles, shares))].into();
        let bytes = postcard::to_stdvec(&(like.fingerprint(), (4_u32, 30_u64, 0_u64, classes))).unwrap();
        CatalogueCurves::decode(&bytes, &like)
    };
    let point = || vec![(250_000, 1), (500_000, 1)];
    assert!(decoded(2, vec![point(); 4]).is_ok());
    for (titles, shares) in [
        (2, vec![point(); 3]),
        (2, vec![point(); 5]),
        (3, vec![point(); 4]),
        (2, vec![point(), point(), point(), Vec::new()]),
        (u64::MAX, Vec::new()),
    ] {
        assert!(matches!(decoded(titles, shares), Err(audience_stats::Error::DamagedState(_))));
    }
    // As many as can be counted are a catalogue, and one that titles have a place in.
    let full = decoded(u64::MAX, vec![vec![(0, u64::MAX), (1_000_000, 1)]; 4]).unwrap().summary();
    let title = TitleCurve::of(&title(20_000, [100, 90, 45, 30])).unwrap();
    assert_eq!(full.relative(&title).unwrap().len(), 4);
}
