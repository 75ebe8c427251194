//! Behaviour through the public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod alerts;
mod delivery;
mod streams;

use audience_core::{Elapsed, Timestamp};
use audience_realtime::Window;

/// A window of so many seconds, in buckets of so many.
fn window(length: u64, bucket: u64) -> Window {
    Window::new(Elapsed::from_secs(length), Elapsed::from_secs(bucket)).unwrap()
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}
