//! Our keys, parsed once and held in memory; the store is the only other place that has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use url::Url;

use super::Error;
use super::signature::{PrivateKey, SigningKey};
use crate::formats::activitypub::addresses::Local;
use crate::store::Store;

/// Our keys by their ids.
#[derive(Default)]
pub(super) struct Keyring(Mutex<HashMap<Url, Arc<SigningKey>>>);

impl Keyring {
    /// The key to sign with for one of ours: `wanted`, or the one in use.
    pub(super) async fn key(
        &self,
        store: &Store,
        role: Local,
        wanted: Option<&Url>,
    ) -> Result<Arc<SigningKey>, Error> {
        if let Some(key) = wanted.and_then(|id| self.held(id)) {
            return Ok(key);
        }
        // Asked each time: another process may have put a new key in use.
        let keys = store.local_keys(role).await?;
        let key = match wanted {
            Some(id) => keys.iter().find(|key| key.id == *id),
            None => keys.first(),
        };
        let key = key.ok_or_else(|| Error::NoKey(role))?;
        if let Some(held) = self.held(&key.id) {
            return Ok(held);
        }
        let private =
            PrivateKey::from_pem(&key.private_pem).map_err(|_| Error::BadKey(key.id.clone()))?;
        let parsed = Arc::new(SigningKey {
            id: key.id.clone(),
            private,
        });
        let mut keys = self
            .0
            .lock()
            .expect("nobody panics while holding the keyring");
        keys.insert(key.id.clone(), Arc::clone(&parsed));
        Ok(parsed)
    }

    fn held(&self, id: &Url) -> Option<Arc<SigningKey>> {
        let keys = self
            .0
            .lock()
            .expect("nobody panics while holding the keyring");
        keys.get(id).cloned()
    }
}
