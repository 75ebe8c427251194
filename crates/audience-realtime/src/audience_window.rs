//! The window of one key: how many watch, and what happens to them.

use audience_core::{Bitrate, Doing, Elapsed, Happening, LiveChange, Merge, Timestamp};
use audience_stats::DistinctSketch;

use crate::buckets::Buckets;
use crate::cell::{Cell, Count, LEVELS, Level, Rates, add};
use crate::error::Error;
use crate::figures::{self, WindowFigures};
#[cfg(feature = "serde")]
use crate::spec::LiveSpec;
use crate::window::Window;

/// How many watch, what they do and what happens to them, over a sliding window of event time.
///
/// Numbers of viewers and players are kept as steps: by how much each rises or falls in each bucket, and what that adds to the time spent
/// in it. So a number at any time knows of all who came before, whenever that was; what comes late lands in its bucket, at a cost that does
/// not depend on the length of the window; what turns out otherwise is taken back; and states of different sessions merge by adding.
///
/// [`LiveAudience`](crate::LiveAudience) keeps one for each key, and tells it what its sessions do. Alone it is for programs that know
/// already who comes and goes.
///
/// # Examples
///
/// ```
/// use audience_core::{Activity, Doing, Elapsed, LiveChange, Timestamp};
/// use audience_realtime::{AudienceWindow, Window};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let doing = |activity| Some(Doing { activity, bitrate: None });
/// let minute = Window::new(Elapsed::from_secs(60), Elapsed::from_secs(1))?;
/// let mut window = AudienceWindow::new(minute, Elapsed::from_secs(30), 12)?;
/// window.step_viewers(at(0), 1);
/// window.change(LiveChange::Doing { at: at(0), from: None, to: doing(Activity::Playing) });
/// // Ten minutes later, with no event in between, the viewer is still there.
/// let figures = window.figures_until(at(600));
/// assert_eq!(figures.viewers.peak, 1);
/// assert_eq!(figures.playing.mean, 1.0);
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AudienceWindow {
    window: Window,
    /// How long before the window what is late may still come.
    lateness: Elapsed,
    precision: u8,
    cells: Buckets<Cell>,
    /// The number of the first bucket that is kept, and when it begins.
    first: i64,
    kept_from: Timestamp,
    /// The levels where that begins.
    base: Standing,
    /// The levels after all that is known.
    now: [i64; LEVELS],
}

/// Levels at one time.
#[derive(Clone, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Standing {
    pub(crate) levels: [i64; LEVELS],
    pub(crate) rates: Rates,
}

impl Standing {
    fn step_players(&mut self, levels: (Option<Level>, Option<Level>), rates: (Option<Bitrate>, Option<Bitrate>)) {
        changes(levels.0, levels.1, |level, by| add(&mut self.levels[level as usize], by));
        changes(rates.0, rates.1, |rate, by| self.rates.add(rate, by, 0));
    }

    #[cfg(feature = "serde")]
    fn is_whole(&self) -> bool {
        self.rates.is_whole()
    }

    /// At the end of a bucket at whose start they are these.
    pub(crate) fn pass(&mut self, cell: &Cell) {
        self.levels.iter_mut().zip(cell.steps).for_each(|(level, step)| add(level, step));
        for (bitrate, step, _) in &cell.rates.0 {
            self.rates.add(*bitrate, *step, 0);
        }
    }
}

impl AudienceWindow {
    /// Nobody watches. `lateness` is how late what changes may come to light, and `precision` that of the sketch of viewers:
    /// [`DistinctSketch::new`].
    ///
    /// # Errors
    ///
    /// [`Error::Sketch`] for a precision that is none.
    pub fn new(window: Window, lateness: Elapsed, precision: u8) -> Result<Self, Error> {
        DistinctSketch::new(precision).map_err(Error::Sketch)?;
        Ok(Self {
            window,
            lateness,
            precision,
            cells: Buckets::new(window),
            first: i64::MIN,
            kept_from: Timestamp::from_millis(i64::MIN),
            base: Standing::default(),
            now: [0; LEVELS],
        })
    }

    /// A player does something else now, or something happened to it.
    pub fn change(&mut self, change: LiveChange) {
        match change {
            LiveChange::Doing { at, from, to } => self.step_players(at, from, to),
            LiveChange::Happened { at, what, times } => self.happen(at, what, times),
        }
    }

