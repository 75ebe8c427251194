//! Worlds of which it is known what goes with stalls.

use std::sync::{Arc, LazyLock};

use audience_core::{Accumulator, Elapsed, EventKind, Identity, SessionFacts};
use audience_qoe::{ExcessStalls, ExcessStallsSummary, SliceDimension, SliceValue, StallSlice};
use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::{event, facts};

/// A world of viewers with networks and devices of their own, each with one to six sessions.
#[derive(Clone, Copy)]
pub(crate) struct World {
    pub(crate) viewers: u32,
    /// How much more CDN B stalls.
    pub(crate) cdn_b: f64,
    /// How much more slow devices do.
    pub(crate) slow_devices: f64,
    /// The share of sessions on CDN B on fast and on slow devices.
    pub(crate) share_of_b: (f64, f64),
}

/// Nothing makes a difference but the viewer's network.
pub(crate) const FLAT: World = World { viewers: 600, cdn_b: 1.0, slow_devices: 1.0, share_of_b: (0.4, 0.4) };

impl World {
    /// What is seen of it, with another seed.
    pub(crate) fn sessions(&self, seed: u64) -> Vec<SessionFacts> {
        let rng = &mut Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut sessions = Vec::new();
        for viewer in 0..self.viewers {
            let viewer = format!("viewer {viewer}");
            let network = lognormal(rng, 1.0, 0.7);
            let slow = rng.random::<f64>() < 0.3;
            let isp = ["one", "two", "three"][rng.random_range(0..3)];
            for _ in 0..rng.random_range(1..=6) {
                let share = if slow { self.share_of_b.1 } else { self.share_of_b.0 };
                let b = rng.random::<f64>() < share;
                let title = ["film", "clip", "news", "show"][rng.random_range(0..4)];
                let factor = if b { self.cdn_b } else { 1.0 } * if slow { self.slow_devices } else { 1.0 };
                let playing = lognormal(rng, 200_000.0, 0.8);
                let stalls = rng.random::<f64>() < 0.3;
                let stalled = if stalls { playing * network * factor * lognormal(rng, 0.05, 0.7) } else { 0.0 };
                let attributes =
                    [("cdn", if b { "B" } else { "A" }), ("device", if slow { "slow" } else { "fast" }), ("isp", isp)];
                sessions.push(view(&viewer, title, &attributes, playing.round() as u64, stalled.round() as u64));
            }
        }
        sessions
    }
}

/// A lognormal number of this mean, by Box and Muller.
fn lognormal(rng: &mut impl Rng, mean: f64, sigma: f64) -> f64 {
    let (u, v) = (1.0 - rng.random::<f64>(), rng.random::<f64>());
    let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
    mean * (sigma * normal - sigma * sigma / 2.0).exp()
}

/// A session that plays so long and stalls so long, in milliseconds.
pub(crate) fn view(viewer: &str, title: &str, attributes: &[(&str, &str)], playing: u64, stalled: u64) -> SessionFacts {
    static ANY: LazyLock<SessionFacts> = LazyLock::new(|| facts("s", [event(0.0, EventKind::Play, 0.0)]));
    let mut facts = ANY.clone();
    facts.wall.playing = Elapsed::from_millis(playing);
    facts.wall.stalled = Elapsed::from_millis(stalled);
    facts.identity = Arc::new(Identity {
        session_id: "s".into(),
        content_id: title.into(),
        viewer_id: Some(viewer.into()),
        attributes: attributes.iter().copied().collect(),
    });
    facts
}

/// By CDN, device, ISP and title.
pub(crate) fn stalls(min_sessions: u64) -> ExcessStalls {
    let attributes = ["cdn", "device", "isp"].map(SliceDimension::attribute);
    ExcessStalls::new(attributes.into_iter().chain([SliceDimension::Title])).unwrap().with_min_sessions(min_sessions)
}

/// What is found of sessions, of slices of at least thirty.
pub(crate) fn found<'a>(sessions: impl IntoIterator<Item = &'a SessionFacts>) -> ExcessStallsSummary {
    let mut stalls = stalls(30);
    stalls.observe_all(sessions);
    stalls.summary()
}

/// The slice of a value.
pub(crate) fn slice<'a>(summary: &'a ExcessStallsSummary, value: &str) -> &'a StallSlice {
    summary.slices.iter().find(|slice| slice.value == SliceValue::Named(value.into())).unwrap()
}

/// What is found in so many worlds like this.
pub(crate) fn found_in(world: World, worlds: u32) -> impl Iterator<Item = ExcessStallsSummary> {
    (0..worlds).map(move |seed| found(&world.sessions(u64::from(seed))))
}
