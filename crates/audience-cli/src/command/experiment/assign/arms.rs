//! Which arm an id is in, by some scheme.

use std::num::NonZeroU32;

use audience_abtest::bucketing::growthbook::{self, Encoding, Range};
use audience_abtest::bucketing::{eppo, optimizely};
use audience_abtest::{Assignment, Exclusion, Experiment, Variant};
use audience_core::{Ratio, Timestamp};

use crate::args::Scheme;
use crate::error::Error;

/// An experiment as a scheme assigns it.
pub(super) struct Arms<'e> {
    experiment: &'e Experiment,
    at: Timestamp,
    rule: Rule,
}

enum Rule {
    Native,
    GrowthBook {
        version: u32,
        encoding: Encoding,
        ranges: Vec<Range>,
    },
    /// Where each arm ends, of [`BUCKETS`].
    Optimizely {
        ends: Vec<u32>,
    },
    Eppo {
        ends: Vec<u32>,
    },
}

/// Buckets of Optimizely, and shards of Eppo.
const BUCKETS: NonZeroU32 = NonZeroU32::new(optimizely::BUCKETS).expect("there are some");

impl<'e> Arms<'e> {
    pub(super) fn new(experiment: &'e Experiment, scheme: Scheme, utf16: bool, at: Timestamp) -> Result<Self, Error> {
        let encoding = if utf16 { Encoding::Utf16 } else { Encoding::Utf8 };
        let growthbook = |version: u32| {
            let weights = weights(experiment);
            let coverage = experiment.coverage().as_f64();
            let ranges = growthbook::ranges(weights.len(), coverage, Some(&weights));
            Rule::GrowthBook { version, encoding, ranges }
        };
        let rule = match scheme {
            Scheme::Native => Rule::Native,
            Scheme::GrowthbookV1 => growthbook(1),
            Scheme::GrowthbookV2 => growthbook(2),
            Scheme::Optimizely => Rule::Optimizely { ends: ends(experiment) },
            Scheme::Eppo => Rule::Eppo { ends: ends(experiment) },
        };
        let with_buckets = matches!(rule, Rule::Optimizely { .. } | Rule::Eppo { .. });
        let beyond = [
            (utf16 && !matches!(rule, Rule::GrowthBook { .. }), "hash UTF-16"),
            (with_buckets && experiment.coverage() != Ratio::ONE, "cover a part of the units"),
            (scheme != Scheme::Native && experiment.slot().is_some(), "use a layer"),
            (scheme != Scheme::Native && experiment.hold_out().is_some(), "hold units out"),
        ];
        match beyond.into_iter().find(|(asked, _)| *asked) {
            Some((_, what)) => Err(Error::NotInScheme { what, scheme }),
            None => Ok(Self { experiment, at, rule }),
        }
    }

    /// The arm of an id, or why it has none.
    pub(super) fn of(&self, unit: &str) -> Result<usize, Exclusion> {
        if let Rule::Native = self.rule {
            return match self.experiment.assign(unit, self.at) {
                Assignment::Enrolled(enrolled) => Ok(enrolled.arm),
                Assignment::Excluded(exclusion) => Err(exclusion),
            };
        }
        if unit.is_empty() {
            return Err(Exclusion::NoId);
        }
        if let Some(exclusion) = self.experiment.out_of_period(self.at) {
            return Err(exclusion);
        }
        let salt = self.experiment.salt();
        let arm = match &self.rule {
            Rule::Native => None,
            Rule::GrowthBook { version, encoding, ranges } => {
                growthbook::hash(salt, unit, *version, *encoding).and_then(|n| growthbook::choose_variation(n, ranges))
            }
            Rule::Optimizely { ends } => optimizely::variation(optimizely::bucket(unit, salt), ends),
            Rule::Eppo { ends } => optimizely::variation(eppo::shard(salt, unit, BUCKETS), ends),
        };
        arm.ok_or(Exclusion::NotCovered)
    }

    /// The name of an arm.
    pub(super) fn name(&self, arm: usize) -> Option<&'e str> {
        self.experiment.variants().get(arm).map(Variant::name)
    }
}

/// Weights as GrowthBook would be given them: as they are where it takes them so, and else as shares.
fn weights(experiment: &Experiment) -> Vec<f64> {
    let given: Vec<f64> = experiment.variants().iter().map(Variant::given_weight).collect();
    // Shares are rounded, and a value that is just a border would change its arm.
    if (0.99..=1.01).contains(&given.iter().sum::<f64>()) {
        given
    } else {
        experiment.variants().iter().map(Variant::weight).collect()
    }
}

/// The bucket past each arm, all of them shared out.
fn ends(experiment: &Experiment) -> Vec<u32> {
    let mut before = 0.0;
    let end = |variant: &Variant| {
        before += variant.weight();
        (before * f64::from(BUCKETS.get())).round() as u32
    };
    experiment.variants().iter().map(end).collect()
}
