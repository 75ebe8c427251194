//! Playback analytics: from what players report to who watched what, where they left, what they watched again and how the
//! stream felt.
//!
//! This crate is the others under one roof, one feature each. A program that needs one of them only can depend on it
//! alone: `audience-core`, `audience-qoe`, `audience-retention`, …
//!
//! # Examples
//!
//! ```
//! use audience::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
//! use audience::retention::{Grid, RetentionCurves};
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let secs = MediaTime::from_secs;
//! let session = Session::new("s1", "film", [
//!     Event::new(at(0), EventKind::load_of(secs(100))),
//!     Event::new(at(2), EventKind::Play).at(secs(0)),
//!     Event::new(at(52), EventKind::Pause).at(secs(50)),
//! ]);
//! let facts = session.facts(&Rules::default(), None);
//! assert_eq!(facts.watched, secs(50));
//!
//! let mut curves = RetentionCurves::new(Grid::shares(10)?);
//! curves.observe(&facts);
//! assert_eq!(curves.summary().points.iter().filter(|point| point.sessions == 1).count(), 5);
//! # Ok::<(), audience::retention::Error>(())
//! ```
//!
//! # The parts
//!
//! - The core is here at the root: [`Event`] → [`Session`] → [`Timeline`] → [`SessionFacts`], and the [`Accumulator`]s over
//!   facts.
//! - [`stats`]: the statistics underneath.
//! - `abtest`, `cohort`, `emit`, `engagement`, `qoe`, `realtime`, `retention`, `ingest` and `simulate`: one module for each feature.
//!
//! # Features
#![doc = document_features::document_features!()]

pub use audience_core::*;
/// The statistics underneath: accumulators, quantiles, samples, hashes.
pub use audience_stats as stats;

/// Experiments: who is in which arm, what differs between arms, and whether to believe it.
#[cfg(feature = "abtest")]
pub use audience_abtest as abtest;
/// Who comes back, where journeys break, who is about to leave, and the same figures for any slice.
#[cfg(feature = "cohort")]
pub use audience_cohort as cohort;
/// Sending telemetry to a collector.
#[cfg(feature = "emit")]
pub use audience_emit as emit;
/// How much viewers cared, and which titles, parts of titles and sessions earned it.
#[cfg(feature = "engagement")]
pub use audience_engagement as engagement;
/// Reading telemetry into sessions.
#[cfg(feature = "ingest")]
pub use audience_ingest as ingest;
/// How streams felt: start-up, stalls, bit rate, failures and scores.
#[cfg(feature = "qoe")]
pub use audience_qoe as qoe;
/// Who watches right now, how live streams do, and what is not as it should be.
#[cfg(feature = "realtime")]
pub use audience_realtime as realtime;
/// Where viewers leave a title, what they watch again and what they skip.
#[cfg(feature = "retention")]
pub use audience_retention as retention;
/// Telemetry of viewers who do not exist, with what really happened.
#[cfg(feature = "simulate")]
pub use audience_simulate as simulate;

#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
mod readme {}
