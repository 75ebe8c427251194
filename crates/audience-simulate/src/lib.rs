//! Playback telemetry whose truth is known.
//!
//! A [`Scenario`] says who watches what, how, over which network, and what goes wrong; a [`Simulation`] plays it, session
//! by session, and gives the events that players would report, together with what really happened ([`SessionTruth`]).
//! So analyses can be tried before there are data, tested against a truth, and loaded with as much as it takes.
//!
//! # Examples
//!
//! ```
//! use audience_core::Rules;
//! use audience_simulate::{Scenario, Simulation};
//!
//! let simulation = Simulation::new(Scenario { sessions: 100, ..Scenario::default() }, 7)?;
//!
//! // As a log has them: interleaved, some late, some twice.
//! let events = simulation.arrivals().count();
//! assert!(events > 1000);
//!
//! // One session, what its events come to, and what really happened.
//! let session = simulation.session(42);
//! let facts = session.to_session().facts(&Rules::default(), None);
//! assert_eq!(facts.watched, session.truth.watched);
//! assert_eq!(facts.stalls, session.truth.stalls);
//! # Ok::<(), audience_simulate::Error>(())
//! ```
//!
//! # The model
//!
//! | of | what happens | where |
//! |---|---|---|
//! | titles | popularity by Zipf's law; length, intro, credits, chapters, breaks, scenes worth watching again | [`Titles`], [`KindSpec`] |
//! | viewers | activity, coming and going, device, country, bandwidth, habits; sessions by the hour and the day | [`Viewers`], [`Rhythm`] |
//! | viewing | leaving by hazards, pauses, seeks, skips, scenes watched again, playback rates | [`Viewing`], [`KindSpec`] |
//! | players | start-up and impatience, a buffer that is a fluid, a ladder of bit rates, stalls, failures | [`Network`], [`Failures`] |
//! | what is put between | advertisements before and in the middle | [`Advertising`] |
//! | telemetry | late, repeated, lost events, silent ends, wrong clocks | [`Faults`] |
//! | experiments | arms by viewer, with an effect on the hazard of leaving | [`Experiment`] |
//!
//! Every session has its own random numbers, from the seed and the session's number; faults, network and viewing draw
//! from streams of their own, so that a change to one leaves the others as they were.
//!
//! # What is not here
//!
//! Viewers do not remember: a session does not depend on the same viewer's others, so that they may overlap, and a title
//! is not resumed where it was left. Sessions that are on at the end of the last day are played to their end. No clock, no
//! file, no thread, no global randomness.
//!
//! # Features
#![doc = document_features::document_features!()]

mod arrivals;
mod delivery;
mod error;
mod player;
mod random;
mod scenario;
mod schedule;
mod session;
mod simulation;
mod title;
mod truth;
mod viewer;

pub use arrivals::Arrivals;
pub use error::Error;
pub use scenario::{
    Advertising, Arm, Cdn, Country, Device, Experiment, Failures, Faults, KindSpec, Kinds, Network, Rhythm, Rung,
    Scenario, StartUp, Titles, Viewers, Viewing,
};
pub use session::SimulatedSession;
pub use simulation::Simulation;
pub use title::{Chapter, Title, TitleKind};
pub use truth::SessionTruth;
