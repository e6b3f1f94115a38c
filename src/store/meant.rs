//! Whom a node means: a list may have named its hoster and services before it spoke.

use sqlx::Row;
use url::Url;

use super::objects::Travelling;
use super::{Error, Store, Writing, noun};
use crate::domain::hoster::{Hoster, HosterId};
use crate::domain::identity::{host_key_of, service_key};
use crate::domain::service::{Service, ServiceId};
use crate::formats::activitypub::ids::hoster_id;

/// The hoster of an id, else the one at the host that the id is.
const HOSTER: &str = "select id, document from hosters where id = coalesce(
    (select id from hosters where id = $1),
    (select id from identities where subject = 'hoster' and key = $2))";

/// The id here of a hoster that a node calls so: the id begins with the node's host, so nobody else can.
pub(super) async fn hoster(writing: &mut Writing, id: &HosterId) -> Result<HosterId, Error> {
    let row = sqlx::query(HOSTER)
        .bind(id.as_str())
        .bind(host_key_of(id))
        .fetch_optional(&mut **writing)
        .await?;
    let Some(row) = row else {
        return Ok(id.clone());
    };
    let known: String = row.try_get("id")?;
    Ok(HosterId::parse(&known).unwrap_or_else(|_| id.clone()))
}

/// A hoster as it is called here.
pub(super) async fn hoster_named(writing: &mut Writing, told: &Hoster) -> Result<Hoster, Error> {
    Ok(Hoster {
        id: hoster(writing, &told.id).await?,
        ..told.clone()
    })
}

/// A service of a node elsewhere as it and its hoster are called here: as before, or as the list has it
/// that knew its address first.
pub(super) async fn service_named(
    writing: &mut Writing,
    told: &Travelling,
) -> Result<Service, Error> {
    let mut service = told.service.clone();
    service.hoster = hoster(writing, &service.hoster).await?;
    let known = sqlx::query(
        "select s.id from services s where s.hoster = $1 and s.id = coalesce(
           (select service from objects where id = $2),
           (select id from services where id = $3),
           (select id from identities where subject = 'service' and key = $4))
         and not exists (select 1 from objects where service = s.id and id <> $2)
         and not exists (select 1 from local_actors where id = $5)",
    )
    .bind(service.hoster.as_str())
    .bind(told.object.as_str())
    .bind(service.id.as_str())
    .bind(service_key(&service))
    .bind(told.owner.as_str())
    .fetch_optional(&mut **writing)
    .await?;
    if let Some(row) = known {
        let id: String = row.try_get("id")?;
        service.id = ServiceId::parse(&id).unwrap_or(service.id);
    }
    Ok(service)
}

impl Store {
    /// The hoster an actor stands for, if the directory knows it.
    pub async fn hoster_of(&self, actor: &Url) -> Result<Option<Hoster>, Error> {
        let Some(id) = hoster_id(actor) else {
            return Ok(None);
        };
        let row = sqlx::query(HOSTER)
            .bind(id.as_str())
            .bind(host_key_of(&id))
            .fetch_optional(&self.pool)
            .await?;
        let Some(row) = row else { return Ok(None) };
        let document: String = row.try_get("document")?;
        noun::read(&document, "hosters", "document", id.as_str()).map(Some)
    }
}
