//! The maps of logs whose fields are known.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::RequestMap;
use super::map::Syntax;
use super::part::{Column, Encoding, Moment, Part};
use super::time::{TimeFormat, Unit};

/// Both logs of `CloudFront`, which name headers differently. Time is the end of the response.
///
/// All values are percent-encoded, the percent signs of a query too: so what was encoded on the wire stands there twice.
const CLOUDFRONT: &[(&str, Part)] = &[
    ("date", Part::Date),
    ("time", Part::TimeOfDay),
    ("timestamp", Part::Time(TimeFormat::Seconds)),
    ("time-taken", Part::Duration(Unit::Seconds)),
    ("time-to-first-byte", Part::FirstByte(Unit::Seconds)),
    ("cs-method", Part::Method),
    // The host that was asked for; `cs(Host)` is the distribution's.
    ("x-host-header", Part::Host),
    ("cs-uri-stem", Part::Path),
    ("cs-uri-query", Part::Query),
    ("sc-status", Part::Status),
    // With headers; the other is the whole body's, whether it was sent or not.
    ("sc-bytes", Part::Bytes),
    ("sc-content-len", Part::Bytes),
    ("x-edge-detailed-result-type", Part::Aborted),
    ("x-edge-request-id", Part::Id),
    ("c-ip", Part::ClientIp),
    ("cs(User-Agent)", Part::UserAgent),
    ("cs-user-agent", Part::UserAgent),
    ("c-country", Part::Country),
    ("x-edge-response-result-type", Part::Cache),
    ("cs-headers", Part::Headers),
    ("cmcd-encoded-bitrate", Part::CmcdKey("br")),
    ("cmcd-buffer-length", Part::CmcdKey("bl")),
    ("cmcd-buffer-starvation", Part::CmcdKey("bs")),
    ("cmcd-content-id", Part::CmcdKey("cid")),
    ("cmcd-object-duration", Part::CmcdKey("d")),
    ("cmcd-deadline", Part::CmcdKey("dl")),
    ("cmcd-measured-throughput", Part::CmcdKey("mtp")),
    ("cmcd-next-object-request", Part::CmcdKey("nor")),
    ("cmcd-next-range-request", Part::CmcdKey("nrr")),
    ("cmcd-object-type", Part::CmcdKey("ot")),
    ("cmcd-playback-rate", Part::CmcdKey("pr")),
    ("cmcd-requested-maximum-throughput", Part::CmcdKey("rtp")),
    ("cmcd-streaming-format", Part::CmcdKey("sf")),
    ("cmcd-session-id", Part::CmcdKey("sid")),
    ("cmcd-stream-type", Part::CmcdKey("st")),
    ("cmcd-startup", Part::CmcdKey("su")),
    ("cmcd-top-bitrate", Part::CmcdKey("tb")),
    ("cmcd-version", Part::CmcdKey("v")),
];

/// The fields of `CloudFront`'s real-time logs when all are chosen, in the order in which its documentation lists them.
const REALTIME_ORDER: &[&str] = &[
    "timestamp",
    "c-ip",
    "time-to-first-byte",
    "sc-status",
    "sc-bytes",
    "cs-method",
    "cs-protocol",
    "cs-host",
    "cs-uri-stem",
    "cs-bytes",
    "x-edge-location",
    "x-edge-request-id",
    "x-host-header",
    "time-taken",
    "cs-protocol-version",
    "c-ip-version",
    "cs-user-agent",
    "cs-referer",
    "cs-cookie",
    "cs-uri-query",
    "x-edge-response-result-type",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-result-type",
    "fle-encrypted-fields",
    "fle-status",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
    "c-port",
    "x-edge-detailed-result-type",
    "c-country",
    "cs-accept-encoding",
    "cs-accept",
    "cache-behavior-path-pattern",
    "cs-headers",
    "cs-header-names",
    "cs-headers-count",
    "origin-fbl",
    "origin-lbl",
    "asn",
    "cmcd-encoded-bitrate",
    "cmcd-buffer-length",
    "cmcd-buffer-starvation",
    "cmcd-content-id",
    "cmcd-object-duration",
    "cmcd-deadline",
    "cmcd-measured-throughput",
    "cmcd-next-object-request",
    "cmcd-next-range-request",
    "cmcd-object-type",
    "cmcd-playback-rate",
    "cmcd-requested-maximum-throughput",
    "cmcd-streaming-format",
    "cmcd-session-id",
    "cmcd-stream-type",
    "cmcd-startup",
    "cmcd-top-bitrate",
    "cmcd-version",
];

/// IIS. Its time is taken for the end of the request, which is not documented.
const IIS: &[(&str, Part)] = &[
    ("date", Part::Date),
    ("time", Part::TimeOfDay),
    ("time-taken", Part::Duration(Unit::Millis)),
    ("cs-method", Part::Method),
    ("cs-host", Part::Host),
    ("cs-uri-stem", Part::Path),
    ("cs-uri-query", Part::Query),
    ("sc-status", Part::Status),
    ("sc-bytes", Part::Bytes),
    ("sc-win32-status", Part::Aborted),
    ("c-ip", Part::ClientIp),
];

/// Headers as IIS logs them: `+` is a space, which the query keeps as it was on the wire.
const IIS_HEADERS: &[(&str, Part)] = &[
    ("cs(User-Agent)", Part::UserAgent),
    ("cs(CMCD-Object)", Part::Cmcd),
    ("cs(CMCD-Request)", Part::Cmcd),
    ("cs(CMCD-Session)", Part::Cmcd),
    ("cs(CMCD-Status)", Part::Cmcd),
];

