//! What happened to units that are kept together.

use crate::funnel::chain::{Chain, Matcher};
use crate::funnel::moment::{Moment, Near, Wide};

/// The events of [`UNITS`](Self::UNITS) units, known here by their places, in no particular order.
#[derive(Clone, Debug, Default)]
pub(super) struct Shelf {
    /// In boxes, so that none is moved when there are more.
    full: Vec<Vec<Near>>,
    /// Those of the last box, which is not full yet.
    near: Vec<Near>,
    far: Vec<(u32, Wide)>,
}

/// Where events are put in the order of their units, again and again.
#[derive(Default)]
pub(super) struct Room {
    near: Vec<Near>,
    wide: Vec<Wide>,
}

impl Shelf {
    /// Few enough that what happened to them fits into a cache, and so that the ends of all these lists do.
    pub(super) const UNITS: usize = 1 << Near::TAG_BITS;

    /// How many events are in a full box.
    const BOX: usize = 1024;

    #[inline]
    pub(super) fn push(&mut self, unit: usize, moment: Wide) {
        match Near::new(moment, unit) {
            Some(near) => {
                if self.near.len() == Self::BOX {
                    self.full.push(std::mem::replace(&mut self.near, Vec::with_capacity(Self::BOX)));
                }
                self.near.push(near);
            }
            None => self.far.push((unit as u32, moment)),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.full.len() * Self::BOX + self.near.len() + self.far.len()
    }

    /// Those that are near.
    fn near(&self) -> impl Iterator<Item = Near> + Clone {
        self.full.iter().chain([&self.near]).flatten().copied()
    }

    /// All events, each with the place of its unit.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, Wide)> + Clone {
        let near = self.near().map(|near| (near.tag(), near.wide()));
        near.chain(self.far.iter().map(|(unit, moment)| (*unit as usize, *moment)))
    }

    /// Bytes held, for reports of memory.
    #[cfg(feature = "serde")]
    pub(super) fn size_bytes(&self) -> usize {
        (self.full.len() * Self::BOX + self.near.capacity()) * size_of::<Near>()
            + self.far.capacity() * size_of::<(u32, Wide)>()
    }

    /// Gives each of the first so many units on some shelves with its chain to `take`, in their order.
    pub(super) fn each_chain(
        shelves: [&Self; 2],
        units: usize,
        matcher: &mut Matcher,
        room: &mut Room,
        take: impl FnMut(usize, Chain),
    ) {
        let count = shelves.iter().map(|shelf| shelf.len()).sum();
        let shelves = shelves.into_iter();
        if shelves.clone().all(|shelf| shelf.far.is_empty()) {
            // Those of one unit have the same tag.
            let near = shelves.flat_map(Self::near).map(|near| (near.tag(), near));
            follow(near, count, units, matcher, &mut room.near, take);
        } else {
            follow(shelves.flat_map(Self::iter), count, units, matcher, &mut room.wide, take);
        }
    }
}

fn follow<M: Moment>(
    events: impl Iterator<Item = (usize, M)> + Clone,
    count: usize,
    units: usize,
    matcher: &mut Matcher,
    room: &mut Vec<M>,
    mut take: impl FnMut(usize, Chain),
) {
    let mut ends = [0; Shelf::UNITS];
    events.clone().for_each(|(unit, _)| ends[unit] += 1);
    let mut sum = 0;
    for end in &mut ends {
        // Where it begins, until it is moved on by what is put there.
        let count = std::mem::replace(end, sum);
        sum += count;
    }
    room.resize(room.len().max(count), M::default());
    events.for_each(|(unit, moment)| {
        room[ends[unit]] = moment;
        ends[unit] += 1;
    });
    let mut start = 0;
    for (unit, end) in ends[..units].iter().enumerate() {
        take(unit, matcher.follow(&mut room[start..*end]));
        start = *end;
    }
}
