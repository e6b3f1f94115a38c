//! What was taken back, for ever.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::Row;
use url::Url;

use crate::formats::activitypub::proof;
use crate::store::changes::Part;
use crate::store::{Error, Store, Writing, assertion_keys};

/// A vouch taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Revocation {
    /// The vouch.
    pub vouch: Url,
    /// Who gave it, and takes it back.
    pub issuer: Url,
    /// When.
    pub at: DateTime<Utc>,
    /// The signed document, where there is one.
    pub document: Option<Value>,
    /// Whether its issuer's own server said it; what others hand on has to be signed.
    pub by_issuer: bool,
}

/// Takes a vouch back that is known, by its issuer's word alone; says whether that is new. Of one that is
/// not known nothing need be kept: whoever shows it later has its issuer asked.
pub(in crate::store) async fn revoke(
    writing: &mut Writing,
    revocation: &Revocation,
) -> Result<bool, Error> {
    let Revocation {
        vouch,
        issuer,
        at,
        document,
        by_issuer,
    } = revocation;
    if !by_issuer && !is_signed(writing, revocation).await? {
        return Ok(false);
    }
    let rows = sqlx::query(
        "insert into revocations (vouch, issuer, revoked_at, document)
         select v.id, v.issuer, cast($3 as bigint), cast($4 as text) from vouches v
         where v.id = $1 and v.issuer = $2
         on conflict (vouch, issuer) do update
         set document = coalesce(revocations.document, excluded.document)
         where revocations.document is null and excluded.document is not null",
    )
    .bind(vouch.as_str())
    .bind(issuer.as_str())
    .bind(at.timestamp_millis())
    .bind(document.as_ref().map(Value::to_string))
    .execute(&mut **writing)
    .await?
    .rows_affected();
    if rows > 0 {
        writing.changed(Part::Vouch, vouch.as_str());
    }
    Ok(rows > 0)
}

async fn is_signed(writing: &mut Writing, revocation: &Revocation) -> Result<bool, Error> {
    let Some(document) = &revocation.document else {
        return Ok(false);
    };
    let keys = assertion_keys::of_issuer(writing, &revocation.issuer).await?;
    let Ok(claimed) = proof::claimed(document) else {
        return Ok(false);
    };
    let key = keys
        .unwrap_or_default()
        .into_iter()
        .find(|key| key.id == claimed.method);
    Ok(key.is_some_and(|key| {
        !key.had_ended(claimed.created) && proof::verify(document, &key.multibase).is_ok()
    }))
}

impl Store {
    /// The signed revocation of a vouch of ours, and when it was made; `None` while the vouch counts.
    pub async fn revocation_of(
        &self,
        vouch: &Url,
    ) -> Result<Option<(DateTime<Utc>, Option<Value>)>, Error> {
        let row = sqlx::query(
            "select r.revoked_at, r.document from revocations r
             join vouches v on v.id = r.vouch and v.issuer = r.issuer where r.vouch = $1",
        )
        .bind(vouch.as_str())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let at = super::time(row.try_get("revoked_at")?);
        let document: Option<String> = row.try_get("document")?;
        let document = document.map(|text| serde_json::from_str(&text)).transpose();
        let document = document.map_err(|error| Error::Corrupt {
            table: "revocations",
            column: "document",
            row: vouch.to_string(),
            problem: error.to_string(),
        })?;
        Ok(Some((at, document)))
    }
}
