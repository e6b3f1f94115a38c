//! Signs and verifies by RFC 9421, HTTP Message Signatures, in the profile of Mastodon: one signature
//! of RSA PKCS#1 v1.5 with SHA-256, over `@method`, the target and, with a body, `content-digest`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use sfv::{
    BareItem, Dictionary, InnerList, Integer, Item, ListEntry, Parameters, Parser, key_ref,
    string_ref,
};
use url::Url;

use super::key_id::parse_key_id;
use super::parts::path_and_query;
use super::signature_base::{component, signature_base, signature_params};
use super::{ACTIVITY_JSON, MAX_COVERED, Parts, PublicKey, Refused, SigningKey, digest, window};

/// The algorithm's name in the registry of RFC 9421 §6.2.
const ALGORITHM: &str = "rsa-v1_5-sha256";

/// The headers that make a GET of `url` a signed one: Signature-Input and Signature.
pub fn sign_get(key: &SigningKey, url: &Url, now: DateTime<Utc>) -> HeaderMap {
    sign(key, "GET", url, None, now)
}

/// The headers that make a POST of an activity to `url` a signed one: Content-Digest, Content-Type,
/// Signature-Input and Signature.
pub fn sign_post(key: &SigningKey, url: &Url, body: &[u8], now: DateTime<Utc>) -> HeaderMap {
    let mut headers = sign(key, "POST", url, Some(digest::content_digest_of(body)), now);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(ACTIVITY_JSON));
    headers
}

/// Checks that `key` signed this request to `our_origin`, and says which key its sender named: the
/// caller looks that `key` is the one, and [whose](super::key_belongs_to) it is.
pub fn verify(
    parts: &Parts,
    body: &[u8],
    our_origin: &Url,
    key: &PublicKey,
    now: DateTime<Utc>,
) -> Result<Url, Refused> {
    let read = read(parts, body, our_origin, now)?;
    key.verify_pkcs1v15_sha256(read.base.as_bytes(), &read.signature)?;
    Ok(read.key_id)
}

/// A signature of which all is checked but the key.
#[derive(Debug)]
pub(super) struct Unverified {
    /// The key that its sender names.
    pub key_id: Url,
    base: String,
    signature: Vec<u8>,
}

/// Checks all that can be checked without the key.
pub(super) fn read(
    parts: &Parts,
    body: &[u8],
    our_origin: &Url,
    now: DateTime<Utc>,
) -> Result<Unverified, Refused> {
    parts.is_addressed_to(our_origin)?;
    let inputs = dictionary(parts, "signature-input")?;
    let signatures = dictionary(parts, "signature")?;
    let (label, covered) = match inputs.first() {
        Some((label, ListEntry::InnerList(covered))) if inputs.len() == 1 => (label, covered),
        _ => {
            return Err(Refused::Unreadable {
                header: "signature-input",
                fault: "it must hold one signature and no other",
            });
        }
    };
    let signature = match signatures.first() {
        Some((
            same,
            ListEntry::Item(Item {
                bare_item: BareItem::ByteSequence(signature),
                ..
            }),
        )) if signatures.len() == 1 && same == label => signature,
        _ => {
            return Err(Refused::Unreadable {
                header: "signature",
                fault: "it must hold the signature of signature-input and no other",
            });
        }
    };
    let key_id = check_parameters(&covered.params, now)?;
    if check_covered(covered, !body.is_empty())? {
        digest::check_content_digest(parts.only("content-digest")?, body)?;
    }
    Ok(Unverified {
        key_id,
        base: signature_base(parts, our_origin, covered)?,
        signature: signature.clone(),
    })
}

fn dictionary(parts: &Parts, header: &'static str) -> Result<Dictionary, Refused> {
    let parsed = Parser::new(parts.only(header)?).parse::<Dictionary>();
    parsed.map_err(|_| Refused::Unreadable {
        header,
        fault: "it is not a dictionary of structured fields",
    })
}

/// Checks the signature's parameters (§2.3) and returns its key. `nonce` and `tag` say nothing here.
fn check_parameters(parameters: &Parameters, now: DateTime<Utc>) -> Result<Url, Refused> {
    let time = |name: &str, what| match parameters.get(name) {
        None => Ok(None),
        Some(BareItem::Integer(time)) => Ok(Some(i64::from(*time))),
        Some(_) => Err(Refused::NoTime(what)),
    };
    const CREATED: &str = "the signature's parameter created";
    let created = time("created", CREATED)?.ok_or(Refused::NotCovered("created"))?;
    window::check_signed_at(CREATED, created, now)?;
    if let Some(expires) = time("expires", "the signature's parameter expires")? {
        window::check_expires(expires, now)?;
    }
    match parameters.get("alg") {
        None => {}
        Some(BareItem::String(algorithm)) if algorithm.as_str() == ALGORITHM => {}
        Some(_) => return Err(Refused::Algorithm),
    }
    let key_id = parameters.get("keyid").and_then(|id| id.as_string());
    parse_key_id(key_id.ok_or(Refused::KeyId)?.as_str())
}

/// Checks that all is covered that must be; says whether the content's digest is.
fn check_covered(covered: &InnerList, has_body: bool) -> Result<bool, Refused> {
    if covered.items.len() > MAX_COVERED {
        return Err(Refused::TooManyCovered);
    }
    let mut names = Vec::with_capacity(covered.items.len());
    for item in &covered.items {
        let name = component(item)?;
        if names.contains(&name) {
            return Err(Refused::CoveredTwice(name.to_owned()));
        }
        names.push(name);
    }
    let covers = |name| names.contains(&name);
    if !covers("@method") {
        return Err(Refused::NotCovered("@method"));
    }
    if !covers("@target-uri") && !["@authority", "@path", "@query"].into_iter().all(covers) {
        return Err(Refused::NotCovered("@target-uri"));
    }
    if has_body && !covers("content-digest") {
        return Err(Refused::NotCovered("content-digest"));
    }
    Ok(covers("content-digest"))
}

fn sign(
    key: &SigningKey,
    method: &str,
    url: &Url,
    content_digest: Option<String>,
    now: DateTime<Utc>,
) -> HeaderMap {
    let mut covered = InnerList::new(vec![
        string_ref("@method").into(),
        string_ref("@target-uri").into(),
    ]);
    let mut parts = Parts {
        method,
        path_and_query: path_and_query(url),
        headers: Vec::new(),
    };
    if let Some(digest) = &content_digest {
        covered.items.push(string_ref("content-digest").into());
        parts.headers.push(("content-digest", digest.as_bytes()));
    }
    let created = Integer::try_from(now.timestamp()).expect("a date has fewer than 16 digits");
    let key_id = sfv::String::from_string(key.id.to_string()).expect("a URL is plain ASCII");
    covered.params.extend([
        (key_ref("created").to_owned(), BareItem::Integer(created)),
        (key_ref("keyid").to_owned(), BareItem::String(key_id)),
        (key_ref("alg").to_owned(), string_ref(ALGORITHM).into()),
    ]);
    let base = signature_base(&parts, url, &covered).expect("all that is covered is there");
    let signature = BASE64.encode(key.private.sign(base.as_bytes()));

    let mut headers = HeaderMap::new();
    if let Some(digest) = content_digest {
        headers.insert("content-digest", value(digest));
    }
    let input = format!("sig1={}", signature_params(&covered));
    headers.insert("signature-input", value(input));
    headers.insert("signature", value(format!("sig1=:{signature}:")));
    headers
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("structured fields are plain ASCII")
}

#[cfg(test)]
mod tests;
