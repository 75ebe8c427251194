//! The events of some chunks of lines, grouped by session.

use std::borrow::Cow;
use std::hash::BuildHasher;
use std::num::NonZeroUsize;
use std::sync::Arc;

use audience_core::{Accumulator, Envelope, Event, Horizon};
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use smallvec::SmallVec;

use crate::options::Options;
use crate::privacy::{Guard, LeftOut};
use crate::quality::{Ignored, Name, Problem, Quality, Reason, Reject, Repair, Repaired, shorten};
use crate::segments::Segments;
use crate::spool::{Block, Encoder};

/// Whom an event is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Ids<'a> {
    pub(crate) session: &'a str,
    pub(crate) viewer: Option<&'a str>,
    pub(crate) content: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
}

impl Ids<'_> {
    fn envelope<'a>(self, mut event: Event, attributes: impl Iterator<Item = (&'a str, &'a str)>) -> Envelope {
        if let Some(source) = self.source {
            event = event.from_source(source);
        }
        Envelope {
            session_id: self.session.into(),
            viewer_id: self.viewer.map(Into::into),
            content_id: self.content.map(Into::into),
            event,
            attributes: attributes.map(|(name, value)| (name.into(), value.into())).collect(),
        }
    }
}

/// Takes the events of one chunk after the other, line by line, and what was wrong with them.
///
/// Its memory is used again and again, so that no event costs an allocation.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    groups: HashTable<u32>,
    hasher: RandomState,
    encoder: Encoder,
    keep: Keep,
    harmless: Harmless,
    guard: Guard,
    /// The sessions that events of this chunk say to leave out.
    found: LeftOut,
    /// Those of which it was known before.
    left_out: Arc<LeftOut>,
    pub(crate) quality: Quality,
    rejects: Option<Vec<Reject>>,
    /// The first thing strict reading would stop at.
    first_fault: Option<Fault>,
    strict: bool,
    /// Where in the content the segments are that requests name.
    pub(crate) segments: Arc<Segments>,
    /// How many folders of a request's path are its title, if it names none.
    pub(crate) title_folders: Option<NonZeroUsize>,
    horizon: Horizon,
    file: Arc<str>,
    file_index: usize,
    line: u64,
}

/// What is kept of events.
#[derive(Debug, Default)]
enum Keep {
    /// Blocks, to be put together.
    #[default]
    Blocks,
    /// The events as they come.
    Events(Vec<Envelope>),
    /// Nothing but what they say of the whole.
    Nothing,
}

/// The last attributes that are left as they are: most say the same again and again.
#[derive(Debug, Default)]
struct Harmless {
    known: [(String, String); Self::MANY],
    /// The one to make room next.
    oldest: usize,
}

impl Harmless {
    const MANY: usize = 16;

    #[inline]
    fn has(&mut self, name: &str, value: &str, guard: &Guard) -> bool {
        self.known.iter().any(|(known, same)| same == value && known == name) || self.learn(name, value, guard)
    }

    fn learn(&mut self, name: &str, value: &str, guard: &Guard) -> bool {
        // A longer one is hardly said twice.
        const LONG: usize = 256;
        let harmless = guard.leaves(name, value);
        if harmless && name.len() + value.len() <= LONG {
            let (known, same) = &mut self.known[self.oldest];
            name.clone_into(known);
            value.clone_into(same);
            self.oldest = (self.oldest + 1) % Self::MANY;
        }
        harmless
    }
}

/// What strict reading stops at.
#[derive(Debug)]
pub(crate) enum Fault {
    Reject(Box<Reject>),
    Repair(Box<Repaired>),
}

impl Fault {
    /// Counts lines from the start of the file instead of the chunk.
    pub(crate) fn shift(&mut self, lines: u64) {
        match self {
            Self::Reject(reject) => reject.line += lines,
            Self::Repair(repaired) => repaired.line += lines,
        }
    }
}

/// What came of a chunk. Line numbers count from its start.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) quality: Quality,
    pub(crate) events: Vec<Envelope>,
    pub(crate) left_out: LeftOut,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) fault: Option<Fault>,
    pub(crate) horizon: Horizon,
}

