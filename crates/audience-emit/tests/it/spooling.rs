//! The spool: what is on disk, in which order, how much, and whose.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use audience_core::Envelope;
use audience_emit::{Emitter, EmitterConfig, Error, Failure, Overflow, Spool, SpoolSync, SpoolWhen};

use crate::server::{Answer, Server};
use crate::{LONG, check_sums, config, emit, event, numbers, until, with_spool};

const BOTH: [SpoolWhen; 2] = [SpoolWhen::Offline, SpoolWhen::Always];

/// A directory where an emitter has left so many events.
fn left(events: u64) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::new(|_, _| Answer::Status(503));
    let emitter = Emitter::new(with_spool(config(&server.url()), dir.path(), SpoolWhen::Always)).unwrap();
    emit(&emitter, events);
    drop(emitter);
    assert!(server.taken().is_empty());
    dir
}

fn segments(dir: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ndjson"));
    paths.sort_unstable();
    paths
}

/// Numbers of all events in the directory.
fn on_disk(dir: &Path) -> Vec<u64> {
    let text: String = segments(dir).iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    text.lines().map(|line| serde_json::from_str::<Envelope>(line).unwrap().event.seq.unwrap().get()).collect()
}

/// Delivers what is left in the directory to a willing server, and nothing else.
fn deliver(dir: &Path) -> (Server, audience_emit::Status) {
    let server = Server::willing();
    let emitter = Emitter::new(with_spool(config(&server.url()), dir, SpoolWhen::Always)).unwrap();
    emitter.flush(LONG);
    let status = emitter.status();
    check_sums(&status);
    assert_eq!(status.pending.total(), 0);
    (server, status)
}

#[test]
fn events_are_on_disk_as_canonical_lines_that_others_read() {
    let dir = left(25);
    assert_eq!(on_disk(dir.path()), numbers(25));
    let inputs = audience_ingest::Input::find(&segments(dir.path())[0]).unwrap();
    let sessions = audience_ingest::load(inputs, &audience_ingest::Options::default()).unwrap();
    assert_eq!((sessions.quality().events, sessions.quality().rejected()), (25, 0));
}

#[test]
fn what_is_written_ahead_is_on_disk_before_it_is_answered() {
    let server = Server::new(|_, _| Answer::Hang);
    for sync in [SpoolSync::Never, SpoolSync::EachWrite] {
        let dir = tempfile::tempdir().unwrap();
        let spool = Spool { when: SpoolWhen::Always, sync, ..Spool::new(dir.path()) };
        let emitter = Emitter::new(EmitterConfig { spool: Some(spool), ..config(&server.url()) }).unwrap();
        emit(&emitter, 25);
        let status = until(&emitter, "writing", |status| status.spooled == 25);
        check_sums(&status);
        assert_eq!((status.pending.queued, status.pending.held, status.pending.spooled), (0, 0, 25));
        assert_eq!(on_disk(dir.path()), numbers(25));
    }
}

#[test]
fn nothing_is_written_while_all_is_well_unless_it_is_asked_for() {
    let server = Server::willing();
    let dir = tempfile::tempdir().unwrap();
    let emitter = Emitter::new(with_spool(config(&server.url()), dir.path(), SpoolWhen::Offline)).unwrap();
    emit(&emitter, 25);
    assert!(emitter.flush(LONG).is_complete());
    assert_eq!(emitter.status().spooled, 0);
    assert_eq!(server.taken(), numbers(25));
}

