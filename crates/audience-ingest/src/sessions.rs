//! All sessions of what was read.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use audience_core::{ContentId, Rules, Session, SessionBuilder, SessionFacts, Timestamp, ViewerId};
#[cfg(feature = "parquet")]
use audience_lake::SessionsTable;
use audience_stats::Merge;
use foldhash::fast::RandomState;

use crate::catalog::{Catalog, CatalogEntry};
use crate::error::Error;
#[cfg(feature = "parquet")]
use crate::privacy::Guard;
use crate::privacy::{LeftOut, Privacy};
use crate::quality::{Ignored, Quality};
use crate::spool::{Group, Record, SHARDS, Share, Store, shard_of};

/// The sessions of everything that was read by [`load`](crate::load), and what became of every line.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Rules, UnitTotals};
/// use audience_ingest::{Input, Options, load};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("events.ndjson");
/// std::fs::write(&path, concat!(
///     r#"{"session_id":"s1","content_id":"c1","ts":0,"type":"play","position_ms":0}"#, "\n",
///     r#"{"session_id":"s1","content_id":"c1","ts":9000,"type":"pause","position_ms":9000}"#, "\n",
///     "oops\n",
/// ))?;
/// let sessions = load(Input::find(&path)?, &Options::default())?;
/// assert_eq!(sessions.quality().rejected(), 1);
///
/// let rules = Rules::default();
/// let horizon = sessions.horizon();
/// let totals = sessions.fold(&UnitTotals::new(), |totals, session| {
///     totals.observe(&session.facts(&rules, horizon));
/// })?;
/// assert_eq!(totals.summary().watched_ms, 9000);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Sessions {
    store: Store,
    #[cfg(feature = "parquet")]
    tables: Vec<SessionsTable>,
    quality: Quality,
    horizon: Option<Timestamp>,
    threads: usize,
    left_out: LeftOut,
    #[cfg(feature = "parquet")]
    guard: Guard,
}

impl Sessions {
    pub(crate) fn new(store: Store, quality: Quality, horizon: Option<Timestamp>, threads: usize) -> Self {
        Self {
            store,
            #[cfg(feature = "parquet")]
            tables: Vec::new(),
            quality,
            horizon,
            threads,
            left_out: LeftOut::default(),
            #[cfg(feature = "parquet")]
            guard: Guard::default(),
        }
    }

    /// The same, and the sessions of these tables.
    #[cfg(feature = "parquet")]
    pub(crate) fn with_tables(self, tables: Vec<SessionsTable>) -> Self {
        Self { tables, ..self }
    }

    /// The same without the sessions that are left out, whose events are counted apart. Tables of sessions, whose events
    /// were read another time, are treated as the events would have been.
    #[cfg_attr(not(feature = "parquet"), expect(unused_variables, reason = "there are no tables"))]
    pub(crate) fn with_privacy(self, privacy: &Privacy, left_out: LeftOut) -> Result<Self, Error> {
        let mut sessions = Self {
            left_out,
            #[cfg(feature = "parquet")]
            guard: Guard::new(privacy),
            ..self
        };
        if !sessions.left_out.is_empty() {
            let counts = sessions.count_left_out()?;
            sessions.quality.events -= counts.values().sum::<u64>();
            Merge::merge(&mut sessions.quality.ignored, counts);
        }
        #[cfg(feature = "parquet")]
        if privacy.filters() {
            let counts = sessions.count_rows_left_out()?;
            sessions.quality.session_rows -= counts.values().sum::<u64>();
            Merge::merge(&mut sessions.quality.ignored, counts);
        }
        Ok(sessions)
    }

    /// How many events are left out, by reason.
    fn count_left_out(&self) -> Result<BTreeMap<Ignored, u64>, Error> {
        self.fold_units(SHARDS, &BTreeMap::new(), |worker, shard, counts| {
            self.store.shard(shard, worker.shares, &mut worker.share, |pieces| {
                for group in pieces.flatten() {
                    let header = group?.header;
                    if let Some(why) = self.left_out.get(header.session) {
                        *counts.entry(why).or_default() += u64::from(header.events);
                    }
                }
                Ok(())
            })
        })
    }

