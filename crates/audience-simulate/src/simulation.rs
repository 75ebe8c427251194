//! Simulations.

use std::ops::Range;

use audience_core::{Elapsed, ExitReason, MediaTime, SessionId};
use audience_stats::hash::hash128;

use crate::arrivals::Arrivals;
use crate::error::Error;
use crate::player::{Player, Setting};
use crate::random::{Purpose, Stream, Weighted};
use crate::scenario::Scenario;
use crate::schedule::Schedule;
use crate::session::SimulatedSession;
use crate::title::{Title, titles};
use crate::truth::SessionTruth;
use crate::viewer::{Crowd, Labels};

/// A scenario and a seed, from which every session follows by its number alone: in any order, on any number of threads,
/// and with the same bytes on every machine.
///
/// Takes memory for the titles and eight bytes a viewer.
#[derive(Clone, Debug)]
pub struct Simulation {
    scenario: Scenario,
    seed: u64,
    titles: Vec<Title>,
    popularity: Weighted,
    cdns: Weighted,
    crowd: Crowd,
    labels: Labels,
    schedule: Schedule,
}

impl Simulation {
    /// The simulation of a scenario with a seed.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with the scenario; see [`Scenario::check`].
    pub fn new(scenario: Scenario, seed: u64) -> Result<Self, Error> {
        scenario.check()?;
        let zipf = scenario.titles.zipf;
        let popularity = (1..=scenario.titles.count).map(|rank| libm::exp(-zipf * libm::log(f64::from(rank))));
        Ok(Self {
            titles: titles(&scenario.titles, seed),
            popularity: Weighted::new(popularity),
            cdns: Weighted::new(scenario.viewers.cdns.iter().map(|cdn| cdn.share)),
            crowd: Crowd::new(&scenario, seed),
            labels: Labels::new(&scenario),
            schedule: Schedule::new(&scenario, seed),
            scenario,
            seed,
        })
    }

    /// What is simulated.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The titles, those expected to be watched most first.
    pub fn catalog(&self) -> &[Title] {
        &self.titles
    }

    /// How many viewers there are; those who never watch count too.
    pub fn viewers(&self) -> u64 {
        self.crowd.len() as u64
    }

    /// How many sessions there are.
    pub fn sessions(&self) -> u64 {
        self.scenario.sessions
    }

    /// The session with this number, counting from 0 in the order in which they begin. Numbers past the last one are
    /// taken for the last one's successors, which begin when it does.
    pub fn session(&self, number: u64) -> SimulatedSession {
        let mut stream = Stream::new(self.seed, Purpose::Session, number);
        let after = self.schedule.begin(number, &mut stream);
        let viewer = self.crowd.draw(&self.scenario, after, &mut stream);
        let title = &self.titles[self.popularity.draw(&mut stream)];
        let cdn = self.cdns.draw(&mut stream);
        let viewer_id = self.crowd.id(viewer.index);
        let arm = self.crowd.arm(&viewer_id);
        let started_at = self.scenario.start + Elapsed::from_millis(after);
        let setting = Setting {
            scenario: &self.scenario,
            title,
            viewer: &viewer,
            cdn,
            hazard: 1.0 + self.scenario.experiment.arms[arm].effect,
            seed: self.seed,
            session: number,
            begin: started_at.as_millis(),
        };
        let truth = SessionTruth {
            session_id: session_id(self.seed, number),
            viewer_id,
            content_id: title.content_id.clone(),
            arm: self.labels.arms[arm].clone(),
            started_at,
            startup: None,
            watched: MediaTime::ZERO,
            playing: Elapsed::ZERO,
            stalls: 0,
            stalled: Elapsed::ZERO,
            seek_waits: 0,
            seek_waiting: Elapsed::ZERO,
            seeks_ahead: 0,
            seeks_back: 0,
            pauses: 0,
            paused: Elapsed::ZERO,
            rate_changes: 0,
            switches: 0,
            ads: 0,
            in_ads: Elapsed::ZERO,
            errors: 0,
            exit: ExitReason::Left,
            exit_position: MediaTime::ZERO,
            runs: Vec::new(),
        };
        let attributes = self.labels.of(&viewer, cdn, arm);
        let (events, truth) = Player::new(setting, stream, truth).run();
        SimulatedSession { attributes, events, truth, viewer: viewer.index }
    }

    /// The events of all sessions as they arrive.
    pub fn arrivals(&self) -> Arrivals<'_> {
        self.arrivals_of(0..self.sessions())
    }

    /// The events of some sessions as they arrive.
    pub fn arrivals_of(&self, numbers: Range<u64>) -> Arrivals<'_> {
        Arrivals::new(self, numbers)
    }

    /// When a session begins, without playing it.
    pub(crate) fn begin(&self, number: u64) -> i64 {
        let after = self.schedule.begin(number, &mut Stream::new(self.seed, Purpose::Session, number));
        (self.scenario.start + Elapsed::from_millis(after)).as_millis()
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn crowd(&self) -> &Crowd {
        &self.crowd
    }
}

/// An id in the form of a UUID, version 8 (RFC 9562): 122 bits of a hash.
fn session_id(seed: u64, number: u64) -> SessionId {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let hash = hash128(&number.to_le_bytes(), seed);
    let hash = hash & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|at| ![8, 13, 18, 23].contains(at));
    for (digit, place) in places.enumerate() {
        text[place] = DIGITS[(hash >> (124 - 4 * digit)) as usize & 0xf];
    }
    SessionId::from(std::str::from_utf8(&text).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn session_ids_are_uuids_of_version_8() {
        let id = session_id(1, 2);
        let parts: Vec<&str> = id.as_str().split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(parts[2].starts_with('8') && "89ab".contains(&parts[3][..1]), "{id}");
        assert_ne!(id, session_id(1, 3));
        assert_ne!(id, session_id(2, 2));
    }
}
