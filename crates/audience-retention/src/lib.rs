//! Retention: where viewers leave a title, what they watch again, what they skip, and how sure that is.
//!
//! Everything is an accumulator over session facts, or follows from what one has seen.
//!
//! # Examples
//!
//! A hundred viewers, of whom thirty leave in the middle:
//!
//! ```
//! use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
//! use audience_retention::{DropOffRules, Grid, Independent, RetentionCurves};
//!
//! let at = |secs: i64| Timestamp::from_millis(secs * 1000);
//! let secs = MediaTime::from_secs;
//! let mut curves = RetentionCurves::new(Grid::shares(20)?);
//! for viewer in 0..100 {
//!     let until = if viewer < 30 { 52 } else { 100 };
//!     let session = Session::new(format!("s{viewer}"), "clip", [
//!         Event::new(at(0), EventKind::load_of(secs(100))),
//!         Event::new(at(0), EventKind::Play).at(secs(0)),
//!         Event::new(at(until), EventKind::Pause).at(secs(until as u64)),
//!     ]);
//!     curves.observe(&session.facts(&Rules::default(), None));
//! }
//!
//! let summary = curves.summary();
//! assert_eq!(summary.reach(19).unwrap().as_f64(), 0.7); // and not 0: the last point is in the content
//! let drop_offs = summary.drop_offs(&DropOffRules::default(), Independent::Viewers);
//! assert_eq!(drop_offs.len(), 1);
//! assert_eq!((drop_offs[0].start, drop_offs[0].left), (secs(50), 30));
//! # Ok::<(), audience_retention::Error>(())
//! ```
//!
//! # What is here
//!
//! | for | use |
//! |---|---|
//! | reach, plays and survival at any resolution | [`RetentionCurves`], [`Grid`], [`RetentionSummary`], [`Survival`] |
//! | the same at every millisecond: half-life, exact areas | [`ExactCurves`] |
//! | where more viewers leave than around there; credits | [`RetentionSummary::drop_offs`], [`RetentionSummary::credits`] |
//! | what is watched again, and skipped; the intro | [`RetentionSummary::rewatched`], [`RetentionSummary::skipped`] |
//! | from where to where viewers seek | [`SeekMatrix`] |
//! | who enters, completes and leaves chapters | [`ChapterCurves`], [`Chapters`] |
//! | sessions that count differently | [`WeightedCurves`], [`Weighting`], [`Weight`] |
//! | groups beside each other | [`Keyed`](audience_core::Keyed), [`RetentionSummary::difference`], [`compare_survival`] |
//! | expected curves, and your own catalogue | [`Benchmark`], [`CatalogueCurves`] |
//!
//! `docs/methods/retention.md` in the repository has the definitions, their formulas and sources, and how they differ from
//! those of others.
//!
//! # What is not here
//!
//! Nothing interprets events: that is `audience-core`. Attention by seconds of content is its
//! [`AttentionHeatmap`](audience_core::AttentionHeatmap). Experiments are not comparisons of groups.
//!
//! # Features
#![doc = document_features::document_features!()]

mod attention;
mod benchmark;
mod catalogue;
mod chapters;
mod compare;
mod curves;
mod drop_offs;
mod error;
mod exact;
mod grid;
mod skips;
mod stand_out;
mod weighted;

pub use attention::{AttentionRules, Part, Rewatched, Skipped};
pub use audience_core::{Chapter, ChapterIndex, Chapters};
pub use benchmark::{Benchmark, BenchmarkPart, BenchmarkScore};
pub use catalogue::{CatalogueBand, CatalogueCurves, CatalogueSummary, LengthClass, TitleCurve};
pub use chapters::{ChapterCounts, ChapterCurves, TitleChapters};
pub use compare::{PointDifference, compare_survival};
pub use curves::{Independent, IntervalCounts, Placement, PointCounts, RetentionCurves, RetentionSummary, Survival};
pub use drop_offs::{Credits, DropOff, DropOffRules, Fall};
pub use error::Error;
pub use exact::{ExactCurves, ExactSummary, Step};
pub use grid::Grid;
pub use skips::{SeekCounts, SeekMatrix, SeekSource};
pub use weighted::{Weight, WeightedCurves, WeightedSummary, Weighting};
