//! A fair division.

use crate::error::Error;

/// The most players whose sets can be gone through: a million values.
const MOST_PLAYERS: usize = 20;

/// The Shapley value of each player: the mean, over all orders in which players may come, of what each adds to those before it. `value` has
/// the worth of every set, the set of the players whose bits are 1 at that place; the empty set is the first. Values add up to that of
/// all less that of none.
///
/// φᵢ = Σ |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S)) over sets S without i. Work and memory grow as 2ⁿ, so that it is for
/// at most 20 players; for segments and conversions [`SegmentAttribution`](crate::SegmentAttribution) has it in closed form for any number.
///
/// L. S. Shapley, "A value for n-person games" (1953).
///
/// # Examples
///
/// ```
/// use audience_engagement::shapley;
///
/// // Two segments that convert 1 and 2 viewers alone, and 5 together.
/// assert_eq!(shapley(2, &[0.0, 1.0, 2.0, 5.0])?, [2.0, 3.0]);
/// # Ok::<(), audience_engagement::Error>(())
/// ```
///
/// # Errors
///
/// [`Error::TooManyPlayers`]; [`Error::SetsMissing`] when there are not 2ⁿ values; [`Error::Statistics`] when one is not finite.
pub fn shapley(players: usize, value: &[f64]) -> Result<Vec<f64>, Error> {
    if players > MOST_PLAYERS {
        return Err(Error::TooManyPlayers { players, most: MOST_PLAYERS });
    }
    let expected = 1 << players;
    if value.len() != expected {
        return Err(Error::SetsMissing { players, expected, found: value.len() });
    }
    if let Some(at) = value.iter().position(|value| !value.is_finite()) {
        return Err(audience_stats::Error::NotFinite { at, value: value[at] }.into());
    }
    // |S|! (n − |S| − 1)! / n! = 1 / (n · C(n − 1, |S|)).
    let mut weights = Vec::with_capacity(players);
    let mut binomial = 1.0;
    for size in 0..players {
        weights.push(1.0 / (players as f64 * binomial));
        binomial = binomial * (players - 1 - size) as f64 / (size + 1) as f64;
    }
    let of = |player: usize| {
        let sets = (0..expected).filter(|set| set & (1 << player) == 0);
        let added = sets.map(|set| weights[set.count_ones() as usize] * (value[set | 1 << player] - value[set]));
        added.collect::<audience_stats::FloatSum>().value()
    };
    Ok((0..players).map(of).collect())
}
