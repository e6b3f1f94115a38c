//! Our keys, parsed once and held in memory; the store is the only other place that has them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use url::Url;

use super::Error;
use super::signature::{PrivateKey, SigningKey};
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::proof::Signer;
use crate::store::Store;

/// Our keys by their ids.
#[derive(Default)]
pub(super) struct Keyring {
    /// Those that sign requests.
    requests: Mutex<HashMap<Url, Arc<SigningKey>>>,
    /// Those that sign documents.
    documents: Mutex<HashMap<Url, Arc<Signer>>>,
}

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
        locked(&self.requests).insert(key.id.clone(), Arc::clone(&parsed));
        Ok(parsed)
    }

    /// The key in use that signs documents for one of ours.
    pub(super) async fn signer(&self, store: &Store, role: Local) -> Result<Arc<Signer>, Error> {
        // Asked each time: another process may have put a new key in use.
        let (id, pem) = store.signing_key(role).await?.ok_or(Error::NoKey(role))?;
        if let Some(held) = locked(&self.documents).get(&id) {
            return Ok(Arc::clone(held));
        }
        let signer = Signer::new(&pem, id.clone()).map_err(|_| Error::BadKey(id.clone()))?;
        let signer = Arc::new(signer);
        locked(&self.documents).insert(id, Arc::clone(&signer));
        Ok(signer)
    }

    fn held(&self, id: &Url) -> Option<Arc<SigningKey>> {
        locked(&self.requests).get(id).cloned()
    }
}

fn locked<T>(keys: &Mutex<T>) -> MutexGuard<'_, T> {
    keys.lock()
        .expect("nobody panics while holding the keyring")
}
