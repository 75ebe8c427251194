//! How an emitter is set.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use audience_core::Ratio;

use crate::error::Error;

/// Everything an emitter can be told. The defaults suit a player; [`EmitterConfig::new`] has them all.
///
/// # Examples
///
/// ```
/// use audience_emit::{EmitterConfig, Spool};
///
/// let config = EmitterConfig {
///     headers: vec![("authorization".into(), "Bearer …".into())],
///     spool: Some(Spool::new("spool")),
///     ..EmitterConfig::new("https://collector.example/events")
/// };
/// assert_eq!(config.batching.max_events, 50);
/// ```
#[derive(Clone)]
pub struct EmitterConfig {
    /// Where events are posted to: `http` or `https`. Redirects are not followed.
    pub endpoint: String,
    /// Headers of every request. Their values are not shown by `Debug`.
    pub headers: Vec<(String, String)>,
    /// What a request looks like.
    pub format: Format,
    /// How many events go in one request, and how long they wait for others.
    pub batching: Batching,
    /// When what failed is sent again.
    pub retry: Retry,
    /// How long a request may take, from connecting to the end of the answer: 10 s.
    pub request_timeout: Duration,
    /// How much may wait in memory.
    pub queue: QueueLimits,
    /// What gives way when all room is taken, in memory and on disk.
    pub overflow: Overflow,
    /// Which sessions are sent.
    pub sampling: Sampling,
    /// The name events are numbered under. Numbers begin at 1 with each emitter, so the name must be that of this one and of no
    /// other before or after it, or collectors take new events for old ones. By default, 128 random bits.
    pub source: Option<String>,
    /// Where events are kept when they cannot be sent. By default they are in memory only.
    pub spool: Option<Spool>,
    /// How long dropping the emitter may take to send what is left, without a spool: 1 s. With one, what is left is written
    /// there at once.
    pub linger: Duration,
    /// Where the random part of delays begins; the system's choice by default.
    pub seed: Option<u64>,
}

impl EmitterConfig {
    /// The defaults, for this endpoint.
    pub fn new(endpoint: impl Into<String>) -> Self {
        Self {
            endpoint: endpoint.into(),
            headers: Vec::new(),
            format: Format::default(),
            batching: Batching::default(),
            retry: Retry::default(),
            request_timeout: Duration::from_secs(10),
            queue: QueueLimits::default(),
            overflow: Overflow::default(),
            sampling: Sampling::default(),
            source: None,
            spool: None,
            linger: Duration::from_secs(1),
            seed: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let least = |setting: &'static str, value: f64, least: f64| {
            // Written so that NaN is too small.
            if value >= least { Ok(()) } else { Err(Error::TooSmall { setting, value, least }) }
        };
        least("batching.max_events", self.batching.max_events as f64, 1.0)?;
        least("batching.max_bytes", self.batching.max_bytes as f64, 1.0)?;
        least("queue.max_events", self.queue.max_events as f64, 1.0)?;
        least("queue.max_bytes", self.queue.max_bytes as f64, 1.0)?;
        least("retry.factor", self.retry.factor, 1.0)?;
        least("retry.first (in seconds)", self.retry.first.as_secs_f64(), 0.001)?;
        least("retry.max (in seconds)", self.retry.max.as_secs_f64(), self.retry.first.as_secs_f64())?;
        least("request_timeout (in seconds)", self.request_timeout.as_secs_f64(), 0.001)?;
        if let Some(spool) = &self.spool {
            least("spool.max_bytes", spool.max_bytes as f64, 4096.0)?;
        }
        Ok(())
    }
}

impl fmt::Debug for EmitterConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("EmitterConfig")
            .field("endpoint", &self.endpoint)
            .field("headers", &headers)
            .field("format", &self.format)
            .field("batching", &self.batching)
            .field("retry", &self.retry)
            .field("request_timeout", &self.request_timeout)
            .field("queue", &self.queue)
            .field("overflow", &self.overflow)
            .field("sampling", &self.sampling)
            .field("source", &self.source)
            .field("spool", &self.spool)
            .field("linger", &self.linger)
            .finish_non_exhaustive()
    }
}

