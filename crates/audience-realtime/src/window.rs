//! Stretches of event time.

use audience_core::{Elapsed, Timestamp};

use crate::error::Error;

/// A stretch of event time of a fixed length, in buckets of equal width.
///
/// Buckets begin at multiples of their width since the Unix epoch, so that all who count, count in the same ones. A *sliding* window ends
/// with any bucket; *tumbling* windows begin at multiples of their length and do not overlap.
///
/// # Examples
///
/// ```
/// use audience_core::{Elapsed, Timestamp};
/// use audience_realtime::Window;
///
/// let window = Window::new(Elapsed::from_secs(60), Elapsed::from_secs(10))?;
/// assert_eq!(window.buckets(), 6);
/// assert!(Window::new(Elapsed::from_secs(60), Elapsed::from_secs(7)).is_err());
/// # Ok::<(), audience_realtime::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(try_from = "Lengths", into = "Lengths")
)]
pub struct Window {
    bucket: i64,
    buckets: i64,
}

/// A window as it is written.
#[cfg(feature = "serde")]
#[derive(Clone, Copy, serde::Serialize, serde::Deserialize)]
struct Lengths {
    length: Elapsed,
    bucket: Elapsed,
}

#[cfg(feature = "serde")]
impl TryFrom<Lengths> for Window {
    type Error = Error;

    fn try_from(Lengths { length, bucket }: Lengths) -> Result<Self, Error> {
        Self::new(length, bucket)
    }
}

#[cfg(feature = "serde")]
impl From<Window> for Lengths {
    fn from(window: Window) -> Self {
        Self { length: window.length(), bucket: window.bucket() }
    }
}

impl Window {
    /// The most buckets a window may have.
    pub const MAX_BUCKETS: u64 = 1 << 20;

    /// A window of this length in buckets of this width.
    ///
    /// # Errors
    ///
    /// [`Error::NotBuckets`] when the length is not 1 to 2²⁰ times the width, or the width is more than a week.
    pub fn new(length: Elapsed, bucket: Elapsed) -> Result<Self, Error> {
        const WEEK: u64 = 7 * 86_400_000;
        let (of_length, of_bucket) = (length.as_millis(), bucket.as_millis());
        let buckets = of_length.checked_div(of_bucket).unwrap_or(0);
        let whole = of_bucket <= WEEK && (1..=Self::MAX_BUCKETS).contains(&buckets) && of_length % of_bucket == 0;
        if !whole {
            return Err(Error::NotBuckets { length, bucket, most: Self::MAX_BUCKETS });
        }
        Ok(Self { bucket: of_bucket as i64, buckets: buckets as i64 })
    }

    /// How long it is.
    pub const fn length(self) -> Elapsed {
        Elapsed::from_millis((self.bucket * self.buckets) as u64)
    }

    /// How wide a bucket is.
    pub const fn bucket(self) -> Elapsed {
        Elapsed::from_millis(self.bucket as u64)
    }

    /// How many buckets it has.
    pub const fn buckets(self) -> u64 {
        self.buckets as u64
    }

    /// The number of the bucket that `at` is in.
    pub(crate) const fn number(self, at: Timestamp) -> i64 {
        at.as_millis().div_euclid(self.bucket)
    }

    /// When the bucket of this number begins.
    pub(crate) const fn start(self, number: i64) -> Timestamp {
        Timestamp::from_millis(number.saturating_mul(self.bucket))
    }
}
