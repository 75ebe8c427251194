//! What is watched right now, from events that come late, twice, with wrong clocks, or not at all.
//!
//! # Streams, deliveries, alerts
//!
//! | for | use |
//! |---|---|
//! | how a live stream does, from its packets | [`StreamHealth`], [`StreamSummary`], [`Packet`] |
//! | what CDNs and servers did with requests | [`Delivery`], [`DeliverySummary`] |
//! | the same for each of many keys, up to a bound | [`Table`] |
//! | what is not as it should be, and since when | [`Watch`], [`AlertRules`], [`Threshold`], [`Unusual`] |
//!
//! `docs/methods/live-streams.md` in the repository has the definitions, their formulas and sources.
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
