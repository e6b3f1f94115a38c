//! A vouch as a document: a `Relationship` between two actors (ActivityStreams vocabulary §3.3), signed by
//! the one who vouches.
//!
//! Read strictly in what counts. Whatever else a vouch says is passed over, though it is signed as well.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::context;
use super::document::{self, NotADocument, address, named, time, type_of};
use super::proof::{self, Claimed, NotProven};
use super::vocabulary::{PUBLIC, VOUCHES_FOR, archi, property, types};
use crate::domain::text::{Link, Name};
use crate::domain::vouch::{Basis, CharterVersion, Vouch};

/// The digits of a SHA-256 in hexadecimal.
const SHA256_DIGITS: usize = 64;

/// Why a document is no vouch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAVouch {
    /// It would mean something else as linked data.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// Not signed in a way that we accept.
    #[error(transparent)]
    NotProven(#[from] NotProven),
    /// Another type, or another relationship.
    #[error("it is no Relationship by which somebody vouches for somebody")]
    Type,
    /// Somebody writes for another.
    #[error("attributedTo and subject are not one and the same actor")]
    Issuer,
    /// The issuer's server could not have given it this id.
    #[error("its id is not an address at its issuer's origin")]
    Id,
    /// Nobody can sign with another's key.
    #[error("its proof names a key that is not its issuer's")]
    Method,
    /// Nobody, or the issuer itself.
    #[error("its object is not another actor or a site")]
    Object,
    /// No ground that we know.
    #[error("its basis is neither membership nor peer")]
    Basis,
    /// When it counts is not certain.
    #[error("its startTime and endTime are not two moments (RFC 3339), one after the other")]
    Times,
    /// What the member agreed to is not certain.
    #[error("its charter is not a version and a SHA-256 in hexadecimal")]
    Charter,
}

/// The document, to be signed.
pub fn write(vouch: &Vouch) -> Value {
    let mut document = json!({
        (property::CONTEXT): context::of_vouch(),
        (property::ID): vouch.id,
        (property::TYPE): types::RELATIONSHIP,
        (property::ATTRIBUTED_TO): vouch.issuer,
        (property::SUBJECT): vouch.issuer,
        (property::RELATIONSHIP): VOUCHES_FOR,
        (property::OBJECT): vouch.object,
        (property::TO): [PUBLIC],
        (property::PUBLISHED): time(vouch.since),
        (property::START_TIME): time(vouch.since),
        (property::END_TIME): time(vouch.until),
    });
    if vouch.basis == Basis::Membership {
        document[property::GROUPED_BY] = json!(vouch.issuer);
    }
    document[archi::BASIS] = json!(vouch.basis);
    if let Some(CharterVersion { version, sha256 }) = &vouch.charter {
        document[archi::CHARTER_VERSION] = json!(version);
        if let Some(sha256) = sha256 {
            document[archi::CHARTER_SHA256] = json!(sha256);
        }
    }
    if let Some(evidence) = &vouch.evidence {
        document[archi::EVIDENCE] = json!(evidence);
    }
    document
}

/// Reads a signed vouch, and what its proof says of itself. Neither the signature nor anybody's keys are
/// looked at, nor whether it counts.
pub fn read(document: &Value) -> Result<(Vouch, Claimed), NotAVouch> {
    let vouch = offered(document)?;
    let claimed = proof::claimed(document)?;
    if !belongs(&claimed.method, &vouch.issuer) {
        return Err(NotAVouch::Method);
    }
    Ok((vouch, claimed))
}

/// Reads a vouch as it is offered, before anybody signed it.
pub fn offered(document: &Value) -> Result<Vouch, NotAVouch> {
    document::refuse_reshaping(document)?;
    let relationship = document.get(property::RELATIONSHIP).and_then(Value::as_str);
    if type_of(document) != Some(types::RELATIONSHIP) || relationship != Some(VOUCHES_FOR) {
        return Err(NotAVouch::Type);
    }
    let named = |key| document.get(key).and_then(named);
    let issuer = named(property::ATTRIBUTED_TO).filter(|issuer| issuer.fragment().is_none());
    let issuer = issuer.ok_or(NotAVouch::Issuer)?;
    if named(property::SUBJECT).as_ref() != Some(&issuer) {
        return Err(NotAVouch::Issuer);
    }
    let id = document.get(property::ID).and_then(address);
    let id = id.filter(|id| is_at(id, &issuer)).ok_or(NotAVouch::Id)?;
    let object = named(property::OBJECT).filter(|object| *object != issuer);
    let basis = document.get(archi::BASIS).and_then(Value::as_str);
    let (since, until) = times(document).ok_or(NotAVouch::Times)?;
    let evidence = document.get(archi::EVIDENCE).and_then(Value::as_str);
    Ok(Vouch {
        id,
        issuer,
        object: object.ok_or(NotAVouch::Object)?,
        basis: basis.and_then(Basis::from_word).ok_or(NotAVouch::Basis)?,
        since,
        until,
        charter: charter(document)?,
        evidence: evidence.and_then(|link| Link::parse(link).ok()),
    })
}

/// Whether an address is one that an actor's server gives to what it publishes.
pub(super) fn is_at(id: &Url, actor: &Url) -> bool {
    id.origin() == actor.origin() && id.fragment().is_none()
}

/// Whether a key's id says that it is this actor's.
pub(super) fn belongs(method: &Url, actor: &Url) -> bool {
    let mut owner = method.clone();
    owner.set_fragment(None);
    owner == *actor
}

fn times(document: &Value) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let moment = |key| document.get(key)?.as_str()?.parse().ok();
    let since: DateTime<Utc> = moment(property::START_TIME)?;
    let until = moment(property::END_TIME)?;
    (since < until).then_some((since, until))
}

fn charter(document: &Value) -> Result<Option<CharterVersion>, NotAVouch> {
    let text = |key| match document.get(key) {
        Some(value) => value.as_str().map(Some).ok_or(NotAVouch::Charter),
        None => Ok(None),
    };
    let sha256 = text(archi::CHARTER_SHA256)?;
    if !sha256.is_none_or(is_sha256) {
        return Err(NotAVouch::Charter);
    }
    let Some(version) = text(archi::CHARTER_VERSION)? else {
        return Ok(None);
    };
    Ok(Some(CharterVersion {
        version: Name::parse(version).map_err(|_| NotAVouch::Charter)?,
        sha256: sha256.map(str::to_owned),
    }))
}

/// Whether a text is a SHA-256 as we write it.
pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == SHA256_DIGITS && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
pub(super) mod tests;
