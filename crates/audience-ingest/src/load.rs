//! Reading everything, in parallel.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use audience_core::{Accumulator, Envelope, Horizon, HorizonSummary, Merge, Timestamp};

use crate::batch::{Batch, Fault, Outcome};
use crate::cmcd;
use crate::error::Error;
use crate::format::Format;
use crate::map::{self, Map};
use crate::ndjson;
use crate::options::Options;
use crate::privacy::LeftOut;
use crate::quality::{Problem, Quality, Reason, Reject};
#[cfg(feature = "parquet")]
use crate::read::Rows;
use crate::read::{Buffer, Content, Input, Layout, Lines, Pool};
use crate::requests::LogReader;
use crate::sessions::Sessions;
use crate::split::lines;
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
    let folder = options.temporary_folder.clone().unwrap_or_else(std::env::temp_dir);
    let mut store = Store::new(options.memory, folder);
    let in_order = options.strict || options.rejects.is_some();
    let read = read(inputs, options, in_order, Sink::Store(Mutex::new(&mut store)))?;
    store.finish()?;
    let sessions = Sessions::new(store, read.quality, read.horizon, options.thread_count());
    #[cfg(feature = "parquet")]
    let sessions = sessions.with_tables(read.tables);
    sessions.with_privacy(&options.privacy, read.left_out)
}

/// Reads all `inputs` and gives every event to `take`, in the order in which they are there: repeats as well, and nothing
/// put together. If sessions are to be [left out](crate::Privacy), `inputs` are read twice: first to find which.
///
/// # Errors
///
/// As with [`load`]; [`Error::Take`] with what `take` returns; [`Error::NoEvents`] for a table of sessions;
/// [`Error::ReadOnce`] if sessions are to be left out of standard input or a stream.
pub fn read_events<E>(
    inputs: Vec<Input>,
    options: &Options,
    mut take: impl FnMut(Envelope) -> Result<(), E> + Send,
) -> Result<Quality, Error>
where
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut take = |envelope| take(envelope).map_err(|error| Error::Take { source: error.into() });
    let left_out = if options.privacy.filters() { find_left_out(&inputs, options)? } else { LeftOut::default() };
    let read = read(inputs, options, true, Sink::Events(&mut take, Arc::new(left_out)))?;
    #[cfg(feature = "parquet")]
    if let Some(table) = read.tables.first() {
        return Err(Error::NoEvents { path: table.path().to_owned() });
    }
    Ok(read.quality)
}

/// The sessions whose events are to be left out.
fn find_left_out(inputs: &[Input], options: &Options) -> Result<LeftOut, Error> {
    if inputs.iter().any(Input::is_read_once) {
        return Err(Error::ReadOnce);
    }
    let quietly = Options { strict: false, rejects: None, progress: Arc::default(), ..options.clone() };
    Ok(read(inputs.to_vec(), &quietly, false, Sink::Nothing)?.left_out)
}

type Take<'t> = &'t mut (dyn FnMut(Envelope) -> Result<(), Error> + Send);

