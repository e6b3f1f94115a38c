//! Publishes what a founded node lists, for whoever keeps a copy of it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::TimeDelta;
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;
use url::Url;

use super::issue::{Draft, Issue};
use super::shelf::{Kept, Shelf};
use crate::catalogue::{Did, Edition};
use crate::clock::Clock;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::proof::Signer;
use crate::store::{self, Store};

/// How long whoever asks for changes may wait for the next one.
pub const MAX_WAIT: Duration = Duration::from_secs(30);
/// How many may wait at once, each with an open connection.
pub const MAX_WAITING: usize = 500;
/// How old a signature becomes before the same is signed anew, so that nobody takes a quiet directory for
/// an old copy.
pub const RESIGN_AFTER: TimeDelta = TimeDelta::days(1);

/// What a node publishes. Clones are the same.
#[derive(Clone)]
pub struct Publisher(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Clock,
    origin: Url,
    issue: watch::Sender<Option<Arc<Issue>>>,
    /// Whether the node is about to stop: then nobody waits any longer.
    is_ending: watch::Sender<bool>,
    waiting: Semaphore,
    shelf: Shelf,
}

/// What is told of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A document; it may say that nothing changed.
    Changes(Bytes),
    /// Nobody knows any more what changed: the snapshot has all.
    Forgotten,
    /// Nothing is published yet.
    NotYet,
}

/// Why something cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The disk.
    #[error("the snapshot cannot be written on this machine")]
    Disk(#[from] io::Error),
    /// Somebody wrote to a mirror's database beside it.
    #[error(
        "what the mirror holds is not what its origin signed: somebody wrote to its database; start it \
         again, and it is copied anew"
    )]
    NotAsSigned,
    /// The node's own actor has no key that works.
    #[error("the database has no usable key of its node to sign with")]
    NoKey,
}

impl Publisher {
    /// Of the node whose own actor that is.
    pub fn new(store: Store, origin: Url, clock: Clock) -> Self {
        Self(Arc::new(Parts {
            store,
            clock,
            origin,
            issue: watch::Sender::new(None),
            is_ending: watch::Sender::new(false),
            waiting: Semaphore::new(MAX_WAITING),
            shelf: Shelf::default(),
        }))
    }

    /// Publishes an edition if its revision is not published yet, or signs what is published anew where that
    /// is due.
    pub async fn publish(&self, edition: &Arc<Edition>) -> Result<Did, Error> {
        let parts = &self.0;
        let previous = parts.issue.borrow().clone();
        let now = parts.clock.now();
        let known = previous.as_ref();
        let is_new = known.is_none_or(|issue| issue.said.revision != edition.revision);
        let is_old = known.is_some_and(|issue| now - issue.said.issued >= RESIGN_AFTER);
        if !is_new && !is_old {
            return Ok(Did::Nothing);
        }
        let signer = signer(&parts.store).await?;
        let issue = match (is_new, previous) {
            (false, Some(previous)) => previous.signed_anew(&parts.origin, &signer, now),
            (_, previous) => {
                let Some(draft) = draft(&parts.store, previous, Arc::clone(edition)).await? else {
                    return Ok(Did::Nothing);
                };
                draft.sign(&parts.origin, &signer, now)
            }
        };
        parts.issue.send_replace(Some(Arc::new(issue)));
        Ok(Did::Work)
    }

    /// What is published now.
    pub fn issue(&self) -> Option<Arc<Issue>> {
        self.0.issue.borrow().clone()
    }

    /// How many wait for the next change.
    pub fn waiting(&self) -> usize {
        MAX_WAITING - self.0.waiting.available_permits()
    }

    /// What changed since a revision; where nothing did, or another replica is ahead of this one, whoever asks may
    /// wait for the next change, up to [`MAX_WAIT`].
    pub async fn changes(&self, since: u64, wait: Duration) -> Told {
        let told = async |issue: Option<Arc<Issue>>| match issue {
            Some(issue) => match issue.changes_since(since).await {
                Some(changes) => Told::Changes(changes),
                None => Told::Forgotten,
            },
            None => Told::NotYet,
        };
        let is_news = |issue: &Option<Arc<Issue>>| {
            issue
                .as_ref()
                .is_some_and(|issue| issue.said.revision > since)
        };
        let now = self.issue();
        if wait.is_zero() || is_news(&now) {
            return told(now).await;
        }
        // Who finds so many waiting is answered at once, and comes again.
        let Ok(_leave) = self.0.waiting.try_acquire() else {
            return told(now).await;
        };
        let (mut issues, mut ending) = (self.0.issue.subscribe(), self.0.is_ending.subscribe());
        tokio::select! {
            _ = issues.wait_for(is_news) => {}
            _ = ending.wait_for(|is_ending| *is_ending) => {}
            () = tokio::time::sleep(wait.min(MAX_WAIT)) => {}
        }
        told(self.issue()).await
    }

    /// Answers all who wait, since the node is about to stop.
    pub fn end(&self) {
        self.0.is_ending.send_replace(true);
    }

    /// All that is published, as a packed file; `None` while nothing is.
    pub async fn snapshot(&self) -> Result<Option<Arc<Kept>>, Error> {
        let Some(issue) = self.issue() else {
            return Ok(None);
        };
        let tag = issue.tag();
        let write = async || {
            let tag = issue.tag();
            let pack = move || Kept::pack(tag, |out| issue.write(out).map(drop));
            let packed = spawn_blocking(pack).await;
            Ok::<_, Error>(packed.expect("writing a snapshot does not panic")?)
        };
        self.0.shelf.get(&tag, write).await.map(Some)
    }
}

/// An edition as a node's own actor would publish it now.
pub async fn sign_directory(
    store: &Store,
    edition: Arc<Edition>,
    origin: &Url,
    clock: &Clock,
) -> Result<Option<Issue>, Error> {
    let signer = signer(store).await?;
    let draft = draft(store, None, edition).await?;
    Ok(draft.map(|draft| draft.sign(origin, &signer, clock.now())))
}

async fn signer(store: &Store) -> Result<Signer, Error> {
    // Asked each time: another process may have put a new key in use.
    let (id, pem) = store.signing_key(Local::Node).await?.ok_or(Error::NoKey)?;
    Signer::new(&pem, id).map_err(|_| Error::NoKey)
}

async fn draft(
    store: &Store,
    previous: Option<Arc<Issue>>,
    edition: Arc<Edition>,
) -> Result<Option<Draft>, Error> {
    // After a restore an older revision is the newest: nothing is known of the way there.
    let previous = previous.filter(|issue| issue.said.revision < edition.revision);
    let unread = Issue::unread(previous.as_deref(), &edition);
    let documents = store.vouch_documents(&unread).await?;
    // Hashing a large directory for the first time takes seconds: not on the threads that answer.
    let draft = move || Draft::of(previous.as_deref(), &edition, documents);
    Ok(spawn_blocking(draft)
        .await
        .expect("drafting an issue does not panic"))
}
