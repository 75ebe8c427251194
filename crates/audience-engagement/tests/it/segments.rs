//! Attribution to segments, against counting every millisecond.

use std::collections::BTreeSet;
use std::sync::Arc;

use audience_core::{Accumulator, Chapter, Chapters, SessionFacts};
use audience_engagement::{Error, SegmentAttribution, SegmentModel, TitleAttribution, shapley};
use proptest::prelude::*;

use super::{facts, ms};

fn of(attribution: SegmentAttribution, sessions: &[SessionFacts]) -> TitleAttribution {
    let mut attribution = attribution;
    attribution.observe_all(sessions);
    attribution.summary().remove(0).1
}

#[test]
fn a_segment_is_reached_by_any_part_of_it() {
    // Ten viewers watch from 5 to 30 s of a segment that begins at 0.
    let sessions: Vec<_> = (0..10).map(|at| facts(&format!("v{at}"), Some(60_000), &[(5000, 30_000)], &[])).collect();
    let title = of(SegmentAttribution::new(Arc::default(), 2).unwrap(), &sessions);
    assert_eq!((title.segments[0].reached, title.segments[1].reached), (10, 0));
    assert_eq!(title.segments[1].reach().unwrap().as_f64(), 0.0);
    assert_eq!(title.credit(SegmentModel::ConversionsShapley), None);
}

#[test]
fn what_cannot_be_placed_is_counted_apart() {
    let sessions = [facts("ann", None, &[(0, 1000)], &["conversion"]), facts("bob", Some(1000), &[(0, 1000)], &[])];
    let title = of(SegmentAttribution::new(Arc::default(), 2).unwrap(), &sessions);
    assert_eq!((title.sessions, title.left_out, title.conversions, title.segments[0].sessions), (2, 1, 0, 1));
    for parts in [0, 1001, 1 << 20] {
        let refused = SegmentAttribution::new(Arc::default(), parts).unwrap_err();
        assert_eq!(refused, Error::PartsOutOfRange { parts, most: 1000 });
    }
}

#[test]
fn conversions_go_with_what_was_watched() {
    let sessions = [
        facts("ann", Some(40_000), &[(0, 40_000)], &["conversion"]),
        facts("bob", Some(40_000), &[(35_000, 40_000), (5000, 8000)], &["conversion", "conversion"]),
        facts("cid", Some(40_000), &[(0, 40_000)], &[]),
    ];
    let title = of(SegmentAttribution::new(Arc::default(), 4).unwrap(), &sessions);
    assert_eq!(title.conversions, 2);
    let column = |of: fn(&audience_engagement::SegmentCredit) -> f64| title.segments.iter().map(of).collect::<Vec<_>>();
    assert_eq!(column(|segment| segment.first as f64), [2.0, 0.0, 0.0, 0.0]);
    // The one who went back stopped in the first.
    assert_eq!(column(|segment| segment.last as f64), [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(column(|segment| segment.shapley), [0.75, 0.25, 0.25, 0.75]);
}

/// A session of content of 1000 ms, and whether it converts.
fn session() -> impl Strategy<Value = (Vec<(u64, u64)>, bool)> {
    let stretch = (0..990_u64, 1..400_u64).prop_map(|(start, length)| (start, (start + length).min(1000)));
    (prop::collection::vec(stretch, 1..5), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn segments_earn_what_is_watched_in_them(sessions in prop::collection::vec(session(), 1..5), parts in 1..9_usize, gap in any::<bool>()) {
        let duration = 1000;
        let borders: Vec<(u64, u64)> = if gap {
            vec![(0, 130), (200, 560), (700, 1000)]
        } else {
            let border = |at: usize| duration * at as u64 / parts as u64;
            (0..parts).map(|at| (border(at), border(at + 1))).collect()
        };
        let index = if gap {
            let chapters = borders.iter().map(|(start, end)| Chapter { name: "part".to_owned(), start: ms(*start), end: ms(*end) });
            Arc::new([("c".into(), Chapters::new(chapters.collect(), Some(ms(duration))).unwrap())].into())
        } else {
            Arc::default()
        };
        let rows: Vec<SessionFacts> = sessions
            .iter()
            .enumerate()
            .map(|(at, (stretches, converts))| {
                let marks: &[&str] = if *converts { &["conversion"] } else { &[] };
                facts(&format!("v{at}"), Some(duration), stretches, marks)
            })
            .collect();
        let title = of(SegmentAttribution::new(index, parts).unwrap(), &rows);
        prop_assert_eq!(title.segments.len(), borders.len());
        for (segment, (start, end)) in title.segments.iter().zip(&borders) {
            let plays = |facts: &SessionFacts| (*start..*end).map(|at| (at, facts.map.plays_at(ms(at)))).collect::<Vec<_>>();
            let all: Vec<Vec<(u64, u32)>> = rows.iter().map(plays).collect();
            let sum = |of: fn(&(u64, u32)) -> u64| all.iter().flatten().filter(|(_, plays)| *plays > 0).map(of).sum::<u64>();
            prop_assert_eq!(segment.reached, all.iter().filter(|plays| plays.iter().any(|(_, plays)| *plays > 0)).count() as u64);
            prop_assert_eq!(segment.unique_ms, u128::from(sum(|_| 1)));
            prop_assert_eq!(segment.played_ms, u128::from(sum(|(_, plays)| u64::from(*plays))));
            prop_assert_eq!(segment.moment, u128::from(sum(|(at, _)| 2 * at + 1)));
        }
        // The value of a set of segments is the conversions of sessions that watched no other.
        let watched = |facts: &SessionFacts| -> BTreeSet<usize> {
            let reaches = |(start, end): (u64, u64)| (start..end).any(|at| facts.map.plays_at(ms(at)) > 0);
            (0..borders.len()).filter(|at| reaches(borders[*at])).collect()
        };
        let converted: Vec<BTreeSet<usize>> =
            rows.iter().filter(|facts| !facts.marks.is_empty()).map(watched).filter(|watched| !watched.is_empty()).collect();
        let value = |set: usize| {
            let all_in = |watched: &&BTreeSet<usize>| watched.iter().all(|segment| set & (1 << segment) != 0);
            converted.iter().filter(all_in).count() as f64
        };
        let values: Vec<f64> = (0..1 << borders.len()).map(value).collect();
        let fair = shapley(borders.len(), &values).unwrap();
        for (segment, fair) in title.segments.iter().zip(fair) {
            prop_assert!((segment.shapley - fair).abs() < 1e-12, "{} is not {}", segment.shapley, fair);
        }
        let ends = |of: fn(&audience_engagement::SegmentCredit) -> u64| title.segments.iter().map(of).sum::<u64>();
        prop_assert_eq!((ends(|segment| segment.first), ends(|segment| segment.last)), (title.conversions, title.conversions));
        prop_assert_eq!(title.conversions, converted.len() as u64);
    }
}
