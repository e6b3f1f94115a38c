//! What a directory says of itself at one revision: how many records it has, and one hash over all of them.
//! Signed as a vouch is, so whoever has the records can show whose they are, wherever they came from.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::context;
use super::document::{address, time, type_of};
use super::proof::{self, Claimed, NotProven};
use super::vocabulary::{archi, property};
use super::vouch::{belongs, is_sha256};

/// The state of a directory, as it is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryState {
    /// The actor whose directory it is: a node's own.
    pub origin: Url,
    /// The directory's revision.
    pub revision: u64,
    /// When this was said, to the second.
    pub issued: DateTime<Utc>,
    /// How many records there are.
    pub records: u64,
    /// The hash over all of them (SHA-256 in hexadecimal).
    pub state: String,
}

/// Why a document says nothing of a directory's state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAState {
    /// Not signed in a way that we accept.
    #[error(transparent)]
    NotProven(#[from] NotProven),
    /// Something else.
    #[error("it is no archi:DirectoryState")]
    Type,
    /// Nobody says it.
    #[error("it does not say whose directory it is (attributedTo)")]
    Origin,
    /// Nobody can sign with another's key.
    #[error("its proof names a key that is not the directory's own")]
    Method,
    /// Not a number.
    #[error("its revision is no whole number")]
    Revision,
    /// Not a moment, or not the one at which it was signed.
    #[error("its date is no moment (RFC 3339), or not the one at which it was signed")]
    Issued,
    /// Not a number.
    #[error("its count of records is no whole number")]
    Records,
    /// Not a hash.
    #[error("its state is no SHA-256 in hexadecimal")]
    State,
}

/// The document, to be signed at the moment it names.
pub fn write(state: &DirectoryState) -> Value {
    json!({
        (property::CONTEXT): context::of_vouch(),
        (property::TYPE): archi::DIRECTORY_STATE,
        (property::ATTRIBUTED_TO): state.origin,
        (property::PUBLISHED): time(state.issued),
        (archi::REVISION): state.revision.to_string(),
        (archi::RECORDS): state.records.to_string(),
        (archi::STATE): state.state,
    })
}

/// Reads a signed state, and what its proof says of itself. The signature is not looked at.
pub fn read(document: &Value) -> Result<(DirectoryState, Claimed), NotAState> {
    let claimed = proof::claimed(document)?;
    if type_of(document) != Some(archi::DIRECTORY_STATE) {
        return Err(NotAState::Type);
    }
    let text = |key| document.get(key).and_then(Value::as_str);
    let number = |key| text(key).and_then(|text| text.parse().ok());
    let origin = document.get(property::ATTRIBUTED_TO).and_then(address);
    let origin = origin.ok_or(NotAState::Origin)?;
    if !belongs(&claimed.method, &origin) {
        return Err(NotAState::Method);
    }
    let issued = text(property::PUBLISHED).and_then(|moment| moment.parse().ok());
    let state = text(archi::STATE).filter(|state| is_sha256(state));
    Ok((
        DirectoryState {
            origin,
            revision: number(archi::REVISION).ok_or(NotAState::Revision)?,
            issued: issued
                .filter(|issued| *issued == claimed.created)
                .ok_or(NotAState::Issued)?,
            records: number(archi::RECORDS).ok_or(NotAState::Records)?,
            state: state.ok_or(NotAState::State)?.to_owned(),
        },
        claimed,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::activitypub::proof::{Signer, generate, verify};

    fn state() -> DirectoryState {
        DirectoryState {
            origin: "https://a.example/ap/actor".parse().unwrap(),
            revision: 12,
            issued: "2026-11-30T08:00:00Z".parse().unwrap(),
            records: 3,
            state: "ab".repeat(32),
        }
    }

    fn signed(state: &DirectoryState) -> (Value, String) {
        let (private, public) = generate();
        let method = format!("{}#ed25519-key", state.origin).parse().unwrap();
        let signer = Signer::new(&private, method).unwrap();
        (signer.sign(write(state), state.issued), public)
    }

    #[test]
    fn what_is_signed_is_read_back_and_holds_under_the_key_that_signed_it() {
        let (document, key) = signed(&state());
        assert_eq!(read(&document).unwrap().0, state());
        assert!(verify(&document, &key).is_ok());
    }

    #[test]
    fn each_thing_that_is_wrong_with_it_is_told() {
        let (document, _) = signed(&state());
        let with = |key: &str, value: Value| {
            let mut document = document.clone();
            document[key] = value;
            read(&document).map(drop).unwrap_err()
        };
        assert_eq!(with("type", json!("Note")), NotAState::Type);
        assert_eq!(with("attributedTo", json!("a")), NotAState::Origin);
        let another = json!("https://a.example/ap/org");
        assert_eq!(with("attributedTo", another), NotAState::Method);
        assert_eq!(with("archi:revision", json!("-1")), NotAState::Revision);
        assert_eq!(with("archi:records", json!("1.5")), NotAState::Records);
        assert_eq!(with("archi:state", json!("AB")), NotAState::State);
        let later = json!("2026-12-30T08:00:00Z");
        assert_eq!(with("published", later), NotAState::Issued);
        let number = NotAState::NotProven(NotProven::Number);
        assert_eq!(with("archi:revision", json!(12)), number);
        let none = NotAState::NotProven(NotProven::Missing);
        assert_eq!(with("proof", json!(null)), none);
    }
}
