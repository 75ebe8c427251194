//! Settings that cannot be.

use std::time::Duration;

use audience_emit::{Emitter, EmitterConfig, Error, Retry, Spool};

use crate::config;

fn refusal(config: EmitterConfig) -> String {
    Emitter::new(config).unwrap_err().to_string()
}

#[test]
fn settings_that_cannot_be_are_refused_by_name() {
    let fine = || config("http://127.0.0.1:9/events");
    let check = |config, expected: &str| assert_eq!(refusal(config), expected);
    let mut config = fine();
    config.batching.max_events = 0;
    check(config, "take 0 for batching.max_events: the least is 1");
    let config = EmitterConfig { retry: Retry { factor: f64::NAN, ..Retry::default() }, ..fine() };
    check(config, "take NaN for retry.factor: the least is 1");
    let config = EmitterConfig { retry: Retry { max: Duration::from_millis(500), ..Retry::default() }, ..fine() };
    check(config, "take 0.5 for retry.max (in seconds): the least is 1");
    let config = EmitterConfig { spool: Some(Spool { max_bytes: 1, ..Spool::new("nowhere") }), ..fine() };
    check(config, "take 1 for spool.max_bytes: the least is 4096");
    let config = EmitterConfig { headers: vec![("a b".to_owned(), "secret".to_owned())], ..fine() };
    check(config, "send a header \"a b\": its name or its value cannot be in a request");
}

#[test]
fn endpoints_are_addresses_of_http() {
    for url in ["", "collector", "ftp://host/", "file:///etc", "http://", "https:///x y", "mailto:a@b"] {
        let expected = format!("send to {url:?}: it is no http or https address of a host");
        assert_eq!(refusal(config(url)), expected);
    }
    let emitter = Emitter::new(config("http://127.0.0.1:9/events")).unwrap();
    assert!(matches!(emitter.set_endpoint("collector"), Err(Error::Endpoint { .. })));
}

#[test]
fn values_of_headers_are_not_shown() {
    let config = EmitterConfig { headers: vec![("authorization".into(), "secret".into())], ..config("http://h/") };
    let shown = format!("{config:?}");
    assert!(shown.contains("authorization") && !shown.contains("secret"), "{shown}");
}

#[test]
fn sources_are_different_unless_they_are_given() {
    let source = || {
        let config = EmitterConfig { source: None, ..config("http://127.0.0.1:9/") };
        Emitter::new(config).unwrap().source().to_owned()
    };
    let (one, other) = (source(), source());
    assert_eq!(one.len(), 32);
    assert_ne!(one, other);
}
