//! One request, whatever log it stood in.

use std::borrow::Cow;

/// An HTTP request as a log has it, in the memory of the line as far as possible.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Request<'a> {
    /// When it was received, at the earliest it may have been: milliseconds since 1970.
    pub(crate) received: i64,
    /// By how many milliseconds it may have been later: 1000 where the log has whole seconds.
    pub(crate) precision: u32,
    /// How many milliseconds later the response was over.
    pub(crate) elapsed: Option<u64>,
    /// How many milliseconds later the first byte of the response was sent.
    pub(crate) first_byte: Option<u64>,
    /// Where the line begins in the file, which orders requests of the same time.
    pub(crate) offset: u64,
    pub(crate) method: Cow<'a, str>,
    pub(crate) host: Option<Cow<'a, str>>,
    /// With its leading slash, as on the wire.
    pub(crate) path: Cow<'a, str>,
    /// As on the wire, without its question mark.
    pub(crate) query: Cow<'a, str>,
    pub(crate) status: Option<u16>,
    /// How much of the response was sent.
    pub(crate) bytes: Option<u64>,
    /// Whether the client did not wait for the end of the response.
    pub(crate) aborted: bool,
    /// The log's own id of the request: a line with the same one is the same request.
    pub(crate) id: Option<Cow<'a, str>>,
    pub(crate) client_ip: Option<Cow<'a, str>>,
    pub(crate) user_agent: Option<Cow<'a, str>>,
    pub(crate) country: Option<Cow<'a, str>>,
    /// What the cache made of it, in the log's words.
    pub(crate) cache: Option<Cow<'a, str>>,
    /// CMCD from headers, or from fields of their own; not the query's.
    pub(crate) cmcd: Vec<Cow<'a, str>>,
    /// What the request's own body is.
    pub(crate) content_type: Option<Cow<'a, str>>,
    pub(crate) body: Option<Cow<'a, str>>,
}

impl Request<'_> {
    /// The reports it posts, if that is what it does.
    pub(crate) fn reports(&self) -> Option<&str> {
        let cmcd = self.content_type.as_deref().is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/cmcd")
        });
        let posted = cmcd && self.method.eq_ignore_ascii_case("POST");
        self.body.as_deref().filter(|body| posted && !body.trim().is_empty())
    }
}
