//! Everything the directory holds, read at one moment.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use futures_util::TryStreamExt;
use sqlx::Row;
use tokio::task::{JoinHandle, spawn_blocking};
use url::Url;

use super::noun::{self, Noun};
use super::pool::Connection;
use super::vouches::{self, Issuer};
use super::{Error, Store, VERSION, anchors, blocks, health, mirror, settings, url_in, version};
use crate::domain::anchor::Anchor;
use crate::domain::block::Block;
use crate::domain::health::Availability;
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::policy::Rules;
use crate::domain::service::{Service, ServiceId};
use crate::domain::vouch::Evidence;
use crate::formats::activitypub::addresses::Local;
use crate::formats::activitypub::ids::hoster_id;

/// How many documents are understood at once, on a thread for such work.
const AT_ONCE: usize = 4096;
/// How many times [`AT_ONCE`] documents may wait to be understood while more are read.
const MAX_WAITING: usize = 4;

/// Every hoster and service as they stood at one revision, each list in the order of its ids. Documents
/// are shared between a directory and the next one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Directory {
    /// The revision it was read at.
    pub revision: u64,
    /// See [`Version`](super::Version::generation).
    pub generation: u64,
    /// Every hoster.
    pub hosters: Vec<Arc<Hoster>>,
    /// Every service; its hoster is among the hosters.
    pub services: Vec<Arc<Service>>,
    /// What the looks at each service come to, if somebody looked.
    pub availability: Vec<Option<Availability>>,
    /// The hoster whose node this is, if it is one's.
    pub own: Option<HosterId>,
    /// The hoster's and the collective's actors whose node this is.
    pub ours: Vec<Url>,
    /// Every vouch, and what is known of it, in the order of ids.
    pub vouches: Vec<Arc<Evidence>>,
    /// Who gives them, by their actors' ids; every actor of this node is among them.
    pub issuers: Arc<HashMap<Url, Issuer>>,
    /// Whom the operator trusts from the start, in the order of their actors.
    pub anchors: Vec<Anchor>,
    /// What the operator will have nothing to do with, in the order of domains.
    pub blocks: Vec<Block>,
    /// By what rules the operator trusts and lists.
    pub rules: Rules,
}

impl Directory {
    /// A directory of hosters and services that nobody vouched for or looked at.
    pub fn of(
        hosters: impl IntoIterator<Item: Into<Arc<Hoster>>>,
        services: impl IntoIterator<Item: Into<Arc<Service>>>,
    ) -> Self {
        let mut directory = Self {
            revision: 1,
            hosters: hosters.into_iter().map(Into::into).collect(),
            services: services.into_iter().map(Into::into).collect(),
            ..Self::default()
        };
        directory.availability = vec![None; directory.services.len()];
        directory.hosters.sort_by(|a, b| a.id.cmp(&b.id));
        directory.services.sort_by(|a, b| a.id.cmp(&b.id));
        directory
    }
}

/// What is small enough to be read each time.
pub(super) struct Chosen {
    own: Option<HosterId>,
    ours: Vec<Url>,
    anchors: Vec<Anchor>,
    blocks: Vec<Block>,
    rules: Rules,
}

impl Chosen {
    pub(super) async fn read(snapshot: &mut Connection) -> Result<Self, Error> {
        if let Some(chosen) = mirror::chosen(&mut *snapshot).await? {
            return Ok(Self {
                own: chosen.own,
                ours: chosen.ours,
                anchors: chosen.anchors,
                blocks: chosen.blocks,
                rules: chosen.rules,
            });
        }
        let (mut ours, mut own) = (Vec::new(), None);
        let actors = "select role, id from local_actors where role in ('hoster', 'collective')";
        for row in sqlx::query(actors).fetch_all(&mut *snapshot).await? {
            let actor = url_in(&row, "local_actors", "id")?;
            let role: String = row.try_get("role")?;
            if role == Local::Hoster.word() {
                own = hoster_id(&actor);
            }
            ours.push(actor);
        }
        Ok(Self {
            own,
            ours,
            anchors: anchors::read(&mut *snapshot).await?,
            blocks: blocks::read(&mut *snapshot).await?,
            rules: settings::read_rules(&mut *snapshot).await?,
        })
    }

    /// The directory as it is under these choices.
    pub(super) fn over(self, directory: Directory) -> Directory {
        let Self {
            own,
            ours,
            anchors,
            blocks,
            rules,
        } = self;
        Directory {
            own,
            ours,
            anchors,
            blocks,
            rules,
            ..directory
        }
    }
}

