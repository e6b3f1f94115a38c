//! Services as objects on the wire: whose they are, when they appeared, changed and went.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::changes::Part;
use super::{Error, Store, Writing, keep, meant, time, url_in};
use crate::domain::hoster::HosterId;
use crate::domain::service::{Service, ServiceId};
use crate::formats::activitypub::ids::hoster_id;

/// A service that travels: what its own node says of it, without what others add, and what it is on the
/// wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Travelling {
    /// The service.
    pub service: Service,
    /// Its object's id.
    pub object: Url,
    /// The actor whose it is.
    pub owner: Url,
    /// When it first appeared.
    pub published_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What is known of an object's id.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// It describes a service.
    Service(Box<Travelling>),
    /// It did, until then.
    Gone(DateTime<Utc>),
}

impl Store {
    /// What is known of an object's id; `None` for an id nobody has used.
    pub async fn object(&self, id: &Url) -> Result<Option<Known>, Error> {
        let row = sqlx::query(
            "select o.id, o.owner, o.published_at, o.updated_at, o.deleted_at, s.document
             from objects o left join statements s
               on s.subject = 'service' and s.id = o.service and s.kind = 'own-node'
             where o.id = $1 and (o.deleted_at is not null or s.document is not null)
             order by s.seen_at desc limit 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        if let Some(deleted_at) = row.try_get::<Option<i64>, _>("deleted_at")? {
            return Ok(Some(Known::Gone(time(deleted_at))));
        }
        Ok(Some(Known::Service(Box::new(travelling(&row)?))))
    }

    /// One page of the services of an actor, the oldest first, and how many there are in all.
    pub async fn services_of(
        &self,
        owner: &Url,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Travelling>, u64), Error> {
        let total: i64 = sqlx::query_scalar(
            "select count(*) from objects o where o.owner = $1 and o.deleted_at is null and exists (
               select 1 from statements s where s.subject = 'service' and s.id = o.service
               and s.kind = 'own-node' and s.document is not null)",
        )
        .bind(owner.as_str())
        .fetch_one(&self.pool)
        .await?;
        let rows = sqlx::query(
            "select o.id, o.owner, o.published_at, o.updated_at, s.document
             from objects o join statements s
               on s.subject = 'service' and s.id = o.service and s.kind = 'own-node'
             where o.owner = $1 and o.deleted_at is null and s.document is not null
             order by o.published_at, o.id limit $2 offset $3",
        )
        .bind(owner.as_str())
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let services = rows.iter().map(travelling).collect::<Result<_, _>>()?;
        Ok((services, u64::try_from(total).unwrap_or(0)))
    }
}

fn travelling(row: &AnyRow) -> Result<Travelling, Error> {
    let object = url_in(row, "objects", "id")?;
    let document: String = row.try_get("document")?;
    let service = serde_json::from_str(&document).map_err(|error| Error::Corrupt {
        table: "statements",
        column: "document",
        row: object.to_string(),
        problem: error.to_string(),
    })?;
    Ok(Travelling {
        service,
        owner: url_in(row, "objects", "owner")?,
        published_at: time(row.try_get("published_at")?),
        updated_at: time(row.try_get("updated_at")?),
        object,
    })
}

impl Travelling {
    /// Keeps the service unless its object is gone, is another's, or was changed later already. Says
    /// whether visitors can see it.
    pub(super) async fn keep(
        &self,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let known = sqlx::query("select owner, updated_at, deleted_at from objects where id = $1")
            .bind(self.object.as_str())
            .fetch_optional(&mut **writing)
            .await?;
        if let Some(known) = known {
            let owner: String = known.try_get("owner")?;
            let updated_at: i64 = known.try_get("updated_at")?;
            let deleted_at: Option<i64> = known.try_get("deleted_at")?;
            if owner != self.owner.as_str()
                || deleted_at.is_some()
                || updated_at > self.updated_at.timestamp_millis()
            {
                return Ok(false);
            }
        }
        let service = meant::service_named(writing, self).await?;
        if keep::is_out_of_place(writing, &service).await? {
            return Ok(false);
        }
        let visible = keep::keep_service(writing, &service, now).await?;
        sqlx::query(
            "insert into objects (id, owner, service, published_at, updated_at)
             values ($1, $2, $3, $4, $5)
             on conflict (id) do update set updated_at = excluded.updated_at",
        )
        .bind(self.object.as_str())
        .bind(self.owner.as_str())
        .bind(service.id.as_str())
        .bind(self.published_at.timestamp_millis())
        .bind(self.updated_at.timestamp_millis())
        .execute(&mut **writing)
        .await?;
        Ok(visible)
    }
}

/// Removes an object of `owner`, for good; what another owns stays. Says whether visitors can see it.
pub(super) async fn remove(
    writing: &mut Writing,
    object: &Url,
    owner: &Url,
    service: &ServiceId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let told = sqlx::query("select id from objects where id = $1")
        .bind(object.as_str())
        .fetch_optional(&mut **writing)
        .await?
        .is_some();
    // Of whom we follow it is noted even if we never heard of it: its Create may yet come, by another
    // way. Of a stranger it is not: it could name whatever it likes.
    let noted = sqlx::query(
        "insert into objects (id, owner, service, published_at, updated_at, deleted_at)
         select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as bigint),
                cast($4 as bigint), cast($4 as bigint)
         where exists (select 1 from objects where id = $1)
            or exists (select 1 from following where actor = $2 and state = 'accepted')
         on conflict (id) do update set deleted_at = excluded.deleted_at
         where objects.owner = excluded.owner and objects.deleted_at is null",
    )
    .bind(object.as_str())
    .bind(owner.as_str())
    .bind(service.as_str())
    .bind(now.timestamp_millis())
    .execute(&mut **writing)
    .await?
    .rows_affected();
    if noted == 0 {
        return Ok(false);
    }
    // Nobody told us of it as an object, but a list may have: then it counts whose service that is.
    let hoster = match hoster_id(owner) {
        Some(hoster) => Some(meant::hoster(writing, &hoster).await?),
        None => None,
    };
    let mut removed = Vec::new();
    for sql in [
        "delete from statements where subject = 'service' and id in (
           select s.id from services s join objects o on o.service = s.id
           where o.id = $1 and ($2 = 1 or s.hoster = $3)) returning id",
        "delete from services where id in (select service from objects where id = $1)
         and ($2 = 1 or hoster = $3) returning id",
    ] {
        removed = sqlx::query(sql)
            .bind(object.as_str())
            .bind(i64::from(told))
            .bind(hoster.as_ref().map(HosterId::as_str))
            .fetch_all(&mut **writing)
            .await?;
    }
    for row in &removed {
        let service: String = row.try_get("id")?;
        writing.changed(Part::Service, &service);
    }
    Ok(!removed.is_empty())
}
