//! Privacy, applied.

use std::borrow::Cow;
#[cfg(feature = "parquet")]
use std::sync::Arc;

use audience_core::{Event, Timestamp};
#[cfg(feature = "parquet")]
use audience_core::{SessionFacts, ViewerId};

use super::pseudonym::{Memo, Pseudonym};
use super::url::{self, Left};
use super::{IpAddresses, Privacy, Urls, address, quote, texts};
use crate::batch::Ids;
use crate::quality::{Ignored, Problem, Quality, Removed};

/// Applies a [`Privacy`], on one thread.
#[derive(Debug, Default)]
pub(crate) struct Guard {
    privacy: Privacy,
    viewers: Memo,
    sessions: Memo,
}

/// The pseudonyms of an event's ids.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hidden {
    session: Option<Pseudonym>,
    viewer: Option<Pseudonym>,
}

impl Hidden {
    /// The ids, with pseudonyms where there are any.
    pub(crate) fn ids<'a>(&'a self, ids: Ids<'a>) -> Ids<'a> {
        Ids {
            session: self.session.as_ref().map_or(ids.session, Pseudonym::as_str),
            viewer: self.viewer.as_ref().map(Pseudonym::as_str).or(ids.viewer),
            ..ids
        }
    }
}

impl Guard {
    pub(crate) fn new(privacy: &Privacy) -> Self {
        Self { privacy: privacy.clone(), ..Self::default() }
    }

    /// Whether an event without attributes is as private as it has to be.
    #[inline]
    pub(crate) fn passes(&self, event: &Event) -> bool {
        !self.privacy.concerns_ids() && !texts::has_text(&event.kind, self.privacy.urls)
    }

    /// Why the session of an event is left out, if that event says so.
    pub(crate) fn verdict<'a>(
        &self,
        viewer: Option<&'a str>,
        attributes: impl Iterator<Item = (&'a str, &'a str)> + Clone,
    ) -> Option<Ignored> {
        self.privacy.filter.as_ref().and_then(|filter| filter.verdict(viewer, attributes))
    }

    /// The pseudonyms of the ids of an event.
    pub(crate) fn hide(&mut self, ids: Ids<'_>, at: Timestamp) -> Hidden {
        let Self { privacy, viewers, sessions } = self;
        Hidden {
            session: privacy.sessions.as_ref().map(|hashing| sessions.pseudonym(hashing, ids.session, at)),
            viewer: privacy.viewers.as_ref().and_then(|hashing| Some(viewers.pseudonym(hashing, ids.viewer?, at))),
        }
    }

    /// Takes out of an event what is not to be kept.
    pub(crate) fn clean(&self, event: &mut Event, quality: &mut Quality) {
        if self.privacy.urls != Urls::Keep {
            let found = texts::clean(event, self.privacy.urls);
            if found > 0 {
                quality.remove(self.removed_url(), found);
            }
        }
    }

    /// What to keep of an attribute.
    pub(crate) fn attribute<'a>(
        &self,
        (name, value): (&'a str, &'a str),
        quality: &mut Quality,
    ) -> Option<(&'a str, Cow<'a, str>)> {
        if self.privacy.ip != IpAddresses::Keep {
            if address::is_name(name) {
                let network = (self.privacy.ip == IpAddresses::Truncate).then(|| address::networks(value)).flatten();
                let removed = if network.is_some() { Removed::IpTruncated } else { Removed::IpDropped };
                quality.remove(removed, 1);
                return network.map(|network| (name, Cow::Owned(network)));
            }
            if address::is_address(value) {
                quality.name_ip_like(name);
            }
        }
        match url::of_value(value, self.privacy.urls) {
            Left::All => Some((name, Cow::Borrowed(value))),
            Left::Part(part) => {
                quality.remove(self.removed_url(), 1);
                Some((name, Cow::Owned(part)))
            }
            Left::Nothing => {
                quality.remove(self.removed_url(), 1);
                None
            }
        }
    }

    /// Whether an attribute is left as it is, with nothing to be counted.
    pub(crate) fn leaves(&self, name: &str, value: &str) -> bool {
        let address = self.privacy.ip != IpAddresses::Keep && (address::is_name(name) || address::is_address(value));
        !address && matches!(url::of_value(value, self.privacy.urls), Left::All)
    }

    /// Whether something is to be done with what a log says of a client besides its telemetry: its address is kept, or cut,
    /// or sessions are left out by it. Else it need not be read.
    pub(crate) fn wants(&self, name: &str) -> bool {
        let kept = address::is_name(name) && self.privacy.ip != IpAddresses::Drop;
        kept || self.privacy.filter.as_ref().is_some_and(|filter| filter.looks_at(name))
    }

    /// Why a session is left out that there are the facts of, if it is.
    #[cfg(feature = "parquet")]
    pub(crate) fn verdict_of(&self, facts: &SessionFacts) -> Option<Ignored> {
        let identity = &facts.identity;
        self.verdict(identity.viewer_id.as_ref().map(ViewerId::as_str), identity.attributes.iter())
    }

    /// Takes out of the facts of a session, which were made another time, what is not to be kept.
    #[cfg(feature = "parquet")]
    pub(crate) fn clean_facts(&self, facts: &mut SessionFacts) {
        let at = facts.last_event_at;
        let identity = Arc::make_mut(&mut facts.identity);
        if let Some(hashing) = &self.privacy.sessions {
            identity.session_id = hashing.pseudonym(identity.session_id.as_str(), at).as_str().into();
        }
        if let (Some(hashing), Some(viewer)) = (&self.privacy.viewers, &mut identity.viewer_id) {
            *viewer = hashing.pseudonym(viewer.as_str(), at).as_str().into();
        }
        let mut counted = Quality::default();
        let kept = identity.attributes.iter().filter_map(|pair| self.attribute(pair, &mut counted));
        identity.attributes = kept.map(|(name, value)| (name.to_owned(), value.into_owned())).collect();
    }

    /// Takes out of a problem what may not be shown.
    pub(crate) fn clean_problem(&self, problem: &mut Problem) {
        if let Some(value) = &mut problem.value {
            *value = self.quote(value).into();
        }
        // What a parser says may quote the line; what should have stood there is in words of this program.
        if let Some(detail) = &mut problem.detail
            && (detail.contains(['"', '`']) || self.quote_of(detail, false) != &**detail)
        {
            *detail = self.quote(detail).into();
        }
    }

    /// What may be shown of a text that could not be read: of ids that have pseudonyms, it may hold any.
    pub(crate) fn quote<'t>(&self, text: &'t str) -> &'t str {
        self.quote_of(text, self.privacy.hides_ids())
    }

    fn quote_of<'t>(&self, text: &'t str, hidden: bool) -> &'t str {
        let Privacy { ip, urls, .. } = self.privacy;
        let guarded = ip != IpAddresses::Keep || urls != Urls::Keep;
        if hidden || guarded && !quote::is_harmless(text) { quote::WITHHELD } else { text }
    }

    fn removed_url(&self) -> Removed {
        if self.privacy.urls == Urls::Drop { Removed::UrlDropped } else { Removed::UrlStripped }
    }
}
