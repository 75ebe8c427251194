//! One player and one viewer, from load to end.

mod acts;
mod begin;
mod buffer;
mod play;

use std::ops::ControlFlow;

use audience_core::{
    Bitrate, EndReason, Event, EventKind, ExitReason, MediaTime, PlayerError, Rate, Timestamp, Vitals,
};

use crate::random::{Purpose, Stream};
use crate::scenario::Scenario;
use crate::title::{Title, TitleKind};
use crate::truth::SessionTruth;
use crate::viewer::Viewer;

pub(crate) use buffer::Buffer;

/// Goes on, or it is over.
type Flow = ControlFlow<ExitReason>;

/// No session plays more than this: whoever forgot to switch off is asked whether anybody is there.
const LONGEST_MS: u64 = 12 * 3_600_000;

/// What a session is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) title: &'a Title,
    pub(crate) viewer: &'a Viewer,
    /// Index of the CDN.
    pub(crate) cdn: usize,
    /// Factor of the arm on the hazard of leaving.
    pub(crate) hazard: f64,
    pub(crate) seed: u64,
    pub(crate) session: u64,
    /// When it begins, in milliseconds since 1970.
    pub(crate) begin: i64,
}

/// A player at work. Times are milliseconds.
#[derive(Debug)]
pub(crate) struct Player<'a> {
    setting: Setting<'a>,
    stream: Stream,
    buffer: Buffer<'a>,
    now: i64,
    position: u64,
    /// Where the content is over; never, for a live channel.
    length: u64,
    /// Thousandths of normal speed.
    rate: u64,
    /// Content played so far.
    watched: u64,
    /// Where the present run began.
    run_began: u64,
    /// The viewer leaves when so much is watched.
    leaves_after: u64,
    /// Something else comes to mind when so much is watched.
    acts_after: u64,
    /// The next cue of the title.
    cue: usize,
    /// Skips from here to there.
    skip: Option<(u64, u64)>,
    /// The last break that was shown.
    last_break: u64,
    next_heartbeat: i64,
    frames: Frames,
    events: Vec<Event>,
    truth: SessionTruth,
}

/// Frames decoded and dropped.
#[derive(Debug, Default)]
struct Frames {
    decoded: u64,
    dropped: u64,
    /// Playing time until the last count.
    counted: u64,
}

impl<'a> Player<'a> {
    pub(crate) fn new(setting: Setting<'a>, stream: Stream, truth: SessionTruth) -> Self {
        let (scenario, title) = (setting.scenario, setting.title);
        let live = title.kind == TitleKind::Live;
        let network = Stream::new(setting.seed, Purpose::Network, setting.session);
        // A live channel is where its clock is: an hour old when the simulation begins.
        let position = if live { setting.begin.abs_diff(scenario.start.as_millis()) + 3_600_000 } else { 0 };
        Self {
            buffer: Buffer::new(setting, network),
            setting,
            stream,
            now: setting.begin,
            position,
            length: if live { u64::MAX } else { title.plan.length },
            rate: 1000,
            watched: 0,
            run_began: 0,
            leaves_after: 0,
            acts_after: 0,
            cue: 0,
            skip: None,
            last_break: 0,
            next_heartbeat: i64::MAX,
            frames: Frames::default(),
            events: Vec::with_capacity(32),
            truth,
        }
    }

    /// Plays the session.
    pub(crate) fn run(mut self) -> (Vec<Event>, SessionTruth) {
        let exit = match self.live_through() {
            ControlFlow::Break(exit) => exit,
            ControlFlow::Continue(never) => match never {},
        };
        self.close_run();
        let reason = match exit {
            ExitReason::Ended => EndReason::Ended,
            ExitReason::Failed => EndReason::Error,
            _ => EndReason::Abandoned,
        };
        self.tell(EventKind::end(reason));
        self.truth.exit = exit;
        self.truth.exit_position = MediaTime::from_millis(self.position);
        self.truth.watched = MediaTime::from_millis(self.watched);
        (self.events, self.truth)
    }

    fn live_through(&mut self) -> ControlFlow<ExitReason, std::convert::Infallible> {
        self.begin()?;
        loop {
            self.go_on()?;
        }
    }

    /// Reports something at the present time and position.
    fn tell(&mut self, kind: EventKind) {
        self.tell_with(kind, None);
    }

    fn tell_with(&mut self, kind: EventKind, vitals: Option<Box<Vitals>>) {
        let mut event = Event::new(Timestamp::from_millis(self.now), kind)
            .at(MediaTime::from_millis(self.position))
            .numbered(self.events.len() as u64);
        event.vitals = vitals;
        self.events.push(event);
    }

    fn tell_error(&mut self, code: &str, message: &str, fatal: bool) {
        self.truth.errors += 1;
        let error = PlayerError { code: Some(code.into()), message: Some(message.into()), fatal };
        self.tell(EventKind::Error(Box::new(error)));
    }

    /// Time passes while the playhead stands.
    fn stand(&mut self, millis: u64) {
        let until = self.now.saturating_add_unsigned(millis);
        while self.next_heartbeat <= until {
            self.buffer.load(self.next_heartbeat.abs_diff(self.now), 0, self.ahead());
            self.now = self.next_heartbeat;
            self.beat();
        }
        self.buffer.load(until.abs_diff(self.now), 0, self.ahead());
        self.now = until;
    }

    /// A heartbeat, and when the next one is due.
    fn beat(&mut self) {
        let device = &self.setting.scenario.viewers.devices[self.setting.viewer.device];
        let playing = self.truth.playing.as_millis();
        let frames = (playing - self.frames.counted) / 40;
        self.frames.counted = playing;
        self.frames.decoded += frames;
        self.frames.dropped += (frames as f64 * device.dropped * self.stream.exponential()).min(frames as f64) as u64;
        let vitals = Vitals {
            bitrate: Bitrate::from_bps(u64::from(self.buffer.rung().bitrate_bps)),
            buffer: Some(MediaTime::from_millis(self.buffer.level())),
            dropped_frames: Some(self.frames.dropped),
            decoded_frames: Some(self.frames.decoded),
            ..Vitals::default()
        };
        self.tell_with(EventKind::Heartbeat, Some(Box::new(vitals)));
        self.next_heartbeat = self.now + millis(self.setting.scenario.heartbeat_secs) as i64;
    }

    /// Content that is still to come.
    fn ahead(&self) -> u64 {
        self.length - self.position
    }

    /// What is played next does not follow what was played last.
    fn close_run(&mut self) {
        if self.position > self.run_began && self.truth.startup.is_some() {
            let run = (MediaTime::from_millis(self.run_began), MediaTime::from_millis(self.position));
            self.truth.runs.push(run);
        }
        self.run_began = self.position;
    }

    /// The rate as an event has it.
    fn rate_now(&self) -> Rate {
        // Rates are between 1 and 2.
        Rate::new(self.rate as f64 / 1000.0).unwrap_or_default()
    }
}

/// Seconds as whole milliseconds.
fn millis(secs: f64) -> u64 {
    (secs * 1000.0) as u64
}
