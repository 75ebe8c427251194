//! Chapters, against counting every millisecond.

use std::sync::Arc;

use audience_core::test_util::check_merge_laws;
use audience_core::{Accumulator, MediaTime};
use audience_retention::{Chapter, ChapterCounts, ChapterCurves, Chapters};
use audience_stats::Confidence;
use proptest::prelude::*;

use super::{facts, ms};

fn chapter(name: &str, start: u64, end: u64) -> Chapter {
    Chapter { name: name.to_owned(), start: ms(start), end: ms(end) }
}

fn observed(chapters: Chapters, duration: u64, sessions: &[Vec<(u64, u64)>]) -> Vec<ChapterCounts> {
    let mut curves = ChapterCurves::new(Arc::new([("c".into(), chapters)].into()));
    for stretches in sessions {
        curves.observe(&facts(Some(duration), stretches));
    }
    curves.summary().remove(0).1.chapters
}

proptest! {
    #[test]
    fn agrees_with_a_count_of_every_millisecond(
        duration in 10_u64..120,
        borders in proptest::collection::btree_set(0_u64..10, 2..8),
        gap in 0_u64..3,
        sessions in proptest::collection::vec(proptest::collection::vec((0_u64..120, 0_u64..120), 0..5), 1..6),
    ) {
        let borders: Vec<u64> = borders.into_iter().map(|tenth| duration * tenth / 10).collect();
        let chapters: Vec<Chapter> = borders
            .windows(2)
            .map(|pair| chapter("", pair[0], pair[1].saturating_sub(gap).max(pair[0] + 1).min(pair[1])))
            .filter(|chapter| chapter.start < chapter.end)
            .collect();
        prop_assume!(!chapters.is_empty());
        let clip = |stretches: &Vec<(u64, u64)>| -> Vec<(u64, u64)> {
            let ordered = stretches.iter().map(|&(a, b)| (a.min(b).min(duration), a.max(b).min(duration)));
            ordered.filter(|(start, end)| start < end).collect()
        };
        let sessions: Vec<Vec<(u64, u64)>> = sessions.iter().map(clip).collect();
        let counts = observed(Chapters::new(chapters.clone(), Some(ms(duration))).unwrap(), duration, &sessions);
        for (chapter, counts) in chapters.iter().zip(&counts) {
            let watched = |stretches: &Vec<(u64, u64)>, at: u64| stretches.iter().any(|(start, end)| (*start..*end).contains(&at));
            let span = chapter.start.as_millis()..chapter.end.as_millis();
            let unique = |stretches: &Vec<(u64, u64)>| span.clone().filter(|at| watched(stretches, *at)).count() as u64;
            let entered = sessions.iter().filter(|stretches| unique(stretches) > 0).count() as u64;
            let completed = sessions.iter().filter(|stretches| watched(stretches, span.end - 1)).count() as u64;
            let last = |stretches: &Vec<(u64, u64)>| stretches.iter().map(|(_, end)| end - 1).max();
            let exits = sessions.iter().filter_map(last).filter(|last| span.contains(last)).count() as u64;
            let all: u64 = sessions.iter().map(unique).sum();
            prop_assert_eq!((counts.entered, counts.completed, counts.exits), (entered, completed, exits));
            prop_assert_eq!((counts.unique_ms, counts.sessions), (u128::from(all), sessions.len() as u64));
            let squares: u64 = sessions.iter().map(|stretches| unique(stretches).pow(2)).sum();
            prop_assert_eq!(counts.squares, u128::from(squares));
        }
    }
}

#[test]
fn chapters_that_cannot_be_are_refused() {
    let refused = |chapters: Vec<Chapter>| Chapters::new(chapters, Some(ms(100))).unwrap_err().to_string();
    assert_eq!(
        refused(vec![chapter("a", 0, 50), chapter("b", 40, 60)]),
        "use chapter 2 (\"b\"): it begins at 0:00.040, before the end of the one before at 0:00.050"
    );
    assert_eq!(
        refused(vec![chapter("a", 0, 101)]),
        "use chapter 1 (\"a\"): it ends at 0:00.101, past the end of the content at 0:00.100"
    );
    assert_eq!(refused(vec![chapter("a", 7, 7)]), "use chapter 1 (\"a\"): it begins at 0:00.007 and ends at 0:00.007");
    assert_eq!(Chapters::equal_parts(4, MediaTime::ZERO), Err(audience_core::Error::ZeroDuration));
    let starts = [(ms(0), None, "a".to_owned()), (ms(100), None, "b".to_owned())];
    assert!(matches!(
        Chapters::from_starts(starts, Some(ms(100))),
        Err(audience_core::Error::EmptyChapter { number: 2, .. })
    ));
}

#[test]
fn a_last_chapter_of_unknown_end_goes_on_to_the_end_of_each_session() {
    let starts = [(ms(0), None, "a".to_owned()), (ms(60), None, "b".to_owned())];
    let chapters = Chapters::from_starts(starts, None).unwrap();
    let counts = observed(chapters, 100, &[vec![(0, 100)], vec![(70, 80)]]);
    assert_eq!((counts[1].entered, counts[1].completed, counts[1].exits), (2, 1, 2));
    assert_eq!(counts[1].average_completion().unwrap().as_f64(), 50.0 / 80.0);
}

#[test]
fn intervals_say_how_sure_averages_are() {
    let sessions: Vec<Vec<(u64, u64)>> = (0..100).map(|n| vec![(0, 1 + n % 50)]).collect();
    let counts = observed(Chapters::equal_parts(2, ms(100)).unwrap(), 100, &sessions);
    let mean = counts[0].average_completion().unwrap().as_f64();
    assert!((mean - 0.51).abs() < 1e-12, "{mean}");
    let interval = counts[0].average_completion_interval(Confidence::P95, 1.0).unwrap();
    // The standard deviation of 1 to 50 of 50, twice each, is 0.29008; of the mean of a hundred a tenth.
    assert!((interval.high - mean - 1.96 * 0.029_008).abs() < 1e-4, "{interval:?}");
    let wider = counts[0].average_completion_interval(Confidence::P95, 4.0).unwrap();
    assert!(((wider.high - wider.low) / (interval.high - interval.low) - 2.0).abs() < 1e-9);
    // Nobody was in the second half, and what one watched says nothing of how sure it is.
    assert_eq!(counts[1].average_completion_interval(Confidence::P95, 1.0), None);
    assert_eq!((counts[1].completion(), counts[1].average_completion()), (None, None));
    let one = observed(Chapters::equal_parts(2, ms(100)).unwrap(), 100, &[vec![(0, 30)]]);
    assert_eq!(one[0].average_completion_interval(Confidence::P95, 1.0), None);
}

#[test]
fn obeys_the_laws() {
    let index = Arc::new([("c".into(), Chapters::equal_parts(3, ms(100)).unwrap())].into());
    let rows: Vec<_> = [(0, 100), (20, 50), (60, 61), (33, 66), (0, 33)]
        .iter()
        .map(|stretch| facts(Some(100), &[*stretch]))
        .chain([facts(None, &[(0, 10)])])
        .collect();
    check_merge_laws(&ChapterCurves::new(index), &rows);
}
