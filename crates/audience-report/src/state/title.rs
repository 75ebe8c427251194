//! One title.

use audience_core::{AttentionHeatmap, HeatmapSummary, MediaTime, SessionFacts};
use audience_retention::{RetentionCurves, RetentionSummary, SeekCounts, SeekMatrix};
use audience_stats::{Accumulator, Merge, merge_fields};

use super::{Totals, TotalsSummary};
use crate::retention::seek_matrix;
use audience_qoe::{Attempts, BusinessErrors, Experience, ExperienceSummary};

/// Everything about one title.
#[derive(Clone, Debug)]
pub struct Title {
    totals: Totals,
    experience: Experience,
    curves: RetentionCurves,
    seeks: SeekMatrix,
    heatmap: AttentionHeatmap,
    durations: Durations,
}

/// The shortest and the longest duration that sessions have.
#[derive(Clone, Copy, Debug, Default)]
struct Durations {
    range: Option<(MediaTime, MediaTime)>,
}

/// What a [`Title`] has seen.
#[derive(Clone, Debug, PartialEq)]
pub struct TitleSummary {
    /// How many and how much.
    pub totals: TotalsSummary,
    /// How it felt.
    pub experience: ExperienceSummary,
    /// Who watched which part, and where they left.
    pub curves: RetentionSummary,
    /// From where to where they seek.
    pub seeks: SeekCounts,
    /// How much of which part was watched.
    pub heatmap: HeatmapSummary,
    /// The shortest and the longest duration that sessions have of it.
    pub durations: Option<(MediaTime, MediaTime)>,
}

/// Nothing seen.
impl Default for TitleSummary {
    fn default() -> Self {
        Title::default().summary()
    }
}

impl TitleSummary {
    /// Whether sessions disagree about the duration by more than a second.
    pub fn durations_disagree(&self) -> bool {
        self.durations.is_some_and(|(shortest, longest)| longest.saturating_sub(shortest) > MediaTime::from_secs(1))
    }
}

/// Width of a title's heatmap.
pub(crate) const BUCKET: MediaTime = MediaTime::from_secs(5);

impl Title {
    /// Of no session yet; failures with one of these codes are none of the technology's, and these sessions are attempts.
    #[expect(clippy::missing_panics_doc, reason = "5 s are what heatmaps are made of")]
    pub fn new(business: &BusinessErrors, attempts: Attempts) -> Self {
        Self {
            totals: Totals::default(),
            experience: Experience::new(business.clone(), attempts),
            curves: RetentionCurves::default(),
            seeks: seek_matrix(),
            heatmap: AttentionHeatmap::new(BUCKET).expect("5 s is a width"),
            durations: Durations::default(),
        }
    }
}

impl Default for Title {
    fn default() -> Self {
        Self::new(&BusinessErrors::default(), Attempts::default())
    }
}

merge_fields!(Title { totals, experience, curves, seeks, heatmap, durations });

impl Merge for Durations {
    fn merge(&mut self, other: Self) {
        self.range = match (self.range, other.range) {
            (Some(mine), Some(theirs)) => Some((mine.0.min(theirs.0), mine.1.max(theirs.1))),
            (mine, theirs) => mine.or(theirs),
        };
    }
}

impl Accumulator for Title {
    type Item = SessionFacts;
    type Summary = TitleSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        self.totals.observe(facts);
        self.experience.observe(facts);
        self.curves.observe(facts);
        self.seeks.observe(facts);
        self.heatmap.observe(facts);
        self.durations.merge(Durations { range: facts.duration.map(|duration| (duration, duration)) });
    }

    fn summary(&self) -> TitleSummary {
        TitleSummary {
            totals: self.totals.summary(),
            experience: self.experience.summary(),
            curves: self.curves.summary(),
            seeks: self.seeks.summary(),
            heatmap: self.heatmap.summary(),
            durations: self.durations.range,
        }
    }
}
