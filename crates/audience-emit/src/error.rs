//! What can keep an emitter from being made, or an endpoint from being taken.

use std::io;
use std::path::PathBuf;

/// Why there is no emitter, or no such endpoint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Events go to an address of HTTP.
    #[error("send to {url:?}: it is no http or https address of a host")]
    Endpoint {
        /// What was given.
        url: String,
    },
    /// A header HTTP cannot carry. Its value is not repeated: it may be a secret.
    #[error("send a header {name:?}: its name or its value cannot be in a request")]
    Header {
        /// Its name.
        name: String,
    },
    /// A setting with a least value.
    #[error("take {value} for {setting}: the least is {least}")]
    TooSmall {
        /// Which one.
        setting: &'static str,
        /// What was given.
        value: f64,
        /// The least there may be.
        least: f64,
    },
    /// A directory has one emitter at a time.
    #[error("spool to {}: another emitter does", dir.display())]
    SpoolInUse {
        /// The directory.
        dir: PathBuf,
    },
    /// The directory cannot be used.
    #[error("use {} of the spool: {source}", path.display())]
    Spool {
        /// What of it.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The system has no certificates to tell servers by, which `https` needs.
    #[error("find the certificates of the system: {0}")]
    Certificates(rustls::Error),
    /// No client.
    #[error("make a client of HTTP: {0}")]
    Client(reqwest::Error),
    /// No thread, or nothing to wait with.
    #[error("start the thread that sends: {0}")]
    Thread(io::Error),
    /// No random number for the name of the source.
    #[error("draw a random number: {0}")]
    Random(getrandom::Error),
}
