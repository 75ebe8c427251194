//! Which way a series goes.

use crate::error::Error;
use crate::p_value::PValue;

use super::check_level;

/// Which way a series goes, as far as a test shows it.
///
/// A direction comes with a test at a level: that a slope is larger than some small number shows nothing, since its
/// size depends on units and its error on noise.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum TrendDirection {
    /// Values rise.
    Rising,
    /// Values fall.
    Falling,
    /// The test does not show either. That is not to say that there is no trend.
    NotShown,
}

impl TrendDirection {
    /// The direction of a statistic that is above 0 where values rise, when its test's `p` is below `alpha`.
    pub(crate) fn of(statistic: f64, p: Option<PValue>, alpha: f64) -> Result<Self, Error> {
        check_level(alpha)?;
        let shown = p.is_some_and(|p| p.value() < alpha);
        Ok(match statistic {
            up if shown && up > 0.0 => Self::Rising,
            down if shown && down < 0.0 => Self::Falling,
            _ => Self::NotShown,
        })
    }
}
