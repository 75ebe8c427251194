//! A session as one row.

mod metrics;
mod played;
mod unit;

pub use metrics::SessionMetrics;
pub use played::{LiveLatency, RenditionTime, Stretch};
pub use unit::{UnitFacts, UnitTotals};

use std::sync::Arc;

use crate::map::PlaybackMap;
use crate::rules::Rules;
use crate::session::{Identity, Session, Tidied};
use crate::time::{Elapsed, MediaTime, Timestamp};
use crate::timeline::{Activity, Ending, Machine, Seek, Seeks, Tally, WaitKind, WallClock};

/// Everything an analysis needs to know of a session, in one row: ids, attributes, counts, milliseconds and the runs
/// that were played. What is undefined is `None`, never 0.
///
/// Counts and amounts are the timeline's own; what the player claims (a reported watch time, a stall's duration) is kept
/// apart or not at all.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SessionFacts {
    /// Whose session it is, and of what.
    pub identity: Arc<Identity>,

    /// When it was loaded; without a load before the first frame, its first event.
    pub started_at: Timestamp,
    /// Its last event.
    pub last_event_at: Timestamp,
    /// How many events it has.
    pub events: u64,
    /// What was done to put them in order.
    pub tidied: Tidied,
    /// The title's duration: the last one the session reported, else the known one.
    pub duration: Option<MediaTime>,
    /// Whether it is a live stream. Live streams have no duration.
    pub is_live: bool,

    /// Whether the player says that playback was asked for: by the viewer, or by autoplay.
    pub requested: bool,
    /// When the first frame was seen.
    pub first_frame_at: Option<Timestamp>,
    /// Time from asking for playback to the first frame, without pauses, advertisements and failed attempts in between;
    /// `None` when no frame was seen, or nothing says when playback was asked for.
    pub startup: Option<StartUp>,
    /// Content played, each pass counted: the runs and [`unplaced`](Self::unplaced).
    pub watched: MediaTime,
    /// Content played, each part counted once.
    pub unique: MediaTime,
    /// What the player says was watched, for comparison.
    pub reported_watch: Option<Elapsed>,
    /// The part of [`watched`](Self::watched) whose position in the content is not known.
    pub unplaced: MediaTime,
    /// Wall-clock time by what the player did.
    pub wall: WallTime,
    /// Stalls: waits in the middle of playback.
    pub stalls: u64,
    /// Waits that belong to a seek.
    pub seek_waits: u64,
    /// Jumps of the playhead.
    pub seeks: Seeks,
    /// Jumps of the playhead from a known position to a known position, in order; at most
    /// [`MAX_JUMPS`](Self::MAX_JUMPS). What is missing to [`seeks`](Self::seeks) was past these, or nobody said from where or
    /// to where.
    pub jumps: Vec<Jump>,
    /// How often the viewer paused.
    pub pauses: u64,
    /// How often the playback rate changed.
    pub rate_changes: u64,
    /// What was switched and which bit rate was played.
    pub quality: Quality,
    /// Content played by rendition, the lowest bit rate first; at most [`MAX_RENDITIONS`](Self::MAX_RENDITIONS). What is
    /// missing to [`watched`](Self::watched) was played in a rendition nobody reported.
    pub renditions: Vec<RenditionTime>,
    /// The longest stall.
    pub longest_stall: Elapsed,
    /// How long it took after seeks until frames moved again, in order, of the seeks that the player waited for and that
    /// were waited out; at most [`MAX_RESTARTS`](Self::MAX_RESTARTS).
    pub restarts: Vec<Elapsed>,
    /// How far behind the live edge it was played, where the player reports that.
    pub latency: Option<LiveLatency>,
    /// The position after the last one played.
    pub furthest: Option<MediaTime>,
    /// Whether [`furthest`](Self::furthest) is in the last part of the content ([`Rules::reached_end`]). `None` when that
    /// cannot be known: the duration is unknown, or content was played at unknown positions that may have been there.
    pub reached_end: Option<bool>,
    /// Whether nearly all of the content was played ([`Rules::completed`]): seeking to the end does not complete. `None`
    /// as above.
    pub completed: Option<bool>,
    /// How it ended.
    pub exit: Exit,
    /// What kind of failure it was, if it was one.
    pub failure: Option<Failure>,
    /// The code of the fatal error of a failed session, where the player gave one.
    pub failure_code: Option<Box<str>>,
    /// Errors reported, fatal or not.
    pub errors: u64,
    /// Custom events by name, in order of the names; at most [`MAX_MARKS`](Self::MAX_MARKS).
    pub marks: Vec<Mark>,
    /// Custom events that are not among the [`marks`](Self::marks), because there are too many names.
    pub dropped_marks: u64,
    /// Which content was played, and how often.
    pub map: PlaybackMap,
    /// The same in the order in which it was played: what [`map`](Self::map) is laid from. Neighbours do not touch, so that
    /// what is between two of them is a jump, or was played at an unknown position. Empty although the map is not where only
    /// the map is known, as of an older table.
    pub played: Vec<Stretch>,
    /// Which of these are inferred rather than reported.
    pub inferred: Inferred,
}

