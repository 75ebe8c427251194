//! What became of events.

use std::path::PathBuf;

use audience_core::Timestamp;

/// What an emitter did with an event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Emitted {
    /// It waits to be sent.
    Queued,
    /// It is of a session that is not in the sample.
    SampledOut,
    /// It is lost, and counted.
    Dropped(DropReason),
}

/// Why an event was dropped as it came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum DropReason {
    /// No room, and what is there stays ([`Overflow::DropNewest`](crate::Overflow::DropNewest)).
    QueueFull,
    /// It alone is larger than the queue.
    TooLarge,
    /// The emitter was shut down.
    ShutDown,
}

/// What an emitter has done so far, counted in events where nothing else is said.
///
/// While no event is being emitted, `emitted + recovered = delivered + rejected + dropped + sampled_out + pending`, each being
/// its total.
///
/// # Examples
///
/// ```
/// use audience_emit::{Emitter, EmitterConfig};
///
/// let emitter = Emitter::new(EmitterConfig::new("http://127.0.0.1:9/events"))?;
/// assert_eq!(emitter.status().pending.total(), 0);
/// # Ok::<(), audience_emit::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Status {
    /// Calls of [`emit`](crate::Emitter::emit).
    pub emitted: u64,
    /// Of sessions outside the sample.
    pub sampled_out: u64,
    /// Found in the spool when the emitter was made: what an earlier one had not delivered.
    pub recovered: u64,
    /// Sent, and the collector has said that it has them.
    pub delivered: u64,
    /// Sent, and the collector does not want them.
    pub rejected: u64,
    /// Lost, by what they were lost to.
    pub dropped: Dropped,
    /// Not yet sent, or not yet answered, by where they are.
    pub pending: Pending,
    /// Written to the spool so far.
    pub spooled: u64,
    /// Delivered from the spool so far.
    pub replayed: u64,
    /// Requests made.
    pub requests: u64,
    /// Requests after one that failed.
    pub retries: u64,
    /// Bytes of the bodies of requests.
    pub bytes_sent: u64,
    /// How the collector answers.
    pub endpoint: EndpointState,
    /// What last went wrong.
    pub last_error: Option<LastError>,
    /// The spool, if there is one.
    pub spool: Option<SpoolStatus>,
}

/// Events lost, by what they were lost to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Dropped {
    /// New, without room in the queue.
    pub queue_full: u64,
    /// Old, in the queue, to make room for new ones.
    pub evicted: u64,
    /// Larger than the queue, or than the spool.
    pub too_large: u64,
    /// Old, in the spool, to make room for new ones.
    pub spool_full: u64,
    /// In the spool, but no longer as they were written: damaged, or taken away.
    pub unreadable: u64,
    /// By [`clear`](crate::Emitter::clear).
    pub cleared: u64,
    /// Left when the emitter was shut down, or emitted after. Those of the last request may have arrived.
    pub shut_down: u64,
}

impl Dropped {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.queue_full
            + self.evicted
            + self.too_large
            + self.spool_full
            + self.unreadable
            + self.cleared
            + self.shut_down
    }
}

/// Events on their way, by where they are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Pending {
    /// In the queue.
    pub queued: u64,
    /// In memory, taken from the queue: being sent, or about to be.
    pub held: u64,
    /// In the spool, those being sent from there too.
    pub spooled: u64,
}

impl Pending {
    /// All of them.
    pub const fn total(&self) -> u64 {
        self.queued + self.held + self.spooled
    }
}

/// How the collector answers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum EndpointState {
    /// Nothing was sent yet.
    #[default]
    Unknown,
    /// It takes what it is sent.
    Answering,
    /// It is tried again and again.
    Failing {
        /// Failures in a row.
        failures: u32,
    },
    /// It answers that this emitter, or this address, is wrong: tried again at the longest delay.
    Refusing {
        /// The status it answers with.
        status: u16,
    },
    /// It has answered 410: nothing is sent there any more.
    Gone,
}

/// What went wrong last.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LastError {
    /// When, by the clock of the system.
    pub at: Timestamp,
    /// What.
    pub failure: Failure,
}

/// What can go wrong on the way.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The collector answered with something other than success.
    #[error("the collector answered {status}: {text}")]
    Answer {
        /// The status.
        status: u16,
        /// The beginning of what it said.
        text: String,
    },
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// No connection: nobody there, no such name, no trusted certificate.
    #[error("no connection: {0}")]
    Connect(String),
    /// The connection broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The spool could not be written or read.
    #[error("spool at {}: {text}", path.display())]
    Spool {
        /// Where.
        path: PathBuf,
        /// What the system said.
        text: String,
    },
}

/// The state of the spool.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct SpoolStatus {
    /// Bytes of events on disk, those of segments in the middle of being sent included.
    pub bytes: u64,
    /// Files of events.
    pub segments: usize,
    /// Lines that a process was killed in the middle of, found when the emitter was made. They are no events and never sent.
    pub torn: u64,
    /// Failures to write or read.
    pub errors: u64,
    /// Files in the directory that are none of the spool's. They are left alone.
    pub foreign: Vec<PathBuf>,
    /// Files with lines that are no events. They are kept, renamed, once the rest of them is delivered.
    pub damaged: Vec<PathBuf>,
}

/// What came of a flush, or of shutting down.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Flushed {
    /// Delivered since it was asked for.
    pub delivered: u64,
    /// Rejected since.
    pub rejected: u64,
    /// Dropped since; after shutting down, this includes all that could be neither sent nor spooled.
    pub dropped: u64,
    /// On disk now, for later.
    pub spooled: u64,
    /// In memory now.
    pub in_memory: u64,
}

impl Flushed {
    /// Whether nothing is left and nothing was dropped.
    pub const fn is_complete(&self) -> bool {
        self.dropped == 0 && self.spooled == 0 && self.in_memory == 0
    }
}
