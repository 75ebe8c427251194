//! What the player did, from moment to moment: the one place where events are interpreted.

mod log;
mod machine;
mod playhead;
mod replay;
mod requests;

pub(crate) use machine::{Correction, Counted, Machine};
pub use replay::{Frame, Replay};

use std::cmp::Ordering;

use crate::event::{Event, Rendition};
use crate::facts::{LiveLatency, Mark, RenditionTime, StartUp};
use crate::rules::Rules;
use crate::session::Session;
use crate::time::{Elapsed, MediaTime, Rate, Timestamp};

/// What the requests of a session show, told as events.
pub(crate) fn tell(session: &Session, rules: &Rules, horizon: Option<Timestamp>) -> Vec<Event> {
    requests::tell(session, rules, horizon).0
}

/// What a session's player did, from its first event to its last.
///
/// This is the only place that knows what play, pause, seek, stall, rate, missing ends and errors mean; every analysis
/// stands on it. `docs/methods/sessions.md` in the repository states the rules.
///
/// # Examples
///
/// ```
/// use audience_core::{Event, EventKind, MediaTime, Rules, Session, Timestamp, WaitKind};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let session = Session::new("s1", "film", [
///     Event::new(at(0), EventKind::load()),
///     Event::new(at(2), EventKind::Play).at(MediaTime::ZERO),
///     Event::new(at(12), EventKind::BufferStart).at(MediaTime::from_secs(10)),
///     Event::new(at(15), EventKind::buffer_end()).at(MediaTime::from_secs(10)),
///     Event::new(at(20), EventKind::Pause).at(MediaTime::from_secs(15)),
/// ]);
/// let timeline = session.timeline(&Rules::default());
/// assert_eq!(timeline.waits()[0].kind, WaitKind::Stall);
/// assert_eq!(timeline.waits()[0].length().as_secs_f64(), 3.0);
/// assert_eq!(timeline.frame_at(at(7)).unwrap().position, Some(MediaTime::from_secs(5)));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Timeline {
    pub(crate) spans: Vec<Span>,
    pub(crate) watched: Vec<Watched>,
    pub(crate) seeks: Vec<Seek>,
    pub(crate) waits: Vec<Wait>,
    /// The player after its last event.
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) end: Option<Frame>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) tally: Tally,
}

/// What is left of a session when its moments are summed up.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one session")]
pub(crate) struct Tally {
    pub(crate) events: u64,
    pub(crate) duration: Option<MediaTime>,
    pub(crate) is_live: bool,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) load: Option<Timestamp>,
    pub(crate) start_up_from: StartUpFrom,
    /// Playback was asked for at some time.
    pub(crate) requested: bool,
    pub(crate) startup: Option<StartUp>,
    pub(crate) first_frame: Option<Timestamp>,
    pub(crate) unplaced: MediaTime,
    pub(crate) wall: WallClock,
    pub(crate) waits: [u64; 3],
    pub(crate) seeks: Seeks,
    pub(crate) pauses: u64,
    pub(crate) rate_changes: u64,
    pub(crate) quality_changes: u64,
    pub(crate) switches_up: u64,
    pub(crate) switches_down: u64,
    /// How many bits per second those added together, and those took away.
    pub(crate) up_bps: u64,
    pub(crate) down_bps: u64,
    /// Content played by rendition, in order of appearance.
    pub(crate) renditions: Vec<RenditionTime>,
    /// Bits per second times milliseconds.
    pub(crate) millibits: u128,
    /// Milliseconds of content played while the bit rate was known.
    pub(crate) bits_over: u64,
    pub(crate) errors: u64,
    /// The code of the latest fatal error.
    pub(crate) fatal_code: Option<Box<str>>,
    pub(crate) marks: Vec<Mark>,
    /// Custom events whose names are past the most a row keeps.
    pub(crate) dropped_marks: u64,
    /// The player gave up, and nothing shows that playback went on.
    pub(crate) failed: bool,
    /// Playback is over, and why.
    pub(crate) ended: Option<Ending>,
    pub(crate) reported_watch: Option<Elapsed>,
    pub(crate) dropped_frames: Option<u64>,
    pub(crate) decoded_frames: Option<u64>,
    pub(crate) latency: Option<LiveLatency>,
    pub(crate) exit_position: Option<MediaTime>,
    pub(crate) exit_waiting: bool,
    pub(crate) repaired_positions: u64,
    pub(crate) repaired_durations: u64,
    /// Positions are from requests, because the player reports none.
    pub(crate) placed_by_requests: bool,
}

