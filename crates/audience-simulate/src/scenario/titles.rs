//! What there is to watch.

/// The catalogue.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Titles {
    /// How many titles there are. 40.
    pub count: u32,
    /// A session plays the title of rank r, counting from 1, with a probability proportional to r to the power of minus
    /// this (Zipf's law); 0 makes all titles equal. 0.9.
    ///
    /// Requests for videos follow such laws with exponents of 0.6 to 1: P. Gill et al., "`YouTube` traffic
    /// characterization: a view from the edge", IMC 2007; L. Breslau et al., "Web caching and Zipf-like distributions",
    /// INFOCOM 1999.
    pub zipf: f64,
    /// How much titles differ in how fast they lose viewers: the standard deviation of the logarithm of the factor on
    /// the hazards of leaving. 0.3.
    pub appeal_spread: f64,
    /// What kinds there are.
    pub kinds: Kinds,
}

impl Default for Titles {
    fn default() -> Self {
        Self { count: 40, zipf: 0.9, appeal_spread: 0.3, kinds: Kinds::default() }
    }
}

/// The kinds of titles.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct Kinds {
    /// Short clips.
    pub clip: KindSpec,
    /// Episodes of series, with an intro and credits.
    pub episode: KindSpec,
    /// Films, with credits.
    pub film: KindSpec,
    /// Trailers.
    pub trailer: KindSpec,
    /// Live channels: no duration, no seeking, no end.
    pub live: KindSpec,
}

/// Titles of one kind.
///
/// Who plays w seconds of a title of length D has not left of their own accord by then with probability
/// `S(w) = exp(−a·H(w))`, where a is the title's appeal and
/// `H(w) = −ln(1 − early_leave)·(1 − exp(−w / early_secs)) − ln(1 − leave)·w / D`:
/// some find at once that it is not for them, and the others get tired of it at a steady rate.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct KindSpec {
    /// Its share of the titles.
    pub share: f64,
    /// Median length in seconds; of a live channel, the length over which [`leave`](Self::leave) counts.
    pub median_secs: f64,
    /// Standard deviation of the logarithm of the length.
    pub spread: f64,
    /// The probability of leaving early.
    pub early_leave: f64,
    /// How long "early" is: the time constant in seconds.
    pub early_secs: f64,
    /// The probability of leaving at some time later, over the whole length.
    pub leave: f64,
    /// The probability that a session begins somewhere in the middle, as when it is resumed.
    pub resume: f64,
    /// The length of the intro in seconds; 0 for none. It begins within the first 90 seconds.
    pub intro_secs: f64,
    /// The part of the length that is credits; 0 for none.
    pub credits: f64,
    /// How many scenes are worth watching again, at most.
    pub scenes: u32,
    /// How many places lose more viewers than others, at most.
    pub weak_points: u32,
    /// The probability that a title has advertisements.
    pub ads: f64,
    /// Content between two breaks in the middle, in seconds; 0 for no such breaks.
    pub break_secs: f64,
}

impl Default for Kinds {
    fn default() -> Self {
        let none = KindSpec {
            share: 0.0,
            median_secs: 0.0,
            spread: 0.0,
            early_leave: 0.0,
            early_secs: 0.0,
            leave: 0.0,
            resume: 0.0,
            intro_secs: 0.0,
            credits: 0.0,
            scenes: 0,
            weak_points: 1,
            ads: 0.0,
            break_secs: 0.0,
        };
        Self {
            clip: KindSpec {
                share: 0.4,
                median_secs: 150.0,
                spread: 0.6,
                early_leave: 0.35,
                early_secs: 10.0,
                leave: 0.35,
                scenes: 1,
                ads: 0.3,
                ..none.clone()
            },
            episode: KindSpec {
                share: 0.3,
                median_secs: 1560.0,
                spread: 0.25,
                early_leave: 0.18,
                early_secs: 60.0,
                leave: 0.3,
                resume: 0.12,
                intro_secs: 60.0,
                credits: 0.04,
                scenes: 3,
                weak_points: 2,
                ads: 0.6,
                break_secs: 600.0,
            },
            film: KindSpec {
                share: 0.12,
                median_secs: 6000.0,
                spread: 0.15,
                early_leave: 0.25,
                early_secs: 180.0,
                leave: 0.45,
                resume: 0.3,
                intro_secs: 0.0,
                credits: 0.06,
                scenes: 4,
                weak_points: 3,
                ads: 0.4,
                break_secs: 1500.0,
            },
            trailer: KindSpec {
                share: 0.12,
                median_secs: 110.0,
                spread: 0.25,
                early_leave: 0.25,
                early_secs: 8.0,
                leave: 0.3,
                scenes: 1,
                ..none.clone()
            },
            live: KindSpec {
                share: 0.06,
                median_secs: 1800.0,
                early_leave: 0.3,
                early_secs: 40.0,
                leave: 0.8,
                ads: 0.5,
                weak_points: 0,
                ..none
            },
        }
    }
}

impl Kinds {
    /// All of them with their names, in the order of [`TitleKind`](crate::TitleKind).
    pub(crate) fn all(&self) -> [(&'static str, &KindSpec); 5] {
        [
            ("clip", &self.clip),
            ("episode", &self.episode),
            ("film", &self.film),
            ("trailer", &self.trailer),
            ("live", &self.live),
        ]
    }
}
