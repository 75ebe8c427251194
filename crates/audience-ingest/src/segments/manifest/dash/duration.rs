//! Durations as XML writes them: `PT1H2M3.5S`.

use roxmltree::Node;

use super::super::NANOS_PER_SECOND;

/// The duration in an attribute, in nanoseconds.
pub(super) fn attribute(node: Node<'_, '_>, name: &str) -> Result<Option<u64>, String> {
    let Some(text) = node.attribute(name) else { return Ok(None) };
    match nanos(text.trim()) {
        Some(nanos) => Ok(Some(nanos)),
        None => Err(format!("{name} is {:?}, which is no duration", text.chars().take(40).collect::<String>())),
    }
}

/// A duration of at most a year, in nanoseconds.
fn nanos(text: &str) -> Option<u64> {
    const YEAR: f64 = 366.0 * 86_400.0;
    let (days, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (text.strip_prefix('P')?, ""),
    };
    // Years and months are no fixed time, unless there are none.
    let days = sum(days, [('Y', f64::INFINITY), ('M', f64::INFINITY), ('D', 86_400.0)])?;
    let seconds = days + sum(time, [('H', 3600.0), ('M', 60.0), ('S', 1.0)])?;
    (text.len() > 2 && (0.0..=YEAR).contains(&seconds)).then(|| (seconds * NANOS_PER_SECOND as f64).round() as u64)
}

/// The sum of numbers with units, each at most once and in this order.
fn sum(text: &str, units: [(char, f64); 3]) -> Option<f64> {
    let (mut rest, mut sum) = (text, 0.0);
    for (unit, seconds) in units {
        let Some((number, after)) = rest.split_once(unit) else { continue };
        if number.is_empty() || number.bytes().any(|byte| !byte.is_ascii_digit() && byte != b'.') {
            return None;
        }
        let number: f64 = number.parse().ok()?;
        sum += if number == 0.0 { 0.0 } else { number * seconds };
        rest = after;
    }
    rest.is_empty().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        for (text, seconds) in [
            ("PT0S", 0.0),
            ("PT634.566S", 634.566),
            ("PT1H2M3.5S", 3723.5),
            ("P1DT1M", 86_460.0),
            ("P0Y0M0DT0H3M30.000S", 210.0),
            ("P2D", 172_800.0),
        ] {
            assert_eq!(nanos(text), Some((seconds * 1e9) as u64), "{text}");
        }
        for text in ["", "P", "PT", "T1S", "PT1", "P1Y", "P1M", "-PT1S", "PT1S1M", "PT1e9S", "PT-1S", "P999999D", "1"] {
            assert_eq!(nanos(text), None, "{text}");
        }
    }
}
