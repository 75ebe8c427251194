//! Engagement: how much viewers cared, which parts of a title and which sessions earned that, and what is like what.
//!
//! # Examples
//!
//! A viewer who watches all of a clip is fully engaged; one who skips to its end is not:
//!
//! ```
//! use audience_core::{Accumulator, Event, EventKind, Keyed, MediaTime, Rules, Session, SessionFacts, Timestamp};
//! use audience_engagement::{Engagement, EngagementWeights, SocialChannel};
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let secs = MediaTime::from_secs;
//! let by_title = |facts: &SessionFacts| facts.identity.content_id.clone();
//! let mut engagement = Keyed::new(by_title, Engagement::new());
//! for (session, title, from) in [("s1", "watched", 0), ("s2", "skipped", 595)] {
//!     let session = Session::new(session, title, [
//!         Event::new(at(0), EventKind::load_of(secs(600))),
//!         Event::new(at(0), EventKind::Play).at(secs(from)),
//!         Event::new(at(600 - from as i64), EventKind::Pause).at(secs(600)),
//!     ]);
//!     engagement.observe(&session.facts(&Rules::default(), None));
//! }
//! let weights = EngagementWeights { rewatch: 0.0, ..EngagementWeights::default() };
//! let score = |at: usize| engagement.summary()[at].1.score(&weights, SocialChannel::Missing).unwrap().score.unwrap();
//! assert_eq!(score(1), 1.0);
//! assert!(score(0) < 0.01);
//! # Ok::<(), audience_engagement::Error>(())
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | how much viewers cared, as one number with an interval | [`Engagement`], [`EngagementWeights`], [`SocialSignals`] |
//! | which parts of a title earned watch time and conversions | [`SegmentAttribution`], [`SegmentModel`] |
//! | which sessions of a viewer led to a conversion | [`Journeys`], [`TouchModel`] |
//! | a fair division of anything | [`shapley()`] |
//! | what is like what, by features | [`Similarity`], [`Normaliser`], [`most_similar`] |
//! | what is watched by the same viewers | [`CoWatching`] |
//! | where pointers were | [`PointerHeatmap`] |
//!
//! `docs/methods/engagement.md` in the repository has the definitions, their formulas and sources, and how they differ from those of
//! others.
//!
//! # What is not here
//!
//! Attention over the content is [`AttentionHeatmap`](audience_core::AttentionHeatmap). Trends, seasons, anomalies and change points of
//! series, sketches of quantiles, frequent items and rankings with shrinkage are in `audience-stats`: live views use them too.
//!
//! # Features
#![doc = document_features::document_features!()]

mod co_watching;
mod error;
mod pointer;
mod score;
mod segments;
mod shapley;
mod similarity;
mod social;
mod touch;
mod weights;

pub use co_watching::{CoWatched, CoWatchedPair, CoWatching};
pub use error::Error;
pub use pointer::PointerHeatmap;
pub use score::{
    Engagement, EngagementComponents, EngagementCounts, EngagementScore, EngagementSummary, SocialChannel,
};
pub use segments::{SegmentAttribution, SegmentCredit, SegmentModel, TitleAttribution};
pub use shapley::shapley;
pub use similarity::{Normaliser, Similarity, most_similar};
pub use social::SocialSignals;
pub use touch::{JourneySummary, Journeys, TouchModel, TouchOf};
pub use weights::EngagementWeights;
