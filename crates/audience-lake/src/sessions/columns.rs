//! The columns of the table `sessions` that hold one value a row.

use std::sync::Arc;

use audience_core::{
    Attributes, Elapsed, Estimates, Exit, ExitReason, Failure, Identity, Inferred, MediaTime, PlaybackMap, Quality,
    Seeks, SessionFacts, StartUp, StartUpBasis, Tidied, Timestamp, WallTime,
};

use crate::table::value::Value;

/// A column.
pub(super) struct Column {
    pub(super) name: &'static str,
    kind: Kind,
    needed: bool,
    pub(super) get: for<'f> fn(&'f SessionFacts) -> Option<Value<'f>>,
    /// Puts a value into its place; nothing when it cannot be there.
    pub(super) set: fn(&mut SessionFacts, Value<'_>) -> Option<()>,
}

#[derive(Clone, Copy)]
enum Kind {
    Text,
    Whole,
    Truth,
    Word(&'static str),
}

impl Column {
    /// Its line of the schema.
    pub(super) fn schema(&self) -> String {
        let needed = if self.needed { "REQUIRED" } else { "OPTIONAL" };
        match self.kind {
            Kind::Text | Kind::Word(_) => format!("{needed} BYTE_ARRAY {} (UTF8);", self.name),
            Kind::Whole => format!("{needed} INT64 {};", self.name),
            Kind::Truth => format!("{needed} BOOLEAN {};", self.name),
        }
    }

    /// What its values are.
    pub(super) fn expected(&self) -> &'static str {
        match self.kind {
            Kind::Text => "text",
            Kind::Whole => "a whole number that fits",
            Kind::Truth => "true or false",
            Kind::Word(words) => words,
        }
    }
}

/// A kind of value that columns have.
trait Cell: Sized {
    const KIND: Kind;

    fn to_value(&self) -> Option<Value<'_>>;

    fn from_value(value: Value<'_>) -> Option<Self>;
}

impl Cell for u64 {
    const KIND: Kind = Kind::Whole;

    fn to_value(&self) -> Option<Value<'_>> {
        Some(Value::Whole(*self))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        value.as_whole()
    }
}

impl Cell for u128 {
    const KIND: Kind = Kind::Whole;

    fn to_value(&self) -> Option<Value<'_>> {
        Some(Value::Whole(u64::try_from(*self).unwrap_or(u64::MAX)))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        value.as_whole().map(Self::from)
    }
}

impl Cell for bool {
    const KIND: Kind = Kind::Truth;

    fn to_value(&self) -> Option<Value<'_>> {
        Some(Value::Truth(*self))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        value.as_truth()
    }
}

impl Cell for Timestamp {
    const KIND: Kind = Kind::Whole;

    fn to_value(&self) -> Option<Value<'_>> {
        Some(Value::from_i64(self.as_millis()))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        value.as_signed().map(Self::from_millis)
    }
}

impl Cell for MediaTime {
    const KIND: Kind = Kind::Whole;

    fn to_value(&self) -> Option<Value<'_>> {
        Some(Value::Whole(self.as_millis()))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        value.as_whole().map(Self::from_millis)
    }
}

impl Cell for Elapsed {
    const KIND: Kind = Kind::Whole;

    fn to_value(&self) -> Option<Value<'_>> {
        Some(Value::Whole(self.as_millis()))
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        value.as_whole().map(Self::from_millis)
    }
}

impl<T: Cell> Cell for Option<T> {
    const KIND: Kind = T::KIND;

    fn to_value(&self) -> Option<Value<'_>> {
        self.as_ref()?.to_value()
    }

    fn from_value(value: Value<'_>) -> Option<Self> {
        T::from_value(value).map(Some)
    }
}

