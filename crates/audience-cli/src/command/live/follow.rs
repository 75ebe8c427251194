//! What is written while it is read.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;

use audience_ingest::Input;

use crate::error::Error;

/// How often it is looked for more.
const NAP: Duration = Duration::from_millis(100);
/// How much is read at a time.
const BLOCK: usize = 1 << 16;

/// The same, with standard input as it comes and, if it is to be followed, the last file as it grows.
pub(super) fn inputs(mut inputs: Vec<Input>, follow: bool, stop: &Arc<AtomicBool>) -> Result<Vec<Input>, Error> {
    for input in &mut inputs {
        if *input == Input::Stdin {
            *input = Input::stream("-", Pipe::new(stop));
        }
    }
    if let Some(last) = inputs.last_mut().filter(|_| follow)
        && let Input::File(path) = &*last
    {
        let tail = Tail::open(path, stop).map_err(|source| Error::Read { path: path.clone(), source })?;
        *last = Input::stream(path.clone(), tail);
    }
    Ok(inputs)
}

/// A file that is written to, until it is to stop.
struct Tail {
    path: PathBuf,
    file: File,
    read: u64,
    /// Whether what was read last is the end of a line.
    at_line: bool,
    /// Whether there was more when it was looked last.
    more: bool,
    stop: Arc<AtomicBool>,
}

impl Tail {
    fn open(path: &Path, stop: &Arc<AtomicBool>) -> io::Result<Self> {
        let file = File::open(path)?;
        Ok(Self { path: path.to_owned(), file, read: 0, at_line: true, more: true, stop: stop.clone() })
    }

    /// Begins again if the file was cut short, or another one has its name now. Whether it does. A pipe stays what it is, whoever writes to
    /// it, and to open it again would wait for somebody who does.
    fn begin_again(&mut self) -> io::Result<bool> {
        let own = self.file.metadata()?;
        if !own.is_file() {
            return Ok(false);
        }
        // Between two files of a name there may be none.
        let other = File::open(&self.path).and_then(|file| Ok((file.metadata()?, file)));
        match other {
            Ok((other, file)) if !is_same(&own, &other) => self.file = file,
            _ if own.len() < self.read => {
                self.file.seek(SeekFrom::Start(0))?;
            }
            _ => return Ok(false),
        }
        self.read = 0;
        Ok(true)
    }
}

#[cfg(unix)]
fn is_same(a: &Metadata, b: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

/// Nothing tells: only what is cut short is noticed.
#[cfg(not(unix))]
fn is_same(_: &Metadata, _: &Metadata) -> bool {
    true
}

impl Read for Tail {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        if let Some(last) = into[..read].last() {
            self.read += read as u64;
            self.at_line = *last == b'\n';
            self.more = true;
            return Ok(read);
        }
        if std::mem::take(&mut self.more) {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        if self.stop.load(Ordering::Relaxed) {
            return Ok(0);
        }
        if self.begin_again()? {
            // What is left of a line that was cut off is a line of its own.
            if !self.at_line && !into.is_empty() {
                into[0] = b'\n';
                self.at_line = true;
                return Ok(1);
            }
        } else {
            std::thread::sleep(NAP);
        }
        Err(io::ErrorKind::WouldBlock.into())
    }
}

/// Standard input as it comes, until it ends or is to stop.
struct Pipe {
    blocks: Receiver<io::Result<Vec<u8>>>,
    block: io::Cursor<Vec<u8>>,
    /// Whether there was more when it was looked last.
    more: bool,
    stop: Arc<AtomicBool>,
}

impl Pipe {
    fn new(stop: &Arc<AtomicBool>) -> Self {
        let (sender, blocks) = sync_channel(4);
        // Reading cannot be interrupted, so it is not waited for.
        std::thread::spawn(move || {
            let mut stdin = io::stdin().lock();
            loop {
                let mut block = vec![0; BLOCK];
                let read = match stdin.read(&mut block) {
                    Ok(0) => break,
                    Ok(read) => {
                        block.truncate(read);
                        Ok(block)
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    Err(error) => Err(error),
                };
                let failed = read.is_err();
                if sender.send(read).is_err() || failed {
                    break;
                }
            }
        });
        Self { blocks, block: io::Cursor::default(), more: false, stop: stop.clone() }
    }
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.block.read(into)?;
        if read > 0 {
            return Ok(read);
        }
        let nap = if std::mem::take(&mut self.more) { Duration::ZERO } else { NAP };
        match self.blocks.recv_timeout(nap) {
            Ok(block) => {
                self.block = io::Cursor::new(block?);
                self.more = true;
                self.block.read(into)
            }
            Err(RecvTimeoutError::Disconnected) => Ok(0),
            Err(RecvTimeoutError::Timeout) if self.stop.load(Ordering::Relaxed) => Ok(0),
            Err(RecvTimeoutError::Timeout) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}
