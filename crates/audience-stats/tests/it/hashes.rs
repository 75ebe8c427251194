//! Hashes that must never change, and must be uniform.

use audience_stats::hash::{hash64, hash128};

/// From the reference implementation, as the Python package xxhash 4.1.0 gives them.
#[test]
fn golden_values() {
    assert_eq!(hash64(b"", 0), 0x2d06_8005_38d3_94c2);
    assert_eq!(hash128(b"", 0), 0x99aa_06d3_0147_98d8_6001_c324_468d_497f);
    assert_eq!(hash64(b"9f2b55b7-eb66-424b-b450-8fda7aa24a2a", 0), 0xca8d_b2f3_d642_b0dc);
    assert_eq!(hash64(b"user_1", 0), 0x20f9_09ab_6f54_d5a1);
    assert_eq!(hash64(b"user_1", 7), 0xe6fd_1fa7_a76e_0f0c);
    assert_eq!(hash128(b"user_1", 0), 0xca30_86bf_33a7_2931_0125_e0b5_5712_f5d9);
}

/// Chi-square of hashes in 10 equal parts, 9 degrees of freedom: above 27.88 once in a thousand times.
#[test]
fn the_high_bits_of_sequential_ids_are_uniform() {
    for seed in 0..5 {
        let mut counts = [0_u64; 10];
        for n in 0..100_000 {
            let hash = hash64(format!("user_{n}").as_bytes(), seed);
            counts[((u128::from(hash) * 10) >> 64) as usize] += 1;
        }
        let chi_square: f64 = counts.iter().map(|&count| (count as f64 - 10_000.0).powi(2) / 10_000.0).sum();
        assert!(chi_square < 27.88, "{chi_square} with seed {seed}");
    }
}
