//! What a host answered, read within bounds.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use mime::Mime;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::error::Error;

/// The largest document that is read, in bytes: as the federation library has it.
pub const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;
/// What is kept of an answer that is no document, in bytes: enough to tell an operator what a host said.
pub const MAX_REMARK_BYTES: usize = 4 * 1024;
/// The longest that a host may put us off: it cannot be forgotten by asking us to wait for years.
pub const MAX_RETRY_AFTER: TimeDelta = TimeDelta::hours(24);

/// An answer of whatever status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Where it came from, after a redirect; without fragment.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// The whole document of a successful get. Of anything else no more than the first
    /// [`MAX_REMARK_BYTES`], and nothing if it is compressed or does not come.
    pub body: Bytes,
}

impl Answer {
    /// The media type by its name and parameters (RFC 9110 §8.3). None if there is none, or several,
    /// or what stands there is none.
    pub fn media_type(&self) -> Option<Mime> {
        let mut types = self.headers.get_all(CONTENT_TYPE).iter();
        let only = types.next().filter(|_| types.next().is_none())?;
        only.to_str().ok()?.parse().ok()
    }

    /// How long the host asks us to wait, in seconds or until a date (RFC 9110 §10.2.3), at most
    /// [`MAX_RETRY_AFTER`]; nothing is left of a date that is past. None if it does not say.
    pub fn retry_after(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let text = self.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
        let is_number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let asked = if is_number {
            // More digits than a number holds are still a number: a very long time.
            let seconds = text.parse().ok().and_then(TimeDelta::try_seconds);
            seconds.unwrap_or(MAX_RETRY_AFTER)
        } else {
            DateTime::<Utc>::from(httpdate::parse_http_date(text).ok()?) - now
        };
        Some(asked.clamp(TimeDelta::zero(), MAX_RETRY_AFTER))
    }

    /// Reads the whole document of a success, or the remark of anything else.
    pub(super) async fn document(url: Url, answer: Response, end: Instant) -> Result<Self, Error> {
        if !answer.status().is_success() {
            return Ok(Self::remark(url, answer, end).await);
        }
        if is_encoded(&answer) {
            return Err(Error::encoded(&url));
        }
        let too_large = || Error::too_large(&url, MAX_DOCUMENT_BYTES as u64);
        let told = answer.content_length().unwrap_or_default();
        if told > MAX_DOCUMENT_BYTES as u64 {
            return Err(too_large());
        }
        let mut answer = answer;
        let mut body = Vec::new();
        loop {
            let chunk = timeout_at(end, answer.chunk()).await;
            let chunk = chunk.map_err(|_| Error::timed_out(&url))?;
            let Some(chunk) = chunk.map_err(|error| Error::of_client(&url, error))? else {
                break;
            };
            if body.len() + chunk.len() > MAX_DOCUMENT_BYTES {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Self::new(url, &answer, body))
    }

    /// Reads the first bytes of a success, up to `most`, or the remark of anything else.
    pub(super) async fn beginning(
        url: Url,
        answer: Response,
        end: Instant,
        most: usize,
    ) -> Result<Self, Error> {
        if !answer.status().is_success() {
            return Ok(Self::remark(url, answer, end).await);
        }
        if is_encoded(&answer) {
            return Err(Error::encoded(&url));
        }
        let mut answer = answer;
        let mut body = Vec::new();
        while body.len() < most {
            let chunk = timeout_at(end, answer.chunk()).await;
            let chunk = chunk.map_err(|_| Error::timed_out(&url))?;
            match chunk.map_err(|error| Error::of_client(&url, error))? {
                Some(chunk) => body.extend_from_slice(&chunk),
                None => break,
            }
        }
        body.truncate(most);
        Ok(Self::new(url, &answer, body))
    }

    /// Reads the beginning of an answer whose status says all that matters: whatever is wrong with its
    /// body, even that it never ends, must not hide the status.
    pub(super) async fn remark(url: Url, mut answer: Response, end: Instant) -> Self {
        let mut body = Vec::new();
        if !is_encoded(&answer) {
            while body.len() < MAX_REMARK_BYTES
                && let Ok(Ok(Some(chunk))) = timeout_at(end, answer.chunk()).await
            {
                body.extend_from_slice(&chunk);
            }
            body.truncate(MAX_REMARK_BYTES);
        }
        Self::new(url, &answer, body)
    }

    pub(super) fn new(url: Url, answer: &Response, body: Vec<u8>) -> Self {
        Self {
            url,
            status: answer.status(),
            headers: answer.headers().clone(),
            body: body.into(),
        }
    }
}

/// Whether the body is compressed, though we accept no encoding: unpacking it could fill the memory.
pub(super) fn is_encoded(answer: &Response) -> bool {
    let mut encodings = answer.headers().get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(headers: &[(&'static str, &str)]) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        Answer {
            url: "https://example.org/".parse().unwrap(),
            status: StatusCode::OK,
            headers: map,
            body: Bytes::new(),
        }
    }

    #[test]
    fn a_wait_is_told_in_seconds_or_as_a_date_and_is_bounded() {
        let now = "1994-11-06T08:49:00Z".parse().unwrap();
        let wait = |text: &str| with(&[("retry-after", text)]).retry_after(now);
        let seconds = |seconds| Some(TimeDelta::seconds(seconds));
        assert_eq!(wait("120"), seconds(120));
        assert_eq!(wait("0"), seconds(0));
        assert_eq!(wait("86401"), Some(MAX_RETRY_AFTER));
        assert_eq!(wait("99999999999999999999999999"), Some(MAX_RETRY_AFTER));
        assert_eq!(wait("9223372036854775807"), Some(MAX_RETRY_AFTER));
        // The three formats of RFC 9110 §5.6.7.
        assert_eq!(wait("Sun, 06 Nov 1994 08:49:37 GMT"), seconds(37));
        assert_eq!(wait("Sunday, 06-Nov-94 08:49:37 GMT"), seconds(37));
        assert_eq!(wait("Sun Nov  6 08:49:37 1994"), seconds(37));
        assert_eq!(wait("Fri, 31 Dec 9999 23:59:59 GMT"), Some(MAX_RETRY_AFTER));
        assert_eq!(wait("Sun, 06 Nov 1994 08:48:00 GMT"), seconds(0));
        for none in ["", "-1", "1.5", "soon", "+5"] {
            assert_eq!(wait(none), None, "{none}");
        }
        assert_eq!(with(&[]).retry_after(now), None);
    }

    #[test]
    fn a_media_type_has_a_name_and_parameters() {
        let activity = with(&[("content-type", "Application/Activity+JSON;charset=utf-8")]);
        let activity = activity.media_type().unwrap();
        assert_eq!(activity.essence_str(), "application/activity+json");
        let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
        let linked = with(&[("content-type", profile)]).media_type().unwrap();
        assert_eq!(
            linked.get_param("profile").unwrap(),
            "https://www.w3.org/ns/activitystreams"
        );
        assert_eq!(with(&[("content-type", "json")]).media_type(), None);
        assert_eq!(with(&[]).media_type(), None);
        let two = [
            ("content-type", "text/html"),
            ("content-type", "application/activity+json"),
        ];
        assert_eq!(with(&two).media_type(), None);
    }
}
