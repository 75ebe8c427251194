//! Manifests: which segments there are, and when.

mod dash;
mod hls;
mod path;

use audience_core::MediaTime;

use super::Place;

/// The most segments of a manifest: those of two seconds in three weeks.
const MAX_SEGMENTS: usize = 1_000_000;

/// What a manifest says.
pub(super) struct Manifest {
    /// Paths that begin with `/`, or ends of paths.
    pub(super) segments: Vec<(String, Place)>,
}

/// Reads a manifest, if that is what the text is. `folder` is the path it is served from, if that is known.
pub(super) fn read(text: &str, folder: Option<&str>) -> Option<Result<Manifest, String>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let base = folder.map_or(String::new(), path::folder);
    if text.starts_with("#EXTM3U") {
        Some(hls::read(text, &base))
    } else if text.starts_with('<') {
        Some(dash::read(text, &base))
    } else {
        None
    }
}

/// Collects segments.
#[derive(Default)]
struct Segments(Vec<(String, Span)>);

/// From when to when a segment is played, in nanoseconds.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

impl Segments {
    fn push(&mut self, path: String, span: Span) -> Result<(), String> {
        if self.0.len() == MAX_SEGMENTS {
            return Err(format!("it has more than {MAX_SEGMENTS} segments"));
        }
        self.0.push((path, span));
        Ok(())
    }

    /// All of them, in content of this length in nanoseconds.
    fn finish(self, content: Option<u64>) -> Manifest {
        let content = content.map(millis);
        let place = |span: Span| {
            // Rounded like this, one begins where the one before it ends.
            let (start, end) = (millis(span.start), millis(span.end));
            Place { start, length: MediaTime::from_millis(end.as_millis().saturating_sub(start.as_millis())), content }
        };
        Manifest { segments: self.0.into_iter().map(|(path, span)| (path, place(span))).collect() }
    }
}

const NANOS_PER_SECOND: u64 = 1_000_000_000;

fn millis(nanos: u64) -> MediaTime {
    const NANOS_PER_MILLISECOND: u64 = 1_000_000;
    MediaTime::from_millis((nanos + NANOS_PER_MILLISECOND / 2) / NANOS_PER_MILLISECOND)
}
