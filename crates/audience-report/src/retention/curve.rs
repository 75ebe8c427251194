//! What is said of the curves of one title.

use audience_core::{MediaTime, Ratio};
use audience_retention::{
    AttentionRules, Benchmark, BenchmarkScore, CatalogueBand, CatalogueSummary, Credits, DropOff, DropOffRules,
    Independent, RetentionSummary, Rewatched, SeekCounts, Skipped, TitleChapters, TitleCurve,
};
use audience_stats::{Confidence, Interval};
use serde::Serialize;

use super::chapters::ChapterReport;

/// Retention of one title: see [`audience_retention::RetentionSummary`]. Bands are of 95 %, point by point.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Retention {
    /// Sessions in the curves.
    pub sessions: u64,
    /// As many sessions of equal weight say as much; without weights, all of them.
    pub effective_sessions: f64,
    /// Sessions left out, because the title's duration is unknown or it is live.
    pub unknown_duration: u64,
    /// Sessions left out, because it is not known where in the title they were.
    pub unknown_positions: u64,
    /// Sessions left out, because their title would have too many points.
    pub too_long: u64,
    /// Sessions that watched nothing; they are in the curves.
    pub never_watched: u64,
    /// Where the points are in the longest content, in milliseconds.
    pub positions_ms: Vec<u64>,
    /// Sessions that watched each point; where sessions have weights, their sums, to the nearest whole number.
    pub reached: Vec<u64>,
    /// The same as shares of all sessions in the curves; empty when there are none.
    pub shares: Vec<f64>,
    /// The lower ends of the shares' intervals of 95 %, by Wilson.
    pub low: Vec<f64>,
    /// Their upper ends.
    pub high: Vec<f64>,
    /// How often each point was played, per session.
    pub plays: Vec<f64>,
    /// What the intervals take to be independent: sessions, where every viewer has one, else viewers.
    pub independent: Independent,
    /// By how much the variance of shares is larger than that of independent sessions, because viewers come back.
    pub design_effect: Option<f64>,
    /// Content watched per session in the curves, each pass counted.
    pub average_view_ms: Option<f64>,
    /// The same as a share of the content; above 1 where it is watched again and again.
    pub average_view_share: Option<f64>,
    /// The share of the content that a session watched, each part once: the exact area under the curve.
    pub average_coverage: Option<Ratio>,
    /// The area under the points of the curve by the trapezoid rule.
    pub area: Option<f64>,
    /// The first point that less than half of the sessions watched.
    pub half_life_ms: Option<MediaTime>,
    /// How many stay, whatever they skip.
    pub survival: Option<SurvivalCurve>,
    /// Where more leave than around there.
    pub drop_offs: Vec<DropOff>,
    /// From where on viewers leave although there is more.
    pub credits: Option<Credits>,
    /// What is watched again more than what is around it.
    pub rewatched: Vec<Rewatched>,
    /// What is skipped more than what is around it.
    pub skipped: Vec<Skipped>,
    /// From which tenth to which tenth viewers seek, row by row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seeks: Option<SeekCounts>,
    /// The chapters, where a catalogue has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub chapters: Vec<ChapterReport>,
    /// Beside what is expected of such content, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub benchmark: Option<BenchmarkScore>,
    /// Beside the other titles of similar length, where there are enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub catalogue: Option<CatalogueComparison>,
}

/// How many viewers stay: Kaplan and Meier's estimate, with its log-log band of 95 %.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurvivalCurve {
    /// Up to where.
    pub positions_ms: Vec<MediaTime>,
    /// The share that stays beyond it.
    pub shares: Vec<f64>,
    /// The lower ends of the intervals; `None` where they are undefined.
    pub low: Vec<Option<f64>>,
    /// The upper ends.
    pub high: Vec<Option<f64>>,
    /// Where half have left; `None` when more than half stay to the end.
    pub median_ms: Option<MediaTime>,
}

/// A title beside those of similar length.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CatalogueComparison {
    /// The shortest length of these.
    pub from_ms: MediaTime,
    /// What is longer than all of them.
    pub to_ms: MediaTime,
    /// How many titles they are, this one among them.
    pub titles: u64,
    /// Quantiles of their shares, point by point of equal shares of the content.
    pub bands: Vec<CatalogueBand>,
    /// The share of them that reach less than this title at each point.
    pub ranks: Vec<Ratio>,
    /// The mean of these: 0.5 is the middle of the catalogue.
    pub rank: f64,
}

/// What else is known of a title.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Around<'a> {
    pub(crate) seeks: Option<&'a SeekCounts>,
    pub(crate) chapters: Option<&'a TitleChapters>,
    pub(crate) catalogue: Option<&'a CatalogueSummary>,
    pub(crate) benchmark: Option<&'a Benchmark>,
}

