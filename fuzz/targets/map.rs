//! Telemetry of other systems, as lines or as a table: the first byte says which system it is.
#![no_main]

use audience_ingest::{Format, Preset};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else { return };
    let preset = Preset::ALL[usize::from(*first) % Preset::ALL.len()];
    audience_fuzz::check_mapped(rest, Some(Format::Mapped(preset)), None);
});
