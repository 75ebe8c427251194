//! Many hypotheses at once.

use crate::error::Error;

/// The p values of many hypotheses, adjusted for their number by Benjamini and Hochberg: those that are at most `q` then
/// are findings of which no more than `q` are false, on average, if the values are independent or hang together
/// positively. In the order given; nothing of nothing.
///
/// Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995). Agrees with
/// `scipy.stats.false_discovery_control` and statsmodels' `multipletests(method="fdr_bh")`.
///
/// # Errors
///
/// [`Error::NotAProbability`] when a value is not a number from 0 to 1.
///
/// # Examples
///
/// ```
/// let adjusted = audience_stats::benjamini_hochberg(&[0.01, 0.5, 0.02])?;
/// assert_eq!(adjusted, [0.03, 0.5, 0.03]);
/// # Ok::<(), audience_stats::Error>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64]) -> Result<Vec<f64>, Error> {
    if let Some(value) = p_values.iter().find(|p| !(0.0..=1.0).contains(*p)) {
        return Err(Error::NotAProbability { value: *value });
    }
    let mut falling: Vec<usize> = (0..p_values.len()).collect();
    falling.sort_unstable_by(|a, b| p_values[*b].total_cmp(&p_values[*a]));
    let number = p_values.len() as f64;
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (position, hypothesis) in falling.into_iter().enumerate() {
        let rank = number - position as f64;
        least = least.min(p_values[hypothesis] * number / rank);
        adjusted[hypothesis] = least;
    }
    Ok(adjusted)
}
