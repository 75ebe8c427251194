//! HLS media playlists (RFC 8216).
//!
//! Line by line: durations are added up as decimals, of which a parser that holds them as 32-bit floats has lost a part.

use super::path::resolve;
use super::{Manifest, NANOS_PER_SECOND, Segments, Span};

/// So many playlists of a multivariant playlist are named.
const NAMED: usize = 5;

/// What a playlist says of itself.
#[derive(Default)]
struct Playlist {
    segments: Segments,
    /// Where the next segment begins.
    at: u64,
    /// How long it is.
    duration: Option<u64>,
    /// Where the segments of a multivariant playlist are.
    variants: Vec<String>,
    is_multivariant: bool,
    /// How many segments were there before the first.
    before: u64,
    is_over: bool,
    is_whole: bool,
}

/// Reads a playlist at `base`.
pub(super) fn read(text: &str, base: &str) -> Result<Manifest, String> {
    let mut playlist = Playlist::default();
    for (line, number) in text.lines().zip(1..) {
        playlist.take(line.trim(), base).map_err(|reason| format!("line {number}: {reason}"))?;
    }
    let Playlist { segments, at, variants, is_multivariant, before, is_over, is_whole, .. } = playlist;
    if is_multivariant {
        let (named, more) = (variants.len().min(NAMED), variants.len().saturating_sub(NAMED));
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let variants = variants[..named].join(", ");
        return Err(format!("it is a multivariant playlist; give the playlists it names instead: {variants}{more}"));
    }
    if before > 0 && !is_over && !is_whole {
        return Err(format!(
            "it is of a live stream, and its first {before} segments are gone, so that nobody knows when the others begin; \
             give a playlist with all of them"
        ));
    }
    Ok(segments.finish(is_over.then_some(at)))
}

impl Playlist {
    fn take(&mut self, line: &str, base: &str) -> Result<(), String> {
        let (tag, value) = line.split_once(':').unwrap_or((line, ""));
        match tag {
            "#EXTINF" => self.duration = Some(nanos(value.split(',').next().unwrap_or_default())?),
            "#EXT-X-MEDIA-SEQUENCE" => {
                self.before = value.trim().parse().map_err(|_| format!("{value:?} is no number of a segment"))?;
            }
            "#EXT-X-PLAYLIST-TYPE" => self.is_whole = true,
            "#EXT-X-ENDLIST" => self.is_over = true,
            "#EXT-X-STREAM-INF" => self.is_multivariant = true,
            "#EXT-X-MEDIA" => {
                self.is_multivariant = true;
                let uri = value.split_once("URI=\"").and_then(|(_, rest)| rest.split('"').next());
                self.name_variant(uri.unwrap_or_default());
            }
            "#EXT-X-I-FRAMES-ONLY" => {
                return Err(
                    "it is a playlist of single frames, which are ranges of segments; give the one of segments".into(),
                );
            }
            "#EXT-X-DEFINE" => return Err("it has variables, which are not read; put their values in".into()),
            _ if line.is_empty() || line.starts_with('#') => {}
            _ if self.is_multivariant => self.name_variant(line),
            _ => {
                let duration = self.duration.take().ok_or("there is no #EXTINF before the segment")?;
                let end = self.at.checked_add(duration).ok_or("it is too long")?;
                self.segments.push(resolve(base, line), Span { start: self.at, end })?;
                self.at = end;
            }
        }
        Ok(())
    }

    fn name_variant(&mut self, uri: &str) {
        if !uri.is_empty() && !self.variants.iter().any(|known| known == uri) && self.variants.len() < 1000 {
            self.variants.push(uri.to_owned());
        }
    }
}

/// Decimal seconds.
fn nanos(text: &str) -> Result<u64, String> {
    const DAY: f64 = 86_400.0;
    match text.trim().parse::<f64>() {
        Ok(seconds) if (0.0..=DAY).contains(&seconds) => Ok((seconds * NANOS_PER_SECOND as f64).round() as u64),
        _ => Err(format!("{:?} is no duration of a segment", text.chars().take(40).collect::<String>())),
    }
}