/// How long playback took to start.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct StartUp {
    /// The time.
    pub time: Elapsed,
    /// Since what.
    pub since: StartUpBasis,
}

/// What a start-up time is measured from.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum StartUpBasis {
    /// From the viewer's (or autoplay's) request.
    Request,
    /// From a request that is the first thing the session reports: some players send it when they load, before anybody
    /// asked, so that the time is an upper bound.
    FirstRequest,
    /// From the load, for want of a request: an upper bound too.
    Load,
}

/// Wall-clock time of a session by what the player did. Together it is the time from the first event to the last.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WallTime {
    /// Nothing was asked for.
    pub idle: Elapsed,
    /// Waiting for the first frame, as far as events show it.
    pub starting: Elapsed,
    /// Frames moved.
    pub playing: Elapsed,
    /// Paused.
    pub paused: Elapsed,
    /// Waiting after seeks.
    pub seek_waiting: Elapsed,
    /// Stalled.
    pub stalled: Elapsed,
    /// In advertisements.
    pub in_ads: Elapsed,
    /// Waiting in advertisements.
    pub ad_waiting: Elapsed,
    /// After playback had reached its end or was stopped.
    pub ended: Elapsed,
    /// After the player gave up.
    pub failed: Elapsed,
}

/// A jump of the playhead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Jump {
    /// From where.
    pub from: MediaTime,
    /// To where.
    pub to: MediaTime,
    /// Whether no event reported it: see [`Seek::inferred`](crate::Seek::inferred).
    pub inferred: bool,
}

/// Switches and bit rate of a session.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Quality {
    /// Quality changes reported, the first rendition included.
    pub changes: u64,
    /// Switches to a higher bit rate.
    pub switches_up: u64,
    /// Switches to a lower bit rate.
    pub switches_down: u64,
    /// How much the switches up added together, in bits per second.
    pub up_bps: u64,
    /// How much the switches down took away together, in bits per second.
    pub down_bps: u64,
    /// Bits of the content played, by declared bit rate.
    pub bits: u128,
    /// Content played while the bit rate was known: [`bits`](Self::bits) over this is the average bit rate.
    pub bits_over: MediaTime,
    /// Frames dropped, where the player counts them.
    pub dropped_frames: Option<u64>,
    /// Frames decoded, where the player counts them.
    pub decoded_frames: Option<u64>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Exit {
    /// Why.
    pub reason: ExitReason,
    /// Where the playhead was.
    pub position: Option<MediaTime>,
    /// Whether the viewer was waiting for frames at the end.
    pub waiting: bool,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum ExitReason {
    /// The content was over.
    Ended,
    /// The player says that the viewer stopped.
    Stopped,
    /// The player gave up.
    Failed,
    /// It fell silent: a closed tab, a lost network.
    Left,
    /// Its last event is so close to the end of the data that it may still go on.
    Active,
}

/// What kind of failure a session was, in the industry's terms.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Failure {
    /// Video start failure (VSF): a fatal error before the first frame.
    Start,
    /// Video playback failure (VPF): a fatal error after the first frame, and playback did not go on.
    Playback,
    /// Exit before video start (EBVS): the viewer left before the first frame, without a fatal error.
    ExitBeforeStart,
}

impl Failure {
    /// The word for it, in JSON and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Playback => "playback",
            Self::ExitBeforeStart => "exit_before_start",
        }
    }
}

/// How often a custom event happened.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Mark {
    /// Its name.
    pub name: Box<str>,
    /// How often.
    pub count: u64,
    /// First when.
    pub first_at: Timestamp,
}

