//! What is done on each answer, and on none.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use audience_emit::{Emitter, EmitterConfig, EndpointState, Failure};

use crate::server::{Answer, Server};
use crate::{LONG, check_sums, config, emit, event, numbers, until};

/// After these answers to its first requests, all 35 events are delivered, each once, in order.
fn check_nothing_is_lost(answers: Vec<Answer>) -> (Server, Emitter) {
    let troubles = answers.len();
    let server = Server::first(answers);
    let emitter = Emitter::new(config(&server.url())).unwrap();
    emit(&emitter, 35);
    let status = until(&emitter, "delivery", |status| status.delivered == 35);
    check_sums(&status);
    assert_eq!(status.retries, troubles as u64);
    assert_eq!(status.endpoint, EndpointState::Answering);
    assert_eq!(server.taken(), numbers(35));
    (server, emitter)
}

fn last_answer(emitter: &Emitter) -> (u16, String) {
    match emitter.status().last_error.unwrap().failure {
        Failure::Answer { status, text } => (status, text),
        other => panic!("{other}"),
    }
}

#[test]
fn events_arrive_as_they_were_emitted() {
    let server = Server::willing();
    let config = EmitterConfig { headers: vec![("Authorization".into(), "Bearer t".into())], ..config(&server.url()) };
    let emitter = Emitter::new(config).unwrap();
    let mut expected = Vec::new();
    for n in 0..3 {
        emitter.emit(event("s1", n));
        let mut sent = event("s1", n);
        sent.event = sent.event.numbered(n + 1).from_source("test");
        sent.write_line(&mut expected);
    }
    assert!(emitter.flush(LONG).is_complete());
    let received = server.received();
    assert_eq!(received.iter().map(|received| received.body.as_str()).collect::<String>().as_bytes(), expected);
    for header in ["post /events http/1.1", "content-type: application/x-ndjson", "authorization: bearer t"] {
        assert!(received[0].head.contains(header), "{}", received[0].head);
    }
    assert_eq!(emitter.status().bytes_sent, expected.len() as u64);
}

#[test]
fn answers_of_500_and_like_it_are_tried_again() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let (_server, emitter) = check_nothing_is_lost(vec![Answer::Status(status); 3]);
        assert_eq!(last_answer(&emitter).0, status);
    }
}

#[test]
fn a_connection_that_breaks_is_tried_again() {
    check_nothing_is_lost(vec![Answer::Break, Answer::Close, Answer::Break]);
}

#[test]
fn an_endpoint_that_never_answers_is_tried_again_after_the_time_out() {
    let server = Server::first(vec![Answer::Hang, Answer::Hang]);
    let config = EmitterConfig { request_timeout: Duration::from_millis(200), ..config(&server.url()) };
    let emitter = Emitter::new(config).unwrap();
    emit(&emitter, 35);
    let status = until(&emitter, "delivery", |status| status.delivered == 35);
    assert_eq!(status.last_error.unwrap().failure, Failure::Timeout);
    // What hung was received as a whole: on a busy machine, perhaps others were, too late.
    assert_eq!(server.distinct(), numbers(35));
}

#[test]
fn an_endpoint_that_refuses_connections_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let emitter = Emitter::new(config(&format!("http://{address}/events"))).unwrap();
    emit(&emitter, 35);
    let failing = |failures| move |status: &audience_emit::Status| status.requests >= failures;
    let status = until(&emitter, "failures", failing(3));
    assert!(matches!(status.last_error.unwrap().failure, Failure::Connect(_)));
    assert_eq!(status.delivered, 0);
    let server = Server::on(TcpListener::bind(address).unwrap(), |_, _| Answer::Status(204));
    until(&emitter, "delivery", |status| status.delivered == 35);
    assert_eq!(server.taken(), numbers(35));
}

#[test]
fn retry_after_is_waited_for() {
    let answer = Answer::With(429, ("retry-after", "1".to_owned()), "slow down");
    let begin = Instant::now();
    let (server, emitter) = check_nothing_is_lost(vec![answer]);
    assert!(begin.elapsed() >= Duration::from_secs(1));
    assert_eq!(last_answer(&emitter), (429, "slow down".to_owned()));
    let received = server.received();
    assert_eq!(received[0].body, received[1].body);
}

#[test]
fn a_flush_does_not_outrun_retry_after() {
    let answer = Answer::With(503, ("retry-after", "1".to_owned()), "");
    let server = Server::first(vec![answer]);
    let emitter = Emitter::new(config(&server.url())).unwrap();
    emit(&emitter, 5);
    until(&emitter, "the answer", |status| status.last_error.is_some());
    let flushed = emitter.flush(Duration::from_millis(100));
    assert_eq!((flushed.delivered, flushed.in_memory), (0, 5));
    assert!(emitter.flush(LONG).is_complete());
    assert_eq!(emitter.status().delivered, 5);
}

