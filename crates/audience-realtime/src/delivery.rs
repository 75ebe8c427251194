//! What CDNs and servers did with requests.

mod cell;
mod summary;

pub use summary::{CacheSummary, DeliverySummary, ResponseCounts, StatusCount};

use audience_core::{Accumulator, Event, EventKind, Merge, Request, Timestamp};

use crate::sliding::Sliding;
use crate::window::Window;
use cell::DeliveryCell;

/// What a CDN or server did with the requests of players, over a window that slides: statuses, errors, cache hits,
/// throughput, and how long first and last bytes took.
///
/// Its items are events, of which only [requests](EventKind::Request) count; each counts in the bucket that its own time is
/// in, whenever it comes. Which requests are of one CDN the caller says: with a [`Table`](crate::Table) by CDN, host,
/// country or anything else. All is exact and merges exactly, bytes included, except for quantiles of durations, which are
/// within 1 %. As many buckets as two windows have are kept, and two more: the latest of all that have seen a request.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, CacheResult, Elapsed, Event, EventKind, Request, Timestamp};
/// use audience_realtime::{Delivery, Table, Window};
///
/// let window = Window::new(Elapsed::from_secs(60), Elapsed::from_secs(10))?;
/// let mut by_cdn = Table::<Box<str>, _>::new(100, Delivery::new(window));
/// for (cdn, status, cache, bytes, millis) in [
///     ("a", 200, CacheResult::Hit, 500_000, 400),
///     ("a", 200, CacheResult::Miss, 500_000, 1600),
///     ("b", 503, CacheResult::Error, 0, 10),
/// ] {
///     let request = Request {
///         status: Some(status),
///         cache: Some(cache),
///         bytes: Some(bytes),
///         elapsed: Some(Elapsed::from_millis(millis)),
///         ..Request::default()
///     };
///     by_cdn.observe(cdn, &Event::new(Timestamp::from_millis(5000), EventKind::Request(Box::new(request))));
/// }
/// let a = by_cdn.get("a").unwrap().summary_until(Timestamp::from_millis(10_000));
/// assert_eq!(a.throughput_bps, Some(4_000_000.0)); // 8 Mbit in 2 s
/// assert_eq!(a.cache.hit_ratio.unwrap().as_f64(), 0.5);
/// assert_eq!(a.responses.error_ratio.unwrap().as_f64(), 0.0);
/// let b = by_cdn.get("b").unwrap().summary_until(Timestamp::from_millis(10_000));
/// assert_eq!(b.responses.error_ratio.unwrap().as_f64(), 1.0);
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Form"))]
pub struct Delivery {
    sliding: Sliding<DeliveryCell>,
}

/// A state as it is written.
#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
struct Form {
    sliding: Sliding<DeliveryCell>,
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for Delivery {
    type Error = crate::Error;

    fn try_from(Form { sliding }: Form) -> Result<Self, crate::Error> {
        if sliding.all().all(DeliveryCell::is_consistent) {
            Ok(Self { sliding })
        } else {
            Err(crate::Error::Inconsistent)
        }
    }
}

impl Delivery {
    /// Over such a window.
    pub fn new(window: Window) -> Self {
        Self { sliding: Sliding::new(window) }
    }

    /// The window figures are of.
    pub fn window(&self) -> Window {
        self.sliding.window()
    }

    /// Takes a request in that was received then.
    pub fn observe_request(&mut self, at: Timestamp, request: &Request) {
        if let Some((cell, _)) = self.sliding.at(at) {
            cell.observe(request);
        }
    }

    /// Figures over the window whose last bucket is the last that is over at `end`.
    ///
    /// Rates over time are by what of the window is covered: from the first request there ever was, if that is in the
    /// window, else from the window's start, to its end; until as much as a bucket is covered there are none.
    pub fn summary_until(&self, end: Timestamp) -> DeliverySummary {
        summary::of(&self.sliding, &self.sliding.span_until(end))
    }

    /// Forgets buckets that are over at this time, for good. Requests that come for them later are counted as outside.
    pub fn forget_before(&mut self, at: Timestamp) {
        self.sliding.forget_before(at);
    }

    /// Requests in no bucket that is kept: too late, pushed out, or forgotten.
    pub const fn outside(&self) -> u64 {
        self.sliding.outside()
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.sliding.all().map(DeliveryCell::size_bytes).sum()
    }
}

/// # Panics
///
/// When the windows are different ones, which is a bug in the program.
impl Merge for Delivery {
    fn merge(&mut self, other: Self) {
        self.sliding.merge(other.sliding);
    }
}

impl Accumulator for Delivery {
    type Item = Event;
    /// `None` when there is no request.
    type Summary = Option<DeliverySummary>;

    /// Takes an event in; what is no request changes nothing.
    fn observe(&mut self, event: &Event) {
        if let EventKind::Request(request) = &event.kind {
            self.observe_request(event.ts, request);
        }
    }

    /// Figures over the window that ends with the latest bucket that has a request, as if that were over.
    fn summary(&self) -> Option<DeliverySummary> {
        self.sliding.latest_span().map(|span| summary::of(&self.sliding, &span))
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for Delivery {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.delivery/1", &self.window())
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}
