//! Which of a viewer's sessions led to a conversion.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use audience_core::{Elapsed, Mark, SessionFacts, Timestamp};
use audience_stats::{Accumulator, FloatSum, Merge};

use crate::error::Error;

/// How a conversion is divided between what came before it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TouchModel {
    /// All to the first.
    First,
    /// All to the last.
    Last,
    /// The same to each.
    Linear,
    /// In proportion to 2^(−age / half-life).
    TimeDecay {
        /// The age at which a touch counts half.
        half_life: Elapsed,
    },
    /// A share to the first, a share to the last, and what is left in equal parts to those between. Without any between, the first and the
    /// last have all of it, in proportion to their shares.
    PositionBased {
        /// Of the first.
        first: f64,
        /// Of the last.
        last: f64,
    },
}

impl TouchModel {
    /// A week: a touch a week ago counts half.
    pub const WEEKLY_DECAY: Self = Self::TimeDecay { half_life: Elapsed::from_secs(7 * 86_400) };
    /// 40 % to the first, 40 % to the last: U-shaped.
    pub const U_SHAPED: Self = Self::PositionBased { first: 0.4, last: 0.4 };

    /// Nothing wrong with it.
    ///
    /// # Errors
    ///
    /// [`Error::NoHalfLife`]; [`Error::NotShares`] when shares are not finite, below 0 or above 1 together, or both are 0.
    pub fn check(self) -> Result<(), Error> {
        match self {
            Self::TimeDecay { half_life } if half_life.is_zero() => Err(Error::NoHalfLife),
            Self::PositionBased { first, last } => {
                let right = first >= 0.0 && last >= 0.0 && first + last <= 1.0 && first + last > 0.0;
                if right { Ok(()) } else { Err(Error::NotShares { first, last }) }
            }
            _ => Ok(()),
        }
    }

    /// The share of each touch, given when each was, in order, and when the conversion; together 1. Nothing without touches.
    ///
    /// # Errors
    ///
    /// As [`check`](Self::check); [`Error::TouchOutOfOrder`].
    ///
    /// # Examples
    ///
    /// ```
    /// use audience_core::Timestamp;
    /// use audience_engagement::TouchModel;
    ///
    /// let days = [0, 7, 14].map(|day| Timestamp::from_millis(day * 86_400_000));
    /// assert_eq!(TouchModel::U_SHAPED.shares(&days, days[2])?, [0.4, 0.19999999999999996, 0.4]);
    /// assert_eq!(TouchModel::WEEKLY_DECAY.shares(&days, days[2])?, [1.0 / 7.0, 2.0 / 7.0, 4.0 / 7.0]);
    /// # Ok::<(), audience_engagement::Error>(())
    /// ```
    pub fn shares(self, touches: &[Timestamp], conversion: Timestamp) -> Result<Vec<f64>, Error> {
        self.check()?;
        let nexts = touches.iter().skip(1).chain([&conversion]);
        if let Some(at) = touches.iter().zip(nexts).position(|(touch, next)| touch > next) {
            return Err(Error::TouchOutOfOrder { at: if at + 1 < touches.len() { at + 1 } else { at } });
        }
        let Some(last_at) = touches.len().checked_sub(1) else { return Ok(Vec::new()) };
        let raw: Vec<f64> = match self {
            Self::First => (0..=last_at).map(|at| f64::from(u8::from(at == 0))).collect(),
            Self::Last => (0..=last_at).map(|at| f64::from(u8::from(at == last_at))).collect(),
            Self::Linear => vec![1.0; touches.len()],
            Self::TimeDecay { half_life } => {
                // Ages are taken from the last touch: all shares shrink alike from there to the conversion.
                let age = |touch: &Timestamp| touches[last_at].as_millis().abs_diff(touch.as_millis()) as f64;
                touches.iter().map(|touch| libm::exp2(-age(touch) / half_life.as_millis() as f64)).collect()
            }
            Self::PositionBased { first, last } => match last_at {
                0 => vec![1.0],
                1 => vec![first, last],
                _ => {
                    let between = (1.0 - first - last) / (last_at - 1) as f64;
                    let of = |at: usize| {
                        if at == 0 {
                            first
                        } else if at == last_at {
                            last
                        } else {
                            between
                        }
                    };
                    (0..=last_at).map(of).collect()
                }
            },
        };
        let sum: f64 = raw.iter().sum();
        Ok(raw.into_iter().map(|raw| raw / sum).collect())
    }
}

/// What a session is a touch of.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TouchOf {
    /// Its title.
    #[default]
    Content,
    /// Its value of an attribute, such as the campaign it came by. Sessions without are no touches.
    Attribute(String),
}

/// What led viewers to convert: an accumulator over session facts. A session in which a frame was seen is a touch; a viewer's first
/// custom event of the name converts. Touches are those that began no later, and within the look-back; the session that converts is
/// one of them. Sessions without a viewer are journeys of their own.
///
/// Memory grows with sessions, at some 30 bytes each: it is for what a machine holds. States merge exactly.
///
/// # Examples
///
/// ```
/// use audience_core::{Accumulator, Event, EventKind, Rules, Session, Timestamp};
/// use audience_engagement::{Journeys, TouchModel};
///
/// let mut journeys = Journeys::new();
/// for (day, title) in [(0, "trailer"), (1, "pilot"), (2, "pilot")] {
///     let at = Timestamp::from_millis(day * 86_400_000);
///     let subscribes = (day == 2).then(|| Event::new(at, EventKind::custom("conversion")));
///     let events = [Event::new(at, EventKind::Play)].into_iter().chain(subscribes);
///     let session = Session::new(format!("s{day}"), title, events).with_viewer("ann");
///     journeys.observe(&session.facts(&Rules::default(), None));
/// }
/// let credits = journeys.summary().credits(TouchModel::Linear)?;
/// assert_eq!(credits, [("pilot".into(), 2.0 / 3.0), ("trailer".into(), 1.0 / 3.0)]);
/// # Ok::<(), audience_engagement::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Journeys {
    of: TouchOf,
    conversion: Arc<str>,
    look_back: Option<Elapsed>,
    viewers: HashMap<Arc<str>, Journey>,
}

