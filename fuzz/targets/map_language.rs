//! Any text as a map, and lines read by it if it is one: the lines come after a line of nothing but `---`.
#![no_main]

use std::sync::Arc;

use audience_ingest::Map;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (map, lines) = text.split_once("\n---\n").unwrap_or((text, "{\"a\":{\"b\":[1,\"2\"]},\"t\":1}\n"));
    match map.parse::<Map>() {
        Ok(map) => audience_fuzz::check_mapped(lines.as_bytes(), None, Some(Arc::new(map))),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
