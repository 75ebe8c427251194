//! Figures of a stream over one window.

use audience_core::{Elapsed, Merge, Ratio, Timestamp};

use super::cell::{StreamCell, TrackCell};
use super::numbers::{LossSummary, loss};
use super::{StreamHealth, StreamSpec};
use crate::durations::{DurationSummary, Durations};
use crate::sliding::Span;

/// How a live stream did over one window; see [`StreamHealth::summary_until`] for what that is.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StreamSummary {
    /// When the window begins.
    pub from: Timestamp,
    /// When it ends; a packet of that time is not in it.
    pub until: Timestamp,
    /// How much of the window there was to measure: all rates are by this.
    pub covered: Elapsed,
    /// The picture.
    pub video: TrackSummary,
    /// The sound.
    pub audio: TrackSummary,
    /// Anything else.
    pub other: TrackSummary,
    /// Frames of the picture.
    pub frames: u64,
    /// Frames of the picture per second of the time covered. `None` when a packet of the picture did not say how many frames
    /// begin in it, and while less than a bucket is covered.
    pub frame_rate: Option<f64>,
    /// Frames that were dropped instead of sent.
    pub dropped_frames: u64,
    /// Frames dropped by all frames, dropped or not. `None` when there were none, or [`frame_rate`](Self::frame_rate) is not
    /// known for want of frames.
    pub dropped_frame_ratio: Option<Ratio>,
    /// Key frames. `None` when a bucket has more than 1024 different times of them.
    pub keyframes: Option<KeyframeSummary>,
    /// How long packets took from the source. `None` when no packet says.
    pub latency: Option<DurationSummary>,
    /// Packets, since the stream began, in no bucket that is kept.
    pub outside: u64,
}

/// One track of a live stream over one window.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TrackSummary {
    /// Packets.
    pub packets: u64,
    /// Their sizes together.
    pub bytes: u64,
    /// Bits per second of the time covered: 8 · bytes / covered. It is of this track alone, and packets of no duration are
    /// like any other. `None` while less than a bucket is covered.
    pub bitrate_bps: Option<f64>,
    /// The most bits per second of a bucket of the window, each by its whole width. `None` when there are no packets.
    pub peak_bitrate_bps: Option<f64>,
    /// Content per time covered: 1 where a second of content comes each second, less where the source does not keep up.
    /// `None` when a packet does not say how much content it is, when there are none, and while less than a bucket is
    /// covered.
    pub pace: Option<f64>,
    /// Which packets were lost. `None` when no packet has a number, or it cannot be told.
    pub loss: Option<LossSummary>,
}

/// Key frames of a live stream over one window. Packets of the same millisecond are one key frame.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyframeSummary {
    /// How many there are.
    pub count: u64,
    /// From one to the next on average: from the first to the last, by one less than there are. `None` of less than two.
    pub mean_interval_ms: Option<f64>,
    /// The longest time from one to the next. `None` of less than two.
    pub longest_interval: Option<Elapsed>,
    /// From the last one to the end of the window, which shows that none comes any more. `None` of none.
    pub since_last: Option<Elapsed>,
}

/// Of the buckets of a window.
pub(super) fn of(stream: &StreamHealth, span: &Span) -> StreamSummary {
    let cells: Vec<(Timestamp, &StreamCell)> = stream.sliding.cells(span).collect();
    let sum = |of: fn(&StreamCell) -> u64| cells.iter().fold(0_u64, |sum, (_, cell)| sum.saturating_add(of(cell)));
    let track = |of: fn(&StreamCell) -> &TrackCell| track_of(&cells, of, &stream.spec, span);
    let mut latency = Durations::default();
    for (_, cell) in &cells {
        latency.absorb(&cell.latency);
    }
    let (frames, dropped_frames) = (sum(|cell| cell.frames), sum(|cell| cell.dropped_frames));
    let framed = sum(|cell| cell.unframed) == 0 && sum(|cell| cell.video.packets) > 0;
    StreamSummary {
        from: span.from,
        until: span.until,
        covered: span.covered,
        video: track(|cell| &cell.video),
        audio: track(|cell| &cell.audio),
        other: track(|cell| &cell.other),
        frames,
        frame_rate: if framed { span.per_second(frames as f64) } else { None },
        dropped_frames,
        dropped_frame_ratio: Ratio::of_sums(dropped_frames.into(), u128::from(frames) + u128::from(dropped_frames))
            .filter(|_| framed),
        keyframes: keyframes_of(&cells, span),
        latency: latency.summary(),
        outside: stream.outside(),
    }
}

fn track_of(
    cells: &[(Timestamp, &StreamCell)],
    of: fn(&StreamCell) -> &TrackCell,
    spec: &StreamSpec,
    span: &Span,
) -> TrackSummary {
    let tracks = || cells.iter().map(|(_, cell)| of(cell));
    let [mut packets, mut bytes, mut content, mut untimed, mut numbered] = [0_u64; 5];
    for track in tracks() {
        packets.merge(track.packets);
        bytes.merge(track.bytes);
        content.merge(track.content);
        untimed.merge(track.untimed);
        numbered.merge(track.numbered);
    }
    let peak = tracks().filter(|track| track.packets > 0).map(|track| track.bytes).max();
    TrackSummary {
        packets,
        bytes,
        bitrate_bps: span.per_second(8.0 * bytes as f64),
        peak_bitrate_bps: peak.map(|bytes| span.per_second_of_bucket(8.0 * bytes as f64)),
        pace: span.per_second(content as f64 / 1000.0).filter(|_| packets > 0 && untimed == 0),
        loss: loss(tracks().map(|track| &track.numbers), numbered, spec.numbering, spec.most_lost_in_a_row),
    }
}

fn keyframes_of(cells: &[(Timestamp, &StreamCell)], span: &Span) -> Option<KeyframeSummary> {
    let (mut count, mut longest) = (0, None);
    let (mut first, mut last): (Option<Timestamp>, Option<Timestamp>) = (None, None);
    for (start, cell) in cells {
        for offset in cell.keyframes.times()? {
            let at = *start + Elapsed::from_millis(u64::from(*offset));
            longest = longest.max(last.map(|last| at.since(last)));
            count += 1;
            first = first.or(Some(at));
            last = Some(at);
        }
    }
    let intervals = first.zip(last).filter(|_| count > 1);
    Some(KeyframeSummary {
        count,
        mean_interval_ms: intervals.map(|(first, last)| last.since(first).as_millis() as f64 / (count - 1) as f64),
        longest_interval: longest,
        since_last: last.map(|last| span.until.since(last)),
    })
}
