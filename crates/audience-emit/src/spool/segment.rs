//! One file of the spool.

use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use audience_core::Envelope;

use super::Reading;

const ENDING: &str = ".ndjson";
/// What a file with lines that are no events is renamed to.
pub(super) const DAMAGED: &str = ".ndjson.damaged";

#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u64,
    pub(super) path: PathBuf,
    /// Bytes up to the end of its last whole line.
    pub(super) len: u64,
    /// Up to where it is done with.
    pub(super) acked: u64,
    /// Events from there on.
    pub(super) events: u64,
    /// Whether some of its lines are no events.
    pub(super) damaged: bool,
    /// Whether another process wrote it.
    found: bool,
}

/// The number in the name of a segment.
pub(super) fn number(name: &str) -> Option<u64> {
    let digits = name.strip_suffix(ENDING)?;
    let number: u64 = digits.parse().ok().filter(|number| *number < u64::MAX)?;
    (digits == format!("{number:010}")).then_some(number)
}

impl Segment {
    pub(super) fn new(dir: &Path, number: u64) -> Self {
        let path = dir.join(format!("{number:010}{ENDING}"));
        Self { number, path, len: 0, acked: 0, events: 0, damaged: false, found: false }
    }

    /// A segment that is there, done with up to `acked`, and whether its last line has no end.
    pub(super) fn find(dir: &Path, number: u64, acked: u64) -> io::Result<(Self, bool)> {
        let mut segment = Self { found: true, ..Self::new(dir, number) };
        let mut reader = BufReader::with_capacity(64 << 10, File::open(&segment.path)?);
        let (mut at, mut line_start) = (0, 0);
        loop {
            let bytes = reader.fill_buf()?;
            if bytes.is_empty() {
                break;
            }
            for end in bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(end, _)| end) {
                // A line that begins where the segment is not yet done with.
                segment.events += u64::from(line_start >= acked);
                line_start = at + end as u64 + 1;
            }
            let read = bytes.len();
            at += read as u64;
            reader.consume(read);
        }
        segment.len = line_start;
        segment.acked = acked.min(line_start);
        Ok((segment, at > line_start))
    }

    /// The next lines that are events.
    pub(super) fn read(&self, max_events: usize, max_bytes: usize) -> io::Result<Reading> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.acked))?;
        let mut reader = BufReader::new(file);
        let mut reading = Reading::default();
        let (mut at, mut line) = (self.acked, Vec::new());
        while at < self.len && reading.lines.len() < max_events {
            line.clear();
            let read = reader.read_until(b'\n', &mut line)?;
            let full = !reading.lines.is_empty() && reading.lines.bytes(reading.lines.len()) + read > max_bytes;
            if read == 0 || full {
                break;
            }
            at += read as u64;
            // What this process wrote is as it was written.
            if !self.found || serde_json::from_slice::<Envelope>(&line).is_ok() {
                reading.lines.push_text(&line);
                reading.offsets.push(at);
            } else {
                reading.unreadable += 1;
            }
        }
        // What follows the last event and is none goes with it.
        if let Some(last) = reading.offsets.last_mut() {
            *last = at;
        }
        Ok(reading)
    }

    /// Keeps the file for people to look at, under a name that no emitter reads.
    pub(super) fn set_aside(&self) -> io::Result<()> {
        fs::rename(&self.path, self.path.with_extension(&DAMAGED[1..]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_segments_are_ten_digits_and_more() {
        assert_eq!(number("0000000001.ndjson"), Some(1));
        assert_eq!(number("12345678901.ndjson"), Some(12_345_678_901));
        for foreign in ["1.ndjson", "00000000001.ndjson", "+000000001.ndjson", "0000000001.json", "events.ndjson"] {
            assert_eq!(number(foreign), None, "{foreign}");
        }
    }
}
