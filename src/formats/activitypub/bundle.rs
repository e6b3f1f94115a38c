//! A vouch with what is known of it, as one directory hands it on to another.
//!
//! The bundle itself is signed by nobody. What it holds is checked as if it came alone, against keys that
//! whoever checks has from the issuer; the bundle's own copy of them is a hint only.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::actor::{read_keys, write_keys};
use super::context;
use super::document::{self, NotADocument, address, named, time, type_of};
use super::vocabulary::{archi, integrity, property};
use crate::domain::vouch::AssertionKey;

/// The most revocations that a bundle may hold: one is enough to take a vouch back.
pub const MAX_REVOCATIONS: usize = 10;

/// A vouch and what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    /// Who hands it on: an actor.
    pub relayed_by: Option<Url>,
    /// When it was put together.
    pub collected: Option<DateTime<Utc>>,
    /// The signed vouch.
    pub vouch: Value,
    /// The signed revocations of it that are known.
    pub revocations: Vec<Value>,
    /// The keys of whoever gave it, as they were seen.
    pub snapshot: Option<Snapshot>,
}

/// The keys of an actor, as somebody says they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The actor.
    pub issuer: Url,
    /// The keys it listed.
    pub keys: Vec<AssertionKey>,
    /// When.
    pub fetched: Option<DateTime<Utc>>,
}

/// Why a document is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotABundle {
    /// It would mean something else as linked data.
    #[error(transparent)]
    Document(#[from] NotADocument),
    /// Something else.
    #[error("it is no archi:EvidenceBundle")]
    Type,
    /// There is nothing to check.
    #[error("it holds no vouch")]
    Vouch,
    /// One might be among them that nobody reads.
    #[error("its revocations are not a list of at most {MAX_REVOCATIONS} documents")]
    Revocations,
}

/// Whether a document says that it is a bundle.
pub fn is_bundle(document: &Value) -> bool {
    type_of(document) == Some(archi::EVIDENCE_BUNDLE)
}

/// The document.
pub fn write(bundle: &Bundle) -> Value {
    let mut document = json!({
        (property::CONTEXT): context::of_vouch(),
        (property::TYPE): archi::EVIDENCE_BUNDLE,
    });
    if let Some(relayed_by) = &bundle.relayed_by {
        document[archi::RELAYED_BY] = json!(relayed_by);
    }
    if let Some(collected) = bundle.collected {
        document[archi::COLLECTED] = time(collected);
    }
    document[archi::VOUCH] = bundle.vouch.clone();
    document[archi::REVOCATIONS] = json!(bundle.revocations);
    if let Some(snapshot) = &bundle.snapshot {
        let mut seen = json!({
            (property::ID): snapshot.issuer,
            (integrity::ASSERTION_METHOD): write_keys(&snapshot.keys, &snapshot.issuer),
        });
        if let Some(fetched) = snapshot.fetched {
            seen[archi::FETCHED] = time(fetched);
        }
        document[archi::ISSUER_SNAPSHOT] = seen;
    }
    document
}

/// Reads a bundle. Nothing that it holds is checked.
pub fn read(document: &Value) -> Result<Bundle, NotABundle> {
    document::refuse_reshaping(document)?;
    if !is_bundle(document) {
        return Err(NotABundle::Type);
    }
    let vouch = document.get(archi::VOUCH).filter(|vouch| vouch.is_object());
    let revocations = match document.get(archi::REVOCATIONS) {
        None => &[],
        Some(Value::Array(items)) if items.len() <= MAX_REVOCATIONS => items.as_slice(),
        Some(_) => return Err(NotABundle::Revocations),
    };
    if !revocations.iter().all(Value::is_object) {
        return Err(NotABundle::Revocations);
    }
    Ok(Bundle {
        relayed_by: document.get(archi::RELAYED_BY).and_then(named),
        collected: moment(document, archi::COLLECTED),
        vouch: vouch.cloned().ok_or(NotABundle::Vouch)?,
        revocations: revocations.to_vec(),
        snapshot: document.get(archi::ISSUER_SNAPSHOT).and_then(snapshot),
    })
}

