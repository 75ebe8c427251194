//! Requests as a proxy or collector writes them: one JSON object per request.
//!
//! `{"t": 1795205392545.1, "method": "POST", "path": "/cmcd/events", "headers": {"content-type": "application/cmcd", …},
//! "body": "e=ps,…\ne=t,…\n", …}`. Other keys are passed over.

use std::borrow::Cow;

use serde::Deserialize;

use super::{Request, telemetry};
use crate::batch::Batch;
use crate::cmcd::Carrier;
use crate::ndjson::MAX_TS;
use crate::quality::{Problem, Reason};

#[derive(Deserialize)]
struct Capture<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow, default)]
    path: Cow<'a, str>,
    #[serde(borrow, default)]
    query: Cow<'a, str>,
    #[serde(borrow, default)]
    headers: Headers<'a>,
    #[serde(borrow, default)]
    body: Option<Cow<'a, str>>,
    /// When it was received: milliseconds since 1970.
    #[serde(default)]
    t: Option<f64>,
    /// When the response was over.
    #[serde(default)]
    t_end: Option<f64>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(default)]
    bytes: Option<u64>,
    #[serde(default)]
    aborted: bool,
}

#[derive(Default, Deserialize)]
struct Headers<'a> {
    #[serde(borrow, default, alias = "Host")]
    host: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "user-agent", alias = "User-Agent")]
    user_agent: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "content-type", alias = "Content-Type")]
    content_type: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "cmcd-session", alias = "CMCD-Session")]
    session: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "cmcd-request", alias = "CMCD-Request")]
    request: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "cmcd-object", alias = "CMCD-Object")]
    object: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "cmcd-status", alias = "CMCD-Status")]
    status: Option<Cow<'a, str>>,
}

/// Reads the request of one line into the batch, with all reports in it.
pub(crate) fn read_request(line: &str, offset: u64, batch: &mut Batch) {
    let capture: Capture<'_> = match serde_json::from_str(line) {
        Ok(capture) => capture,
        Err(error) => {
            return batch.reject(Problem::detailed(Reason::NotJson, crate::scalar::without_line(&error)), line);
        }
    };
    let received = capture.t.filter(|t| t.abs() <= MAX_TS as f64).map(|t| t.floor() as i64);
    let elapsed = capture.t.zip(capture.t_end).map(|(t, end)| (end - t).round());
    let Headers { host, user_agent, content_type, session, request, object, status } = capture.headers;
    let request = Request {
        received: received.unwrap_or_default(),
        precision: 1,
        elapsed: elapsed.filter(|elapsed| *elapsed >= 0.0).map(|elapsed| elapsed as u64),
        offset,
        method: capture.method,
        host,
        path: capture.path,
        query: capture.query,
        status: capture.status,
        bytes: capture.bytes,
        aborted: capture.aborted,
        user_agent,
        cmcd: [object, request, session, status].into_iter().flatten().collect(),
        content_type,
        body: capture.body,
        ..Request::default()
    };
    match (request.reports(), received) {
        (Some(reports), received) => {
            telemetry::read_reports(reports, Carrier { target: Some(&request.path), received }, batch);
        }
        (None, Some(_)) => telemetry::read(&request, batch),
        (None, None) => batch.reject(Problem::missing("time"), line),
    }
}

/// Whether a line looks like a request.
pub(crate) fn looks_like_request(line: &str) -> bool {
    serde_json::from_str::<Capture<'_>>(line).is_ok_and(|capture| !capture.path.is_empty())
}
