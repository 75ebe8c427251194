//! What follows from what was accumulated.

use std::collections::HashMap;

use audience_core::ContentId;
use audience_engagement::{
    CoWatched, EngagementComponents, EngagementCounts, EngagementScore, EngagementSummary, EngagementWeights,
    SegmentModel, SocialChannel, TitleAttribution, TouchModel, TouchOf,
};
use audience_ingest::Catalog;
use audience_stats::{Accumulator, Confidence, Interval, MeanEstimate, RankedMean, shrink_means};
use serde::Serialize;

use super::series::DailyFigures;
use super::state::{EngagementSpec, EngagementState};
use crate::error::Error;
use crate::report::{name_of, title_of};

/// How many viewers of both titles co-watching takes away: see [`CoWatched::similar`].
const SHRINKAGE: f64 = 10.0;

/// How much viewers cared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EngagementFindings {
    /// What counts how much in scores.
    pub weights: EngagementWeights,
    /// Whether likes, shares and comments count: whether any session has one, and they were asked for.
    pub social: bool,
    /// Over everything.
    pub all: TitleEngagement,
    /// Titles by their scores, the best first: by what is known of them at least, so that a few enthusiastic views do not come before many
    /// good ones.
    pub titles: Vec<TitleEngagement>,
    /// Titles that are not listed.
    pub titles_omitted: usize,
    /// Day by day.
    pub daily: DailyFigures,
    /// What is credited with conversions over all sessions of a viewer, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journeys: Option<JourneyFindings>,
}

/// How much viewers cared about one title, or about all.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TitleEngagement {
    /// Its id; empty of all.
    pub content_id: String,
    /// Its name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The score, 0–1; `None` when nothing is known that counts.
    pub score: Option<f64>,
    /// The 95 % interval of the score, by resamples of viewers; `None` where nothing varies, as with one viewer.
    pub interval: Option<Interval>,
    /// What the score is taken to be in view of all titles, and what it is at least: by which titles are ranked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shrunk: Option<ShrunkScore>,
    /// What the score is made of.
    pub components: EngagementComponents,
    /// What these are made of.
    pub counts: EngagementCounts,
    /// Sessions in which no frame was seen, which are left out.
    pub not_started: u64,
    /// Views of no known duration, and live ones: they are not in what is a part of the duration.
    pub unknown_duration: u64,
    /// What its parts earned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<SegmentFindings>,
    /// Titles that are watched by the same viewers, where that was asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub similar: Vec<SimilarTitle>,
}

/// What a score is taken to be in view of all titles.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ShrunkScore {
    /// The mean of its posterior, 0–1.
    pub mean: f64,
    /// What it is at least, by which titles are ranked, 0–1.
    pub at_least: f64,
}

/// What the parts of a title earned.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentFindings {
    /// The counts.
    #[serde(flatten)]
    pub attribution: TitleAttribution,
    /// The share of each part in the content watched; together 1.
    pub watch_time: Vec<f64>,
    /// The same, where each moment counts as much as it is far into the content.
    pub position: Vec<f64>,
    /// The share of each in the content played, each pass counted.
    pub plays: Vec<f64>,
    /// The share of each in conversions, each divided equally between the parts its session watched; empty without conversions.
    pub conversions: Vec<f64>,
}

/// A title that is watched by the same viewers as another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SimilarTitle {
    /// Its id.
    pub content_id: String,
    /// Its name, where a catalogue has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Viewers of both.
    pub viewers: u64,
    /// The cosine, shrunk as if ten more viewers had watched only one of them: 0–1.
    pub similarity: f64,
}

/// What is credited with conversions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JourneyFindings {
    /// What a touch is: `content`, or the name of an attribute.
    pub of: String,
    /// Viewers with a touch or a conversion.
    pub viewers: u64,
    /// Viewers who converted.
    pub conversions: u64,
    /// Of these, viewers without a touch that counts.
    pub without_touch: u64,
    /// What is credited, the largest linear credit first.
    pub credits: Vec<JourneyCredit>,
    /// Of these, how many are not listed.
    pub credits_omitted: usize,
}

/// How many conversions one touch is credited with, by each model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct JourneyCredit {
    /// The title's id or the attribute's value.
    pub name: String,
    /// To the first touch.
    pub first: f64,
    /// To the last.
    pub last: f64,
    /// The same to each.
    pub linear: f64,
    /// Half as much for each week before the last.
    pub time_decay: f64,
    /// 40 % to the first and to the last.
    pub position_based: f64,
}

impl EngagementFindings {
    /// What follows from what was accumulated, with names from `catalog`.
    ///
    /// # Errors
    ///
    /// [`Error::Engagement`] when weights are none.
    pub(crate) fn new(state: &EngagementState, spec: &EngagementSpec, catalog: &Catalog) -> Result<Self, Error> {
        let all = state.all.summary();
        let social = spec.social && all.counts.likes + all.counts.shares + all.counts.comments > 0;
        let channel = if social { SocialChannel::Marks } else { SocialChannel::Missing };
        let mut titles: Vec<(&ContentId, EngagementSummary, EngagementScore)> = Vec::new();
        for (id, engagement) in state.titles.iter() {
            let summary = engagement.summary();
            let score = summary.score(&spec.weights, channel)?;
            titles.push((id, summary, score));
        }
        titles.sort_unstable_by(|a, b| a.0.cmp(b.0));
        let ranked = rank(&titles)?;
        let segments: HashMap<ContentId, TitleAttribution> = state.segments.summary().into_iter().collect();
        let watched = state.watching.as_ref().map(Accumulator::summary);
        let listed = ranked.iter().take(spec.top).map(|(item, shrunk)| {
            let (id, summary, score) = &titles[*item];
            let mut title = TitleEngagement::new(summary, score);
            title.content_id = id.to_string();
            title.title = title_of(id.as_str(), catalog);
            title.shrunk = *shrunk;
            title.segments = segments.get(*id).map(|attribution| SegmentFindings::new(attribution.clone()));
            if let Some(watched) = &watched {
                title.similar = similar(watched, id, spec.similar, catalog);
            }
            title
        });
        Ok(Self {
            weights: spec.weights,
            social,
            all: TitleEngagement::new(&all, &all.score(&spec.weights, channel)?),
            titles: listed.collect(),
            titles_omitted: titles.len().saturating_sub(spec.top),
            daily: DailyFigures::new(state, spec, channel)?,
            journeys: JourneyFindings::new(state, spec)?,
        })
    }
}

