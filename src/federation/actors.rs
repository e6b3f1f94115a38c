//! Actors elsewhere, found in memory, in the store or at their own address, in this order.
//!
//! A post by an unknown actor makes us fetch that actor, so whoever posts can make us ask somebody:
//! the limits here keep that from becoming an attack on a third party (federation.md S19).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::TimeDelta;
use moka::future::Cache;
use tokio::sync::Semaphore;
use url::Url;

use super::{Error, Federation};
use crate::domain::host::registered;
use crate::formats::activitypub::actor::{self, RemoteActor};
use crate::store;

/// How many actors are held in memory.
const MAX_HELD: u64 = 10_000;
/// How long an actor is held in memory before the store is asked again: another replica may know better.
const HELD_FOR: Duration = Duration::from_secs(60);
/// How long a copy in the store is good without asking its owner.
const FRESH_FOR: TimeDelta = TimeDelta::hours(24);
/// How long we do not ask again for an actor that could not be read.
const REFUSED_FOR: Duration = Duration::from_secs(300);
/// How long between two readings of one actor whose signatures do not fit its key any more.
const REREAD_EVERY: Duration = Duration::from_secs(3600);
/// How many actors of one domain are read within a minute because of what others post.
const MAX_READS_PER_DOMAIN: u32 = 10;
/// How many are read at once.
const MAX_READS_AT_ONCE: usize = 8;
/// How many posts may wait for an actor to be read, those being read among them. Each holds a body in
/// memory, and a host that never answers holds it for as long as a request may take.
const MAX_WAITING: usize = 72;

/// Where actors are found.
pub(super) struct KnownActors {
    held: Cache<Url, Found>,
    refused: Cache<Url, ()>,
    reread: Cache<Url, Arc<RemoteActor>>,
    reads_of_domain: Cache<String, Arc<AtomicU32>>,
    at_once: Semaphore,
    waiting: Semaphore,
}

/// An actor that was found.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// The actor.
    pub(super) actor: Arc<RemoteActor>,
    /// Whether the store has yet to learn it: only once a signature of it was verified.
    pub(super) is_new: bool,
}

/// Why an actor is not found.
#[derive(Debug, Clone)]
pub(super) enum NotFound {
    /// It cannot be read.
    Unreadable,
    /// So many of its domain were read, or wait to be, that it has to wait too.
    TooSoon,
    /// The database, which may be asked again.
    Store(Arc<store::Error>),
}

fn lasting<K, V>(time: Duration) -> Cache<K, V>
where
    K: std::hash::Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(MAX_HELD)
        .time_to_live(time)
        .build()
}

/// What readings of an actor count by.
fn domain(id: &Url) -> String {
    registered(id.host_str().unwrap_or_default()).to_owned()
}

impl KnownActors {
    pub(super) fn new() -> Self {
        Self {
            held: lasting(HELD_FOR),
            refused: lasting(REFUSED_FOR),
            reread: lasting(REREAD_EVERY),
            reads_of_domain: lasting(Duration::from_secs(60)),
            at_once: Semaphore::new(MAX_READS_AT_ONCE),
            waiting: Semaphore::new(MAX_WAITING),
        }
    }

    /// Takes one of the readings a domain is granted.
    async fn take_turn(&self, id: &Url) -> Result<(), NotFound> {
        if self.refused.contains_key(id) {
            return Err(NotFound::Unreadable);
        }
        let reads = self
            .reads_of_domain
            .get_with(domain(id), async { Arc::default() })
            .await;
        match reads.fetch_add(1, Ordering::Relaxed) < MAX_READS_PER_DOMAIN {
            true => Ok(()),
            false => Err(NotFound::TooSoon),
        }
    }

    /// Holds an actor in memory.
    pub(super) async fn hold(&self, found: &Found) {
        self.held
            .insert(found.actor.id.clone(), found.clone())
            .await;
    }

    /// Forgets an actor: the store knows better now.
    pub(super) async fn forget(&self, id: &Url) {
        self.held.invalidate(id).await;
    }
}

impl Federation {
    /// Whether we know an actor already.
    pub(super) async fn knows(&self, id: &Url) -> Result<bool, store::Error> {
        Ok(self.0.known.held.contains_key(id) || self.0.store.remote_actor(id).await?.is_some())
    }

    /// The actor who signed something: held, stored or, within limits, read at its own address.
    pub(super) async fn sender(&self, id: &Url) -> Result<Found, NotFound> {
        let known = &self.0.known;
        if let Some(found) = known.held.get(id).await {
            return Ok(found);
        }
        let stored = self
            .0
            .store
            .remote_actor(id)
            .await
            .map_err(|error| NotFound::Store(Arc::new(error)))?;
        let Some((actor, read_at)) = stored else {
            return self.read_in_turn(id).await;
        };
        let copy = Found {
            actor: Arc::new(actor),
            is_new: false,
        };
        if self.0.clock.now() - read_at < FRESH_FOR {
            known.hold(&copy).await;
            return Ok(copy);
        }
        // An old copy is better than none where its owner does not answer.
        Ok(self.read_in_turn(id).await.unwrap_or(copy))
    }

    /// The actor as it is now, because a signature does not fit the key we know: read at most once an
    /// hour. What was read then counts until the next time, whoever made us read it: else somebody who
    /// forges once an hour could keep us from a new key for ever.
    pub(super) async fn sender_with_new_key(&self, old: &RemoteActor) -> Option<Found> {
        let known = &self.0.known;
        let now = match known.reread.get(&old.id).await {
            Some(now) => now,
            // Who comes while another's reading ends must not begin one more.
            None => {
                let _waiting = known.waiting.try_acquire().ok()?;
                let anew = async {
                    known.forget(&old.id).await;
                    self.read_once(&old.id).await.map(|found| found.actor)
                };
                let read = known.reread.try_get_with_by_ref(&old.id, anew);
                read.await.ok()?
            }
        };
        (now.public_key.pem != old.public_key.pem).then_some(Found {
            actor: now,
            is_new: true,
        })
    }

    /// Reads an actor, unless too many posts wait for one already.
    async fn read_in_turn(&self, id: &Url) -> Result<Found, NotFound> {
        let waiting = self.0.known.waiting.try_acquire();
        let _waiting = waiting.map_err(|_| NotFound::TooSoon)?;
        self.read_once(id).await
    }

    /// Reads an actor, once for all who wait for it.
    async fn read_once(&self, id: &Url) -> Result<Found, NotFound> {
        let held = &self.0.known.held;
        let read = held.try_get_with_by_ref(id, self.read_now(id));
        read.await.map_err(|error| (*error).clone())
    }

    async fn read_now(&self, id: &Url) -> Result<Found, NotFound> {
        let known = &self.0.known;
        known.take_turn(id).await?;
        let _turn = known.at_once.acquire().await.expect("it is never closed");
        match self.read_actor(id).await {
            Ok(actor) => Ok(Found {
                actor: Arc::new(actor),
                is_new: true,
            }),
            Err(error) => {
                tracing::debug!(actor = %id, "an actor cannot be read: {error}");
                known.refused.insert(id.clone(), ()).await;
                Err(NotFound::Unreadable)
            }
        }
    }

    /// Reads an actor at its own address.
    pub(super) async fn read_actor(&self, id: &Url) -> Result<RemoteActor, Error> {
        let (url, document) = self.read_document(id).await?;
        actor::read_actor(&document, &url, self.0.clock.today()).map_err(|error| {
            Error::Unexpected {
                url: id.clone(),
                problem: error.to_string(),
            }
        })
    }
}
