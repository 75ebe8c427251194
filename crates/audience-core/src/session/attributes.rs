//! What describes a session besides its ids.

use std::sync::Arc;

/// Names and values of a session, in order of the names: device, country, player, CDN, experiment arm.
#[derive(Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(from = "Vec<(Arc<str>, Arc<str>)>"))]
pub struct Attributes(Vec<(Arc<str>, Arc<str>)>);

impl Attributes {
    /// The most names a session keeps.
    pub const MAX: usize = 64;

    /// No attributes.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        let at = self.0.binary_search_by(|(other, _)| other.as_ref().cmp(name)).ok()?;
        Some(&self.0[at].1)
    }

    /// Sets `name` to `value`. Of more than [`MAX`](Self::MAX) names the alphabetically last is dropped.
    pub fn set(&mut self, name: impl Into<Arc<str>>, value: impl Into<Arc<str>>) {
        let name = name.into();
        match self.0.binary_search_by(|(other, _)| other.cmp(&name)) {
            Ok(at) => self.0[at].1 = value.into(),
            Err(at) => self.0.insert(at, (name, value.into())),
        }
        self.0.truncate(Self::MAX);
    }

    /// Names and values in order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &str)> + Clone {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<N: Into<Arc<str>>, V: Into<Arc<str>>> FromIterator<(N, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let mut attributes = Self::new();
        for (name, value) in pairs {
            attributes.set(name, value);
        }
        attributes
    }
}

/// Names in any order; of a name that is there twice, the later value.
impl From<Vec<(Arc<str>, Arc<str>)>> for Attributes {
    fn from(pairs: Vec<(Arc<str>, Arc<str>)>) -> Self {
        pairs.into_iter().collect()
    }
}