#[test]
fn an_endpoint_that_is_gone_gets_nothing_until_it_is_another() {
    let gone = Server::new(|_, _| Answer::Status(410));
    let emitter = Emitter::new(config(&gone.url())).unwrap();
    emit(&emitter, 35);
    until(&emitter, "the answer", |status| status.endpoint == EndpointState::Gone);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(gone.requests(), 1);
    let flushed = emitter.flush(LONG);
    assert_eq!((flushed.delivered, flushed.in_memory), (0, 35), "a flush has nothing to wait for");
    let server = Server::willing();
    emitter.set_endpoint(&server.url()).unwrap();
    until(&emitter, "delivery", |status| status.delivered == 35);
    assert_eq!(server.taken(), numbers(35));
    assert_eq!(gone.requests(), 1);
}

#[test]
fn another_endpoint_gets_what_the_one_before_has_not_answered() {
    let hanging = Server::new(|_, _| Answer::Hang);
    let emitter = Emitter::new(config(&hanging.url())).unwrap();
    emit(&emitter, 35);
    until(&emitter, "a request", |status| status.requests > 0);
    let server = Server::willing();
    emitter.set_endpoint(&server.url()).unwrap();
    until(&emitter, "delivery", |status| status.delivered == 35);
    assert_eq!(server.taken(), numbers(35));
}

#[test]
fn what_is_too_large_is_halved_down_to_the_event_that_is() {
    // Ten events are some 1,500 bytes; the 17th is larger than the collector takes even alone.
    let server = Server::new(|_, length| Answer::Status(if length > 700 { 413 } else { 200 }));
    let emitter = Emitter::new(config(&server.url())).unwrap();
    for n in 0..35 {
        let mut envelope = event("s1", n);
        if n == 16 {
            envelope.attributes.push(("note".into(), "x".repeat(1000).into()));
        }
        emitter.emit(envelope);
    }
    let status = until(&emitter, "delivery", |status| status.pending.total() == 0);
    check_sums(&status);
    assert_eq!((status.delivered, status.rejected), (34, 1));
    let expected: Vec<u64> = (1..=35).filter(|number| *number != 17).collect();
    assert_eq!(server.taken(), expected);
}

#[test]
fn a_batch_that_is_rejected_is_counted_with_what_was_said() {
    let long = "no such field: colour; ".repeat(100);
    let said: &'static str = long.leak();
    let server = Server::first(vec![Answer::With(400, ("x-nothing", "1".to_owned()), said)]);
    let emitter = Emitter::new(config(&server.url())).unwrap();
    emit(&emitter, 35);
    let status = until(&emitter, "delivery", |status| status.pending.total() == 0);
    check_sums(&status);
    assert_eq!(status.rejected + status.delivered, 35);
    let rejected = server.received()[0].numbers().len() as u64;
    assert_eq!(status.rejected, rejected);
    assert_eq!(server.taken(), (rejected + 1..=35).collect::<Vec<_>>());
    assert_eq!(last_answer(&emitter), (400, said[..256].trim().to_owned()));
}

#[test]
fn an_endpoint_that_refuses_this_emitter_is_tried_again_slowly() {
    for status in [301, 401, 403, 404] {
        let (server, emitter) = check_nothing_is_lost(vec![Answer::Status(status)]);
        assert_eq!(last_answer(&emitter).0, status);
        drop((server, emitter));
    }
    let server = Server::new(|_, _| Answer::Status(401));
    let emitter = Emitter::new(config(&server.url())).unwrap();
    emit(&emitter, 5);
    until(&emitter, "the answer", |status| status.endpoint == EndpointState::Refusing { status: 401 });
    assert_eq!(emitter.status().pending.total(), 5);
}

#[test]
fn redirects_are_not_followed() {
    let other = Server::willing();
    let location = other.url();
    let server = Server::new(move |_, _| Answer::With(307, ("location", location.clone()), ""));
    let emitter = Emitter::new(config(&server.url())).unwrap();
    emit(&emitter, 5);
    until(&emitter, "the answer", |status| status.endpoint == EndpointState::Refusing { status: 307 });
    assert_eq!(other.requests(), 0);
}

#[test]
fn what_a_collector_repeats_can_be_told_apart() {
    // The first answer is lost: the collector has the events, and the emitter cannot know.
    let server = Server::first(vec![Answer::Close]);
    let emitter = Emitter::new(config(&server.url())).unwrap();
    emit(&emitter, 10);
    until(&emitter, "delivery", |status| status.delivered == 10);
    let text: String = server.received().into_iter().map(|received| received.body).collect();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("bodies.ndjson"), &text).unwrap();
    let inputs = audience_ingest::Input::find(dir.path()).unwrap();
    let sessions = audience_ingest::load(inputs, &audience_ingest::Options::default()).unwrap();
    assert!(sessions.quality().events > 10, "sent twice");
    let sessions = sessions.to_vec().unwrap();
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].events().len(), 10, "and counted once");
}

#[test]
fn a_server_without_tls_gets_no_https() {
    let server = Server::willing();
    let url = server.url().replace("http://", "https://");
    let emitter = match Emitter::new(config(&url)) {
        Ok(emitter) => emitter,
        // A machine without certificates.
        Err(error) => return assert!(matches!(error, audience_emit::Error::Certificates(_)), "{error}"),
    };
    emit(&emitter, 5);
    let status = until(&emitter, "a failure", |status| status.last_error.is_some());
    assert!(matches!(status.last_error.unwrap().failure, Failure::Connect(_)));
    assert_eq!((status.pending.total(), server.received().len()), (5, 0));
}
