//! What the command line says of segments.

use std::num::NonZeroUsize;
use std::path::Path;

use audience_core::MediaTime;
use audience_ingest::Segments;
use clap::Args;

use crate::error::Error;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Segments in access logs (docs/formats/segments.md)")]
pub(crate) struct SegmentArgs {
    /// Take times of segments from an HLS playlist, a DASH MPD or a table; may be repeated
    ///
    /// PREFIX is the folder the manifest is served from, such as /media/film/: then paths of requests must be exactly those
    /// it names. Without it, their ends are compared.
    #[arg(long, value_name = "[PREFIX=]FILE")]
    segments: Vec<String>,

    /// All other segments are so many seconds long, and the last number in their names is theirs
    #[arg(long, value_name = "SECS", value_parser = parse_seconds)]
    segment_duration: Option<MediaTime>,

    /// The number of the first segment
    #[arg(long, value_name = "N", default_value_t = 1, requires = "segment_duration")]
    first_segment: u64,

    /// Requests that name no title (cid) are of the title that the first N folders of their paths name
    #[arg(long, value_name = "N")]
    pub(crate) title_folders: Option<NonZeroUsize>,
}

impl SegmentArgs {
    /// What is known of segments.
    pub(crate) fn segments(&self) -> Result<Segments, Error> {
        let numbered = self.segment_duration.map(|length| Segments::numbered(length, self.first_segment));
        let mut segments = numbered.unwrap_or_default();
        for text in &self.segments {
            let (folder, file) = match text.split_once('=') {
                // A file may have such a name.
                Some((folder, file)) if !Path::new(text).exists() => (Some(folder), file),
                _ => (None, text.as_str()),
            };
            segments.read_in(Path::new(file), folder)?;
        }
        Ok(segments)
    }
}

fn parse_seconds(text: &str) -> Result<MediaTime, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.001..=3600.0).contains(&seconds) => {
            Ok(MediaTime::from_millis((seconds * 1000.0).round() as u64))
        }
        _ => Err("it is no number of seconds from 0.001 to 3600".to_owned()),
    }
}
