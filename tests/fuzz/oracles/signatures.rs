//! The signatures of requests, by both schemes: the guard that looks first, and what verifies.

use std::sync::LazyLock;
use std::time::Duration;

use archipelago::federation::signature::{
    self, MAX_HEADER_BYTES, Parts, PrivateKey, PublicKey, Scheme, SigningKey, cavage, rfc9421,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use url::Url;

use super::mangle::{self, Chance};
use super::{Target, chosen};

/// `POST /inbox` and headers, as they come; or `cavage` or `rfc9421`, and below it a body that is signed so and
/// then tampered with.
pub const TARGET: Target = Target {
    name: "signatures",
    check,
    seeds,
};

const BODY: &[u8] = br#"{"type":"Follow","actor":"https://far.example/actor"}"#;

fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for scheme in [Scheme::Cavage, Scheme::Rfc9421] {
        seeds.push(Request::signed(scheme, BODY).written());
        seeds.extend([BODY, b"", b"\xff\0"].map(|body| [word(scheme), b"\n", body].concat()));
    }
    seeds
}

fn word(scheme: Scheme) -> &'static [u8] {
    match scheme {
        Scheme::Cavage => b"cavage",
        Scheme::Rfc9421 => b"rfc9421",
    }
}

fn check(input: &[u8]) {
    let (choice, rest) = chosen(input);
    let scheme = match choice {
        "cavage" => Scheme::Cavage,
        "rfc9421" => Scheme::Rfc9421,
        _ => {
            let request = Request::read(input);
            // Only this body was ever signed with our key.
            assert!(
                !request.is_verified() || request.body == BODY,
                "{request:?}"
            );
            return;
        }
    };
    let signed = Request::signed(scheme, rest);
    assert!(signed.is_verified(), "{signed:?}");
    let mut chance = Chance::of(input);
    for _ in 0..8 {
        let changed = signed.changed(&mut chance);
        if changed.is_verified() {
            // Of the method, draft-cavage signs the letters and not their case (§2.3).
            assert!(
                changed.method.eq_ignore_ascii_case(&signed.method),
                "{changed:?}"
            );
            assert_eq!(
                (&changed.target, &changed.body),
                (&signed.target, &signed.body)
            );
        }
    }
}

/// A request to our inbox.
#[derive(Debug, Clone)]
struct Request {
    method: String,
    target: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Request {
    fn signed(scheme: Scheme, body: &[u8]) -> Self {
        let key = &KEY.0;
        let headers = match scheme {
            Scheme::Cavage => cavage::sign_post(key, &inbox(), body, now()),
            Scheme::Rfc9421 => rfc9421::sign_post(key, &inbox(), body, now()),
        };
        let host = ("host".to_owned(), b"node.example".to_vec());
        let signed = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        Self {
            method: "POST".to_owned(),
            target: "/inbox".to_owned(),
            headers: std::iter::once(host).chain(signed).collect(),
            body: body.to_vec(),
        }
    }

    /// As HTTP/1.1 writes it, roughly: a line with the method, one for each header, an empty one, the body.
    fn written(&self) -> Vec<u8> {
        let mut text = format!("{} {}\n", self.method, self.target).into_bytes();
        for (name, value) in &self.headers {
            text.extend([name.as_bytes(), b": ", value, b"\n"].concat());
        }
        [text, b"\n".to_vec(), self.body.clone()].concat()
    }

    fn read(mut input: &[u8]) -> Self {
        let (line, rest) = chosen(input);
        let (method, target) = line.split_once(' ').unwrap_or((line, "/inbox"));
        input = rest;
        let mut headers = Vec::new();
        while let Some(end) = input.iter().position(|byte| *byte == b'\n') {
            let line = &input[..end];
            input = &input[end + 1..];
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                break;
            };
            let name = String::from_utf8_lossy(&line[..colon]).into_owned();
            headers.push((name, line[colon + 1..].trim_ascii().to_vec()));
        }
        let body = input.to_vec();
        Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body,
        }
    }

    /// With something else in one place.
    fn changed(&self, chance: &mut Chance) -> Self {
        let mut changed = self.clone();
        let at = chance.below(changed.headers.len());
        match chance.below(8) {
            0 => drop(changed.headers.remove(at)),
            1 => {
                let (name, value) = changed.headers[at].clone();
                changed.headers.push((name, mangle::bytes(&value, chance)));
            }
            2 => changed.body = mangle::bytes(&changed.body, chance),
            3 => {
                changed.target =
                    String::from_utf8_lossy(&mangle::bytes(b"/inbox", chance)).into_owned()
            }
            4 => changed.method = ["GET", "PUT", "post"][chance.below(3)].to_owned(),
            _ => {
                let value = &mut changed.headers[at].1;
                *value = mangle::bytes(value, chance);
            }
        }
        changed
    }

    /// Whether the inbox would take it for what the holder of our key signed.
    fn is_verified(&self) -> bool {
        let headers = self.headers.iter();
        let parts = Parts {
            method: &self.method,
            path_and_query: &self.target,
            headers: headers
                .map(|(name, value)| (name.as_str(), value.as_slice()))
                .collect(),
        };
        match signature::check(&parts, &self.body, &inbox(), now()) {
            Err(refused) => {
                assert!(refused.to_string().len() < 2 * MAX_HEADER_BYTES);
                false
            }
            Ok(signed) => match signed.scheme {
                Scheme::Rfc9421 => {
                    rfc9421::verify(&parts, &self.body, &inbox(), &KEY.1, now()).is_ok()
                }
                Scheme::Cavage => self.is_verified_by_the_library(),
            },
        }
    }

    /// As the federation library verifies, with the crate it does it by.
    fn is_verified_by_the_library(&self) -> bool {
        // That crate asks the system for the time; the guard has judged it.
        let for_ever = Duration::from_secs(100 * 365 * 24 * 60 * 60);
        let config = http_signature_normalization::Config::new()
            .set_expiration(for_ever)
            .require_digest();
        let headers = self.headers.iter();
        let headers = headers.filter_map(|(name, value)| {
            Some((name.to_lowercase(), String::from_utf8(value.clone()).ok()?))
        });
        let unverified = config.begin_verify(&self.method, &self.target, headers.collect());
        unverified.is_ok_and(|unverified| {
            unverified.verify(|signature, text| {
                let signature = BASE64.decode(signature);
                signature.is_ok_and(|signature| {
                    KEY.1
                        .verify_pkcs1v15_sha256(text.as_bytes(), &signature)
                        .is_ok()
                })
            })
        })
    }
}

/// Made once a run, so that no private key lies in the repository.
static KEY: LazyLock<(SigningKey, PublicKey)> = LazyLock::new(|| {
    let (private, public) = PrivateKey::generate();
    let key = SigningKey {
        id: "https://far.example/actor#main-key"
            .parse()
            .expect("it is an address"),
        private: PrivateKey::from_pem(&private).expect("the key was just made"),
    };
    (
        key,
        PublicKey::parse(&public).expect("the key was just made"),
    )
});

fn inbox() -> Url {
    "https://node.example/inbox"
        .parse()
        .expect("it is an address")
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).expect("it is a moment")
}
