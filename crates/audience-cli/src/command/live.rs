//! `audience live`

mod follow;
mod screen;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use audience_core::{Envelope, Timestamp};
use audience_ingest::{Quality, read_events};
use audience_realtime::AlertRules;
use audience_report::TextOptions;
use audience_report::live::{LiveLine, LiveMonitor};

use crate::args::LiveArgs;
use crate::command::report;
use crate::error::Error;
use crate::output;
use crate::progress::Bar;
use screen::Screen;

pub(crate) fn run(args: &LiveArgs) -> Result<ExitCode, Error> {
    let rules = args.alerts.as_deref().map_or(Ok(AlertRules::default()), rules)?;
    let monitor = LiveMonitor::new(args.spec()?, rules).map_err(|error| in_rules(error, args.alerts.as_deref()))?;
    let inputs = report::inputs(&args.input)?;
    let options = report::options(&args.input)?;
    let stop = Arc::new(AtomicBool::new(false));
    if args.follow || args.speed.is_some() {
        stop_when_told(&stop)?;
    }
    let inputs = follow::inputs(inputs, args.follow, &stop)?;
    let is_drawn = !args.json && io::stdout().is_terminal();
    let show = Show { args, is_drawn, state: Mutex::new(State::new(monitor)), stop, ended: Ended::default() };
    let read = std::thread::scope(|scope| {
        if is_drawn || args.follow || args.speed.is_some() {
            scope.spawn(|| show.tick());
        }
        let _bar = (!is_drawn && !args.follow).then(|| Bar::new(&inputs, &options.progress));
        let mut pace = args.speed.map(Pace::new);
        let read = read_events(inputs, &options, |event| {
            let watermark = show.take(event)?;
            pace.as_mut().map_or(Ok(()), |pace| pace.wait(watermark, &show.stop))
        });
        show.ended.tell();
        read
    });
    let mut state = show.lock();
    if let Some(failed) = state.failed.take() {
        return Err(Error::Stdout(failed));
    }
    let quality = match read {
        Ok(quality) => Some(quality),
        // What was read until then is what there is.
        Err(_) if show.stop.load(Ordering::Relaxed) => None,
        Err(error) => return Err(error.into()),
    };
    state.finish(args, quality.as_ref(), is_drawn)?;
    match &quality {
        Some(quality) if quality.events == 0 => Err(Error::no_sessions(0, quality)),
        _ => Ok(ExitCode::SUCCESS),
    }
}

/// The first signal ends it in good order, one that comes some time later at once.
fn stop_when_told(stop: &Arc<AtomicBool>) -> Result<(), Error> {
    /// As shells say it of what Ctrl-C ended.
    const INTERRUPTED: i32 = 130;
    /// Some send a signal to a process and then to its group.
    const AT_ONCE: Duration = Duration::from_secs(1);
    let (stop, mut first) = (stop.clone(), None::<Instant>);
    let told = move || {
        stop.store(true, Ordering::Relaxed);
        if first.get_or_insert_with(Instant::now).elapsed() > AT_ONCE {
            std::process::exit(INTERRUPTED);
        }
    };
    ctrlc::set_handler(told).map_err(|error| Error::Signals(io::Error::other(error)))
}

/// The rules in a file.
fn rules(path: &Path) -> Result<AlertRules, Error> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let is_json = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
    let rules = if is_json {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        toml::from_str(&text).map_err(|error| error.to_string())
    };
    rules.map_err(|reason| Error::AlertRules { path: path.to_owned(), reason: reason.trim_end().to_owned() })
}

fn in_rules(error: audience_realtime::Error, path: Option<&Path>) -> Error {
    match (error, path) {
        (error @ audience_realtime::Error::InRule { .. }, Some(path)) => {
            Error::AlertRules { path: path.to_owned(), reason: error.to_string() }
        }
        (error, _) => error.into(),
    }
}

/// What is shown, by whoever reads and by a clock.
struct Show<'a> {
    args: &'a LiveArgs,
    is_drawn: bool,
    state: Mutex<State>,
    stop: Arc<AtomicBool>,
    ended: Ended,
}

struct State {
    monitor: LiveMonitor,
    out: BufWriter<io::Stdout>,
    screen: Screen,
    /// Why nothing can be written any more.
    failed: Option<io::Error>,
    /// The latest time that events told, and when they did.
    told: Option<(Timestamp, Instant)>,
}

/// Reading was ended on purpose, or cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("stopped")]
struct Stopped;

