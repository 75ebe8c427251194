//! What the command line says of the sessions that are asked for.

use audience_report::{Filter, parse_attribute, parse_time, parse_zone};
use clap::Args;
use jiff::tz::TimeZone;

use crate::error::Error;

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct FilterArgs {
    /// Only sessions whose attribute NAME is VALUE; may be repeated (values of one name are alternatives)
    #[arg(long = "where", value_name = "NAME=VALUE")]
    filters: Vec<String>,

    /// Only the title with this content id; a report describes it in detail
    #[arg(long, value_name = "ID")]
    pub(crate) content: Option<String>,

    /// Only sessions that began at TIME or later (2026-01-31, 2026-01-31T18:00, …Z, or milliseconds)
    #[arg(long, value_name = "TIME")]
    from: Option<String>,

    /// Only sessions that began before TIME
    #[arg(long, value_name = "TIME")]
    to: Option<String>,

    /// Time zone of days and of times without one (Europe/Berlin)
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    tz: String,
}

impl FilterArgs {
    /// Which sessions are asked for, and the time zone of days.
    pub(crate) fn filter(&self) -> Result<(Filter, TimeZone), Error> {
        let zone = parse_zone(&self.tz)?;
        let time = |text: &Option<String>| text.as_deref().map(|text| parse_time(text, &zone)).transpose();
        let filter = Filter {
            content: self.content.as_deref().map(Into::into),
            attributes: self.filters.iter().map(|text| parse_attribute(text)).collect::<Result<_, _>>()?,
            from: time(&self.from)?,
            to: time(&self.to)?,
        };
        Ok((filter, zone))
    }
}
