//! What is watched right now, from events that come late, twice, with wrong clocks, or not at all.
//!
//! # Features
#![doc = document_features::document_features!()]

mod audience_window;
mod buckets;
mod cell;
mod clock;
mod error;
mod figures;
mod key;
mod live;
mod multiset;
mod presence;
mod spec;
#[cfg(feature = "serde")]
mod stored;
mod tracked;
mod window;

pub use audience_window::AudienceWindow;
pub use error::Error;
pub use figures::{BitrateFigures, LevelFigures, StartUpFigures, WindowFigures};
pub use key::{Key, Per};
pub use live::{Arrival, Arrivals, LiveAudience};
pub use spec::LiveSpec;
pub use window::Window;
