//! When key frames came.

use audience_core::Merge;
use smallvec::SmallVec;

/// Different times of key frames of one bucket, in milliseconds since it began, in order; `None` once there were too many.
///
/// Whether there are too many depends on which times there are and not on their order, so it is part of a state that merges.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "Option<Vec<u32>>", into = "Option<Vec<u32>>"))]
pub(super) struct Keyframes(Option<SmallVec<[u32; 4]>>);

impl Default for Keyframes {
    fn default() -> Self {
        Self(Some(SmallVec::new()))
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Option<Vec<u32>>> for Keyframes {
    type Error = crate::Error;

    fn try_from(times: Option<Vec<u32>>) -> Result<Self, crate::Error> {
        let in_order = |times: &Vec<u32>| times.len() <= Self::MOST && times.windows(2).all(|pair| pair[0] < pair[1]);
        if times.as_ref().is_none_or(in_order) {
            Ok(Self(times.map(Into::into)))
        } else {
            Err(crate::Error::Inconsistent)
        }
    }
}

#[cfg(feature = "serde")]
impl From<Keyframes> for Option<Vec<u32>> {
    fn from(keyframes: Keyframes) -> Self {
        keyframes.0.map(SmallVec::into_vec)
    }
}

impl Keyframes {
    /// How many different times a bucket may have.
    pub(super) const MOST: usize = 1024;

    pub(super) fn insert(&mut self, offset: u32) {
        let Some(times) = &mut self.0 else { return };
        let place = times.partition_point(|time| *time < offset);
        if times.get(place) != Some(&offset) {
            times.insert(place, offset);
        }
        if times.len() > Self::MOST {
            self.0 = None;
        }
    }

    /// The times, if they were not too many.
    pub(super) fn times(&self) -> Option<&[u32]> {
        self.0.as_deref()
    }

    pub(super) fn size_bytes(&self) -> usize {
        self.0.as_ref().filter(|times| times.spilled()).map_or(0, |times| times.capacity() * size_of::<u32>())
    }
}

impl Merge for Keyframes {
    fn merge(&mut self, other: Self) {
        let (Some(own), Some(others)) = (&mut self.0, other.0) else {
            self.0 = None;
            return;
        };
        own.extend(others);
        own.sort_unstable();
        own.dedup();
        if own.len() > Self::MOST {
            self.0 = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(times: impl IntoIterator<Item = u32>) -> Keyframes {
        let mut keyframes = Keyframes::default();
        times.into_iter().for_each(|time| keyframes.insert(time));
        keyframes
    }

    #[test]
    fn times_are_in_order_and_once() {
        assert_eq!(of([5, 1, 3, 1, 9, 7]).times(), Some(&[1, 3, 5, 7, 9][..]));
        let mut merged = of([5, 1]);
        merged.merge(of([1, 2]));
        assert_eq!(merged.times(), Some(&[1, 2, 5][..]));
    }

    #[test]
    fn too_many_are_too_many_in_any_order() {
        let most = Keyframes::MOST as u32;
        assert!(of(0..most).times().is_some());
        assert_eq!(of(0..=most).times(), None);
        assert!(of((0..most).chain(0..most)).times().is_some());
        for mut left in [of(0..600), of(600..1200)] {
            let right = if left.times().unwrap()[0] == 0 { of(600..1200) } else { of(0..600) };
            left.merge(right);
            assert_eq!(left.times(), None);
        }
    }
}
