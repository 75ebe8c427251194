//! How data come in.

/// How data come in.
///
/// The buffer is a fluid. It fills with `bandwidth / bit rate` seconds of content a second, up to its size, and playback
/// drains it at the playback rate; playback stalls when it is empty, until [`resume_secs`](Self::resume_secs) are in it.
/// The bandwidth is the viewer's own times a log-normal factor, drawn anew after exponential times. So the chance of a
/// stall and its length follow from bandwidth, ladder and buffer.
///
/// At each change of bandwidth the player chooses: the highest rung that [`safety`](Self::safety) of the bandwidth can
/// carry and the device can show. Upwards it goes only with a quarter of its buffer full, and downwards only with less
/// than three quarters, as players that look at their buffer do (T.-Y. Huang et al., "A buffer-based approach to rate
/// adaptation", SIGCOMM 2014).
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Network {
    /// The encodings of every title, bit rates rising.
    pub ladder: Vec<Rung>,
    /// How long the bandwidth stays as it is on average, in seconds. 20.
    pub change_secs: f64,
    /// Standard deviation of the logarithm of the factor on the bandwidth. 0.55.
    pub spread: f64,
    /// The probability that the bandwidth breaks down at a change, to a twentieth. 0.03.
    pub outage: f64,
    /// The part of the bandwidth that a rung may need. 0.7.
    pub safety: f64,
    /// The size of the buffer in seconds. 30.
    pub buffer_secs: f64,
    /// That of a live stream, which cannot load what has not happened yet. 6.
    pub live_buffer_secs: f64,
    /// How much must be in the buffer for playback to go on after a stall, in seconds. 2.
    pub resume_secs: f64,
    /// How long it takes to begin.
    pub start_up: StartUp,
}

/// How long it takes to begin.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct StartUp {
    /// Median time for player, licence and manifest, in seconds (log-normal). The first
    /// [`resume_secs`](Network::resume_secs) of content are loaded after it. 0.45.
    pub median_secs: f64,
    /// Standard deviation of its logarithm. 0.6.
    pub spread: f64,
    /// Median wait after a seek out of the buffer, besides loading content, in seconds (log-normal, as above). 0.2.
    pub seek_secs: f64,
    /// The share of sessions that begin by themselves; the others after a click. 0.6.
    pub autoplay: f64,
    /// How long viewers take to click on average, in seconds (exponential). 1.5.
    pub click_secs: f64,
}

/// One encoding of a title.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Rung {
    /// Bits per second.
    pub bitrate_bps: u32,
    /// Width of the picture.
    pub width: u32,
    /// Height of the picture.
    pub height: u32,
}

impl Default for Network {
    fn default() -> Self {
        let rung = |bitrate_bps, width, height| Rung { bitrate_bps, width, height };
        Self {
            ladder: vec![
                rung(365_000, 640, 360),
                rung(730_000, 768, 432),
                rung(2_000_000, 960, 540),
                rung(3_000_000, 1280, 720),
                rung(6_000_000, 1920, 1080),
                rung(14_000_000, 3840, 2160),
            ],
            change_secs: 20.0,
            spread: 0.55,
            outage: 0.03,
            safety: 0.7,
            buffer_secs: 30.0,
            live_buffer_secs: 6.0,
            resume_secs: 2.0,
            start_up: StartUp::default(),
        }
    }
}

impl Default for StartUp {
    fn default() -> Self {
        Self { median_secs: 0.45, spread: 0.6, seek_secs: 0.2, autoplay: 0.6, click_secs: 1.5 }
    }
}
