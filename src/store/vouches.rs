//! Vouches, as they are signed, and what is known of each: whether its proof holds, when its issuer last
//! stood by it, whether it was taken back, whether the one it is for lists it.

mod evidence;
mod questions;
mod revocations;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row;
use sqlx::any::AnyRow;
use url::Url;

use super::changes::Part;
use super::visits::{self, Visit};
use super::{Error, Store, Writing, assertion_keys, time};
use crate::domain::vouch::{AssertionKey, NotCounted, Vouch};
use crate::formats::activitypub::proof::{self, Claimed};
use crate::formats::activitypub::vouch;

pub use crate::formats::activitypub::actor::Issuer;
pub use evidence::KnownVouch;
pub(super) use evidence::{evidence, evidence_after, issuers};
pub use questions::{ASK_SITES_AFTER, MAX_SITES_ASKED};
pub use revocations::Revocation;
pub(super) use revocations::revoke;

/// How many vouches of one issuer are kept: more than any policy counts.
pub const MAX_VOUCHES_OF_ISSUER: i64 = 2_000;
/// How many vouches one actor may list as its own.
pub const MAX_ACKNOWLEDGED: usize = 500;

/// The word of the tables for a proof that holds.
const HOLDS: &str = "holds";

/// A vouch as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// The signed document.
    pub document: Value,
    /// Whether its issuer's own server said it, and not somebody who hands it on.
    pub by_issuer: bool,
}

/// What the tables know of a vouch of the same id.
struct Known {
    issuer: String,
    document: String,
    made_at: DateTime<Utc>,
    holds: bool,
    was_heard: bool,
    is_missing: bool,
}

impl Said {
    /// Keeps it, unless the tables know a later one; says whether visitors can see a difference. What does
    /// not hold never replaces what does, and nobody replaces another's.
    pub(super) async fn keep(
        &self,
        writing: &mut Writing,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let Ok((vouch, claimed)) = vouch::read(&self.document) else {
            return Ok(false);
        };
        let keys = assertion_keys::of_issuer(writing, &vouch.issuer).await?;
        let checked = check(&self.document, &claimed, keys.as_deref());
        let known = known(writing, &vouch.id).await?;
        let text = self.document.to_string();
        let replaces = match &known {
            None => has_room(writing, &vouch.issuer).await?,
            Some(known) if known.issuer != vouch.issuer.as_str() => return Ok(false),
            Some(known) => match (known.holds, checked.is_ok()) {
                (true, false) => false,
                // Proofs tell seconds: of two made in one, what its issuer said last counts.
                (true, true) if known.made_at == claimed.created => {
                    self.by_issuer && known.document != text
                }
                (true, true) => known.made_at < claimed.created,
                (false, _) => known.document != text,
            },
        };
        let is_same = known.as_ref().is_some_and(|known| known.document == text);
        if !replaces && !is_same {
            return Ok(false);
        }
        if replaces {
            let given = Given {
                document: &self.document,
                vouch: &vouch,
                claimed: &claimed,
            };
            given.write(writing, &checked, now).await?;
        }
        let was_heard = known.as_ref().is_some_and(|known| known.was_heard);
        let is_missing = known.as_ref().is_some_and(|known| known.is_missing);
        if self.by_issuer {
            heard(writing, &vouch.id, now).await?;
        }
        if known.is_none() || replaces {
            plan_visits(writing, &vouch, keys.is_some(), self.by_issuer, now).await?;
        }
        Ok(replaces || (self.by_issuer && (!was_heard || is_missing)))
    }
}

/// A vouch as a document, and what that says.
pub(super) struct Given<'a> {
    pub(super) document: &'a Value,
    pub(super) vouch: &'a Vouch,
    pub(super) claimed: &'a Claimed,
}

impl Given<'_> {
    /// Writes it in place of what is known of its id, with what its proof came to.
    pub(super) async fn write(
        &self,
        writing: &mut Writing,
        checked: &Result<String, NotCounted>,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let Self {
            document,
            vouch,
            claimed,
        } = self;
        sqlx::query(
            "insert into vouches
               (id, issuer, object, document, made_at, proof, multibase, ends_at, kept_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
             on conflict (id) do update
             set object = excluded.object, document = excluded.document,
               made_at = excluded.made_at, proof = excluded.proof, multibase = excluded.multibase,
               ends_at = excluded.ends_at",
        )
        .bind(vouch.id.as_str())
        .bind(vouch.issuer.as_str())
        .bind(vouch.object.as_str())
        .bind(document.to_string())
        .bind(claimed.created.timestamp_millis())
        .bind(word(checked))
        .bind(checked.as_ref().ok().map(String::as_str))
        .bind(vouch.until.timestamp_millis())
        .bind(now.timestamp_millis())
        .execute(&mut **writing)
        .await?;
        writing.changed(Part::Vouch, vouch.id.as_str());
        Ok(())
    }
}