    /// How many rows of tables are left out, by reason.
    #[cfg(feature = "parquet")]
    fn count_rows_left_out(&self) -> Result<BTreeMap<Ignored, u64>, Error> {
        let mut counts = BTreeMap::new();
        for table in &self.tables {
            for row_group in 0..table.row_groups() {
                table.read(row_group, |facts| {
                    if let Some(why) = self.guard.verdict_of(&facts) {
                        *counts.entry(why).or_default() += 1;
                    }
                })?;
            }
        }
        Ok(counts)
    }

    /// What became of every line and field.
    pub fn quality(&self) -> &Quality {
        &self.quality
    }

    /// Up to when the data reaches: the latest time in it, wrong clocks aside ([`Quality::clocks_ahead`]). `None` without
    /// events.
    pub fn horizon(&self) -> Option<Timestamp> {
        self.horizon
    }

    /// Whether there are the events of all sessions, and not only the facts of some.
    pub fn has_all_events(&self) -> bool {
        #[cfg(feature = "parquet")]
        return self.tables.is_empty();
        #[cfg(not(feature = "parquet"))]
        true
    }

    /// How many bytes of events are in a temporary file, for want of [memory](crate::Options::memory).
    pub fn spilled(&self) -> u64 {
        self.store.spilled()
    }

    /// Gives every session to `take`, each with a state that began as a clone of `empty`, on several threads, and merges
    /// the states. Each session comes once, in no particular order.
    ///
    /// # Errors
    ///
    /// [`Error::Temporary`] when events cannot be read back from disk, [`Error::Spool`] when they were damaged,
    /// `Error::NoEvents` when there are sessions of which there are only the facts.
    pub fn fold<S: Merge + Clone + Send + Sync>(
        &self,
        empty: &S,
        take: impl Fn(&mut S, Session) + Sync,
    ) -> Result<S, Error> {
        #[cfg(feature = "parquet")]
        self.check_events()?;
        self.fold_units(SHARDS, empty, |worker, shard, state| {
            worker.read_shard(shard, None, &mut |session| take(state, session))
        })
    }

    /// Gives the facts of every session to `take`, as [`fold`](Self::fold) does sessions: also of those in tables, of which
    /// there are only the facts. `catalog` says how long titles are where the events do not.
    ///
    /// # Errors
    ///
    /// Those of [`fold`](Self::fold), and `Error::Table`.
    pub fn fold_facts<S: Merge + Clone + Send + Sync>(
        &self,
        rules: &Rules,
        catalog: &Catalog,
        empty: &S,
        take: impl Fn(&mut S, SessionFacts) + Sync,
    ) -> Result<S, Error> {
        let facts = FactsOf::new(self, rules, catalog);
        self.fold_units(facts.units, empty, |worker, unit, state| facts.read(worker, unit, |facts| take(state, facts)))
    }

