//! What sessions are told apart by.

use std::sync::Arc;

use audience_core::SessionFacts;

/// What sessions are told apart by.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum SliceDimension {
    /// The title.
    Title,
    /// An attribute of the session, by its name: CDN, ISP, device.
    Attribute(Arc<str>),
}

impl SliceDimension {
    /// The attribute of this name.
    pub fn attribute(name: impl Into<Arc<str>>) -> Self {
        Self::Attribute(name.into())
    }

    /// Its name: `content` for the title.
    pub fn name(&self) -> &str {
        match self {
            Self::Title => "content",
            Self::Attribute(name) => name,
        }
    }

    /// What a session has there; nothing and an empty text are the same.
    pub(super) fn value_of<'a>(&self, facts: &'a SessionFacts) -> Option<&'a str> {
        let identity = &facts.identity;
        let value = match self {
            Self::Title => Some(identity.content_id.as_str()),
            Self::Attribute(name) => identity.attributes.get(name),
        };
        value.filter(|value| !value.is_empty())
    }
}

/// What sessions have in a [`SliceDimension`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum SliceValue {
    /// Nothing, or an empty text.
    Missing,
    /// This.
    Named(Arc<str>),
}
