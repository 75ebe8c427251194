//! Addresses in the texts of events.

use audience_core::{EndReason, Event, EventKind, Word};

use super::Urls;
use super::url::{self, Left};

/// Whether an event of this kind has texts that may have to be cleaned.
#[inline]
pub(super) fn has_text(kind: &EventKind, urls: Urls) -> bool {
    match kind {
        EventKind::Load { url: Some(_), .. }
        | EventKind::Error(_)
        | EventKind::AdStart(Some(_))
        | EventKind::Custom(_)
        | EventKind::End { reason: Some(EndReason::Other(_)) } => true,
        EventKind::Request(request) => match &request.url {
            Some(url) => urls == Urls::Drop || !url::is_plain_path(url.as_str()),
            None => false,
        },
        _ => false,
    }
}

/// Takes addresses of the web out of an event, and says in how many texts there were any.
pub(super) fn clean(event: &mut Event, urls: Urls) -> u64 {
    let text = |text: &mut Option<Box<str>>| replace(text, |text| url::of_value(text, urls));
    match &mut event.kind {
        EventKind::Load { url, .. } => address(url, urls),
        EventKind::Request(request) => address(&mut request.url, urls),
        EventKind::Error(error) => text(&mut error.code) + replace(&mut error.message, |text| url::of_text(text, urls)),
        EventKind::AdStart(Some(ad)) => text(&mut ad.id) + text(&mut ad.slot),
        EventKind::Custom(custom) => {
            let of_name = match url::of_text(&custom.name, urls) {
                Left::Part(part) => {
                    custom.name = part.into();
                    1
                }
                Left::All | Left::Nothing => 0,
            };
            of_name + replace(&mut custom.data, |json| url::of_text(&url::unescaped(json), urls))
        }
        EventKind::End { reason: reason @ Some(EndReason::Other(_)) } => {
            let mut word = reason.as_ref().map(|reason| reason.as_str().into());
            let changed = text(&mut word);
            if changed > 0 {
                *reason = word.map(|word| EndReason::Other(Word::from(&*word)));
            }
            changed
        }
        _ => 0,
    }
}

fn address(word: &mut Option<Word>, urls: Urls) -> u64 {
    let Some(address) = word else { return 0 };
    match url::of_address(address.as_str(), urls) {
        Left::All => return 0,
        Left::Part(part) => *address = Word::from(part.as_str()),
        Left::Nothing => *word = None,
    }
    1
}

fn replace(text: &mut Option<Box<str>>, left: impl Fn(&str) -> Left) -> u64 {
    let Some(whole) = text else { return 0 };
    match left(whole) {
        Left::All => return 0,
        Left::Part(part) => *whole = part.into(),
        Left::Nothing => *text = None,
    }
    1
}