    /// From `at` on there are so many more viewers, who join or leave then. To take back what was told before, tell it of the other sign
    /// with [`unstep_viewers`](Self::unstep_viewers).
    pub fn step_viewers(&mut self, at: Timestamp, by: i64) {
        self.tell_viewers(at, by, 1);
    }

    /// It is not so that from `at` on there are so many more viewers, which was told before.
    pub fn unstep_viewers(&mut self, at: Timestamp, by: i64) {
        self.tell_viewers(at, by, -1);
    }

    #[inline]
    fn tell_viewers(&mut self, at: Timestamp, by: i64, times: i64) {
        let step = by * times;
        add(&mut self.now[Level::Viewers as usize], step);
        let Some((cell, left)) = self.cell(at) else {
            add(&mut self.base.levels[Level::Viewers as usize], step);
            return;
        };
        cell.step(Level::Viewers, step, left);
        cell.count(if by > 0 { Count::Joins } else { Count::Leaves }, by.abs() * times);
    }

    #[inline]
    fn step_players(&mut self, at: Timestamp, from: Option<Doing>, to: Option<Doing>) {
        let (level_from, level_to) = (from.map(Level::of), to.map(Level::of));
        let (rate_from, rate_to) = (from.and_then(|doing| doing.bitrate), to.and_then(|doing| doing.bitrate));
        // Who plays on at another bit rate plays on.
        let moves = level_from != level_to;
        if moves {
            changes(level_from, level_to, |level, by| add(&mut self.now[level as usize], by));
        }
        let Some((cell, left)) = self.cell(at) else {
            self.base.step_players((level_from, level_to), (rate_from, rate_to));
            return;
        };
        if moves {
            changes(level_from, level_to, |level, by| cell.step(level, by, left));
        }
        if rate_from != rate_to {
            changes(rate_from, rate_to, |rate, by| cell.rates.add(rate, by, by * left));
        }
    }

    fn happen(&mut self, at: Timestamp, what: Happening, times: i64) {
        let Some((cell, _)) = self.cell(at) else { return };
        let count = match what {
            Happening::Start(time) => {
                if let Some(time) = time {
                    cell.startups.add(time.as_millis(), times);
                }
                Count::Starts
            }
            Happening::Stall => Count::Stalls,
            Happening::Seek => Count::Seeks,
            Happening::QualityChange => Count::QualityChanges,
            Happening::Error => Count::Errors,
            Happening::Failure => Count::Failures,
            _ => return,
        };
        cell.count(count, times);
    }

    /// There are so many more events at `at`.
    #[inline]
    pub fn count_events(&mut self, at: Timestamp, times: i64) {
        if let Some((cell, _)) = self.cell(at) {
            cell.count(Count::Events, times);
        }
    }

    /// There is an event of the viewer whose id has this hash.
    ///
    /// # Panics
    ///
    /// Never: the precision was checked.
    pub fn see_viewer(&mut self, at: Timestamp, hash: u64) {
        let precision = self.precision;
        if let Some((cell, _)) = self.cell(at) {
            let empty = || Box::new(DistinctSketch::new(precision).expect("it was checked"));
            cell.viewers.get_or_insert_with(empty).insert_hash(hash);
        }
    }

    /// What is kept of the bucket that `at` is in, and how many milliseconds of it are left then; `None` if it is not kept any more.
    #[inline]
    fn cell(&mut self, at: Timestamp) -> Option<(&mut Cell, i64)> {
        if at < self.kept_from {
            return None;
        }
        let (cell, start) = self.cells.at(at);
        let left = self.window.bucket().as_millis() as i64 - (at.as_millis() - start.as_millis());
        Some((cell, left))
    }

    /// Time has come to `now`: lets go of what no window needs that ends there or later.
    pub fn advance(&mut self, now: Timestamp) {
        let needed = Timestamp::from_millis(now.as_millis().saturating_sub_unsigned(self.lateness.as_millis()));
        let first = self.window.number(needed).saturating_sub(self.window.buckets() as i64);
        self.keep_from(first);
    }

    /// As [`advance`](Self::advance), but what happened from `kept` on stays.
    pub(crate) fn advance_but(&mut self, now: Timestamp, kept: Option<Timestamp>) {
        let Some(kept) = kept else { return self.advance(now) };
        let needed = Timestamp::from_millis(now.as_millis().saturating_sub_unsigned(self.lateness.as_millis()));
        let first = self.window.number(needed).saturating_sub(self.window.buckets() as i64);
        self.keep_from(first.min(self.window.number(kept)));
    }

