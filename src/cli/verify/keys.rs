//! By which key a proof is checked, and by whose word that key is the issuer's.

use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::actor::read_keys;
use crate::formats::activitypub::document::address;
use crate::formats::activitypub::vocabulary::property;

/// By whose word a key is the issuer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Whose {
    /// The person's who asks: `--key`, or the document given with `--actor`.
    Yours,
    /// The issuer's own server's, just now.
    Issuer,
    /// Nobody's but the bundle's.
    Bundle,
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoKey {
    /// Nothing is known of the issuer's keys.
    Unknown,
    /// They are known, and it is not among them.
    Unlisted,
}

/// The keys that are known, of whomever.
#[derive(Debug, Default)]
pub(super) struct Keys {
    named: Option<String>,
    listed: Vec<(Url, Vec<AssertionKey>, Whose)>,
}

impl Keys {
    /// Takes the key that the person named, whoever's it is.
    pub(super) fn name(&mut self, multibase: &str) {
        self.named = Some(multibase.to_owned());
    }

    /// Takes the keys of an actor.
    pub(super) fn list(&mut self, actor: &Url, keys: &[AssertionKey], whose: Whose) {
        self.listed.push((actor.clone(), keys.to_vec(), whose));
    }

    /// Takes the keys of an actor's document that the person named.
    pub(super) fn list_actor(&mut self, document: &Value) -> Result<(), &'static str> {
        let id = document.get(property::ID).and_then(address);
        let id = id.ok_or("is no actor: it has no id")?;
        let keys = read_keys(document, &id);
        if keys.is_empty() {
            return Err("lists no Ed25519 key of its own in assertionMethod");
        }
        self.list(&id, &keys, Whose::Yours);
        Ok(())
    }

    /// The key of an issuer by its id: what the person knows comes first, then what the issuer's server said
    /// just now, and last what others say.
    pub(super) fn find(
        &self,
        issuer: &Url,
        method: &Url,
        just_now: Option<&[AssertionKey]>,
    ) -> Result<(AssertionKey, Whose), NoKey> {
        if let Some(multibase) = &self.named {
            let key = AssertionKey {
                id: method.clone(),
                multibase: multibase.clone(),
                expires: None,
                revoked: None,
            };
            return Ok((key, Whose::Yours));
        }
        let listed_by = |wanted| {
            let mut listed = self.listed.iter();
            let listed = listed.find(|(actor, _, whose)| actor == issuer && *whose == wanted);
            listed.map(|(_, keys, _)| (keys.as_slice(), wanted))
        };
        let (keys, whose) = listed_by(Whose::Yours)
            .or_else(|| just_now.map(|keys| (keys, Whose::Issuer)))
            .or_else(|| listed_by(Whose::Bundle))
            .ok_or(NoKey::Unknown)?;
        let key = keys.iter().find(|key| key.id == *method);
        Ok((key.ok_or(NoKey::Unlisted)?.clone(), whose))
    }
}
