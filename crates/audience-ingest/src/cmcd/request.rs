//! What a request says of the player that makes it, as an event.

use std::borrow::Cow;

use audience_core::{
    Elapsed, Event, EventKind, MediaTime, Object, PlayerState, Request as Asked, Timestamp, Vitals, Word,
};
use audience_stats::hash::hash64;

use super::dictionary::{Dictionary, Key};
use super::report::Report;
use crate::batch::{Batch, Ids};
use crate::quality::Repair;
use crate::requests::{NotKnown, Request, cache_result};

/// Takes the event of one request into the batch.
pub(super) fn push(keys: &Dictionary<'_>, request: &Request<'_>, batch: &mut Batch) {
    let place = batch.segments.find(&request.path);
    let title_folders = batch.title_folders;
    let mut report = Report { keys, batch };
    let Some(session) = report.text(Key::Session) else { return };
    let content = report.text(Key::Content).filter(|cid| !cid.is_empty());
    let content = content.or_else(|| {
        let folders = title_folders.and_then(|folders| leading_folders(&request.path, folders.get()));
        folders.map(Cow::Borrowed)
    });
    let object = report.object();
    let cache = request.cache.as_deref().and_then(|word| {
        cache_result(word).unwrap_or_else(|NotKnown| {
            report.batch.repair("cache", Repair::Dropped, word);
            None
        })
    });
    let asked = Asked {
        object,
        url: if place.is_none() { Some(Word::from(request.path.as_ref())) } else { None },
        start: place.map(|place| place.start),
        length: place.map(|place| place.length).or_else(|| report.count(Key::Duration).map(MediaTime::from_millis)),
        starved: report.truth(Key::Starved),
        urgent: report.truth(Key::Urgent),
        status: request.status,
        elapsed: request.elapsed.map(Elapsed::from_millis),
        bytes: request.bytes,
        aborted: request.aborted,
        time_error: Elapsed::from_millis(u64::from(request.precision / 2)),
        first_byte: request.first_byte.map(Elapsed::from_millis),
        cache,
    };
    let vitals = Vitals {
        state: report.state().or_else(|| report.is(Key::State, "f").then_some(PlayerState::Error)),
        rate: report.has(Key::Rate).then(|| report.rate()),
        bitrate: report.bitrate(),
        buffer: report.buffer(if object == Object::Audio { "a" } else { "v" }),
        duration: place.and_then(|place| place.content),
        dropped_frames: report.count(Key::Dropped),
        live_latency: report.count(Key::Latency).map(Elapsed::from_millis),
        ..Vitals::default()
    };
    // A log that has a request twice has it with the same id; else lines of the same time are in the order of the file.
    let seq = report.count(Key::Number).unwrap_or_else(|| match &request.id {
        // Of 53 bits, which every reader of numbers can tell apart.
        Some(id) if request.precision <= 1 => hash64(id.as_bytes(), 0) >> 11,
        _ => request.offset,
    });
    // In the middle of what it may be.
    let ts = Timestamp::from_millis(request.received.saturating_add(i64::from(request.precision / 2)));
    let event = Event::new(ts, EventKind::Request(Box::new(asked))).numbered(seq).with_vitals(vitals);

    let mut attributes = report.attributes();
    let of_request = [("country", &request.country), ("host", &request.host)];
    for (name, value) in of_request {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            attributes.push((name, Cow::Borrowed(value)));
        }
    }
    // Who the client is is not kept, unless it is asked for.
    let of_client = [("client_ip", &request.client_ip), ("user_agent", &request.user_agent)];
    for (name, value) in of_client {
        if let Some(value) = value.as_deref().filter(|_| batch.wants(name)) {
            attributes.push((name, Cow::Borrowed(value)));
        }
    }
    let ids = Ids { session: &session, viewer: None, content: content.as_deref(), source: Some("request") };
    batch.push(ids, event, attributes.iter().map(|(name, value)| (*name, value.as_ref())));
}

/// The first folders of a path, if it has so many: `/shows/42` of `/shows/42/1080p/3.m4s`.
fn leading_folders(path: &str, folders: usize) -> Option<&str> {
    let (end, _) = path.match_indices('/').nth(folders)?;
    path.get(..end).filter(|folders| folders.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::leading_folders;

    #[test]
    fn a_title_is_in_the_first_folders() {
        assert_eq!(leading_folders("/shows/42/1080p/3.m4s", 2), Some("/shows/42"));
        assert_eq!(leading_folders("/shows/42/main.mpd", 2), Some("/shows/42"));
        assert_eq!(leading_folders("/42/main.mpd", 2), None);
        assert_eq!(leading_folders("main.mpd", 1), None);
        assert_eq!(leading_folders("//a", 1), None);
    }
}
