//! Pointer heatmaps.

use audience_core::Accumulator;
use audience_engagement::{Error, PointerHeatmap};
use proptest::prelude::*;

#[test]
fn grids_that_are_none_are_refused() {
    for (width, height, cell) in
        [(0.0, 1.0, 1.0), (1.0, f64::NAN, 1.0), (1.0, 1.0, 0.0), (1e9, 1e9, 1.0), (1.0, 1.0, 1e-300)]
    {
        assert!(
            matches!(PointerHeatmap::new(width, height, cell), Err(Error::NotAGrid { .. })),
            "{width} {height} {cell}"
        );
    }
    insta::assert_snapshot!(PointerHeatmap::new(10.0, -1.0, 1.0).unwrap_err(), @"divide 10 x -1 into cells of 1: there are between 1 and 1048576");
}

#[test]
fn what_is_no_point_is_counted_nowhere() {
    let mut heatmap = PointerHeatmap::new(10.0, 10.0, 5.0).unwrap();
    insta::assert_snapshot!(heatmap.add(f64::NAN, 1.0).unwrap_err(), @"point at (NaN, 1): it is not a place");
    heatmap.observe(&(f64::NAN, f64::NAN));
    assert_eq!((heatmap.points(), heatmap.refused(), heatmap.outside(), heatmap.most()), (0, 1, 0, 0));
    assert_eq!((heatmap.density(0, 0), heatmap.count(2, 0), heatmap.count(0, 2)), (None, None, None));
}

proptest! {
    /// Every point is in the cell that it is in.
    #[test]
    fn points_are_in_their_cells(points in prop::collection::vec((0.0..100.0_f64, 0.0..70.0_f64), 1..50), cell in 0.3..80.0_f64) {
        let mut heatmap = PointerHeatmap::new(100.0, 70.0, cell).unwrap();
        for (x, y) in &points {
            heatmap.add(*x, *y).unwrap();
        }
        prop_assert_eq!(heatmap.points(), points.len() as u64);
        for row in 0..heatmap.rows() {
            for column in 0..heatmap.columns() {
                let within = |at: f64, place: usize| (at / cell) as usize == place;
                let expected = points.iter().filter(|(x, y)| within(*x, column) && within(*y, row)).count() as u64;
                prop_assert_eq!(heatmap.count(column, row), Some(expected));
                prop_assert!(heatmap.most() >= expected);
            }
        }
    }
}
