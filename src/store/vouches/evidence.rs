//! All that is known of the vouches, as the directory weighs them.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::{HOLDS, time};
use crate::domain::text::Link;
use crate::domain::vouch::{CharterVersion, Evidence, NotCounted, Proof, Vouch};
use crate::formats::activitypub::actor::{ActorKind, Charter, Issuer, RemoteActor};
use crate::formats::activitypub::addresses::{Addresses, Local};
use crate::formats::activitypub::vouch;
use crate::store::batch::{of_batch, rows_of};
use crate::store::pool::Connection;
use crate::store::{Error, Store, actors, assertion_keys, charters, url_in};

/// A vouch with its document, as whoever deals with it one by one wants it.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownVouch {
    /// What it says.
    pub vouch: Vouch,
    /// The signed document, as it came.
    pub document: Value,
    /// When its issuer's server last stood by it.
    pub heard_at: Option<DateTime<Utc>>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
    /// Whether the one it is for lists it.
    pub is_listed_back: bool,
}

/// What is asked of every vouch; `where` and `order` follow.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select v.id, v.document, v.proof, v.multibase, v.made_at, v.heard_at, v.missing_since,
               r.revoked_at,
               case when a.vouch is null then 0 else 1 end as listed_back
             from vouches v
             left join revocations r on r.vouch = v.id and r.issuer = v.issuer
             left join acknowledged a on a.vouch = v.id and a.actor = v.object ",
            $rest
        )
    };
}

/// The evidence for every vouch, in the order of ids.
pub(in crate::store) async fn evidence(
    snapshot: &mut Connection,
    issuers: &HashMap<Url, Issuer>,
) -> Result<Vec<Arc<Evidence>>, Error> {
    let rows = sqlx::query(select!("")).fetch_all(snapshot).await?;
    in_order(&rows, issuers)
}

/// The evidence for every vouch of which something is another after a revision, in the order of ids.
pub(in crate::store) async fn evidence_after(
    snapshot: &mut Connection,
    revision: i64,
    issuers: &HashMap<Url, Issuer>,
) -> Result<Vec<Arc<Evidence>>, Error> {
    const CHANGED: &str =
        select!("where v.id in (select id from changes where subject = 'vouch' and revision > $1)");
    let rows = sqlx::query(CHANGED).bind(revision);
    in_order(&rows.fetch_all(snapshot).await?, issuers)
}

fn in_order(rows: &[AnyRow], issuers: &HashMap<Url, Issuer>) -> Result<Vec<Arc<Evidence>>, Error> {
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let document: Value = document(row)?;
        let Ok((vouch, claimed)) = vouch::read(&document) else {
            return Err(corrupt(row, "is no vouch"));
        };
        let proof: String = row.try_get("proof")?;
        let multibase: Option<String> = row.try_get("multibase")?;
        let proof = match (proof.as_str(), multibase) {
            (HOLDS, Some(multibase)) => Proof::Holds {
                method: claimed.method.clone(),
                multibase,
                created: claimed.created,
            },
            (word, _) => Proof::Fails(
                NotCounted::from_word(word)
                    .ok_or_else(|| corrupt(row, "has a proof of no kind"))?,
            ),
        };
        let keys = issuers.get(&vouch.issuer).map(|issuer| &issuer.keys);
        let key = keys
            .into_iter()
            .flatten()
            .find(|key| key.id == claimed.method);
        all.push(Arc::new(Evidence {
            key: key.cloned(),
            proof,
            heard_at: moment(row, "heard_at")?,
            revoked_at: moment(row, "revoked_at")?,
            missing_since: moment(row, "missing_since")?,
            is_listed_back: row.try_get::<i64, _>("listed_back")? != 0,
            vouch,
        }));
    }
    all.sort_unstable_by(|a, b| a.vouch.id.cmp(&b.vouch.id));
    Ok(all)
}

/// Who gave any vouch, ours among them, whom the operator trusts from the start, and every actor of ours.
pub(in crate::store) async fn issuers(
    snapshot: &mut Connection,
) -> Result<HashMap<Url, Issuer>, Error> {
    let mut issuers = HashMap::new();
    let rows = sqlx::query(
        "select id, document from remote_actors
         where id in (select issuer from vouches) or id in (select actor from anchors)",
    )
    .fetch_all(&mut *snapshot)
    .await?;
    for row in &rows {
        let document: String = row.try_get("document")?;
        let actor: RemoteActor =
            serde_json::from_str(&document).map_err(|error| corrupt(row, &error.to_string()))?;
        issuers.insert(
            actor.id,
            Issuer {
                name: actor.name,
                page: actor.url,
                is_collective: actor.kind == ActorKind::Group,
                charter: actor.charter,
                keys: actor.assertion_keys,
            },
        );
    }
    let copied = sqlx::query("select id, document from mirrored where kind = 'issuers'");
    for row in &copied.fetch_all(&mut *snapshot).await? {
        let document: String = row.try_get("document")?;
        let issuer =
            serde_json::from_str(&document).map_err(|error| corrupt(row, &error.to_string()))?;
        issuers.insert(url_in(row, "mirrored", "id")?, issuer);
    }
    let rows =
        sqlx::query("select role, id, username, name, created_at, updated_at from local_actors")
            .fetch_all(&mut *snapshot)
            .await?;
    for row in &rows {
        let ours = actors::actor(row)?;
        let keys = assertion_keys::listed(snapshot, ours.role).await?;
        let charter = match ours.role {
            Local::Collective => in_force(snapshot, &ours.id).await?,
            _ => None,
        };
        issuers.insert(
            ours.id,
            Issuer {
                charter,
                name: Some(ours.name),
                page: None,
                is_collective: ours.role == Local::Collective,
                keys,
            },
        );
    }
    Ok(issuers)
}

