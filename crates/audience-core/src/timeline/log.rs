//! What the state machine writes down.

use smallvec::SmallVec;

use super::{Seek, Seeks, Span, Wait, WaitKind, Watched};
use crate::time::{MediaTime, Timestamp};

/// The stretches of content that were played. Most sessions have few.
pub(super) type Pieces = SmallVec<[Watched; 16]>;

/// What was played, where the playhead jumped and when the viewer waited. Sums and pieces are always kept, the moments
/// themselves only when asked for.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) watched: Pieces,
    pub(super) spans: Vec<Span>,
    pub(super) seeks: Vec<Seek>,
    pub(super) waits: Vec<Wait>,
    /// Content played at unknown positions, in milliseconds.
    pub(super) unplaced: u64,
    pub(super) seek_counts: Seeks,
    /// Waits by kind.
    pub(super) wait_counts: [u64; 3],
    /// Where the content ends, in milliseconds; everything is clipped to it.
    pub(super) end: u64,
    /// The stretch of content that is being played.
    piece: Piece,
    /// The wait that is going on.
    open: Option<Wait>,
    /// Whether the moments are wanted.
    pub(super) keeps_all: bool,
}

/// A stretch of content in milliseconds; empty at first.
#[derive(Clone, Copy, Debug, Default)]
struct Piece {
    start: u64,
    end: u64,
    inferred: bool,
}

impl Log {
    pub(super) fn new(duration: Option<MediaTime>) -> Self {
        Self { end: duration.map_or(u64::MAX, MediaTime::as_millis), ..Self::default() }
    }

    /// Keeps the moments too, of so many events.
    pub(super) fn keep_all(&mut self, events: usize) {
        self.keeps_all = true;
        self.spans.reserve_exact(events);
    }

    /// Content from `start` to `end`, in milliseconds, was played.
    pub(super) fn watch(&mut self, start: u64, end: u64, inferred: bool) {
        let end = end.min(self.end);
        if start >= end {
            return;
        }
        // Heartbeats cut one pass into pieces; this puts it together.
        if self.piece.end == start && self.piece.inferred == inferred {
            self.piece.end = end;
        } else {
            self.end_piece();
            self.piece = Piece { start, end, inferred };
        }
    }

    /// Writes down the piece at hand.
    #[inline(never)]
    pub(super) fn end_piece(&mut self) {
        let Piece { start, end, inferred } = std::mem::take(&mut self.piece);
        if start < end {
            let (start, end) = (MediaTime::from_millis(start), MediaTime::from_millis(end));
            self.watched.push(Watched { start, end, inferred });
        }
    }

    pub(super) fn seek(&mut self, seek: Seek) {
        self.seek_counts.count(&seek);
        if self.keeps_all {
            self.seeks.push(seek);
        }
    }

    /// What the viewer waits for, if for anything.
    pub(super) fn waiting(&self) -> Option<WaitKind> {
        self.open.map(|wait| wait.kind)
    }

    pub(super) fn begin_wait(&mut self, kind: WaitKind, now: Timestamp) {
        match &mut self.open {
            Some(wait) if wait.kind == kind => return,
            // Nothing was waited for as yet.
            Some(wait) if wait.start == now => {
                wait.kind = kind;
                return;
            }
            _ => self.end_wait(now, false),
        }
        self.open = Some(Wait { kind, start: now, end: now, open: true });
    }

    /// Ends the wait that is going on, if there is one; `open` when it only ends because the session does.
    pub(super) fn end_wait(&mut self, now: Timestamp, open: bool) {
        if let Some(wait) = self.open.take() {
            self.wait_counts[wait.kind as usize] += 1;
            if self.keeps_all {
                self.waits.push(Wait { end: now.max(wait.start), open, ..wait });
            }
        }
    }
}
