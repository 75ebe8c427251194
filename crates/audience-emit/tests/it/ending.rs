//! Flushing, shutting down, dropping, clearing.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

use audience_emit::{DropReason, Emitted, Emitter, EmitterConfig, SpoolWhen};

use crate::server::{Answer, Server};
use crate::{LONG, check_sums, config, emit, event, numbers, patient, until, with_spool};

/// An executor of one future, and of nobody else's making.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park_timeout(LONG),
        }
    }
}

#[test]
fn a_flush_sends_what_was_emitted_before_it() {
    let server = Server::willing();
    let emitter = Emitter::new(patient(&server.url())).unwrap();
    emit(&emitter, 25);
    // Full batches may have been delivered before it.
    assert!(emitter.flush(LONG).is_complete());
    assert_eq!(emitter.status().delivered, 25);
    assert_eq!(server.taken(), numbers(25));
    assert_eq!(emitter.flush(LONG).delivered, 0, "nothing to do is done at once");
}

#[test]
fn a_flush_ends_at_its_deadline() {
    let server = Server::new(|_, _| Answer::Hang);
    let emitter = Emitter::new(patient(&server.url())).unwrap();
    emit(&emitter, 25);
    let begin = Instant::now();
    let flushed = emitter.flush(Duration::from_millis(200));
    assert!((Duration::from_millis(200)..LONG).contains(&begin.elapsed()));
    assert_eq!((flushed.delivered, flushed.in_memory, flushed.dropped), (0, 25, 0));
    check_sums(&emitter.status());
}

#[test]
fn flushes_work_on_any_executor_and_on_none() {
    let server = Server::willing();
    let emitter = Emitter::new(patient(&server.url())).unwrap();
    emit(&emitter, 5);
    assert_eq!(block_on(emitter.flush_async(LONG)).delivered, 5);
    emit(&emitter, 5);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(emitter.flush_async(LONG)).delivered, 5);
    emit(&emitter, 5);
    assert_eq!(runtime.block_on(async { emitter.flush(LONG) }).delivered, 5, "the blocking form, inside of tokio");
    emit(&emitter, 5);
    drop(emitter.flush_async(LONG));
    until(&emitter, "a flush nobody waits for", |status| status.delivered == 20);
    emit(&emitter, 5);
    assert_eq!(block_on(emitter.shut_down_async(LONG)).delivered, 5);
}

#[test]
fn an_emitter_can_be_made_used_and_dropped_inside_of_tokio() {
    let server = Server::willing();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let emitter = Emitter::new(patient(&server.url())).unwrap();
        emit(&emitter, 5);
    });
    assert_eq!(server.taken(), numbers(5));
}

#[test]
fn shutting_down_delivers_the_rest_and_takes_no_more() {
    let server = Server::willing();
    let emitter = Emitter::new(patient(&server.url())).unwrap();
    emit(&emitter, 25);
    assert!(emitter.shut_down(LONG).is_complete());
    assert_eq!(emitter.status().delivered, 25);
    assert_eq!(emitter.emit(event("s1", 25)), Emitted::Dropped(DropReason::ShutDown));
    assert_eq!(server.taken(), numbers(25));
    let status = emitter.status();
    check_sums(&status);
    assert_eq!(status.dropped.shut_down, 1);
    assert_eq!(emitter.flush(LONG).delivered, 0);
    assert_eq!(emitter.shut_down(LONG).delivered, 0);
    assert_eq!(emitter.clear(), 0);
}

#[test]
fn shutting_down_counts_what_it_cannot_deliver() {
    let server = Server::new(|_, _| Answer::Hang);
    let emitter = Emitter::new(patient(&server.url())).unwrap();
    emit(&emitter, 25);
    let flushed = emitter.shut_down(Duration::from_millis(100));
    assert_eq!((flushed.delivered, flushed.dropped, flushed.in_memory), (0, 25, 0));
    let status = emitter.status();
    check_sums(&status);
    assert_eq!(status.dropped.shut_down, 25);
}

#[test]
fn dropping_delivers_the_rest_if_it_can() {
    let server = Server::willing();
    let emitter = Emitter::new(patient(&server.url())).unwrap();
    emit(&emitter, 25);
    let monitor = emitter.monitor();
    drop(emitter);
    assert_eq!(monitor.status().delivered, 25);
    assert_eq!(server.taken(), numbers(25));
}

#[test]
fn dropping_does_not_hang_and_counts_what_is_lost() {
    let server = Server::new(|_, _| Answer::Hang);
    let config = EmitterConfig { linger: Duration::from_millis(100), ..patient(&server.url()) };
    let emitter = Emitter::new(config).unwrap();
    emit(&emitter, 25);
    let monitor = emitter.monitor();
    let begin = Instant::now();
    drop(emitter);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let status = monitor.status();
    check_sums(&status);
    assert_eq!(status.dropped.shut_down, 25);
}

#[test]
fn dropping_with_a_spool_keeps_everything() {
    let hanging = Server::new(|_, _| Answer::Hang);
    for when in [SpoolWhen::Offline, SpoolWhen::Always] {
        let dir = tempfile::tempdir().unwrap();
        let emitter = Emitter::new(with_spool(patient(&hanging.url()), dir.path(), when)).unwrap();
        emit(&emitter, 25);
        let monitor = emitter.monitor();
        drop(emitter);
        let status = monitor.status();
        check_sums(&status);
        assert_eq!((status.pending.spooled, status.dropped.total()), (25, 0));
        let server = Server::willing();
        let emitter = Emitter::new(with_spool(config(&server.url()), dir.path(), when)).unwrap();
        assert_eq!(emitter.status().recovered, 25);
        until(&emitter, "delivery", |status| status.delivered == 25);
        assert_eq!(server.taken(), numbers(25));
    }
}

#[test]
fn clearing_gives_up_what_is_in_memory_in_flight_and_on_disk() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let dir = tempfile::tempdir().unwrap();
    let configs = [config(&hanging.url()), with_spool(config(&hanging.url()), dir.path(), SpoolWhen::Always)];
    for config in configs {
        let emitter = Emitter::new(config).unwrap();
        emit(&emitter, 35);
        until(&emitter, "a request", |status| status.requests > 0);
        assert_eq!(emitter.pending(), 35);
        assert_eq!(emitter.clear(), 35);
        let status = emitter.status();
        check_sums(&status);
        assert_eq!((status.pending.total(), status.dropped.cleared), (0, 35));
        let server = Server::willing();
        emitter.set_endpoint(&server.url()).unwrap();
        emit(&emitter, 5);
        assert!(emitter.flush(LONG).is_complete());
        assert_eq!(server.taken(), (36..=40).collect::<Vec<_>>());
    }
}
