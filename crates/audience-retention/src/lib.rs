//! Retention: how many sessions watched each part of a title.
//!
//! A [`ReachCurve`] is an accumulator over session facts. It counts, at each of its points, the sessions that watched
//! that millisecond of the content, at any time and in any order; it falls where viewers leave, and rises where they
//! seek to.
//!
//! # Examples
//!
//! ```
//! use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
//! use audience_retention::ReachCurve;
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let secs = MediaTime::from_secs;
//! let watched = |id: &str, until: u64| {
//!     let session = Session::new(id, "clip", [
//!         Event::new(at(0), EventKind::load_of(secs(100))),
//!         Event::new(at(0), EventKind::Play).at(secs(0)),
//!         Event::new(at(until as i64), EventKind::Pause).at(secs(until)),
//!     ]);
//!     session.facts(&Rules::default(), None)
//! };
//!
//! let mut curve = ReachCurve::new(4)?; // at 0, 25, 50 and 75 %
//! curve.observe_all(&[watched("s1", 100), watched("s2", 50)]);
//! let reach: Vec<u64> = curve.summary().points.iter().map(|point| point.sessions).collect();
//! assert_eq!(reach, [2, 2, 1, 1]);
//! # Ok::<(), audience_core::Error>(())
//! ```
//!
//! # Features
#![doc = document_features::document_features!()]

mod reach;

pub use reach::{ReachCurve, ReachPoint, ReachSummary};
