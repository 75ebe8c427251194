//! With what a report is compared.

use jiff::tz::TimeZone;

use crate::error::Error;
use crate::filter::{Filter, parse_attribute, parse_time};

/// Which sessions a report is compared with, as someone who reads `filter` would say it: `previous` is the period of the same
/// length just before it; else pairs `name=value` with commas between them replace parts of it. The names `from`, `to` and
/// `content` are those of the filter, all others those of attributes; `attr:from` is the attribute of that name.
///
/// # Errors
///
/// [`Error::NoPeriod`], [`Error::NotAFilter`], [`Error::NotATime`].
///
/// # Examples
///
/// ```
/// use audience_report::{Filter, parse_versus};
/// use jiff::tz::TimeZone;
///
/// let web = Filter { attributes: vec![("device".into(), "web".into())], ..Filter::default() };
/// let tv = parse_versus("device=tv", &web, &TimeZone::UTC)?;
/// assert_eq!(tv.attributes, [("device".to_owned(), "tv".to_owned())]);
/// # Ok::<(), audience_report::Error>(())
/// ```
pub fn parse_versus(text: &str, filter: &Filter, zone: &TimeZone) -> Result<Filter, Error> {
    if text.trim() == "previous" {
        let (Some(from), Some(to)) = (filter.from, filter.to) else { return Err(Error::NoPeriod) };
        if to <= from {
            return Err(Error::NoPeriod);
        }
        let start = from.as_millis().saturating_sub_unsigned(to.since(from).as_millis());
        let from_before = audience_core::Timestamp::from_millis(start);
        return Ok(Filter { from: Some(from_before), to: Some(from), ..filter.clone() });
    }
    let pairs = text.split(',').map(parse_attribute).collect::<Result<Vec<_>, _>>()?;
    let mut other = filter.clone();
    let replaced = |name: &str| pairs.iter().any(|(other, _)| attribute(other) == Some(name));
    other.attributes.retain(|(name, _)| !replaced(name));
    for (name, value) in &pairs {
        match (name.as_str(), attribute(name)) {
            ("from", _) => other.from = Some(parse_time(value, zone)?),
            ("to", _) => other.to = Some(parse_time(value, zone)?),
            (_, Some(name)) => other.attributes.push((name.to_owned(), value.clone())),
            (_, None) => other.content = Some(value.as_str().into()),
        }
    }
    Ok(other)
}

/// The attribute that goes by this name, if one does.
fn attribute(name: &str) -> Option<&str> {
    match name {
        "from" | "to" | "content" => None,
        name => Some(name.strip_prefix("attr:").unwrap_or(name)),
    }
}