/// The key under which a proof holds, among those its issuer lists.
pub(super) fn check(
    document: &Value,
    claimed: &Claimed,
    keys: Option<&[AssertionKey]>,
) -> Result<String, NotCounted> {
    let keys = keys.ok_or(NotCounted::IssuerUnread)?;
    let named = keys.iter().find(|key| key.id == claimed.method);
    let key = named.ok_or(NotCounted::ForeignKey)?;
    match proof::verify(document, &key.multibase) {
        Ok(_) => Ok(key.multibase.clone()),
        Err(_) => Err(NotCounted::BadProof),
    }
}

fn word(checked: &Result<String, NotCounted>) -> &'static str {
    match checked {
        Ok(_) => HOLDS,
        Err(why) => why.word(),
    }
}

/// What has to be read once a vouch is known: its issuer's keys, its issuer's own word, and whether the
/// hoster lists it, too. Nobody need ask us.
async fn plan_visits(
    writing: &mut Writing,
    vouch: &Vouch,
    issuer_is_known: bool,
    by_issuer: bool,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let issuer = &vouch.issuer;
    if !issuer_is_known {
        visits::plan(writing, issuer, Visit::Issuer, issuer, now).await?;
    }
    if !by_issuer {
        visits::plan(writing, &vouch.id, Visit::Vouch, issuer, now).await?;
    }
    let ours: Option<AnyRow> = sqlx::query("select id from local_actors where id = $1")
        .bind(vouch.object.as_str())
        .fetch_optional(&mut **writing)
        .await?;
    if ours.is_none() {
        visits::plan(writing, &vouch.object, Visit::Member, issuer, now).await?;
    }
    Ok(())
}

async fn known(writing: &mut Writing, id: &Url) -> Result<Option<Known>, Error> {
    let row = sqlx::query(
        "select issuer, document, made_at, proof, heard_at, missing_since from vouches where id = $1",
    )
    .bind(id.as_str())
    .fetch_optional(&mut **writing)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let proof: String = row.try_get("proof")?;
    Ok(Some(Known {
        issuer: row.try_get("issuer")?,
        document: row.try_get("document")?,
        made_at: time(row.try_get("made_at")?),
        holds: proof == HOLDS,
        was_heard: row.try_get::<Option<i64>, _>("heard_at")?.is_some(),
        is_missing: row.try_get::<Option<i64>, _>("missing_since")?.is_some(),
    }))
}

async fn has_room(writing: &mut Writing, issuer: &Url) -> Result<bool, Error> {
    let count: i64 = sqlx::query_scalar("select count(*) from vouches where issuer = $1")
        .bind(issuer.as_str())
        .fetch_one(&mut **writing)
        .await?;
    Ok(count < MAX_VOUCHES_OF_ISSUER)
}

/// Notes that its issuer's server stands by a vouch.
async fn heard(writing: &mut Writing, id: &Url, now: DateTime<Utc>) -> Result<(), Error> {
    sqlx::query("update vouches set heard_at = $1, missing_since = null where id = $2")
        .bind(now.timestamp_millis())
        .bind(id.as_str())
        .execute(&mut **writing)
        .await?;
    writing.changed(Part::Vouch, id.as_str());
    Ok(())
}

/// Notes that its issuer's server answers and does not know a vouch; says whether that is new.
pub(super) async fn missing(
    writing: &mut Writing,
    id: &Url,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let rows = sqlx::query(
        "update vouches set missing_since = $1 where id = $2 and missing_since is null",
    )
    .bind(now.timestamp_millis())
    .bind(id.as_str())
    .execute(&mut **writing)
    .await?
    .rows_affected();
    if rows > 0 {
        writing.changed(Part::Vouch, id.as_str());
    }
    Ok(rows > 0)
}

/// Notes that something is another of every vouch of an issuer.
pub(super) async fn changed_all_of(writing: &mut Writing, issuer: &str) -> Result<(), Error> {
    let rows = sqlx::query("select id from vouches where issuer = $1")
        .bind(issuer)
        .fetch_all(&mut **writing)
        .await?;
    for row in &rows {
        let id: String = row.try_get("id")?;
        writing.changed(Part::Vouch, &id);
    }
    Ok(())
}

