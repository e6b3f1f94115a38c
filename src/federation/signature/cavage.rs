//! Signs requests as all of the fediverse understands: draft-cavage-http-signatures-12 with
//! `algorithm="rsa-sha256"` over `(request-target) host date`, and `digest` where there is a body.
//!
//! Exactly these components and this algorithm's name please every verifier that was tried
//! (Mastodon, GoToSocial, Misskey, PeerTube, Lemmy); `hs2019` does not. The Host header is left to
//! the HTTP client, which sends the authority of the URL just as it is signed here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderValue};
use url::Url;

use super::parts::{authority, path_and_query};
use super::{ACTIVITY_JSON, SigningKey, digest, window};

/// The headers that make a GET of `url` a signed one: Date and Signature.
pub fn sign_get(key: &SigningKey, url: &Url, now: DateTime<Utc>) -> HeaderMap {
    sign(key, "get", url, None, now)
}

/// The headers that make a POST of an activity to `url` a signed one: Date, Digest, Content-Type and
/// Signature.
pub fn sign_post(key: &SigningKey, url: &Url, body: &[u8], now: DateTime<Utc>) -> HeaderMap {
    let mut headers = sign(key, "post", url, Some(digest::digest_of(body)), now);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON));
    headers
}

fn sign(
    key: &SigningKey,
    method: &str,
    url: &Url,
    digest: Option<String>,
    now: DateTime<Utc>,
) -> HeaderMap {
    let date = window::date(now);
    let covered = match digest {
        Some(_) => "(request-target) host date digest",
        None => "(request-target) host date",
    };
    let text = signing_string(method, url, &date, digest.as_deref());
    let signature = format!(
        r#"keyId="{}",algorithm="rsa-sha256",headers="{covered}",signature="{}""#,
        key.id,
        BASE64.encode(key.private.sign(text.as_bytes()))
    );
    let mut headers = HeaderMap::new();
    headers.insert(DATE, value(date));
    if let Some(digest) = digest {
        headers.insert("digest", value(digest));
    }
    headers.insert("signature", value(signature));
    headers
}

/// What is signed (§2.3 of the draft).
fn signing_string(method: &str, url: &Url, date: &str, digest: Option<&str>) -> String {
    let mut text = format!(
        "(request-target): {method} {}\nhost: {}\ndate: {date}",
        path_and_query(url),
        authority(url)
    );
    if let Some(digest) = digest {
        text.push_str("\ndigest: ");
        text.push_str(digest);
    }
    text
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("URLs, dates and base64 are plain ASCII")
}

#[cfg(test)]
mod tests {
    use rsa::pkcs8::DecodePublicKey;
    use rsa::sha2::{Digest, Sha256};

    use super::*;
    use crate::federation::signature::sample::{self, Request};

    #[test]
    fn the_signed_text_is_the_one_of_the_drafts_basic_test() {
        // Appendix C.2 of the draft.
        let url = Url::parse("https://example.com/foo?param=value&pet=dog").unwrap();
        let text = signing_string("post", &url, "Sun, 05 Jan 2014 21:31:40 GMT", None);
        assert_eq!(
            text,
            "(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT"
        );
        let signature = BASE64.decode("qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6kd9Fswtemr3lgdDEmn04swr2Os0=").unwrap();
        let key = rsa::RsaPublicKey::from_public_key_pem(sample::PUBLIC_PEM_OF_1024_BITS).unwrap();
        let scheme = rsa::Pkcs1v15Sign::new::<Sha256>();
        assert!(
            key.verify(scheme, &Sha256::digest(text), &signature)
                .is_ok()
        );
    }

    #[test]
    fn a_post_carries_what_mastodon_wants() {
        let url = Url::parse("https://far.example/inbox").unwrap();
        let headers = sign_post(&sample::signing_key(), &url, b"{}", sample::now());
        assert_eq!(headers.len(), 4);
        assert_eq!(headers["date"], "Mon, 23 Nov 2026 12:00:00 GMT");
        assert_eq!(headers["content-type"], "application/activity+json");
        assert_eq!(
            headers["digest"],
            "SHA-256=RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o="
        );
        let signature = headers["signature"].to_str().unwrap();
        assert!(signature.starts_with(
            r#"keyId="https://far.example/actor#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature=""#
        ));
    }

    #[test]
    fn a_get_carries_a_date_and_a_signature_over_three_parts() {
        let url = Url::parse("https://far.example/actor").unwrap();
        let headers = sign_get(&sample::signing_key(), &url, sample::now());
        assert_eq!(headers.len(), 2);
        let signature = headers["signature"].to_str().unwrap();
        assert!(signature.contains(r#"headers="(request-target) host date",signature=""#));
        let signature = signature.rsplit('"').nth(1).unwrap();
        let text =
            "(request-target): get /actor\nhost: far.example\ndate: Mon, 23 Nov 2026 12:00:00 GMT";
        let verified = sample::public_key()
            .verify_pkcs1v15_sha256(text.as_bytes(), &BASE64.decode(signature).unwrap());
        assert_eq!(verified, Ok(()));
    }

    #[test]
    fn the_federation_library_accepts_what_we_sign() {
        for url in [
            "https://node.example/inbox",
            "https://node.example",
            "http://localhost:8080/inbox?shared=1",
            "https://node.example:443/a%20b/é?q=ü&x",
            "https://node.example/?",
        ] {
            let url = Url::parse(url).unwrap();
            let request = Request::cavage_post(&url, br#"{"type":"Follow"}"#);
            assert!(request.library_accepts(), "{url}");
        }
    }

    #[test]
    fn any_url_can_be_signed_for_without_panic() {
        // Inboxes are told by others; whether one is fetched is not decided here.
        for url in [
            "mailto:a@b",
            "data:,",
            "file:///x",
            "https://[::1]/",
            "urn:x:y?z#f",
        ] {
            let url = Url::parse(url).unwrap();
            assert!(!sign_get(&sample::signing_key(), &url, sample::now()).is_empty());
        }
    }
}