/// Akamai `DataStream` 2, as JSON. Time is when the request was accepted.
const AKAMAI: &[(&str, Part)] = &[
    ("reqTimeSec", Part::Time(TimeFormat::Seconds)),
    ("turnAroundTimeMSec", Part::DurationToFirstByte(Unit::Millis)),
    ("transferTimeMSec", Part::Duration(Unit::Millis)),
    ("reqMethod", Part::Method),
    ("reqHost", Part::Host),
    ("reqPath", Part::Path),
    ("queryStr", Part::Query),
    ("statusCode", Part::Status),
    ("bytes", Part::Bytes),
    ("errorCode", Part::Aborted),
    ("reqId", Part::Id),
    ("cliIP", Part::ClientIp),
    ("country", Part::Country),
    ("cacheStatus", Part::Cache),
];

/// What Akamai encodes besides.
const AKAMAI_ENCODED: &[(&str, Part)] = &[("UA", Part::UserAgent), ("cmcd", Part::CmcdFound)];

/// Fastly, as JSON: the names of its guides. Time is the start of the request.
const FASTLY: &[(&str, Part)] = &[
    ("timestamp", Part::Time(TimeFormat::Rfc3339)),
    ("time_start_msec", Part::Time(TimeFormat::Millis)),
    ("time_elapsed_usec", Part::Duration(Unit::Micros)),
    ("request_method", Part::Method),
    ("host", Part::Host),
    ("url", Part::Url),
    ("response_status", Part::Status),
    ("response_body_size", Part::Bytes),
    ("response_completed", Part::Aborted),
    ("client_ip", Part::ClientIp),
    ("request_user_agent", Part::UserAgent),
    ("geo_country", Part::Country),
    ("response_state", Part::Cache),
    ("cmcd_object", Part::Cmcd),
    ("cmcd_request", Part::Cmcd),
    ("cmcd_session", Part::Cmcd),
    ("cmcd_status", Part::Cmcd),
];

/// Requests as a proxy or a collector writes them, with all their headers and the body.
const CAPTURES: &[(&str, Part)] = &[
    ("t", Part::Time(TimeFormat::Millis)),
    ("t_end", Part::End(TimeFormat::Millis)),
    ("method", Part::Method),
    ("path", Part::Path),
    ("query", Part::Query),
    ("status", Part::Status),
    ("bytes", Part::Bytes),
    ("aborted", Part::Aborted),
    ("body", Part::Body),
    ("headers.host", Part::Host),
    ("headers.Host", Part::Host),
    ("headers.user-agent", Part::UserAgent),
    ("headers.User-Agent", Part::UserAgent),
    ("headers.content-type", Part::ContentType),
    ("headers.Content-Type", Part::ContentType),
    ("headers.cmcd-object", Part::Cmcd),
    ("headers.CMCD-Object", Part::Cmcd),
    ("headers.cmcd-request", Part::Cmcd),
    ("headers.CMCD-Request", Part::Cmcd),
    ("headers.cmcd-session", Part::Cmcd),
    ("headers.CMCD-Session", Part::Cmcd),
    ("headers.cmcd-status", Part::Cmcd),
    ("headers.CMCD-Status", Part::Cmcd),
];

fn map(syntax: Syntax, moment: Moment, aborted: &'static [&'static str]) -> RequestMap {
    let aborted = aborted.iter().map(|word| Cow::Borrowed(*word)).collect();
    RequestMap { aborted, ..RequestMap::new(syntax, moment) }
}

impl RequestMap {
    fn with(mut self, encoding: Encoding, fields: &[(&str, Part)]) -> Self {
        for &(name, part) in fields {
            self.fields.add(name, Column { part, encoding });
        }
        self
    }
}

/// What `CloudFront` says of clients that went away.
const CLOUDFRONT_ABORTED: &[&str] = &["ClientCommError", "ClientHungUpRequest"];

pub(super) static CLOUDFRONT_STANDARD: LazyLock<RequestMap> =
    LazyLock::new(|| map(Syntax::W3c, Moment::End, CLOUDFRONT_ABORTED).with(Encoding::Percent, CLOUDFRONT));

pub(super) static CLOUDFRONT_REALTIME: LazyLock<RequestMap> = LazyLock::new(|| {
    let map = map(Syntax::Delimited, Moment::End, CLOUDFRONT_ABORTED).with(Encoding::Percent, CLOUDFRONT);
    RequestMap { columns: Some(map.columns(REALTIME_ORDER.iter().copied())), ..map }
});

pub(super) static IIS_W3C: LazyLock<RequestMap> = LazyLock::new(|| {
    // 64: the specified network name is no longer available.
    map(Syntax::W3c, Moment::End, &["64"]).with(Encoding::None, IIS).with(Encoding::Plus, IIS_HEADERS)
});

pub(super) static AKAMAI_DATASTREAM: LazyLock<RequestMap> = LazyLock::new(|| {
    let map = map(Syntax::Json, Moment::Start, &["ERR_CLIENT_ABORT"]);
    map.with(Encoding::None, AKAMAI).with(Encoding::Percent, AKAMAI_ENCODED)
});

pub(super) static FASTLY_JSON: LazyLock<RequestMap> =
    LazyLock::new(|| map(Syntax::Json, Moment::Start, &["false"]).with(Encoding::None, FASTLY));

pub(super) static CAPTURES_JSON: LazyLock<RequestMap> =
    LazyLock::new(|| map(Syntax::Json, Moment::Start, &["true"]).with(Encoding::None, CAPTURES));

/// The combined log says by position what is what.
pub(super) static COMBINED: LazyLock<RequestMap> = LazyLock::new(|| map(Syntax::Delimited, Moment::End, &[]));
