//! Which attributes there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use audience_core::SessionFacts;
use audience_stats::{Accumulator, Merge};

/// The most names of attributes that are kept to tell which there are; of more, the alphabetically first.
const MOST_NAMES: usize = 100;

/// The names of attributes that sessions have, for whoever asks for one that none has.
#[derive(Clone, Debug, Default)]
pub(crate) struct AttributeNames(BTreeSet<Arc<str>>);

impl AttributeNames {
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    fn cut(&mut self) {
        while self.0.len() > MOST_NAMES {
            self.0.pop_last();
        }
    }
}

impl Merge for AttributeNames {
    fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        self.cut();
    }
}

impl Accumulator for AttributeNames {
    type Item = SessionFacts;
    /// In their order.
    type Summary = Vec<String>;

    fn observe(&mut self, facts: &SessionFacts) {
        for (name, _) in facts.identity.attributes.iter() {
            if !self.0.contains(name) {
                self.0.insert(name.into());
            }
        }
        self.cut();
    }

    fn summary(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}
