//! Our own index, which says where every point went.

mod policy;

pub use policy::{ExperiencePolicy, ExperienceWeights};

/// Our own score of a session, 0 to 100: a *policy index, not a MOS*. It says how far a session was from one without
/// trouble, by weights that are somebody's policy ([`ExperienceWeights`]); no viewer was asked.
///
/// 100 · exp(−Σ penalties), where each penalty is 0 or more. So each part is a factor between 0 and 1, no part can make up
/// for another, nothing is cut off at 0, and more of any trouble never makes it higher. Amounts are taken per time in
/// which frames moved, so that sessions of any length compare.
///
/// Blind to when things happened, to the content, and to all that is not known: a part that is not known costs nothing, so
/// that sessions of players which report more have lower scores. Compare sessions of which the same parts are known.
///
/// # Examples
///
/// ```
/// use audience_qoe::{ExperiencePolicy, Impairment, Viewing};
///
/// // Ten minutes, 4 s of start-up, one stall of 6 s.
/// let viewing = Viewing::new(600.0)?.with_startup(4.0)?.with_stalls(1, 6.0)?;
/// let score = ExperiencePolicy::default().score(&viewing);
/// assert_eq!(score.score.round(), 83.0);
///
/// let startup = score.part(Impairment::StartUp).unwrap();
/// assert_eq!(startup.penalty, 0.116); // 0.058 for each second after the second
/// assert_eq!((startup.factor * 100.0).round(), 89.0);
/// assert_eq!(score.part(Impairment::Bitrate), None); // not known
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ExperienceScore {
    /// The index, above 0 and up to 100 (a penalty beyond some 700 makes it 0).
    pub score: f64,
    /// What it is made of, in the order of [`Impairment::ALL`].
    pub parts: [ScorePart; 8],
}

/// One part of an [`ExperienceScore`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ScorePart {
    /// What it is about.
    pub impairment: Impairment,
    /// What it costs; `None` when that is not known, which costs nothing.
    pub cost: Option<Cost>,
}

/// What a part costs.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Cost {
    /// The penalty, 0 or more.
    pub penalty: f64,
    /// By what it multiplies the score: exp(−penalty), 0 to 1.
    pub factor: f64,
    /// The points lost by it: its share of the penalties of all that is missing to 100.
    pub points: f64,
}

/// What takes points from an [`ExperienceScore`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Impairment {
    /// Waiting for the first frame.
    StartUp,
    /// Time spent in stalls.
    StallTime,
    /// How often it stalled.
    StallFrequency,
    /// Time spent waiting after seeks.
    SeekWaiting,
    /// Switches of the bit rate.
    Switches,
    /// A low bit rate.
    Bitrate,
    /// Frames that were dropped.
    DroppedFrames,
    /// A fatal error.
    Failure,
}

impl Impairment {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::StartUp,
        Self::StallTime,
        Self::StallFrequency,
        Self::SeekWaiting,
        Self::Switches,
        Self::Bitrate,
        Self::DroppedFrames,
        Self::Failure,
    ];

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::StartUp => "start-up",
            Self::StallTime => "stall time",
            Self::StallFrequency => "stall frequency",
            Self::SeekWaiting => "waits after seeks",
            Self::Switches => "switches",
            Self::Bitrate => "bit rate",
            Self::DroppedFrames => "dropped frames",
            Self::Failure => "failure",
        }
    }
}

impl ExperienceScore {
    /// From what each part costs.
    fn new(penalties: [Option<f64>; 8]) -> Self {
        let sum: f64 = penalties.iter().flatten().sum();
        let score = index(sum);
        let per_penalty = if sum > 0.0 { (100.0 - score) / sum } else { 0.0 };
        let cost = |penalty: f64| Cost { penalty, factor: libm::exp(-penalty), points: penalty * per_penalty };
        let part = |part: usize| ScorePart { impairment: Impairment::ALL[part], cost: penalties[part].map(cost) };
        Self { score, parts: std::array::from_fn(part) }
    }

    /// What a part costs; `None` when that is not known.
    pub fn part(&self, impairment: Impairment) -> Option<Cost> {
        self.parts[impairment as usize].cost
    }

    /// The parts that are known.
    pub fn known(&self) -> impl Iterator<Item = Impairment> {
        self.parts.iter().filter(|part| part.cost.is_some()).map(|part| part.impairment)
    }
}

/// 100 · exp(−penalties).
fn index(penalties: f64) -> f64 {
    100.0 * libm::exp(-penalties)
}
