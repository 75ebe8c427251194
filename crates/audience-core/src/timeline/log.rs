//! What the state machine writes down.

use smallvec::SmallVec;

use super::{Activity, Seek, Seeks, Span, Wait, WaitKind, Watched};
use crate::facts::SessionFacts;
use crate::time::{Elapsed, MediaTime, Timestamp};

/// The stretches of content that were played. Most sessions have few.
pub(super) type Pieces = SmallVec<[Watched; 16]>;

/// What was played, where the playhead jumped and when the viewer waited. Sums and pieces are always kept, the moments
/// themselves only when asked for.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Log {
    pub(super) watched: Pieces,
    pub(super) spans: Vec<Span>,
    /// The first [`SessionFacts::MAX_JUMPS`] unless all moments are wanted.
    pub(super) seeks: Vec<Seek>,
    pub(super) waits: Vec<Wait>,
    /// Content played at unknown positions, in milliseconds.
    pub(super) unplaced: u64,
    pub(super) seek_counts: Seeks,
    /// Waits by kind.
    pub(super) wait_counts: [u64; 3],
    /// The longest stall.
    pub(super) longest_stall: Elapsed,
    /// How long each of the first waits after seeks took.
    pub(super) restarts: Vec<Elapsed>,
    /// Where the content ends, in milliseconds; everything is clipped to it.
    end: u64,
    /// The stretch of content that is being played.
    piece: Piece,
    /// The latest seek, if only a state reported it and not where to.
    untold: Option<Seek>,
    /// The wait that is going on.
    open: Option<Wait>,
    /// Whether the moments are wanted.
    pub(super) keeps_all: bool,
    /// Whether the latest span ends now, and where the playhead was at its end is not known yet.
    awaits_position: bool,
}

/// A stretch of content in milliseconds; empty at first.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Piece {
    start: u64,
    end: u64,
    inferred: bool,
}

impl Log {
    pub(super) fn new(duration: Option<MediaTime>) -> Self {
        Self { end: duration.map_or(u64::MAX, MediaTime::as_millis), ..Self::default() }
    }

    /// The content's duration is known now, or known to be none.
    pub(super) fn ends_at(&mut self, duration: Option<MediaTime>) {
        self.end = duration.map_or(u64::MAX, MediaTime::as_millis);
    }

    /// The wait that is going on.
    pub(super) fn open_wait(&self) -> Option<Wait> {
        self.open
    }

    /// Lets go of the moments, whose sums are kept.
    pub(super) fn forget_moments(&mut self) {
        self.watched.clear();
        self.seeks.clear();
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

    /// Time passed.
    pub(super) fn span(&mut self, span: Span) {
        self.spans.push(span);
        self.awaits_position = true;
    }

    /// The playhead was seen at `position` at the end of the latest span; what is seen there after that comes of what
    /// happened then.
    pub(super) fn saw(&mut self, position: MediaTime) {
        if std::mem::take(&mut self.awaits_position)
            && let Some(span) = self.spans.last_mut()
        {
            span.to = Some(position);
        }
    }

    /// Nothing tells where the playhead was at the end of the latest span.
    pub(super) fn saw_nothing(&mut self) {
        self.awaits_position = false;
    }

    /// What was taken for something else from `since` on was `activity`.
    pub(super) fn relabel(&mut self, since: Timestamp, activity: Activity) {
        let Some(first) = self.spans.iter().rposition(|span| span.start <= since) else { return };
        let split = self.spans[first];
        if split.start < since && since < split.end {
            self.spans[first].end = since;
            self.spans.insert(first + 1, Span { start: since, ..split });
        }
        for span in self.spans.iter_mut().filter(|span| span.start >= since) {
            span.activity = activity;
        }
    }

    /// What was taken for something else from `since` on was playing.
    pub(super) fn had_played(&mut self, since: Timestamp) {
        self.relabel(since, Activity::Playing);
        let mut at = None;
        for span in self.spans.iter_mut().filter(|span| span.start >= since) {
            span.from = at.or(span.from);
            at = span.from.map(|from| from.saturating_add(span.rate.advance(span.length())));
            span.to = at;
        }
    }

    pub(super) fn seek(&mut self, seek: Seek) {
        self.untold = None;
        self.seek_counts.count(&seek, 1);
        if self.keeps_all || self.seeks.len() < SessionFacts::MAX_JUMPS {
            self.seeks.push(seek);
        }
    }

    /// A seek that only a state reported.
    pub(super) fn seek_by_state(&mut self, seek: Seek) {
        self.seek(seek);
        self.untold = Some(seek).filter(|seek| seek.to.is_none());
    }

    /// Whether it was not told yet where the latest seek went.
    pub(super) fn awaits_target(&self) -> bool {
        self.untold.is_some()
    }

    /// The latest seek went to `to`, if that was not told yet.
    pub(super) fn seek_went_to(&mut self, to: Option<MediaTime>) {
        let Some(untold) = self.untold.take_if(|_| to.is_some()) else { return };
        let told = Seek { to, ..untold };
        self.seek_counts.count(&untold, -1);
        self.seek_counts.count(&told, 1);
        // The latest one may be past the most that are kept.
        if let Some(seek) = self.seeks.last_mut().filter(|seek| **seek == untold) {
            *seek = told;
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

    /// Ends the wait that is going on, if there is one; `open` when playback was over before frames came.
    pub(super) fn end_wait(&mut self, now: Timestamp, open: bool) {
        if let Some(wait) = self.open.take() {
            let wait = Wait { end: now.max(wait.start), open, ..wait };
            self.wait_counts[wait.kind as usize] += 1;
            match wait.kind {
                WaitKind::Stall => self.longest_stall = self.longest_stall.max(wait.length()),
                WaitKind::Seek if !open && self.restarts.len() < SessionFacts::MAX_RESTARTS => {
                    self.restarts.push(wait.length());
                }
                WaitKind::Seek | WaitKind::StartUp => {}
            }
            if self.keeps_all {
                self.waits.push(wait);
            }
        }
    }

    /// What goes on is no wait; since when it was taken for one.
    pub(super) fn drop_wait(&mut self) -> Option<Timestamp> {
        self.open.take().map(|wait| wait.start)
    }

    /// The wait that is going on ended at `since`; if that is when it began, it was none.
    pub(super) fn had_ended_wait(&mut self, since: Timestamp) {
        if self.open.is_some_and(|wait| since.since(wait.start) == Elapsed::ZERO) {
            self.open = None;
        }
        self.end_wait(since, false);
    }
}
