//! What is watched right now, from events that come late, twice, with wrong clocks, or not at all.
//!
//! There is no clock and no input in here: events come with their times, and somebody may say what time it is. A program that has both is
//! `audience live`.
//!
//! # Examples
//!
//! Two start to watch, one stalls; half a minute later the figures know of both:
//!
//! ```
//! use audience_core::{Envelope, Event, EventKind, Timestamp};
//! use audience_realtime::{Key, LiveAudience, LiveSpec};
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let event = |viewer: &str, secs: i64, kind| Envelope {
//!     session_id: viewer.into(),
//!     viewer_id: Some(viewer.into()),
//!     content_id: Some("film".into()),
//!     event: Event::new(at(secs), kind),
//!     attributes: Vec::new(),
//! };
//! let mut live = LiveAudience::new(LiveSpec::default())?;
//! live.advance(at(1000));
//! live.observe(event("bob", 1012, EventKind::Play));
//! live.observe(event("bob", 1022, EventKind::BufferStart));
//! live.observe(event("ann", 1002, EventKind::Play)); // late
//! live.advance(at(1032));
//!
//! let figures = live.figures(&Key::title("film")).expect("somebody watches");
//! assert_eq!((figures.viewers.last, figures.playing.last, figures.stalled.last), (2, 1, 1));
//! assert_eq!(figures.playing.time.as_secs_f64(), 40.0);
//! assert_eq!(figures.stalls, 1);
//! # Ok::<(), audience_realtime::Error>(())
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | who watches what, by title or any attribute | [`LiveAudience`], [`LiveSpec`], [`Key`], [`Per`] |
//! | how many, what they do and what happens to them, over a window | [`WindowFigures`], [`LevelFigures`] |
//! | who is there, one by one | [`ViewerRow`], [`ViewersSummary`] |
//! | each window once, when it is final | [`Tumbling`] |
//! | a figure by its name | [`Metric`] |
//! | the same without following sessions | [`AudienceWindow`] |
//! | what became of events: late, too late, ahead, twice | [`Arrival`], [`Arrivals`] |
//! | how a live stream does, from its packets | [`StreamHealth`], [`StreamSummary`], [`Packet`] |
//! | what CDNs and servers did with requests | [`Delivery`], [`DeliverySummary`] |
//! | the same for each of many keys, up to a bound | [`Table`] |
//! | what is not as it should be, and since when | [`Watch`], [`AlertRules`], [`Threshold`], [`Unusual`] |
//!
//! Definitions, formulas and sources are in `docs/methods/live.md` and `docs/methods/live-streams.md` in the repository.
//!
//! # Features
#![doc = document_features::document_features!()]

mod alerts;
mod audience_window;
mod buckets;
mod cell;
mod clock;
mod delivery;
mod durations;
mod error;
mod figures;
mod key;
mod live;
mod metric;
mod multiset;
mod presence;
mod sliding;
mod spec;
#[cfg(feature = "serde")]
mod stored;
mod stream;
mod table;
mod tracked;
mod tumbling;
mod window;

pub use alerts::{
    AlertRule, AlertRules, ClearedAlert, Condition, Hold, RaisedAlert, Side, Threshold, Transition, Unusual, Watch,
};
pub use audience_window::AudienceWindow;
pub use delivery::{CacheSummary, Delivery, DeliverySummary, ResponseCounts, StatusCount};
pub use durations::DurationSummary;
pub use error::Error;
pub use figures::{BitrateFigures, LevelFigures, StartUpFigures, WindowFigures};
pub use key::{Key, Per};
pub use live::{Arrival, Arrivals, LiveAudience, ViewerRow, ViewersSummary};
pub use metric::Metric;
pub use spec::LiveSpec;
pub use stream::{
    KeyframeSummary, LossSummary, Numbering, Packet, StreamHealth, StreamSpec, StreamSummary, Track, TrackSummary,
};
pub use table::Table;
pub use tumbling::Tumbling;
pub use window::Window;
