//! The most plausible way of the playhead through its sightings.
//!
//! Some sightings are wrong: right after a seek players still tell the old buffer, and a segment that is fetched again in
//! another quality is no sighting at all. So every way through them has a cost, for leaving one out, for a jump, for playing
//! faster than the player says, and the cheapest is taken.

use super::sighting::{ROUNDING, Sighting, played};
use crate::rules::Rules;
use crate::time::Rate;

/// To leave a sighting out.
const SKIP: u32 = 10;
/// The same where the request may have been some time before.
const SKIP_UNTIMED: u32 = 5;
/// A jump that nothing but the place tells of.
const JUMP: u32 = 30;
/// A jump where segments are asked for out of order.
const EVIDENT_JUMP: u32 = 8;
/// A jump to where a segment is needed at once.
const URGENT_JUMP: u32 = 18;
/// More, for a jump within a segment: that far, buffers may be off.
const SHORT: u32 = 20;
/// To begin playing faster than the player says.
const FASTER: u32 = 15;
/// To end that after one step, which is rather a jump.
const FASTER_ONCE: u32 = 20;
/// To stand still, so that of two ways the one that moves is taken.
const STAND: u32 = 1;
/// How many sightings in a row may be wrong.
const REACH: usize = 16;
/// How much earlier or later a player may be, besides what it rounds, in milliseconds.
const SLACK: i64 = 150;
/// Over less wall time than this, a speed cannot be told.
const MOMENT: i64 = 500;

/// How the playhead came from the sighting before to this one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Step {
    /// It is the first.
    Start,
    /// It played, or stood.
    Play,
    /// It jumped.
    Jump,
}

/// A sighting on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stop {
    /// Which.
    pub(super) sighting: usize,
    pub(super) step: Step,
    /// When segments were first asked for out of order, since the stop before.
    pub(super) moved_at: Option<i64>,
}

/// How playing goes: as the player says, faster since the last step, faster for longer.
const SPEEDS: usize = 3;
const USUAL: usize = 0;
const JUST_FASTER: usize = 1;
const FASTER_FOR_LONGER: usize = 2;

/// The cheapest way to be at a sighting.
#[derive(Clone, Copy, Debug)]
struct Best {
    cost: u32,
    /// The sighting before and the speed there.
    from: Option<(usize, usize)>,
    step: Step,
}

const NEVER: Best = Best { cost: u32::MAX, from: None, step: Step::Start };

/// The sightings that are believed, in order; `segment` is the length of the longest segment.
pub(super) fn find(sightings: &[Sighting], segment: i64, rules: &Rules) -> Vec<Stop> {
    let mut best: Vec<[Best; SPEEDS]> = Vec::with_capacity(sightings.len());
    // What it costs to leave out all up to each of them.
    let mut skips = Vec::with_capacity(sightings.len() + 1);
    skips.push(0_u64);
    for sighting in sightings {
        let skip = if sighting.untimed { SKIP_UNTIMED } else { SKIP };
        skips.push(skips[skips.len() - 1] + u64::from(skip));
    }
    // Between two of them there are never more than a few.
    let skipped = |from: usize, to: usize| u32::try_from(skips[to] - skips[from]).unwrap_or(u32::MAX);
    for (at, to) in sightings.iter().enumerate() {
        let mut here = [NEVER; SPEEDS];
        if at <= REACH {
            here[USUAL].cost = skipped(0, at);
        }
        let mut evident = to.moved_at.is_some();
        for before in (at.saturating_sub(REACH)..at).rev() {
            let from = &sightings[before];
            let between = skipped(before + 1, at);
            let was_evident = evident;
            evident |= from.moved_at.is_some();
            // What costs so much more than another way to be here is on no cheapest way.
            let least = best[before].iter().map(|there| there.cost).min().unwrap_or(u32::MAX).saturating_add(between);
            if least > here[USUAL].cost.saturating_add(FASTER + FASTER_ONCE) {
                continue;
            }
            let reach = reach(from, to, rules.max_rate);
            let jump = jump(from, to, was_evident, segment);
            for (speed, there) in best[before].iter().enumerate() {
                let cost = there.cost.saturating_add(between);
                if cost == u32::MAX {
                    continue;
                }
                let mut offer = |arrival: usize, more: u32, step: Step| {
                    let cost = cost.saturating_add(more);
                    if cost < here[arrival].cost {
                        here[arrival] = Best { cost, from: Some((before, speed)), step };
                    }
                };
                let leave = if speed == JUST_FASTER { FASTER_ONCE } else { 0 };
                match reach {
                    Reach::Usual if to.at - from.at < MOMENT => offer(speed, 0, Step::Play),
                    Reach::Usual => offer(USUAL, leave, Step::Play),
                    Reach::Standing => offer(USUAL, leave + STAND, Step::Play),
                    Reach::Faster => {
                        let (arrival, more) =
                            if speed == USUAL { (JUST_FASTER, FASTER) } else { (FASTER_FOR_LONGER, 0) };
                        offer(arrival, more, Step::Play);
                    }
                    Reach::Not => {}
                }
                offer(USUAL, leave + jump, Step::Jump);
            }
        }
        best.push(here);
    }
    trace(&best, sightings)
}

