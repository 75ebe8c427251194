//! In which renditions content was played.

use std::collections::HashMap;

use audience_core::{Bitrate, Ratio, Rendition, SessionFacts};
use audience_stats::{Accumulator, Merge, merge_fields};
use foldhash::fast::RandomState;

/// Content played by rendition, exactly as players tell them apart (playing time by rendition).
///
/// Memory grows with the number of different renditions, of which a session has no more than
/// [`SessionFacts::MAX_RENDITIONS`].
#[derive(Clone, Debug, Default)]
pub struct Renditions {
    played: HashMap<Rendition, Played, RandomState>,
    watched_ms: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Played {
    sessions: u64,
    played_ms: u64,
}

/// What [`Renditions`] have seen.
#[derive(Clone, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RenditionsSummary {
    /// Each rendition, the lowest bit rate first; those without a bit rate before all others.
    pub renditions: Vec<RenditionShare>,
    /// Content played in a rendition that nobody reported, in milliseconds.
    pub unknown_ms: u64,
}

/// A rendition and how much was played in it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RenditionShare {
    /// Its declared bit rate; `None` when unknown.
    pub bitrate_bps: Option<u64>,
    /// Width of its picture in pixels; 0 when unknown.
    pub width: u32,
    /// Height of its picture in pixels; 0 when unknown.
    pub height: u32,
    /// Sessions that played some of it.
    pub sessions: u64,
    /// Content played in it, in milliseconds.
    pub played_ms: u64,
    /// The same as a share of the content played in known renditions.
    pub share: Ratio,
}

merge_fields!(Renditions { played, watched_ms });
merge_fields!(Played { sessions, played_ms });

impl Accumulator for Renditions {
    type Item = SessionFacts;
    type Summary = RenditionsSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.watched_ms.merge(facts.watched.as_millis());
        for played in &facts.renditions {
            let played_ms = played.played.as_millis();
            self.played.entry(played.rendition).or_default().merge(Played { sessions: 1, played_ms });
        }
    }

    fn summary(&self) -> RenditionsSummary {
        let known: u64 = self.played.values().fold(0, |sum, played| played.played_ms.saturating_add(sum));
        let mut renditions: Vec<_> = self.played.iter().collect();
        renditions.sort_unstable_by_key(|(rendition, _)| **rendition);
        let share = |(rendition, played): (&Rendition, &Played)| RenditionShare {
            bitrate_bps: rendition.bitrate.map(Bitrate::as_bps),
            width: rendition.width,
            height: rendition.height,
            sessions: played.sessions,
            played_ms: played.played_ms,
            share: Ratio::of(played.played_ms, known).unwrap_or_default(),
        };
        RenditionsSummary {
            renditions: renditions.into_iter().map(share).collect(),
            unknown_ms: self.watched_ms.saturating_sub(known),
        }
    }
}

/// A rendition as people speak of it: by the height of its picture, else by its bit rate. Few enough to tell apart in a
/// plot, whatever number of encodings there are.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Rung {
    /// Neither is known.
    #[cfg_attr(feature = "serde", serde(rename = "unknown"))]
    Unknown,
    /// Below 500 kbit/s.
    #[cfg_attr(feature = "serde", serde(rename = "<0.5M"))]
    Below500k,
    /// From 0.5 Mbit/s.
    #[cfg_attr(feature = "serde", serde(rename = "0.5-1M"))]
    From500k,
    /// From 1 Mbit/s.
    #[cfg_attr(feature = "serde", serde(rename = "1-2M"))]
    From1M,
    /// From 2 Mbit/s.
    #[cfg_attr(feature = "serde", serde(rename = "2-4M"))]
    From2M,
    /// From 4 Mbit/s.
    #[cfg_attr(feature = "serde", serde(rename = "4-8M"))]
    From4M,
    /// From 8 Mbit/s.
    #[cfg_attr(feature = "serde", serde(rename = ">=8M"))]
    From8M,
    /// Up to 240 lines.
    #[cfg_attr(feature = "serde", serde(rename = "240p"))]
    P240,
    /// Up to 360 lines.
    #[cfg_attr(feature = "serde", serde(rename = "360p"))]
    P360,
    /// Up to 480 lines.
    #[cfg_attr(feature = "serde", serde(rename = "480p"))]
    P480,
    /// Up to 720 lines.
    #[cfg_attr(feature = "serde", serde(rename = "720p"))]
    P720,
    /// Up to 1080 lines.
    #[cfg_attr(feature = "serde", serde(rename = "1080p"))]
    P1080,
    /// Up to 1440 lines.
    #[cfg_attr(feature = "serde", serde(rename = "1440p"))]
    P1440,
    /// More.
    #[cfg_attr(feature = "serde", serde(rename = "4K"))]
    P2160,
}

impl Rung {
    /// All of them, from the least to the most.
    pub const ALL: [Self; 14] = [
        Self::Unknown,
        Self::Below500k,
        Self::From500k,
        Self::From1M,
        Self::From2M,
        Self::From4M,
        Self::From8M,
        Self::P240,
        Self::P360,
        Self::P480,
        Self::P720,
        Self::P1080,
        Self::P1440,
        Self::P2160,
    ];

    /// The rung of a rendition.
    pub fn of(rendition: Rendition) -> Self {
        match (rendition.height, rendition.bitrate.map(Bitrate::as_bps)) {
            (0, None) => Self::Unknown,
            (0, Some(..500_000)) => Self::Below500k,
            (0, Some(..1_000_000)) => Self::From500k,
            (0, Some(..2_000_000)) => Self::From1M,
            (0, Some(..4_000_000)) => Self::From2M,
            (0, Some(..8_000_000)) => Self::From4M,
            (0, Some(8_000_000..)) => Self::From8M,
            (..=240, _) => Self::P240,
            (..=360, _) => Self::P360,
            (..=480, _) => Self::P480,
            (..=720, _) => Self::P720,
            (..=1080, _) => Self::P1080,
            (..=1440, _) => Self::P1440,
            (1441.., _) => Self::P2160,
        }
    }

    /// Its name, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Below500k => "below 0.5 Mbit/s",
            Self::From500k => "0.5 to 1 Mbit/s",
            Self::From1M => "1 to 2 Mbit/s",
            Self::From2M => "2 to 4 Mbit/s",
            Self::From4M => "4 to 8 Mbit/s",
            Self::From8M => "8 Mbit/s and more",
            Self::P240 => "240p",
            Self::P360 => "360p",
            Self::P480 => "480p",
            Self::P720 => "720p",
            Self::P1080 => "1080p",
            Self::P1440 => "1440p",
            Self::P2160 => "4K",
        }
    }
}