impl Show<'_> {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in an event, and says what time it is.
    fn take(&self, event: Envelope) -> Result<Option<Timestamp>, Stopped> {
        let mut state = self.lock();
        let before = state.monitor.watermark();
        state.monitor.observe(event);
        let now = state.monitor.watermark();
        if self.args.follow && now > before {
            state.told = now.map(|now| (now, Instant::now()));
        }
        let lines = state.monitor.take_lines();
        if self.args.json {
            state.write(&lines);
        }
        if state.failed.is_some() { Err(Stopped) } else { Ok(now) }
    }

    /// From time to time, until the end: tells the time, and shows what there is.
    fn tick(&self) {
        let every = Duration::from_millis(self.args.every.as_millis());
        while !self.ended.within(every) {
            let mut state = self.lock();
            if self.args.follow {
                state.go_on();
            }
            let lines = state.monitor.take_lines();
            if self.args.json {
                state.write(&lines);
                let flushed = state.out.flush();
                state.note(flushed);
            } else if self.is_drawn {
                let text = state.monitor.snapshot(self.args.top, self.args.viewers).to_text(layout());
                let drawn = state.screen.draw(&text);
                state.note(drawn);
            }
            if state.failed.is_some() {
                self.stop.store(true, Ordering::Relaxed);
            }
        }
    }
}

fn layout() -> TextOptions {
    let mut options = TextOptions::default();
    options.width = output::width(None, options.width);
    options
}

impl State {
    fn new(monitor: LiveMonitor) -> Self {
        let out = BufWriter::new(io::stdout());
        Self { monitor, out, screen: Screen::default(), failed: None, told: None }
    }

    /// Time goes on as the clock does, from the time that events told last.
    fn go_on(&mut self) {
        if let Some((at, since)) = self.told {
            let elapsed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
            self.monitor.advance(Timestamp::from_millis(at.as_millis().saturating_add(elapsed)));
        } else {
            // A few events have told nothing yet.
            self.monitor.take_held();
            self.told = self.monitor.watermark().map(|at| (at, Instant::now()));
        }
    }

    fn note(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.failed.get_or_insert(error);
        }
    }

    fn write(&mut self, lines: &[LiveLine]) {
        for line in lines {
            let written = serde_json::to_writer(&mut self.out, line).map_err(io::Error::from);
            let written = written.and_then(|()| self.out.write_all(b"\n"));
            self.note(written);
        }
    }

    /// Shows all that is left to show.
    fn finish(&mut self, args: &LiveArgs, quality: Option<&Quality>, is_drawn: bool) -> Result<(), Error> {
        self.monitor.take_held();
        let mut snapshot = self.monitor.snapshot(args.top, args.viewers);
        if let Some(quality) = quality {
            snapshot = snapshot.with_quality(quality);
        }
        if args.json {
            self.monitor.finish();
            let mut lines = self.monitor.take_lines();
            lines.extend(snapshot.viewer_lines());
            lines.push(self.monitor.summary(quality));
            self.write(&lines);
            let flushed = self.out.flush();
            self.note(flushed);
            return self.failed.take().map_or(Ok(()), |error| Err(Error::Stdout(error)));
        }
        if is_drawn {
            self.screen.clear().map_err(Error::Stdout)?;
        }
        output::write(&snapshot.to_text(layout()), None)
    }
}

/// Whether reading has ended, for who waits for it.
#[derive(Default)]
struct Ended {
    is_so: Mutex<bool>,
    changed: Condvar,
}

impl Ended {
    fn tell(&self) {
        *self.is_so.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }

    /// Waits for so long, unless it has ended before.
    fn within(&self, time: Duration) -> bool {
        let is_so = self.is_so.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(is_so, time, |is_so| !*is_so);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// Lets events come as fast as they did, or so many times as fast.
struct Pace {
    speed: f64,
    begun: Option<(Timestamp, Instant)>,
}

impl Pace {
    const fn new(speed: f64) -> Self {
        Self { speed, begun: None }
    }

    /// Waits until it is that time.
    fn wait(&mut self, now: Option<Timestamp>, stop: &AtomicBool) -> Result<(), Stopped> {
        /// How long it may take to notice that it is to stop.
        const NAP: Duration = Duration::from_millis(50);
        let Some(now) = now else { return Ok(()) };
        let (first, begun) = *self.begun.get_or_insert_with(|| (now, Instant::now()));
        let due = Duration::try_from_secs_f64(now.since(first).as_secs_f64() / self.speed).unwrap_or(Duration::MAX);
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(Stopped);
            }
            match due.checked_sub(begun.elapsed()) {
                Some(left) if !left.is_zero() => std::thread::sleep(left.min(NAP)),
                _ => return Ok(()),
            }
        }
    }
}
