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
use crate::quality::{Ignored, Problem, Quality, Reason, Reject};
use crate::read::{Buffer, Chunk, Input, Pool};
use crate::sessions::Sessions;
use crate::spool::Block;

/// Reads all `inputs`: see [`Sessions`].
///
/// Reads each file once, from start to end, on several threads. Memory holds the events in a compact form (about 15 bytes
/// an event for players that report in order), whatever the lines were.
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
                        Ok(None) => return,
                        Err(error) => return fail(error),
                    };
                    read_chunk(&chunk, &mut batch);
                    let outcome = batch.finish();
                    options.progress.events.fetch_add(outcome.quality.events, Ordering::Relaxed);
                    let mut collector = collector.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Err(error) = collector.take(chunk.number, chunk.file_index, outcome) {
                        return fail(error);
                    }
                    buffer = chunk.bytes;
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
    Ok(Sessions::new(collector.blocks, quality, horizon, threads))
}

fn read_chunk(chunk: &Chunk, batch: &mut Batch) {
    batch.begin(&chunk.file, chunk.file_index);
    let bytes = chunk.bytes.bytes();
    if chunk.too_long {
        batch.next_line();
        batch.reject(Problem::new(Reason::TooLong), &String::from_utf8_lossy(bytes));
        return;
    }
    // One check of the whole is much cheaper than one for each string.
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        read_lines(chunk.format, Lines { text }.map(Ok), batch);
    } else {
        let lines = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n');
        read_lines(chunk.format, lines.map(|line| std::str::from_utf8(line).map_err(|_| line)), batch);
    }
}

/// The lines of a text: like `str::lines`, with a faster search for their ends.
struct Lines<'a> {
    text: &'a str,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        if self.text.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', self.text.as_bytes()).unwrap_or(self.text.len());
        let line = &self.text[..end];
        self.text = self.text.get(end + 1..).unwrap_or_default();
        Some(line)
    }
}

fn read_lines<'a>(format: Format, lines: impl Iterator<Item = Result<&'a str, &'a [u8]>>, batch: &mut Batch) {
    let mut events = ndjson::LineReader::default();
    for line in lines {
        batch.next_line();
        let line = match line {
            Ok(line) => line,
            Err(bytes) => {
                batch.reject(Problem::new(Reason::NotUtf8), &String::from_utf8_lossy(bytes));
                continue;
            }
        };
        if line.len() > crate::MAX_LINE {
            batch.reject(Problem::new(Reason::TooLong), line);
        } else if line.trim_ascii().is_empty() {
            batch.quality.ignore(Ignored::Blank);
        } else {
            match format {
                Format::Ndjson => events.read(line, batch),
                Format::Cmcd => cmcd::read_line(line, cmcd::Carrier::default(), batch),
                Format::Requests => cmcd::read_request(line, batch),
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
    blocks: Vec<Block>,
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
            blocks: Vec::new(),
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
        let Outcome { block, mut quality, rejects, fault, horizon } = outcome;
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
        self.blocks.push(block);
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
