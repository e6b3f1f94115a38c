//! New keys in the place of those in use: for requests and for what is signed.

use url::Url;

use super::chance::number;
use super::{Error, Federation, identity};
use crate::domain::vouch::AssertionKey;
use crate::formats::activitypub::activity;
use crate::formats::activitypub::addresses::Local;
use crate::store::{Change, Effect, LocalActor, Replaced};

impl Federation {
    /// Puts new keys in use for each of ours and announces them under the old one. What an old key signed
    /// counts on, unless the key is lost: then all we vouch for is signed anew.
    pub async fn rotate_keys(&self, replaced: Replaced) -> Result<Vec<Url>, Error> {
        let mut rotated = Vec::new();
        for actor in &self.0.local {
            rotated.push(self.rotate(actor, replaced).await?);
            if replaced == Replaced::Lost && actor.role != Local::Node {
                self.sign_anew(actor.role).await?;
            }
        }
        Ok(rotated)
    }

    async fn rotate(&self, actor: &LocalActor, replaced: Replaced) -> Result<Url, Error> {
        let role = actor.role;
        let old = self.0.keyring.key(&self.0.store, role, None).await?;
        let keys = self.0.store.local_keys(role).await?;
        let key = identity::new_key(&self.0.addresses, role, next(keys.len()));
        let mut listed = self.0.store.assertion_keys(role).await?;
        let signing = identity::new_assertion_key(&self.0.addresses, role, next(listed.len()));
        let now = self.0.clock.now();
        let in_use = |key: &&mut AssertionKey| key.expires.is_none() && key.revoked.is_none();
        for ended in listed.iter_mut().filter(in_use) {
            match replaced {
                Replaced::Ended => ended.expires = Some(now),
                Replaced::Lost => ended.revoked = Some(now),
            }
        }
        listed.insert(
            0,
            AssertionKey {
                id: signing.id.clone(),
                multibase: signing.multibase.clone(),
                expires: None,
                revoked: None,
            },
        );
        let document = self.actor_document(role, Some(&key), Some(&listed)).await?;
        let mut publication = self.say(role, activity::update, number(now), document, now);
        publication.key = Some(old.id.clone());
        let id = key.id.clone();
        let effects = vec![
            Effect::RotateKey { role, key },
            Effect::ReplaceAssertionKey {
                role,
                key: signing,
                replaced,
            },
        ];
        self.commit(&Change {
            effects,
            publications: vec![publication],
        })
        .await?;
        Ok(id)
    }

    /// Signs every vouch in force of one of ours with the key in use now; its id and dates stay.
    async fn sign_anew(&self, role: Local) -> Result<(), Error> {
        let signer = self.signer(role).await?;
        for known in self.given_in_force(role).await? {
            let change = self.voucher(role, &signer).give(&known.vouch, None);
            self.commit(&change).await?;
        }
        Ok(())
    }
}

/// The number of the key after so many.
fn next(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_add(1)
}
