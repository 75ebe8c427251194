//! Scores: what a session was like, as one number.

mod kino;
mod mux;
mod range;
mod viewing;

pub use kino::{QoeBreakdown, QoePerHour, QoePoints, QoeRecorder, kino_quality_score};
pub use mux::MuxScores;
pub use viewing::{Upscale, Viewing};