    /// Gives the facts of every session to `take` one after the other, in an order that depends on nothing but the sessions:
    /// see [`fold_facts`](Self::fold_facts), which is faster.
    ///
    /// # Errors
    ///
    /// Those of [`fold_facts`](Self::fold_facts); [`Error::Take`] with what `take` returns, which is not called again then.
    pub fn each_facts<E>(
        &self,
        rules: &Rules,
        catalog: &Catalog,
        mut take: impl FnMut(SessionFacts) -> Result<(), E>,
    ) -> Result<(), Error>
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let facts = FactsOf::new(self, rules, catalog);
        let mut worker = Worker::alone(self);
        let mut taken = Ok(());
        for unit in 0..facts.units {
            facts.read(&mut worker, unit, |facts| {
                if taken.is_ok() {
                    taken = take(facts);
                }
            })?;
            if taken.is_err() {
                break;
            }
        }
        taken.map_err(|error| Error::Take { source: error.into() })
    }

    /// Does all units of work on several threads, each thread with a state of its own, and merges the states.
    fn fold_units<S: Merge + Clone + Send + Sync>(
        &self,
        units: usize,
        empty: &S,
        work: impl Fn(&mut Worker<'_>, usize, &mut S) -> Result<(), Error> + Sync,
    ) -> Result<S, Error> {
        let next = AtomicUsize::new(0);
        let threads = self.threads.min(units);
        let result = Mutex::new(Ok(empty.clone()));
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut state = empty.clone();
                    let mut worker = Worker { shares: threads, ..Worker::alone(self) };
                    let mut done = Ok(());
                    while done.is_ok() {
                        let unit = next.fetch_add(1, Ordering::Relaxed);
                        if unit >= units {
                            break;
                        }
                        done = work(&mut worker, unit, &mut state);
                    }
                    let mut result = result.lock().unwrap_or_else(PoisonError::into_inner);
                    match (&mut *result, done) {
                        (Ok(merged), Ok(())) => merged.merge(state),
                        (Ok(_), Err(error)) => *result = Err(error),
                        (Err(_), _) => {}
                    }
                });
            }
        });
        result.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether there are the events of all sessions.
    #[cfg(feature = "parquet")]
    fn check_events(&self) -> Result<(), Error> {
        match self.tables.first() {
            Some(table) => Err(Error::NoEvents { path: table.path().to_owned() }),
            None => Ok(()),
        }
    }

    /// All sessions, in order of session id and title. Takes memory for all of them at once: [`fold`](Self::fold) does
    /// not.
    ///
    /// # Errors
    ///
    /// [`Error::Temporary`] when events cannot be read back from disk, [`Error::Spool`] when they were damaged,
    /// `Error::NoEvents` when there are sessions of which there are only the facts.
    pub fn to_vec(&self) -> Result<Vec<Session>, Error> {
        #[cfg(feature = "parquet")]
        self.check_events()?;
        let mut sessions = Vec::new();
        let mut worker = Worker::alone(self);
        for shard in 0..SHARDS {
            worker.read_shard(shard, None, &mut |session| sessions.push(session))?;
        }
        sessions.sort_by(|a, b| (a.session_id(), a.content_id()).cmp(&(b.session_id(), b.content_id())));
        Ok(sessions)
    }

    /// The sessions with this id: one per title it played.
    ///
    /// # Errors
    ///
    /// [`Error::Temporary`] when events cannot be read back from disk, [`Error::Spool`] when they were damaged,
    /// `Error::NoEvents` when there are sessions of which there are only the facts.
    pub fn get(&self, session_id: &str) -> Result<Vec<Session>, Error> {
        #[cfg(feature = "parquet")]
        self.check_events()?;
        let mut sessions = Vec::new();
        Worker::alone(self)
            .read_shard(shard_of(session_id), Some(session_id), &mut |session| sessions.push(session))?;
        Ok(sessions)
    }
}

/// The facts of all sessions, unit by unit: shards of events, then row groups of tables.
struct FactsOf<'s> {
    rules: &'s Rules,
    catalog: &'s Catalog,
    horizon: Option<Timestamp>,
    #[cfg(feature = "parquet")]
    guard: &'s Guard,
    #[cfg(feature = "parquet")]
    row_groups: Vec<(&'s SessionsTable, usize)>,
    /// How many units there are.
    units: usize,
}

impl<'s> FactsOf<'s> {
    fn new(sessions: &'s Sessions, rules: &'s Rules, catalog: &'s Catalog) -> Self {
        #[cfg(feature = "parquet")]
        let row_groups: Vec<_> = {
            let of_table = |table: &'s SessionsTable| (0..table.row_groups()).map(move |row_group| (table, row_group));
            sessions.tables.iter().flat_map(of_table).collect()
        };
        Self {
            rules,
            catalog,
            horizon: sessions.horizon,
            #[cfg(feature = "parquet")]
            guard: &sessions.guard,
            #[cfg(feature = "parquet")]
            units: SHARDS + row_groups.len(),
            #[cfg(not(feature = "parquet"))]
            units: SHARDS,
            #[cfg(feature = "parquet")]
            row_groups,
        }
    }

