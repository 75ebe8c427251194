//! Scores: what a session was like, as one number.

mod index;
mod iqx;
mod kino;
mod linear;
mod mux;
mod range;
mod session;
mod tally;
mod viewing;

pub use index::{Cost, ExperiencePolicy, ExperienceScore, ExperienceWeights, Impairment, ScorePart};
pub use iqx::{Iqx, stalling_mos};
pub use kino::{QoeBreakdown, QoePerHour, QoePoints, QoeRecorder, kino_quality_score};
pub use linear::{LinearQoe, LinearWeights};
pub use mux::MuxScores;
pub use session::{PerScore, Score, ScoreRules, SessionScores};
pub use tally::{ScoreSummary, Scores, ScoresSummary};
pub use viewing::{Upscale, Viewing};
