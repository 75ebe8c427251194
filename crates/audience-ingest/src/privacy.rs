//! What of the telemetry nobody needs to see: ids as pseudonyms, no IP addresses, no query strings, sessions left out.

mod address;
mod bots;
mod filter;
mod guard;
mod key;
mod names;
mod pseudonym;
mod quote;
mod texts;
mod url;

use std::path::Path;
use std::sync::Arc;

pub(crate) use filter::LeftOut;
pub(crate) use guard::Guard;
pub use key::{Key, Rotation};

use crate::error::Error;
use filter::SessionFilter;
use pseudonym::Hashing;

/// What is done with IP addresses in attributes that are named as such (`ip`, `client_ip`, `X-Forwarded-For` …).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum IpAddresses {
    /// The attribute is left out.
    #[default]
    Drop,
    /// Only the network is kept: the first 24 bits of IPv4, the first 48 of IPv6.
    Truncate,
    /// They are kept.
    Keep,
}

/// What is done with addresses of the web in fields, attributes and texts.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Urls {
    /// Query, fragment, user name and password are left out.
    #[default]
    Strip,
    /// The address is left out.
    Drop,
    /// They are kept.
    Keep,
}

/// What is done with every event, whatever its format, before anything else sees it.
///
/// By default IP addresses are dropped and URLs stripped; ids stay as they are, and no session is left out.
///
/// # Examples
///
/// ```
/// use audience_ingest::{Input, Key, Options, Privacy, Rotation, load};
///
/// let key = Key::new(b"thirty-two random bytes, in truth")?;
/// let mut options = Options::default();
/// options.privacy = Privacy::default().with_viewer_key(&key, Rotation::Never);
///
/// let body = br#"{"session_id":"s1","viewer_id":"ann","ts":0,"type":"play","client_ip":"192.0.2.7"}"#;
/// let session = load(vec![Input::memory("post", &body[..])], &options)?.to_vec()?.remove(0);
/// assert_eq!(session.viewer_id().map(|id| id.as_str().len()), Some(32));
/// assert_ne!(session.viewer_id().map(|id| id.as_str()), Some("ann"));
/// assert!(session.attributes().is_empty());
/// # Ok::<(), audience_ingest::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Privacy {
    ip: IpAddresses,
    urls: Urls,
    viewers: Option<Hashing>,
    sessions: Option<Hashing>,
    filter: Option<Arc<SessionFilter>>,
}

impl Privacy {
    /// The same, and this is done with IP addresses.
    #[must_use]
    pub fn with_ip_addresses(self, ip: IpAddresses) -> Self {
        Self { ip, ..self }
    }

    /// The same, and this is done with URLs.
    #[must_use]
    pub fn with_urls(self, urls: Urls) -> Self {
        Self { urls, ..self }
    }

    /// The same, and viewers have pseudonyms, which change with each period: 128 bits of a keyed hash (BLAKE3) as hex.
    ///
    /// The period is that of the event's time. A session that goes on in another period is counted there, as its viewer is
    /// the last one named.
    #[must_use]
    pub fn with_viewer_key(self, key: &Key, rotation: Rotation) -> Self {
        Self { viewers: Some(Hashing::of_viewers(key, rotation)), ..self }
    }

    /// The same, and sessions have pseudonyms, which stay the same.
    #[must_use]
    pub fn with_session_key(self, key: &Key) -> Self {
        Self { sessions: Some(Hashing::of_sessions(key)), ..self }
    }

    /// The same, without sessions any event of which has this attribute with a value that matches, or this `viewer_id`.
    /// In `pattern`, `*` stands for anything.
    #[must_use]
    pub fn without(self, name: &str, pattern: &str) -> Self {
        self.filtered(|filter| filter.exclude(name, pattern))
    }

    /// The same, without sessions whose user agent says that it is a program and no viewer.
    #[must_use]
    pub fn without_bots(self) -> Self {
        self.filtered(SessionFilter::exclude_bots)
    }

    /// The same, without sessions of these viewers, whose ids are as in the telemetry.
    #[must_use]
    pub fn without_viewers<I: Into<Box<str>>>(self, ids: impl IntoIterator<Item = I>) -> Self {
        self.filtered(|filter| filter.opt_out(ids.into_iter().map(Into::into)))
    }

    /// The same, without sessions of the viewers whose ids are in a file, one a line.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn without_viewers_in(self, path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        let ids = text.trim_start_matches('\u{feff}').lines().map(str::trim).filter(|id| !id.is_empty());
        Ok(self.without_viewers(ids))
    }

    fn filtered(mut self, change: impl FnOnce(&mut SessionFilter)) -> Self {
        change(Arc::make_mut(self.filter.get_or_insert_default()));
        self
    }

    /// Whether any session may be left out.
    pub(crate) fn filters(&self) -> bool {
        self.filter.is_some()
    }

    /// Whether anything follows from ids.
    fn concerns_ids(&self) -> bool {
        self.viewers.is_some() || self.sessions.is_some() || self.filter.is_some()
    }

    /// Whether ids are nobody's business: then a line that could not be read may not be shown, as they may be anywhere in it.
    fn hides_ids(&self) -> bool {
        self.viewers.is_some()
            || self.sessions.is_some()
            || self.filter.as_ref().is_some_and(|filter| filter.has_opted_out())
    }
}
