//! How a live stream does, from its packets.

mod cell;
mod keyframes;
mod numbers;
mod summary;

pub use numbers::{LossSummary, Numbering};
pub use summary::{KeyframeSummary, StreamSummary, TrackSummary};

use audience_core::{Accumulator, Elapsed, Merge, Timestamp};

use crate::sliding::Sliding;
use crate::window::Window;
use cell::StreamCell;

/// What a packet carries.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Track {
    /// The picture.
    Video,
    /// The sound.
    Audio,
    /// Anything else: captions, signals, padding.
    Other,
}

/// A packet of a live stream, or a frame, or whatever the stream is counted by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Packet {
    /// When it passed, by one clock for all of the stream.
    pub at: Timestamp,
    /// What it carries.
    pub track: Track,
    /// How large it is.
    pub bytes: u64,
    /// How much of the content it is. Only [`TrackSummary::pace`] is made of it, no bit rate.
    pub duration: Option<Elapsed>,
    /// How many frames of the picture begin in it: 1 where packets are frames; of RTP, 1 where the marker bit ends one and
    /// else 0. `None` when that is not known.
    pub frames: Option<u64>,
    /// Whether decoding can begin here. Of the picture; of other tracks it means nothing.
    pub keyframe: bool,
    /// The number the sender gave it, which goes up by one from packet to packet of the track.
    pub sequence: Option<u64>,
    /// How many frames were dropped, instead of sent, since the packet before.
    pub dropped_frames: u64,
    /// How long it took from the source to here.
    pub latency: Option<Elapsed>,
}

impl Packet {
    /// A packet of which no more is known.
    pub const fn new(at: Timestamp, track: Track) -> Self {
        Self {
            at,
            track,
            bytes: 0,
            duration: None,
            frames: None,
            keyframe: false,
            sequence: None,
            dropped_frames: 0,
            latency: None,
        }
    }
}

/// What streams are measured by.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StreamSpec {
    /// The stretch of time that figures are of.
    pub window: Window,
    /// How wide sequence numbers are.
    pub numbering: Numbering,
    /// The most packets in a row that can be lost: where more numbers are missing, the sender has begun anew or jumped, and
    /// nothing is known to be lost. 3000 unless it is said (`MAX_DROPOUT` of RFC 3550, appendix A.1).
    pub most_lost_in_a_row: u64,
}

impl StreamSpec {
    /// With 3000 as the most packets that can be lost in a row.
    pub const fn new(window: Window, numbering: Numbering) -> Self {
        Self { window, numbering, most_lost_in_a_row: 3000 }
    }
}

/// How a live stream does: bit rates of its tracks, frames, key frames, losses and latency over a window that slides.
///
/// Figures are of windows of event time: a packet counts in the bucket that its own time is in, whenever it comes, and a late
/// one costs more only as the logarithm of how many buckets there are. [`summary_until`](Self::summary_until) says which
/// buckets a window has, and what is measured by which time. As many buckets as two windows have are kept, and two more: the
/// latest of all that have seen a packet.
///
/// All is exact and merges exactly, bytes included, except for quantiles of latency, which are within 1 %. Sums stay at the
/// largest there is. What cannot be told is `None`: see [`KeyframeSummary`] and [`LossSummary`] for the limits.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Elapsed, Timestamp};
/// use audience_realtime::{Numbering, Packet, StreamHealth, StreamSpec, Track, Window};
///
/// let window = Window::new(Elapsed::from_secs(10), Elapsed::from_secs(1))?;
/// let mut stream = StreamHealth::new(StreamSpec::new(window, Numbering::Bits16));
/// // A frame of 10 kB every 40 ms, a key frame every 2 s, and number 7 is lost.
/// for n in (0..250).filter(|n| *n != 7) {
///     stream.observe(&Packet {
///         bytes: 10_000,
///         frames: Some(1),
///         keyframe: n % 50 == 0,
///         sequence: Some(n),
///         ..Packet::new(Timestamp::from_millis(40 * n as i64), Track::Video)
///     });
/// }
/// let summary = stream.summary_until(Timestamp::from_millis(10_000));
/// assert_eq!(summary.video.bitrate_bps, Some(1_992_000.0));
/// assert_eq!(summary.frame_rate, Some(24.9));
/// assert_eq!(summary.keyframes.unwrap().mean_interval_ms, Some(2000.0));
/// let loss = summary.video.loss.unwrap();
/// assert_eq!((loss.lost, loss.expected), (1, 250));
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Form"))]
pub struct StreamHealth {
    spec: StreamSpec,
    sliding: Sliding<StreamCell>,
}

/// A state as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    spec: StreamSpec,
    sliding: Sliding<StreamCell>,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for StreamHealth {
    type Error = crate::Error;

    fn try_from(Form { spec, sliding }: Form) -> Result<Self, crate::Error> {
        let fits = sliding.window() == spec.window && sliding.all().all(|cell| cell.fits(&spec));
        if fits { Ok(Self { spec, sliding }) } else { Err(crate::Error::Inconsistent) }
    }
}

impl StreamHealth {
    /// Of a stream that is measured by this.
    pub fn new(spec: StreamSpec) -> Self {
        Self { spec, sliding: Sliding::new(spec.window) }
    }

    /// What it is measured by.
    pub const fn spec(&self) -> &StreamSpec {
        &self.spec
    }

    /// Figures over the window whose last bucket is the last that is over at `end`: its buckets are all over, and a packet
    /// after `end` is in none.
    ///
    /// Rates are amounts by the time of the window that is *covered*: from the first packet the stream ever had, if that is
    /// in the window, else from the window's start, to the window's end. So a stream that has just begun is not measured by
    /// time in which it was not there, and one that has stopped is measured by the time in which nothing came. Until as much
    /// as a bucket is covered there is no rate.
    pub fn summary_until(&self, end: Timestamp) -> StreamSummary {
        summary::of(self, &self.sliding.span_until(end))
    }

    /// Forgets buckets that are over at this time, for good. Packets that come for them later are counted as outside.
    pub fn forget_before(&mut self, at: Timestamp) {
        self.sliding.forget_before(at);
    }

    /// Packets in no bucket that is kept: too late, pushed out, or forgotten.
    pub const fn outside(&self) -> u64 {
        self.sliding.outside()
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.sliding.all().map(StreamCell::size_bytes).sum()
    }
}

/// # Panics
///
/// When the two are measured by something else, which is a bug in the program.
impl Merge for StreamHealth {
    fn merge(&mut self, other: Self) {
        assert_eq!(self.spec, other.spec, "streams that are measured by something else do not merge");
        self.sliding.merge(other.sliding);
    }
}

impl Accumulator for StreamHealth {
    type Item = Packet;
    /// `None` when there is no packet.
    type Summary = Option<StreamSummary>;

    fn observe(&mut self, packet: &Packet) {
        let numbering = self.spec.numbering;
        if let Some((cell, start)) = self.sliding.at(packet.at) {
            cell.observe(packet, start, numbering);
        }
    }

    /// Figures over the window that ends with the latest bucket that has a packet, as if that were over; see
    /// [`summary_until`](StreamHealth::summary_until).
    fn summary(&self) -> Option<StreamSummary> {
        self.sliding.latest_span().map(|span| summary::of(self, &span))
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for StreamHealth {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.stream_health/1", &self.spec)
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}
