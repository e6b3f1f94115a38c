//! Signs documents, and makes the keys for it.

use chrono::{DateTime, Utc};
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair};
use rsa::pkcs8::{LineEnding, SecretDocument};
use serde_json::{Value, json};
use url::Url;

use super::{CRYPTOSUITE, multibase, signed_bytes};
use crate::domain::secret::PrivatePem;
use crate::formats::activitypub::document::time;
use crate::formats::activitypub::vocabulary::integrity;
use crate::formats::activitypub::vocabulary::property::{CONTEXT, TYPE};

/// What a private key in PEM says of itself (RFC 7468 §10).
const LABEL: &str = "PRIVATE KEY";

/// A text that nobody can sign with. No sentence repeats any part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text is not an Ed25519 private key (PEM, PKCS#8)")]
pub struct NotASigningKey;

/// Makes a key pair of Ed25519: the private key (PEM, PKCS#8), and the public one as a Multikey.
pub fn generate() -> (PrivatePem, String) {
    let document = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .expect("the system gives random numbers");
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).expect("the key was just made");
    let pem = SecretDocument::try_from(document.as_ref())
        .and_then(|document| document.to_pem(LABEL, LineEnding::LF))
        .expect("a key that was just made can be written");
    let public = multibase::multikey(pair.public_key().as_ref());
    (PrivatePem::new(pem), public)
}

/// A private key to sign documents with, and the id under which others find its public half.
///
/// `ring` does not overwrite it when it is dropped.
#[derive(Debug)]
pub struct Signer {
    pair: Ed25519KeyPair,
    method: Url,
}

impl Signer {
    /// Takes a private key (PEM, PKCS#8) and the id of its public half.
    pub fn new(pem: &PrivatePem, method: Url) -> Result<Self, NotASigningKey> {
        let (label, document) =
            SecretDocument::from_pem(pem.expose()).map_err(|_| NotASigningKey)?;
        if label != LABEL {
            return Err(NotASigningKey);
        }
        // Other programs leave out the public half.
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(document.as_bytes())
            .map_err(|_| NotASigningKey)?;
        Ok(Self { pair, method })
    }

    /// The document with a proof that it was signed at `created`, in place of any it had. It must be an
    /// object without numbers, or nobody accepts the proof.
    pub fn sign(&self, mut document: Value, created: DateTime<Utc>) -> Value {
        let Some(fields) = document.as_object_mut() else {
            return document;
        };
        fields.shift_remove(integrity::PROOF);
        let mut proof = json!({});
        if let Some(context) = fields.get(CONTEXT) {
            proof[CONTEXT] = context.clone();
        }
        proof[TYPE] = json!(integrity::DATA_INTEGRITY_PROOF);
        proof[integrity::CRYPTOSUITE] = json!(CRYPTOSUITE);
        proof[integrity::VERIFICATION_METHOD] = json!(self.method);
        proof[integrity::PROOF_PURPOSE] = json!(integrity::ASSERTION_METHOD);
        proof[integrity::CREATED] = time(created);
        let signature = self.pair.sign(&signed_bytes(&document, &proof));
        proof[integrity::PROOF_VALUE] = json!(multibase::encode(signature.as_ref()));
        document[integrity::PROOF] = proof;
        document
    }
}
