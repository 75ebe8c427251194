//! Where in the content a curve is measured.

use std::sync::Arc;

use audience_core::MediaTime;

use crate::error::Error;

/// Where in the content a curve is measured: its points, and the intervals between them.
///
/// Points are positions at which a curve says how many were watching. Intervals are the stretches in which viewers leave.
///
/// | grid | points | intervals |
/// |---|---|---|
/// | [`shares(n)`](Self::shares) | ⌊k · duration / n⌋ for k from 0 to n − 1 | n, each 1/n of the content |
/// | [`with_end(n)`](Self::with_end) | ⌊k · duration / (n − 1)⌋, the last one at the last millisecond | n − 1 |
/// | [`every(width)`](Self::every) | 0, width, 2 · width … | as wide, up to the longest content seen |
/// | [`at(positions)`](Self::at) | these | before the first, between them, after the last |
///
/// The first two place each session by its own duration.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "Kind", into = "Kind"))]
pub struct Grid(Kind);

#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum Kind {
    Shares(u32),
    WithEnd(u32),
    Every(MediaTime),
    At(Arc<[MediaTime]>),
}

impl Grid {
    /// The most points a curve has.
    pub const MAX_POINTS: u32 = 20_000;

    /// `points` points at equal shares of the content, from its start; none at the very end, where nothing is left.
    ///
    /// # Errors
    ///
    /// [`Error::PointsOutOfRange`] for none or more than [`MAX_POINTS`](Self::MAX_POINTS).
    pub fn shares(points: u32) -> Result<Self, Error> {
        in_range(points, 1).map(Kind::Shares).map(Self)
    }

    /// `points` points at equal shares of the content, the first at its start and the last at its last millisecond.
    ///
    /// # Errors
    ///
    /// [`Error::PointsOutOfRange`] for less than two or more than [`MAX_POINTS`](Self::MAX_POINTS).
    pub fn with_end(points: u32) -> Result<Self, Error> {
        in_range(points, 2).map(Kind::WithEnd).map(Self)
    }

    /// A point every `width` of content. Sessions of content that would have more than
    /// [`MAX_POINTS`](Self::MAX_POINTS) points are left out and counted.
    ///
    /// # Errors
    ///
    /// [`Error::ZeroWidth`].
    pub fn every(width: MediaTime) -> Result<Self, Error> {
        if width.is_zero() { Err(Error::ZeroWidth) } else { Ok(Self(Kind::Every(width))) }
    }

    /// Points at these positions, such as where chapters begin.
    ///
    /// # Errors
    ///
    /// [`Error::PositionsDoNotRise`], and [`Error::PointsOutOfRange`] for none or more than
    /// [`MAX_POINTS`](Self::MAX_POINTS).
    pub fn at(positions: &[MediaTime]) -> Result<Self, Error> {
        in_range(u32::try_from(positions.len()).unwrap_or(u32::MAX), 1)?;
        match positions.windows(2).find(|pair| pair[0] >= pair[1]) {
            Some(pair) => Err(Error::PositionsDoNotRise { before: pair[0], next: pair[1] }),
            None => Ok(Self(Kind::At(positions.into()))),
        }
    }

    /// How many points content of this duration has.
    pub fn points(&self, duration: MediaTime) -> usize {
        match &self.0 {
            Kind::Shares(points) | Kind::WithEnd(points) => *points as usize,
            Kind::Every(width) => duration.as_millis().div_ceil(width.as_millis()) as usize,
            Kind::At(positions) => positions.len(),
        }
    }

    /// How many intervals content of this duration has.
    pub fn intervals(&self, duration: MediaTime) -> usize {
        match &self.0 {
            Kind::Shares(_) | Kind::Every(_) => self.points(duration),
            Kind::WithEnd(points) => *points as usize - 1,
            Kind::At(positions) => positions.len() + 1,
        }
    }

