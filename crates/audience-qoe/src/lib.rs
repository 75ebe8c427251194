//! Quality of experience: how streams felt, in the industry's own terms.
//!
//! Accumulators over session facts, each exact and mergeable:
//!
//! - [`Experience`]: start-up, stalls, bit rate, switches, failures, frames, latency, by the definitions of CTA-2066.
//! - [`Renditions`]: content played by rendition; [`FailureCodes`]: failures by code; [`LongestWaits`]: the sessions whose
//!   viewers waited longest.
//! - [`GoodStreams`]: the share of streams within limits.
//! - [`Scores`]: what sessions were like as one number, by eight scores of others and one of our own.
//! - [`PooledStallRatio`]: the share of time that was stalled, with an interval that knows of repeated viewers.
//! - [`ExcessStalls`]: which CDN, ISP, device or title excess stall time goes with.
//!
//! # Features
#![doc = document_features::document_features!()]

mod attempts;
mod error;
mod excess_stalls;
mod experience;
mod failure;
mod good;
mod playback;
mod rendition;
mod score;
mod stall_ratio;
mod startup;
mod waits;

pub use attempts::Attempts;
pub use error::Error;
pub use excess_stalls::{ExcessStalls, ExcessStallsSummary, SliceDimension, SliceValue, StallComparison, StallSlice};
pub use experience::{Experience, ExperienceSummary};
pub use failure::{BusinessErrors, FailureCause, FailureCode, FailureCodes};
pub use good::{GoodStreamCounts, GoodStreamLimits, GoodStreams, GoodStreamsSummary};
pub use playback::LeftOut;
pub use rendition::{RenditionShare, Renditions, RenditionsSummary, Rung};
pub use score::{
    Cost, ExperiencePolicy, ExperienceScore, ExperienceWeights, Impairment, Iqx, LinearQoe, LinearWeights, MuxScores,
    PerScore, QoeBreakdown, QoePerHour, QoePoints, QoeRecorder, Score, ScorePart, ScoreRules, ScoreSummary, Scores,
    ScoresSummary, SessionScores, Upscale, Viewing, kino_quality_score, stalling_mos,
};
pub use stall_ratio::{PooledStallRatio, StallRatioSummary};
pub use startup::{StartUpBin, StartUpHistogram};
pub use waits::{LongestWaits, WaitingSession};
