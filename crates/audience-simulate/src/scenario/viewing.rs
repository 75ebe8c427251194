//! How viewers watch, what is put between, and what fails.

/// How viewers watch. Rates are per minute of content played; what happens comes at exponential times.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Viewing {
    /// Pauses. 0.02.
    pub pauses_per_minute: f64,
    /// Median length of a pause in seconds (log-normal with spread 1.2, from 1 s to 2 h). 30.
    pub pause_secs: f64,
    /// The probability that a pause is the end. 0.08.
    pub leave_in_pause: f64,
    /// Seeks ahead, not counting skipped intros and credits. 0.03.
    pub seeks_ahead_per_minute: f64,
    /// How far they go on average, in seconds (exponential). 90.
    pub seek_ahead_secs: f64,
    /// Seeks back: ten seconds mostly, thirty sometimes. 0.025.
    pub seeks_back_per_minute: f64,
    /// Changes of the playback rate by viewers who have one of their own. 0.15.
    pub rate_changes_per_minute: f64,
    /// The probability that a scene worth it is watched again, each time it was watched. 0.09.
    pub rewatch: f64,
    /// The probability of leaving at a weak point. 0.06.
    pub leave_at_weak_point: f64,
    /// The probability of leaving when the credits begin. 0.6.
    pub leave_at_credits: f64,
    /// Viewers wait this long for the first frame without a thought of leaving, in seconds. 2.
    ///
    /// This and the next are from S. S. Krishnan, R. K. Sitaraman, "Video stream quality impacts viewer behavior", IMC
    /// 2012: viewers begin to leave after 2 s, and 5.8 % of them for each second more.
    pub patience_secs: f64,
    /// From then on they leave at this rate, per second. 0.058.
    pub leave_per_second_of_start_up: f64,
    /// They leave a stall at this rate, per second. 0.02.
    pub leave_per_second_of_stall: f64,
}

impl Default for Viewing {
    fn default() -> Self {
        Self {
            pauses_per_minute: 0.02,
            pause_secs: 30.0,
            leave_in_pause: 0.08,
            seeks_ahead_per_minute: 0.03,
            seek_ahead_secs: 90.0,
            seeks_back_per_minute: 0.025,
            rate_changes_per_minute: 0.15,
            rewatch: 0.09,
            leave_at_weak_point: 0.06,
            leave_at_credits: 0.6,
            patience_secs: 2.0,
            leave_per_second_of_start_up: 0.058,
            leave_per_second_of_stall: 0.02,
        }
    }
}

/// Advertisements before a title and in breaks in the middle; which titles have them is said by their kind.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Advertising {
    /// The most advertisements in a row; each number from 1 on is as likely. 2.
    pub most: u32,
    /// Lengths in seconds, each as likely. 6, 15, 30.
    pub lengths_secs: Vec<f64>,
    /// The probability of leaving in an advertisement. 0.03.
    pub leave: f64,
}

impl Default for Advertising {
    fn default() -> Self {
        Self { most: 2, lengths_secs: vec![6.0, 15.0, 30.0], leave: 0.03 }
    }
}

/// What players cannot play.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Failures {
    /// The probability of a fatal error before the first frame. 0.008.
    pub start: f64,
    /// Fatal errors per hour of content played. 0.02.
    pub fatal_per_hour: f64,
    /// Errors that playback survives, per hour of content played. 0.3.
    pub survived_per_hour: f64,
}

impl Default for Failures {
    fn default() -> Self {
        Self { start: 0.008, fatal_per_hour: 0.02, survived_per_hour: 0.3 }
    }
}
