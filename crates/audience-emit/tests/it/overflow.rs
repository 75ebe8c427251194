//! Queues that are full.

use audience_emit::{DropReason, Dropped, Emitted, Emitter, EmitterConfig, Overflow, QueueLimits};

use crate::server::{Answer, Server};
use crate::{LONG, check_sums, config, emit, event, numbers, patient, until};

/// What is delivered in the end of 100 events, when 20 have room, and 10 more were taken out to be sent.
fn delivered(overflow: Overflow) -> (Vec<u64>, Dropped) {
    let hanging = Server::new(|_, _| Answer::Hang);
    let queue = QueueLimits { max_events: 20, ..QueueLimits::default() };
    let emitter = Emitter::new(EmitterConfig { queue, overflow, ..patient(&hanging.url()) }).unwrap();
    emit(&emitter, 10);
    until(&emitter, "a request", |status| status.pending.held == 10);
    for n in 10..100 {
        let emitted = emitter.emit(event("s1", n));
        let full = overflow == Overflow::DropNewest && n >= 30;
        assert_eq!(emitted, if full { Emitted::Dropped(DropReason::QueueFull) } else { Emitted::Queued });
    }
    let status = emitter.status();
    check_sums(&status);
    assert_eq!((status.pending.queued, status.pending.held), (20, 10));
    let server = Server::willing();
    emitter.set_endpoint(&server.url()).unwrap();
    emitter.flush(LONG);
    let status = emitter.status();
    check_sums(&status);
    assert_eq!(status.pending.total(), 0);
    (server.taken(), status.dropped)
}

#[test]
fn the_newest_give_way_and_gaps_in_the_numbers_are_what_was_lost() {
    let (taken, dropped) = delivered(Overflow::DropNewest);
    assert_eq!(taken, numbers(30));
    assert_eq!((dropped.queue_full, dropped.total()), (70, 70));
}

#[test]
fn the_oldest_give_way_and_gaps_in_the_numbers_are_what_was_lost() {
    let (taken, dropped) = delivered(Overflow::DropOldest);
    let expected: Vec<u64> = (1..=10).chain(81..=100).collect();
    assert_eq!(taken, expected);
    assert_eq!((dropped.evicted, dropped.total()), (70, 70));
}

#[test]
fn memory_is_bounded_in_bytes_too() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let queue = QueueLimits { max_bytes: 100_000, ..QueueLimits::default() };
    let emitter = Emitter::new(EmitterConfig { queue, ..config(&hanging.url()) }).unwrap();
    for n in 0..100 {
        let mut envelope = event("s1", n);
        envelope.attributes.push(("note".into(), "x".repeat(10_000).into()));
        emitter.emit(envelope);
    }
    let status = emitter.status();
    check_sums(&status);
    assert!(status.dropped.queue_full >= 100 - 9 - 10, "nine have room, ten more may have been taken to be sent");
    let mut huge = event("s1", 0);
    huge.attributes.push(("note".into(), "x".repeat(100_000).into()));
    assert_eq!(emitter.emit(huge), Emitted::Dropped(DropReason::TooLarge));
    check_sums(&emitter.status());
}

#[test]
fn threads_that_emit_at_once_lose_nothing_and_get_numbers_of_their_own() {
    let server = Server::willing();
    let emitter = Emitter::new(config(&server.url())).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let emitter = &emitter;
            scope.spawn(move || {
                for n in 0..500 {
                    emitter.emit(event(&format!("s{thread}"), n));
                }
            });
        }
    });
    let status = until(&emitter, "delivery", |status| status.delivered == 2000);
    check_sums(&status);
    let mut taken = server.taken();
    taken.sort_unstable();
    assert_eq!(taken, numbers(2000));
}

#[test]
fn threads_that_emit_at_once_into_a_full_queue_are_counted_right() {
    for overflow in [Overflow::DropNewest, Overflow::DropOldest] {
        let server = Server::willing();
        let queue = QueueLimits { max_events: 20, max_bytes: 10_000 };
        let emitter = Emitter::new(EmitterConfig { queue, overflow, ..config(&server.url()) }).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let emitter = &emitter;
                scope.spawn(move || {
                    for n in 0..2000 {
                        emitter.emit(event(&format!("s{thread}"), n));
                    }
                });
            }
        });
        check_sums(&emitter.status());
        emitter.flush(LONG);
        let status = emitter.status();
        check_sums(&status);
        assert_eq!((status.emitted, status.pending.total()), (8000, 0));
        assert_eq!(server.taken().len() as u64, status.delivered);
        assert!(status.dropped.total() > 0);
    }
}
