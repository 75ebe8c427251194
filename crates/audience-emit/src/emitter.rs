//! The emitter as a program sees it.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use audience_core::{Envelope, Ratio};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::config::EmitterConfig;
use crate::error::Error;
use crate::queue::Queue;
use crate::sampling::Sample;
use crate::shared::Shared;
use crate::spool::Disk;
use crate::status::{Emitted, Flushed, Status};
use crate::transport::{Transport, Trust};
use crate::worker::{Command, Parts, Reply, Worker};

/// How much later than its deadline an answer of the thread may come, before it is no longer waited for.
const GRACE: Duration = Duration::from_secs(2);

/// Sends events to a collector from a thread of its own.
///
/// Share it by reference or in an [`Arc`]; it works in any program, with or without an executor, inside or outside of it.
/// Dropping it sends what is left within [`EmitterConfig::linger`], or writes it to the spool if there is one.
pub struct Emitter {
    shared: Arc<Shared>,
    commands: UnboundedSender<Command>,
    trust: Trust,
    /// How long dropping may take.
    linger: Duration,
}

impl Emitter {
    /// Starts the thread. What an earlier emitter left in the spool is counted, and sent first.
    ///
    /// # Errors
    ///
    /// [`Error`] when a setting cannot be used, when another emitter uses the spool, when the spool cannot be read, or when the
    /// system has no thread.
    pub fn new(config: EmitterConfig) -> Result<Self, Error> {
        config.check()?;
        let (transport, trust) = Transport::new(&config)?;
        let endpoint = trust.endpoint(&config.endpoint)?;
        let seed = config.seed.map_or_else(getrandom::u64, Ok).map_err(Error::Random)?;
        let source = match config.source {
            Some(source) => source,
            None => random_name()?,
        };
        let linger = if config.spool.is_some() { Duration::ZERO } else { config.linger };
        let disk = config.spool.map(|spool| Disk::open(spool, config.overflow)).transpose()?;
        let queue = Queue::new(config.queue, config.overflow);
        let shared = Arc::new(Shared::new(queue, Sample::new(config.sampling), source));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::Thread)?;
        let (commands, receiver) = unbounded_channel();
        let worker = Worker::new(Parts {
            shared: Arc::clone(&shared),
            commands: receiver,
            transport,
            endpoint,
            format: config.format,
            batching: config.batching,
            retry: config.retry,
            rng: Xoshiro256PlusPlus::seed_from_u64(seed),
            disk,
        });
        let run = move || {
            runtime.block_on(worker.run());
            // Not waiting for a look-up of a name that never ends.
            runtime.shutdown_background();
        };
        std::thread::Builder::new().name("audience-emit".to_owned()).spawn(run).map_err(Error::Thread)?;
        Ok(Self { shared, commands, trust, linger })
    }

    /// Takes an event to be sent, and says what it did with it. Never waits, for anything: not for the network, not for the disk,
    /// not for other threads.
    ///
    /// An event without a sequence number gets the next one of this emitter, from 1, and its source becomes this emitter's. Numbers
    /// are given after sampling and before anything can be dropped, across sessions: of one source, a number that is missing is an
    /// event that was lost. An event with a number of its own keeps it, and its source.
    pub fn emit(&self, envelope: Envelope) -> Emitted {
        self.shared.emit(envelope)
    }

    /// What became of events so far.
    pub fn status(&self) -> Status {
        self.shared.status()
    }

    /// The status, also after the emitter is gone.
    pub fn monitor(&self) -> Monitor {
        Monitor { shared: Arc::clone(&self.shared) }
    }

    /// How many events are on their way: in the queue, being sent, and in the spool.
    pub fn pending(&self) -> u64 {
        self.status().pending.total()
    }

    /// The name events are numbered under.
    pub fn source(&self) -> &str {
        self.shared.source()
    }

    /// Changes the share of sessions that are sent. Sessions that have begun may so lose their rest or their beginning.
    pub fn set_sample_share(&self, share: Ratio) {
        self.shared.sample.set_share(share);
    }

    /// Sends to another address from now on, without delay, also if the one before was gone. A request that waits for its answer is
    /// given up and made again there.
    ///
    /// # Errors
    ///
    /// [`Error::Endpoint`] when it is no `http` or `https` address, [`Error::Certificates`] when it is `https` and the system has
    /// no certificates.
    pub fn set_endpoint(&self, url: &str) -> Result<(), Error> {
        let endpoint = self.trust.endpoint(url)?;
        self.tell(Command::Endpoint(endpoint));
        Ok(())
    }

    /// Gives up all events on their way, those in the spool too, and says how many. Those of a request that waits for its answer may
    /// have arrived. Waits for the thread, which may be writing to the disk.
    pub fn clear(&self) -> u64 {
        self.ask(GRACE, |done| Command::Clear { done }).unwrap_or(0)
    }

    /// Sends what was emitted before, without waiting for batches to fill, and blocks until that is done or the deadline has
    /// passed. What is not sent by then is written to the spool, if there is one, and goes on being sent.
    ///
    /// Delays after failures are cut short once, save those a collector has asked for. When the endpoint is gone, there is nothing to wait
    /// for.
    pub fn flush(&self, within: Duration) -> Flushed {
        let answer = self.ask(within.saturating_add(GRACE), |done| Command::Flush { within, done });
        answer.unwrap_or_else(|| left(&self.status()))
    }

    /// As [`flush`](Self::flush), without blocking, on any executor. It happens whether or not the future is polled.
    pub fn flush_async(&self, within: Duration) -> impl Future<Output = Flushed> + Send + use<> {
        let (done, answer) = promise(Arc::clone(&self.shared));
        self.tell(Command::Flush { within, done });
        answer
    }

    /// Takes no more events, sends what there is, and stops. Blocks until that is done or the deadline has passed. What is not
    /// sent by then is written to the spool; without one, or without room in it, it is dropped and counted.
    pub fn shut_down(&self, within: Duration) -> Flushed {
        self.shared.close();
        let answer = self.ask(within.saturating_add(GRACE), |done| Command::ShutDown { within, done });
        answer.unwrap_or_else(|| left(&self.status()))
    }

    /// As [`shut_down`](Self::shut_down), without blocking, on any executor. It happens whether or not the future is polled.
    pub fn shut_down_async(&self, within: Duration) -> impl Future<Output = Flushed> + Send + use<> {
        self.shared.close();
        let (done, answer) = promise(Arc::clone(&self.shared));
        self.tell(Command::ShutDown { within, done });
        answer
    }

    /// Once the thread is gone, nothing changes any more, and there is nobody to tell.
    fn tell(&self, command: Command) {
        drop(self.commands.send(command));
    }

    fn ask<T: Send + 'static>(&self, within: Duration, command: impl FnOnce(Reply<T>) -> Command) -> Option<T> {
        let (sender, receiver) = mpsc::sync_channel(1);
        self.tell(command(Box::new(move |answer| sender.try_send(answer).is_ok())));
        receiver.recv_timeout(within).ok()
    }
}

