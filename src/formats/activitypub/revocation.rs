//! That a vouch is taken back: an `Undo` of it, signed as the vouch was.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use url::Url;

use super::context;
use super::document::{address, named, time, type_of};
use super::proof::{self, Claimed, NotProven};
use super::vocabulary::{PUBLIC, property, types};
use super::vouch::{belongs, is_at};
use crate::domain::text::Prose;

/// Where a vouch's revocation lies, behind the vouch's own address.
const PATH: &str = "/revocation";

/// The word of whoever gave a vouch that it does not count any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// Its id, at the origin of who gave the vouch.
    pub id: Url,
    /// The vouch.
    pub vouch: Url,
    /// Who gave it: an actor.
    pub issuer: Url,
    /// Since when it does not count.
    pub at: DateTime<Utc>,
    /// Why, for people.
    pub reason: Option<Prose>,
}

/// Why a document is no revocation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotARevocation {
    /// Not signed in a way that we accept.
    #[error(transparent)]
    NotProven(#[from] NotProven),
    /// Another type.
    #[error("it is no Undo")]
    Type,
    /// Nobody says it.
    #[error("its actor is not named by an address")]
    Issuer,
    /// Nobody takes back what another said.
    #[error("its id and its object are not two addresses at its actor's origin")]
    Vouch,
    /// Nobody can sign with another's key.
    #[error("its proof names a key that is not its actor's")]
    Method,
    /// Since when is not certain.
    #[error("it does not say when it was published (RFC 3339)")]
    Published,
}

/// Where the revocation of a vouch lies.
pub fn id(vouch: &Url) -> Url {
    let mut id = vouch.clone();
    id.set_path(&format!("{}{PATH}", vouch.path()));
    id
}

/// The document, to be signed: `issuer` takes `vouch` back, for a reason that people can read.
pub fn write(vouch: &Url, issuer: &Url, published: DateTime<Utc>, reason: Option<&str>) -> Value {
    let mut document = json!({
        (property::CONTEXT): context::of_vouch(),
        (property::ID): id(vouch),
        (property::TYPE): types::UNDO,
        (property::ACTOR): issuer,
        (property::OBJECT): vouch,
        (property::PUBLISHED): time(published),
        (property::TO): [PUBLIC],
    });
    if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
        document[property::CONTENT] = json!(reason);
    }
    document
}

/// Reads a signed revocation, and what its proof says of itself. Neither the signature nor anybody's keys
/// are looked at.
pub fn read(document: &Value) -> Result<(Revocation, Claimed), NotARevocation> {
    let claimed = proof::claimed(document)?;
    if type_of(document) != Some(types::UNDO) {
        return Err(NotARevocation::Type);
    }
    let named = |key| document.get(key).and_then(named);
    let issuer = named(property::ACTOR).ok_or(NotARevocation::Issuer)?;
    let own = |address: Option<Url>| address.filter(|address| is_at(address, &issuer));
    let id = own(document.get(property::ID).and_then(address));
    let vouch = own(named(property::OBJECT));
    let (Some(id), Some(vouch)) = (id, vouch) else {
        return Err(NotARevocation::Vouch);
    };
    if !belongs(&claimed.method, &issuer) {
        return Err(NotARevocation::Method);
    }
    let text = |key| document.get(key).and_then(Value::as_str);
    let at = text(property::PUBLISHED).and_then(|moment| moment.parse().ok());
    let reason = text(property::CONTENT).and_then(|reason| Prose::parse(reason).ok());
    let revocation = Revocation {
        id,
        vouch,
        issuer,
        at: at.ok_or(NotARevocation::Published)?,
        reason,
    };
    Ok((revocation, claimed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::activitypub::vouch::tests::{signer, vouch};

    fn moment() -> DateTime<Utc> {
        "2027-02-01T10:00:00Z".parse().unwrap()
    }

    fn document() -> Value {
        let vouch = vouch();
        let reason = Some("Fin d’adhésion à la demande du membre");
        write(&vouch.id, &vouch.issuer, moment(), reason)
    }

    fn with(key: &str, value: Value) -> Result<(Revocation, Claimed), NotARevocation> {
        let mut document = document();
        document[key] = value;
        read(&signer().sign(document, moment()))
    }

    #[test]
    fn our_revocation_is_that_of_the_contract_and_is_read_back() {
        insta::assert_json_snapshot!(document());
        let (revocation, claimed) = read(&signer().sign(document(), moment())).unwrap();
        let vouch = vouch();
        assert_eq!(revocation.vouch, vouch.id);
        assert_eq!(revocation.id, id(&vouch.id));
        assert_eq!((revocation.at, claimed.created), (moment(), moment()));
        assert_eq!(revocation.issuer, vouch.issuer);
        assert!(revocation.reason.unwrap().as_str().starts_with("Fin"));
        assert_eq!(
            write(&vouch.id, &vouch.issuer, moment(), Some("")).get("content"),
            None
        );
    }

    #[test]
    fn only_whoever_gave_a_vouch_takes_it_back() {
        let elsewhere = json!("https://autre.example/ap/vouches/1");
        assert_eq!(
            with("object", elsewhere.clone()),
            Err(NotARevocation::Vouch)
        );
        assert_eq!(with("id", elsewhere), Err(NotARevocation::Vouch));
        assert_eq!(with("object", json!(null)), Err(NotARevocation::Vouch));
        assert_eq!(with("actor", json!(null)), Err(NotARevocation::Issuer));
        let neighbour = json!("https://collectif.example/ap/other");
        assert_eq!(with("actor", neighbour), Err(NotARevocation::Method));
        assert_eq!(with("type", json!("Delete")), Err(NotARevocation::Type));
        for published in [json!(null), json!("2027")] {
            assert_eq!(with("published", published), Err(NotARevocation::Published));
        }
        let unsigned = read(&document());
        assert_eq!(unsigned, Err(NotARevocation::NotProven(NotProven::Missing)));
    }

    #[test]
    fn a_revocation_that_embeds_the_vouch_names_it() {
        let vouch = vouch();
        let embedded = json!({ "id": vouch.id, "type": "Relationship" });
        assert_eq!(with("object", embedded).unwrap().0.vouch, vouch.id);
    }

    #[test]
    fn a_reason_that_is_no_text_is_passed_over() {
        for reason in [json!(["x"]), json!("x".repeat(6_000)), json!("")] {
            assert_eq!(with("content", reason).unwrap().0.reason, None);
        }
    }
}
