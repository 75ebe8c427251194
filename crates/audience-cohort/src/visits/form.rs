//! Visits as they are written.

use std::sync::Arc;

use audience_core::Timestamp;
use audience_stats::hash::hash128;
use audience_stats::{Portable, fingerprint_of};

use super::{First, Visit, VisitCounts, Visits};
use crate::calendar::has_a_date;

/// The same visits give the same bytes.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct Form {
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    only_started: bool,
    by: Option<Arc<str>>,
    viewers: Vec<Viewer>,
    counts: VisitCounts,
}

/// One viewer: its first visit, where an attribute is asked for, and all of them in order with what was watched.
#[derive(serde::Serialize, serde::Deserialize)]
struct Viewer {
    id: Box<str>,
    first: Option<First>,
    visits: Vec<(i64, u64)>,
}

impl From<Visits> for Form {
    fn from(visits: Visits) -> Self {
        let Visits { since, until, only_started, by, ids, firsts, log, counts, .. } = visits;
        let mut firsts = firsts.into_iter();
        let mut viewers: Vec<Viewer> =
            ids.into_iter().map(|id| Viewer { id, first: firsts.next(), visits: Vec::new() }).collect();
        for visit in log {
            viewers[visit.viewer as usize].visits.push((visit.at_ms, visit.watched_ms));
        }
        viewers.iter_mut().for_each(|viewer| viewer.visits.sort_unstable());
        viewers.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        Self { since, until, only_started, by, viewers, counts }
    }
}

impl TryFrom<Form> for Visits {
    type Error = String;

    fn try_from(form: Form) -> Result<Self, String> {
        let Form { since, until, only_started, by, viewers, counts } = form;
        let mut visits = Self { since, until, only_started, by, counts, ..Self::default() };
        for Viewer { id, first, visits: own } in viewers {
            if own.is_empty() || first.is_some() != visits.by.is_some() {
                return Err(format!("viewer {id:?} lacks a visit"));
            }
            let number = visits.index.number(hash128(id.as_bytes(), 0).into());
            let Some(viewer) = number.filter(|_| visits.index.len() > visits.ids.len()) else {
                return Err(format!("viewer {id:?} is there twice"));
            };
            for (at_ms, watched_ms) in own {
                if !has_a_date(Timestamp::from_millis(at_ms)) {
                    return Err(format!("viewer {id:?} was there at {at_ms} ms, which is no date"));
                }
                visits.log.push(Visit { viewer, at_ms, watched_ms });
            }
            visits.ids.push(id);
            visits.firsts.extend(first);
        }
        Ok(visits)
    }
}

impl Portable for Visits {
    fn fingerprint(&self) -> u64 {
        let made = (self.since, self.until, self.only_started, &self.by);
        fingerprint_of("audience.visits/1", &made)
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}