/// The confidence of all bands.
pub(crate) fn confidence() -> Confidence {
    Confidence::P95
}

impl Retention {
    pub(crate) fn new(summary: &RetentionSummary, independent: Independent, around: Around<'_>) -> Self {
        let band = summary.band(confidence(), independent);
        let placement = summary.placement;
        let unit = 1.0 / summary.unit.max(1) as f64;
        // Chapters count sessions alike, whatever they weigh.
        let factor = summary.variance_factor(independent);
        // However fine curves are, the neighbourhood is as wide.
        let (mut drops, mut parts) = (DropOffRules::default(), AttentionRules::default());
        drops.neighbours = drops.neighbours.max(summary.intervals.len() / 25);
        parts.neighbours = parts.neighbours.max(summary.points.len() / 10);
        let chapters = around.chapters.map_or(&[][..], |title| &title.chapters);
        Self {
            sessions: summary.sessions,
            effective_sessions: summary.effective_sessions,
            unknown_duration: placement.unknown_duration + placement.live,
            unknown_positions: placement.unknown_positions,
            too_long: placement.too_long,
            never_watched: (summary.never_watched as f64 * unit).round() as u64,
            positions_ms: summary.points.iter().map(|point| point.position.as_millis()).collect(),
            reached: summary.points.iter().map(|point| (point.sessions as f64 * unit).round() as u64).collect(),
            shares: summary.reaches(),
            low: band.iter().map(|interval| interval.low).collect(),
            high: band.iter().map(|interval| interval.high).collect(),
            plays: summary.plays(),
            independent,
            design_effect: summary.design_effect,
            average_view_ms: summary.average_view_duration_ms(),
            average_view_share: summary.average_view_share(),
            average_coverage: summary.average_coverage(),
            area: summary.area(),
            half_life_ms: summary.half_life(),
            survival: SurvivalCurve::new(summary, independent),
            drop_offs: summary.drop_offs(&drops, independent),
            credits: summary.credits(&drops, independent),
            rewatched: summary.rewatched(&parts, independent),
            skipped: summary.skipped(&parts, independent),
            seeks: around.seeks.filter(|seeks| seeks.total() > 0).cloned(),
            chapters: chapters.iter().map(|chapter| ChapterReport::new(chapter, factor)).collect(),
            benchmark: around.benchmark.and_then(|benchmark| benchmark.score(summary)),
            catalogue: around.catalogue.and_then(|catalogue| CatalogueComparison::new(summary, catalogue)),
        }
    }

    /// Drop-offs that are not the credits.
    pub(crate) fn early_drop_offs(&self) -> impl Iterator<Item = &DropOff> {
        self.drop_offs.iter().filter(|drop_off| !drop_off.in_credits)
    }

    /// Whether a part that is skipped is in the credits.
    pub(crate) fn in_credits(&self, skipped: &Skipped) -> bool {
        self.credits.is_some_and(|credits| skipped.part.start >= credits.start)
    }

    /// The part that is the intro.
    pub(crate) fn intro(&self) -> Option<&Skipped> {
        self.skipped.iter().find(|skipped| skipped.is_intro)
    }
}

impl SurvivalCurve {
    pub(super) fn new(summary: &RetentionSummary, independent: Independent) -> Option<Self> {
        let survival = summary.survival(independent)?;
        let band = survival.band(confidence());
        let end = |of: fn(&Interval) -> f64| band.iter().map(|interval| interval.as_ref().map(of)).collect();
        let (positions_ms, shares) = survival.steps().unzip();
        Some(Self {
            positions_ms,
            shares,
            low: end(|interval| interval.low),
            high: end(|interval| interval.high),
            median_ms: survival.median(),
        })
    }
}

impl CatalogueComparison {
    fn new(summary: &RetentionSummary, catalogue: &CatalogueSummary) -> Option<Self> {
        let title = TitleCurve::of(summary)?;
        let (class, ranks) = (catalogue.class_of(title.duration)?, catalogue.relative(&title)?);
        let rank = ranks.iter().map(|rank| rank.as_f64()).sum::<f64>() / ranks.len() as f64;
        Some(Self {
            from_ms: class.from,
            to_ms: class.to,
            titles: class.titles,
            bands: class.bands.clone(),
            ranks,
            rank,
        })
    }
}

/// What is independent of each other, where so many sessions are by so many viewers: where none comes back, sessions.
pub(crate) fn independent(sessions: u64, viewers: u64) -> Independent {
    if viewers == 0 || viewers == sessions { Independent::Sessions } else { Independent::Viewers }
}
