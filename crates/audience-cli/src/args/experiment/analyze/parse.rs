//! Values of options.

use std::fmt::Write;

use audience_abtest::{Metric, Multiplicity};
use audience_core::Elapsed;
use audience_stats::{Confidence, Correction};
use jiff::{Span, SpanRelativeTo};

use super::Cap;

/// The help of `--metric`, which has them all, after what they are for.
pub(in crate::args) fn metrics(what_for: &str) -> String {
    let mut help = format!(
        "{what_for}; with commas, or repeated [default: watch-time,started,completed,rebuffer-ratio,startup-p95]\n"
    );
    for (name, what) in Metric::NAMES {
        // A `String` takes all.
        let _ = write!(help, "\n  {name:<16} {what}");
    }
    help
}

pub(in crate::args) fn metric(text: &str) -> Result<Metric, String> {
    text.trim().parse::<Metric>().map_err(|_| {
        let names: Vec<&str> = Metric::NAMES.iter().map(|(name, _)| *name).collect();
        format!("it is none of {}", names.join(", "))
    })
}

pub(super) fn conversion(name: &str) -> Result<Metric, String> {
    if name.is_empty() { Err("a custom event has a name".to_owned()) } else { Ok(Metric::Conversion(name.to_owned())) }
}

pub(super) fn weight(text: &str) -> Result<(String, f64), String> {
    let (name, weight) = text.rsplit_once('=').ok_or("it is not NAME=WEIGHT")?;
    match weight.trim().parse::<f64>() {
        Ok(weight) if weight.is_finite() && weight > 0.0 => Ok((name.to_owned(), weight)),
        _ => Err(format!("its weight {weight:?} is not a number above 0")),
    }
}

pub(super) fn margin(text: &str) -> Result<(Metric, f64), String> {
    let (name, margin) = text.rsplit_once('=').ok_or("it is not METRIC=MARGIN, such as rebuffer-ratio=2%")?;
    let margin = share(margin).filter(|margin| (0.0..1.0).contains(margin) && *margin > 0.0);
    Ok((metric(name)?, margin.ok_or("its margin is not a part of the control, such as 2% or 0.02")?))
}

pub(in crate::args) fn period(text: &str) -> Result<Elapsed, String> {
    let span = text.parse::<Span>().map_err(|error| error.to_string())?;
    let length = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|error| error.to_string())?;
    match u64::try_from(length.as_millis()) {
        Ok(millis) if millis > 0 => Ok(Elapsed::from_millis(millis)),
        _ => Err("it is not a millisecond or more".to_owned()),
    }
}

/// A part between 0 and 1.
pub(in crate::args) fn part(text: &str) -> Result<f64, String> {
    let part = share(text).filter(|part| *part > 0.0 && *part < 1.0);
    part.ok_or_else(|| "it is not between 0 and 1, such as 12% or 0.12".to_owned())
}

/// A part above 0, up to all.
pub(in crate::args) fn covered(text: &str) -> Result<f64, String> {
    let part = share(text).filter(|part| *part > 0.0 && *part <= 1.0);
    part.ok_or_else(|| "it is not above 0 and up to 1, such as 20% or 0.2".to_owned())
}

/// An effect, as a part of the control.
pub(in crate::args) fn effect(text: &str) -> Result<f64, String> {
    let effect = share(text).filter(|effect| effect.is_finite() && *effect != 0.0);
    effect.ok_or_else(|| "it is not a part of the control other than 0, such as 2% or -0.02".to_owned())
}

pub(in crate::args) fn confidence(text: &str) -> Result<Confidence, String> {
    let share = share(text).filter(|share| (0.5..=0.9999).contains(share));
    let share = share.ok_or("it is not from 0.5 to 0.9999")?;
    Confidence::new(share).map_err(|error| error.to_string())
}

pub(in crate::args) fn cap(text: &str) -> Result<Cap, String> {
    if text == "none" {
        return Ok(Cap(None));
    }
    let share = share(text).filter(|share| *share > 0.0 && *share <= 1.0);
    share.map(|share| Cap(Some(share))).ok_or_else(|| "it is neither none nor a share above 0, up to 1".to_owned())
}

pub(super) fn prior(text: &str) -> Result<f64, String> {
    let sd = share(text).filter(|sd| *sd > 0.0 && sd.is_finite());
    sd.ok_or_else(|| "it is not a part of the control above 0, such as 5% or 0.05".to_owned())
}

pub(super) fn correction(text: &str) -> Result<Multiplicity, String> {
    let correction = match text {
        "none" => return Ok(Multiplicity::Each),
        "preferential" => return Ok(Multiplicity::Preferential(0.5)),
        "bonferroni" => Correction::Bonferroni,
        "sidak" => Correction::Sidak,
        "holm" => Correction::Holm,
        "hochberg" => Correction::Hochberg,
        "hommel" => Correction::Hommel,
        "bh" => Correction::BenjaminiHochberg,
        "by" => Correction::BenjaminiYekutieli,
        text => {
            let primary = text.strip_prefix("preferential:").and_then(share);
            let primary = primary.filter(|share| *share > 0.0 && *share <= 1.0);
            let names = "none, bonferroni, sidak, holm, hochberg, hommel, bh, by, preferential, preferential:SHARE";
            return primary.map(Multiplicity::Preferential).ok_or_else(|| format!("it is none of {names}"));
        }
    };
    Ok(Multiplicity::Corrected(correction))
}

/// `2%` or `0.02`.
fn share(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(percent) => percent.trim_end().parse::<f64>().ok().map(|percent| percent / 100.0),
        None => text.parse().ok(),
    }
}
