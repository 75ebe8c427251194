//! What the command line says of privacy.

use std::path::PathBuf;

use audience_ingest::{IpAddresses, Key, Privacy, Rotation, Urls};
use audience_report::parse_attribute;
use clap::{Args, ValueEnum};

use crate::error::Error;

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Privacy (docs/privacy.md)")]
pub(crate) struct PrivacyArgs {
    /// Replace viewers by pseudonyms, made with the secret in FILE
    #[arg(long, value_name = "FILE", group = "viewer_key")]
    viewer_key_file: Option<PathBuf>,

    /// Replace viewers by pseudonyms, made with the secret in the environment variable NAME
    #[arg(long, value_name = "NAME", group = "viewer_key")]
    viewer_key_env: Option<String>,

    /// How long a viewer keeps a pseudonym: a period of UTC
    #[arg(long, value_name = "PERIOD", value_enum, default_value_t, requires = "viewer_key")]
    viewer_key_rotation: Period,

    /// Replace session ids by pseudonyms too, which stay the same
    #[arg(long, requires = "viewer_key")]
    hash_sessions: bool,

    /// What to do with attributes that are named as IP addresses
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    ip: Ip,

    /// What to do with URLs: `strip` is without query, fragment, user name and password
    #[arg(long, value_name = "WHAT", value_enum, default_value_t)]
    urls: Url,

    /// Leave out sessions with this attribute or `viewer_id` on any event; `*` stands for anything; may be repeated
    #[arg(long, value_name = "NAME=VALUE")]
    exclude: Vec<String>,

    /// Leave out sessions whose user agent says that it is a program
    #[arg(long)]
    exclude_bots: bool,

    /// Leave out sessions of the viewers whose ids are in FILE, one a line
    #[arg(long, value_name = "FILE")]
    opt_out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Period {
    Day,
    Week,
    Month,
    #[default]
    Never,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Ip {
    #[default]
    Drop,
    /// Keep the first 24 bits of IPv4, 48 of IPv6
    Truncate,
    Keep,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Url {
    #[default]
    Strip,
    Drop,
    Keep,
}

impl PrivacyArgs {
    /// What is asked for.
    pub(crate) fn privacy(&self) -> Result<Privacy, Error> {
        let ip = match self.ip {
            Ip::Drop => IpAddresses::Drop,
            Ip::Truncate => IpAddresses::Truncate,
            Ip::Keep => IpAddresses::Keep,
        };
        let urls = match self.urls {
            Url::Strip => Urls::Strip,
            Url::Drop => Urls::Drop,
            Url::Keep => Urls::Keep,
        };
        let mut privacy = Privacy::default().with_ip_addresses(ip).with_urls(urls);
        if let Some(key) = self.key()? {
            let rotation = match self.viewer_key_rotation {
                Period::Day => Rotation::Day,
                Period::Week => Rotation::Week,
                Period::Month => Rotation::Month,
                Period::Never => Rotation::Never,
            };
            privacy = privacy.with_viewer_key(&key, rotation);
            if self.hash_sessions {
                privacy = privacy.with_session_key(&key);
            }
        }
        for text in &self.exclude {
            let (name, pattern) = parse_attribute(text)?;
            privacy = privacy.without(&name, &pattern);
        }
        if self.exclude_bots {
            privacy = privacy.without_bots();
        }
        if let Some(path) = &self.opt_out {
            privacy = privacy.without_viewers_in(path)?;
        }
        Ok(privacy)
    }

    fn key(&self) -> Result<Option<Key>, Error> {
        Ok(match (&self.viewer_key_file, &self.viewer_key_env) {
            (Some(path), _) => Some(Key::read(path)?),
            (None, Some(name)) => Some(Key::from_env(name)?),
            (None, None) => None,
        })
    }
}