/// Names that mean the same everywhere.
impl Mark {
    /// Something was shown that can be clicked.
    pub const IMPRESSION: &'static str = "impression";
    /// It was.
    pub const CLICK: &'static str = "click";
    /// What was hoped for happened: a purchase, a subscription.
    pub const CONVERSION: &'static str = "conversion";
    /// The viewer liked it.
    pub const LIKE: &'static str = "like";
    /// The viewer showed it to others.
    pub const SHARE: &'static str = "share";
    /// The viewer said something.
    pub const COMMENT: &'static str = "comment";
}

/// What in a row is inferred rather than reported.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own about one row")]
pub struct Inferred {
    /// An end of a played run was inferred from wall time and rate.
    pub runs: bool,
    /// Something was played whose position is not known at all, so that curves and maps cannot show it.
    pub positions_missing: bool,
    /// A seek was inferred from where the playhead was found.
    pub seeks: bool,
    /// Positions were inferred from requests for segments, because the player reports what it does and not where.
    pub positions: bool,
    /// Positions that could not be right and were dropped.
    pub repaired_positions: u64,
    /// Durations that could not be right and were dropped.
    pub repaired_durations: u64,
    /// Everything was: nothing but requests for pieces of the content is known of the session. How far off it may be.
    pub from_requests: Option<Estimates>,
}

/// How far off a row may be that was inferred from requests alone. Stalls are a lower bound, and how long they took is;
/// start-up is an upper bound; pauses and rates are only known as far as they show in the requests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Estimates {
    /// The least wall-clock time in which frames moved.
    pub playing_least: Elapsed,
    /// The most: with all that was buffered at the last request, and all that may have been played before each seek.
    pub playing_most: Elapsed,
    /// Where the viewer left, at least. `None` when no position is known.
    pub exit_least: Option<MediaTime>,
    /// Where the viewer left, at most: everything was played that had been asked for.
    pub exit_most: Option<MediaTime>,
    /// How far any position in between may be off: the longest segment, and how exact the log's times are.
    pub position_error: MediaTime,
}

impl Estimates {
    /// The same, with what was inferred between the bounds.
    fn around(self, playing: Elapsed) -> Self {
        Self { playing_least: self.playing_least.min(playing), playing_most: self.playing_most.max(playing), ..self }
    }
}

impl SessionFacts {
    /// The most names of custom events a row keeps; of more, the alphabetically first.
    pub const MAX_MARKS: usize = 64;
    /// The most renditions a row keeps apart; content played in more of them counts as played in unknown ones.
    pub const MAX_RENDITIONS: usize = 32;
    /// The most jumps a row keeps.
    pub const MAX_JUMPS: usize = 256;
    /// The most restarts after seeks a row keeps.
    pub const MAX_RESTARTS: usize = 64;

