//! Access logs; the first byte says of which format.
#![no_main]

use audience_ingest::Format;

const FORMATS: [Format; 5] =
    [Format::W3c, Format::CloudfrontRealtime, Format::Combined, Format::Akamai, Format::Fastly];

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((&first, log)) = bytes.split_first() else { return };
    audience_fuzz::check(log, FORMATS[usize::from(first) % FORMATS.len()]);
});
