//! What is watched right now, from events that come late, twice, with wrong clocks, or not at all.
//!
//! # Features
#![doc = document_features::document_features!()]

mod alerts;
mod buckets;
mod delivery;
mod durations;
mod error;
mod sliding;
mod stream;
mod table;
mod window;

pub use alerts::{
    AlertRule, AlertRules, ClearedAlert, Condition, Hold, RaisedAlert, Side, Threshold, Transition, Unusual, Watch,
};
pub use delivery::{CacheSummary, Delivery, DeliverySummary, ResponseCounts, StatusCount};
pub use durations::DurationSummary;
pub use error::Error;
pub use stream::{
    KeyframeSummary, LossSummary, Numbering, Packet, StreamHealth, StreamSpec, StreamSummary, Track, TrackSummary,
};
pub use table::Table;
pub use window::Window;