    /// Where point k lies in content of this duration.
    pub fn position(&self, point: usize, duration: MediaTime) -> MediaTime {
        match &self.0 {
            Kind::Shares(points) => part(duration, point as u64, u64::from(*points)),
            Kind::WithEnd(points) if point as u64 + 1 >= u64::from(*points) => {
                duration.saturating_sub(MediaTime::from_millis(1))
            }
            Kind::WithEnd(points) => part(duration, point as u64, u64::from(*points) - 1),
            Kind::Every(width) => width.saturating_mul(point as u64),
            Kind::At(positions) => positions.get(point).copied().unwrap_or(duration),
        }
    }

    /// Where interval k begins in content of this duration; one past the last is where that ends.
    pub fn border(&self, interval: usize, duration: MediaTime) -> MediaTime {
        let border = match &self.0 {
            Kind::Shares(points) => part(duration, interval as u64, u64::from(*points)),
            Kind::WithEnd(points) => part(duration, interval as u64, u64::from(*points) - 1),
            Kind::Every(width) => width.saturating_mul(interval as u64),
            Kind::At(_) if interval == 0 => MediaTime::ZERO,
            Kind::At(positions) => positions.get(interval - 1).copied().unwrap_or(duration),
        };
        border.min(duration)
    }

    /// Whether content of this duration fits.
    pub(crate) fn fits(&self, duration: MediaTime) -> bool {
        match &self.0 {
            Kind::Every(width) => duration.as_millis().div_ceil(width.as_millis()) <= u64::from(Self::MAX_POINTS),
            Kind::Shares(_) | Kind::WithEnd(_) | Kind::At(_) => true,
        }
    }

    /// Where positions of content of this duration, which is not 0, lie.
    #[inline]
    pub(crate) fn scale(&self, duration: MediaTime) -> Scale<'_> {
        match &self.0 {
            Kind::Shares(points) => Scale::Shares(Parts::new(*points, duration)),
            Kind::WithEnd(points) => Scale::WithEnd(Parts::new(*points - 1, duration)),
            Kind::Every(width) => Scale::Every(*width),
            Kind::At(positions) => Scale::At(positions),
        }
    }
}

/// A [`Grid`] on content of some duration.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scale<'g> {
    Shares(Parts),
    WithEnd(Parts),
    Every(MediaTime),
    At(&'g [MediaTime]),
}

/// Content divided into equal parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts {
    number: u64,
    /// Not 0.
    duration: u64,
    /// ⌈2⁶³ / `duration`⌉, where products with it are exact enough; else 0.
    inverse: u64,
}

impl Scale<'_> {
    /// The first point at or after a position; one past the last if there is none.
    #[inline]
    pub(crate) fn point_from(&self, position: MediaTime) -> u32 {
        match self {
            Self::Shares(parts) => parts.up(position),
            Self::WithEnd(parts) => match parts.up(position) {
                // The last point lies before the end of the content.
                last if u64::from(last) >= parts.number => last + u32::from(position.as_millis() >= parts.duration),
                point => point,
            },
            Self::Every(width) => divided(position, *width, true),
            Self::At(positions) => positions.partition_point(|point| *point < position) as u32,
        }
    }

    /// The interval that a position is in.
    #[inline]
    pub(crate) fn interval_of(&self, position: MediaTime) -> u32 {
        match self {
            Self::Shares(parts) | Self::WithEnd(parts) => parts.down(position),
            Self::Every(width) => divided(position, *width, false),
            Self::At(positions) => positions.partition_point(|border| *border <= position) as u32,
        }
    }
}

impl Parts {
    #[inline]
    pub(crate) fn new(parts: u32, duration: MediaTime) -> Self {
        let (parts, duration) = (u64::from(parts), duration.as_millis());
        let exact =
            duration.checked_mul(duration).and_then(|square| square.checked_mul(parts)).is_some_and(|n| n < 1 << 63);
        Self { number: parts, duration, inverse: if exact { (1_u64 << 63).div_ceil(duration) } else { 0 } }
    }

