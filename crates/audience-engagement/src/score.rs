//! How much viewers cared, as one number.

use audience_core::{Mark, SessionFacts};
use audience_stats::{Accumulator, Bootstrap, Confidence, Interval, Merge, PoissonBootstrap, Replicates};

use crate::error::Error;
use crate::social::{SocialSignals, saturating};
use crate::weights::EngagementWeights;

/// How many sums there are: those of [`EngagementCounts`].
const SUMS: usize = 12;

/// How much viewers cared about what they watched: an accumulator over session facts of one title, of a group of titles, of anything.
/// [`Keyed`](audience_core::Keyed) by content it is that of every title.
///
/// # Examples
///
/// One viewer watches all of a clip and likes it, another half of it, with one skip on the way:
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, MediaTime, Rules, Session, Timestamp};
/// use audience_engagement::{Engagement, EngagementWeights, SocialChannel};
///
/// let at = |secs: i64| Timestamp::from_millis(secs * 1000);
/// let secs = MediaTime::from_secs;
/// let begin = || [Event::new(at(0), EventKind::load_of(secs(60))), Event::new(at(0), EventKind::Play).at(secs(0))];
/// let ann = Session::new("s1", "clip", begin().into_iter().chain([
///     Event::new(at(60), EventKind::Pause).at(secs(60)),
///     Event::new(at(61), EventKind::custom("like")),
/// ]));
/// let bob = Session::new("s2", "clip", begin().into_iter().chain([
///     Event::new(at(20), EventKind::Seek { from: Some(secs(20)) }).at(secs(50)),
///     Event::new(at(30), EventKind::Pause).at(secs(60)),
/// ]));
///
/// let mut engagement = Engagement::new();
/// for session in [ann, bob] {
///     engagement.observe(&session.facts(&Rules::default(), None));
/// }
/// let score = engagement.summary().score(&EngagementWeights::default(), SocialChannel::Marks)?;
/// let parts = score.components;
/// assert_eq!((parts.watch_time, parts.completion, parts.rewatch), (Some(0.75), Some(0.5), Some(0.0)));
/// // One like for two views; one skip in a minute and a half.
/// assert!((parts.social.unwrap() - 0.993_262).abs() < 1e-6);
/// assert!((parts.skip_penalty.unwrap() - 0.486_583).abs() < 1e-6);
/// assert!((score.score.unwrap() - 0.551_336).abs() < 1e-6);
/// # Ok::<(), audience_engagement::Error>(())
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Engagement {
    sums: [u64; SUMS],
    not_started: u64,
    unknown_duration: u64,
    bootstrap: Option<PoissonBootstrap<SUMS>>,
}

/// What an [`Engagement`] has seen: sums over views, that is sessions in which a frame was seen.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EngagementCounts {
    /// Views.
    pub views: u64,
    /// The duration of the content in milliseconds, once for each view of which it is known.
    pub duration_ms: u64,
    /// Content played in these in milliseconds, each pass counted, of each view no more than its duration.
    pub capped_ms: u64,
    /// Views of which it is known whether nearly all of the content was played.
    pub judged: u64,
    /// Views that played it.
    pub completed: u64,
    /// Content played in milliseconds, each part of each view once.
    pub unique_ms: u64,
    /// Of this, what was played twice or more.
    pub again_ms: u64,
    /// Seeks forward, reported and inferred.
    pub skips: u64,
    /// Content played in milliseconds, each pass counted.
    pub watched_ms: u64,
    /// Custom events named `like`.
    pub likes: u64,
    /// Custom events named `share`.
    pub shares: u64,
    /// Custom events named `comment`.
    pub comments: u64,
}

/// The sums, and how they vary.
#[derive(Clone, Debug, PartialEq)]
pub struct EngagementSummary {
    /// The sums.
    pub counts: EngagementCounts,
    /// Sessions in which no frame was seen: they say something of the stream and nothing of the content, and are left out.
    pub not_started: u64,
    /// Views of no known duration, and live ones: they are not in what is a part of the duration.
    pub unknown_duration: u64,
    bootstrap: Option<PoissonBootstrap<SUMS>>,
}

/// Where likes, shares and comments come from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum SocialChannel {
    /// Nobody reports any: their weight goes to what is known.
    #[default]
    Missing,
    /// From the custom events `like`, `share` and `comment`; where there are none, nobody liked it.
    Marks,
    /// From elsewhere.
    Given(SocialSignals),
}

