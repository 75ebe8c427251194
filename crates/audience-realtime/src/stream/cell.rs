//! What is kept of a bucket of a stream.

use audience_core::{Elapsed, Merge, Timestamp};
use audience_stats::merge_fields;

use super::keyframes::Keyframes;
use super::numbers::Numbers;
use super::{Numbering, Packet, Track};
use crate::durations::Durations;
use crate::sliding::Cell;

#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct StreamCell {
    pub(super) video: TrackCell,
    pub(super) audio: TrackCell,
    pub(super) other: TrackCell,
    /// Of the picture.
    pub(super) frames: u64,
    /// Packets of the picture that did not say how many frames begin in them.
    pub(super) unframed: u64,
    pub(super) dropped_frames: u64,
    pub(super) keyframes: Keyframes,
    pub(super) latency: Durations,
}

merge_fields!(StreamCell { video, audio, other, frames, unframed, dropped_frames, keyframes, latency });

/// What is kept of one track.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct TrackCell {
    pub(super) packets: u64,
    pub(super) bytes: u64,
    /// How much content the packets were, in milliseconds.
    pub(super) content: u64,
    /// Packets that did not say how much content they are.
    pub(super) untimed: u64,
    pub(super) numbered: u64,
    pub(super) numbers: Numbers,
}

merge_fields!(TrackCell { packets, bytes, content, untimed, numbered, numbers });

impl Cell for StreamCell {
    fn items(&self) -> u64 {
        [&self.video, &self.audio, &self.other].iter().fold(0, |sum, track| sum.saturating_add(track.packets))
    }
}

impl StreamCell {
    /// Takes a packet in, of the bucket that begins then.
    pub(super) fn observe(&mut self, packet: &Packet, start: Timestamp, numbering: Numbering) {
        let track = match packet.track {
            Track::Video => &mut self.video,
            Track::Audio => &mut self.audio,
            Track::Other => &mut self.other,
        };
        track.observe(packet, numbering);
        self.dropped_frames.merge(packet.dropped_frames);
        if let Some(latency) = packet.latency {
            self.latency.insert(latency);
        }
        if packet.track != Track::Video {
            return;
        }
        match packet.frames {
            Some(frames) => self.frames.merge(frames),
            None => self.unframed.merge(1),
        }
        if packet.keyframe {
            // A bucket is at most a week wide.
            self.keyframes.insert(packet.at.since(start).as_millis() as u32);
        }
    }

    /// Whether it can have come about with this.
    #[cfg(feature = "serde")]
    pub(super) fn fits(&self, spec: &super::StreamSpec) -> bool {
        let last = self.keyframes.times().and_then(<[_]>::last);
        let in_bucket = last.is_none_or(|last| u64::from(*last) < spec.window.bucket().as_millis());
        in_bucket && [&self.video, &self.audio, &self.other].iter().all(|track| track.numbers.fit(spec.numbering))
    }

    pub(super) fn size_bytes(&self) -> usize {
        let tracks = [&self.video, &self.audio, &self.other].map(|track| track.numbers.size_bytes());
        size_of::<Self>() + tracks.iter().sum::<usize>() + self.keyframes.size_bytes() + self.latency.size_bytes()
    }
}

impl TrackCell {
    fn observe(&mut self, packet: &Packet, numbering: Numbering) {
        self.packets.merge(1);
        self.bytes.merge(packet.bytes);
        match packet.duration {
            Some(duration) => self.content.merge(Elapsed::as_millis(duration)),
            None => self.untimed.merge(1),
        }
        if let Some(number) = packet.sequence {
            self.numbered.merge(1);
            self.numbers.insert(number, numbering);
        }
    }
}
