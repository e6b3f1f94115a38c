//! Looks at an incoming request before any work is done for it: no parsing of the body, no fetch of
//! an actor, nothing kept.
//!
//! The federation library verifies draft-cavage signatures, yet by itself it demands only that the
//! digest is covered, takes dates from the future and dates that are none, does not look at the key's
//! id, prefers an Authorization header to the Signature header, and of two equal headers takes the
//! last. Each of these is closed here; what the library then verifies is what was checked. A signature
//! by RFC 9421 the library cannot read at all; [`rfc9421::verify`] does.

use chrono::{DateTime, Utc};
use url::Url;

use super::key_id::parse_key_id;
use super::parameters::Parameters;
use super::{MAX_COVERED, Parts, Refused, digest, rfc9421, window};

/// A signature whose form is in order; whether the key made it is still to be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The key that the sender names.
    pub key_id: Url,
    /// How it is signed, so who verifies.
    pub scheme: Scheme,
}

/// The two ways of signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// draft-cavage-http-signatures-12, for the federation library.
    Cavage,
    /// RFC 9421, for [`rfc9421::verify`].
    Rfc9421,
}

/// Checks the signature of a request with a body, as an inbox gets it: that it covers what it must,
/// that the body is the signed one, that it was signed just now, and for `our_origin`.
pub fn check(
    parts: &Parts,
    body: &[u8],
    our_origin: &Url,
    now: DateTime<Utc>,
) -> Result<Signed, Refused> {
    if parts.has("signature-input") {
        let read = rfc9421::read(parts, body, our_origin, now)?;
        Ok(Signed {
            key_id: read.key_id,
            scheme: Scheme::Rfc9421,
        })
    } else {
        Ok(Signed {
            key_id: check_cavage(parts, body, our_origin, now)?,
            scheme: Scheme::Cavage,
        })
    }
}

fn check_cavage(
    parts: &Parts,
    body: &[u8],
    our_origin: &Url,
    now: DateTime<Utc>,
) -> Result<Url, Refused> {
    if parts.has("authorization") {
        return Err(Refused::Authorization);
    }
    if !parts.has("signature") {
        return Err(Refused::Unsigned);
    }
    let parameters = Parameters::parse(parts.only("signature")?)?;
    let key_id = parse_key_id(parameters.key_id)?;
    check_covered(&parameters, parts)?;
    check_times(&parameters, parts, now)?;
    parts.is_addressed_to(our_origin)?;
    digest::check_digest(parts.only("digest")?, body)?;
    Ok(key_id)
}

/// Checks that all is covered that must be, and that each covered header means one thing.
fn check_covered(parameters: &Parameters, parts: &Parts) -> Result<(), Refused> {
    let covered = parameters.headers;
    let names = || covered.split_ascii_whitespace();
    if names().count() > MAX_COVERED {
        return Err(Refused::TooManyCovered);
    }
    for (at, name) in names().enumerate() {
        if names().take(at).any(|earlier| earlier == name) {
            return Err(Refused::CoveredTwice(name.to_owned()));
        }
        match name {
            "(request-target)" => {}
            "(created)" if parameters.created.is_some() => {}
            "(expires)" if parameters.expires.is_some() => {}
            field => {
                let is_token = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
                if !field.bytes().all(is_token) {
                    return Err(Refused::Component);
                }
                parts.only(field)?;
            }
        }
    }
    for must in ["(request-target)", "host", "digest"] {
        if !names().any(|name| name == must) {
            return Err(Refused::NotCovered(must));
        }
    }
    if !names().any(|name| matches!(name, "date" | "(created)")) {
        return Err(Refused::NotCovered("date"));
    }
    // §2.3 of the draft: these two were not there when rsa-sha256 was.
    let is_new = names().any(|name| matches!(name, "(created)" | "(expires)"));
    match parameters.algorithm {
        None | Some("hs2019") => Ok(()),
        Some("rsa-sha256") if !is_new => Ok(()),
        Some(_) => Err(Refused::Algorithm),
    }
}

/// Checks every time that the request tells, covered or not.
fn check_times(parameters: &Parameters, parts: &Parts, now: DateTime<Utc>) -> Result<(), Refused> {
    if parts.has("date") {
        window::check_date(parts.only("date")?, now)?;
    }
    if let Some(created) = parameters.created {
        window::check_signed_at("the signature's parameter created", created, now)?;
    }
    match parameters.expires {
        Some(expires) => window::check_expires(expires, now),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
