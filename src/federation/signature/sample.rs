//! Keys and requests for the tests of signatures.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use url::Url;

use super::parts::{authority, path_and_query};
use super::{Parts, PrivateKey, PublicKey, SigningKey, cavage, rfc9421};
use crate::domain::secret::PrivatePem;

/// The key "Test" of draft-cavage-http-signatures-12, appendix C.
pub const PUBLIC_PEM_OF_1024_BITS: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----
";

/// The key test-key-rsa of RFC 9421 §B.1.1.
pub const RFC_9421_TEST_KEY_RSA: &str = "-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAhAKYdtoeoy8zcAcR874L
8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrwWEBnez6d0UDKDwGbc6nxfEXAy5mbhgaj
zrw3MOEt8uA5txSKobBpKDeBLOsdJKFqMGmXCQvEG7YemcxDTRPxAleIAgYYRjTS
d/QBwVW9OwNFhekro3RtlinV0a75jfZgkne/YiktSvLG34lw2zqXBDTC5NHROUqG
TlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0PuKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dS
FFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQPSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ1
0wIDAQAB
-----END PUBLIC KEY-----
";

/// Made once a run, so that no private key lies in the repository.
static PAIR: LazyLock<(PrivatePem, String)> = LazyLock::new(PrivateKey::generate);

pub fn private_pem() -> &'static PrivatePem {
    &PAIR.0
}

pub fn public_pem() -> &'static str {
    &PAIR.1
}

pub fn public_key() -> PublicKey {
    PublicKey::parse(public_pem()).unwrap()
}

/// The key of an actor on another node.
pub fn signing_key() -> SigningKey {
    SigningKey {
        id: Url::parse("https://far.example/actor#main-key").unwrap(),
        private: PrivateKey::from_pem(private_pem()).unwrap(),
    }
}

pub fn now() -> DateTime<Utc> {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// Our inbox, to which the requests go.
pub fn inbox() -> Url {
    Url::parse("https://node.example/inbox").unwrap()
}

pub const BODY: &[u8] = br#"{"type":"Follow","actor":"https://far.example/actor"}"#;

/// A request as it comes in, to be changed by a test.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub path_and_query: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn cavage_post(url: &Url, body: &[u8]) -> Self {
        let headers = cavage::sign_post(&signing_key(), url, body, now());
        Self::sent("POST", url, &headers, body)
    }

    pub fn rfc9421_post(url: &Url, body: &[u8]) -> Self {
        let headers = rfc9421::sign_post(&signing_key(), url, body, now());
        Self::sent("POST", url, &headers, body)
    }

    /// As an HTTP client sends it: with the Host header.
    pub fn sent(method: &str, url: &Url, headers: &HeaderMap, body: &[u8]) -> Self {
        let host = ("host".to_owned(), authority(url).as_bytes().to_vec());
        let signed = headers.iter();
        let signed = signed.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self {
            method: method.to_owned(),
            path_and_query: path_and_query(url).to_owned(),
            headers: std::iter::once(host).chain(signed).collect(),
            body: body.to_vec(),
        }
    }

    pub fn parts(&self) -> Parts<'_> {
        let headers = self.headers.iter();
        Parts {
            method: &self.method,
            path_and_query: &self.path_and_query,
            headers: headers.map(|(n, v)| (n.as_str(), v.as_slice())).collect(),
        }
    }

    pub fn header(&self, name: &str) -> &str {
        let (_, value) = self.headers.iter().find(|(n, _)| n == name).unwrap();
        std::str::from_utf8(value).unwrap()
    }

    /// With one more line of a header.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(n, _)| n != name);
        self
    }

    /// With another value of a header.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With a piece of a header's value replaced.
    pub fn replacing(self, name: &str, from: &str, to: &str) -> Self {
        let value = self.header(name).to_owned();
        assert!(value.contains(from), "{name}: {value}");
        self.with(name, &value.replacen(from, to, 1))
    }

    /// Signed anew by draft-cavage over the components `covered`, with more parameters such as
    /// `,created=…`.
    pub fn signed_over(self, covered: &str, parameters: &str) -> Self {
        let lines = covered.split(' ').map(|name| match name {
            "(request-target)" => format!("{name}: post {}", self.path_and_query),
            "(created)" | "(expires)" => {
                let (_, rest) = parameters
                    .split_once(&format!("{}=", name.trim_matches(['(', ')'])))
                    .unwrap();
                format!("{name}: {}", rest.split(',').next().unwrap())
            }
            _ => format!("{name}: {}", self.header(name)),
        });
        let text = lines.collect::<Vec<_>>().join("\n");
        let key = signing_key();
        let signature = BASE64.encode(key.private.sign(text.as_bytes()));
        let value = format!(
            r#"keyId="{}",headers="{covered}",signature="{signature}"{parameters}"#,
            key.id
        );
        self.with("signature", &value)
    }

    /// What the federation library says of the signature: its steps with the crate it takes them by,
    /// the time left aside, which that crate asks from the system.
    pub fn library_accepts(&self) -> bool {
        let forever = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let config = http_signature_normalization::Config::new()
            .set_expiration(forever)
            .require_digest();
        let mut headers = BTreeMap::new();
        for (name, value) in &self.headers {
            if let Ok(value) = std::str::from_utf8(value) {
                headers.insert(name.clone(), value.to_owned());
            }
        }
        let unverified = config.begin_verify(&self.method, &self.path_and_query, headers);
        unverified.is_ok_and(|unverified| {
            unverified.verify(|signature, text| {
                BASE64.decode(signature).is_ok_and(|signature| {
                    let key = public_key();
                    key.verify_pkcs1v15_sha256(text.as_bytes(), &signature)
                        .is_ok()
                })
            })
        })
    }
}

/// Chance with a seed (xorshift), so that a failure comes again.
pub struct Chance(u64);

impl Chance {
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    pub fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    /// Changes one byte to any other.
    pub fn spoil(&mut self, bytes: &mut [u8]) {
        let at = self.below(bytes.len());
        bytes[at] ^= u8::try_from(1 + self.below(255)).unwrap();
    }
}
