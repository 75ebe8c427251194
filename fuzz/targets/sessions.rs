//! Sessions of any events, as far as events can be written at all.
#![no_main]

use audience_core::{ContentId, Event, Session, SessionBuilder};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut builder = SessionBuilder::new("s");
    let mut rest = bytes;
    let mut events = Vec::new();
    while let Some((title, body)) = rest.split_first() {
        let Ok((event, after)) = postcard::take_from_bytes::<Event>(body) else { break };
        let content = [None, Some(ContentId::from("a")), Some(ContentId::from("b"))][usize::from(title % 3)].clone();
        let context = builder.context(None, content);
        builder.push(context, event.clone());
        events.push(event);
        rest = after;
    }
    if events.is_empty() {
        return;
    }
    for session in builder.finish() {
        audience_fuzz::check_session(&session, None);
    }
    let session = Session::new("s", "c", events.iter().cloned());
    let forwards = audience_fuzz::check_session(&session, None);
    events.reverse();
    assert_eq!(audience_fuzz::check_session(&Session::new("s", "c", events), None), forwards);
});
