//! Catalogues of titles.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = audience_ingest::Catalog::parse(text, "catalog".as_ref());
    }
});
