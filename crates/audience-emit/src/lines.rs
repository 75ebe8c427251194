//! Events as lines of the wire format, end to end.

use std::ops::Range;

use audience_core::Envelope;

/// Some lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    text: Vec<u8>,
    /// Where each ends, its line feed included.
    ends: Vec<usize>,
}

impl Lines {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(crate) fn push(&mut self, envelope: &Envelope) {
        envelope.write_line(&mut self.text);
        self.ends.push(self.text.len());
    }

    /// Adds a line with its line feed.
    pub(crate) fn push_text(&mut self, line: &[u8]) {
        self.text.extend_from_slice(line);
        self.ends.push(self.text.len());
    }

    /// How long the first `lines` are.
    pub(crate) fn bytes(&self, lines: usize) -> usize {
        lines.checked_sub(1).map_or(0, |last| self.ends[last])
    }

    /// The text of the first `lines`.
    pub(crate) fn text(&self, lines: usize) -> &[u8] {
        &self.text[..self.bytes(lines)]
    }

    pub(crate) fn line(&self, at: usize) -> &[u8] {
        &self.text[self.bytes(at)..self.ends[at]]
    }

    /// Each line of the range, with its line feed.
    pub(crate) fn iter(&self, range: Range<usize>) -> impl Iterator<Item = &[u8]> {
        range.map(|at| self.line(at))
    }

    /// How many of the first lines fit in `bytes`.
    pub(crate) fn fitting(&self, bytes: u64) -> usize {
        self.ends.partition_point(|end| *end as u64 <= bytes)
    }

    /// Takes away the first `lines`.
    pub(crate) fn drop_first(&mut self, lines: usize) {
        let bytes = self.bytes(lines);
        self.text.drain(..bytes);
        self.ends.drain(..lines);
        for end in &mut self.ends {
            *end -= bytes;
        }
    }
}