    /// ⌊`position` · `parts` / `duration`⌋, the last part at the most.
    #[inline]
    pub(crate) fn down(self, position: MediaTime) -> u32 {
        let position = position.as_millis().min(self.duration);
        self.divided(u128::from(position) * u128::from(self.number)).min(self.number - 1) as u32
    }

    /// ⌈`position` · `parts` / `duration`⌉, `parts` at the most.
    #[inline]
    pub(crate) fn up(self, position: MediaTime) -> u32 {
        match position.as_millis().min(self.duration) {
            0 => 0,
            position => self.divided(u128::from(position) * u128::from(self.number) - 1) as u32 + 1,
        }
    }

    /// ⌊`scaled` / `duration`⌋ of no more than `duration` · `parts`. Several divisions by one number are products with its
    /// inverse in 2⁻⁶³: off by less than `scaled` · `duration` / 2⁶³ parts of `duration`, which is less than one.
    #[inline]
    fn divided(self, scaled: u128) -> u64 {
        match self.inverse {
            0 => (scaled / u128::from(self.duration)) as u64,
            inverse => ((scaled * u128::from(inverse)) >> 63) as u64,
        }
    }
}

/// A hundred shares.
impl Default for Grid {
    fn default() -> Self {
        Self(Kind::Shares(100))
    }
}

fn in_range(points: u32, least: u32) -> Result<u32, Error> {
    let most = Grid::MAX_POINTS;
    if (least..=most).contains(&points) { Ok(points) } else { Err(Error::PointsOutOfRange { points, least, most }) }
}

/// ⌊`duration` · `number` / `of`⌋.
fn part(duration: MediaTime, number: u64, of: u64) -> MediaTime {
    MediaTime::from_millis((u128::from(duration.as_millis()) * u128::from(number) / u128::from(of.max(1))) as u64)
}

/// Whole widths in `position`, one more for a part where `up`.
#[inline]
fn divided(position: MediaTime, width: MediaTime, up: bool) -> u32 {
    let (position, width) = (position.as_millis(), width.as_millis());
    let whole = if up { position.div_ceil(width) } else { position / width };
    whole.min(u64::from(u32::MAX)) as u32
}

#[cfg(feature = "serde")]
impl From<Grid> for Kind {
    fn from(grid: Grid) -> Self {
        grid.0
    }
}

#[cfg(feature = "serde")]
impl TryFrom<Kind> for Grid {
    type Error = Error;

    fn try_from(kind: Kind) -> Result<Self, Error> {
        match kind {
            Kind::Shares(points) => Self::shares(points),
            Kind::WithEnd(points) => Self::with_end(points),
            Kind::Every(width) => Self::every(width),
            Kind::At(positions) => Self::at(&positions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_with_the_inverse_are_divisions() {
        let durations =
            [1, 2, 3, 7, 999, 1000, 600_000, 16_777_259, 303_700_049, u64::from(u32::MAX), 1 << 45, 1 << 62];
        for duration in durations {
            for parts in [1_u32, 2, 99, 100, 101, 19_999, 20_000] {
                let of = Parts::new(parts, MediaTime::from_millis(duration));
                let (d, n) = (u128::from(duration), u128::from(parts));
                // At borders, beside them, and in between.
                let borders = (0..=n).step_by(1 + parts as usize / 50).flat_map(|k| [k * d / n, (k * d).div_ceil(n)]);
                let positions = borders.flat_map(|at| [at.saturating_sub(1), at, at + 1]).chain([d / 3, d]);
                for position in positions.filter(|position| *position <= d) {
                    let at = MediaTime::from_millis(position as u64);
                    assert_eq!(
                        u128::from(of.up(at)),
                        (position * n).div_ceil(d),
                        "{position} of {duration} in {parts}"
                    );
                    assert_eq!(
                        u128::from(of.down(at)),
                        (position * n / d).min(n - 1),
                        "{position} of {duration} in {parts}"
                    );
                }
            }
        }
    }
}
