//! What goes wrong between the players and the log.

/// What goes wrong between the players and the log. None of it changes what is watched: the same seed gives the same
/// viewing with other faults.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Faults {
    /// The probability that an event arrives late. 0.005.
    pub late: f64,
    /// How late at most, in seconds; evenly from 1 s on. 60.
    pub late_secs: f64,
    /// The probability that an event is sent twice, with the same `event_id` and `seq`. 0.005.
    pub repeated: f64,
    /// The probability that an event is lost. 0.002.
    pub lost: f64,
    /// The probability that a session ends without saying so: a closed tab, a lost network. 0.05.
    pub silent: f64,
    /// The share of viewers whose clock is wrong. 0.01.
    pub skewed: f64,
    /// By how much at most, in seconds, either way; evenly. 600.
    pub skew_secs: f64,
    /// The share of viewers whose device has no clock and counts from 1970 on when it is switched on. 0: one of them
    /// stretches the period of a report over half a century.
    pub clockless: f64,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            late: 0.005,
            late_secs: 60.0,
            repeated: 0.005,
            lost: 0.002,
            silent: 0.05,
            skewed: 0.01,
            skew_secs: 600.0,
            clockless: 0.0,
        }
    }
}

impl Faults {
    /// All of them so many times as often, none beyond always. 0 for none at all.
    #[must_use]
    pub fn times(&self, factor: f64) -> Self {
        // What is no probability stays none, so that it is refused.
        let often = |rate: f64| if rate <= 1.0 && rate * factor > 1.0 { 1.0 } else { rate * factor };
        Self {
            late: often(self.late),
            repeated: often(self.repeated),
            lost: often(self.lost),
            silent: often(self.silent),
            skewed: often(self.skewed),
            clockless: often(self.clockless),
            ..*self
        }
    }
}
