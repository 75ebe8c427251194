//! All scores of one session.

use audience_core::SessionFacts;

use super::index::ExperiencePolicy;
use super::iqx::stalling_mos;
use super::kino::{QoeBreakdown, QoePerHour, kino_quality_score};
use super::linear::LinearQoe;
use super::mux::MuxScores;
use super::viewing::Viewing;

/// The scores there are.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Score {
    /// kino's, 0 to 100: [`QoeBreakdown`].
    Kino,
    /// The same for an hour of playback, 0 to 100: [`QoePerHour`].
    KinoPerHour,
    /// kino's of picture height, stalls and switches, 0 to 100: [`kino_quality_score`].
    KinoQuality,
    /// Mux's of start-up, 0 to 100: [`MuxScores::startup`].
    MuxStartup,
    /// Mux's of stalls, 0 to 100: [`MuxScores::smoothness`].
    MuxSmoothness,
    /// Mux's of enlarged pictures, 0 to 100: [`MuxScores::video_quality`].
    MuxVideoQuality,
    /// That of research on adaptive streaming, in Mbit/s: [`LinearQoe`].
    Linear,
    /// The MOS that short clips with such stalls had, 1.5 to 5: [`stalling_mos`].
    StallingMos,
    /// Our own policy index, 0 to 100, no MOS: [`ExperienceScore`](crate::ExperienceScore).
    Experience,
}

impl Score {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Kino,
        Self::KinoPerHour,
        Self::KinoQuality,
        Self::MuxStartup,
        Self::MuxSmoothness,
        Self::MuxVideoQuality,
        Self::Linear,
        Self::StallingMos,
        Self::Experience,
    ];

    /// Its name: that of its field in [`PerScore`].
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kino => "kino",
            Self::KinoPerHour => "kino_per_hour",
            Self::KinoQuality => "kino_quality",
            Self::MuxStartup => "mux_startup",
            Self::MuxSmoothness => "mux_smoothness",
            Self::MuxVideoQuality => "mux_video_quality",
            Self::Linear => "linear",
            Self::StallingMos => "stalling_mos",
            Self::Experience => "experience",
        }
    }
}

/// Something for each score.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct PerScore<T> {
    /// Of [`Score::Kino`].
    pub kino: T,
    /// Of [`Score::KinoPerHour`].
    pub kino_per_hour: T,
    /// Of [`Score::KinoQuality`].
    pub kino_quality: T,
    /// Of [`Score::MuxStartup`].
    pub mux_startup: T,
    /// Of [`Score::MuxSmoothness`].
    pub mux_smoothness: T,
    /// Of [`Score::MuxVideoQuality`].
    pub mux_video_quality: T,
    /// Of [`Score::Linear`].
    pub linear: T,
    /// Of [`Score::StallingMos`].
    pub stalling_mos: T,
    /// Of [`Score::Experience`].
    pub experience: T,
}

impl<T> PerScore<T> {
    /// What `of` says of each.
    pub fn from_fn(mut of: impl FnMut(Score) -> T) -> Self {
        Self {
            kino: of(Score::Kino),
            kino_per_hour: of(Score::KinoPerHour),
            kino_quality: of(Score::KinoQuality),
            mux_startup: of(Score::MuxStartup),
            mux_smoothness: of(Score::MuxSmoothness),
            mux_video_quality: of(Score::MuxVideoQuality),
            linear: of(Score::Linear),
            stalling_mos: of(Score::StallingMos),
            experience: of(Score::Experience),
        }
    }

    /// That of one score.
    pub fn get(&self, score: Score) -> &T {
        match score {
            Score::Kino => &self.kino,
            Score::KinoPerHour => &self.kino_per_hour,
            Score::KinoQuality => &self.kino_quality,
            Score::MuxStartup => &self.mux_startup,
            Score::MuxSmoothness => &self.mux_smoothness,
            Score::MuxVideoQuality => &self.mux_video_quality,
            Score::Linear => &self.linear,
            Score::StallingMos => &self.stalling_mos,
            Score::Experience => &self.experience,
        }
    }
}

/// All scores of one session; `None` where something that a score needs is not known.
pub type SessionScores = PerScore<Option<f64>>;

/// What scores with a choice are made with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default, deny_unknown_fields))]
pub struct ScoreRules {
    /// What counts how much in [`Score::Linear`].
    pub linear: LinearQoe,
    /// What counts how much in [`Score::Experience`].
    pub experience: ExperiencePolicy,
}

impl ScoreRules {
    /// All scores of one session; without any when nothing was played in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_core::{Event, EventKind, MediaTime, Rules, Session, Timestamp};
    /// use audience_qoe::ScoreRules;
    ///
    /// let at = |secs: i64, kind| Event::new(Timestamp::from_millis(secs * 1000), kind);
    /// let session = Session::new("s1", "film", [
    ///     at(0, EventKind::PlayRequest),
    ///     at(2, EventKind::Play).at(MediaTime::ZERO),
    ///     at(62, EventKind::Pause).at(MediaTime::from_secs(60)),
    /// ]);
    /// let scores = ScoreRules::default().scores(&session.facts(&Rules::default(), None));
    /// assert_eq!((scores.mux_startup, scores.kino), (Some(80.0), Some(100.0)));
    /// assert_eq!(scores.linear, None); // nobody said which bit rate it was
    ///
    /// let never = Session::new("s2", "film", [at(0, EventKind::PlayRequest)]);
    /// assert_eq!(ScoreRules::default().scores(&never.facts(&Rules::default(), None)).kino, None);
    /// ```
    pub fn scores(&self, facts: &SessionFacts) -> SessionScores {
        Viewing::of(facts).map(|viewing| self.scores_of(&viewing)).unwrap_or_default()
    }

    /// All scores of one session in which something was played. [`Score::KinoQuality`] is left out where the height of the
    /// picture is not known, although kino has a number for that.
    pub fn scores_of(&self, viewing: &Viewing) -> SessionScores {
        let mux = MuxScores::of(viewing);
        let kino_quality = |height| kino_quality_score(Some(height), viewing.stalls, viewing.switches);
        PerScore {
            kino: Some(QoeBreakdown::of(viewing).score),
            kino_per_hour: Some(QoePerHour::of(viewing).score),
            kino_quality: viewing.height.map(kino_quality),
            mux_startup: mux.startup,
            mux_smoothness: mux.smoothness,
            mux_video_quality: mux.video_quality,
            linear: self.linear.of(viewing),
            stalling_mos: Some(stalling_mos(viewing)),
            experience: Some(self.experience.index(viewing)),
        }
    }
}
