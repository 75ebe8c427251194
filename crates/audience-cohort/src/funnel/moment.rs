//! Events that are steps, as numbers in the order in which they follow each other.

use audience_core::Timestamp;

/// An event that is a step, in order of time and then of what tells ties apart.
pub(super) trait Moment: Copy + Default + Ord {
    /// In milliseconds.
    fn at(self) -> i64;

    /// The place of its name.
    fn name(self) -> u8;
}

/// Any there is.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Wide {
    pub(super) at: Timestamp,
    pub(super) tail: u32,
}

impl Moment for Wide {
    fn at(self) -> i64 {
        self.at.as_millis()
    }

    fn name(self) -> u8 {
        self.tail as u8
    }
}

/// One within two thousand years of 1970 that nothing but its name tells from ties: most are. From the highest bit on the time, some bits
/// for who keeps it, and the name.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Near(u64);

impl Near {
    const NAME_BITS: u32 = 6;
    const TIME_BITS: u32 = 47;
    /// How many bits are left for who keeps it.
    pub(super) const TAG_BITS: u32 = u64::BITS - Self::TIME_BITS - Self::NAME_BITS;
    const EPOCH: i64 = 1 << (Self::TIME_BITS - 1);

    /// `None` when it is none.
    #[inline]
    pub(super) fn new(moment: Wide, tag: usize) -> Option<Self> {
        let time = moment.at().wrapping_add(Self::EPOCH) as u64;
        let tail = u64::from(moment.tail);
        let fits = time >> Self::TIME_BITS == 0 && tail >> Self::NAME_BITS == 0 && tag >> Self::TAG_BITS == 0;
        fits.then_some(Self((time << Self::TAG_BITS | tag as u64) << Self::NAME_BITS | tail))
    }

    #[inline]
    pub(super) fn tag(self) -> usize {
        (self.0 >> Self::NAME_BITS) as usize & ((1 << Self::TAG_BITS) - 1)
    }

    pub(super) fn wide(self) -> Wide {
        Wide { at: Timestamp::from_millis(self.at()), tail: u32::from(self.name()) }
    }
}

impl Moment for Near {
    #[inline]
    fn at(self) -> i64 {
        (self.0 >> (Self::TAG_BITS + Self::NAME_BITS)) as i64 - Self::EPOCH
    }

    #[inline]
    fn name(self) -> u8 {
        self.0 as u8 & ((1 << Self::NAME_BITS) - 1)
    }
}