/// Titles in order, the best first; those without a score last, in the order given.
fn rank(
    titles: &[(&ContentId, EngagementSummary, EngagementScore)],
) -> Result<Vec<(usize, Option<ShrunkScore>)>, Error> {
    let (mut scored, mut estimates, mut others) = (Vec::new(), Vec::new(), Vec::new());
    for (item, (_, summary, score)) in titles.iter().enumerate() {
        let Some(mean) = score.score else {
            others.push((item, None));
            continue;
        };
        scored.push(item);
        // Where nothing varies, its own error says nothing.
        let standard_error = score.standard_error().unwrap_or_default();
        estimates.push(MeanEstimate { mean, standard_error, units: summary.counts.views as f64 });
    }
    let mut ranked: Vec<(usize, Option<ShrunkScore>)> = match shrink_means(&estimates) {
        Ok(family) => family
            .rank(Confidence::P95)
            .into_iter()
            .map(|RankedMean { item, mean, at_least }| {
                (scored[item], Some(ShrunkScore { mean, at_least: at_least.max(0.0) }))
            })
            .collect(),
        // Of titles with one view each nothing is known but their scores.
        Err(audience_stats::Error::NoWeight | audience_stats::Error::NoValues) => {
            let mut ranked: Vec<usize> = scored.clone();
            let score = |item: usize| titles[item].2.score.unwrap_or_default();
            ranked.sort_by(|a, b| score(*b).total_cmp(&score(*a)));
            ranked.into_iter().map(|item| (item, None)).collect()
        }
        Err(error) => return Err(error.into()),
    };
    ranked.extend(others);
    Ok(ranked)
}

impl TitleEngagement {
    fn new(summary: &EngagementSummary, score: &EngagementScore) -> Self {
        Self {
            content_id: String::new(),
            title: None,
            score: score.score,
            interval: score.interval(Confidence::P95),
            shrunk: None,
            components: score.components,
            counts: summary.counts,
            not_started: summary.not_started,
            unknown_duration: summary.unknown_duration,
            segments: None,
            similar: Vec::new(),
        }
    }

    /// Its name, else its id.
    pub fn name(&self) -> &str {
        name_of(self.title.as_deref(), &self.content_id)
    }
}

impl SegmentFindings {
    fn new(attribution: TitleAttribution) -> Self {
        let credit = |model: SegmentModel| attribution.credit(model).unwrap_or_default();
        Self {
            watch_time: credit(SegmentModel::WatchTime),
            position: credit(SegmentModel::Position),
            plays: credit(SegmentModel::Plays),
            conversions: credit(SegmentModel::ConversionsShapley),
            attribution,
        }
    }
}

fn similar(watched: &CoWatched, id: &ContentId, most: usize, catalog: &Catalog) -> Vec<SimilarTitle> {
    let place = watched.titles.binary_search_by(|(title, _)| title.cmp(id)).ok();
    let found = place.and_then(|place| Some((place, watched.similar(place, SHRINKAGE, most).ok()?)));
    let Some((place, found)) = found else { return Vec::new() };
    let title = |(other, similarity): (usize, f64)| {
        let id = watched.titles[other].0.to_string();
        let viewers = watched.pair(place, other).map_or(0, |pair| pair.both);
        SimilarTitle { title: title_of(&id, catalog), content_id: id, viewers, similarity }
    };
    found.into_iter().map(title).collect()
}

impl JourneyFindings {
    fn new(state: &EngagementState, spec: &EngagementSpec) -> Result<Option<Self>, Error> {
        let Some(journeys) = &state.journeys else { return Ok(None) };
        let summary = journeys.summary();
        let by =
            |model: TouchModel| -> Result<HashMap<_, _>, Error> { Ok(summary.credits(model)?.into_iter().collect()) };
        let (first, last) = (by(TouchModel::First)?, by(TouchModel::Last)?);
        let (decay, position) = (by(TouchModel::WEEKLY_DECAY)?, by(TouchModel::U_SHAPED)?);
        let linear = summary.credits(TouchModel::Linear)?;
        let credits_omitted = linear.len().saturating_sub(spec.top);
        let credit = |(name, linear): (std::sync::Arc<str>, f64)| JourneyCredit {
            first: first[&name],
            last: last[&name],
            linear,
            time_decay: decay[&name],
            position_based: position[&name],
            name: name.to_string(),
        };
        Ok(Some(Self {
            of: match spec.touches.as_ref() {
                Some(TouchOf::Attribute(name)) => name.clone(),
                _ => "content".to_owned(),
            },
            viewers: summary.viewers,
            conversions: summary.conversions,
            without_touch: summary.without_touch,
            credits: linear.into_iter().take(spec.top).map(credit).collect(),
            credits_omitted,
        }))
    }
}
