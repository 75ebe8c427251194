//! What the figures of a report are.

use audience_core::{Event, EventKind, MediaTime, Session, Timestamp};
use audience_report::ReportSpec;

use crate::{facts, report, various, view};

#[test]
fn titles_add_up_to_the_totals() {
    let report = various(&ReportSpec::default());
    let sum = |of: fn(&audience_report::TitleReport) -> u64| report.titles.iter().map(of).sum::<u64>();
    assert_eq!(sum(|title| title.totals.sessions), report.totals.sessions);
    assert_eq!(sum(|title| title.totals.watched_ms), report.totals.watched_ms);
    assert_eq!(sum(|title| title.totals.unique_ms), report.totals.unique_ms);
    assert_eq!(sum(|title| title.totals.rewatched_ms), report.totals.rewatched_ms);
    assert_eq!(sum(|title| title.experience.stalled_ms), report.experience.stalled_ms);
    let totals = &report.totals;
    assert_eq!(totals.watched_ms, totals.unique_ms + totals.rewatched_ms + totals.unplaced_ms);
    assert!(totals.unplaced_ms > 0, "else this test shows less than it says");
}

#[test]
fn the_heatmap_of_a_title_adds_up_to_what_was_watched_of_it() {
    for title in various(&ReportSpec::default()).titles {
        if title.heatmap.live > 0 {
            assert!(title.heatmap.watched_ms.is_empty(), "positions of a live stream have no common start");
            continue;
        }
        let heat: u64 = title.heatmap.watched_ms.iter().sum();
        assert_eq!(heat, title.totals.watched_ms - title.totals.unplaced_ms, "{}", title.content_id);
        let again: u64 = title.heatmap.rewatched_ms.iter().sum();
        assert_eq!(again, title.totals.rewatched_ms, "{}", title.content_id);
    }
}

#[test]
fn the_average_view_is_over_views_that_started() {
    let never = Session::new("n", "a", [Event::new(Timestamp::from_millis(0), EventKind::load())]);
    let report =
        report(&ReportSpec::default(), &[facts(&view("1", "a", 0, 40)), facts(&view("2", "a", 0, 60)), facts(&never)]);
    assert_eq!(report.totals.average_view_duration_ms, Some(50_000.0));
    assert_eq!((report.totals.sessions, report.totals.started), (3, 2));
}

#[test]
fn the_rebuffer_ratio_is_a_ratio_of_sums() {
    // One short view that stalled for half of its time and one long one that never did.
    let at = |secs: i64| Timestamp::from_millis(secs * 1000);
    let position = MediaTime::from_secs;
    let stalled = Session::new(
        "s",
        "a",
        [
            Event::new(at(0), EventKind::Play).at(position(0)),
            Event::new(at(10), EventKind::BufferStart).at(position(10)),
            Event::new(at(20), EventKind::buffer_end()).at(position(10)),
            Event::new(at(20), EventKind::Pause).at(position(10)),
        ],
    );
    let smooth = view("l", "a", 0, 90);
    let report = report(&ReportSpec::default(), &[facts(&stalled), facts(&smooth)]);
    assert_eq!(report.experience.rebuffer_ratio.unwrap().as_f64(), 10.0 / 110.0);
    assert_eq!(report.experience.mean_session_buffering_ratio, Some(0.25));
}

#[test]
fn what_is_undefined_is_null_and_not_zero() {
    let report = report(&ReportSpec::default(), &[]);
    assert_eq!(report.totals.average_view_duration_ms, None);
    assert_eq!(report.totals.completion_rate, None);
    assert_eq!(report.experience.startup_p50_ms, None);
    assert_eq!(report.experience.rebuffer_ratio, None);
    assert_eq!(report.experience.average_bitrate_bps, None);
    assert_eq!(report.titles, []);
}

#[test]
fn titles_watched_most_come_first_and_ties_are_in_order_of_their_ids() {
    let rows: Vec<_> = [("1", "c", 10), ("2", "a", 10), ("3", "b", 90)]
        .iter()
        .map(|(id, title, secs)| facts(&view(id, title, 0, *secs)))
        .collect();
    let ids = |top: usize| {
        let report = report(&ReportSpec { top, ..ReportSpec::default() }, &rows);
        (report.titles.iter().map(|title| title.content_id.as_str()).collect::<String>(), report.titles_omitted)
    };
    assert_eq!(ids(9), ("bac".to_owned(), 0));
    assert_eq!(ids(2), ("ba".to_owned(), 1));
    assert_eq!(ids(0), (String::new(), 3));
}

#[test]
fn titles_about_whose_length_sessions_disagree_are_listed() {
    let long = |millis: u64| {
        let load = EventKind::load_of(MediaTime::from_millis(millis));
        facts(&Session::new("s", "a", [Event::new(Timestamp::from_millis(0), load)]))
    };
    let disagree = |a, b| report(&ReportSpec::default(), &[long(a), long(b)]).quality.durations_disagree.len();
    assert_eq!(disagree(60_000, 61_000), 0, "a second is rounding");
    assert_eq!(disagree(60_000, 61_001), 1);
}