    /// The row of a session. `horizon` is the time up to which the data reaches: a session without an end is taken to be
    /// [`Active`](ExitReason::Active) when its last event is no more than [`Rules::inactivity`] before it; without a
    /// horizon it has left.
    pub fn new(session: &Session, rules: &Rules, horizon: Option<Timestamp>) -> Self {
        let mut machine = Machine::new(session, rules);
        let from_requests = machine.follow(session, horizon);
        let (tally, watched) = (machine.tally(), machine.watched());
        let first = tally.first.unwrap_or_default();
        let map = PlaybackMap::from_intervals(watched.iter().map(|piece| (piece.start, piece.end)));
        let unique = map.unique();
        let furthest = map.furthest();
        let share = |part: MediaTime, threshold: crate::Ratio| {
            let reached = threshold.reached(part, tally.duration?);
            (reached || tally.unplaced.is_zero()).then_some(reached)
        };
        let reached_end = share(furthest.unwrap_or_default(), rules.reached_end);
        let reason = exit_reason(tally, rules, horizon, reached_end == Some(true));
        let failure = failure(tally, reason);
        let failed = matches!(failure, Some(Failure::Start | Failure::Playback));
        let played = Stretch::joined(watched.iter().map(|piece| Stretch { start: piece.start, end: piece.end }));
        let mut renditions = tally.renditions.clone();
        renditions.sort_unstable_by_key(|played| played.rendition);
        Self {
            identity: session.identity().clone(),
            started_at: tally.load.filter(|load| tally.first_frame.is_none_or(|frame| *load <= frame)).unwrap_or(first),
            last_event_at: tally.last.unwrap_or_default(),
            events: tally.events,
            tidied: session.tidied(),
            duration: tally.duration,
            is_live: tally.is_live,
            requested: tally.requested,
            first_frame_at: tally.first_frame,
            startup: tally.startup,
            watched: map.total().saturating_add(tally.unplaced),
            unique,
            reported_watch: tally.reported_watch,
            unplaced: tally.unplaced,
            wall: WallTime::from(&tally.wall),
            stalls: tally.waits[WaitKind::Stall as usize],
            seek_waits: tally.waits[WaitKind::Seek as usize],
            seeks: tally.seeks,
            jumps: machine.seeks().iter().filter_map(Jump::of).collect(),
            pauses: tally.pauses,
            rate_changes: tally.rate_changes,
            quality: Quality {
                changes: tally.quality_changes,
                switches_up: tally.switches_up,
                switches_down: tally.switches_down,
                bits: tally.millibits / 1000,
                up_bps: tally.up_bps,
                down_bps: tally.down_bps,
                bits_over: MediaTime::from_millis(tally.bits_over),
                dropped_frames: tally.dropped_frames,
                decoded_frames: tally.decoded_frames,
            },
            renditions,
            longest_stall: machine.longest_stall(),
            restarts: machine.restarts().to_vec(),
            latency: tally.latency,
            furthest,
            reached_end,
            completed: share(unique, rules.completed),
            exit: Exit { reason, position: tally.exit_position, waiting: tally.exit_waiting },
            failure,
            failure_code: tally.fatal_code.clone().filter(|_| failed),
            errors: tally.errors,
            marks: tally.marks.clone(),
            dropped_marks: tally.dropped_marks,
            inferred: Inferred {
                runs: watched.iter().any(|piece| piece.inferred),
                positions_missing: !tally.unplaced.is_zero(),
                seeks: tally.seeks.inferred() > 0,
                positions: tally.placed_by_requests || from_requests.is_some(),
                repaired_positions: tally.repaired_positions,
                repaired_durations: tally.repaired_durations,
                from_requests: from_requests.map(|estimates| estimates.around(tally.wall.of(Activity::Playing))),
            },
            map,
            played,
        }
    }

    /// Whether a frame was seen.
    pub fn started(&self) -> bool {
        self.first_frame_at.is_some()
    }

    /// The id of what is independent of all others: the viewer, and of a session of nobody known, the session.
    pub fn unit(&self) -> &str {
        let identity = &self.identity;
        identity.viewer_id.as_ref().map_or(identity.session_id.as_str(), |viewer| viewer.as_str())
    }

    /// The figures earlier systems report for a session.
    pub fn metrics(&self) -> SessionMetrics {
        SessionMetrics::from(self)
    }
}

impl Jump {
    /// The jump of a seek, if both of its ends are known.
    fn of(seek: &Seek) -> Option<Self> {
        Some(Self { from: seek.from?, to: seek.to?, inferred: seek.inferred })
    }
}

impl From<&WallClock> for WallTime {
    fn from(clock: &WallClock) -> Self {
        Self {
            idle: clock.of(Activity::Idle),
            starting: clock.of(Activity::StartUp),
            playing: clock.of(Activity::Playing),
            paused: clock.of(Activity::Paused),
            seek_waiting: clock.of(Activity::SeekWait),
            stalled: clock.of(Activity::Stall),
            in_ads: clock.of(Activity::Ad),
            ad_waiting: clock.of(Activity::AdWait),
            ended: clock.of(Activity::Ended),
            failed: clock.of(Activity::Failed),
        }
    }
}

fn exit_reason(tally: &Tally, rules: &Rules, horizon: Option<Timestamp>, reached_end: bool) -> ExitReason {
    match tally.ended {
        Some(Ending::Failure) => ExitReason::Failed,
        _ if tally.failed => ExitReason::Failed,
        Some(Ending::ContentOver) => ExitReason::Ended,
        Some(Ending::Unsaid) if reached_end => ExitReason::Ended,
        Some(_) => ExitReason::Stopped,
        None => {
            let last = tally.last.unwrap_or_default();
            let recent = horizon.is_some_and(|horizon| horizon.since(last) <= rules.inactivity);
            if recent { ExitReason::Active } else { ExitReason::Left }
        }
    }
}

fn failure(tally: &Tally, reason: ExitReason) -> Option<Failure> {
    let started = tally.first_frame.is_some();
    match reason {
        ExitReason::Failed if started => Some(Failure::Playback),
        ExitReason::Failed => Some(Failure::Start),
        ExitReason::Active => None,
        _ => (!started).then_some(Failure::ExitBeforeStart),
    }
}
