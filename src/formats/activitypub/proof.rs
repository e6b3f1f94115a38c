//! Documents that are signed in themselves, so that anybody can check them, whoever hands them on:
//! FEP-8b32 by the cryptosuite `eddsa-jcs-2022` (W3C, Data Integrity EdDSA Cryptosuites 1.0 §3.3).
//!
//! What is checked is the value as it was read, and a proof says nothing about its key: whether that is
//! the author's is for the caller to find out.

mod multibase;
mod sign;

use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::Value;
use url::Url;

pub use sign::{NotASigningKey, Signer, generate};

use super::document::{self, NotADocument, only, type_of};
use super::vocabulary::integrity;
use super::vocabulary::property::CONTEXT;
use crate::domain::text::MAX_LINK_BYTES;
use crate::formats::canonical;

/// The one cryptosuite that we write and read.
const CRYPTOSUITE: &str = "eddsa-jcs-2022";
/// The bytes of a signature of Ed25519 (RFC 8032 §5.1.6).
const SIGNATURE_BYTES: usize = 64;

/// What a proof says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The id of the key it was made with.
    pub method: Url,
    /// When it was made.
    pub created: DateTime<Utc>,
}

/// Why a document is not proven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// It would mean something else as linked data.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// Nobody signed it.
    #[error("it has no proof")]
    Missing,
    /// Several might disagree on what they prove.
    #[error("it has more than one proof")]
    Several,
    /// Software differs in how it writes numbers, so what was signed is not certain.
    #[error("it holds a number, which no signed document may")]
    Number,
    /// An older kind of proof, or something else.
    #[error("its proof is not of type DataIntegrityProof")]
    Type,
    /// Signed in a way that we do not read.
    #[error("its proof is not made by the cryptosuite eddsa-jcs-2022")]
    Cryptosuite,
    /// Made to log in, for example.
    #[error("its proof is not made to assert something (proofPurpose: assertionMethod)")]
    Purpose,
    /// Not the id of a key.
    #[error("its proof names no key by an address")]
    Method,
    /// Not a moment.
    #[error("its proof does not say when it was made (RFC 3339)")]
    Created,
    /// What a proof says is kept, and would be believed after that.
    #[error("its proof ends by itself, which is not accepted")]
    Expires,
    /// The words would mean something else than when they were signed.
    #[error("its context is not the one it was signed under")]
    Context,
    /// Not written as signatures are.
    #[error("its signature is not one of Ed25519 in base58 (z…)")]
    Value,
    /// Not a key we can check with.
    #[error("the key is not one of Ed25519, written as a Multikey (z6Mk…)")]
    Key,
    /// It was changed since, or signed with another key.
    #[error("its signature does not fit: it was changed, or signed with another key")]
    Signature,
}

/// What the proof of a document says of itself, if it has the form of one that we accept. That it holds
/// is not checked.
pub fn claimed(document: &Value) -> Result<Claimed, NotProven> {
    read(document).map(|proof| proof.claimed)
}

/// Checks that a document was signed as it is with the private half of this key (Multikey).
pub fn verify(document: &Value, multibase: &str) -> Result<Claimed, NotProven> {
    let proof = read(document)?;
    holds(document, &proof, multibase)?;
    Ok(proof.claimed)
}

/// Whether a text is a key that can be checked with: one of Ed25519 as a Multikey.
pub fn is_key(text: &str) -> bool {
    multibase::public_key(text).is_some()
}

/// A proof of the form that we accept.
struct Proof<'a> {
    claimed: Claimed,
    signature: [u8; SIGNATURE_BYTES],
    raw: &'a Value,
}

fn read(document: &Value) -> Result<Proof<'_>, NotProven> {
    document::refuse_reshaping(document)?;
    let proof = document.get(integrity::PROOF).ok_or(NotProven::Missing)?;
    let raw = match proof {
        Value::Array(proofs) if proofs.len() > 1 => return Err(NotProven::Several),
        proof => only(proof).filter(|proof| proof.is_object()),
    };
    let proof = of(raw.ok_or(NotProven::Missing)?)?;
    if holds_a_number(document) {
        return Err(NotProven::Number);
    }
    let context = proof.raw.get(CONTEXT);
    if context.is_some() && context != document.get(CONTEXT) {
        return Err(NotProven::Context);
    }
    Ok(proof)
}

fn of(raw: &Value) -> Result<Proof<'_>, NotProven> {
    let text = |key| raw.get(key).and_then(Value::as_str);
    if type_of(raw) != Some(integrity::DATA_INTEGRITY_PROOF) {
        return Err(NotProven::Type);
    }
    if text(integrity::CRYPTOSUITE) != Some(CRYPTOSUITE) {
        return Err(NotProven::Cryptosuite);
    }
    if text(integrity::PROOF_PURPOSE) != Some(integrity::ASSERTION_METHOD) {
        return Err(NotProven::Purpose);
    }
    if raw.get(integrity::EXPIRES).is_some() {
        return Err(NotProven::Expires);
    }
    let method = text(integrity::VERIFICATION_METHOD)
        .filter(|method| method.len() <= MAX_LINK_BYTES)
        .and_then(|method| Url::parse(method).ok());
    let created = text(integrity::CREATED).and_then(|created| created.parse().ok());
    let signature = text(integrity::PROOF_VALUE).and_then(multibase::decode);
    Ok(Proof {
        claimed: Claimed {
            method: method.ok_or(NotProven::Method)?,
            created: created.ok_or(NotProven::Created)?,
        },
        signature: signature.ok_or(NotProven::Value)?,
        raw,
    })
}

fn holds(document: &Value, proof: &Proof, multibase: &str) -> Result<(), NotProven> {
    let key = multibase::public_key(multibase).ok_or(NotProven::Key)?;
    UnparsedPublicKey::new(&ED25519, key)
        .verify(&signed_bytes(document, proof.raw), &proof.signature)
        .map_err(|_| NotProven::Signature)
}

/// What is signed: the hash of what the proof says, then that of the document without its proof (§3.3.4).
fn signed_bytes(document: &Value, proof: &Value) -> Vec<u8> {
    let hash = |value, but| digest(&SHA256, canonical::without(value, but).as_bytes());
    let mut bytes = hash(proof, integrity::PROOF_VALUE).as_ref().to_vec();
    bytes.extend_from_slice(hash(document, integrity::PROOF).as_ref());
    bytes
}

fn holds_a_number(value: &Value) -> bool {
    match value {
        Value::Number(_) => true,
        Value::Array(items) => items.iter().any(holds_a_number),
        Value::Object(fields) => fields.values().any(holds_a_number),
        _ => false,
    }
}

#[cfg(test)]
mod tests;
