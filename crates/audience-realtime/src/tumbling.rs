//! Windows that do not overlap, each once.

use audience_core::Timestamp;

use crate::figures::WindowFigures;
use crate::key::Key;
use crate::live::LiveAudience;

/// The windows of a live audience that begin at multiples of their length, each once, when it is *final*: when it ends no later than events
/// may still come, which is [`lateness`](crate::LiveSpec::lateness) before the watermark.
///
/// Windows in which nobody was there and nothing happened are passed over, however many lie between two events. Figures are what is known
/// when a window is given: who has fallen silent is there until the [time-out](crate::LiveSpec::timeout), and windows that were given until then
/// are not given again.
///
/// # Examples
///
/// ```
/// use audience_core::{Elapsed, Envelope, Event, EventKind, Timestamp};
/// use audience_realtime::{Key, LiveAudience, LiveSpec, Tumbling, Window};
///
/// let event = |secs: i64, kind| Envelope {
///     session_id: "tv".into(),
///     viewer_id: None,
///     content_id: Some("film".into()),
///     event: Event::new(Timestamp::from_millis(secs * 1000), kind),
///     attributes: Vec::new(),
/// };
/// let minutes = Window::new(Elapsed::from_secs(60), Elapsed::from_secs(1))?;
/// let mut live = LiveAudience::new(LiveSpec::default().with_window(minutes))?;
/// let mut tumbling = Tumbling::new(&mut live);
/// let mut watched = Vec::new();
/// for envelope in [event(30, EventKind::Play), event(90, EventKind::Pause), event(86_400, EventKind::Play)] {
///     live.observe(envelope);
///     tumbling.take(&mut live, |key, figures| {
///         if *key == Key::ALL {
///             watched.push((figures.start.as_millis() / 1000, figures.playing.time.as_millis() / 1000));
///         }
///     });
/// }
/// live.finish();
/// tumbling.take_rest(&mut live, |key, figures| {
///     if *key == Key::ALL {
///         watched.push((figures.start.as_millis() / 1000, figures.playing.time.as_millis() / 1000));
///     }
/// });
/// assert_eq!(watched, [(0, 30), (60, 30)]); // one event a day later is ahead of all others
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Tumbling {
    /// The number of the bucket with which the next window begins, or `i64::MIN` where nothing is known yet.
    next: i64,
}

impl Tumbling {
    /// Those of this audience from now on: of one that has seen events, those that can still change.
    pub fn new(live: &mut LiveAudience) -> Self {
        let mut next = i64::MIN;
        if let Some(watermark) = live.watermark() {
            next = start_of(live, number_until(live, watermark));
        }
        let tumbling = Self { next };
        tumbling.keep(live);
        tumbling
    }

    /// Gives the windows that have become final, in order of time and then of keys. To be called after each change of the audience.
    pub fn take(&mut self, live: &mut LiveAudience, each: impl FnMut(&Key, &WindowFigures)) {
        let Some(watermark) = live.watermark() else { return };
        let limit = number_until(live, watermark);
        if limit >= self.next.saturating_add(live.spec().window.buckets() as i64) {
            self.pass(live, limit, each);
        }
    }

    /// Gives all other windows up to that of the last event, for when no more events come: after [`LiveAudience::finish`].
    pub fn take_rest(&mut self, live: &mut LiveAudience, each: impl FnMut(&Key, &WindowFigures)) {
        let Some(watermark) = live.watermark() else { return };
        let last = start_of(live, live.spec().window.number(watermark));
        self.pass(live, last.saturating_add(live.spec().window.buckets() as i64), each);
    }

    /// When the window begins that is the next to be given: all before it were.
    pub fn until(&self, live: &LiveAudience) -> Option<Timestamp> {
        (self.next > i64::MIN).then(|| live.spec().window.start(self.next))
    }

    /// Gives the windows that end with the bucket before this one or earlier.
    fn pass(&mut self, live: &mut LiveAudience, limit: i64, mut each: impl FnMut(&Key, &WindowFigures)) {
        let buckets = live.spec().window.buckets() as i64;
        let audiences = live.audiences();
        loop {
            let busy: Vec<_> = audiences.iter().map(|(_, window)| window.busy_from(self.next)).collect();
            let Some(first) = busy.iter().flatten().min() else { break };
            let end = start_of(live, *first).saturating_add(buckets);
            if end > limit {
                break;
            }
            for ((key, window), busy) in audiences.iter().zip(&busy) {
                if busy.is_none_or(|busy| busy >= end) {
                    continue;
                }
                let figures = window.figures(end, buckets as u64);
                if !figures.is_idle() {
                    each(key, &figures);
                }
            }
            self.next = end;
        }
        self.next = self.next.max(start_of(live, limit));
        self.keep(live);
    }

    fn keep(&self, live: &mut LiveAudience) {
        live.keep_from(live.spec().window.start(self.next));
    }
}

/// The number of the first bucket that events may still come of.
fn number_until(live: &LiveAudience, watermark: Timestamp) -> i64 {
    let until = watermark.as_millis().saturating_sub_unsigned(live.spec().lateness.as_millis());
    live.spec().window.number(Timestamp::from_millis(until))
}

/// The number of the bucket with which the window begins that this one is in.
fn start_of(live: &LiveAudience, number: i64) -> i64 {
    let buckets = live.spec().window.buckets() as i64;
    number.div_euclid(buckets).saturating_mul(buckets)
}