    fn read(&self, worker: &mut Worker<'_>, unit: usize, mut take: impl FnMut(SessionFacts)) -> Result<(), Error> {
        #[cfg(feature = "parquet")]
        if let Some((table, row_group)) = unit.checked_sub(SHARDS).and_then(|unit| self.row_groups.get(unit)) {
            return Ok(table.read(*row_group, |mut facts| {
                if self.guard.verdict_of(&facts).is_none() {
                    self.guard.clean_facts(&mut facts);
                    take(facts);
                }
            })?);
        }
        worker.read_shard(unit, None, &mut |session| {
            let known = self.catalog.get(session.content_id().as_str()).and_then(CatalogEntry::known_duration);
            take(session.with_known_duration(known).facts(self.rules, self.horizon));
        })
    }
}

/// Puts sessions together on one thread.
struct Worker<'s> {
    sessions: &'s Sessions,
    /// How many workers there are.
    shares: usize,
    share: Share,
    names: Names,
}

impl<'s> Worker<'s> {
    /// The only worker.
    fn alone(sessions: &'s Sessions) -> Self {
        Self { sessions, shares: 1, share: Share::default(), names: Names::default() }
    }

    /// Puts the sessions of one shard together, or one of them.
    fn read_shard(&mut self, shard: usize, only: Option<&str>, take: &mut impl FnMut(Session)) -> Result<(), Error> {
        let Self { sessions, shares, share, names } = self;
        sessions.store.shard(shard, *shares, share, |pieces| {
            let mut groups = Vec::new();
            for group in pieces.flatten() {
                let group = group?;
                let session = group.header.session;
                if only.is_none_or(|only| only == session) && sessions.left_out.get(session).is_none() {
                    groups.push(group);
                }
            }
            // Stable: groups of one session stay in the order in which they arrived.
            groups.sort_by_key(|group| group.header.session);
            for of_session in groups.chunk_by(|a, b| a.header.session == b.header.session) {
                for session in build(of_session, names)? {
                    take(session);
                }
            }
            Ok(())
        })
    }
}

fn build(groups: &[Group<'_>], names: &mut Names) -> Result<Vec<Session>, Error> {
    let mut builder = SessionBuilder::new(groups[0].header.session);
    builder.reserve(groups.iter().map(Group::len).sum());
    for group in groups {
        let header = group.header;
        let context = builder.context(header.viewer.map(ViewerId::from), header.content.map(|id| names.content(id)));
        group.records(|record| match record {
            Record::Event(event) => builder.push(context, event),
            Record::Attributes((ts, seq), attributes) => {
                for &(name, value) in attributes {
                    builder.attribute(ts, seq, names.text(name), names.text(value));
                }
            }
        })?;
    }
    Ok(builder.finish())
}

/// One copy of each text that many sessions share.
#[derive(Debug, Default)]
struct Names {
    texts: HashSet<Arc<str>, RandomState>,
    contents: HashSet<ContentId, RandomState>,
}

impl Names {
    /// Names that are more than this are hardly shared, and take memory.
    const MANY: usize = 1 << 16;

    fn text(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        if self.texts.len() == Self::MANY {
            self.texts.clear();
        }
        let new: Arc<str> = text.into();
        self.texts.insert(new.clone());
        new
    }

    fn content(&mut self, id: &str) -> ContentId {
        if let Some(known) = self.contents.get(id) {
            return known.clone();
        }
        if self.contents.len() == Self::MANY {
            self.contents.clear();
        }
        let new = ContentId::from(id);
        self.contents.insert(new.clone());
        new
    }
}