/// Where events go.
enum Sink<'s> {
    /// To be put together.
    Store(Mutex<&'s mut Store>),
    /// One after the other, but for those of these sessions.
    Events(Take<'s>, Arc<LeftOut>),
    /// Nowhere.
    Nothing,
}

/// What was read besides events.
struct Read {
    quality: Quality,
    horizon: Option<Timestamp>,
    left_out: LeftOut,
    #[cfg(feature = "parquet")]
    tables: Vec<audience_lake::SessionsTable>,
}

fn read(inputs: Vec<Input>, options: &Options, in_order: bool, sink: Sink<'_>) -> Result<Read, Error> {
    let threads = options.thread_count();
    let files = inputs.len() as u64;
    if options.format == Some(Format::Map) && options.map.is_none() {
        return Err(Error::NoMap);
    }
    let map = options.request_map.as_deref();
    if options.known_format() == Some(Format::Delimited)
        && map.is_none_or(|map| map.format() != Format::Delimited)
        && let Some(input) = inputs.first()
    {
        return Err(Error::UnknownFormat { path: input.path().to_owned(), hint: Format::NO_MAP });
    }
    let pool = Pool::new(inputs, options, if in_order { 1 } else { threads });
    let (store, take, left_out) = match sink {
        Sink::Store(store) => (Some(store), None, None),
        Sink::Events(take, left_out) => (None, Some(take), Some(left_out)),
        Sink::Nothing => (None, None, None),
    };
    let collector = Mutex::new(Collector::new(options, take)?);
    #[cfg(feature = "parquet")]
    let tables = Mutex::new(Vec::new());
    let failed = Mutex::new(None::<Error>);
    let work = || -> Result<(), Error> {
        let mut batch = Batch::new(options);
        if let Some(left_out) = &left_out {
            batch = batch.of_events(left_out.clone());
        } else if store.is_none() {
            batch = batch.of_nothing();
        }
        let keep = |batch: &mut Batch| match (&store, batch.take_block()) {
            (Some(store), Some(block)) => store.lock().unwrap_or_else(PoisonError::into_inner).push(block),
            _ => Ok(()),
        };
        let mut buffer = Buffer::default();
        while let Some(chunk) = pool.next_chunk(std::mem::take(&mut buffer))? {
            batch.begin(&chunk.file, chunk.file_index);
            match chunk.content {
                Content::Lines(lines) => {
                    // A byte order mark may come before the first of them.
                    if lines.offset <= 3 {
                        batch.quality.found(lines.format);
                    }
                    read_lines(&lines, options, &mut batch);
                    buffer = lines.bytes;
                }
                #[cfg(feature = "parquet")]
                Content::Rows(rows) => {
                    if rows.row_group == 0 {
                        batch.quality.found(rows.format);
                    }
                    read_rows(&rows, map_of(rows.format, options), &mut batch, keep)?;
                }
                #[cfg(feature = "parquet")]
                Content::Sessions(table) => {
                    batch.quality.found(Format::Parquet);
                    batch.quality.session_rows = table.rows();
                    let bytes = (0..table.row_groups()).map(|row_group| table.size(row_group)).sum();
                    options.progress.bytes.fetch_add(bytes, Ordering::Relaxed);
                    table.attribute_names(|name| batch.quality.name_attribute(name, 1))?;
                    tables.lock().unwrap_or_else(PoisonError::into_inner).push(table);
                }
            }
            let outcome = batch.finish();
            if batch.is_full() {
                keep(&mut batch)?;
            }
            options.progress.events.fetch_add(outcome.quality.events, Ordering::Relaxed);
            let mut collector = collector.lock().unwrap_or_else(PoisonError::into_inner);
            collector.take(chunk.number, chunk.file_index, outcome)?;
        }
        keep(&mut batch)
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                if let Err(error) = work() {
                    pool.stop();
                    failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
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
    let HorizonSummary { latest: horizon, ahead } = collector.horizon.summary();
    quality.clocks_ahead = ahead;
    Ok(Read {
        quality,
        horizon,
        left_out: collector.left_out,
        #[cfg(feature = "parquet")]
        tables: tables.into_inner().unwrap_or_else(PoisonError::into_inner),
    })
}

/// Reads a row group, and keeps what was read as often as there is enough of it.
#[cfg(feature = "parquet")]
fn read_rows(
    rows: &Rows,
    map: Option<&Map>,
    batch: &mut Batch,
    keep: impl Fn(&mut Batch) -> Result<(), Error>,
) -> Result<(), Error> {
    batch.quality.nested_values += rows.table.unread().len() as u64 * rows.table.rows(rows.row_group);
    let mut reader = rows.table.read(rows.row_group)?;
    while let Some(mut some) = reader.next_batch()? {
        match map {
            Some(map) => map::read_rows(map, &mut some, batch),
            None => ndjson::read_rows(&mut some, batch),
        }
        if batch.is_full() {
            keep(batch)?;
        }
    }
    Ok(())
}

/// The map that files of a format are read by, if it is one.
fn map_of(format: Format, options: &Options) -> Option<&Map> {
    match format {
        Format::Mapped(preset) => Some(Map::preset(preset)),
        Format::Map => options.map.as_deref(),
        _ => None,
    }
}

fn read_lines(lines: &Lines, options: &Options, batch: &mut Batch) {
    let bytes = lines.bytes.bytes();
    // A file of nothing but a byte order mark has no line.
    if bytes.is_empty() {
        return;
    }
    if lines.too_long {
        batch.next_line();
        batch.reject(Problem::new(Reason::TooLong), &String::from_utf8_lossy(bytes));
        return;
    }
    let map = map_of(lines.format, options);
    if let (Some(map), Layout::QuotedTable) = (map, lines.layout) {
        return map::read_cells(map, lines.header.as_deref(), bytes, batch);
    }
    let mut log = LogReader::of(lines.format, lines.header.as_deref(), options.request_map.as_deref());
    // One check of the whole is much cheaper than one for each string.
    if let Ok(text) = simdutf8::basic::from_utf8(bytes) {
        return read_text(lines.format, map, log.as_mut(), text, lines.offset, batch);
    }
    let mut offset = lines.offset;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let start = offset;
        offset += line.len() as u64;
        let Ok(line) = std::str::from_utf8(line) else {
            batch.next_line();
            let line = String::from_utf8_lossy(line);
            batch.reject(Problem::new(Reason::NotUtf8), line.strip_suffix('\n').unwrap_or(&line));
            continue;
        };
        read_text(lines.format, map, log.as_mut(), line, start, batch);
    }
}

fn read_text(
    format: Format,
    map: Option<&Map>,
    log: Option<&mut LogReader<'_>>,
    text: &str,
    mut offset: u64,
    batch: &mut Batch,
) {
    if let Some(map) = map {
        return map::read_lines(map, text, batch);
    }
    let lines = lines(text);
    if let Some(log) = log {
        for line in lines {
            if batch.begin_line(line) {
                log.read_line(line, offset, batch);
            }
            offset += line.len() as u64 + 1;
        }
        return;
    }
    match format {
        Format::Ndjson => ndjson::read(text, batch),
        Format::Cmcd => {
            let mut reader = cmcd::Reader::default();
            for line in lines {
                if batch.begin_line(line) {
                    reader.read_line(line, cmcd::Carrier::default(), batch);
                }
            }
        }
        // Tables have no lines, and the others were read above.
        _ => {}
    }
}

/// Puts the outcomes of chunks together in the order of their numbers, whatever the order of their arrival, so that
/// lines are numbered rightly and the first fault is the first.
struct Collector<'t> {
    take_event: Option<Take<'t>>,
    next: u64,
    early: BTreeMap<u64, (usize, Outcome)>,
    /// Lines read of each file.
    lines: BTreeMap<usize, u64>,
    quality: Quality,
    horizon: Horizon,
    left_out: LeftOut,
    rejects: Option<(PathBuf, BufWriter<File>)>,
}

impl<'t> Collector<'t> {
    fn new(options: &Options, take_event: Option<Take<'t>>) -> Result<Self, Error> {
        let rejects = match &options.rejects {
            None => None,
            Some(path) => {
                let file = File::create(path).map_err(|source| Error::Rejects { path: path.clone(), source })?;
                Some((path.clone(), BufWriter::new(file)))
            }
        };
        Ok(Self {
            take_event,
            next: 0,
            early: BTreeMap::new(),
            lines: BTreeMap::new(),
            quality: Quality::default(),
            horizon: Horizon::default(),
            left_out: LeftOut::default(),
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
        let Outcome { mut quality, events, left_out, rejects, fault, horizon } = outcome;
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
        if let Some(take) = &mut self.take_event {
            events.into_iter().try_for_each(take)?;
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
        self.left_out.merge(left_out);
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
