//! From lines to sessions, whatever the order and the number of threads.

use std::num::NonZeroUsize;

use audience_core::{Accumulator, Rules, SessionFacts, Tidied, UnitTotals};
use audience_ingest::{Options, Sessions};
use proptest::prelude::*;

use crate::{facts, folder, load_path, read, sample};

fn read_with(content: &str, threads: usize) -> Sessions {
    let folder = folder("input.ndjson", content);
    let mut options = Options::default();
    options.threads = NonZeroUsize::new(threads);
    load_path(&folder.path().join("input.ndjson"), &options).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_and_any_repeats_give_the_same(
        order in Just((0..280).collect::<Vec<usize>>()).prop_shuffle(),
        repeats in proptest::collection::vec(0_usize..280, 0..50),
        threads in 1_usize..4,
    ) {
        let text = sample();
        let lines: Vec<&str> = text.lines().collect();
        let shuffled: Vec<&str> = order.iter().chain(&repeats).map(|at| lines[*at]).collect();
        let sessions = read_with(&shuffled.join("\n"), threads);
        let rows = facts(&sessions);
        prop_assert_eq!(rows.iter().map(|facts| facts.tidied.duplicates).sum::<u64>(), repeats.len() as u64);
        let bare = |rows: Vec<SessionFacts>| -> Vec<SessionFacts> {
            rows.into_iter().map(|facts| SessionFacts { tidied: Tidied::default(), ..facts }).collect()
        };
        prop_assert_eq!(bare(rows), bare(facts(&read(&text))));
        prop_assert_eq!(sessions.horizon(), read(&text).horizon());
    }
}

#[test]
fn folding_on_any_number_of_threads_gives_what_a_loop_gives() {
    let mut expected = UnitTotals::new();
    expected.observe_all(&facts(&read(sample())));
    for threads in [1, 2, 7, 100] {
        let sessions = read_with(&sample(), threads);
        let totals = sessions
            .fold(&UnitTotals::new(), |totals, session| totals.observe(&session.facts(&Rules::default(), None)))
            .unwrap();
        assert_eq!(totals.summary(), expected.summary());
    }
}

#[test]
fn a_temporary_file_changes_nothing() {
    let folder = folder("input.ndjson", sample());
    let temporary = tempfile::tempdir().unwrap();
    let mut options = Options::default();
    options.memory = Some(0);
    options.temporary_folder = Some(temporary.path().into());
    let sessions = load_path(&folder.path().join("input.ndjson"), &options).unwrap();
    let in_memory = read(sample());
    assert!(sessions.spilled() > 0 && in_memory.spilled() == 0);
    assert_eq!(sessions.to_vec().unwrap(), in_memory.to_vec().unwrap());
    assert_eq!(sessions.get("s3").unwrap(), in_memory.get("s3").unwrap());
    assert_eq!(temporary.path().read_dir().unwrap().count(), 0);

    options.temporary_folder = Some(temporary.path().join("gone"));
    let error = load_path(&folder.path().join("input.ndjson"), &options).unwrap_err();
    assert!(matches!(error, audience_ingest::Error::Temporary { .. }), "{error}");
}

#[test]
fn a_session_is_found_by_its_id() {
    let sessions = read(sample());
    let found = sessions.get("s3").unwrap();
    assert_eq!((found.len(), found[0].events().len(), found[0].session_id().as_str()), (1, 40, "s3"));
    assert_eq!(sessions.get("nobody").unwrap(), []);
}

#[test]
fn a_session_with_two_titles_is_two() {
    let text = [
        r#"{"session_id":"s","content_id":"b","ts":5000,"type":"play","position_ms":0}"#,
        r#"{"session_id":"s","content_id":"a","ts":0,"type":"play","position_ms":0}"#,
        r#"{"session_id":"s","content_id":"a","ts":4000,"type":"pause","position_ms":4000}"#,
        r#"{"session_id":"s","ts":7000,"type":"pause","position_ms":2000}"#,
    ];
    let rows = facts(&read(text.join("\n")));
    let watched: Vec<_> =
        rows.iter().map(|facts| (facts.identity.content_id.to_string(), facts.watched.as_millis())).collect();
    assert_eq!(watched, [("a".to_owned(), 4000), ("b".to_owned(), 2000)]);
}

#[test]
fn sources_and_event_ids_tell_events_apart() {
    let text = [
        r#"{"session_id":"s","ts":1,"type":"click","seq":1,"source":"app"}"#,
        r#"{"session_id":"s","ts":1,"type":"click","seq":1,"source":"web"}"#,
        r#"{"session_id":"s","ts":1,"type":"click","seq":1,"source":"web"}"#,
        r#"{"session_id":"s","ts":1,"type":"click","event_id":"x"}"#,
        r#"{"session_id":"s","ts":1,"type":"click","event_id":"y","source":"web"}"#,
        r#"{"session_id":"s","ts":2,"type":"click","event_id":"x"}"#,
    ];
    let session = read(text.join("\n")).to_vec().unwrap().remove(0);
    assert_eq!(session.events().len(), 5);
    assert_eq!(session.tidied(), Tidied { duplicates: 1, conflicts: 1, dropped_attributes: 0 });
    assert_eq!(session.events().iter().filter(|event| event.source() == Some("web")).count(), 2);
    assert_eq!(session.events().iter().filter(|event| event.event_id() == Some("x")).count(), 2);
}

#[test]
fn one_wrong_clock_does_not_make_every_open_session_one_that_left() {
    use std::fmt::Write;
    let mut text = String::new();
    for n in 0..200 {
        writeln!(
            text,
            r#"{{"session_id":"s{}","ts":{},"type":"play","position_ms":0}}"#,
            n,
            1_767_225_600_000_u64 + n * 1000
        )
        .unwrap();
    }
    text.push_str(r#"{"session_id":"lost","ts":253402300799999,"type":"play"}"#);
    let sessions = read(&text);
    assert_eq!(sessions.horizon().unwrap().as_millis(), 1_767_225_600_000 + 199_000);
    assert_eq!(sessions.quality().clocks_ahead, 1);
}
