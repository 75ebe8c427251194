//! Sessions that were stored.

use super::{LiveSession, View};
use crate::error::Error;
use crate::ids::ViewerId;
use crate::rules::Rules;
use crate::session::{Attributes, Screen};
use crate::time::Timestamp;

/// A session as it is written.
#[derive(serde::Deserialize)]
pub(super) struct Written {
    rules: Rules,
    views: Vec<View>,
    screen: Screen,
    latest: usize,
    events: u64,
    viewer: Option<ViewerId>,
    attributes: Attributes,
    last: Option<Timestamp>,
    revision: u64,
    mistook_screen: bool,
}

impl TryFrom<Written> for LiveSession {
    type Error = Error;

    fn try_from(written: Written) -> Result<Self, Error> {
        let Written { rules, views, screen, latest, events, viewer, attributes, last, revision, mistook_screen } =
            written;
        let known = |title: usize| title < views.len();
        if !(latest == 0 || known(latest)) || !screen.on().is_none_or(known) {
            return Err(Error::UnknownTitle { title: screen.on().unwrap_or(latest), titles: views.len() });
        }
        Ok(Self { rules, views, screen, latest, events, viewer, attributes, last, revision, mistook_screen })
    }
}
