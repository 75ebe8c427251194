//! Random numbers: one stream for each thing that is simulated, the same on every machine.
//!
//! Bits come from xoshiro256++ (D. Blackman, S. Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47,
//! 2021). What is drawn from them uses additions, multiplications, divisions and square roots, which IEEE 754 rounds
//! exactly, and logarithms and exponentials from the `libm` crate, which is software and not the platform's.

mod weighted;

pub(crate) use weighted::Weighted;

use audience_stats::hash::hash64;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// What a stream is for: streams of different purposes share nothing.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(crate) enum Purpose {
    Title = 1,
    Viewer = 2,
    Session = 3,
    Network = 4,
    Faults = 5,
    Activity = 6,
}

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(crate) struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of the thing with number `index`.
    pub(crate) fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let mut key = [0; 9];
        key[..8].copy_from_slice(&index.to_le_bytes());
        key[8] = purpose as u8;
        Self(Xoshiro256PlusPlus::seed_from_u64(hash64(&key, seed)))
    }

    /// Uniform in [0, 1), in steps of 2⁻⁵³.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// Uniform in [least, most).
    pub(crate) fn between(&mut self, least: f64, most: f64) -> f64 {
        least + (most - least) * self.uniform()
    }

    /// Uniform over 0 to n − 1; 0 for none.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        // Lemire's multiplication without rejection: uneven by less than n / 2⁶⁴.
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// Exponential with mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -libm::log(1.0 - self.uniform())
    }

    /// Normal with mean 0 and variance 1, by the polar method (G. Marsaglia, T. A. Bray, SIAM Review 6, 1964).
    pub(crate) fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (self.between(-1.0, 1.0), self.between(-1.0, 1.0));
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * libm::log(square) / square).sqrt();
            }
        }
    }

    /// Log-normal with this median; `spread` is the standard deviation of the logarithm.
    pub(crate) fn lognormal(&mut self, median: f64, spread: f64) -> f64 {
        if spread == 0.0 { median } else { median * libm::exp(spread * self.normal()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream() -> Stream {
        Stream::new(7, Purpose::Session, 3)
    }

    fn mean(mut draw: impl FnMut(&mut Stream) -> f64) -> f64 {
        let mut stream = stream();
        (0..20_000).map(|_| draw(&mut stream)).sum::<f64>() / 20_000.0
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        // Five standard errors of each mean.
        let near =
            |mean: f64, expected: f64, deviation: f64| (mean - expected).abs() < 5.0 * deviation / 20_000_f64.sqrt();
        assert!(near(mean(Stream::uniform), 0.5, 0.289));
        assert!(near(mean(Stream::exponential), 1.0, 1.0));
        assert!(near(mean(Stream::normal), 0.0, 1.0));
        assert!(near(mean(|stream| stream.normal() * stream.normal()), 0.0, 1.0));
        assert!(near(
            mean(|stream| {
                let x = stream.normal();
                x * x
            }),
            1.0,
            1.414
        ));
        assert!(near(mean(|stream| f64::from(u8::from(stream.chance(0.3)))), 0.3, 0.46));
        assert!(near(mean(|stream| stream.below(10) as f64), 4.5, 2.88));
        assert!(near(mean(|stream| libm::log(stream.lognormal(5.0, 0.7))), 5.0_f64.ln(), 0.7));
    }

    #[test]
    fn streams_of_other_seeds_purposes_and_numbers_differ() {
        let first = |seed, purpose, index| Stream::new(seed, purpose, index).0.next_u64();
        let all = [
            first(7, Purpose::Session, 3),
            first(8, Purpose::Session, 3),
            first(7, Purpose::Viewer, 3),
            first(7, Purpose::Session, 4),
        ];
        for (at, number) in all.iter().enumerate() {
            assert!(!all[..at].contains(number));
        }
    }

    #[test]
    fn the_numbers_of_a_stream_never_change() {
        let mut stream = stream();
        let drawn = (
            stream.below(1 << 32),
            stream.uniform().to_bits(),
            stream.normal().to_bits(),
            stream.exponential().to_bits(),
        );
        insta::assert_debug_snapshot!(drawn, @"
        (
            310292448,
            4594632648714631256,
            4608877186740048577,
            4607583878052104246,
        )
        ");
    }
}