/// What the body of a request is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// The canonical wire format: one JSON object a line, `application/x-ndjson`.
    #[default]
    Canonical,
    /// What kino-core's beacon posts: a JSON array of event records, `application/json`.
    ///
    /// A record has room for the session, the time, the number and what kino's kind of event has; there is none for the viewer,
    /// the content, attributes, the source, or vitals of other kinds, and they are left out. An event without a value that kino's
    /// form of it requires is sent as `custom`, named by its type, its canonical form whole as the data.
    Kino,
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Canonical => "application/x-ndjson",
            Self::Kino => "application/json",
        }
    }
}

/// How events are put together for a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Batching {
    /// The most events in one request: 50.
    pub max_events: usize,
    /// The most bytes in one request, in the canonical format: 256 KiB. An event longer than that goes alone.
    pub max_bytes: usize,
    /// How long an event waits for others to go with it: 5 s.
    pub max_wait: Duration,
}

impl Default for Batching {
    fn default() -> Self {
        Self { max_events: 50, max_bytes: 256 << 10, max_wait: Duration::from_secs(5) }
    }
}

/// When a request that failed is made again: after `first`, then `factor` times as long each time, `max` at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Retry {
    /// The first delay: 1 s.
    pub first: Duration,
    /// The longest delay: 1 min. Also the delay after answers that more of the same will hardly change (401, 403, 404, redirects).
    pub max: Duration,
    /// How much longer each delay is than the one before: 2.
    pub factor: f64,
    /// How delays are spread, so that clients that failed together do not come back together.
    pub jitter: Jitter,
    /// The longest that a collector may ask to be left alone (`Retry-After`): 10 min. More is taken for this.
    pub max_retry_after: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            max: Duration::from_mins(1),
            factor: 2.0,
            jitter: Jitter::default(),
            max_retry_after: Duration::from_mins(10),
        }
    }
}

/// How delays are spread.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Jitter {
    /// Uniformly from nothing to the delay.
    #[default]
    Full,
    /// Not at all.
    None,
}

/// How much waits in memory before something gives way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct QueueLimits {
    /// Events: 8192. Room for them is taken when the emitter is made, some 200 bytes each.
    pub max_events: usize,
    /// Bytes of memory, estimated: 16 MiB.
    pub max_bytes: usize,
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self { max_events: 8192, max_bytes: 16 << 20 }
    }
}

/// What gives way when all room is taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Overflow {
    /// The event that comes. What is kept has no holes. A full spool takes no more, then the queue fills, then new events are
    /// dropped.
    #[default]
    DropNewest,
    /// The one that has waited longest. What is kept is the latest. A full spool gives up its oldest segment, an eighth of it,
    /// but never the one being sent.
    DropOldest,
}

/// Which sessions are sent: all of a session's events, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sampling {
    /// The share of sessions: all.
    pub share: Ratio,
    /// What makes this sample another than those of other emitters: 0. Emitters with the same salt choose the same sessions, and
    /// of two shares, the smaller one's sessions are among the larger one's.
    pub salt: u64,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { share: Ratio::ONE, salt: 0 }
    }
}

/// A directory of this emitter alone, where events are kept as lines of the canonical format until they are delivered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spool {
    /// The directory; it is made if it is not there.
    pub dir: PathBuf,
    /// The most bytes of events in it: 64 MiB.
    pub max_bytes: u64,
    /// When events are written.
    pub when: SpoolWhen,
    /// When the system is asked to put them on the medium.
    pub sync: SpoolSync,
}

impl Spool {
    /// The defaults, in this directory.
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into(), max_bytes: 64 << 20, when: SpoolWhen::default(), sync: SpoolSync::default() }
    }
}

/// When events are written to the spool.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum SpoolWhen {
    /// When a request has failed, when the queue is half full, and when the emitter goes. A process that is killed while all is
    /// well loses what waits for its batch and what is being sent.
    #[default]
    Offline,
    /// Before they are sent, as soon as the thread gets to it. A process that is killed loses what it emitted in the moments
    /// before, and nothing that [`Status::spooled`](crate::Status::spooled) has counted.
    Always,
}

/// When what is written is put on the medium.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum SpoolSync {
    /// When the system does it. What is written survives the process, and not a loss of power.
    #[default]
    Never,
    /// With each write, before its events are counted as spooled.
    EachWrite,
}