impl Batch {
    /// A batch as the options say, which makes blocks.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            rejects: options.rejects.is_some().then(Vec::new),
            strict: options.strict,
            segments: options.segments.clone(),
            title_folders: options.title_folders,
            guard: Guard::new(&options.privacy),
            ..Self::default()
        }
    }

    /// The same, but it keeps events as they come, but for those of sessions that are left out.
    pub(crate) fn of_events(self, left_out: Arc<LeftOut>) -> Self {
        Self { keep: Keep::Events(Vec::new()), left_out, ..self }
    }

    /// The same, but it keeps no events.
    pub(crate) fn of_nothing(self) -> Self {
        Self { keep: Keep::Nothing, ..self }
    }

    /// Begins a chunk of the file.
    pub(crate) fn begin(&mut self, file: &Arc<str>, file_index: usize) {
        self.file = file.clone();
        self.file_index = file_index;
        self.line = 0;
    }

    /// Begins the next line.
    pub(crate) fn next_line(&mut self) {
        self.line += 1;
        self.quality.lines += 1;
    }

    /// Passes lines that belong to the one that was begun.
    pub(crate) fn pass_lines(&mut self, lines: u64) {
        self.line += lines;
        self.quality.lines += lines;
    }

    /// Begins the next line; whether there is anything to read in it.
    pub(crate) fn begin_line(&mut self, line: &str) -> bool {
        self.next_line();
        if line.len() > crate::MAX_LINE {
            self.reject(Problem::new(Reason::TooLong), line);
            return false;
        }
        let blank = line.trim_ascii().is_empty();
        if blank {
            self.quality.ignore(Ignored::Blank);
        }
        !blank
    }

    /// Whether something is to be done with what a log says of a client besides its telemetry.
    pub(crate) fn wants(&self, name: &str) -> bool {
        self.guard.wants(name)
    }

    /// Takes an event with its attributes.
    #[inline]
    pub(crate) fn push<'a>(
        &mut self,
        ids: Ids<'a>,
        mut event: Event,
        attributes: impl ExactSizeIterator<Item = (&'a str, &'a str)> + Clone,
    ) {
        // Most events have nothing that could be private.
        if self.guard.passes(&event) {
            if attributes.len() == 0 {
                return self.keep(ids, event, &[]);
            }
            if attributes.clone().all(|(name, value)| self.harmless.has(name, value, &self.guard)) {
                let kept: SmallVec<[_; 8]> = attributes.map(|(name, value)| (name, Cow::Borrowed(value))).collect();
                return self.keep(ids, event, &kept);
            }
        }
        let hidden = self.guard.hide(ids, event.ts);
        let verdict = self.guard.verdict(ids.viewer, attributes.clone());
        let ids = hidden.ids(ids);
        if let Some(why) = self.left_out.get(ids.session) {
            return self.quality.ignore(why);
        }
        if let Some(why) = verdict {
            self.found.insert(ids.session, why);
        }
        self.guard.clean(&mut event, &mut self.quality);
        let kept: SmallVec<[_; 8]> =
            attributes.filter_map(|attribute| self.guard.attribute(attribute, &mut self.quality)).collect();
        self.keep(ids, event, &kept);
    }

    /// Takes an event as it is. One function for all who push, so that all it does is part of it.
    #[inline(never)]
    fn keep(&mut self, ids: Ids<'_>, event: Event, attributes: &[(&str, Cow<'_, str>)]) {
        let attributes = attributes.iter().map(|(name, value)| (*name, value.as_ref()));
        self.horizon.observe(&event.ts);
        self.quality.events += 1;
        match &mut self.keep {
            Keep::Blocks => {}
            Keep::Events(events) => {
                attributes.clone().for_each(|(name, _)| self.quality.name_attribute(name, 1));
                return events.push(ids.envelope(event, attributes));
            }
            Keep::Nothing => return,
        }
        let hash = self.hasher.hash_one(ids.session);
        let encoder = &self.encoder;
        let known = self.groups.entry(hash, |&group| encoder.ids(group) == ids, |&group| encoder.table_hash(group));
        let group = match known {
            hashbrown::hash_table::Entry::Occupied(entry) => *entry.get(),
            hashbrown::hash_table::Entry::Vacant(entry) => {
                let group = self.encoder.add_group(ids, hash);
                entry.insert(group);
                group
            }
        };
        self.encoder.push(group, &event, attributes);
    }

    /// Records that the line cannot be used. The file of rejects has it as it is.
    pub(crate) fn reject(&mut self, problem: Problem, text: &str) {
        let mut reject = Reject {
            file: self.file.clone(),
            file_index: self.file_index,
            line: self.line,
            problem,
            text: Box::default(),
        };
        if let Some(rejects) = &mut self.rejects {
            rejects.push(Reject { text: text.into(), ..reject.clone() });
        }
        self.guard.clean_problem(&mut reject.problem);
        if self.quality.wants_example(reject.problem.reason) {
            reject.text = self.guard.quote(shorten(text)).into();
        }
        if self.strict && self.first_fault.is_none() {
            self.first_fault = Some(Fault::Reject(Box::new(reject.clone())));
        }
        self.quality.reject(reject);
    }

    /// Records that a field was repaired.
    pub(crate) fn repair(&mut self, field: impl Into<Name>, repair: Repair, value: impl std::fmt::Display) {
        let field = field.into();
        *self.quality.repairs.entry((field.clone(), repair)).or_default() += 1;
        if self.strict && self.first_fault.is_none() {
            self.first_fault = Some(Fault::Repair(Box::new(Repaired {
                file: self.file.clone(),
                line: self.line,
                field,
                value: self.guard.quote(shorten(&value.to_string())).into(),
                repair,
            })));
        }
    }

    fn count_attributes(&mut self) {
        self.encoder.count_attributes(|name, times| self.quality.name_attribute(name, times));
    }

    /// Ends the chunk.
    pub(crate) fn finish(&mut self) -> Outcome {
        self.count_attributes();
        Outcome {
            quality: std::mem::take(&mut self.quality),
            events: match &mut self.keep {
                Keep::Events(events) => std::mem::take(events),
                Keep::Blocks | Keep::Nothing => Vec::new(),
            },
            left_out: std::mem::take(&mut self.found),
            rejects: self.rejects.as_mut().map(std::mem::take).unwrap_or_default(),
            fault: self.first_fault.take(),
            horizon: std::mem::take(&mut self.horizon),
        }
    }

    /// Whether it is time to [take the block](Self::take_block).
    pub(crate) fn is_full(&self) -> bool {
        self.encoder.is_full()
    }

    /// The events of all chunks since the last block.
    pub(crate) fn take_block(&mut self) -> Option<Block> {
        self.count_attributes();
        self.groups.clear();
        self.encoder.finish()
    }
}
