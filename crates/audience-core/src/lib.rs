//! The core of playback analytics: from what players report to what was watched.
//!
//! Events of a session become a [`Timeline`] once, by one state machine; the timeline becomes one row of
//! [`SessionFacts`]; every analysis is an [`Accumulator`] over such rows. Nothing else interprets events.
//!
//! # Examples
//!
//! A viewer resumes in the middle, watches ten seconds, goes back and watches half of it again, and closes the tab:
//!
//! ```
//! use audience_core::{Event, EventKind, ExitReason, MediaTime, Rules, Session, Timestamp};
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let secs = MediaTime::from_secs;
//! let session = Session::new("s1", "film", [
//!     Event::new(at(0), EventKind::load_of(secs(1000))),
//!     Event::new(at(2), EventKind::Play).at(secs(570)),
//!     Event::new(at(12), EventKind::seek_from(secs(580))).at(secs(575)),
//!     Event::new(at(17), EventKind::Heartbeat).at(secs(580)),
//! ]);
//!
//! let facts = session.facts(&Rules::default(), None);
//! assert_eq!(facts.watched, secs(15));
//! assert_eq!(facts.unique, secs(10));
//! assert_eq!(facts.map.plays_at(secs(577)), 2);
//! assert_eq!(facts.seeks.back, 1);
//! assert_eq!(facts.exit.reason, ExitReason::Left);
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | time on the wall, amounts of it, time in content, rates, fractions | [`Timestamp`], [`Elapsed`], [`MediaTime`], [`Rate`], [`Ratio`] |
//! | what players report | [`Event`], [`EventKind`], [`Vitals`], [`Envelope`] |
//! | events in order, without repeats, by title | [`Session`], [`SessionBuilder`] |
//! | a session that is still going on | [`LiveSession`], [`LiveChange`] |
//! | what the player did, and when | [`Timeline`]: [`Span`], [`Wait`], [`Seek`], [`Frame`] |
//! | what was played, and how often | [`PlaybackMap`], [`Seconds`] |
//! | a session, a viewer as one row | [`SessionFacts`], [`SessionMetrics`], [`UnitFacts`] |
//! | attention over the content | [`AttentionHeatmap`], [`sampled_heatmap`], [`HeatmapSample`] |
//! | chapters, and other parts of a title | [`Chapters`] |
//! | up to when data reaches, a few wrong clocks aside | [`Horizon`] |
//! | many sessions on all cores | `analyze_sessions`, `fold_sessions` (feature `rayon`) |
//!
//! # What is not here
//!
//! No clock, no file, no network, no global randomness: time and seeds are arguments, so this crate can only fail on bad
//! values. Reading telemetry is `audience-ingest`; curves and drop-offs are `audience-retention`.
//!
//! # Features
#![doc = document_features::document_features!()]

#[cfg(feature = "rayon")]
mod batch;
mod chapters;
mod error;
mod event;
mod facts;
mod heatmap;
mod horizon;
mod ids;
mod map;
mod ratio;
mod rules;
mod session;
#[cfg(feature = "test-util")]
pub mod test_util;
mod time;
mod timeline;

#[cfg(feature = "serde")]
pub use audience_stats::Portable;
pub use audience_stats::{Accumulator, Keyed, Merge, Windowed};
#[cfg(feature = "rayon")]
pub use batch::{analyze_sessions, fold_sessions};
pub use chapters::{Chapter, ChapterIndex, Chapters};
pub use error::Error;
pub use event::{
    Ad, Bitrate, CacheResult, Custom, EndReason, Envelope, Event, EventKind, Field, FieldKind, FieldValue, Fields,
    Finite, Object, Origin, PlayerError, PlayerState, QualityReason, Rendition, Request, SCHEMA, Seq, Vitals, Word,
};
pub use facts::{
    Estimates, Exit, ExitReason, Failure, Inferred, Jump, LiveLatency, Mark, Quality, RenditionTime, SessionFacts,
    SessionMetrics, StartUp, StartUpBasis, Stretch, UnitFacts, UnitTotals, WallTime,
};
pub use heatmap::{
    Algorithm, AttentionHeatmap, HeatBucket, HeatmapSample, HeatmapSummary, SampledHeatmap, sampled_heatmap,
};
pub use horizon::{Horizon, HorizonSummary};
pub use ids::{ContentId, SessionId, ViewerId};
pub use map::{PlaybackMap, Run, Seconds};
pub use ratio::Ratio;
pub use rules::Rules;
pub use session::{
    Attributes, ContextId, Doing, Happening, Identity, LiveChange, LiveSession, LiveView, Session, SessionBuilder,
    Tidied,
};
pub use time::{Elapsed, MediaTime, Rate, Timestamp};
pub use timeline::{Activity, Frame, Replay, Seek, Seeks, Span, Timeline, Wait, WaitKind, Watched};
