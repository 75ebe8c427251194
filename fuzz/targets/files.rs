//! Files of unknown format, compressed or not.
#![no_main]

use audience_ingest::Error;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    match audience_fuzz::read(bytes, None) {
        Ok(sessions) => assert!(sessions.to_vec().is_ok()),
        Err(Error::UnknownFormat { .. } | Error::Io { .. }) => {}
        Err(other) => panic!("{other}"),
    }
});
