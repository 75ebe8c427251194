//! Canonical events.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| audience_fuzz::check(bytes, audience_ingest::Format::Ndjson));
