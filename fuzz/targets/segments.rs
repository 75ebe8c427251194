//! Any bytes as a manifest or table of segments: what is found in it is in the content.
#![no_main]

use std::path::Path;

use audience_ingest::Segments;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for folder in [None, Some("/media/")] {
        let mut segments = Segments::default();
        if segments.parse(Path::new("input"), bytes, folder).is_ok() {
            for path in ["/media/1.ts", "/media/v/1.m4s", "", "/"] {
                let _ = segments.find(path);
            }
        }
    }
});
