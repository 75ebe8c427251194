//! Positions from requests, for players that report what they do and not where.

use super::path::{self, Step};
use super::sighting::{Requests, instant, is_reckonable};
use super::story::Run;
use crate::event::{Event, EventKind, PlayerState};
use crate::rules::Rules;
use crate::time::{MediaTime, Timestamp};

/// The clocks of player and log are one where so many of the states agree that both tell: seven of ten.
const AGREEMENT: (usize, usize) = (7, 10);
/// So many changes of the state are tried as the same one told by both.
const CHANGES: usize = 20;

/// What the player reported, with positions where its requests show them; nothing where it reports positions itself, where the
/// clocks of the two cannot be compared, and where a clock is beyond all bounds.
pub(super) fn place(events: &[Event], rules: &Rules) -> Option<Vec<Event>> {
    let (asked, mut told): (Vec<Event>, Vec<Event>) =
        events.iter().cloned().partition(|event| matches!(event.kind, EventKind::Request(_)));
    if told.iter().any(|event| event.position.is_some()) || !events.iter().all(|event| is_reckonable(event.ts)) {
        return None;
    }
    let offset = offset(&asked, &told)?;
    let mut requests = Requests::of(&asked);
    let mut seeks = told.iter().filter(|event| is_seek(event)).map(|event| instant(event.ts)).peekable();
    for sighting in &mut requests.sightings {
        sighting.at = sighting.at.saturating_sub(offset);
        // What the player reports is better than what segments suggest.
        sighting.urgent = false;
        sighting.moved_at = None;
        while let Some(seek) = seeks.next_if(|seek| *seek <= sighting.at) {
            sighting.moved_at = sighting.moved_at.or(Some(seek));
        }
    }
    let path = path::find(&requests.sightings, requests.longest, rules);
    let states = states(&told);
    let mut seen = Vec::new();
    let mut begun = false;
    for run in path.chunk_by(|_, next| next.step != Step::Jump) {
        let run = Run::new(&requests, run);
        if let Some(play) =
            told.iter_mut().find(|event| state_of(event) == Some(PlayerState::Playing)).filter(|_| !begun)
        {
            // Where it waited for the first frame.
            let before = run.stops.iter().rev().find(|(sighting, _)| sighting.at <= instant(play.ts));
            play.position = before.map(|(_, place)| media(*place));
        }
        begun = true;
        if let Some((first, target)) = run.stops.first() {
            // The seek that led here.
            let since = seen.last().map_or(Timestamp::from_millis(i64::MIN), |event: &Event| event.ts);
            let led = told.iter_mut().filter(|event| is_seek(event) && event.ts >= since);
            let led = led.filter(|event| instant(event.ts) <= first.at).last();
            if let Some(seek) = led {
                seek.position = Some(media(*target));
            }
        }
        for (sighting, place) in &run.stops {
            if state_at(&states, sighting.at) == Some(PlayerState::Playing) {
                seen.push(Event::new(Timestamp::from_millis(sighting.at), EventKind::Heartbeat).at(media(*place)));
            }
        }
    }
    told.append(&mut seen);
    told.sort_by_key(|event| event.ts);
    Some(told)
}

fn media(millis: i64) -> MediaTime {
    MediaTime::from_millis(millis.max(0).unsigned_abs())
}

const fn is_seek(event: &Event) -> bool {
    matches!(event.kind, EventKind::Seek { .. } | EventKind::StateChange { to: PlayerState::Seeking, .. })
}

/// The state that an event leads to, as far as requests tell states too.
fn state_of(event: &Event) -> Option<PlayerState> {
    match &event.kind {
        EventKind::Play => Some(PlayerState::Playing),
        EventKind::Pause => Some(PlayerState::Paused),
        EventKind::BufferStart | EventKind::Seek { .. } => Some(PlayerState::Buffering),
        EventKind::StateChange { to: PlayerState::Seeking | PlayerState::Buffering, .. } => {
            Some(PlayerState::Buffering)
        }
        EventKind::StateChange { to, .. } => Some(*to),
        EventKind::End { .. } => Some(PlayerState::Ended),
        _ => None,
    }
}

/// The states the player reported, with since when.
fn states(told: &[Event]) -> Vec<(i64, PlayerState)> {
    let mut states: Vec<_> = told.iter().filter_map(|event| Some((instant(event.ts), state_of(event)?))).collect();
    states.dedup_by_key(|(_, state)| *state);
    states
}

fn state_at(states: &[(i64, PlayerState)], at: i64) -> Option<PlayerState> {
    let after = states.partition_point(|(since, _)| *since <= at);
    Some(states.get(after.checked_sub(1)?)?.1)
}

/// By how much the log's clock is ahead of the player's, by the states that both tell; none where they do not agree.
fn offset(asked: &[Event], told: &[Event]) -> Option<i64> {
    let told = states(told);
    let state = |event: &Event| {
        let state = event.vitals.as_ref()?.state?;
        let state = if state == PlayerState::Seeking { PlayerState::Buffering } else { state };
        Some((instant(event.ts), state))
    };
    let asked: Vec<(i64, PlayerState)> = asked.iter().filter_map(state).collect();
    let agree = |offset: i64| {
        asked.iter().filter(|(at, state)| state_at(&told, at.saturating_sub(offset)) == Some(*state)).count()
    };
    let enough = |agreeing: usize| !asked.is_empty() && agreeing * AGREEMENT.1 >= asked.len() * AGREEMENT.0;
    let same = agree(0);
    if enough(same) {
        return Some(0);
    }
    let changes = asked.windows(2).filter(|pair| pair[0].1 != pair[1].1).map(|pair| pair[1]).take(CHANGES);
    let candidates = changes.flat_map(|(at, state)| {
        let same = told.iter().filter(move |(_, told)| *told == state).take(CHANGES);
        same.map(move |(since, _)| at.saturating_sub(*since))
    });
    let best = candidates.map(|offset| (agree(offset), offset)).max_by_key(|(agreeing, _)| *agreeing)?;
    enough(best.0).then_some(best.1)
}
