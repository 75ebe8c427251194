//! What is like what.

use audience_engagement::{CoWatching, Error, Normaliser, Similarity, most_similar, shapley};
use audience_stats::Accumulator;
use proptest::prelude::*;

#[test]
fn ties_are_in_the_order_of_the_list() {
    let rows = vec![vec![1.0, 1.0]; 200];
    let similar: Vec<usize> =
        most_similar(&rows, 5, Similarity::Cosine, 3).unwrap().into_iter().map(|(at, _)| at).collect();
    assert_eq!(similar, [0, 1, 2]);
    assert!(most_similar(&rows, 5, Similarity::Pearson, 3).unwrap().is_empty());
    assert!(most_similar(&rows, 5, Similarity::Cosine, 0).unwrap().is_empty());
    assert_eq!(most_similar(&rows, 200, Similarity::Cosine, 3), Err(Error::UnknownItem { item: 200, items: 200 }));
}

#[test]
fn features_are_brought_to_one_scale() {
    let rows = [vec![0.0, 5.0, 1.0], vec![10.0, 5.0, 3.0], vec![5.0, 5.0, 2.0]];
    let to_1 = Normaliser::min_max(&rows).unwrap();
    assert_eq!(to_1.transform(&rows[2]).unwrap(), [0.5, 0.5, 0.5]);
    assert_eq!(to_1.transform(&[20.0, 7.0, 1.0]).unwrap(), [2.0, 0.5, 0.0]);
    let standard = Normaliser::standard(&rows).unwrap();
    let [first, constant, _] = standard.transform(&rows[1]).unwrap()[..] else { panic!("three") };
    assert!((first - 1.5_f64.sqrt()).abs() < 1e-12 && constant == 0.5);
    assert!(to_1.transform(&[1.0]).is_err() && Normaliser::min_max(&[]).is_err());
    assert!(Normaliser::min_max(&[vec![1.0], vec![1.0, 2.0]]).is_err());
    assert!(Normaliser::standard(&[vec![f64::NAN]]).is_err());
}

#[test]
fn no_number_is_too_large_to_be_compared() {
    let of = |similarity: Similarity, a: &[f64], b: &[f64]| similarity.of(a, b).unwrap().unwrap();
    for scale in [1e-320, 1e-200, 1.0, 1e200, 1e307] {
        let (a, b) = ([3.0 * scale, 4.0 * scale], [4.0 * scale, 3.0 * scale]);
        assert!((of(Similarity::Cosine, &a, &b) - 0.96).abs() < 2e-4, "{scale}");
        let distance = of(Similarity::NegativeEuclidean, &a, &b) / scale;
        assert!((distance + 2_f64.sqrt()).abs() < 1e-3, "{scale}: {distance}");
    }
    let (low, high) = ([-1e308, 0.0], [1e308, 0.0]);
    assert_eq!(of(Similarity::NegativeEuclidean, &low, &high), f64::NEG_INFINITY);
    assert_eq!(of(Similarity::NegativeEuclidean, &low, &low), 0.0);
}

fn rows() -> impl Strategy<Value = Vec<Vec<f64>>> {
    prop::collection::vec(
        prop::collection::vec(-3..4_i32, 3).prop_map(|row| row.into_iter().map(f64::from).collect()),
        2..150,
    )
}

proptest! {
    #[test]
    fn the_most_similar_are_those_of_a_full_sort(rows in rows(), most in 0..12_usize) {
        for similarity in [Similarity::Cosine, Similarity::Pearson, Similarity::NegativeEuclidean] {
            let mut all: Vec<(usize, f64)> = (1..rows.len())
                .filter_map(|at| Some((at, similarity.of(&rows[0], &rows[at]).unwrap()?)))
                .collect();
            all.sort_by(|a, b| b.1.total_cmp(&a.1));
            all.truncate(most);
            prop_assert_eq!(most_similar(&rows, 0, similarity, most).unwrap(), all);
        }
    }

    #[test]
    fn pairs_are_those_of_lists(watched in prop::collection::vec(prop::collection::btree_set(0..6_usize, 0..6), 0..12)) {
        let mut watching = CoWatching::new();
        for (viewer, items) in watched.iter().enumerate() {
            for item in items {
                watching.watched(&viewer.to_string(), item.to_string().as_str());
            }
        }
        let titles = watching.summary();
        let name = |place: usize| titles.titles[place].0.as_str().parse::<usize>().unwrap();
        for first in 0..titles.titles.len() {
            for second in 0..titles.titles.len() {
                let pair = titles.pair(first, second).unwrap();
                let (a, b) = (name(first), name(second));
                let both = watched.iter().filter(|items| items.contains(&a) && items.contains(&b)).count() as u64;
                prop_assert_eq!(pair.both, both);
                prop_assert_eq!(pair.first, watched.iter().filter(|items| items.contains(&a)).count() as u64);
            }
            let similar = titles.similar(first, 1.0, 10).unwrap();
            prop_assert!(similar.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            prop_assert!(similar.iter().all(|(other, _)| *other != first));
        }
    }

    /// Averaged over all orders in which players may come.
    #[test]
    fn shares_are_what_players_add(values in prop::collection::vec(-9..10_i32, 16)) {
        let values: Vec<f64> = values.into_iter().map(f64::from).collect();
        let mut added = [0.0; 4];
        let mut orders = 0.0;
        for order in 0..256_usize {
            let order = [order & 3, order >> 2 & 3, order >> 4 & 3, order >> 6];
            if (1..4).any(|at| order[..at].contains(&order[at])) {
                continue;
            }
            orders += 1.0;
            let mut set = 0;
            for player in order {
                added[player] += values[set | 1 << player] - values[set];
                set |= 1 << player;
            }
        }
        for (found, added) in shapley(4, &values).unwrap().into_iter().zip(added) {
            prop_assert!((found - added / orders).abs() < 1e-12);
        }
    }
}

#[test]
fn what_is_no_game_is_refused() {
    assert_eq!(shapley(0, &[0.0]).unwrap(), [0.0; 0]);
    assert_eq!(shapley(2, &[0.0; 3]), Err(Error::SetsMissing { players: 2, expected: 4, found: 3 }));
    assert_eq!(shapley(64, &[]), Err(Error::TooManyPlayers { players: 64, most: 20 }));
    assert!(shapley(1, &[0.0, f64::NAN]).is_err());
}