/// When, and of what.
type Touch = (Timestamp, Arc<str>);

#[derive(Clone, Debug, Default)]
struct Journey {
    touches: Vec<Touch>,
    converted_at: Option<Timestamp>,
}

/// What [`Journeys`] have seen: viewers in order of their ids.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneySummary {
    /// Viewers with a touch or a conversion.
    pub viewers: u64,
    /// Viewers who converted.
    pub conversions: u64,
    /// Of these, viewers without a touch that counts.
    pub without_touch: u64,
    /// Of each of the others, touches in order, and the conversion.
    journeys: Vec<(Vec<Touch>, Timestamp)>,
}

impl Journeys {
    /// Of titles, to custom events named `conversion`, however long ago.
    pub fn new() -> Self {
        Self { of: TouchOf::Content, conversion: Mark::CONVERSION.into(), look_back: None, viewers: HashMap::new() }
    }

    /// The same, of something else.
    #[must_use]
    pub fn of(self, of: TouchOf) -> Self {
        Self { of, ..self }
    }

    /// The same, to custom events of another name.
    #[must_use]
    pub fn with_conversion(self, name: impl Into<Arc<str>>) -> Self {
        Self { conversion: name.into(), ..self }
    }

    /// The same, of touches no longer ago than this.
    #[must_use]
    pub fn within(self, look_back: Elapsed) -> Self {
        Self { look_back: Some(look_back), ..self }
    }
}

impl Default for Journeys {
    fn default() -> Self {
        Self::new()
    }
}

/// # Panics
///
/// When the two are of something else, which is a bug in the program.
impl Merge for Journeys {
    fn merge(&mut self, other: Self) {
        let same = (&self.of, &self.conversion, self.look_back) == (&other.of, &other.conversion, other.look_back);
        assert!(same, "journeys to something else do not merge");
        self.viewers.merge(other.viewers);
    }
}

impl Merge for Journey {
    fn merge(&mut self, other: Self) {
        self.touches.extend(other.touches);
        self.converted_at = self.converted_at.into_iter().chain(other.converted_at).min();
    }
}

impl Accumulator for Journeys {
    type Item = SessionFacts;
    type Summary = JourneySummary;

    fn observe(&mut self, facts: &SessionFacts) {
        let touched = match &self.of {
            TouchOf::Content => Some(facts.identity.content_id.as_str()),
            TouchOf::Attribute(name) => facts.identity.attributes.get(name),
        };
        let touched = touched.filter(|_| facts.started());
        let converted = facts.marks.iter().find(|mark| *mark.name == *self.conversion).map(|mark| mark.first_at);
        if touched.is_none() && converted.is_none() {
            return;
        }
        let unit = facts.unit();
        if !self.viewers.contains_key(unit) {
            self.viewers.insert(unit.into(), Journey::default());
        }
        let Some(journey) = self.viewers.get_mut(unit) else { return };
        let touches = touched.map(|label| (facts.started_at, Arc::from(label))).into_iter().collect();
        journey.merge(Journey { touches, converted_at: converted });
    }

    fn summary(&self) -> JourneySummary {
        let mut viewers: Vec<_> = self.viewers.iter().collect();
        viewers.sort_unstable_by(|a, b| a.0.cmp(b.0));
        let (mut conversions, mut without_touch, mut journeys) = (0, 0, Vec::new());
        for (_, journey) in viewers {
            let Some(converted_at) = journey.converted_at else { continue };
            conversions += 1;
            let earliest = self.look_back.map_or(i64::MIN, |look_back| {
                let look_back = i64::try_from(look_back.as_millis()).unwrap_or(i64::MAX);
                converted_at.as_millis().saturating_sub(look_back)
            });
            let counts = |(at, _): &&Touch| at.as_millis() >= earliest && *at <= converted_at;
            let mut touches: Vec<_> = journey.touches.iter().filter(counts).cloned().collect();
            touches.sort_unstable();
            if touches.is_empty() {
                without_touch += 1;
            } else {
                journeys.push((touches, converted_at));
            }
        }
        JourneySummary { viewers: self.viewers.len() as u64, conversions, without_touch, journeys }
    }
}

impl JourneySummary {
    /// How many conversions each touch is credited with, the largest first, and of those that are equal the first by its name. Together
    /// they are the conversions with a touch.
    ///
    /// # Errors
    ///
    /// As [`TouchModel::check`].
    pub fn credits(&self, model: TouchModel) -> Result<Vec<(Arc<str>, f64)>, Error> {
        model.check()?;
        let mut credits: BTreeMap<Arc<str>, FloatSum> = BTreeMap::new();
        for (touches, conversion) in &self.journeys {
            let times: Vec<Timestamp> = touches.iter().map(|(at, _)| *at).collect();
            for ((_, label), share) in touches.iter().zip(model.shares(&times, *conversion)?) {
                credits.entry(label.clone()).or_default().add(share);
            }
        }
        let mut credits: Vec<_> = credits.into_iter().map(|(label, sum)| (label, sum.value())).collect();
        credits.sort_by(|a, b| b.1.total_cmp(&a.1));
        Ok(credits)
    }
}