impl Store {
    /// Reads the whole directory at one moment, whatever is written meanwhile.
    pub async fn directory(&self) -> Result<Directory, Error> {
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        whole(&mut snapshot).await
    }

    /// Whether the directory knows a service of this identifier.
    pub async fn has_service(&self, id: &ServiceId) -> Result<bool, Error> {
        let row = sqlx::query("select id from services where id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    /// Whether the directory has no hoster, and so no service either.
    pub async fn is_empty(&self) -> Result<bool, Error> {
        let row = sqlx::query("select id from hosters limit 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_none())
    }
}

/// The whole directory as a connection sees it.
pub(super) async fn whole(snapshot: &mut Connection) -> Result<Directory, Error> {
    let version = version(&sqlx::query(VERSION).fetch_one(&mut *snapshot).await?)?;
    let hosters = documents(&mut *snapshot, "select id, document from hosters").await?;
    let services = documents(&mut *snapshot, "select id, document from services").await?;
    for service in &services {
        check_hoster(service, &hosters)?;
    }
    let seen = health::availabilities(&mut *snapshot).await?;
    let issuers = vouches::issuers(&mut *snapshot).await?;
    let directory = Directory {
        revision: version.revision,
        generation: version.generation,
        availability: (services.iter())
            .map(|service| seen.get(health::address(service)?).copied())
            .collect(),
        vouches: vouches::evidence(&mut *snapshot, &issuers).await?,
        issuers: Arc::new(issuers),
        hosters,
        services,
        ..Directory::default()
    };
    Ok(Chosen::read(snapshot).await?.over(directory))
}

/// The tables keep services to known hosters; the documents must say the same.
pub(super) fn check_hoster(service: &Service, hosters: &[Arc<Hoster>]) -> Result<(), Error> {
    match hosters.binary_search_by(|hoster| hoster.id.cmp(&service.hoster)) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::Corrupt {
            table: "services",
            column: "document",
            row: service.id.to_string(),
            problem: format!("it is of the unknown hoster {}", service.hoster),
        }),
    }
}

/// Every record of a table, in the order of ids. Ordered here and not in SQL, where the order of texts is
/// the server's choice.
async fn documents<T>(snapshot: &mut Connection, sql: &'static str) -> Result<Vec<Arc<T>>, Error>
where
    T: Noun + Send + Sync + 'static,
{
    let mut rows = sqlx::query(sql).fetch(snapshot);
    let mut read: Vec<Arc<T>> = Vec::new();
    let mut waiting = VecDeque::new();
    let mut texts = Vec::with_capacity(AT_ONCE);
    while let Some(row) = rows.try_next().await? {
        texts.push((row.try_get("id")?, row.try_get("document")?));
        if texts.len() == AT_ONCE {
            let texts = std::mem::replace(&mut texts, Vec::with_capacity(AT_ONCE));
            waiting.push_back(spawn_blocking(|| understood(texts)));
        }
        if waiting.len() > MAX_WAITING {
            let first = waiting.pop_front().expect("there are more than none");
            read.extend(done(first).await?);
        }
    }
    waiting.push_back(spawn_blocking(|| understood(texts)));
    for each in waiting {
        read.extend(done(each).await?);
    }
    // Each part is in order already, which this way of sorting makes use of.
    read.sort_by(|a, b| a.id().cmp(b.id()));
    Ok(read)
}

async fn done<T>(understanding: JoinHandle<Result<T, Error>>) -> Result<T, Error> {
    understanding
        .await
        .expect("reading a document does not panic")
}

/// The records of ids and documents, in the order of ids.
fn understood<T: Noun>(texts: Vec<(String, String)>) -> Result<Vec<Arc<T>>, Error> {
    let records = texts.iter().map(|(id, document)| record(id, document));
    let mut records = records.collect::<Result<Vec<Arc<T>>, _>>()?;
    records.sort_by(|a, b| a.id().cmp(b.id()));
    Ok(records)
}

/// The record of an id.
pub(super) fn record<T: Noun>(id: &str, document: &str) -> Result<Arc<T>, Error> {
    let value: T = noun::read(document, T::TABLE, "document", id)?;
    match value.id() == id {
        true => Ok(Arc::new(value)),
        false => Err(Error::Corrupt {
            table: T::TABLE,
            column: "id",
            row: id.to_owned(),
            problem: format!("the document is of {:?}", value.id()),
        }),
    }
}