/// What a jump costs.
fn jump(from: &Sighting, to: &Sighting, evident: bool, segment: i64) -> u32 {
    let cost = match () {
        () if evident => EVIDENT_JUMP,
        () if to.urgent => URGENT_JUMP,
        () => JUMP,
    };
    let back = from.low - to.high;
    let ahead = to.low - from.high - played(to.at - from.at, from.rate.max(to.rate));
    cost + if back.max(ahead) < segment { SHORT } else { 0 }
}

/// Whether playing leads from one sighting to another.
#[derive(Clone, Copy)]
enum Reach {
    Usual,
    Standing,
    Faster,
    Not,
}

fn reach(from: &Sighting, to: &Sighting, fastest: Rate) -> Reach {
    let wall = to.at.saturating_sub(from.at).max(0);
    let slack = SLACK + from.error + to.error;
    // The nearest and the furthest that the two may be apart.
    let (nearest, furthest) = (to.low - from.high, to.high - from.low);
    if furthest + slack < 0 {
        return Reach::Not;
    }
    let rate = from.rate.max(to.rate);
    if nearest > played(wall, rate) + slack {
        let faster = wall >= MOMENT && nearest <= played(wall, fastest) + slack;
        return if faster { Reach::Faster } else { Reach::Not };
    }
    let stood = furthest + slack + ROUNDING < played(wall, from.rate.min(to.rate));
    if stood { Reach::Standing } else { Reach::Usual }
}

/// The cheapest way, from its end to its start.
fn trace(best: &[[Best; SPEEDS]], sightings: &[Sighting]) -> Vec<Stop> {
    let ends = best.iter().enumerate().rev().take(REACH + 1).flat_map(|(at, here)| {
        // A request that is late is not ahead: the last ones are left out as reluctantly as any.
        let left = (best.len() - 1 - at) as u32 * SKIP;
        here.iter().enumerate().map(move |(speed, best)| {
            let once = if speed == JUST_FASTER { FASTER_ONCE } else { 0 };
            (best.cost.saturating_add(left + once), at, speed)
        })
    });
    let Some((_, mut at, mut speed)) = ends.min_by_key(|(cost, ..)| *cost) else { return Vec::new() };
    let mut stops = Vec::new();
    loop {
        let Best { from, step, .. } = best[at][speed];
        let after = from.map_or(at, |(before, _)| before + 1);
        let moved_at = sightings[after..=at].iter().find_map(|sighting| sighting.moved_at);
        stops.push(Stop { sighting: at, step, moved_at });
        match from {
            Some(before) => (at, speed) = before,
            None => break,
        }
    }
    stops.reverse();
    stops
}
