//! One request, and what its answer means.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::backoff::retry_after;
use crate::config::EmitterConfig;
use crate::error::Error;
use crate::status::Failure;

/// How much of an answer is kept to be shown.
const SHOWN: usize = 256;
/// How much of an answer is read, so that its connection can be used again.
const READ: usize = 64 << 10;

/// What a request came to.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The collector has it.
    Delivered,
    /// To be sent again, not before the time asked for.
    Again { asked: Option<Duration>, failure: Failure },
    /// To be sent again, though more of the same will hardly change the answer.
    Refused { status: u16, failure: Failure },
    /// Less at a time, please.
    TooLarge(Failure),
    /// Nothing is to be sent there any more.
    Gone(Failure),
    /// The collector does not want it.
    Rejected(Failure),
}

/// The client, which lives as long as the emitter.
#[derive(Clone, Debug)]
pub(crate) struct Transport {
    client: Client,
    headers: HeaderMap,
}

/// Whether servers can be told by their certificates.
#[derive(Clone, Debug)]
pub(crate) struct Trust(Result<(), rustls::Error>);

impl Transport {
    pub(crate) fn new(config: &EmitterConfig) -> Result<(Self, Trust), Error> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(config.format.content_type()));
        for (name, value) in &config.headers {
            let fail = || Error::Header { name: name.clone() };
            let key: HeaderName = name.parse().map_err(|_| fail())?;
            let mut value: HeaderValue = value.parse().map_err(|_| fail())?;
            value.set_sensitive(true);
            headers.insert(key, value);
        }
        let (tls, trust) = tls()?;
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(Policy::none())
            .no_proxy()
            .user_agent(concat!("audience-emit/", env!("CARGO_PKG_VERSION")))
            .timeout(config.request_timeout)
            .build()
            .map_err(Error::Client)?;
        Ok((Self { client, headers }, trust))
    }

    /// Posts a body and waits for the answer.
    pub(crate) async fn post(self, endpoint: Url, body: Bytes) -> Outcome {
        match self.client.post(endpoint).headers(self.headers).body(body).send().await {
            Ok(response) => answer(response).await,
            Err(error) => Outcome::Again { asked: None, failure: failure(error) },
        }
    }
}

impl Trust {
    /// The address, if it is one that can be sent to.
    pub(crate) fn endpoint(&self, url: &str) -> Result<Url, Error> {
        let fail = || Error::Endpoint { url: url.to_owned() };
        let parsed = Url::parse(url).map_err(|_| fail())?;
        match parsed.scheme() {
            "http" => {}
            "https" => self.0.clone().map_err(Error::Certificates)?,
            _ => return Err(fail()),
        }
        if parsed.has_host() { Ok(parsed) } else { Err(fail()) }
    }
}

/// TLS by ring, with the certificates the system trusts. A system without any can still speak plain HTTP.
fn tls() -> Result<(ClientConfig, Trust), Error> {
    let builder = || {
        ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(Error::Certificates)
    };
    Ok(match builder()?.with_platform_verifier() {
        Ok(config) => (config.with_no_client_auth(), Trust(Ok(()))),
        Err(error) => {
            let trusts_nobody = builder()?.with_root_certificates(RootCertStore::empty()).with_no_client_auth();
            (trusts_nobody, Trust(Err(error)))
        }
    })
}

async fn answer(mut response: Response) -> Outcome {
    let status = response.status();
    let asked = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let asked = asked.and_then(|value| retry_after(value, jiff::Timestamp::now()));
    let (mut shown, mut read) = (Vec::new(), 0);
    // The status says it all; what goes wrong after it changes nothing.
    while let Ok(Some(chunk)) = response.chunk().await {
        let room = SHOWN - shown.len();
        shown.extend_from_slice(&chunk[..chunk.len().min(room)]);
        read += chunk.len();
        if read > READ {
            break;
        }
    }
    let text = String::from_utf8_lossy(&shown).trim().to_owned();
    meaning(status, asked, Failure::Answer { status: status.as_u16(), text })
}

/// What an answer means.
fn meaning(status: StatusCode, asked: Option<Duration>, failure: Failure) -> Outcome {
    match status.as_u16() {
        200..=299 => Outcome::Delivered,
        408 | 425 | 429 | 500..=599 => Outcome::Again { asked, failure },
        410 => Outcome::Gone(failure),
        413 => Outcome::TooLarge(failure),
        // Wrong credentials or a wrong address, and a redirect is one: people repair that, and events can wait for it.
        status @ (100..=199 | 300..=399 | 401 | 403 | 404 | 407) => Outcome::Refused { status, failure },
        _ => Outcome::Rejected(failure),
    }
}

fn failure(error: reqwest::Error) -> Failure {
    let (timeout, connect) = (error.is_timeout(), error.is_connect());
    // The address may hold a secret, and is known.
    let error = error.without_url();
    if timeout {
        return Failure::Timeout;
    }
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = cause.to_string();
        source = cause.source();
    }
    if connect { Failure::Connect(text) } else { Failure::Broken(text) }
}
