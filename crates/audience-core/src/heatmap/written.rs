//! Heatmaps from outside of the process: whether they can have been made by observing sessions.

use std::collections::BTreeMap;

use audience_stats::{Portable, fingerprint_of};

use super::{AttentionHeatmap, HeatmapSample, Layout};
use crate::error::Error;
use crate::time::MediaTime;

/// A heatmap as it was written, not yet checked.
#[derive(serde::Deserialize)]
pub(super) struct Heatmap {
    width: MediaTime,
    plain: Layout,
    wide: BTreeMap<u32, Layout>,
    live: u64,
}

impl TryFrom<Heatmap> for AttentionHeatmap {
    type Error = Error;

    fn try_from(written: Heatmap) -> Result<Self, Error> {
        let Heatmap { width, plain, wide, live } = written;
        let mut heatmap = Self::new(width)?;
        let fits = |doublings: u32, layout: &Layout| {
            1_u64.checked_shl(doublings).is_some()
                && heatmap.doublings(MediaTime::from_millis(layout.length)) == doublings
        };
        if !fits(0, &plain) || !wide.iter().all(|(doublings, layout)| *doublings > 0 && fits(*doublings, layout)) {
            return Err(Error::TooManyBuckets { most: Self::MAX_BUCKETS });
        }
        (heatmap.plain, heatmap.wide, heatmap.live) = (plain, wide, live);
        Ok(heatmap)
    }
}

impl Portable for AttentionHeatmap {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.attention_heatmap/1", &self.width)
    }

    fn size_bytes(&self) -> usize {
        let counts = |layout: &Layout| {
            let Layout { watching, watched_ms, replayed_ms, .. } = layout;
            watching.size_bytes() + watched_ms.size_bytes() + replayed_ms.size_bytes()
        };
        let wide: usize = self.wide.values().map(|layout| counts(layout) + size_of::<(u32, Layout)>()).sum();
        counts(&self.plain) + wide
    }
}

impl Portable for HeatmapSample {
    fn fingerprint(&self) -> u64 {
        fingerprint_of("audience.heatmap_sample/1", &(self.width, self.sample.fingerprint()))
    }

    fn size_bytes(&self) -> usize {
        let runs: usize = self.sample.items().map(|(_, (map, _))| size_of_val(map.runs())).sum();
        runs + self.sample.size_bytes()
    }
}
