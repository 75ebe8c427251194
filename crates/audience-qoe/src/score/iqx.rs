//! The exponential relation between disturbance and quality.

use libm::exp;

use super::range::within;
use super::viewing::Viewing;
use crate::error::Error;

/// The IQX hypothesis: quality falls exponentially with a disturbance, α · exp(−β · disturbance) + γ, because the better
/// something is, the more a further disturbance is felt (Fiedler, Hoßfeld and Tran-Gia, "A generic quantitative relationship
/// between quality of experience and quality of service", IEEE Network 2010).
///
/// The unit is that of α and γ: a MOS, if these were fitted to one.
///
/// # Examples
///
/// ```
/// use audience_qoe::Iqx;
///
/// let quality = Iqx::new(3.5, 0.34, 1.5)?; // stalls of 1 s
/// assert_eq!(quality.at(0.0)?, 5.0);
/// assert_eq!((quality.at(1.0)? * 100.0).round(), 399.0);
/// # Ok::<(), audience_qoe::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Iqx {
    alpha: f64,
    beta: f64,
    gamma: f64,
}

/// Larger parameters fit no scale of quality.
const MOST: f64 = 1e6;

impl Iqx {
    /// With α the quality that can be lost, β how fast it is, and γ what is left in the end.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for α and β of less than 0, for anything beyond a million either way, and for what is no number.
    pub fn new(alpha: f64, beta: f64, gamma: f64) -> Result<Self, Error> {
        within("alpha", alpha, 0.0, MOST)?;
        within("beta", beta, 0.0, MOST)?;
        within("gamma", gamma, -MOST, MOST)?;
        Ok(Self { alpha, beta, gamma })
    }

    /// The quality with so much disturbance: γ to α + γ.
    ///
    /// # Errors
    ///
    /// [`Error::OutOfRange`] for a disturbance of less than 0, and for what is no number.
    pub fn at(&self, disturbance: f64) -> Result<f64, Error> {
        within("disturbance", disturbance, 0.0, f64::MAX).map(|disturbance| self.quality(disturbance))
    }

    fn quality(&self, disturbance: f64) -> f64 {
        if disturbance <= 0.0 {
            return self.alpha + self.gamma;
        }
        self.alpha * exp(-self.beta * disturbance) + self.gamma
    }
}

/// The mean opinion score that viewers of short clips would give for their stalls, 1.5 to 5: 3.50 · exp(−(0.15 L + 0.19) N) +
/// 1.50, with N stalls of L seconds on average (Hoßfeld et al., "Quantification of YouTube QoE via crowdsourcing", ISM 2011).
///
/// Found with clips of about half a minute to a minute, and few short stalls. Blind to everything but stalls, and to the
/// length of a session: N and L are what they are, so that three stalls cost the same in a clip and in a film, where nobody
/// asked viewers. Sessions without stalls have a 5 whatever was shown.
///
/// # Examples
///
/// ```
/// use audience_qoe::{Viewing, stalling_mos};
///
/// let viewing = Viewing::new(30.0)?.with_stalls(2, 6.0)?;
/// assert_eq!((stalling_mos(&viewing) * 100.0).round(), 247.0);
/// # Ok::<(), audience_qoe::Error>(())
/// ```
pub fn stalling_mos(viewing: &Viewing) -> f64 {
    let stalls = viewing.stalls as f64;
    let average_secs = if viewing.stalls == 0 { 0.0 } else { viewing.stalled_secs / stalls };
    Iqx { alpha: 3.5, beta: 0.15 * average_secs + 0.19, gamma: 1.5 }.quality(stalls)
}
