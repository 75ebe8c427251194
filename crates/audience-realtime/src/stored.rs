//! Events as states keep them: the wire format is for text, in which all that an event has not is left out.

use std::sync::Arc;

use audience_core::{ContentId, Envelope, Event, SessionId, ViewerId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize)]
struct Writing<'a>(&'a SessionId, Option<&'a ViewerId>, Option<&'a ContentId>, &'a Event, &'a [(Arc<str>, Arc<str>)]);

#[derive(Deserialize)]
struct Written(SessionId, Option<ViewerId>, Option<ContentId>, Event, Vec<(Arc<str>, Arc<str>)>);

/// An event that is serialised as its parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored(pub(crate) Envelope);

impl Serialize for Stored {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Envelope { session_id, viewer_id, content_id, event, attributes } = &self.0;
        Writing(session_id, viewer_id.as_ref(), content_id.as_ref(), event, attributes).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written(session_id, viewer_id, content_id, event, attributes) = Written::deserialize(deserializer)?;
        Ok(Self(Envelope { session_id, viewer_id, content_id, event, attributes }))
    }
}

/// One, for serde's `with`.
pub(crate) mod one {
    use super::{Deserialize, Deserializer, Envelope, Serialize, Serializer, Stored};

    pub(crate) fn serialize<S: Serializer>(envelope: &Envelope, serializer: S) -> Result<S::Ok, S::Error> {
        Stored(envelope.clone()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Envelope, D::Error> {
        Ok(Stored::deserialize(deserializer)?.0)
    }
}

/// Many, for serde's `with`.
pub(crate) mod many {
    use super::{Deserialize, Deserializer, Envelope, Serializer, Stored};

    pub(crate) fn serialize<S: Serializer>(envelopes: &[Envelope], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(envelopes.iter().map(|envelope| Stored(envelope.clone())))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Envelope>, D::Error> {
        let stored = Vec::<Stored>::deserialize(deserializer)?;
        Ok(stored.into_iter().map(|stored| stored.0).collect())
    }
}
