//! Files being read by several threads.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{Buffer, Chunk, FileReader, Input};
use crate::error::Error;
use crate::format::Format;
use crate::map::Map;
use crate::options::{Options, Progress};

/// Hands out chunks of files to threads: each thread takes a file, reads a chunk of it and puts it back, so that one large
/// file keeps all threads busy and many compressed files are decompressed in parallel.
#[derive(Debug)]
pub(crate) struct Pool {
    state: Mutex<State>,
    changed: Condvar,
    format: Option<Format>,
    map: Option<Arc<Map>>,
    progress: Arc<Progress>,
    /// How many files may be open at once. With one, chunks are numbered in order of files and lines.
    open_at_most: usize,
}

#[derive(Debug)]
struct State {
    /// Files not opened yet, the next one last.
    waiting: Vec<(usize, Input)>,
    idle: Vec<FileReader>,
    /// Files in the hands of a thread.
    busy: usize,
    next_number: u64,
    stopped: bool,
}

impl Pool {
    pub(crate) fn new(inputs: Vec<Input>, options: &Options, open_at_most: usize) -> Self {
        let waiting = inputs.into_iter().enumerate().rev().collect();
        let state = State { waiting, idle: Vec::new(), busy: 0, next_number: 0, stopped: false };
        Self {
            state: Mutex::new(state),
            changed: Condvar::new(),
            format: options.known_format(),
            map: options.map.clone(),
            progress: options.progress.clone(),
            open_at_most,
        }
    }

    /// The next chunk of any file; `None` when all are read, or reading was stopped.
    pub(crate) fn next_chunk(&self, mut buffer: Buffer) -> Result<Option<Chunk>, Error> {
        loop {
            let Some(reader) = self.take() else { return Ok(None) };
            let reader = match reader {
                Taken::Open(reader) => Ok(reader),
                Taken::Closed(index, input) => {
                    FileReader::open(input, index, self.format, self.map.as_deref(), &self.progress)
                }
            };
            let read = reader.and_then(|mut reader| {
                let chunk = reader.next_chunk(std::mem::take(&mut buffer))?;
                Ok(chunk.map(|chunk| (reader, chunk)))
            });
            let mut state = self.lock();
            state.busy -= 1;
            self.changed.notify_all();
            match read {
                Ok(Some((reader, mut chunk))) => {
                    // Numbered before the file is put back, so that the numbers of a file's chunks are in order.
                    chunk.number = state.next_number;
                    state.next_number += 1;
                    state.idle.push(reader);
                    return Ok(Some(chunk));
                }
                Ok(None) => {}
                Err(error) => {
                    state.stopped = true;
                    return Err(error);
                }
            }
        }
    }

    /// Lets every thread find the end.
    pub(crate) fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
    }

    fn take(&self) -> Option<Taken> {
        let mut state = self.lock();
        loop {
            if state.stopped {
                return None;
            }
            if let Some(reader) = state.idle.pop() {
                state.busy += 1;
                return Some(Taken::Open(reader));
            }
            if state.busy < self.open_at_most
                && let Some((index, input)) = state.waiting.pop()
            {
                state.busy += 1;
                return Some(Taken::Closed(index, input));
            }
            if state.busy == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Taken {
    Open(FileReader),
    Closed(usize, Input),
}