fn snapshot(seen: &Value) -> Option<Snapshot> {
    let issuer = address(seen.get(property::ID)?)?;
    Some(Snapshot {
        keys: read_keys(seen, &issuer),
        fetched: moment(seen, archi::FETCHED),
        issuer,
    })
}

fn moment(document: &Value, key: &str) -> Option<DateTime<Utc>> {
    document.get(key)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::activitypub::proof::{Signer, generate, verify};
    use crate::formats::activitypub::revocation;
    use crate::formats::activitypub::vouch::{self, tests::vouch as given};

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-22T23:00:00Z".parse().unwrap()
    }

    /// A bundle with a revocation, signed by the key in its snapshot.
    fn bundle() -> Bundle {
        let (private, multibase) = generate();
        let method = url("https://collectif.example/ap/collectif#ed25519-key");
        let signer = Signer::new(&private, method.clone()).unwrap();
        let vouch = given();
        let key = AssertionKey {
            id: method,
            multibase,
            expires: Some(now()),
            revoked: None,
        };
        let taken_back = revocation::write(&vouch.id, &vouch.issuer, now(), None);
        Bundle {
            relayed_by: Some(url("https://annuaire.example/ap/actor")),
            collected: Some(now()),
            vouch: signer.sign(vouch::write(&vouch), now()),
            revocations: vec![signer.sign(taken_back, now())],
            snapshot: Some(Snapshot {
                issuer: vouch.issuer,
                keys: vec![key],
                fetched: Some(now()),
            }),
        }
    }

    /// What is read once a part has been replaced.
    fn with(path: &str, value: Value) -> Result<Bundle, NotABundle> {
        let mut document = write(&bundle());
        let (parent, key) = path.rsplit_once('/').unwrap();
        document.pointer_mut(parent).unwrap()[key] = value;
        read(&document)
    }

    #[test]
    fn a_bundle_is_read_as_it_was_written_and_what_it_holds_still_verifies() {
        let text = write(&bundle()).to_string();
        let read = read(&document::read(text.as_bytes()).unwrap()).unwrap();
        let key = &read.snapshot.as_ref().unwrap().keys[0].multibase;
        assert!(verify(&read.vouch, key).is_ok());
        assert!(verify(&read.revocations[0], key).is_ok());
        assert_eq!(self::read(&write(&read)), Ok(read));
    }

    #[test]
    fn what_is_no_bundle_of_a_vouch_is_refused() {
        assert_eq!(with("/type", json!("Relationship")), Err(NotABundle::Type));
        assert_eq!(
            with("/archi:vouch", json!("https://a.example/1")),
            Err(NotABundle::Vouch)
        );
        let reshaped = with("/archi:vouch/x", json!({ "@included": [] }));
        assert!(matches!(reshaped, Err(NotABundle::Document(_))));
    }

    #[test]
    fn no_revocation_is_passed_over() {
        let many = |count| json!(vec![json!({}); count]);
        assert!(with("/archi:revocations", many(MAX_REVOCATIONS)).is_ok());
        for wrong in [many(MAX_REVOCATIONS + 1), json!({}), json!(["x"])] {
            assert_eq!(
                with("/archi:revocations", wrong),
                Err(NotABundle::Revocations)
            );
        }
    }

    #[test]
    fn a_snapshot_lists_only_keys_of_the_actor_it_is_of() {
        let other = json!("https://autre.example/ap/group");
        let snapshot = with("/archi:issuerSnapshot/id", other).unwrap().snapshot;
        assert_eq!(snapshot.unwrap().keys, []);
        assert_eq!(
            with("/archi:issuerSnapshot", json!("x")).unwrap().snapshot,
            None
        );
        assert_eq!(
            with("/archi:collected", json!("x")).unwrap().collected,
            None
        );
    }
}
