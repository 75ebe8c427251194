//! Which sessions are in the sample.

use std::sync::atomic::{AtomicU64, Ordering};

use audience_core::{Ratio, SessionId};
use audience_stats::hash::hash64;

use crate::config::Sampling;

/// A sample of sessions whose share can change.
#[derive(Debug)]
pub(crate) struct Sample {
    salt: u64,
    /// Sessions whose hash is below are in; all are when it is the largest there is.
    below: AtomicU64,
}

impl Sample {
    pub(crate) fn new(sampling: Sampling) -> Self {
        Self { salt: sampling.salt, below: AtomicU64::new(below(sampling.share)) }
    }

    pub(crate) fn set_share(&self, share: Ratio) {
        self.below.store(below(share), Ordering::Relaxed);
    }

    pub(crate) fn has(&self, session: &SessionId) -> bool {
        let below = self.below.load(Ordering::Relaxed);
        below == u64::MAX || hash64(session.as_str().as_bytes(), self.salt) < below
    }
}

/// 1 is 2⁶⁴, which the cast takes to the largest there is.
fn below(share: Ratio) -> u64 {
    (share.as_f64() * 2_f64.powi(64)) as u64
}
