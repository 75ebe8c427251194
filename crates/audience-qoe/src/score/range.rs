//! Which numbers make sense.

use audience_core::Elapsed;

use crate::error::Error;

/// The longest time spent waiting that is taken for real, in seconds: a day.
pub(super) const LONGEST_WAIT: f64 = 86_400.0;

/// The longest time in which frames moved, in seconds: a leap year.
pub(super) const LONGEST_PLAYING: f64 = 366.0 * 86_400.0;

/// The highest bit rate, in bits per second: that of [`audience_core::Bitrate`].
pub(super) const HIGHEST_BITRATE: f64 = u32::MAX as f64;

/// `value`, if it lies between `least` and `most`.
pub(super) fn within(field: &'static str, value: f64, least: f64, most: f64) -> Result<f64, Error> {
    // NaN is in no range.
    if (least..=most).contains(&value) { Ok(value) } else { Err(Error::OutOfRange { field, value, least, most }) }
}

/// A time spent waiting, in seconds.
pub(super) fn wait(field: &'static str, secs: f64) -> Result<f64, Error> {
    within(field, secs, 0.0, LONGEST_WAIT)
}

/// A time spent waiting as facts have it, in seconds: of more than a day, a day.
pub(super) fn wait_of(time: Elapsed) -> f64 {
    time.as_secs_f64().min(LONGEST_WAIT)
}
