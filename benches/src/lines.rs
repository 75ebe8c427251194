//! Lines of every format that is read, as those who write it write them: made up, alike in size and content to what is real.

mod logs;
mod mapped;
mod player;

use audience_core::MediaTime;
use audience_ingest::{Format, Preset};
pub use player::reports;

use crate::{ndjson, scripts, sessions};

/// So many events are in each text, about; some have several in a line.
pub const EVENTS: usize = 20_000;

/// A file of one format.
#[derive(Debug)]
pub struct Lines {
    /// What it is.
    pub name: &'static str,
    /// The format it is in.
    pub format: Format,
    /// The whole of it.
    pub text: String,
}

/// Files of every format, the canonical first.
pub fn lines() -> Vec<Lines> {
    let lines = |name, format, text| Lines { name, format, text };
    let mapped = |name, preset, text| Lines { name, format: Format::Mapped(preset), text };
    vec![
        lines("canonical NDJSON", Format::Ndjson, canonical()),
        lines("CMCD v2 event reports", Format::Cmcd, reports(EVENTS)),
        lines("CloudFront standard", Format::W3c, logs::cloudfront_standard()),
        lines("CloudFront real-time", Format::CloudfrontRealtime, logs::cloudfront_realtime()),
        lines("combined (nginx)", Format::Combined, logs::nginx()),
        lines("combined (Apache, four headers)", Format::Combined, logs::apache()),
        lines("Akamai DataStream 2", Format::Akamai, logs::akamai()),
        lines("Fastly", Format::Fastly, logs::fastly()),
        lines("IIS (W3C)", Format::W3c, logs::iis()),
        lines("captured requests", Format::Requests, logs::captures()),
        mapped("kino NDJSON", Preset::Kino, mapped::kino()),
        mapped("Segment NDJSON", Preset::Segment, mapped::segment()),
        mapped("Snowplow CSV", Preset::Snowplow, mapped::snowplow_csv()),
        mapped("Snowplow NDJSON", Preset::Snowplow, mapped::snowplow_ndjson()),
        mapped("GA4 export", Preset::Ga4, mapped::ga4()),
        mapped("Mux views", Preset::Mux, mapped::mux()),
        mapped("Adobe media collection", Preset::Adobe, mapped::adobe()),
        mapped("edX tracking", Preset::Edx, mapped::edx()),
        mapped("xAPI statements", Preset::Xapi, mapped::xapi()),
        mapped("oximedia sessions", Preset::Oximedia, mapped::oximedia()),
    ]
}

fn canonical() -> String {
    let length = MediaTime::from_secs(600);
    ndjson(&sessions(&scripts(EVENTS / 24, length), length))
}

/// A line for each event.
fn repeat(line: impl Fn(usize) -> String) -> String {
    each(EVENTS, line)
}

/// So many lines.
fn each(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |text, n| text + &line(n) + "\n")
}
