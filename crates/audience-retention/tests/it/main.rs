//! Behaviour of the curves through their public API.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod reach;
