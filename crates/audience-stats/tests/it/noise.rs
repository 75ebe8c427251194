//! Noise for tests, the same for a seed.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

pub(crate) struct Noise(Xoshiro256PlusPlus);

impl Noise {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    /// A standard normal number, by Box and Muller.
    pub(crate) fn normal(&mut self) -> f64 {
        let (u, v) = (1.0 - self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    pub(crate) fn uniform(&mut self) -> f64 {
        self.0.random()
    }

    pub(crate) fn normals(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.normal()).collect()
    }

    /// Numbers of which each keeps a part of the one before it.
    pub(crate) fn following(&mut self, count: usize, part: f64) -> Vec<f64> {
        let mut last = self.normal() / (1.0 - part * part).sqrt();
        let next = |_| {
            last = part * last + self.normal();
            last
        };
        (0..count).map(next).collect()
    }
}

/// The part of so many worlds in which something happens.
pub(crate) fn share(worlds: u32, mut happens: impl FnMut() -> bool) -> f64 {
    f64::from((0..worlds).map(|_| u32::from(happens())).sum::<u32>()) / f64::from(worlds)
}

/// The most that a share of 5 % comes out as, but for one time in 700.
pub(crate) fn five_percent_and_three_errors(worlds: u32) -> f64 {
    0.05 + 3.0 * (0.05 * 0.95 / f64::from(worlds)).sqrt()
}
