//! A map of a log's fields, and after a zero the log.
#![no_main]

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;

use audience_ingest::{Input, Options, RequestMap, load};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (map, log) = bytes.split_at(bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len()));
    let Ok(map) = RequestMap::from_toml(&String::from_utf8_lossy(map), Path::new("map.toml")) else { return };
    let mut options = Options::default();
    options.request_map = Some(Arc::new(map));
    options.threads = NonZeroUsize::new(1);
    let sessions = load(vec![Input::memory("log", log.get(1..).unwrap_or_default())], &options);
    assert!(sessions.expect("the map is for the log").to_vec().is_ok());
});