/// What a start-up time may be counted from: when the content was asked for and loaded first, and how much time had been
/// spent elsewhere by then.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct StartUpFrom {
    pub(crate) request: Option<(Timestamp, Elapsed)>,
    pub(crate) load: Option<(Timestamp, Elapsed)>,
}

/// What the player said why playback ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Ending {
    ContentOver,
    Failure,
    Other,
    /// It did not say.
    Unsaid,
}

/// Wall-clock time by activity, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct WallClock([u64; Activity::ALL.len()]);

impl WallClock {
    pub(crate) fn of(&self, activity: Activity) -> Elapsed {
        Elapsed::from_millis(self.0[activity as usize])
    }

    fn add(&mut self, activity: Activity, millis: u64) {
        let sum = &mut self.0[activity as usize];
        *sum = sum.saturating_add(millis);
    }

    /// So much of the time taken for `wrong` was `right`.
    fn take_for(&mut self, right: Activity, wrong: Activity, millis: u64) {
        let sum = &mut self.0[wrong as usize];
        *sum = sum.saturating_sub(millis);
        self.add(right, millis);
    }

    /// Time in which nobody waits for the first frame, though none was seen: paused, in advertisements, failed.
    fn elsewhere(&self) -> Elapsed {
        let of = [Activity::Paused, Activity::Ad, Activity::AdWait, Activity::Failed];
        of.into_iter().fold(Elapsed::ZERO, |sum, activity| sum.saturating_add(self.of(activity)))
    }
}

/// What the player was doing.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Activity {
    /// Nothing was asked for, or playback is over.
    Idle,
    /// Playback was asked for and no frame was seen yet, or the player waits for its first data.
    StartUp,
    /// Frames move.
    Playing,
    /// The viewer paused.
    Paused,
    /// Waiting after a seek.
    SeekWait,
    /// Waiting in the middle of playback.
    Stall,
    /// An advertisement is on.
    Ad,
    /// An advertisement waits for data.
    AdWait,
    /// Playback reached its end.
    Ended,
    /// The player gave up, and nothing shows that playback went on.
    Failed,
}

impl Activity {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Idle,
        Self::StartUp,
        Self::Playing,
        Self::Paused,
        Self::SeekWait,
        Self::Stall,
        Self::Ad,
        Self::AdWait,
        Self::Ended,
        Self::Failed,
    ];

    /// Whether the viewer waits for frames.
    pub const fn is_wait(self) -> bool {
        matches!(self, Self::StartUp | Self::SeekWait | Self::Stall | Self::AdWait)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::StartUp => "starting up",
            Self::Playing => "playing",
            Self::Paused => "paused",
            Self::SeekWait => "waiting after a seek",
            Self::Stall => "stalled",
            Self::Ad => "in an advertisement",
            Self::AdWait => "waiting in an advertisement",
            Self::Ended => "ended",
            Self::Failed => "failed",
        }
    }
}

impl std::fmt::Display for Activity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A stretch of wall-clock time between two events in which the player did one thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Span {
    /// Since when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// What it did.
    pub activity: Activity,
    /// At what rate.
    pub rate: Rate,
    /// The playhead at the start, where known.
    pub from: Option<MediaTime>,
    /// The playhead at the end, before the event there moved it.
    pub to: Option<MediaTime>,
    /// What was played, as far as the player said.
    pub rendition: Rendition,
}

impl Span {
    /// How long it was.
    pub fn length(&self) -> Elapsed {
        self.end.since(self.start)
    }
}

/// A stretch of content that was played once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Watched {
    /// Its first position.
    pub start: MediaTime,
    /// The position after its last.
    pub end: MediaTime,
    /// Whether an end of it was inferred from wall time and rate, because the player did not report it.
    pub inferred: bool,
}