impl Drop for Emitter {
    fn drop(&mut self) {
        self.shut_down(self.linger);
    }
}

impl fmt::Debug for Emitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emitter")
            .field("source", &self.source())
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// The status of an emitter, also after it is gone.
#[derive(Clone, Debug)]
pub struct Monitor {
    shared: Arc<Shared>,
}

impl Monitor {
    /// What became of events so far.
    pub fn status(&self) -> Status {
        self.shared.status()
    }
}

fn left(status: &Status) -> Flushed {
    Flushed {
        spooled: status.pending.spooled,
        in_memory: status.pending.queued + status.pending.held,
        ..Flushed::default()
    }
}

/// What to tell the answer to, and the answer.
fn promise(shared: Arc<Shared>) -> (Reply<Flushed>, impl Future<Output = Flushed> + Send) {
    let (sender, receiver) = oneshot::channel();
    let answer = async move { receiver.await.unwrap_or_else(|_| left(&shared.status())) };
    (Box::new(move |flushed| sender.send(flushed).is_ok()), answer)
}

/// 128 random bits in hexadecimal.
fn random_name() -> Result<String, Error> {
    let (high, low) = (getrandom::u64().map_err(Error::Random)?, getrandom::u64().map_err(Error::Random)?);
    Ok(format!("{high:016x}{low:016x}"))
}
