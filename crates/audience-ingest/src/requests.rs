//! Logs of HTTP requests, of CDNs and servers: CMCD that requests carry about themselves, and reports that they post.

mod captures;
mod form;
mod request;
mod telemetry;

pub(crate) use captures::{looks_like_request, read_request};
pub(crate) use request::Request;
