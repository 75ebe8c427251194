//! Sends events of players and gateways to a collector: without making the player wait, and losing nothing silently.
//!
//! [`Emitter::emit`] puts an [`Envelope`](audience_core::Envelope) into a queue without waiting for anything, whatever the network and the
//! disk are doing. A thread of the emitter's own puts events together, posts them, posts them again after failures, and keeps them on
//! disk while they cannot be sent, or before they are ([`Spool`]). Each event has a number under a name of its own, so that a collector
//! that gets it twice can tell (delivery is at least once), and one that misses it, too. What becomes of every event is counted
//! ([`Status`]).
//!
//! # Examples
//!
//! ```
//! use std::time::Duration;
//! use audience_core::{Envelope, Event, EventKind, MediaTime, Timestamp};
//! use audience_emit::{Emitted, Emitter, EmitterConfig};
//!
//! # let server = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let endpoint = format!("http://{}/events", server.local_addr()?);
//! # let collector = std::thread::spawn(move || {
//! #     use std::io::{Read, Write};
//! #     let (mut stream, _) = server.accept().unwrap();
//! #     let mut request = Vec::new();
//! #     while !request.ends_with(b"}\n") {
//! #         let mut buffer = [0; 4096];
//! #         let read = stream.read(&mut buffer).unwrap();
//! #         request.extend_from_slice(&buffer[..read]);
//! #     }
//! #     stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
//! #     String::from_utf8(request).unwrap()
//! # });
//! let emitter = Emitter::new(EmitterConfig::new(endpoint))?;
//! let event = Event::new(Timestamp::from_millis(1_795_204_690_000), EventKind::Play).at(MediaTime::ZERO);
//! let emitted = emitter.emit(Envelope {
//!     session_id: "s1".into(),
//!     viewer_id: None,
//!     content_id: Some("film".into()),
//!     event,
//!     attributes: vec![("device".into(), "tv".into())],
//! });
//! assert_eq!(emitted, Emitted::Queued);
//!
//! let flushed = emitter.shut_down(Duration::from_secs(5));
//! assert_eq!((flushed.delivered, flushed.in_memory), (1, 0));
//! # let request = collector.join().unwrap();
//! # assert!(request.contains(r#""session_id":"s1","content_id":"film","ts":1795204690000,"seq":1,"#), "{request}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The parts
//!
//! - [`EmitterConfig`]: the endpoint, and every setting with its default.
//! - [`Emitter`]: `emit`, `flush`, `shut_down`, `clear`, `set_endpoint`, `status`.
//! - [`Status`]: where events are and what became of them; the sums agree.
//!
//! # What is lost when
//!
//! | | no spool | [`SpoolWhen::Offline`] | [`SpoolWhen::Always`] |
//! |---|---|---|---|
//! | the endpoint does not answer | nothing, until the queue is full | nothing, until the spool and the queue are full | as before |
//! | the emitter is dropped | what cannot be sent in time | nothing | nothing |
//! | the process is killed | all that is on its way | what is not yet in the spool | what was emitted in the moments before |
//!
//! What gives way when there is no room is [`Overflow`]'s to say. `docs/emit.md` has what is done on each answer.
//!
//! # What it does not do
//!
//! It does not compress, follow redirects, use proxies, or read the clock for events: their time is the caller's.

mod backoff;
mod body;
mod config;
mod emitter;
mod error;
mod lines;
mod queue;
mod sampling;
mod shared;
mod spool;
mod status;
mod transport;
mod worker;

pub use config::{
    Batching, EmitterConfig, Format, Jitter, Overflow, QueueLimits, Retry, Sampling, Spool, SpoolSync, SpoolWhen,
};
pub use emitter::{Emitter, Monitor};
pub use error::Error;
pub use status::{
    DropReason, Dropped, Emitted, EndpointState, Failure, Flushed, LastError, Pending, SpoolStatus, Status,
};
