//! Where pointers were.

use audience_stats::{Accumulator, Merge};

use crate::error::Error;

/// Where pointers (clicks, touches, gaze) were on a player or a page: counts in a grid of square cells.
///
/// # Examples
///
/// ```
/// use audience_engagement::PointerHeatmap;
///
/// let mut heatmap = PointerHeatmap::new(1920.0, 1080.0, 10.0)?;
/// assert_eq!((heatmap.columns(), heatmap.rows()), (192, 108));
/// for _ in 0..3 {
///     heatmap.add(15.0, 7.0)?;
/// }
/// heatmap.add(1919.0, 1079.0)?;
/// heatmap.add(1920.0, 5.0)?; // past the right edge
/// assert!(heatmap.add(f64::NAN, 5.0).is_err());
/// assert_eq!((heatmap.count(1, 0), heatmap.density(191, 107)), (Some(3), Some(1.0 / 3.0)));
/// assert_eq!((heatmap.points(), heatmap.outside()), (4, 1));
/// # Ok::<(), audience_engagement::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Form", into = "Form"))]
pub struct PointerHeatmap {
    width: f64,
    height: f64,
    cell: f64,
    columns: usize,
    counts: Vec<u64>,
    most: u64,
    outside: u64,
    refused: u64,
}

impl PointerHeatmap {
    /// The most cells of a grid: 8 MB.
    pub const MOST_CELLS: usize = 1 << 20;

    /// Of an area of this size, in whatever unit points are in, with cells of this width and height; those at the right and the bottom
    /// may be cut.
    ///
    /// # Errors
    ///
    /// [`Error::NotAGrid`] when one of these is not finite and above 0, or there would be more than
    /// [`MOST_CELLS`](Self::MOST_CELLS).
    pub fn new(width: f64, height: f64, cell: f64) -> Result<Self, Error> {
        let wrong = || Error::NotAGrid { width, height, cell, most: Self::MOST_CELLS };
        if [width, height, cell].iter().any(|size| !(size.is_finite() && *size > 0.0)) {
            return Err(wrong());
        }
        let (columns, rows) = ((width / cell).ceil(), (height / cell).ceil());
        if columns * rows > Self::MOST_CELLS as f64 {
            return Err(wrong());
        }
        let counts = vec![0; (columns * rows) as usize];
        Ok(Self { width, height, cell, columns: columns as usize, counts, most: 0, outside: 0, refused: 0 })
    }

    /// A point so far from the left and from the top. One outside of the area is counted apart.
    ///
    /// # Errors
    ///
    /// [`Error::NotAPoint`] when one is not finite; nothing is counted then.
    pub fn add(&mut self, x: f64, y: f64) -> Result<(), Error> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(Error::NotAPoint { x, y });
        }
        if !((0.0..self.width).contains(&x) && (0.0..self.height).contains(&y)) {
            self.outside.merge(1);
            return Ok(());
        }
        // Rounding must not lead past the last cell.
        let column = ((x / self.cell) as usize).min(self.columns - 1);
        let row = ((y / self.cell) as usize).min(self.rows() - 1);
        let count = &mut self.counts[row * self.columns + column];
        count.merge(1);
        self.most = self.most.max(*count);
        Ok(())
    }

    /// Cells in a row.
    pub const fn columns(&self) -> usize {
        self.columns
    }

    /// Cells in a column.
    pub fn rows(&self) -> usize {
        self.counts.len() / self.columns
    }

    /// Points in a cell; `None` when there is no such cell.
    pub fn count(&self, column: usize, row: usize) -> Option<u64> {
        if column >= self.columns {
            return None;
        }
        self.counts.get(row.checked_mul(self.columns)?.checked_add(column)?).copied()
    }

    /// Points in a cell by those in the fullest, 0–1; `None` when there is no such cell, or no point.
    pub fn density(&self, column: usize, row: usize) -> Option<f64> {
        let count = self.count(column, row)?;
        (self.most > 0).then(|| count as f64 / self.most as f64)
    }

    /// Counts row by row, from the top left.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Points in the fullest cell.
    pub const fn most(&self) -> u64 {
        self.most
    }

    /// Points in the area.
    pub fn points(&self) -> u64 {
        self.counts.iter().fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Points outside of it.
    pub const fn outside(&self) -> u64 {
        self.outside
    }

    /// Points that were none, of those that were [observed](Accumulator::observe).
    pub const fn refused(&self) -> u64 {
        self.refused
    }
}

/// # Panics
///
/// When the two are not of the same grid, which is a bug in the program.
impl Merge for PointerHeatmap {
    fn merge(&mut self, other: Self) {
        let grid = |heatmap: &Self| (heatmap.width, heatmap.height, heatmap.cell);
        assert_eq!(grid(self), grid(&other), "heatmaps of other grids do not merge");
        for (count, other) in self.counts.iter_mut().zip(&other.counts) {
            count.merge(*other);
            self.most = self.most.max(*count);
        }
        self.outside.merge(other.outside);
        self.refused.merge(other.refused);
    }
}

impl Accumulator for PointerHeatmap {
    /// From the left and from the top.
    type Item = (f64, f64);
    type Summary = Self;

    fn observe(&mut self, (x, y): &(f64, f64)) {
        if self.add(*x, *y).is_err() {
            self.refused += 1;
        }
    }

    fn summary(&self) -> Self {
        self.clone()
    }
}

/// How it is written: cells with points only.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct Form {
    width: f64,
    height: f64,
    cell: f64,
    counts: Vec<(u32, u64)>,
    outside: u64,
    refused: u64,
}

#[cfg(feature = "serde")]
impl From<PointerHeatmap> for Form {
    fn from(heatmap: PointerHeatmap) -> Self {
        let PointerHeatmap { width, height, cell, counts, outside, refused, .. } = heatmap;
        let counts = (0..).zip(counts).filter(|(_, count)| *count > 0).collect();
        Self { width, height, cell, counts, outside, refused }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Form> for PointerHeatmap {
    type Error = Error;

    fn try_from(form: Form) -> Result<Self, Error> {
        let Form { width, height, cell, counts, outside, refused } = form;
        let mut heatmap = Self { outside, refused, ..Self::new(width, height, cell)? };
        for (at, count) in counts {
            let wrong = Error::NotAGrid { width, height, cell, most: heatmap.counts.len() };
            let held = heatmap.counts.get_mut(at as usize).ok_or(wrong)?;
            *held = held.saturating_add(count);
            heatmap.most = heatmap.most.max(*held);
        }
        Ok(heatmap)
    }
}

#[cfg(feature = "serde")]
impl audience_stats::Portable for PointerHeatmap {
    fn fingerprint(&self) -> u64 {
        audience_stats::fingerprint_of("audience.pointer_heatmap/1", &(self.width, self.height, self.cell))
    }

    fn size_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u64>()
    }
}