/// The charter that our collective's actor shows.
async fn in_force(snapshot: &mut Connection, collective: &Url) -> Result<Option<Charter>, Error> {
    let charter = charters::in_force(snapshot).await?;
    Ok(charter.and_then(|charter| {
        let addresses = Addresses::of(collective.clone());
        Some(Charter {
            url: Link::parse(addresses.charter(charter.version.as_str()).as_str()).ok()?,
            version: CharterVersion {
                version: charter.version,
                sha256: Some(charter.sha256),
            },
        })
    }))
}

impl Store {
    /// The vouch of this id.
    pub async fn vouch(&self, id: &Url) -> Result<Option<KnownVouch>, Error> {
        let row = sqlx::query(select!("where v.id = $1"))
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(known).transpose()
    }

    /// The signed documents of vouches, by their ids; what is not known is not among them.
    pub async fn vouch_documents(&self, ids: &[Url]) -> Result<HashMap<Url, Value>, Error> {
        const DOCUMENTS: &str = of_batch!("select id, document from vouches where id");
        let mut snapshot = self.engine.begin_reading(&self.pool).await?;
        let ids: Vec<String> = ids.iter().map(Url::to_string).collect();
        let rows = rows_of(&mut snapshot, DOCUMENTS, &ids).await?;
        let document = |row| Ok((url_in(row, "vouches", "id")?, document(row)?));
        rows.iter().map(document).collect()
    }

    /// The vouches an actor gave, the newest first; what was taken back is among them.
    pub async fn vouches_by(&self, issuer: &Url) -> Result<Vec<KnownVouch>, Error> {
        let rows = sqlx::query(select!("where v.issuer = $1 order by v.kept_at desc, v.id"))
            .bind(issuer.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(known).collect()
    }

    /// The vouches for an actor, the newest first; what was taken back is among them.
    pub async fn vouches_for(&self, object: &Url) -> Result<Vec<KnownVouch>, Error> {
        let rows = sqlx::query(select!("where v.object = $1 order by v.kept_at desc, v.id"))
            .bind(object.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(known).collect()
    }

    /// A page of the vouches an actor gives now, as documents in the order in which they were kept, and
    /// how many there are: what was taken back or has ended is not among them.
    pub async fn vouches_given(
        &self,
        issuer: &Url,
        now: DateTime<Utc>,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Value>, u64), Error> {
        let total: i64 = sqlx::query_scalar(
            "select count(*) from vouches v where v.issuer = $1 and v.ends_at > $2
             and not exists (select 1 from revocations r where r.vouch = v.id and r.issuer = v.issuer)",
        )
        .bind(issuer.as_str())
        .bind(now.timestamp_millis())
        .fetch_one(&self.pool)
        .await?;
        let rows = sqlx::query(
            "select v.id, v.document from vouches v where v.issuer = $1 and v.ends_at > $2
             and not exists (select 1 from revocations r where r.vouch = v.id and r.issuer = v.issuer)
             order by v.kept_at, v.id limit $3 offset $4",
        )
        .bind(issuer.as_str())
        .bind(now.timestamp_millis())
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let page = rows.iter().map(document).collect::<Result<_, _>>()?;
        Ok((page, u64::try_from(total).unwrap_or(0)))
    }
}

fn known(row: &AnyRow) -> Result<KnownVouch, Error> {
    let document = document(row)?;
    let (vouch, _) = vouch::read(&document).map_err(|error| corrupt(row, &error.to_string()))?;
    Ok(KnownVouch {
        vouch,
        document,
        heard_at: moment(row, "heard_at")?,
        revoked_at: moment(row, "revoked_at")?,
        is_listed_back: row.try_get::<i64, _>("listed_back")? != 0,
    })
}

fn document(row: &AnyRow) -> Result<Value, Error> {
    let text: String = row.try_get("document")?;
    serde_json::from_str(&text).map_err(|error| corrupt(row, &error.to_string()))
}

fn moment(row: &AnyRow, column: &str) -> Result<Option<DateTime<Utc>>, Error> {
    Ok(row.try_get::<Option<i64>, _>(column)?.map(time))
}

fn corrupt(row: &AnyRow, problem: &str) -> Error {
    Error::Corrupt {
        table: "vouches",
        column: "document",
        row: row.try_get("id").unwrap_or_default(),
        problem: problem.to_owned(),
    }
}
