//! States from elsewhere.
#![no_main]

use audience_core::{Accumulator, AttentionHeatmap, HeatmapSample, MediaTime, Portable, UnitTotals};
use audience_retention::{ExactCurves, Grid, RetentionCurves, SeekMatrix, SeekSource};
use audience_stats::{Distinct, MeanRatio, Quantiles};

/// Decodes the bytes after the right fingerprint, merges what they are, and asks it for its summary.
fn check<A: Portable + Accumulator + Clone>(bytes: &[u8], like: &A) {
    let _ = A::decode(bytes, like);
    let whole = [&postcard::to_stdvec(&like.fingerprint()).expect("a number")[..], bytes].concat();
    if let Ok(state) = A::decode(&whole, like) {
        let mut merged = like.clone();
        merged.merge(state.clone());
        merged.merge(state);
        let _ = merged.summary();
        assert!(A::decode(&merged.encode(), like).is_ok());
    }
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((kind, bytes)) = bytes.split_first() else { return };
    let width = MediaTime::from_secs(5);
    match kind % 10 {
        0 => check(bytes, &Quantiles::new()),
        1 => check(bytes, &Distinct::new()),
        2 => check(bytes, &AttentionHeatmap::new(width).expect("a width")),
        3 => check(bytes, &HeatmapSample::new(width, 3, 7).expect("a size")),
        4 => check(bytes, &UnitTotals::new()),
        5 => check(bytes, &RetentionCurves::default()),
        6 => check(bytes, &SeekMatrix::new(10, SeekSource::All).expect("parts")),
        7 => check(bytes, &ExactCurves::new()),
        8 => check(bytes, &RetentionCurves::new(Grid::every(width).expect("a width"))),
        _ => {
            let _ = MeanRatio::decode(bytes, &MeanRatio::new());
        }
    }
});
