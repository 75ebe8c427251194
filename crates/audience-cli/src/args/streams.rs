//! What the command line says of how streams should be.

use std::collections::BTreeMap;

use audience_core::{Bitrate, Elapsed, Ratio};
use audience_qoe::{Attempts, BusinessErrors, GoodStreamLimits, SliceDimension};
use audience_report::parse_slices;
use clap::{Args, ValueEnum};

use crate::error::Error;

/// What a good stream is.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Quality of experience (docs/methods/experience.md)")]
pub(crate) struct GoodArgs {
    /// A good stream starts within SECS; who leaves sooner, before the first frame, does not count
    #[arg(long, value_name = "SECS", value_parser = parse_seconds)]
    good_startup: Option<Elapsed>,

    /// A good stream is stalled for no more than this share of the time stalled and playing
    #[arg(long, value_name = "SHARE", value_parser = parse_share)]
    good_rebuffer: Option<Ratio>,

    /// A good stream has at least this average bit rate, in bits per second
    #[arg(long, value_name = "BPS", value_parser = parse_bitrate)]
    good_bitrate: Option<Bitrate>,

    /// What an attempt to play is, of sessions that saw no frame
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    attempts: AttemptBasis,

    /// Failures with this code are a rule that held (no subscription, another country) and nothing broken; may be
    /// repeated, `*` at the end stands for anything
    #[arg(long = "business-error", value_name = "CODE")]
    business_errors: Vec<String>,
}

/// How streams felt, in a report.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct StreamArgs {
    #[command(flatten)]
    pub(crate) good: GoodArgs,

    /// Lay excess stall time to slices by NAMES: attributes, and `content` for the title; `none` for no slices
    ///
    /// By default, the title and those of cdn, isp (or asn), device and country that the telemetry has.
    #[arg(long, value_name = "NAMES")]
    slices: Option<String>,
}

impl StreamArgs {
    /// By what to tell sessions apart, of telemetry with these attributes.
    pub(crate) fn slices(&self, attributes: &BTreeMap<Box<str>, u64>) -> Result<Vec<SliceDimension>, Error> {
        const USUAL: [&[&str]; 4] =
            [&["cdn"], &["isp", "asn"], &["device", "device_type", "platform"], &["country", "country_code"]];
        match self.slices.as_deref() {
            Some("none") => Ok(Vec::new()),
            Some(names) => Ok(parse_slices(names)?),
            None => {
                let known =
                    |names: &&[&'static str]| names.iter().find(|name| attributes.contains_key(**name)).copied();
                let known = USUAL.iter().filter_map(known).map(SliceDimension::attribute);
                Ok(known.chain([SliceDimension::Title]).collect())
            }
        }
    }
}

/// What an attempt to play is.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum AttemptBasis {
    /// Every session that is over
    #[default]
    Loads,
    /// Those that asked for playback, where telemetry says so (`play_request`)
    Requests,
}

impl GoodArgs {
    /// Which sessions count as attempts.
    pub(crate) fn attempts(&self) -> Attempts {
        match self.attempts {
            AttemptBasis::Loads => Attempts::Loads,
            AttemptBasis::Requests => Attempts::Requests,
        }
    }

    /// What a good stream is, and which failures are none of the technology's.
    pub(crate) fn limits(&self) -> Result<GoodStreamLimits, Error> {
        let usual = GoodStreamLimits::default();
        Ok(GoodStreamLimits {
            startup: self.good_startup.unwrap_or(usual.startup),
            rebuffer_ratio: self.good_rebuffer.unwrap_or(usual.rebuffer_ratio),
            bitrate: self.good_bitrate.or(usual.bitrate),
            business: BusinessErrors::new(&self.business_errors)?,
        })
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