/// The parts of a score. A part of which nothing is known is `None`, and not 0.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct EngagementComponents {
    /// How much of the content was watched, 0–1: played time over durations, of each view no more than its duration.
    pub watch_time: Option<f64>,
    /// The share of views that played nearly all of it, 0–1.
    pub completion: Option<f64>,
    /// Of what was watched, the part that was watched again, 0–1.
    pub rewatch: Option<f64>,
    /// [`SocialSignals::score`], 0–1.
    pub social: Option<f64>,
    /// 1 − exp(−skips per minute watched), 0–1.
    pub skip_penalty: Option<f64>,
}

/// How much viewers cared.
#[derive(Clone, Debug, PartialEq)]
pub struct EngagementScore {
    /// 0–1; `None` when less than half of the weight is of what is known.
    pub score: Option<f64>,
    /// What it is made of.
    pub components: EngagementComponents,
    replicates: Option<Replicates>,
}

impl Engagement {
    /// Nothing seen yet; without an interval.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing seen yet, with an interval from resamples of viewers, each of which counts in each replicate as often as a hash of its
    /// id, the seed and the replicate says: see [`PoissonBootstrap`]. 96 bytes for each replicate, or for each view as long as these are
    /// fewer.
    pub fn with_bootstrap(plan: Bootstrap) -> Self {
        Self { bootstrap: Some(PoissonBootstrap::new(plan)), ..Self::default() }
    }

    /// Bytes held, for reports of memory.
    pub fn size_bytes(&self) -> usize {
        self.bootstrap.as_ref().map_or(0, PoissonBootstrap::size_bytes)
    }
}

/// # Panics
///
/// When the two were made to resample otherwise, which is a bug in the program.
impl Merge for Engagement {
    fn merge(&mut self, other: Self) {
        for (sum, other) in self.sums.iter_mut().zip(other.sums) {
            *sum = sum.saturating_add(other);
        }
        self.not_started.merge(other.not_started);
        self.unknown_duration.merge(other.unknown_duration);
        match (&mut self.bootstrap, other.bootstrap) {
            (Some(bootstrap), Some(other)) => bootstrap.merge(other),
            (own, other) => assert_eq!(own.is_some(), other.is_some(), "one resamples and the other does not"),
        }
    }
}

impl Accumulator for Engagement {
    type Item = SessionFacts;
    type Summary = EngagementSummary;

    fn observe(&mut self, facts: &SessionFacts) {
        if !facts.started() {
            self.not_started.merge(1);
            return;
        }
        let watched_ms = facts.watched.as_millis();
        let mut amounts = [0; SUMS];
        amounts[0] = 1;
        match facts.duration.filter(|duration| !duration.is_zero() && !facts.is_live) {
            Some(duration) => {
                let duration_ms = duration.as_millis();
                (amounts[1], amounts[2]) = (duration_ms, watched_ms.min(duration_ms));
            }
            None => self.unknown_duration.merge(1),
        }
        if let Some(completed) = facts.completed {
            (amounts[3], amounts[4]) = (1, u64::from(completed));
        }
        let again = facts.map.runs().iter().filter(|run| run.plays > 1);
        (amounts[5], amounts[6]) = (facts.unique.as_millis(), again.map(|run| run.length().as_millis()).sum());
        (amounts[7], amounts[8]) = (facts.seeks.forward + facts.seeks.inferred_forward, watched_ms);
        for Mark { name, count, .. } in &facts.marks {
            match &**name {
                Mark::LIKE => amounts[9] = *count,
                Mark::SHARE => amounts[10] = *count,
                Mark::COMMENT => amounts[11] = *count,
                _ => {}
            }
        }
        for (sum, amount) in self.sums.iter_mut().zip(amounts) {
            *sum = sum.saturating_add(amount);
        }
        if let Some(bootstrap) = &mut self.bootstrap {
            bootstrap.add(facts.unit(), amounts);
        }
    }