macro_rules! words {
    ($ty:ident, $all:literal: $($variant:ident $word:literal,)+) => {
        impl Cell for $ty {
            const KIND: Kind = Kind::Word($all);

            fn to_value(&self) -> Option<Value<'_>> {
                Some(Value::Text(match self {
                    $(Self::$variant => $word,)+
                }))
            }

            fn from_value(value: Value<'_>) -> Option<Self> {
                match value.as_text()? {
                    $($word => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

words! {
    ExitReason, "one of ended, stopped, failed, left, active":
    Ended "ended",
    Stopped "stopped",
    Failed "failed",
    Left "left",
    Active "active",
}

words! {
    Failure, "one of start, playback, exit_before_start":
    Start "start",
    Playback "playback",
    ExitBeforeStart "exit_before_start",
}

words! {
    StartUpBasis, "one of request, first_request, load":
    Request "request",
    FirstRequest "first_request",
    Load "load",
}

/// The place of a column in the facts.
macro_rules! column {
    ($name:literal, $ty:ty, $needed:literal, $($place:ident).+) => {
        Column {
            name: $name,
            kind: <$ty as Cell>::KIND,
            needed: $needed,
            get: |facts| <$ty as Cell>::to_value(&facts.$($place).+),
            set: |facts, value| {
                facts.$($place).+ = <$ty as Cell>::from_value(value)?;
                Some(())
            },
        }
    };
}

/// A column of one of the bounds of what was inferred from requests, which no other row has.
macro_rules! estimate {
    ($name:literal, $field:ident) => {
        Column {
            name: $name,
            kind: Kind::Whole,
            needed: false,
            get: |facts| facts.inferred.from_requests.as_ref()?.$field.to_value(),
            set: |facts, value| {
                estimates(facts).$field = Cell::from_value(value)?;
                Some(())
            },
        }
    };
}

/// A column of the live latency.
macro_rules! latency {
    ($name:literal, $field:ident) => {
        Column {
            name: $name,
            kind: Kind::Whole,
            needed: false,
            get: |facts| facts.latency.as_ref()?.$field.to_value(),
            set: |facts, value| {
                facts.latency.get_or_insert_default().$field = Cell::from_value(value)?;
                Some(())
            },
        }
    };
}

/// The identity of facts that are being filled.
fn identity(facts: &mut SessionFacts) -> &mut Identity {
    Arc::make_mut(&mut facts.identity)
}

/// The start-up of facts that are being filled.
fn startup(facts: &mut SessionFacts) -> &mut StartUp {
    facts.startup.get_or_insert(StartUp { time: Elapsed::ZERO, since: StartUpBasis::Load })
}

/// All of them, in the order of the file.
pub(super) const COLUMNS: &[Column] = &[
    Column {
        name: "session_id",
        kind: Kind::Text,
        needed: true,
        get: |facts| Some(Value::Text(facts.identity.session_id.as_str())),
        set: |facts, value| {
            identity(facts).session_id = value.as_text()?.into();
            Some(())
        },
    },
    Column {
        name: "viewer_id",
        kind: Kind::Text,
        needed: false,
        get: |facts| facts.identity.viewer_id.as_ref().map(|id| Value::Text(id.as_str())),
        set: |facts, value| {
            identity(facts).viewer_id = Some(value.as_text()?.into());
            Some(())
        },
    },
    Column {
        name: "content_id",
        kind: Kind::Text,
        needed: true,
        get: |facts| Some(Value::Text(facts.identity.content_id.as_str())),
        set: |facts, value| {
            identity(facts).content_id = value.as_text()?.into();
            Some(())
        },
    },
    column!("started_at_ms", Timestamp, true, started_at),
    column!("last_event_at_ms", Timestamp, true, last_event_at),
    column!("events", u64, true, events),
    column!("duplicates", u64, true, tidied.duplicates),
    column!("conflicts", u64, true, tidied.conflicts),
    column!("dropped_attributes", u64, true, tidied.dropped_attributes),
    column!("duration_ms", Option<MediaTime>, false, duration),
    column!("is_live", bool, true, is_live),
    column!("requested", bool, true, requested),
    column!("first_frame_at_ms", Option<Timestamp>, false, first_frame_at),
    Column {
        name: "startup_ms",
        kind: Kind::Whole,
        needed: false,
        get: |facts| Some(Value::Whole(facts.startup?.time.as_millis())),
        set: |facts, value| {
            startup(facts).time = Cell::from_value(value)?;
            Some(())
        },
    },
    Column {
        name: "startup_since",
        kind: StartUpBasis::KIND,
        needed: false,
        get: |facts| facts.startup.as_ref()?.since.to_value(),
        set: |facts, value| {
            startup(facts).since = Cell::from_value(value)?;
            Some(())
        },
    },
    column!("watched_ms", MediaTime, true, watched),
    column!("unique_ms", MediaTime, true, unique),
    column!("reported_watch_ms", Option<Elapsed>, false, reported_watch),
    column!("unplaced_ms", MediaTime, true, unplaced),
    column!("idle_ms", Elapsed, true, wall.idle),
    column!("starting_ms", Elapsed, true, wall.starting),
    column!("playing_ms", Elapsed, true, wall.playing),
    column!("paused_ms", Elapsed, true, wall.paused),
    column!("seek_waiting_ms", Elapsed, true, wall.seek_waiting),
    column!("stalled_ms", Elapsed, true, wall.stalled),
    column!("in_ads_ms", Elapsed, true, wall.in_ads),
    column!("ad_waiting_ms", Elapsed, true, wall.ad_waiting),
    column!("ended_ms", Elapsed, true, wall.ended),
    column!("failed_ms", Elapsed, true, wall.failed),
    column!("stalls", u64, true, stalls),
    column!("seek_waits", u64, true, seek_waits),
    column!("seeks_forward", u64, true, seeks.forward),
    column!("seeks_back", u64, true, seeks.back),
    column!("seeks_other", u64, true, seeks.other),
    column!("seeks_inferred_forward", u64, true, seeks.inferred_forward),
    column!("seeks_inferred_back", u64, true, seeks.inferred_back),
    column!("pauses", u64, true, pauses),
    column!("rate_changes", u64, true, rate_changes),
    column!("quality_changes", u64, true, quality.changes),
    column!("switches_up", u64, true, quality.switches_up),
    column!("switches_down", u64, true, quality.switches_down),
    column!("switched_up_bps", u64, true, quality.up_bps),
    column!("switched_down_bps", u64, true, quality.down_bps),
    column!("bits", u128, true, quality.bits),
    column!("bits_over_ms", MediaTime, true, quality.bits_over),
    column!("dropped_frames", Option<u64>, false, quality.dropped_frames),
    column!("decoded_frames", Option<u64>, false, quality.decoded_frames),
    column!("longest_stall_ms", Elapsed, true, longest_stall),
    latency!("latency_square_ms", square_ms),
    latency!("latency_over_ms", over),
    latency!("latency_most_ms", most),
    column!("furthest_ms", Option<MediaTime>, false, furthest),
    column!("reached_end", Option<bool>, false, reached_end),
    column!("completed", Option<bool>, false, completed),
    column!("exit_reason", ExitReason, true, exit.reason),
    column!("exit_position_ms", Option<MediaTime>, false, exit.position),
    column!("exit_waiting", bool, true, exit.waiting),
    column!("failure", Option<Failure>, false, failure),
    Column {
        name: "failure_code",
        kind: Kind::Text,
        needed: false,
        get: |facts| facts.failure_code.as_deref().map(Value::Text),
        set: |facts, value| {
            facts.failure_code = Some(value.as_text()?.into());
            Some(())
        },
    },
    column!("errors", u64, true, errors),
    column!("dropped_marks", u64, true, dropped_marks),
    column!("runs_inferred", bool, true, inferred.runs),
    column!("positions_missing", bool, true, inferred.positions_missing),
    column!("seeks_inferred", bool, true, inferred.seeks),
    column!("positions_inferred", bool, true, inferred.positions),
    column!("repaired_positions", u64, true, inferred.repaired_positions),
    column!("repaired_durations", u64, true, inferred.repaired_durations),
    estimate!("playing_least_ms", playing_least),
    estimate!("playing_most_ms", playing_most),
    estimate!("exit_least_ms", exit_least),
    estimate!("exit_most_ms", exit_most),
    estimate!("position_error_ms", position_error),
];

/// The bounds of what is about to be read.
fn estimates(facts: &mut SessionFacts) -> &mut Estimates {
    facts.inferred.from_requests.get_or_insert_default()
}

/// The facts of a session of which nothing is known.
pub(super) fn blank() -> SessionFacts {
    SessionFacts {
        identity: Arc::new(Identity {
            session_id: "".into(),
            content_id: "".into(),
            viewer_id: None,
            attributes: Attributes::new(),
        }),
        started_at: Timestamp::default(),
        last_event_at: Timestamp::default(),
        events: 0,
        tidied: Tidied::default(),
        duration: None,
        is_live: false,
        requested: false,
        first_frame_at: None,
        startup: None,
        watched: MediaTime::ZERO,
        unique: MediaTime::ZERO,
        reported_watch: None,
        unplaced: MediaTime::ZERO,
        wall: WallTime::default(),
        stalls: 0,
        seek_waits: 0,
        seeks: Seeks::default(),
        jumps: Vec::new(),
        pauses: 0,
        rate_changes: 0,
        quality: Quality::default(),
        renditions: Vec::new(),
        longest_stall: Elapsed::ZERO,
        restarts: Vec::new(),
        latency: None,
        furthest: None,
        reached_end: None,
        completed: None,
        exit: Exit { reason: ExitReason::Left, position: None, waiting: false },
        failure: None,
        failure_code: None,
        errors: 0,
        marks: Vec::new(),
        dropped_marks: 0,
        map: PlaybackMap::new(),
        played: Vec::new(),
        inferred: Inferred::default(),
    }
}
