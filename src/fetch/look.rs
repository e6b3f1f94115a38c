//! A look at whether an address answers: its head alone, how long that took, and the certificate it showed.

use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::ACCEPT;
use reqwest::tls::TlsInfo;
use reqwest::{Response, StatusCode};
use tokio::time::Instant;
use url::Url;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::{Error, Fetcher, send, without_fragment};

/// What was seen of an address that answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looked {
    /// Its status; a redirect is one as any other.
    pub status: StatusCode,
    /// From the beginning of the request, connecting included, to the beginning of the answer.
    pub latency: Duration,
    /// When the certificate of the connection ends; `None` without TLS.
    pub certificate_until: Option<DateTime<Utc>>,
}

impl Fetcher {
    /// Asks for a page as a browser would, and reads nothing but the head of the answer. No redirect is
    /// followed.
    pub async fn look(&self, url: &Url) -> Result<Looked, Error> {
        let begun = Instant::now();
        let url = without_fragment(url.clone());
        self.admit(&url)?;
        let request = self.client.get(url.clone());
        let request = request.header(ACCEPT, "text/html, */*;q=0.5");
        let answer = send(&url, request, begun + self.deadline).await?;
        Ok(Looked {
            status: answer.status(),
            latency: begun.elapsed(),
            certificate_until: certificate_until(&answer),
        })
    }
}

/// When the server's own certificate ends (RFC 5280 §4.1.2.5). It was verified when the connection was
/// made; what cannot be read here is merely not told.
fn certificate_until(answer: &Response) -> Option<DateTime<Utc>> {
    let shown = answer.extensions().get::<TlsInfo>()?.peer_certificate()?;
    let certificate = Certificate::from_der(shown).ok()?;
    let end = certificate.tbs_certificate.validity.not_after;
    let seconds = i64::try_from(end.to_unix_duration().as_secs()).ok()?;
    DateTime::from_timestamp(seconds, 0)
}