/// Checks every vouch of an issuer again, since its keys changed.
pub(super) async fn recheck(
    writing: &mut Writing,
    issuer: &Url,
    keys: &[AssertionKey],
) -> Result<bool, Error> {
    let rows = sqlx::query("select id, document from vouches where issuer = $1")
        .bind(issuer.as_str())
        .fetch_all(&mut **writing)
        .await?;
    for row in &rows {
        let (id, document): (String, String) = (row.try_get("id")?, row.try_get("document")?);
        let checked = match serde_json::from_str(&document) {
            Ok(document) => match proof::claimed(&document) {
                Ok(claimed) => check(&document, &claimed, Some(keys)),
                Err(_) => Err(NotCounted::BadProof),
            },
            Err(_) => Err(NotCounted::BadProof),
        };
        sqlx::query("update vouches set proof = $1, multibase = $2 where id = $3")
            .bind(word(&checked))
            .bind(checked.as_ref().ok().map(String::as_str))
            .bind(id.as_str())
            .execute(&mut **writing)
            .await?;
        writing.changed(Part::Vouch, &id);
    }
    Ok(!rows.is_empty())
}

/// Notes that an actor lists a vouch as one for itself, up to [`MAX_ACKNOWLEDGED`]; says whether that is new.
pub(super) async fn acknowledge(
    writing: &mut Writing,
    actor: &Url,
    vouch: &Url,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let rows = sqlx::query(
        "insert into acknowledged (actor, vouch, since)
         select cast($1 as text), cast($2 as text), cast($3 as bigint)
         where (select count(*) from acknowledged where actor = $1) < $4
         on conflict (actor, vouch) do nothing",
    )
    .bind(actor.as_str())
    .bind(vouch.as_str())
    .bind(now.timestamp_millis())
    .bind(MAX_ACKNOWLEDGED as i64)
    .execute(&mut **writing)
    .await?
    .rows_affected();
    if rows > 0 {
        writing.changed(Part::Vouch, vouch.as_str());
    }
    Ok(rows > 0)
}

/// Notes that an actor lists a vouch no longer; says whether it did.
pub(super) async fn disavow(
    writing: &mut Writing,
    actor: &Url,
    vouch: &Url,
) -> Result<bool, Error> {
    let rows = sqlx::query("delete from acknowledged where actor = $1 and vouch = $2")
        .bind(actor.as_str())
        .bind(vouch.as_str())
        .execute(&mut **writing)
        .await?
        .rows_affected();
    if rows > 0 {
        writing.changed(Part::Vouch, vouch.as_str());
    }
    Ok(rows > 0)
}

/// Notes the whole list of what an actor lists: what it leaves out it lists no longer.
pub(super) async fn acknowledges(
    writing: &mut Writing,
    actor: &Url,
    listed: &[Url],
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let mut visible = false;
    let known = acknowledged_by(writing, actor).await?;
    for gone in known.iter().filter(|known| !listed.contains(known)) {
        visible |= disavow(writing, actor, gone).await?;
    }
    for vouch in listed.iter().take(MAX_ACKNOWLEDGED) {
        if !known.contains(vouch) {
            visible |= acknowledge(writing, actor, vouch, now).await?;
        }
    }
    Ok(visible)
}

async fn acknowledged_by(writing: &mut Writing, actor: &Url) -> Result<Vec<Url>, Error> {
    let rows = sqlx::query("select vouch from acknowledged where actor = $1")
        .bind(actor.as_str())
        .fetch_all(&mut **writing)
        .await?;
    rows.iter()
        .map(|row| super::url_in(row, "acknowledged", "vouch"))
        .collect()
}

impl Store {
    /// Which vouches an actor lists as ones for itself, in the order in which it did: a page, and how
    /// many there are.
    pub async fn acknowledged(
        &self,
        actor: &Url,
        limit: u32,
        offset: u64,
    ) -> Result<(Vec<Url>, u64), Error> {
        let total: i64 = sqlx::query_scalar("select count(*) from acknowledged where actor = $1")
            .bind(actor.as_str())
            .fetch_one(&self.pool)
            .await?;
        let rows = sqlx::query(
            "select vouch from acknowledged where actor = $1 order by since, vouch limit $2 offset $3",
        )
        .bind(actor.as_str())
        .bind(i64::from(limit))
        .bind(i64::try_from(offset).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let page = rows
            .iter()
            .map(|row| super::url_in(row, "acknowledged", "vouch"))
            .collect::<Result<_, _>>()?;
        Ok((page, u64::try_from(total).unwrap_or(0)))
    }
}
