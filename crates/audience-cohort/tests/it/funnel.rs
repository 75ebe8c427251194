//! How far viewers come.

mod events;
mod exhaustive;
mod position;

use audience_core::{Accumulator, Portable};

/// Damages the bytes of a state one by one: it is refused, or it is a state that merges, has a summary and travels on.
fn damage<A: Portable + Accumulator + Clone>(state: &A, empty: &A) {
    let bytes = state.encode();
    let mut read = 0;
    for at in 0..bytes.len() {
        assert!(A::decode(&bytes[..at], empty).is_err());
        for flip in [1, 2, 4, 8, 16, 32, 64, 128, 255] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let Ok(damaged) = A::decode(&damaged, empty) else { continue };
            read += 1;
            let mut twice = damaged.clone();
            twice.merge(damaged);
            twice.summary();
            assert!(A::decode(&twice.encode(), empty).is_ok(), "byte {at}");
        }
    }
    assert!(read > 0);
}
