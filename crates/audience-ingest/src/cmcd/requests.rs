//! Logs of HTTP requests that carry CMCD reports: one JSON object per request.
//!
//! `{"t": 1795205392545.1, "method": "POST", "path": "/cmcd/events", "headers": {"content-type": "application/cmcd", …},
//! "body": "e=ps,…\ne=t,…\n", …}`. Other keys are passed over.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Carrier;
use crate::batch::Batch;
use crate::ndjson::MAX_TS;
use crate::quality::{Ignored, Problem, Reason};

#[derive(Deserialize)]
struct Request<'a> {
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
}

#[derive(Default, Deserialize)]
struct Headers<'a> {
    #[serde(borrow, default, rename = "content-type", alias = "Content-Type")]
    content_type: Option<Cow<'a, str>>,
    #[serde(default, rename = "cmcd-session", alias = "CMCD-Session")]
    cmcd_session: Option<IgnoredAny>,
    #[serde(default, rename = "cmcd-request", alias = "CMCD-Request")]
    cmcd_request: Option<IgnoredAny>,
    #[serde(default, rename = "cmcd-object", alias = "CMCD-Object")]
    cmcd_object: Option<IgnoredAny>,
    #[serde(default, rename = "cmcd-status", alias = "CMCD-Status")]
    cmcd_status: Option<IgnoredAny>,
}

impl Request<'_> {
    /// Whether it posts reports.
    fn posts_reports(&self) -> bool {
        let cmcd = self.headers.content_type.as_deref().is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind.eq_ignore_ascii_case("application/cmcd")
        });
        self.method.eq_ignore_ascii_case("POST")
            && cmcd
            && self.body.as_deref().is_some_and(|body| !body.trim().is_empty())
    }

    /// Whether it carries CMCD about itself.
    fn is_request_mode(&self) -> bool {
        let Headers { cmcd_session, cmcd_request, cmcd_object, cmcd_status, .. } = &self.headers;
        [cmcd_session, cmcd_request, cmcd_object, cmcd_status].into_iter().any(Option::is_some)
            || self.query.split('&').any(|argument| argument.starts_with("CMCD="))
    }
}

/// Reads the request of one line into the batch, with all reports in it.
pub(crate) fn read_request(line: &str, batch: &mut Batch) {
    let request: Request<'_> = match serde_json::from_str(line) {
        Ok(request) => request,
        Err(error) => {
            return batch.reject(Problem::detailed(Reason::NotJson, crate::scalar::without_line(&error)), line);
        }
    };
    if !request.posts_reports() {
        batch.quality.ignore(if request.is_request_mode() { Ignored::RequestMode } else { Ignored::OtherRequest });
        return;
    }
    let received = request.t.filter(|t| t.abs() <= MAX_TS as f64).map(|t| t.round() as i64);
    let carrier = Carrier { target: Some(&request.path), received };
    for report in request.body.as_deref().unwrap_or_default().lines().filter(|report| !report.trim().is_empty()) {
        super::read_line(report, carrier, batch);
    }
}

/// Whether a line looks like a request.
pub(crate) fn looks_like_request(line: &str) -> bool {
    serde_json::from_str::<Request<'_>>(line).is_ok_and(|request| !request.path.is_empty())
}
