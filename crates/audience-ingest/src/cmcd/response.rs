//! What became of a request, as the player that made it reports.

use audience_core::{ContentId, Elapsed, Request, SessionId, Timestamp};

use super::dictionary::{self, Dictionary, Key, Value};
use super::report::Report;
use crate::batch::Batch;
use crate::draft::MAX_TS;

/// What became of a request, from a response report of CMCD version 2 (`e=rr`).
///
/// Among the events of a session such a report says little of playback, so that readers take it for a heartbeat, or an error where the
/// request failed. This reads what it says of the delivery: with it, what CDNs did is known without their logs.
///
/// # Examples
///
/// ```
/// use audience_ingest::CmcdResponse;
///
/// let line = r#"cdn="a",e=rr,ot=v,rc=200,sid="s1",ts=1795204835149,ttfb=18,ttlb=44,url="https://a.example/1.m4s",v=2"#;
/// let response = CmcdResponse::read(line).expect("a response report");
/// assert_eq!(response.cdn.as_deref(), Some("a"));
/// assert_eq!(response.request.status, Some(200));
/// assert_eq!(response.request.first_byte.map(|time| time.as_millis()), Some(18));
/// assert_eq!(response.request.elapsed.map(|time| time.as_millis()), Some(44));
/// assert!(CmcdResponse::read(r#"e=ps,sid="s1",sta=p,ts=1795204835149,v=2"#).is_none());
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CmcdResponse {
    /// The run of the player: `sid`.
    pub session_id: SessionId,
    /// What was watched: `cid`.
    pub content_id: Option<ContentId>,
    /// Which CDN answered, as the player has it: `cdn`.
    pub cdn: Option<Box<str>>,
    /// When the request was made: `ts`.
    pub at: Timestamp,
    /// The request: `ot`, `url`, `rc` (0 for none), `ttfb` and `ttlb`. How much came is not reported.
    pub request: Request,
}

impl CmcdResponse {
    /// What one line of reports says; `None` of a line that is no response report, or says neither session nor time.
    pub fn read(line: &str) -> Option<Self> {
        let (mut keys, mut batch) = (Dictionary::default(), Batch::default());
        dictionary::read(line, &mut keys, &mut batch).ok()?;
        let mut report = Report { keys: &keys, batch: &mut batch };
        if !report.is(Key::Event, "rr") {
            return None;
        }
        let session = report.text(Key::Session).filter(|session| !session.is_empty())?;
        let at = report.count(Key::Time).and_then(|ts| i64::try_from(ts).ok()).filter(|ts| *ts <= MAX_TS)?;
        let content = report.text(Key::Content).filter(|content| !content.is_empty());
        let cdn = report.text(Key::Cdn).filter(|cdn| !cdn.is_empty()).map(|cdn| Box::from(&*cdn));
        let status = report.count(Key::Status).and_then(|status| u16::try_from(status).ok());
        let request = Request {
            object: report.object(),
            url: keys.text_of("url").map(Into::into),
            status,
            first_byte: keys.millis_of("ttfb").map(Elapsed::from_millis),
            elapsed: keys.millis_of("ttlb").map(Elapsed::from_millis),
            ..Request::default()
        };
        Some(Self {
            session_id: SessionId::from(&*session),
            content_id: content.map(|content| ContentId::from(&*content)),
            cdn,
            at: Timestamp::from_millis(at),
            request,
        })
    }
}

impl Dictionary<'_> {
    /// The value of a key that reports seldom have.
    fn value_of(&self, name: &str) -> Option<&Value<'_>> {
        self.iter().find(|(key, _)| *key == name)?.1.first()
    }

    fn text_of(&self, name: &str) -> Option<&str> {
        match self.value_of(name)? {
            Value::Text(text) => Some(text),
            Value::Token(text) => Some(text),
            _ => None,
        }
    }

    /// Whole milliseconds, up to a day.
    fn millis_of(&self, name: &str) -> Option<u64> {
        let millis = match self.value_of(name)? {
            Value::Integer(number) => *number as f64,
            Value::Decimal(number) => *number,
            _ => return None,
        };
        (0.0..=86_400_000.0).contains(&millis).then(|| millis.round() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rest: &str) -> Option<CmcdResponse> {
        CmcdResponse::read(&format!("e=rr,{rest}"))
    }

    /// As dash.js, hls.js and Shaka write them.
    #[test]
    fn reports_of_players_are_read() {
        let line = r#"bl=(0;v 0;a),cid="t",e=rr,ot=m,rc=200,sid="s",sn=2,sta=s,ts=1795204835149,ttlb=44,url="http://host/main.mpd",v=2"#;
        let response = CmcdResponse::read(line).unwrap();
        assert_eq!((response.request.status, response.request.first_byte), (Some(200), None));
        assert_eq!(response.content_id, Some(ContentId::from("t")));
        assert_eq!(response.request.url.as_ref().map(audience_core::Word::as_str), Some("http://host/main.mpd"));
        // Some have fractions, and some no answer.
        let failed = read(r#"rc=0,sid="s",ts=1795204835149,ttfb=17.6,ttlb=44.4"#).unwrap();
        assert_eq!(failed.request.status, Some(0));
        assert_eq!(failed.request.first_byte, Some(Elapsed::from_millis(18)));
    }

    #[test]
    fn what_is_none_is_none() {
        for rest in ["", "sid=\"s\"", "ts=5", "sid=\"\",ts=5", "sid=\"s\",ts=-5", "sid=\"s\",ts=99999999999999999"] {
            assert_eq!(read(rest), None, "{rest}");
        }
        let odd = read(r#"rc=70000,sid="s",ts=5,ttfb=-1,ttlb=1e300,url=7"#);
        assert!(odd.is_none_or(|odd| odd.request == Request::default()));
    }
}
