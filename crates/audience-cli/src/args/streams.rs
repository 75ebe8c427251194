//! What the command line says of how streams should be.

use audience_core::{Bitrate, Elapsed, Ratio};
use audience_qoe::{BusinessErrors, GoodStreamLimits};
use clap::Args;

use crate::error::Error;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Quality of experience (docs/methods/experience.md)")]
pub(crate) struct StreamArgs {
    /// A good stream starts within SECS; who leaves sooner, before the first frame, does not count
    #[arg(long, value_name = "SECS", value_parser = parse_seconds)]
    good_startup: Option<Elapsed>,

    /// A good stream is stalled for no more than this share of the time stalled and playing
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    good_rebuffer: Option<Ratio>,

    /// A good stream has at least this average bit rate, in bits per second
    #[arg(long, value_name = "BPS", value_parser = parse_bitrate)]
    good_bitrate: Option<Bitrate>,

    #[command(flatten)]
    business: BusinessArgs,
}

#[derive(Clone, Debug, Default, Args)]
pub(crate) struct BusinessArgs {
    /// Failures with this code are a rule that held (no subscription, another country) and nothing broken; may be
    /// repeated, `*` at the end stands for anything
    #[arg(long = "business-error", value_name = "CODE")]
    codes: Vec<String>,
}

impl StreamArgs {
    /// What a good stream is.
    pub(crate) fn limits(&self) -> Result<GoodStreamLimits, Error> {
        let usual = GoodStreamLimits::default();
        Ok(GoodStreamLimits {
            startup: self.good_startup.unwrap_or(usual.startup),
            rebuffer_ratio: self.good_rebuffer.unwrap_or(usual.rebuffer_ratio),
            bitrate: self.good_bitrate.or(usual.bitrate),
            business: self.business.errors()?,
        })
    }
}

impl BusinessArgs {
    /// Which failures are none of the technology's.
    pub(crate) fn errors(&self) -> Result<BusinessErrors, Error> {
        Ok(BusinessErrors::new(&self.codes)?)
    }
}

fn parse_seconds(text: &str) -> Result<Elapsed, String> {
    match text.parse::<f64>() {
        Ok(seconds) if (0.0..=3600.0).contains(&seconds) => Ok(Elapsed::from_millis((seconds * 1000.0).round() as u64)),
        _ => Err("it is no number of seconds from 0 to 3600".to_owned()),
    }
}

fn parse_share(text: &str) -> Result<Ratio, String> {
    let share = text.parse().ok().and_then(|share| Ratio::new(share).ok());
    share.ok_or_else(|| "it is no number from 0 to 1".to_owned())
}

fn parse_bitrate(text: &str) -> Result<Bitrate, String> {
    let bitrate = text.parse().ok().and_then(Bitrate::from_bps);
    bitrate.ok_or_else(|| "it is no whole number of bits per second above 0".to_owned())
}