/// A jump of the playhead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Seek {
    /// When.
    pub at: Timestamp,
    /// From where, where known.
    pub from: Option<MediaTime>,
    /// To where, where known.
    pub to: Option<MediaTime>,
    /// Whether no event reported it: the playhead was elsewhere than playback could have brought it. Then the jump was
    /// some time before `at`.
    pub inferred: bool,
}

/// Jumps of the playhead by direction. What landed where it came from, or whose direction is unknown, is `other`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Seeks {
    /// Reported, to a later position.
    pub forward: u64,
    /// Reported, to an earlier position.
    pub back: u64,
    /// Reported, neither.
    pub other: u64,
    /// Not reported: the playhead was found further on than playback could have brought it.
    pub inferred_forward: u64,
    /// Not reported: the playhead was found further back.
    pub inferred_back: u64,
}

impl Seeks {
    /// All that were reported.
    pub fn reported(&self) -> u64 {
        self.forward + self.back + self.other
    }

    /// All that were inferred.
    pub fn inferred(&self) -> u64 {
        self.inferred_forward + self.inferred_back
    }

    /// The same, all of them inferred.
    const fn as_inferred(self) -> Self {
        Self {
            inferred_forward: self.inferred_forward + self.forward + self.other,
            inferred_back: self.inferred_back + self.back,
            forward: 0,
            back: 0,
            other: 0,
        }
    }

    fn count(&mut self, seek: &Seek, times: i64) {
        let direction = seek.from.zip(seek.to).map_or(Ordering::Equal, |(from, to)| to.cmp(&from));
        let count = match (seek.inferred, direction) {
            (false, Ordering::Greater) => &mut self.forward,
            (false, Ordering::Less) => &mut self.back,
            (false, Ordering::Equal) => &mut self.other,
            (true, Ordering::Less) => &mut self.inferred_back,
            (true, _) => &mut self.inferred_forward,
        };
        *count = count.saturating_add_signed(times);
    }
}

/// What a wait belongs to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum WaitKind {
    /// The first frame was not seen yet.
    StartUp,
    /// A seek: it began within [`Rules::seek_settle`] of the target, or a seek happened in it.
    Seek,
    /// Neither: the buffer ran dry in the middle of playback.
    Stall,
}

/// A stretch in which the viewer waited for frames.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Wait {
    /// What it belongs to.
    pub kind: WaitKind,
    /// Since when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
    /// Whether no frame ended it, nor the viewer with a pause, but playback was over: the session ended in it, failed or fell
    /// silent.
    pub open: bool,
}

impl Wait {
    /// How long it was.
    pub fn length(&self) -> Elapsed {
        self.end.since(self.start)
    }
}

impl Timeline {
    /// Reconstructs what the player did. Takes time proportional to the number of events, whatever the content's length.
    pub fn new(session: &Session, rules: &Rules) -> Self {
        machine::reconstruct(session, rules)
    }

    /// The stretches between events, in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The stretches of content that were played, in order of time. Together they are the session's
    /// [`PlaybackMap`](crate::PlaybackMap).
    pub fn watched(&self) -> &[Watched] {
        &self.watched
    }

    /// The jumps of the playhead, in order.
    pub fn seeks(&self) -> &[Seek] {
        &self.seeks
    }

    /// The waits, in order.
    pub fn waits(&self) -> &[Wait] {
        &self.waits
    }

    /// The content's duration: the last one the session reported, else the known one.
    pub fn duration(&self) -> Option<MediaTime> {
        self.tally.duration
    }

    /// When frames first moved.
    pub fn first_frame(&self) -> Option<Timestamp> {
        self.tally.first_frame
    }

    /// The first and the last event's time.
    pub fn bounds(&self) -> Option<(Timestamp, Timestamp)> {
        Some((self.tally.first?, self.tally.last?))
    }

    /// The spans with neighbours of the same activity put together: what the player did one after the other.
    pub fn activities(&self) -> impl Iterator<Item = Span> + '_ {
        self.spans.chunk_by(|a, b| a.activity == b.activity).map(|same| {
            let (first, last) = (same[0], same[same.len() - 1]);
            Span { end: last.end, to: last.to, rate: last.rate, rendition: last.rendition, ..first }
        })
    }

    /// Wall-clock time spent on `activity`.
    pub fn time_in(&self, activity: Activity) -> Elapsed {
        self.tally.wall.of(activity)
    }
}
