//! Reading everything into memory, in parallel.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, PoisonError};

use crate::batch::{Batch, Fault, Outcome};
use crate::cmcd;
use crate::error::Error;
use crate::format::Format;
use crate::horizon::Horizon;
use crate::ndjson;
use crate::options::Options;
use crate::quality::{Problem, Quality, Reason, Reject};
use crate::read::{Buffer, Chunk, Input, Pool};
use crate::sessions::Sessions;
use crate::spool::Store;

/// Reads all `inputs`: see [`Sessions`].
///
/// Reads each file once, from start to end, on several threads. Memory holds the events in a compact form (about 15 bytes
/// an event for players that report in order), whatever the lines were; past [`Options::memory`], a temporary file does.
///
/// # Errors
///
/// [`Error`], whose every kind names the file. Lines that cannot be used are no error unless [`Options::strict`] says so.
pub fn load(inputs: Vec<Input>, options: &Options) -> Result<Sessions, Error> {
    let threads = options.thread_count();
    let in_order = options.strict || options.rejects.is_some();
    let files = inputs.len() as u64;
    let pool = Pool::new(inputs, options.format, options.progress.clone(), if in_order { 1 } else { threads });
    let collector = Mutex::new(Collector::new(options)?);
    let folder = options.temporary_folder.clone().unwrap_or_else(std::env::temp_dir);
    let store = Mutex::new(Store::new(options.memory, folder));
    let failed = Mutex::new(None::<Error>);
    let fail = |error: Error| {
        pool.stop();
        failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut batch = Batch::new(options.rejects.is_some(), options.strict);
                let mut buffer = Buffer::default();
                loop {
                    let chunk = match pool.next_chunk(std::mem::take(&mut buffer)) {
                        Ok(Some(chunk)) => chunk,
                        Ok(None) => break,
                        Err(error) => return fail(error),
                    };
                    read_chunk(&chunk, &mut batch);
                    let outcome = batch.finish();
                    if batch.is_full()
                        && let Err(error) = keep(&mut batch, &store)
                    {
                        return fail(error);
                    }
                    options.progress.events.fetch_add(outcome.quality.events, Ordering::Relaxed);
                    let mut collector = collector.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Err(error) = collector.take(chunk.number, chunk.file_index, outcome) {
                        return fail(error);
                    }
                    buffer = chunk.bytes;
                }
                if let Err(error) = keep(&mut batch, &store) {
                    fail(error);
                }
            });
        }
    });
    if let Some(error) = failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut collector = collector.into_inner().unwrap_or_else(PoisonError::into_inner);
    collector.finish()?;
    let mut quality = collector.quality;
    quality.files = files;
    quality.bytes = options.progress.bytes.load(Ordering::Relaxed);
    let (horizon, ahead) = collector.horizon.latest();
    quality.clocks_ahead = ahead;
    let mut store = store.into_inner().unwrap_or_else(PoisonError::into_inner);
    store.finish()?;
    Ok(Sessions::new(store, quality, horizon, threads))
}

fn keep(batch: &mut Batch, store: &Mutex<Store>) -> Result<(), Error> {
    batch.take_block().map_or(Ok(()), |block| store.lock().unwrap_or_else(PoisonError::into_inner).push(block))
}

fn read_chunk(chunk: &Chunk, batch: &mut Batch) {
    batch.begin(&chunk.file, chunk.file_index);
    let bytes = chunk.bytes.bytes();
    // A file of nothing but a byte order mark has no line.
    if bytes.is_empty() {
        return;
    }
    if chunk.too_long {
        batch.next_line();
        batch.reject(Problem::new(Reason::TooLong), &String::from_utf8_lossy(bytes));
        return;
    }
    // One check of the whole is much cheaper than one for each string.
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return read_text(chunk.format, text, batch);
    }
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Ok(line) = std::str::from_utf8(line) else {
            batch.next_line();
            let line = String::from_utf8_lossy(line);
            batch.reject(Problem::new(Reason::NotUtf8), line.strip_suffix('\n').unwrap_or(&line));
            continue;
        };
        read_text(chunk.format, line, batch);
    }
}

fn read_text(format: Format, text: &str, batch: &mut Batch) {
    let lines = || text.strip_suffix('\n').unwrap_or(text).split('\n');
    match format {
        Format::Ndjson => ndjson::read(text, batch),
        Format::Cmcd => {
            for line in lines() {
                if batch.begin_line(line) {
                    cmcd::read_line(line, cmcd::Carrier::default(), batch);
                }
            }
        }
        Format::Requests => {
            for line in lines() {
                if batch.begin_line(line) {
                    cmcd::read_request(line, batch);
                }
            }
        }
    }
}

/// Puts the outcomes of chunks together in the order of their numbers, whatever the order of their arrival, so that
/// lines are numbered rightly and the first fault is the first.
struct Collector {
    next: u64,
    early: BTreeMap<u64, (usize, Outcome)>,
    /// Lines read of each file.
    lines: BTreeMap<usize, u64>,
    quality: Quality,
    horizon: Horizon,
    rejects: Option<(PathBuf, BufWriter<File>)>,
}

impl Collector {
    fn new(options: &Options) -> Result<Self, Error> {
        let rejects = match &options.rejects {
            None => None,
            Some(path) => {
                let file = File::create(path).map_err(|source| Error::Rejects { path: path.clone(), source })?;
                Some((path.clone(), BufWriter::new(file)))
            }
        };
        Ok(Self {
            next: 0,
            early: BTreeMap::new(),
            lines: BTreeMap::new(),
            quality: Quality::default(),
            horizon: Horizon::default(),
            rejects,
        })
    }

    fn take(&mut self, number: u64, file_index: usize, outcome: Outcome) -> Result<(), Error> {
        self.early.insert(number, (file_index, outcome));
        while let Some((file_index, outcome)) = self.early.remove(&self.next) {
            self.next += 1;
            self.take_next(file_index, outcome)?;
        }
        Ok(())
    }

    fn take_next(&mut self, file_index: usize, outcome: Outcome) -> Result<(), Error> {
        let Outcome { mut quality, rejects, fault, horizon } = outcome;
        let before = self.lines.entry(file_index).or_default();
        if let Some(mut fault) = fault {
            fault.shift(*before);
            return Err(match fault {
                Fault::Reject(reject) => Error::Rejected(reject),
                Fault::Repair(repaired) => Error::Repaired(repaired),
            });
        }
        for example in &mut quality.examples {
            example.line += *before;
        }
        if let Some((path, writer)) = &mut self.rejects {
            for mut reject in rejects {
                reject.line += *before;
                write_reject(writer, &reject).map_err(|source| Error::Rejects { path: path.clone(), source })?;
            }
        }
        *before += quality.lines;
        self.quality.merge(quality);
        self.horizon.merge(horizon);
        Ok(())
    }

    fn finish(&mut self) -> Result<(), Error> {
        if let Some((path, writer)) = &mut self.rejects {
            writer.flush().map_err(|source| Error::Rejects { path: path.clone(), source })?;
        }
        Ok(())
    }
}

fn write_reject(writer: &mut impl Write, reject: &Reject) -> std::io::Result<()> {
    serde_json::to_writer(&mut *writer, reject)?;
    writer.write_all(b"\n")
}
