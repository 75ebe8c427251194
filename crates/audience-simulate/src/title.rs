//! The catalogue.

mod make;
mod names;

pub(crate) use make::titles;

use audience_core::{ContentId, MediaTime};

/// One title of the catalogue. With feature `serde` it is written as an entry of a catalogue file.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Title {
    /// Its id.
    pub content_id: ContentId,
    /// Its name.
    #[cfg_attr(feature = "serde", serde(rename = "title"))]
    pub name: String,
    /// What kind of title it is.
    pub kind: TitleKind,
    /// How long it is; a live channel has no duration.
    #[cfg_attr(feature = "serde", serde(rename = "duration_ms", skip_serializing_if = "Option::is_none"))]
    pub duration: Option<MediaTime>,
    /// Its parts in order, without gaps; a live channel has none.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Vec::is_empty"))]
    pub chapters: Vec<Chapter>,
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) plan: Plan,
}

/// A part of a title.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Chapter {
    /// Its name: `opening`, `intro`, `part 1`, `credits`.
    #[cfg_attr(feature = "serde", serde(rename = "title"))]
    pub name: String,
    /// Where it begins.
    #[cfg_attr(feature = "serde", serde(rename = "start_ms"))]
    pub start: MediaTime,
    /// Where the next one begins.
    #[cfg_attr(feature = "serde", serde(rename = "end_ms"))]
    pub end: MediaTime,
}

/// Kinds of titles.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TitleKind {
    /// A short clip.
    Clip,
    /// An episode of a series.
    Episode,
    /// A film.
    Film,
    /// A trailer.
    Trailer,
    /// A live channel.
    Live,
}

impl TitleKind {
    pub(crate) const ALL: [Self; 5] = [Self::Clip, Self::Episode, Self::Film, Self::Trailer, Self::Live];
}

/// What makes viewers do things.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plan {
    /// Milliseconds; of a live channel, over which the hazard of leaving counts.
    pub(crate) length: u64,
    /// Factor on the hazards of leaving.
    pub(crate) appeal: f64,
    /// Whether there are advertisements before it.
    pub(crate) ads: bool,
    /// Places where something may happen, in order.
    pub(crate) cues: Vec<Cue>,
}

/// A place where something may happen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cue {
    pub(crate) at: u64,
    pub(crate) kind: CueKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CueKind {
    /// Viewers lose interest.
    WeakPoint,
    /// The intro begins and lasts until there.
    Intro {
        until: u64,
    },
    /// A scene is over that began there, and may be watched again.
    SceneOver {
        began: u64,
    },
    /// Advertisements.
    Break,
    Credits,
}