#[test]
fn events_go_to_disk_when_a_request_fails_and_when_the_queue_is_half_full() {
    let failing = Server::new(|_, _| Answer::Status(500));
    let dir = tempfile::tempdir().unwrap();
    let emitter = Emitter::new(with_spool(config(&failing.url()), dir.path(), SpoolWhen::Offline)).unwrap();
    emit(&emitter, 25);
    until(&emitter, "writing", |status| status.pending.spooled == 25);
    assert_eq!(on_disk(dir.path()), numbers(25));

    let hanging = Server::new(|_, _| Answer::Hang);
    let dir = tempfile::tempdir().unwrap();
    let config = crate::with_queue(crate::patient(&hanging.url()), 20);
    let emitter = Emitter::new(with_spool(config, dir.path(), SpoolWhen::Offline)).unwrap();
    emit(&emitter, 10);
    until(&emitter, "a request", |status| status.pending.held == 10);
    for n in 10..200 {
        emitter.emit(event("s1", n));
        if n % 5 == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    let status = until(&emitter, "writing", |status| status.pending.queued < 10 && status.pending.held == 0);
    check_sums(&status);
    let written = on_disk(dir.path());
    assert_eq!(written[..10], numbers(10), "what hangs is in front");
    assert!(written.is_sorted());
    assert_eq!(status.dropped.total() + status.pending.total(), 200);
}

#[test]
fn what_is_left_is_sent_first_and_in_order_and_keeps_its_numbers() {
    for when in BOTH {
        let dir = left(35);
        let server = Server::willing();
        let config = EmitterConfig { source: Some("later".into()), ..config(&server.url()) };
        let emitter = Emitter::new(with_spool(config, dir.path(), when)).unwrap();
        assert_eq!(emitter.status().recovered, 35);
        emit(&emitter, 15);
        let status = until(&emitter, "delivery", |status| status.delivered == 50);
        check_sums(&status);
        let sent: Vec<Envelope> = server.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let names = sent.iter().map(|envelope| (envelope.event.source().unwrap(), envelope.event.seq.unwrap().get()));
        let expected = (1..=35).map(|n| ("test", n)).chain((1..=15).map(|n| ("later", n)));
        assert_eq!(names.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        drop(emitter);
        assert_eq!(segments(dir.path()), Vec::<PathBuf>::new(), "nothing is left");
    }
}

#[test]
fn an_emitter_goes_on_where_another_was_stopped_in_the_middle() {
    let dir = left(35);
    let server = Server::new(|count, _| if count < 2 { Answer::Status(200) } else { Answer::Hang });
    let emitter = Emitter::new(with_spool(config(&server.url()), dir.path(), SpoolWhen::Always)).unwrap();
    until(&emitter, "two batches", |status| status.delivered == 20);
    drop(emitter);
    assert_eq!(server.taken(), numbers(20));
    let (server, status) = deliver(dir.path());
    assert_eq!(status.recovered, 15);
    assert_eq!(server.taken(), (21..=35).collect::<Vec<_>>());
}

#[test]
fn a_position_that_was_lost_sends_again_rather_than_not_at_all() {
    for position in [None, Some(&b""[..]), Some(b"\xff\xfe"), Some(b"none")] {
        let dir = left(35);
        if let Some(position) = position {
            fs::write(dir.path().join("acked"), position).unwrap();
        }
        let (server, _) = deliver(dir.path());
        assert_eq!(server.taken(), numbers(35));
    }
}

#[test]
fn a_torn_line_is_no_event_and_is_counted() {
    for (cut, events, torn) in [(0, 25, 0), (1, 24, 1), (20, 24, 1), (60, 24, 1)] {
        let dir = left(25);
        let path = segments(dir.path()).pop().unwrap();
        let text = fs::read(&path).unwrap();
        fs::write(&path, &text[..text.len() - cut]).unwrap();
        let (server, status) = deliver(dir.path());
        assert_eq!((status.recovered, status.spool.unwrap().torn), (events, torn));
        assert_eq!(server.taken(), numbers(events));
        assert!(segments(dir.path()).is_empty());
    }
}

#[test]
fn damaged_lines_are_counted_and_their_file_is_kept() {
    let dir = left(25);
    let path = segments(dir.path()).remove(0);
    let text = fs::read_to_string(&path).unwrap();
    let damaged: Vec<&str> =
        text.lines().enumerate().map(|(at, line)| if at == 7 { "{\"se\0\0" } else { line }).collect();
    fs::write(&path, damaged.join("\n") + "\nnothing at all\n").unwrap();
    let (server, status) = deliver(dir.path());
    let expected: Vec<u64> = (1..=25).filter(|number| *number != 8).collect();
    assert_eq!(server.taken(), expected);
    assert_eq!((status.recovered, status.dropped.unreadable), (27 - 1, 2));
    assert_eq!(status.spool.unwrap().damaged, [path]);
    let kept: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(kept.iter().any(|name| name.to_string_lossy().ends_with(".ndjson.damaged")), "{kept:?}");
    let (_, status) = deliver(dir.path());
    assert_eq!((status.recovered, status.spool.unwrap().damaged.len()), (0, 1), "named by those that follow, too");
}

#[test]
fn foreign_files_are_named_and_left_alone() {
    let dir = left(25);
    let names = ["1.ndjson", "notes.txt"];
    for name in names {
        fs::write(dir.path().join(name), "mine\n").unwrap();
    }
    fs::create_dir(dir.path().join("0000000007.ndjson")).unwrap();
    let (server, status) = deliver(dir.path());
    assert_eq!(server.taken(), numbers(25));
    let foreign = status.spool.unwrap().foreign;
    assert_eq!(foreign, ["0000000007.ndjson", "1.ndjson", "notes.txt"].map(|name| dir.path().join(name)));
    for name in names {
        assert_eq!(fs::read_to_string(dir.path().join(name)).unwrap(), "mine\n");
    }
}

#[test]
fn a_directory_has_one_emitter_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let one = || with_spool(config("http://127.0.0.1:9/"), dir.path(), SpoolWhen::Always);
    let emitter = Emitter::new(one()).unwrap();
    let error = Emitter::new(one()).unwrap_err();
    assert!(matches!(&error, Error::SpoolInUse { dir: used } if used == dir.path()), "{error}");
    drop(emitter);
    Emitter::new(one()).unwrap();
}

/// What is delivered in the end of 400 events, of which a spool of 8 KiB has room for a few, and a queue for 20.
fn squeezed(overflow: Overflow, when: SpoolWhen) -> (Vec<u64>, audience_emit::Status) {
    let failing = Server::new(|_, _| Answer::Status(503));
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool { max_bytes: 8192, when, ..Spool::new(dir.path()) };
    let config = crate::with_queue(EmitterConfig { overflow, spool: Some(spool), ..config(&failing.url()) }, 20);
    let emitter = Emitter::new(config).unwrap();
    for n in 0..400 {
        emitter.emit(event("s1", n));
        if n < 50 {
            until(&emitter, "writing", |status| status.pending.queued == 0);
        } else if n % 5 == 0 {
            std::thread::sleep(Duration::from_millis(2));
        }
    }
    let bytes: u64 = segments(dir.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    assert!(bytes <= 8192, "{bytes}");
    let server = Server::willing();
    emitter.set_endpoint(&server.url()).unwrap();
    let status = until(&emitter, "delivery", |status| status.pending.total() == 0);
    check_sums(&status);
    (server.distinct(), status)
}

#[test]
fn a_full_spool_takes_no_more_or_gives_up_its_oldest() {
    for when in BOTH {
        let (taken, status) = squeezed(Overflow::DropNewest, when);
        assert_eq!(taken[..50], numbers(50), "the first are kept");
        assert_eq!((status.dropped.spool_full, status.dropped.evicted), (0, 0));
        assert_eq!(status.dropped.queue_full, 400 - taken.len() as u64);

        let (taken, status) = squeezed(Overflow::DropOldest, when);
        assert_eq!(taken.last(), Some(&400), "the last are kept");
        assert!(taken.is_sorted());
        assert!(status.dropped.spool_full > 0);
        assert_eq!(status.dropped.spool_full + status.dropped.evicted, 400 - taken.len() as u64);
    }
}

#[test]
fn an_event_larger_than_the_spool_is_dropped_and_holds_up_nothing() {
    let server = Server::willing();
    let dir = tempfile::tempdir().unwrap();
    let spool = Spool { max_bytes: 4096, when: SpoolWhen::Always, ..Spool::new(dir.path()) };
    let emitter = Emitter::new(EmitterConfig { spool: Some(spool), ..config(&server.url()) }).unwrap();
    for n in 0..30 {
        let mut envelope = event("s1", n);
        if n == 10 {
            envelope.attributes.push(("note".into(), "x".repeat(5000).into()));
        }
        emitter.emit(envelope);
    }
    let status = until(&emitter, "delivery", |status| status.pending.total() == 0);
    check_sums(&status);
    assert_eq!((status.delivered, status.dropped.too_large), (29, 1));
}

#[test]
fn a_disk_that_fails_is_reported_and_events_are_sent_from_memory() {
    let server = Server::willing();
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("spool");
    let emitter = Emitter::new(with_spool(config(&server.url()), &dir, SpoolWhen::Always)).unwrap();
    // As good as a disk that is full: nothing can be created.
    fs::remove_dir_all(&dir).unwrap();
    emit(&emitter, 35);
    let status = until(&emitter, "delivery", |status| status.delivered == 35);
    check_sums(&status);
    assert!(matches!(status.last_error.unwrap().failure, Failure::Spool { .. }));
    assert!(status.spool.unwrap().errors > 0);
    assert_eq!(server.taken(), numbers(35));
    fs::create_dir(&dir).unwrap();
    until(&emitter, "the disk", |status| {
        emitter.emit(event("s1", 0));
        status.spooled > 0
    });
}

#[test]
fn a_segment_that_somebody_took_away_is_counted_and_holds_up_nothing() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let dir = tempfile::tempdir().unwrap();
    let emitter = Emitter::new(with_spool(config(&hanging.url()), dir.path(), SpoolWhen::Always)).unwrap();
    emit(&emitter, 35);
    until(&emitter, "writing", |status| status.spooled == 35 && status.requests == 1);
    for path in segments(dir.path()) {
        fs::remove_file(path).unwrap();
    }
    let server = Server::willing();
    emitter.set_endpoint(&server.url()).unwrap();
    let status = until(&emitter, "delivery", |status| status.pending.total() == 0);
    check_sums(&status);
    assert!(status.delivered > 0 && status.delivered + status.dropped.unreadable == 35, "{status:#?}");
}
