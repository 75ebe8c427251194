//! What scores look at, from session facts.

use audience_core::{Attributes, Failure, RenditionTime, SessionFacts};

use super::{Upscale, Viewing};
use crate::score::range::{HIGHEST_BITRATE, LONGEST_PLAYING, wait_of};

impl Viewing {
    /// What scores look at of a session; `None` when no frame ever moved in it.
    ///
    /// Values that make no sense do not leave a session without scores: a wait of more than a day is one of a day. The
    /// picture's height is that of the rendition most content was played in, of two the one with the lower bit rate.
    /// Pictures are compared with the attributes `player_width` and `player_height`, in pixels, over the content played in
    /// renditions of known size.
    pub fn of(facts: &SessionFacts) -> Option<Self> {
        let (wall, quality) = (&facts.wall, &facts.quality);
        if wall.playing.is_zero() {
            return None;
        }
        let content_ms = quality.bits_over.as_millis();
        let bitrate_bps = quality.bits as f64 * 1000.0 / content_ms as f64;
        let switched_bps = quality.up_bps.saturating_add(quality.down_bps) as f64;
        let dropped = quality.dropped_frames.zip(quality.decoded_frames).filter(|(_, decoded)| *decoded > 0);
        Some(Self {
            content_secs: facts.watched.as_secs_f64().min(LONGEST_PLAYING),
            startup_secs: facts.startup.map(|startup| wait_of(startup.time)),
            stalls: facts.stalls,
            stalled_secs: wait_of(wall.stalled),
            seek_waiting_secs: wait_of(wall.seek_waiting),
            switches: quality.switches_up.saturating_add(quality.switches_down),
            switched_bps,
            bitrate_bps: (content_ms > 0 && quality.bits > 0).then(|| bitrate_bps.clamp(1.0, HIGHEST_BITRATE)),
            height: usual_height(&facts.renditions),
            upscale: upscale(facts),
            dropped_frames: dropped.map(|(dropped, decoded)| (dropped as f64 / decoded as f64).min(1.0)),
            failed: facts.failure == Some(Failure::Playback),
            ..Self::undisturbed(wall.playing.as_secs_f64().min(LONGEST_PLAYING))
        })
    }
}

/// The height of the rendition most content was played in, where it is known. Renditions come with the lowest bit rate
/// first.
fn usual_height(renditions: &[RenditionTime]) -> Option<u32> {
    let usual = renditions.iter().rev().max_by_key(|played| played.played)?;
    Some(usual.rendition.height).filter(|height| *height > 0)
}

/// By how much pictures are enlarged to fit into the player, the shape kept.
fn upscale(facts: &SessionFacts) -> Option<Upscale> {
    let of_size =
        |played: &&RenditionTime| played.rendition.width > 0 && played.rendition.height > 0 && !played.played.is_zero();
    let mut shown = facts.renditions.iter().filter(of_size).peekable();
    shown.peek()?;
    let (player_width, player_height) = player_size(&facts.identity.attributes)?;
    let (mut over, mut weighted, mut most) = (0.0, 0.0, 0.0_f64);
    for RenditionTime { rendition, played } in shown {
        let across = player_width / f64::from(rendition.width);
        let down = player_height / f64::from(rendition.height);
        let enlarged = (across.min(down) - 1.0).max(0.0);
        over += played.as_secs_f64();
        weighted += enlarged * played.as_secs_f64();
        most = most.max(enlarged);
    }
    Some(Upscale { average: (weighted / over).min(most), most })
}

/// The attributes `player_width` and `player_height`, where both are numbers of pixels.
fn player_size(attributes: &Attributes) -> Option<(f64, f64)> {
    let pixels = |text: &str| text.trim().parse::<u32>().ok().filter(|pixels| *pixels > 0).map(f64::from);
    let (mut width, mut height) = (None, None);
    // Not looked up one by one: names of another length are passed over without a look at them.
    for (name, value) in attributes.iter() {
        match name {
            "player_width" => width = pixels(value),
            "player_height" => height = pixels(value),
            _ => {}
        }
    }
    width.zip(height)
}