    fn summary(&self) -> EngagementSummary {
        let [views, duration_ms, capped_ms, judged, completed, unique_ms, again_ms, skips, watched_ms, ..] = self.sums;
        let [.., likes, shares, comments] = self.sums;
        let counts = EngagementCounts {
            views,
            duration_ms,
            capped_ms,
            judged,
            completed,
            unique_ms,
            again_ms,
            skips,
            watched_ms,
            likes,
            shares,
            comments,
        };
        EngagementSummary {
            counts,
            not_started: self.not_started,
            unknown_duration: self.unknown_duration,
            bootstrap: self.bootstrap.clone(),
        }
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for Engagement {
    fn fingerprint(&self) -> u64 {
        let plan = self.bootstrap.as_ref().map(audience_stats::Portable::fingerprint);
        audience_stats::fingerprint_of("audience.engagement/1", &plan)
    }

    fn size_bytes(&self) -> usize {
        self.size_bytes()
    }
}

impl EngagementSummary {
    /// The score: (Σ w · part) / (Σ w) over watch time, completion, what is watched again and social signals, of those that are known,
    /// less the weight of skips times its part, and at least 0. There is none where less than half of the weight is of what is known, as
    /// of live streams, which have no duration.
    ///
    /// # Errors
    ///
    /// [`Error::BadWeight`] and [`Error::NoWeight`] of the weights.
    pub fn score(&self, weights: &EngagementWeights, social: SocialChannel) -> Result<EngagementScore, Error> {
        weights.check()?;
        let counts = &self.counts;
        let sums = [
            counts.views,
            counts.duration_ms,
            counts.capped_ms,
            counts.judged,
            counts.completed,
            counts.unique_ms,
            counts.again_ms,
            counts.skips,
            counts.watched_ms,
            counts.likes,
            counts.shares,
            counts.comments,
        ];
        let components = parts_of(sums, social);
        let score = components.score(weights);
        let replicates = self.bootstrap.as_ref().zip(score).and_then(|(bootstrap, score)| {
            let resampled = bootstrap.summary().replicates;
            let values = resampled.iter().filter_map(|sums| parts_of(*sums, social).score(weights));
            Replicates::new(score, values.collect()).ok()
        });
        Ok(EngagementScore { score, components, replicates })
    }
}

fn parts_of(sums: [u64; SUMS], social: SocialChannel) -> EngagementComponents {
    let [views, duration_ms, capped_ms, judged, completed, unique_ms, again_ms, skips, watched_ms, ..] = sums;
    let [.., likes, shares, comments] = sums;
    let part = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let social = match social {
        SocialChannel::Missing => None,
        SocialChannel::Marks => SocialSignals { views, likes, shares, comments }.score(),
        SocialChannel::Given(signals) => signals.score(),
    };
    EngagementComponents {
        watch_time: part(capped_ms, duration_ms),
        completion: part(completed, judged),
        rewatch: part(again_ms, unique_ms),
        social: social.map(audience_core::Ratio::as_f64),
        skip_penalty: part(skips, watched_ms).map(|per_ms| saturating(60_000.0 * per_ms)),
    }
}

impl EngagementComponents {
    /// [`EngagementSummary::score`] of these.
    fn score(&self, weights: &EngagementWeights) -> Option<f64> {
        let parts = [
            (weights.watch_time, self.watch_time),
            (weights.completion, self.completion),
            (weights.rewatch, self.rewatch),
            (weights.social, self.social),
        ];
        let known = || parts.iter().filter_map(|(weight, part)| Some((weight, (*part)?)));
        let weight: f64 = known().map(|(weight, _)| weight).sum();
        // What is known of little else than what was watched again says nothing of a live stream.
        let all: f64 = parts.iter().map(|(weight, _)| weight).sum();
        if weight <= 0.0 || 2.0 * weight < all {
            return None;
        }
        let reward = known().map(|(weight, part)| weight * part).sum::<f64>() / weight;
        let penalty = weights.skip_penalty * self.skip_penalty.unwrap_or_default();
        // Full marks are 1, whatever rounding makes of weights.
        Some((reward - penalty).clamp(0.0, 1.0))
    }
}

impl EngagementScore {
    /// The interval of the score, by the percentiles of resamples. `None` without [`Engagement::with_bootstrap`], and where nothing
    /// varies, as with one viewer.
    pub fn interval(&self, confidence: Confidence) -> Option<Interval> {
        let replicates = self.replicates.as_ref()?;
        (self.standard_error()? > 0.0).then(|| replicates.percentile(confidence))
    }

    /// The standard deviation of the score over resamples. `None` as above; 0 where nothing varies.
    pub fn standard_error(&self) -> Option<f64> {
        self.replicates.as_ref()?.standard_error()
    }
}