    /// The first bucket from this one on in which anybody does anything, or anything is kept of what happened; `None` of none.
    pub(crate) fn busy_from(&self, number: i64) -> Option<i64> {
        let number = number.max(self.first);
        let mut levels = self.base.levels;
        for (_, cell) in self.cells.range(..number) {
            levels.iter_mut().zip(cell.steps).for_each(|(level, step)| *level += step);
        }
        if levels.iter().any(|level| *level != 0) {
            return Some(number);
        }
        self.cells.range(number..).next().map(|(number, _)| number)
    }

    fn keep_from(&mut self, first: i64) {
        if first > self.first {
            self.first = first;
            self.kept_from = self.window.start(first);
            while let Some(cell) = self.cells.take_first_before(first) {
                self.base.pass(&cell);
            }
        }
    }

    /// How many viewers there are after all that is known.
    pub fn viewers(&self) -> u64 {
        self.level(Level::Viewers)
    }

    /// How many players play after all that is known.
    pub fn playing(&self) -> u64 {
        self.level(Level::Playing)
    }

    fn level(&self, level: Level) -> u64 {
        u64::try_from(self.now[level as usize]).unwrap_or(0)
    }

    /// Whether it is one of such an audience, and can have come of steps.
    #[cfg(feature = "serde")]
    pub(crate) fn is_of(&self, spec: &LiveSpec) -> bool {
        let alike = (self.window, self.lateness, self.precision) == (spec.window, spec.lateness, spec.precision);
        let cells = self.cells.range(..).all(|(_, cell)| cell.is_whole(self.precision));
        alike && cells && self.is_kept_from_first() && self.base.is_whole()
    }

    #[cfg(feature = "serde")]
    fn is_kept_from_first(&self) -> bool {
        let start =
            if self.first == i64::MIN { Timestamp::from_millis(i64::MIN) } else { self.window.start(self.first) };
        self.kept_from == start
    }

    /// What it was made with.
    #[cfg(feature = "serde")]
    pub(crate) fn made_with(&self) -> (Window, Elapsed, u8) {
        (self.window, self.lateness, self.precision)
    }

    /// Bytes held, about.
    pub fn size_bytes(&self) -> usize {
        size_of::<Self>() + self.cells.range(..).map(|(_, cell)| cell.size_bytes()).sum::<usize>()
    }

    /// Whether nobody is there, and nothing is kept.
    pub fn is_idle(&self) -> bool {
        self.now == [0; LEVELS] && self.cells.len() == 0
    }

    /// The window that ends with the last bucket that is over at `now`.
    pub fn figures_until(&self, now: Timestamp) -> WindowFigures {
        self.figures(self.window.number(now), self.window.buckets())
    }

    /// The `buckets` buckets before the one of the number `end`.
    pub(crate) fn figures(&self, end: i64, buckets: u64) -> WindowFigures {
        let start = end.saturating_sub_unsigned(buckets);
        let mut standing = self.base.clone();
        self.cells.range(..start).for_each(|(_, cell)| standing.pass(cell));
        figures::of(self.window, (start, end), &mut standing, self.cells.range(start..end), self.precision)
    }
}

/// One less of what was, one more of what is.
#[inline]
fn changes<T>(from: Option<T>, to: Option<T>, mut take: impl FnMut(T, i64)) {
    if let Some(from) = from {
        take(from, -1);
    }
    if let Some(to) = to {
        take(to, 1);
    }
}

/// # Panics
///
/// When the two were made differently, which is a bug in the program.
impl Merge for AudienceWindow {
    fn merge(&mut self, mut other: Self) {
        let alike = |window: &Self| (window.window, window.lateness, window.precision);
        assert_eq!(alike(self), alike(&other), "windows that were made differently do not merge");
        let first = self.first.max(other.first);
        self.keep_from(first);
        other.keep_from(first);
        self.cells.merge(other.cells);
        self.base.levels.iter_mut().zip(other.base.levels).for_each(|(mine, theirs)| add(mine, theirs));
        for (bitrate, step, _) in other.base.rates.0 {
            self.base.rates.add(bitrate, step, 0);
        }
        self.now.iter_mut().zip(other.now).for_each(|(mine, theirs)| add(mine, theirs));
    }
}
