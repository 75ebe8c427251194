//! How values look in JSON.

use audience_core::Timestamp;
use serde::Serializer;

#[expect(clippy::ref_option, reason = "serde asks for it")]
/// A time as RFC 3339 in UTC, to the millisecond.
pub(crate) fn time<S: Serializer>(at: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match at.and_then(|at| jiff::Timestamp::from_millisecond(at.as_millis()).ok()) {
        Some(at) => serializer.serialize_some(&format!("{at:.3}")),
        None => serializer.serialize_none(),
    }
}
